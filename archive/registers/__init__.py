"""Registers (登记簿): contacts and cases in the forms of the office and of its rules; years closed for good."""

"""Measurements one can repeat: invented data in any number, and what the archive's parts cost on it."""

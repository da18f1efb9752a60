"""Limits: working days, what is due when and why, extensions, traffic lights."""

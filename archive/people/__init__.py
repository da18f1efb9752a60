"""Accounts, roles, permissions, units (departments), sign-in."""

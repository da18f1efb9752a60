"""Anjuan."""

"""Dossiers in bulk from JSON lines."""

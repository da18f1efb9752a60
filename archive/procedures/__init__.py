"""Procedure profiles: every rule set of the office as versioned data, and how several of them bind one case."""

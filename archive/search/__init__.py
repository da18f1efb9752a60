"""Exact search in Chinese text: analysis, query language, the index port and its engines."""

"""Statistics for heads: what came in, what was closed, what is late."""

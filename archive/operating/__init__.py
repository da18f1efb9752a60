"""What the operator does: start, watch, care for, diagnose."""

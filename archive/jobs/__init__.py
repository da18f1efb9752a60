"""Work for later: a row in the same transaction, never a hope."""

"""The audit trail: append-only, hash-chained; the entry is the outbox from which jobs grow."""

"""What every feature may use: errors, clock, ids, labels, database base, the act."""

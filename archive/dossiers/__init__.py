"""Dossiers: contacts, registration, states and moves, parties, numbering, assignment, recusal."""

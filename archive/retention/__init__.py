"""Keeping what has ended: how long and why, holds, locks in the store, and what speaks against destroying it."""

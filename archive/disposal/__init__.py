"""Destroying what has expired: due list, appraisal, list, two approvals, two witnesses, proof, stub kept for ever."""

"""The auditor's desk: grants for a time, retrieval, samples, findings, who read what."""

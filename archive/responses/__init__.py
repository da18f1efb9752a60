"""Replies received from the institution, other offices, the complainant; each is a document of the dossier."""

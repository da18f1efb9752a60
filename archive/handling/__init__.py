"""Working on a dossier: investigation, opinions, mediation, measures, compensation, mass complaints, follow-up."""

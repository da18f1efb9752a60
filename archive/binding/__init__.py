"""Which procedures bind a dossier, what limits follow from them, how these are met, put off, missed and told."""

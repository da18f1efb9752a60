"""Evidence: uploads, versions never overwritten, page texts, custody of paper originals, serving, the viewer."""

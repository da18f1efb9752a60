"""The shared shell of pages: filters, problems, forms, static files."""

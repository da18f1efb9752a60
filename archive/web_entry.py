"""The WSGI entry of an installed package; `wsgi.py` is the same in a checkout."""

from archive.app import create_app

app = create_app()

"""The WSGI entry of a checkout: `gunicorn wsgi:app`."""

from archive.app import create_app

app = create_app()

"""The WSGI entry of a checkout: `gunicorn wsgi:app`."""

from archive.operating.readiness import served

app = served()

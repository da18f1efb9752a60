"""The WSGI entry of an installed package; `wsgi.py` is the same in a checkout."""

from archive.operating.readiness import served

app = served()

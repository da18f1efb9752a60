"""What must be so before anybody is let in, however the archive is started: schema, store, register replayed."""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from archive import config
from archive.app import create_app
from archive.core import logs, schema
from archive.core.db import joined
from archive.core.loading import loading
from archive.disposal import restoring
from archive.retention import recalling, starting

log = logging.getLogger("archive.operating")


def served() -> Flask:
    """Return the application for a WSGI server of one's own (`gunicorn wsgi:app`), once everything is ready.

    Each process asks; one after the other, so that what has to be done is done once. Raises config.BadConfiguration.
    """
    settings = config.read()
    reason = schema.behind(*schema.standing_at(settings.database_url))
    if reason:
        raise config.BadConfiguration(reason)
    logs.install(settings.home)
    make_ready(settings)
    return create_app(settings)


def upgrade(settings: config.Settings) -> None:
    """Bring the schema to head. A role that may not is no hindrance where it is there already."""
    at, head = schema.standing_at(settings.database_url)
    if at != head:
        schema.upgrade(settings.database_url)


def make_ready(settings: config.Settings) -> None:
    """Try the store as `strict` asks, then destroy and take out again what a restored backup brought back; repeatable.

    Raises config.BadConfiguration, StoreDown.
    """
    with _alone(settings):
        starting.check(settings)
        # Apart from the web server: only the worker's role may destroy.
        with loading():
            app = create_app(settings.for_worker, pages=False)
        with joined(app):
            if gone := restoring.replay():
                log.warning("%s dossiers that a backup brought back were destroyed again", gone)
            if gone := recalling.replay():
                log.warning("%s files that a backup brought back were taken out again", gone)


@contextmanager
def _alone(settings: config.Settings) -> Iterator[None]:
    settings.home.mkdir(parents=True, exist_ok=True)
    with (settings.home / "starting.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""Sign-in by Flask-Security."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from archive.core.db import db
from archive.people.models import Account


def install(app: Flask) -> None:
    """Set Flask-Security up."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
    )
    Security(app, SQLAlchemyUserDatastore(db, Account, None))

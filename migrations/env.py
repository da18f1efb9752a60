"""Alembic's way into the database: the URL is the application's own setting."""

from alembic import context
from sqlalchemy import create_engine

from archive import config
from archive.core import schema
from archive.core.db import Base, db  # noqa: F401 - importing sets up how SQLite behaves
from archive.wiring import import_models, sow

import_models()
target_metadata = Base.metadata


def _url() -> str:
    given = context.config.get_main_option("sqlalchemy.url")
    return given or config.read().database_url


def run_online() -> None:
    engine = create_engine(_url())
    with engine.connect() as connection:
        batch = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            render_as_batch=batch,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    at, head = schema.standing(engine)
    if at == head:
        with engine.begin() as connection:
            sow(connection)
    engine.dispose()


run_online()

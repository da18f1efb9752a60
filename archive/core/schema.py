"""The database's schema: upgrading it, and telling whether it is at head."""

from collections.abc import Iterator

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine

from archive.core.guards import Guard
from archive.core.resources import folder


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for a database, without an ini file."""
    found = Config()
    found.set_main_option("script_location", str(folder("migrations")))
    found.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return found


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the schema up to the revision."""
    command.upgrade(alembic_config(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the schema back to the revision. Rows in what is dropped are lost: for tests and rehearsals."""
    command.downgrade(alembic_config(database_url), revision)


def standing(engine: Engine) -> tuple[str | None, str | None]:
    """Return the database's revision and the newest one there is."""
    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory.from_config(alembic_config(str(engine.url))).get_current_head()
    return at, head


def standing_at(database_url: str) -> tuple[str | None, str | None]:
    """Return what `standing` does, by an address."""
    engine = create_engine(database_url)
    try:
        return standing(engine)
    finally:
        engine.dispose()


def behind(at: str | None, head: str | None) -> str:
    """Return what to do where the database is not at head, for who looks after it; empty where it is."""
    return "" if at == head else f"the database is at {at or 'nothing'}, the program needs {head}: anjuan db upgrade"


def guards_at_head(connection: Connection) -> Iterator[Guard]:
    """Yield every guard that is to be up at head: what the migrations' `_guards` name, the oldest first."""
    script = ScriptDirectory.from_config(alembic_config(str(connection.engine.url)))
    for revision in reversed(list(script.walk_revisions())):
        made = getattr(revision.module, "_guards", None)
        if made is not None:
            yield from made(connection)

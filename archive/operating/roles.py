"""Roles of PostgreSQL for a server of one's own: none of them owns a table, so none can take a guard down.

The web server's role cannot delete a row of what is kept at all; the worker's can, where the guards let it: under a
list that two persons approved and two witnessed. The owner migrates, and nobody serves as the owner.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.dialects import postgresql

from archive import wiring
from archive.core import schema
from archive.disposal import erasing

_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant"
# Guarded while their dossier is ended only, and never deleted by the web server before that either.
_NEVER = frozenset({"audit_entry", "document", "version"})

_HEAD = """\
-- Run as the owner of the archive's tables (who runs `anjuan db upgrade`), and again after every upgrade:
--   anjuan db roles | psql -v ON_ERROR_STOP=1 DATABASE
-- Passwords: ALTER ROLE {web} PASSWORD '…'; ALTER ROLE {worker} PASSWORD '…';
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {web_text}) THEN CREATE ROLE {web} LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {worker_text}) THEN CREATE ROLE {worker} LOGIN; END IF;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {web}, {worker};
GRANT USAGE ON SCHEMA public TO {web}, {worker};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {web}, {worker};
GRANT INSERT, UPDATE ON {changing} TO {web}, {worker};
GRANT INSERT ON {added} TO {web}, {worker};
GRANT DELETE ON {free} TO {web};
GRANT DELETE ON {free}, {destroyed} TO {worker};
"""


@dataclass(frozen=True)
class Power:
    """What a role could do beside the guards."""

    role: str
    superuser: bool
    owns: bool
    creates: bool
    deletes: tuple[str, ...]

    @property
    def harmless(self) -> bool:
        """Whether it can neither take guards down nor delete what is kept."""
        return not (self.superuser or self.owns or self.creates or self.deletes)


def kept(connection: Connection) -> set[str]:
    """Return the tables of which the web server never deletes a row: guarded always, or until destruction."""
    always = {
        one.table
        for one in schema.guards_at_head(connection)
        if one.verb == "DELETE" and (one.refuse_when == "1 = 1" or one.refuse_when.startswith(_UNWARRANTED))
    }
    return always | _NEVER


def script(database_url: str, *, web: str, worker: str) -> str:
    """Return the SQL that makes the roles and grants them what they need. Raises ValueError without PostgreSQL."""
    engine = create_engine(database_url)
    if engine.dialect.name != "postgresql":
        raise ValueError("roles are for PostgreSQL: set ARCHIVE_DATABASE to the owner's address")
    quote = postgresql.dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
            never = kept(connection)
            wiring.import_models()
            destroyed = {table.name for table, _ in erasing.rows_of(uuid.UUID(int=0))}
    finally:
        engine.dispose()

    def listed(names: set[str]) -> str:
        return ", ".join(quote(name) for name in sorted(names))

    return _HEAD.format(
        web=quote(web),
        worker=quote(worker),
        web_text=_literal(web),
        worker_text=_literal(worker),
        changing=listed(tables - {"audit_entry"}),
        added=listed({"audit_entry"}),
        free=listed(tables - never),
        destroyed=listed(never & destroyed),
    )


def power(connection: Connection) -> Power:
    """Return what the role of this connection could do beside the guards."""
    role, superuser = connection.execute(
        text("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
    ).one()
    owns = connection.scalar(
        text(
            "SELECT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
            "AND c.relkind IN ('r', 'v') AND pg_has_role(current_user, c.relowner, 'MEMBER'))"
        )
    )
    creates = connection.scalar(text("SELECT has_schema_privilege(current_user, 'public', 'CREATE')"))
    deletes = _granted(connection, sorted(kept(connection)))
    return Power(role, bool(superuser), bool(owns), bool(creates), deletes)


def _granted(connection: Connection, tables: Sequence[str]) -> tuple[str, ...]:
    query = text("SELECT has_table_privilege(current_user, :name, 'DELETE, TRUNCATE')")
    return tuple(name for name in tables if connection.scalar(query, {"name": name}))


def _literal(text_: str) -> str:
    return "'" + text_.replace("'", "''") + "'"

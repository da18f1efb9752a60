"""Triggers that refuse what no program of ours would do: written once as a condition, made for SQLite and PostgreSQL.

A condition is SQL over OLD and NEW that both understand. Guards hold against every client of the database, except who
owns its tables: that shows in the audit trail, whose head is anchored outside (see archive.retention).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True)
class Guard:
    """Refuses a verb (INSERT, UPDATE, DELETE) on a row of a table while the condition holds, with a message."""

    table: str
    name: str
    verb: str
    refuse_when: str
    message: str

    @property
    def trigger(self) -> str:
        """The trigger's name, which is also that of its function on PostgreSQL."""
        return f"guard_{self.table}_{self.name}"


def differs(connection: Connection, *columns: str) -> str:
    """Return the condition that one of the columns changes."""
    unlike = "IS NOT" if connection.dialect.name == "sqlite" else "IS DISTINCT FROM"
    # As text: PostgreSQL's json has no equality.
    return " OR ".join(f'CAST(OLD."{one}" AS TEXT) {unlike} CAST(NEW."{one}" AS TEXT)' for one in columns)


def others_differ(connection: Connection, table: str, allowed: Iterable[str]) -> str:
    """Return the condition that any column of the table changes except those allowed."""
    columns = [str(column["name"]) for column in inspect(connection).get_columns(table)]
    return differs(connection, *(column for column in columns if column not in set(allowed)))


def create(connection: Connection, guards: Sequence[Guard]) -> None:
    """Put the guards up; on PostgreSQL their tables cannot be truncated either."""
    if connection.dialect.name == "sqlite":
        for one in guards:
            _run(
                connection,
                f"CREATE TRIGGER {one.trigger} BEFORE {one.verb} ON {one.table} WHEN {one.refuse_when} "
                f"BEGIN SELECT RAISE(ABORT, '{one.message}'); END",
            )
        for table in _kept(guards):
            _forbid_replacing(connection, table)
        return
    for one in guards:
        kept = "OLD" if one.verb == "DELETE" else "NEW"
        _run(
            connection,
            f"CREATE FUNCTION {one.trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {one.refuse_when} THEN RAISE EXCEPTION '{one.message}'; END IF; RETURN {kept}; END $$",
        )
        _run(
            connection,
            f"CREATE TRIGGER {one.trigger} BEFORE {one.verb} ON {one.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {one.trigger}()",
        )
    for table in _tables(guards):
        function = f"guard_{table}_truncate"
        if function in _guarding(connection, table):
            continue  # an earlier migration guards the table too
        _run(
            connection,
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} cannot be emptied'; END $$",
        )
        _run(
            connection,
            f"CREATE TRIGGER {function} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        )


def drop(connection: Connection, guards: Sequence[Guard]) -> None:
    """Take the guards down; for a downgrade."""
    for one in guards:
        if connection.dialect.name == "sqlite":
            _run(connection, f"DROP TRIGGER {one.trigger}")
        else:
            _run(connection, f"DROP TRIGGER {one.trigger} ON {one.table}")
            _run(connection, f"DROP FUNCTION {one.trigger}()")
    if connection.dialect.name == "sqlite":
        for table in _kept(guards):
            if _guarding(connection, table) <= set(_replacing(table)):
                for name in _replacing(table):
                    _run(connection, f"DROP TRIGGER IF EXISTS {name}")
    else:
        for table in _tables(guards):
            if _guarding(connection, table) != {f"guard_{table}_truncate"}:
                continue  # guards of an earlier migration stand
            _run(connection, f"DROP TRIGGER guard_{table}_truncate ON {table}")
            _run(connection, f"DROP FUNCTION guard_{table}_truncate()")


# The audit trail has guards of its own (see 0002).
_TRAIL = {
    "sqlite": ("audit_entry_no_UPDATE", "audit_entry_no_DELETE", "audit_entry_no_replace"),
    "postgresql": ("audit_entry_append_only", "audit_entry_no_truncate"),
}


def standing(connection: Connection) -> set[str]:
    """Return the names of the guards that are up, those of the audit trail among them."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    return {name for name in connection.scalars(text(query)) if name.startswith(("guard_", "audit_entry_"))}


def fallen(connection: Connection, expected: Sequence[Guard]) -> set[str]:
    """Return the names of the guards that are to be up and are not: taken down, or switched off."""
    wanted = {one.trigger for one in expected} | set(_TRAIL[connection.dialect.name])
    if connection.dialect.name == "sqlite":
        wanted |= {name for table in _kept(expected) for name in _replacing(table)}
    else:
        wanted |= {f"guard_{table}_truncate" for table in _tables(expected)}
    return wanted - standing(connection)


def _guarding(connection: Connection, table: str) -> set[str]:
    """Return the names of the guards on a table."""
    query = text(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = to_regclass(:table)"
    )
    return {name for name in connection.scalars(query, {"table": table}) if name.startswith("guard_")}


def _forbid_replacing(connection: Connection, table: str) -> None:
    """Let no row of SQLite be put in another's place.

    INSERT OR REPLACE and UPDATE OR REPLACE remove the row in the way without waking a DELETE trigger. What would break
    a unique key anyway is refused before that: nobody else notices. An upsert would: these tables are updated first.
    """
    found = inspect(connection)
    columns = [str(one["name"]) for one in found.get_columns(table)]
    keys: list[tuple[Sequence[str | None], str]] = [(found.get_pk_constraint(table)["constrained_columns"], "")]
    keys += [(one["column_names"], "") for one in found.get_unique_constraints(table)]
    for one in found.get_indexes(table):
        if one["unique"]:
            keys.append((one["column_names"], str(one.get("dialect_options", {}).get("sqlite_where", ""))))
    same = [
        " AND ".join(
            [*(f'o."{name}" = NEW."{name}"' for name in key)]
            + [_of(row, columns, where) for row in ("o", "NEW") if where]
        )
        for key, where in keys
        if key
    ]
    in_the_way = " OR ".join(f"({one})" for one in ["o.rowid = NEW.rowid", *same])
    insert, update = _replacing(table)
    for name, verb, others in ((insert, "INSERT", ""), (update, "UPDATE", "o.rowid <> OLD.rowid AND ")):
        there = f"EXISTS (SELECT 1 FROM {table} o WHERE {others}({in_the_way}))"  # noqa: S608 - names of the schema
        _run(
            connection,
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {table} WHEN {there} "
            f"BEGIN SELECT RAISE(ABORT, 'no row of {table} takes the place of another'); END",
        )


def _of(row: str, columns: Iterable[str], condition: str) -> str:
    """Return the condition of a partial index as it is asked of one row."""
    names = re.compile(r"\b(" + "|".join(map(re.escape, columns)) + r")\b")
    return "(" + names.sub(lambda match: f'{row}."{match[1]}"', condition) + ")"


def _replacing(table: str) -> tuple[str, str]:
    return f"guard_{table}_replace", f"guard_{table}_displace"


def _kept(guards: Sequence[Guard]) -> list[str]:
    return _tables([one for one in guards if one.verb == "DELETE"])


def _tables(guards: Sequence[Guard]) -> list[str]:
    return list(dict.fromkeys(one.table for one in guards))


def _run(connection: Connection, statement: str) -> None:
    # Not text(): colons in a statement would be taken for parameters.
    connection.exec_driver_sql(statement.replace("%", "%%") if connection.dialect.name != "sqlite" else statement)

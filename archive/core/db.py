"""The database: one declarative base, naming of constraints, column types, and how SQLite is made to behave."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Date, DateTime, Dialect, Engine, Enum, MetaData, Text, Uuid, event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite, which has no zones, keeps it as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables. Ids are UUIDs, moments aware, names of constraints fixed so that migrations can find them."""

    # A registry of its own, not class attributes: Flask-SQLAlchemy copies the class body into its Model.
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            uuid.UUID: Uuid(),
            datetime: UtcDateTime(),
            date: Date(),
            str: Text(),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[str]: JSON(),
        },
    )


def code(enum: type[StrEnum]) -> Enum:
    """Return the column type for a code: the enum's value as text, checked when read and written."""
    return Enum(
        enum,
        native_enum=False,
        length=40,
        validate_strings=True,
        create_constraint=False,
        values_callable=lambda members: [member.value for member in members],
    )


class tested(FunctionElement[Any]):  # noqa: N801 - written like a function of SQL
    """A column that is tested row by row and never sought by its index.

    For a condition that nearly all rows meet, such as whose units' dossiers somebody may read: SQLite would walk the
    index of all these units rather than the few rows, or the order, that the query is about. PostgreSQL weighs itself.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(tested)
def _plain(element: tested, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(tested, "sqlite")
def _unsought(element: tested, compiler: Any, **more: Any) -> str:
    return f"+{compiler.process(element.clauses, **more)}"


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

# Marks a connection whose transaction is going to write; see _begin.
WRITES = "archive_writes"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # pysqlite would otherwise begin late and commit by itself before some statements.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A writer takes the lock at once: upgrading a read transaction later fails with SQLITE_BUSY, unretryable.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def joined(app: Flask) -> Iterator[None]:
    """Work as this application for a while, and leave no connection to its database open."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def weigh_tables() -> None:
    """Let SQLite count what its indexes hold, so that it joins from the smaller side. PostgreSQL does so by itself."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect().execution_options(**{WRITES: True}) as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def rows_changed(result: Any) -> int:
    """Return how many rows an UPDATE or DELETE touched."""
    return cast(int, result.rowcount)

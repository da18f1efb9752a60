"""The operator's tool `anjuan`; each feature keeps its commands in its own `commands.py`."""

import json
import logging
import sys
from typing import Any

import click
from flask import Flask

from archive import config
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.core.loading import loading


def make_app() -> Flask:
    """Return the application; a bad setting ends the command with its reason."""
    try:
        with loading():
            from archive.app import create_app

            return create_app(pages=False)
    except config.BadConfiguration as error:
        raise click.ClickException(str(error)) from error


class Lazy(click.Group):
    """Commands by name, each imported when it is used: `anjuan --help` must not load the letter renderer."""

    PARTS = {
        "user": "archive.people.commands:user",
        "audit": "archive.audit.commands:audit",
        "codes": "archive.dossiers.commands:codes",
        "import": "archive.operating.importing:import_lines",
        "report": "archive.reports.commands:report",
        "retention": "archive.retention.commands:retention",
        "evidence": "archive.disposal.commands:evidence",
        "certificate": "archive.disposal.commands:certificate",
        "search": "archive.search.commands:search",
        "deadline": "archive.deadlines.commands:deadline",
        "profile": "archive.procedures.commands:profile",
        "letter": "archive.letters.commands:letter",
        "doctor": "archive.operating.doctor:doctor",
        "run": "archive.operating.run:run",
        "worker": "archive.operating.run:worker",
        "daily": "archive.operating.daily:daily",
        "demo": "archive.operating.demo:demo",
        "bench": "archive.bench.commands:bench",
    }
    # These work without a database or settings.
    STANDALONE = frozenset({"deadline", "profile", "letter", "run", "worker", "doctor", "bench"})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.PARTS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.PARTS:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.PARTS[cmd_name].partition(":")
        with loading():
            command: click.Command = getattr(__import__(module, fromlist=[name]), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        name = (ctx._protected_args or [""])[0]
        if name in self.STANDALONE or name not in self.PARTS or "--help" in ctx.args:
            return super().invoke(ctx)
        from sqlalchemy.exc import DBAPIError

        from archive.core.db import joined

        with joined(make_app()):
            try:
                return super().invoke(ctx)
            except ArchiveError as refusal:
                reasons = [f"\n- {sentence(one)}" for one in getattr(refusal, "problems", ())]
                raise click.ClickException(sentence(refusal) + "".join(reasons)) from refusal
            except DBAPIError as error:
                reason = _not_ready()
                if not reason:
                    raise
                raise click.ClickException(reason) from error


def _not_ready() -> str:
    """Return why the database could not be asked: it does not answer, or an upgrade was forgotten; else nothing."""
    from sqlalchemy.exc import DBAPIError

    from archive.core import schema
    from archive.core.db import db

    try:
        return schema.behind(*schema.standing(db.engine))
    except DBAPIError as error:
        return f"the database does not answer: {error.orig}"


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="anjuan")
@click.option("--verbose", is_flag=True, help="Log what happens inside.")
def main(verbose: bool) -> None:
    """Anjuan (案卷): the complaint case archive."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(asctime)s %(name)s %(message)s")


@main.group()
def db() -> None:
    """The database's schema."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema up to this version of the program."""
    from archive.core import schema

    schema.upgrade(_settings().database_url)
    click.echo("the schema is at head")


@db.command("status")
def db_status() -> None:
    """Tell whether the schema is at head; exit 1 when not."""
    from archive.core import schema

    at, head = schema.standing_at(_settings().database_url)
    click.echo(f"database {at or 'empty'}, program {head}")
    sys.exit(0 if at == head else 1)


@db.command("roles")
@click.option("--web", default="anjuan_web", show_default=True, help="The role of the web server.")
@click.option("--worker", default="anjuan_worker", show_default=True, help="The role of the worker, which may destroy.")
def db_roles(web: str, worker: str) -> None:
    """Print the SQL that makes two roles of PostgreSQL which cannot take the guards down (docs/postgresql.md)."""
    from archive.operating import roles

    try:
        click.echo(roles.script(_settings().database_url, web=web, worker=worker))
    except ValueError as error:
        raise click.ClickException(str(error)) from error


@main.command()
def keys() -> None:
    """Print fresh secrets as settings, for a file that only the service's user can read."""
    for name, value in config.new_secrets().items():
        click.echo(f"ARCHIVE_{name.upper()}={value}")


@main.command("settings")
def show_settings() -> None:
    """Print the settings in force, without secrets."""
    found = {name: str(value) for name, value in vars(_settings()).items()}
    secret = {"secret_key", "field_keys", "hash_key", "store_access_key", "store_secret_key", "worker_database_url"}
    click.echo(json.dumps({name: "…" if name in secret else value for name, value in found.items()}, indent=1))


def _settings() -> config.Settings:
    try:
        return config.read()
    except config.BadConfiguration as error:
        raise click.ClickException(str(error)) from error

"""`anjuan search`: query from the command line, rebuild, verify, status."""

import json
import sys

import click

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.core.masking import masked
from archive.people import queries as people
from archive.search import engine, operations, queries
from archive.search.addresses import where_of
from archive.search.port import Sort
from archive.search.queries import Answer, Asked

_OPERATOR = Machine("命令行")
_PAGE = 100


class QueryOrCommand(click.Group):
    """`anjuan search rebuild` is a command; `anjuan search 退费` is a query."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            return "query", self.commands["query"], args
        return super().resolve_command(ctx, args)


@click.group(cls=QueryOrCommand)
def search() -> None:
    """Search (anjuan search QUERY), or care for the index."""


@search.command()
@click.argument("query")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a line: number, score, hits.")
@click.option("--limit", default=20, show_default=True, help="At most so many dossiers.")
@click.option("--as", "login", default="", help="What this person may see; without it everything.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default=Sort.RELEVANCE.value)
def query(query: str, as_lines: bool, limit: int, login: str, sort: str) -> None:
    """Print the dossiers that hold QUERY."""
    session = db.session()
    try:
        reader = people.person(session, people.by_login(session, login)) if login else _OPERATOR
        left, cursor, total = limit, "", 0
        while left > 0:
            asked = Asked(query, {}, Sort(sort), min(left, _PAGE), cursor)
            found = queries.answer(session, reader, asked)
            total, cursor, left = found.total, found.cursor, left - len(found.hits)
            _print(found, as_lines)
            if not cursor:
                break
    except ArchiveError as error:
        click.echo(sentence(error), err=True)
        sys.exit(2)
    if not as_lines:
        click.echo(f"{total} dossiers")
        for offer in found.offers:
            click.echo(
                f"    {'did you mean' if offer.near else 'without one condition'}: {offer.query} ({offer.total})"
            )
    with acting(_OPERATOR) as act:
        act.record("search:query", None, query=masked(query)[:400], reader=login, total=total)


def _print(found: Answer, as_lines: bool) -> None:
    for hit in found.hits:
        if as_lines:
            hits = [{"document": where_of(one), "page": one.page, "snippet": one.text} for one in hit.excerpts]
            line = {"number": hit.dossier.number, "score": round(hit.score, 4), "hits": hits}
            click.echo(json.dumps(line, ensure_ascii=False))
        else:
            click.echo(f"{hit.dossier.number}  {hit.dossier.title}")
            for one in hit.excerpts:
                click.echo(f"    {where_of(one)}: {one.text.strip()}")


@search.command()
def status() -> None:
    """Tell what the index holds."""
    found = engine.index()
    folder = engine.generations().current()
    click.echo(json.dumps({"generation": folder.name if folder else "", **vars(found.stats())}))


@search.command()
@click.option("--quiet", is_flag=True, help="No progress bar.")
def rebuild(quiet: bool) -> None:
    """Build the index anew, with the engine of the settings, beside the one that serves."""
    try:
        with click.progressbar(length=1000, label="indexing", file=sys.stderr, hidden=quiet) as bar:
            done = operations.rebuild(lambda at, of: bar.update(at * 1000 // max(of, 1) - bar.pos))
            bar.update(1000 - bar.pos)
    except ArchiveError as error:
        click.echo(sentence(error), err=True)
        sys.exit(2)
    click.echo(f"{done} dossiers indexed")


@search.command()
@click.option("--mend", is_flag=True, help="Index again whatever differs.")
def verify(mend: bool) -> None:
    """Compare index and database; exit 1 when they differ and it was not mended."""
    try:
        drift, lost = operations.differences()
    except ArchiveError as error:
        click.echo(sentence(error), err=True)
        sys.exit(2)
    for word, ids in (("missing", drift.missing), ("surplus", drift.surplus), ("stale", drift.stale), ("lost", lost)):
        if ids:
            click.echo(f"{word}: {len(ids)}")
    if not (drift or lost):
        click.echo("index and database agree")
    elif mend:
        operations.mend(drift, lost)
        click.echo("mended")
    else:
        sys.exit(1)

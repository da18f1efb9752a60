"""The search page."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput
from archive.core.masking import masked
from archive.dossiers import bulk, selections
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.search import queries
from archive.search.excerpts import Excerpt
from archive.search.fields import FIELDS
from archive.search.language import QueryProblem
from archive.search.port import IndexBusy, IndexUnusable, Sort
from archive.search.queries import FACETS, Answer, Asked, Found

pages = Blueprint("search", __name__, url_prefix="/search")


@dataclass(frozen=True)
class FacetLink:
    """A facet's value as a link that adds or takes away the filter."""

    word: str
    count: int
    url: str
    chosen: bool


@pages.get("/")
@requires(Permission.SEARCH)
def page() -> tuple[str, int]:
    """Show the one search box and what it finds. A search that cannot be answered says why, never "nothing"."""
    asked = asked_of(request.args)
    context: dict[str, object] = {
        "query": asked.query, "sort": asked.sort.value, "chosen": asked.filters, "problem": None, "down": None,
        "results": None,
    }  # fmt: skip
    if not asked.query.strip():
        return render_template("search/index.html", **context), 200
    try:
        found = queries.answer(db.session(), person(), asked)
    except QueryProblem as problem:
        return render_template("search/index.html", **{**context, "problem": problem}), 422
    except (IndexUnusable, IndexBusy) as down:
        return render_template("search/index.html", **{**context, "down": down}), 503
    shown = render_template("search/index.html", **{**context, "results": _shown(asked, found)})
    record(asked, found)  # last: an act lets go of all rows read before
    return shown, 200


@pages.post("/choose")
@requires(Permission.SEARCH)
def choose() -> ResponseReturnValue:
    """Keep what was ticked among the results and go on to the act asked for."""
    wanted = bulk.chosen(request.form, person())
    # The search under which the results stood, as its address had it.
    asked = asked_of(MultiDict(parse_qsl(request.form.get("search", ""))))
    chosen = wanted.ids
    if wanted.everything:
        chosen = queries.ids(db.session(), person(), replace(asked, cursor="", limit=selections.MOST))
    with acting() as act:
        selection = selections.choose(person(), chosen, f"检索：{asked.query}", act, purpose=wanted.action.key)
        url = wanted.url(selection.id)
    return redirect(url, 303)


def asked_of(args: MultiDict[str, str]) -> Asked:
    """Return the search that an address asks for. Raises BadInput."""
    filters = {name: frozenset(args.getlist(name)) for name in FACETS if args.getlist(name)}
    try:
        limit = min(max(int(args.get("limit", 20)), 1), 100)
        sort = Sort(args.get("sort", Sort.RELEVANCE.value))
    except ValueError as error:
        raise BadInput("input.bad") from error
    return Asked(args.get("q", ""), filters, sort, limit, args.get("after", ""))


def record(asked: Asked, found: Answer) -> None:
    """Write into the trail who searched what, numbers masked, and how much was found."""
    with acting(g.person) as act:
        filters = {name: sorted(values) for name, values in asked.filters.items()}
        act.record("search:query", None, query=masked(asked.query)[:400], filters=filters, total=found.total)


def url_of(number: str, excerpt: Excerpt) -> str:
    """Return the address at which an excerpt is seen on its page, marked; empty for what stands on no page."""
    if excerpt.document is None:
        return ""
    # url_for leaves out what is None.
    mark = f"{excerpt.mark[0]}-{excerpt.mark[1]}" if excerpt.mark else None
    return url_for("documents.show", number=number, document_id=excerpt.document.id, page=excerpt.page, mark=mark)


def where_of(excerpt: Excerpt) -> str:
    """Return where an excerpt stands, in words."""
    if excerpt.document is None:
        return "登记事项"
    item = f"第 {excerpt.document.item} 件 {excerpt.document.title}"
    return f"{item} · 第 {excerpt.page} 页" if excerpt.page else item


def _shown(asked: Asked, found: Answer) -> dict[str, object]:
    return {
        "total": found.total, "took_ms": found.took_ms, "waiting": found.waiting, "hints": found.hints,
        "hits": [_hit(one) for one in found.hits],
        "facets": [
            {"title": FIELDS[name].aliases[0], "rows": [_facet(asked, name, row) for row in rows]}
            for name, rows in found.facets.items()
        ],
        "acts": bulk.actions_for(person()), "most": selections.MOST,
        "search": request.query_string.decode(),
        "next_url": _url(replace(asked, cursor=found.cursor)) if found.cursor else "",
    }  # fmt: skip


def _hit(found: Found) -> dict[str, object]:
    dossier = found.dossier
    return {
        "dossier": dossier,
        "respondent": dossier.respondent.name if dossier.respondent else "",
        "complainant": dossier.parties[0].name if dossier.parties else "",
        "excerpts": [
            {"parts": one.parts, "where": where_of(one), "url": url_of(dossier.number, one)} for one in found.excerpts
        ],
    }


def _facet(asked: Asked, name: str, row: queries.Row) -> FacetLink:
    held = asked.filters.get(name, frozenset())
    wanted = held ^ {row.value}
    filters = {**asked.filters, name: wanted}
    return FacetLink(row.word, row.count, _url(replace(asked, filters=filters, cursor="")), row.value in held)


def _url(asked: Asked) -> str:
    values: dict[str, Any] = {name: sorted(held) for name, held in asked.filters.items() if held}
    return url_for("search.page", q=asked.query, sort=asked.sort.value, after=asked.cursor or None, **values)

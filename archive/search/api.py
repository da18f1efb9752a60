"""The search as JSON."""

from typing import Any

from flask import g, request

from archive.core.act import acting
from archive.core.db import db
from archive.core.labels import sentence
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.search import queries, saved_api, saving
from archive.search.addresses import asked_of, citation_of, url_of
from archive.search.blueprints import api
from archive.search.pages import record
from archive.search.port import IndexBusy, IndexUnusable
from archive.search.queries import Answer, Found


def _parameter(name: str, what: str, **schema: Any) -> dict[str, Any]:
    return {"in": "query", "name": name, "description": what, "schema": {"type": "string", **schema}}


_PARAMETERS = [
    {**_parameter("q", "query, in the language of the search page"), "required": True},
    _parameter("sort", "order", enum=["relevance", "date", "amount"]),
    _parameter("limit", "dossiers a page", type="integer", minimum=1, maximum=100),
    _parameter("after", "cursor of the page before"),
    *(_parameter(name, "filter: any of", type="array", items={"type": "string"}) for name in queries.FACETS),
]
_SUGGESTED = 9
_HITS = {200: {"description": "hits grouped by dossier, exact total, facets, cursor of the next page"}}


@api.get("/")
@requires(Permission.SEARCH)
@api.doc(summary="Search dossiers", parameters=_PARAMETERS, responses=_HITS)
def search() -> dict[str, Any]:
    """Answer a query with dossiers, each with documents, pages and snippets."""
    asked = asked_of(request.args)
    found = queries.answer(db.session(), person(), asked)
    shown = as_json(found)
    with acting() as act:  # last: an act lets go of all rows read before
        record(asked, found, act=act)
    return shown


@api.get("/suggestions")
@requires(Permission.SEARCH)
@api.doc(
    summary="Suggest queries while typing",
    parameters=[_parameter("q", "what is typed so far")],
    responses={200: {"description": "queries: the caller's last searches, names and titles the caller may see"}},
)
def suggestions() -> list[str]:
    """Suggest how to go on from what is typed; an empty list when the index does not answer."""
    typed = request.args.get("q", "")[:200]
    if not typed.strip():
        return []
    session = db.session()
    before = [asked.query for _, asked in saving.recent(session, person()) if typed in asked.query]
    try:
        found = queries.completed(session, person(), typed)
    except (IndexUnusable, IndexBusy):
        found = []
    return list(dict.fromkeys([*before[:3], *found]))[:_SUGGESTED]


def as_json(found: Answer) -> dict[str, Any]:
    """Return an answer as plain values."""
    best = max((one.score for one in found.hits), default=0.0) or 1.0
    return {
        "total": found.total,
        "took_ms": found.took_ms,
        "waiting": found.waiting,
        "suggestions": [{"query": one.query, "total": one.total, "near": one.near} for one in found.offers],
        "hints": [sentence(hint) for hint in found.hints],
        "facets": {
            name: [{"value": row.value, "label": row.word, "count": row.count} for row in rows]
            for name, rows in found.facets.items()
        },
        "hits": [hit_as_json(one, best) for one in found.hits],
        "next": found.cursor,
    }


def hit_as_json(found: Found, best: float) -> dict[str, Any]:
    """Return one dossier found as plain values; `marks` are offsets into `snippet`.

    `score` is a share of the page's best: the bare figure would tell in how many dossiers a word stands that the reader
    may not see.
    """
    return {
        "number": found.dossier.number,
        "title": found.dossier.title,
        "state": found.dossier.state.value,
        "score": round(found.score / best, 2),
        "hits": [
            {
                "document": str(one.source.id) if one.source else None,
                "title": one.source.title if one.source else None,
                "item": one.source.label if one.source else None,
                "version": one.source.version if one.source else None,
                "citation": citation_of(found.dossier.number, one),
                "page": one.page,
                "snippet": one.text,
                "marks": [list(mark) for mark in one.marks],
                "url": url_of(found.dossier.number, one) if g.get("person") else "",
            }
            for one in found.excerpts
        ],
    }


__all__ = ["api", "saved_api"]

"""The search page."""

from dataclasses import dataclass, replace
from io import BytesIO

from flask import redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from archive.core.act import Act, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.masking import masked
from archive.core.sheets import MEDIA_TYPE
from archive.dossiers import bulk, selections
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.search import hit_sheet, queries, saved_pages, saving
from archive.search.addresses import address, asked_in, asked_of, citation_of, url_of, where_of
from archive.search.blueprints import pages
from archive.search.fields import FIELDS
from archive.search.language import QueryProblem
from archive.search.port import IndexBusy, IndexUnusable
from archive.search.queries import Answer, Asked, Found


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
        return render_template("search/index.html", **context, **saved_pages.kept()), 200
    try:
        found = queries.answer(db.session(), person(), asked)
    except QueryProblem as problem:
        return render_template("search/index.html", **{**context, "problem": problem}), 422
    except (IndexUnusable, IndexBusy) as down:
        return render_template("search/index.html", **{**context, "down": down}), 503
    shown = render_template("search/index.html", **{**context, "results": _shown(asked, found)})
    # Last: an act lets go of all rows read before.
    with acting() as act:
        record(asked, found, act=act)
        if not asked.cursor:
            saving.note_recent(person(), asked, found.total, act=act)
    return shown, 200


@pages.post("/choose")
@requires(Permission.SEARCH)
def choose() -> ResponseReturnValue:
    """Keep what was ticked among the results and go on to the act asked for."""
    wanted = bulk.chosen(request.form, person())
    # The search under which the results stood, as its address had it.
    asked = asked_in(request.form.get("search", ""))
    chosen = wanted.ids
    if wanted.everything:
        chosen = queries.ids(db.session(), person(), replace(asked, limit=selections.MOST))
    with acting() as act:
        selection = selections.choose(person(), chosen, f"检索：{asked.query}", act, purpose=wanted.action.key)
        url = wanted.url(selection.id)
    return redirect(url, 303)


@pages.get("/hits.xlsx")
@requires(Permission.EXPORT)
def hits_xlsx() -> ResponseReturnValue:
    """Give the hits with their passages as a table; that it was taken out is recorded with each dossier."""
    with acting() as act:
        content = hit_sheet.export(person(), asked_in(request.query_string.decode()), act=act)
    name = f"检索结果-{shanghai_date(now()):%Y%m%d}.xlsx"
    return send_file(BytesIO(content), MEDIA_TYPE, as_attachment=True, download_name=name)


def record(asked: Asked, found: Answer, *, act: Act) -> None:
    """Write into the trail who searched what, numbers masked, and how much was found."""
    filters = {name: sorted(values) for name, values in asked.filters.items()}
    act.record("search:query", None, query=masked(asked.query)[:400], filters=filters, total=found.total)


def _shown(asked: Asked, found: Answer) -> dict[str, object]:
    return {
        "total": found.total, "took_ms": found.took_ms, "waiting": found.waiting, "hints": found.hints,
        "hits": [_hit(one) for one in found.hits],
        "facets": [
            {"title": FIELDS[name].aliases[0], "rows": [_facet(asked, name, row) for row in rows]}
            for name, rows in found.facets.items()
        ],
        "acts": bulk.actions_for(person()), "most": selections.MOST,
        "search": request.query_string.decode(), "units": saved_pages.units(),
        "offers": [(one, address(replace(asked, query=one.query, cursor=""))) for one in found.offers],
        "unfiltered": address(replace(asked, filters={}, cursor="")) if asked.filters else "",
        "may_export": may(person(), Permission.EXPORT),
        "next_url": address(replace(asked, cursor=found.cursor)) if found.cursor else "",
    }  # fmt: skip


def _hit(found: Found) -> dict[str, object]:
    dossier = found.dossier
    return {
        "dossier": dossier,
        "respondent": dossier.respondent.name if dossier.respondent else "",
        "complainant": dossier.parties[0].name if dossier.parties else "",
        "excerpts": [
            {
                "parts": one.parts,
                "where": where_of(one),
                "url": url_of(dossier.number, one),
                "citation": citation_of(dossier.number, one) if one.source else "",
            }
            for one in found.excerpts
        ],
    }


def _facet(asked: Asked, name: str, row: queries.Row) -> FacetLink:
    held = asked.filters.get(name, frozenset())
    wanted = held ^ {row.value}
    filters = {**asked.filters, name: wanted}
    return FacetLink(row.word, row.count, address(replace(asked, filters=filters, cursor="")), row.value in held)

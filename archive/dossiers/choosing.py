"""Choosing dossiers from the list for an act on many of them, and the list of a selection as a table."""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl

from flask import redirect, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.labels import label
from archive.core.sheets import MEDIA_TYPE
from archive.dossiers import bulk, forms, queries, selection_sheet, selections
from archive.dossiers.answering import code_words
from archive.dossiers.blueprints import pages
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse


@pages.post("/selections")
@requires(Permission.READ)
def choose() -> ResponseReturnValue:
    """Keep what was ticked in the list of dossiers and go on to the act asked for."""
    wanted = bulk.chosen(request.form, person())
    # The filter under which the list stood, as its address had it.
    query = parse(forms.ListQuery(), dict(parse_qsl(request.form.get("filter", ""))))
    with acting() as act:
        ids = wanted.ids
        if wanted.everything:
            listed = forms.filter_of(query, person().login)
            ids = queries.ids(act.session, person(), listed, act.moment, selections.MOST)
        title = title_of(act.session, query)
        selection = selections.choose(person(), ids, title, act, purpose=wanted.action.key)
        url = wanted.url(selection.id)
    return redirect(url, 303)


@pages.get("/selections.xlsx")
@requires(Permission.EXPORT)
def selection_xlsx() -> ResponseReturnValue:
    """Give the list of a selection as a table; that it was taken out is recorded with each dossier."""
    with acting() as act:
        content = selection_sheet.export(bulk.selection_asked(act.session, person()), person(), act=act)
    name = f"案卷清单-{shanghai_date(now()):%Y%m%d}.xlsx"
    return send_file(BytesIO(content), MEDIA_TYPE, as_attachment=True, download_name=name)


def title_of(session: Session, query: Mapping[str, object]) -> str:
    """Return the filter of a list in words: the title of what was chosen under it."""
    tables = code_words(session)
    words = []
    for name, value in query.items():
        if not value or name in ("sort", "after", "size"):
            continue
        if name in ("category", "cause"):
            words.append(tables[name].word(str(value)) or str(value))
        elif name == "unit":
            words.append(people.unit_by_code(session, str(value)).name)
        else:
            words.append(label(value))
    return "案卷列表：" + ("、".join(words) or "全部")

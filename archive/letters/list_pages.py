"""Pages that list letters: all the reader may see, and those of a dossier."""

from collections.abc import Collection

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from archive.core.act import now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, Problem
from archive.core.paging import Page, PageRequest
from archive.dossiers import access
from archive.dossiers.answering import unit_choices
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.models import Dossier
from archive.letters import forms, obeying, operations, queries, rules
from archive.letters.blueprints import pages
from archive.letters.kinds import Kind, LetterKind, kind, kinds
from archive.letters.models import LetterRow
from archive.letters.states import LetterState
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.web.forms import parse


@pages.get("/letters/")
@requires(Permission.READ)
def index() -> ResponseReturnValue:
    """List letters, filtered, with what waits for somebody on top."""
    session, today = db.session(), shanghai_date(now())
    asked = {name: value for name, value in request.args.items() if value}
    problems: tuple[Problem, ...] = ()
    page: Page[LetterRow] = Page([])
    try:
        query = parse(forms.ListQuery(), asked)
        wanted = forms.filter_of(session, query)
        page = queries.page(session, person(), wanted, PageRequest(query["size"], query["after"]), today)
    except BadInput as error:
        problems = error.problems or (Problem(error.code),)
    html = render_template(
        "letters/index.html",
        page=page,
        asked=asked,
        kept={name: value for name, value in asked.items() if name != "after"},
        waiting=queries.waiting(session, person(), today),
        kinds=kinds(),
        states=LetterState,
        reminds=lambda row: may(person(), Permission.DRAFT_LETTER, row.dossier.unit.path),
        units=unit_choices(people.units(session), person(), Permission.READ),
        today=today,
        problems=problems,
    )
    return html, 422 if problems else 200


@pages.get("/dossiers/<number>/letters")
@requires(Permission.READ)
def of_dossier(number: str) -> str:
    """List the letters of a dossier, and offer those that may be drafted."""
    session, today = db.session(), shanghai_date(now())
    dossier = access.find(session, number, person())
    listed = obeying.listed(session, dossier)
    may_draft = may(person(), Permission.DRAFT_LETTER, dossier.unit.path)
    return render_template(
        "letters/of_dossier.html",
        **head_of(dossier),
        letters=queries.of_dossier(session, dossier),
        late={row.id for row in queries.overdue_of(session, dossier, today)},
        draftable=_draftable(session, dossier, {one.entry.kind for one in listed}) if may_draft else [],
        listed=[(kind(one.entry.kind).name, one) for one in listed],
        reminds=may_draft and operations.takes(session, dossier, kind(LetterKind.REMINDER), now()),
        today=today,
    )


def _draftable(session: Session, dossier: Dossier, listed: Collection[str]) -> list[tuple[str, list[Kind]]]:
    """Return the kinds that may be drafted: first those that may be issued now and that the rule sets list."""
    apart = {*rules.NOT_OF_A_DOSSIER, *rules.NEEDS_ABOUT, LetterKind.FORWARDING_NOTICE}
    some = [one for one in kinds() if one.code not in apart and operations.takes(session, dossier, one, now())]
    parts = [
        ("本案规程列明，现在可以签发", [one for one in some if one.may_issue(dossier.state) and one.code in listed]),
        ("现在可以签发", [one for one in some if one.may_issue(dossier.state) and one.code not in listed]),
        ("案卷到相应阶段才能签发", [one for one in some if not one.may_issue(dossier.state)]),
    ]
    return [(title, found) for title, found in parts if found]

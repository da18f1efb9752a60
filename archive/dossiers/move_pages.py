"""The page of a move: what it asks, what will happen, and, when it is refused, every reason beside what was typed."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import SHANGHAI
from archive.core.db import db
from archive.core.errors import ArchiveError, NotFound
from archive.core.labels import label
from archive.dossiers import access, admitting, code_tables, history, ruling, telling
from archive.dossiers.answering import Refusal, refused, unit_choices
from archive.dossiers.blueprints import pages
from archive.dossiers.doing import DOINGS
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.states import CodeTable, Verb
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse

# Moves whose form shows what the rule sets say.
_RULED = frozenset({Verb.ACCEPT, Verb.DECLINE, Verb.NOTIFY})


@pages.get("/dossiers/<number>/moves/<verb>")
@requires(Permission.READ)
def move(number: str, verb: str) -> ResponseReturnValue:
    """Show what the move asks."""
    values: dict[str, Any] = {**request.args.to_dict(), "at": now().astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")}
    return _form(number, _named(verb), values, None)


@pages.post("/dossiers/<number>/moves/<verb>")
@requires(Permission.READ)
def make_move(number: str, verb: str) -> ResponseReturnValue:
    """Make the move, or say everything that stands against it."""
    named = _named(verb)
    typed: dict[str, Any] = {**request.form.to_dict(), "helpers": request.form.getlist("helpers")}
    typed["admission"] = request.form.getlist("admission")
    try:
        asked = parse(DOINGS[named].form(), typed)
        with acting() as act:
            dossier = access.find(act.session, number, person())
            access.lock(act.session, dossier)
            DOINGS[named].do(dossier, asked, act)
            number = dossier.number
    except NotFound:
        raise
    except ArchiveError as error:
        return _form(number, named, typed, refused(error))
    flash(f"已办理：{label(named)}。", "success")
    try:
        access.find(db.session(), number, person())
    except NotFound:
        # Refusing a slip, or keeping out, ends one's own sight of the dossier.
        return redirect(url_for(".work_list"))
    return redirect(url_for(".show", number=number))


def _form(number: str, verb: Verb, values: dict[str, Any], refusal: Refusal | None) -> ResponseReturnValue:
    session = db.session()
    dossier = access.find(session, number, person())
    units = people.units(session)
    slip = next((one for one in history.slips(session, dossier) if str(one.id) == values.get("slip")), None)
    where = slip.to_unit.path if slip else dossier.unit.path
    rules = ruling.bound(session, dossier) if verb in _RULED else ()
    reasons: Sequence[admitting.Ground] = ()
    if verb is Verb.DECLINE:
        reasons = admitting.reasons(rules, code_tables.table(session, CodeTable.NON_ACCEPTANCE))
    html = render_template(
        "dossiers/move.html",
        **head_of(dossier),
        verb=verb,
        values=values,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
        slip=slip,
        conditions=admitting.conditions(rules, dossier.parties) if verb is Verb.ACCEPT else (),
        reasons=reasons,
        ground_options=lambda found: [
            (one.code, f"{one.name}（{one.basis}）" if one.basis else one.name) for one in found
        ],
        contents=telling.contents(rules) if verb is Verb.NOTIFY else {},
        units=unit_choices(units, person(), None),
        officers=[(one.login, one.name) for one in people.persons_with(session, Permission.HANDLE, where)],
        readers=[(one.login, one.name) for one in people.persons_with(session, Permission.READ, dossier.unit.path)],
        recusals=history.recusals(session, dossier),
        grants=history.grants(session, dossier),
    )
    return html, refusal.status if refusal else 200


def _named(text: str) -> Verb:
    try:
        verb = Verb(text)
    except ValueError:
        raise NotFound("page.unknown") from None
    if verb not in DOINGS:
        raise NotFound("page.unknown")
    return verb

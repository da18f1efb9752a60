"""The pages of one dossier: cover, timeline, parties, limits, who may see it, its trail."""

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from archive.audit import queries as audit
from archive.audit.labels import action_word, fact_name, fact_text
from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import label
from archive.core.paging import PageRequest
from archive.dossiers import access as door
from archive.dossiers import extras, forms, history, parties, queries
from archive.dossiers.answering import Refusal, code_words, refused
from archive.dossiers.blueprints import pages
from archive.dossiers.labels import COLUMNS, FACTS
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Verb
from archive.dossiers.timeline import Mark, draw
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.procedures import queries as procedures
from archive.web.filters import moment
from archive.web.forms import parse

# A limit ends at 24:00, which is the next day's first moment.
_TICK = timedelta(microseconds=1)
# What concerns who may see the dossier has its own tab.
_ASIDE = frozenset({Verb.RECUSE, Verb.LIFT_RECUSAL, Verb.RESTRICT, Verb.OPEN_UP, Verb.GRANT, Verb.REVOKE})


def head_of(dossier: Dossier) -> dict[str, Any]:
    """Return what every page of a dossier shows around its content: its standing, the moves, the slips."""
    session = db.session()
    line = queries.by_ids(session, person(), [dossier.id])[0]
    options = [option for option in history.options(session, dossier, person()) if option.verb not in _ASIDE]
    slips = history.slips(session, dossier)
    return {
        "dossier": dossier,
        "line": line,
        "limit": line.limit(now()),
        "open_moves": [option for option in options if option.open],
        "near_moves": [option for option in options if not option.open and option.near],
        "far_moves": [option for option in options if not option.near],
        "slips": slips,
        "mine_to_answer": [slip for slip in slips if history.answerable(slip, person())],
        "may_edit": history.may_edit(session, dossier, person()),
        "tables": code_words(session),
        "rule_words": procedures.words(session, [dossier.severity_reason, dossier.decline_reason]),
    }


@pages.get("/dossiers/<number>")
@requires(Permission.READ)
def show(number: str) -> str:
    """Show the dossier as its cover says it. The look is recorded."""
    with acting() as act:
        dossier = door.find(act.session, number, person())
        act.record("dossier:show", dossier, number=dossier.number)
    session = db.session()
    return render_template(
        "dossiers/show.html",
        **head_of(dossier),
        notices=history.notices(session, dossier),
        custom=extras.names(session).shown(dossier.custom) if dossier.custom else (),
        closings=history.closings(session, dossier),
    )


@pages.get("/dossiers/<number>/timeline")
@requires(Permission.READ)
def timeline(number: str) -> str:
    """Show what happened, on one line of time and as a list."""
    dossier = door.find(db.session(), number, person())
    moves = history.moves(db.session(), dossier)
    end = dossier.closed_at or now()
    first = min([dossier.received_at, *(move.at for move in moves)])
    marks = [Mark(serial, move.at, _words(move)) for serial, move in enumerate(moves, start=1)]
    drawing = draw(
        marks,
        due_at=dossier.due_at,
        due_words="办理期限",
        end=end,
        days=(shanghai_date(first).isoformat(), shanghai_date(max(end, (dossier.due_at or end) - _TICK)).isoformat()),
    )
    ticked = [code for move in moves for code in move.facts.get("admission", ())]
    return render_template(
        "dossiers/timeline.html",
        **head_of(dossier),
        moves=moves,
        drawing=drawing,
        conditions=procedures.words(db.session(), ticked),
    )


@pages.get("/dossiers/<number>/parties", endpoint="parties")
@requires(Permission.READ)
def parties_page(number: str) -> ResponseReturnValue:
    """Show the parties; personal numbers are covered."""
    return _parties(number, None)


@pages.post("/dossiers/<number>/unmask")
@requires(Permission.UNMASK)
def unmask(number: str) -> ResponseReturnValue:
    """Show a personal fact in full, once; who looked and why is recorded."""
    try:
        asked = parse(forms.UnmaskForm(), request.form)
        with acting() as act:
            dossier = door.find(act.session, number, person())
            party = next((one for one in dossier.parties if one.id == asked["party"]), None)
            value = parties.unmask(dossier, asked["secret"], party=party, reason=asked["reason"], act=act)
    except ArchiveError as error:
        return _parties(number, refused(error))
    return _parties(number, None, (str(asked["party"] or ""), asked["secret"], value))


@pages.get("/dossiers/<number>/access")
@requires(Permission.READ)
def access(number: str) -> str:
    """Show who keeps out, who sees it by name, and the hand-over slips."""
    session = db.session()
    dossier = door.find(session, number, person())
    options = [option for option in history.options(session, dossier, person()) if option.verb in _ASIDE]
    return render_template(
        "dossiers/access.html",
        **head_of(dossier),
        aside=options,
        recusals=history.recusals(session, dossier),
        grants=history.grants(session, dossier),
        may_restrict=may(person(), Permission.RESTRICT, dossier.unit.path),
    )


@pages.get("/dossiers/<number>/trail")
@requires(Permission.READ)
def trail(number: str) -> str:
    """Show who did and looked at what; to auditors, and to who decides about the dossier."""
    session = db.session()
    dossier = door.find(session, number, person())
    may_look = may(person(), Permission.READ_AUDIT) or may(person(), Permission.DECIDE, dossier.unit.path)
    after = request.args.get("after", "")
    page = audit.entries(session, PageRequest(after=after), dossier_id=dossier.id) if may_look else None
    return render_template("dossiers/trail.html", **head_of(dossier), page=page, action_word=action_word, fact=_fact)


def _parties(number: str, refusal: Refusal | None, shown: tuple[str, str, str] | None = None) -> ResponseReturnValue:
    dossier = door.find(db.session(), number, person())
    html = render_template(
        "dossiers/parties.html",
        **head_of(dossier),
        refusal=refusal,
        shown=shown,
        may_unmask=may(person(), Permission.UNMASK, dossier.unit.path),
    )
    return html, refusal.status if refusal else 200


def _fact(name: str, value: Any) -> tuple[str, str]:
    """Return a fact of the trail in words: its name and its value."""
    word, enum = FACTS.get(name, (fact_name(name), None))
    if name == "fields":
        return word, "、".join(COLUMNS.get(one, one) for one in value)
    if name == "changes":
        return word, "；".join(f"{COLUMNS.get(one, one)} {_change(how)}" for one, how in value.items())
    return word, label(enum(value)) if enum and value in set(enum) else fact_text(name, value)


def _change(how: Any) -> str:
    """Return old and new, or only that something changed where the trail does not keep what."""
    return f"{how[0] if how[0] is not None else '空'} → {how[1]}" if isinstance(how, list) else "有改动"


def _words(move: Move) -> str:
    return f"{moment(move.at)} {label(move.verb)}（{move.actor_name}）"

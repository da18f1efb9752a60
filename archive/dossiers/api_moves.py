"""The API of moves: one endpoint for each verb, what is possible now, and the history."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

from collections.abc import Callable
from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.dossiers import access, admitting, bodies, code_tables, history, ruling
from archive.dossiers.blueprints import api
from archive.dossiers.doing import DOINGS, Doing
from archive.dossiers.labels import WORDS
from archive.dossiers.rules import NEXT
from archive.dossiers.states import CodeTable, Verb
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.procedures.overlay import grades, stated
from archive.web.idempotency import check_match, etag, idempotent

_ONE = "/dossiers/<number>"


@api.get(f"{_ONE}/moves")
@requires(Permission.READ)
@api.response(200, bodies.OptionBody(many=True))
def options(number: str) -> Any:
    """Return every move, and all that stands against it for the caller now."""
    session = db.session()
    return history.options(session, access.find(session, number, person()), person())


@api.get(f"{_ONE}/ruling")
@requires(Permission.READ)
@api.response(200, bodies.RulingBody)
def rules_of(number: str) -> Any:
    """Return the conditions, grounds and grades of the rule sets that bind the dossier, with text and article."""
    session = db.session()
    found = access.find(session, number, person())
    bound = ruling.bound(session, found)
    schemes = grades(stated(bound, lambda profile: profile.severity))
    return {
        "admission": admitting.conditions(bound, found.parties),
        "grounds": admitting.reasons(bound, code_tables.table(session, CodeTable.NON_ACCEPTANCE)),
        "grades": [{"code": code, "name": name} for code, name in schemes],
    }


@api.get(f"{_ONE}/history")
@requires(Permission.READ)
@api.response(200, bodies.HistoryBody)
def past(number: str) -> Any:
    """Return the dossier's steps, hand-over slips and notices."""
    session = db.session()
    found = access.find(session, number, person())
    return {
        "moves": history.moves(session, found),
        "slips": history.slips(session, found),
        "notices": history.notices(session, found),
    }


def _endpoint(verb: Verb, doing: Doing) -> Callable[..., Any]:
    def move(asked: Any, number: str) -> Any:
        with acting() as act:
            found = access.find(act.session, number, person())
            access.lock(act.session, found)
            check_match(found.revision)
            doing.do(found, asked, act)
        return {"number": found.number, "state": found.state}, 200, {"ETag": etag(found.revision)}

    move.__name__ = verb.value
    move.__doc__ = f"{WORDS[Verb][verb]}: done, or refused with every reason. Honours If-Match."
    return move


for _verb, _doing in DOINGS.items():
    _view = api.response(200, bodies.StateBody)(_endpoint(_verb, _doing))
    _view = idempotent(api.arguments(_doing.form)(_view))
    api.post(f"{_ONE}/{_verb.value.replace('_', '-')}", endpoint=_verb.value)(requires(NEXT[_verb].permission)(_view))

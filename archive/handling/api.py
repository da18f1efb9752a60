"""The API of handling: the records of a dossier and their steps, groups, follow-ups, firms."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from collections.abc import Callable
from typing import Any

from archive.core.act import acting, now
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.dossiers import access
from archive.handling import (
    bodies,
    calls,
    clusters,
    conditions,
    forms,
    masses,
    progress,
    queries,
    records,
    third_parties,
)
from archive.handling.blueprints import api
from archive.handling.clusters import Group
from archive.handling.kinds import ClusterState, Sheet, Step
from archive.handling.labels import WORDS
from archive.handling.list_pages import STEPS, dossiers_named
from archive.handling.records import RECORDS
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import Choice, Flag, Form, Whole, Words
from archive.web.idempotency import check_match, etag, idempotent

_ROOT = "/dossiers/<number>/handling"


class PageQuery(Form):
    """Which page of a list."""

    size = Whole(least=1, most=200, load_default=50)
    after = Words(most=400)


class GroupQuery(PageQuery):
    """Which groups."""

    state = Choice(ClusterState, load_default=None)


class CallQuery(PageQuery):
    """Whose follow-ups."""

    mine = Flag()


@api.get("/dossiers/<number>/demands")
@requires(Permission.READ)
@api.response(200, bodies.DemandBody(many=True))
def demands(number: str) -> Any:
    """List what the rule sets demand of the dossier before closing, and whether it is met."""
    session = db.session()
    return conditions.lines(session, access.find(session, number, person()))


def _list_of(sheet: Sheet) -> Callable[..., Any]:
    def index(number: str) -> Any:
        session = db.session()
        dossier = access.find(session, number, person())
        records.check_reader(sheet, dossier, person())
        return queries.of_dossier(session, dossier, sheet)

    return index


def _one_of(sheet: Sheet) -> Callable[..., Any]:
    def show(number: str, row_id: uuid.UUID) -> Any:
        session = db.session()
        row = records.one(sheet, access.find(session, number, person()), row_id, person(), session)
        return row, 200, {"ETag": etag(row.revision)}

    return show


def _make_of(sheet: Sheet) -> Callable[..., Any]:
    def make(asked: Any, number: str) -> Any:
        with acting() as act:
            row = records.make(sheet, access.find(act.session, number, person()), asked, act=act)
        return row, 201, {"ETag": etag(row.revision)}

    return make


def _step_of(sheet: Sheet, step: Step) -> Callable[..., Any]:
    def take(asked: Any, number: str, row_id: uuid.UUID) -> Any:
        with acting() as act:
            dossier = access.find(act.session, number, person())
            check_match(records.one(sheet, dossier, row_id, person(), act.session).revision)
            row = records.take(sheet, step, dossier, row_id, asked, act=act)
        return row, 200, {"ETag": etag(row.revision)}

    return take


def _describe(view: Callable[..., Any], name: str, words: str) -> Callable[..., Any]:
    view.__name__, view.__doc__ = name, words
    return view


for _sheet, _record in RECORDS.items():
    _body, _word, _key = bodies.body_of(_sheet), WORDS[Sheet][_sheet], _sheet.value.replace("-", "_")
    _path = f"{_ROOT}/{_sheet.value}"
    _view = _describe(_list_of(_sheet), f"{_key}_list", f"{_word}: the records in a dossier, the first first.")
    api.get(_path)(requires(_record.reads)(api.response(200, _body(many=True))(_view)))
    _view = _describe(_make_of(_sheet), f"{_key}_make", f"{_word}: make one.")
    _view = idempotent(api.arguments(_record.form)(api.response(201, _body)(_view)))
    api.post(_path)(requires(_record.makes)(_view))
    _view = _describe(_one_of(_sheet), f"{_key}_show", f"{_word}: one record.")
    api.get(f"{_path}/<uuid:row_id>")(requires(_record.reads)(api.response(200, _body)(_view)))
    for _step, _doing in _record.steps.items():
        _name = f"{_key}_{_step.value.replace('-', '_')}"
        _view = _describe(_step_of(_sheet, _step), _name, f"{_word}, {WORDS[Step][_step]}. Honours If-Match.")
        _view = idempotent(api.arguments(_doing.form)(api.response(200, _body)(_view)))
        api.post(f"{_path}/<uuid:row_id>/{_step.value}")(requires(_doing.permission)(_view))


@api.post("/dossiers/<number>/progress-code")
@requires(Permission.REGISTER)
@api.response(201, bodies.CodeBody)
def give_code(number: str) -> Any:
    """Make the complainant a new code for the progress page; it ends the one before."""
    with acting() as act:
        return {"code": progress.give(access.find(act.session, number, person()), act=act)}


@api.get("/follow-ups/due")
@requires(Permission.HANDLE)
@api.arguments(CallQuery, location="query")
@api.response(200, bodies.CallListBody)
def follow_ups_due(query: dict[str, Any]) -> Any:
    """List whom to ask whether they are content, the longest answered first."""
    page = PageRequest(query["size"], query["after"])
    return calls.due(db.session(), person(), page, now(), mine=query["mine"])


@api.get("/third-parties")
@requires(Permission.READ)
@api.response(200, bodies.FrequencyBody(many=True))
def third_party_frequencies() -> Any:
    """Return how often complaints concern each firm."""
    return third_parties.frequencies(db.session(), person(), now())


@api.get("/groups")
@requires(Permission.READ)
@api.arguments(GroupQuery, location="query")
@api.response(200, bodies.ClusterListBody)
def groups(query: dict[str, Any]) -> Any:
    """List groups of like complaints, newest first."""
    return clusters.page(db.session(), person(), PageRequest(query["size"], query["after"]), query["state"])


@api.post("/groups")
@requires(Permission.DECIDE)
@idempotent
@api.arguments(forms.GroupForm)
@api.response(201, bodies.ClusterWholeBody)
def form_group(asked: dict[str, Any]) -> Any:
    """Put dossiers together by hand."""
    with acting() as act:
        cluster = masses.group(dossiers_named(act, asked["numbers"]), name=asked["name"], act=act)
        cluster_id = cluster.id
    return _whole(cluster_id)


@api.get("/groups/<uuid:cluster_id>")
@requires(Permission.READ)
@api.response(200, bodies.ClusterWholeBody)
def group(cluster_id: uuid.UUID) -> Any:
    """Return a group with the members the caller may see."""
    found = _whole(cluster_id)
    return found, 200, {"ETag": etag(found["group"].cluster.revision)}


def _whole(cluster_id: uuid.UUID) -> dict[str, Any]:
    session = db.session()
    found = clusters.one(session, cluster_id, person())
    lines = clusters.members(session, found, person())
    latest = max(line.received_at for line in lines)
    return {"group": Group(found, len(lines), latest), "members": lines}


def _group_step(name: str) -> Callable[..., Any]:
    def take(asked: Any, cluster_id: uuid.UUID) -> Any:
        with acting() as act:
            found = clusters.one(act.session, cluster_id, person())
            check_match(found.revision)
            STEPS[name][1](found, asked, act)
        return found, 200, {"ETag": etag(found.revision)}

    return take


for _name, (_form, _) in STEPS.items():
    _view = _describe(_group_step(_name), f"group_{_name}", f"A step of a group ({_name}). Honours If-Match.")
    _view = idempotent(api.arguments(_form)(api.response(200, bodies.ClusterStateBody)(_view)))
    api.post(f"/groups/<uuid:cluster_id>/{_name}")(requires(Permission.DECIDE)(_view))

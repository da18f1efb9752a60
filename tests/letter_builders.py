"""Letters for tests: drafted from a dossier, completed from the example of their kind, taken as far as wanted."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import has_app_context

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.jobs.operations import Task
from archive.letters import composing, handlers, issuing, operations
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.paths import LETTERS
from archive.letters.states import Relation, Step
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import dossier

TODAY = shanghai_date(NOW)
# Given with the issue.
_LATER = ("number", "date")


def example(kind: str) -> dict[str, Any]:
    """The example of a kind, all its dates moved so that it is written today."""
    day = shanghai_date(now()) if has_app_context() else TODAY
    facts: dict[str, Any] = json.loads((LETTERS / kind / "example.json").read_text(encoding="utf-8"))
    written = date.fromisoformat(facts.get("date") or _latest(facts) or day.isoformat())
    moved: dict[str, Any] = _moved(facts, day.toordinal() - written.toordinal())
    return {name: value for name, value in moved.items() if name not in _LATER}


def _latest(facts: Mapping[str, Any]) -> str:
    return max(_days(facts), default="")


def _days(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [day for inner in value.values() for day in _days(inner)]
    if isinstance(value, list):
        return [day for inner in value for day in _days(inner)]
    return [value] if _is_day(value) else []


def _moved(value: Any, days: int) -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner, days) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, days) for inner in value]
    return date.fromordinal(date.fromisoformat(value).toordinal() + days).isoformat() if _is_day(value) else value


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" and value[:4].isdigit()


def drafted(
    office: Office,
    number: str,
    kind: str = "inquiry",
    *,
    by: str = "officer",
    about: LetterRow | None = None,
    **facts: Any,
) -> LetterRow:
    """Draft a letter that lacks nothing; the notice of a pair as well."""
    with acting(office.person(by)) as act:
        row = operations.draft(
            dossier(number), LetterKind(kind), about=about and act.session.get_one(LetterRow, about.id), act=act
        )
        operations.revise(row, {**example(kind), **facts}, act=act)
        for notice in operations.notices(row, act):
            operations.revise(notice, _notice(notice), act=act)
    return row


def _notice(row: LetterRow) -> dict[str, Any]:
    said = composing.whole_facts(row)
    full = example(row.kind)
    full["forwarded"] = {**full["forwarded"], **said.get("forwarded", {})}
    for path in ("number", "sent_on"):
        full["forwarded"].pop(path, None)
    return full


def approved(office: Office, number: str, kind: str = "inquiry", **more: Any) -> LetterRow:
    """Draft, send for review and have the head approve."""
    row = drafted(office, number, kind, **more)
    for who, step in (("officer", Step.SUBMIT), ("head", Step.APPROVE)):
        with acting(office.person(who)) as act:
            operations.take_step(act.session.get_one(LetterRow, row.id), step, act=act)
    return row


def issued(office: Office, number: str, kind: str = "inquiry", **more: Any) -> LetterRow:
    """Issue a letter; its files are not made yet."""
    row = approved(office, number, kind, **more)
    with acting(office.person("head")) as act:
        issuing.issue(act.session.get_one(LetterRow, row.id), act=act)
    return row


def make_files(*rows: LetterRow) -> None:
    """Do what the worker does after an issue; the notices of pairs as well."""
    handlers.make([Task(row.id, "letters.make", row.id, row.dossier_id, {}, 1, NOW) for row in rows])
    db.session.rollback()


def notice_of(row: LetterRow) -> LetterRow:
    """The notice that makes one action with the letter."""
    return db.session.query(LetterRow).filter_by(about_id=row.id, relation=Relation.NOTIFIES).one()


def filed(office: Office, number: str, kind: str = "inquiry", **more: Any) -> LetterRow:
    """Issue a letter and make its files."""
    row = issued(office, number, kind, **more)
    make_files(row)
    return db.session.get_one(LetterRow, row.id)

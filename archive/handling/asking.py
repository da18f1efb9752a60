"""The form of a record as the page draws it: read off the schema, with words, helps and what there is to choose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding.bound import bound
from archive.core.labels import choices, label
from archive.documents.models import Document
from archive.dossiers.models import Access, Dossier
from archive.dossiers.states import Severity
from archive.handling import conditions, procedure
from archive.handling.forms import Chosen, Picked, Several
from archive.handling.labels import field_help, field_word
from archive.handling.models import Minutes, ThirdParty
from archive.people import queries as people
from archive.people.models import Unit
from archive.people.rules import Permission
from archive.procedures import overlay
from archive.web.filters import moment
from archive.web.forms import Choice, Day, Flag, Form, Moment, Whole, Words, Yuan

Options = Sequence[tuple[str, str]]
# A text longer than this is written in a box of several lines.
_LINE = 200
_MOST_DOCUMENTS = 500


@dataclass(frozen=True)
class Ask:
    """One field of a form, as macros.field takes it."""

    name: str
    word: str
    kind: str
    help: str
    required: bool
    options: Options = ()
    most: int | None = None
    rows: int = 4


def asks(form: type[Form], sheet: str, session: Session, dossier: Dossier) -> list[Ask]:
    """Return the fields of a form in their order."""
    return [_ask(name, one, sheet, session, dossier) for name, one in form().fields.items()]


def typed(form: type[Form], data: Any) -> dict[str, Any]:
    """Return what a page's form sent (a MultiDict), with all values of the fields that take several."""
    found: dict[str, Any] = data.to_dict()
    for name, one in form().fields.items():
        if isinstance(one, Several):
            found[name] = data.getlist(name)
        if isinstance(one, (Whole, Day, Moment)) and found.get(name) == "" and not one.required:
            found[name] = None
    return found


def _ask(name: str, one: fields.Field[Any], sheet: str, session: Session, dossier: Dossier) -> Ask:
    word, told = field_word(sheet, name), field_help(sheet, name)
    if isinstance(one, (Chosen, Several, Picked)):
        options = _PICKS[one.pick](session, dossier)
        kind = "several" if isinstance(one, Several) else "datalist" if one.pick == "persons" else "select"
        return Ask(name, word, kind, told, one.required, options)
    if isinstance(one, Choice):
        return Ask(name, word, "select", told, one.required, choices(one.enum))
    if isinstance(one, Flag):
        return Ask(name, word, "checkbox", told, False)
    if isinstance(one, Words):
        long = one.most > _LINE
        return Ask(name, word, "textarea" if long else "text", told, one.required, most=one.most,
                   rows=10 if one.most > 10_000 else 4)  # fmt: skip
    kinds: Mapping[type[Any], str] = {Day: "date", Moment: "datetime-local", Yuan: "text", Whole: "number"}
    return Ask(name, word, kinds[type(one)], told, one.required)


def _documents(session: Session, dossier: Dossier) -> Options:
    rows = session.execute(
        select(Document.id, Document.item, Document.title)
        .where(Document.dossier_id == dossier.id, Document.parent_id.is_(None))
        .order_by(Document.item)
        .limit(_MOST_DOCUMENTS)
    )
    return [(str(row.id), f"{row.item}　{row.title}") for row in rows]


def _units(session: Session, _dossier: Dossier) -> Options:
    return [
        (unit.code, "　" * (unit.path.count("/") - 2) + unit.name)
        for unit in people.units(session)
        if unit.closed_at is None
    ]


def _persons(session: Session, dossier: Dossier) -> Options:
    concerned = select(Access.unit_id).where(Access.dossier_id == dossier.id)
    paths = session.scalars(select(Unit.path).where((Unit.id == dossier.unit_id) | Unit.id.in_(concerned))).all()
    found = {one.login: one.name for path in paths for one in people.persons_with(session, Permission.HANDLE, path)}
    return list(found.items())


def _reviewers(session: Session, dossier: Dossier) -> Options:
    able = people.persons_with(session, Permission.DECIDE, dossier.unit.path)
    return [(one.login, one.name) for one in able if one.id != dossier.officer_id]


def _minutes(session: Session, dossier: Dossier) -> Options:
    rows = session.scalars(select(Minutes).where(Minutes.dossier_id == dossier.id).order_by(Minutes.at)).unique()
    return [(str(row.id), f"{moment(row.at)}　{row.resolution[:40]}") for row in rows]


def _third_parties(session: Session, dossier: Dossier) -> Options:
    rows = session.scalars(
        select(ThirdParty).where(ThirdParty.dossier_id == dossier.id).order_by(ThirdParty.made_at, ThirdParty.id)
    )
    return [(str(row.id), row.name) for row in rows]


def _measures(session: Session, dossier: Dossier) -> Options:
    found = procedure.measures(bound(session, dossier))
    return [(one.entry.code, f"{one.entry.name}（{one.basis}）") for one in found]


def _compensations(session: Session, dossier: Dossier) -> Options:
    found = procedure.compensations(bound(session, dossier))
    return [(one.entry.code, one.entry.name) for one in found]


def _grades(session: Session, dossier: Dossier) -> Options:
    return [
        (code, f"{one.profile.title}：{word}（对应“{label(Severity(one.entry.core))}”）")
        for one in procedure.graded(bound(session, dossier))
        for code, word in overlay.grades([one])
    ]


def _demands(session: Session, dossier: Dossier) -> Options:
    return [
        (line.code, f"{line.name}（{line.basis}）") for line in conditions.lines(session, dossier) if line.recordable
    ]


_PICKS = {
    "documents": _documents,
    "units": _units,
    "persons": _persons,
    "reviewers": _reviewers,
    "minutes": _minutes,
    "third_parties": _third_parties,
    "measures": _measures,
    "compensations": _compensations,
    "grades": _grades,
    "demands": _demands,
}

"""Hints while a complaint is typed: the same person, institution or matter was here before.

Only dossiers the reader may see give hints, and nothing tells that there are others.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from archive.dossiers import parties, queries
from archive.dossiers.access import visible_to
from archive.dossiers.institutions import tidy
from archive.dossiers.models import Dossier, Institution, Party, PartyKey
from archive.dossiers.queries import Line
from archive.people.rules import Person

MOST = 10
_EACH = 30


class Sign(StrEnum):
    """Why a dossier may be about the same."""

    NUMBER = "number"  # the same ID, phone or account number
    NAME = "name"
    INSTITUTION = "institution"
    CONTRACT = "contract"
    AMOUNT = "amount"


# How much each sign says; an institution or an amount alone says nothing.
_WEIGHT = {Sign.NUMBER: 8, Sign.CONTRACT: 8, Sign.NAME: 4, Sign.INSTITUTION: 1, Sign.AMOUNT: 1}
_ENOUGH = 4


@dataclass(frozen=True)
class Clues:
    """What has been typed so far."""

    names: Sequence[str] = ()
    numbers: Sequence[str] = ()
    institution: str = ""
    contract_no: str = ""
    amount: Decimal | None = None
    besides: uuid.UUID | None = None  # the dossier being edited


@dataclass(frozen=True)
class Hint:
    """A dossier that may be about the same, with the signs, strongest first."""

    line: Line
    signs: tuple[Sign, ...]


def hints(session: Session, person: Person, clues: Clues) -> list[Hint]:
    """Return the likeliest duplicates the person may see, best first. At most five statements."""
    signs: dict[uuid.UUID, set[Sign]] = defaultdict(set)
    for sign, condition in _conditions(clues).items():
        query = select(Dossier.id).where(condition, visible_to(person))
        if clues.besides is not None:
            query = query.where(Dossier.id != clues.besides)
        for dossier_id in session.scalars(query.order_by(Dossier.registered_at.desc()).limit(_EACH)):
            signs[dossier_id].add(sign)
    if not signs:
        return []
    _add_weak_signs(session, clues, signs)
    weights = {dossier_id: sum(_WEIGHT[sign] for sign in found) for dossier_id, found in signs.items()}
    best = sorted((one for one in signs if weights[one] >= _ENOUGH), key=lambda one: -weights[one])[:MOST]
    rows = {line.id: line for line in queries.by_ids(session, person, best)}
    order = list(_WEIGHT)
    return [Hint(rows[one], tuple(sorted(signs[one], key=order.index))) for one in best if one in rows]


def _conditions(clues: Clues) -> dict[Sign, ColumnElement[bool]]:
    """Return the strong signs that can be looked for, each found through an index."""
    found: dict[Sign, ColumnElement[bool]] = {}
    # Short tails match many; while typing only whole numbers count.
    tokens = [token for number in clues.numbers if len(number) >= 7 for token in parties.hashes(number)]
    if tokens:
        found[Sign.NUMBER] = Dossier.id.in_(select(PartyKey.dossier_id).where(PartyKey.hash.in_(tokens)))
    names = [name for name in clues.names if len(name) >= 2]
    if names:
        found[Sign.NAME] = Dossier.id.in_(select(Party.dossier_id).where(Party.name.in_(names)))
    if clues.contract_no:
        found[Sign.CONTRACT] = and_(Dossier.contract_no == clues.contract_no)
    return found


def _add_weak_signs(session: Session, clues: Clues, signs: dict[uuid.UUID, set[Sign]]) -> None:
    institution = tidy(clues.institution)
    rows = session.execute(
        select(Dossier.id, Dossier.amount, Institution.name)
        .outerjoin(Institution, Institution.id == Dossier.respondent_id)
        .where(Dossier.id.in_(signs))
    )
    for dossier_id, amount, name in rows:
        if institution and name == institution:
            signs[dossier_id].add(Sign.INSTITUTION)
        if clues.amount is not None and amount == clues.amount:
            signs[dossier_id].add(Sign.AMOUNT)

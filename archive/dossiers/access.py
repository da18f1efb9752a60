"""Who sees which dossier: one rule in two forms that must agree, an SQL condition and the search index's terms.

A person sees a dossier when a unit concerned with it (in hand, registered, co-operating) lies below a unit in which
the person may read, or when granted by name; a restricted dossier only by name, as its officer, or as a decider of a
unit concerned. An auditor sees no dossier by office, only ended ones within a grant in force (people.rules.Inspection);
nothing is granted to auditors by name. Whoever is recused sees nothing of it, whatever else holds.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from archive.core.db import tested
from archive.core.errors import NotFound
from archive.dossiers.models import Access, Alias, Dossier, PersonalGrant, Recusal
from archive.people.models import Unit
from archive.people.rules import Inspection, Permission, Person, covering, may


def visible_to(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Dossier` that holds for what the person may see. Costs no statement."""
    if not may(person, Permission.READ):
        return false()
    # Lists, not correlated subqueries: both databases make each list once, not once a dossier.
    recused = Dossier.id.in_(select(Recusal.dossier_id).where(Recusal.account_id == person.id))
    ways = [_inspected(one) for one in person.inspections]
    if person.office_paths:
        ways.append(_by_office(person))
    return and_(or_(false(), *ways), ~recused)


def _by_office(person: Person) -> ColumnElement[bool]:
    named = Dossier.id.in_(select(PersonalGrant.dossier_id).where(PersonalGrant.account_id == person.id))
    reads, decides = covering(person.office_paths), covering(person.paths(Permission.RESTRICT))
    by_unit = _concerns(decides)
    if covering((*reads, *decides)) != decides:
        # Where somebody decides in all they read, the second half would only be asked in vain.
        by_unit = or_(by_unit, and_(~Dossier.restricted, _concerns(reads)))
    return or_(by_unit, Dossier.officer_id == person.id, named)


def _inspected(one: Inspection) -> ColumnElement[bool]:
    parts = [_concerns((one.path,)), Dossier.closed_on.between(one.since, one.until)]
    if one.category:
        parts.append(Dossier.category == one.category)
    if not one.restricted:
        parts.append(~Dossier.restricted)
    return and_(*parts)


def _concerns(tops: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a unit concerned with the dossier lies at or below one of the paths."""
    if not tops:
        return false()
    units = select(Unit.id).where(or_(*(Unit.path.startswith(path, autoescape=True) for path in tops)))
    return or_(
        tested(Dossier.unit_id).in_(units),
        Dossier.id.in_(select(Access.dossier_id).where(Access.unit_id.in_(units))),
    )


def in_hand(person: Person, permission: Permission) -> ColumnElement[bool]:
    """Return the condition on `Dossier` that the unit which has it in hand is one where the person may do this."""
    paths = covering(person.paths(permission))
    if not paths:
        return false()
    below = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths))
    return tested(Dossier.unit_id).in_(select(Unit.id).where(below))


def find(session: Session, number: str, person: Person) -> Dossier:
    """Return the dossier with this number or legacy number. Raises NotFound, the same for hidden and for missing."""
    query = select(Dossier).where(visible_to(person))
    found = session.scalar(query.where(Dossier.number == number))
    if found is None:
        aliased = select(Alias.dossier_id).where(Alias.number == number)
        matches = session.scalars(query.where(Dossier.id.in_(aliased)).limit(2)).all()
        found = matches[0] if len(matches) == 1 else None
    if found is None:
        raise NotFound("dossier.unknown", number=number)
    return found


def find_by_id(session: Session, dossier_id: uuid.UUID, person: Person) -> Dossier:
    """Return the dossier with this id. Raises NotFound, the same for hidden and for missing."""
    found = session.scalar(select(Dossier).where(Dossier.id == dossier_id, visible_to(person)))
    if found is None:
        raise NotFound("dossier.unknown")
    return found


def lock(session: Session, dossier: Dossier) -> Dossier:
    """Hold the dossier's row until the act ends, and see its present state; for every change that depends on it."""
    # Its own statement, not refresh(): that would repeat the joins the row was read with, and PostgreSQL locks no
    # row that an outer join may miss.
    query = select(Dossier).where(Dossier.id == dossier.id).with_for_update(of=Dossier)
    return session.scalars(query.execution_options(populate_existing=True)).one()


# The same rule for the search index. Terms of a dossier: what it carries; of a reader: what lets in, what shuts out.


def terms_of_many(session: Session, dossiers: Sequence[Dossier]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the access terms each dossier carries in the index. Four statements, however many dossiers."""
    ids = [dossier.id for dossier in dossiers]
    paths = dict(session.execute(select(Unit.id, Unit.path)).all())
    units = {dossier.id: {dossier.unit_id} for dossier in dossiers}
    for dossier_id, unit_id in session.execute(
        select(Access.dossier_id, Access.unit_id).where(Access.dossier_id.in_(ids))
    ):
        units[dossier_id].add(unit_id)
    terms: dict[uuid.UUID, set[str]] = {}
    for dossier in dossiers:
        kind = "restricted" if dossier.restricted else "open"
        serials = {serial for unit_id in units[dossier.id] for serial in paths[unit_id].strip("/").split("/")}
        terms[dossier.id] = {f"{kind}:{serial}" for serial in serials}
        if dossier.closed_on is not None:
            of_all, of_one = _closing(dossier.closed_on, ""), _closing(dossier.closed_on, dossier.category)
            terms[dossier.id] |= {f"{kind}-{end}:{serial}" for serial in serials for end in {of_all, of_one}}
        if dossier.officer_id is not None:
            terms[dossier.id].add(f"user:{dossier.officer_id.hex}")
    for table, word in ((PersonalGrant, "user"), (Recusal, "recused")):
        rows = session.execute(select(table.dossier_id, table.account_id).where(table.dossier_id.in_(ids)))
        for dossier_id, account_id in rows:
            terms[dossier_id].add(f"{word}:{account_id.hex}")
    return {dossier_id: frozenset(found) for dossier_id, found in terms.items()}


def reader_terms(person: Person) -> tuple[frozenset[str], frozenset[str]]:
    """Return the terms of which a dossier must carry one, and those it must carry none of."""
    if not may(person, Permission.READ):
        return frozenset(), frozenset()
    lets_in = {term for one in person.inspections for term in _inspection_terms(one)}
    if person.office_paths:
        lets_in |= {f"open:{_last(path)}" for path in person.office_paths}
        lets_in |= {f"restricted:{_last(path)}" for path in person.paths(Permission.RESTRICT)}
        lets_in.add(f"user:{person.id.hex}")
    return frozenset(lets_in), frozenset({f"recused:{person.id.hex}"})


def _closing(day: date, category: str) -> str:
    # Grants count in whole months: a dossier carries one such term a unit, a reader one a month.
    return f"closed:{day:%Y%m}:{category}"


def _inspection_terms(one: Inspection) -> Iterator[str]:
    kinds = ("open", "restricted") if one.restricted else ("open",)
    for month in range(one.since.year * 12 + one.since.month - 1, one.until.year * 12 + one.until.month):
        closing = _closing(date(month // 12, month % 12 + 1, 1), one.category)
        yield from (f"{kind}-{closing}:{_last(one.path)}" for kind in kinds)


def _last(path: str) -> str:
    return path.strip("/").split("/")[-1]

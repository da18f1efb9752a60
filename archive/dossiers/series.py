"""Gap-free numbers: taken in the transaction that uses them, given back by its rollback."""

from datetime import date

from sqlalchemy import Update, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.db import rows_changed
from archive.core.errors import BadInput
from archive.dossiers.models import Dossier, Series
from archive.procedures.rules import case_number, makes_keys


def take(session: Session, key: str) -> int:
    """Return the series' next number, from 1. Others who want one wait until this transaction ends."""
    # Updated first: an upsert would be taken for a row put in another's place (core.guards).
    found: int | None = session.scalar(_update(key).values(last=Series.last + 1).returning(Series.last))
    if found is not None:
        return found
    return session.execute(
        _insert(session, key, 1)
        .on_conflict_do_update(index_elements=["key"], set_={"last": Series.last + 1})
        .returning(Series.last)
    ).scalar_one()


def reach(session: Session, key: str, number: int) -> None:
    """See to it that the series never gives `number` or a lower one again: for numbers that came from outside."""
    greatest = func.greatest if _postgresql(session) else func.max
    later = {"last": greatest(Series.last, number)}
    if rows_changed(session.execute(_update(key).values(later))):
        return
    session.execute(_insert(session, key, number).on_conflict_do_update(index_elements=["key"], set_=later))


def check_template(template: str) -> None:
    """Refuse a template of case numbers that could repeat a number or break an address. Raises BadInput."""
    if not makes_keys(template):
        raise BadInput("number.template", template=template)


def dossier_key(template: str, year: int, unit: str) -> str:
    """Return the series of a template: one a year, and one a unit where the template names the unit."""
    return f"dossier:{template}:{year}:{unit if '{unit}' in template else ''}"


def dossier_number(session: Session, template: str, on: date, unit: str) -> str:
    """Return the next case number of the day's year. Raises BadInput on a bad template or one that is used up."""
    check_template(template)
    key = dossier_key(template, on.year, unit)
    while True:
        number = case_number(template, on, take(session, key), unit)
        # Two templates may make the same number, as {year}-TS-… and {year}-{unit}-… do in a unit TS.
        if not session.scalar(select(exists().where(Dossier.number == number))):
            return number


def old_number(session: Session, template: str, on: date, unit: str) -> str:
    """Return the next number by a template whose numbers come again one day, for an alias; empty once it is used up."""
    try:
        return case_number(template, on, take(session, f"old:{template}:{on.year}:{unit}"), unit)
    except BadInput:
        return ""


def contact_serial(session: Session, unit: str, year: int) -> int:
    """Return the next line of a unit's contact register of a year."""
    return take(session, f"contact:{unit}:{year}")


def slip_serial(session: Session, year: int) -> int:
    """Return the next line of the office's register of hand-over slips of a year."""
    return take(session, f"slip:{year}")


def _postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _update(key: str) -> Update:
    return update(Series).where(Series.key == key).execution_options(synchronize_session=False)


def _insert(session: Session, key: str, last: int) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if _postgresql(session) else sqlite.insert
    return insert(Series).values(key=key, last=last)

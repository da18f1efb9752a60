"""Dossiers from before this archive: taken over as they stand, under their own numbers."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.core.ports import ports
from archive.dossiers import endings, registering, rules, series, years
from archive.dossiers.models import Alias, Closing, Dossier
from archive.dossiers.states import ENDED, Verb
from archive.dossiers.values import Legacy
from archive.people.rules import Permission
from archive.procedures.profile import NUMBER_PLACEHOLDERS


def take_over(value: Legacy, *, act: Act) -> Dossier:
    """Enter a dossier as it stands elsewhere: its number, state and dates are believed, no contact line is written.

    An ended one without a closing date is taken as closed today, and marked so: its keeping period must not start
    earlier than anybody can show. Raises BadInput with every problem, RuleBroken when the number is taken.
    """
    today = shanghai_date(act.moment)
    # Codes that are out of use here were in use there; and what another system dated ahead is taken as it stands.
    believed = ("code.unknown", "input.future")
    wrong = [one for one in registering.check(value.complaint, act=act) if one.code not in believed]
    check(act.session, value, today=today, found=wrong)
    unit = registering.unit_for(value.complaint.unit, Permission.IMPORT, act=act)
    dossier = registering.enter(
        value.complaint, number=value.number, unit=unit, state=value.state, registered_at=value.filed_at,
        dossier_id=value.id, act=act,
    )  # fmt: skip
    # Nobody of this archive registered it, so nobody is kept from deciding it by that.
    dossier.registered_by = None
    if value.state in ENDED:
        _end(dossier, value.closed_on, today, act)
    _keep_ahead(act.session, value.number, dossier.year, unit.code)
    registering.first_move(Verb.TAKE_OVER, dossier, act=act)
    return dossier


def check(session: Session, value: Legacy, *, today: date, found: Sequence[Problem] = ()) -> None:
    """Refuse what can be told by the number, the days and the year, besides what was found: nothing is written.

    Raises BadInput with every problem, RuleBroken when the number is taken or the year closed. Two statements.
    """
    wrong = list(found)
    if not value.number or re.search(r"[\s/\\?#%]", value.number) or len(value.number) > 60:
        wrong.append(Problem("number.unfit", "number"))
    if value.closed_on is not None and value.state not in ENDED:
        wrong.append(Problem("legacy.not_ended", "closed_on"))
    if value.closed_on is not None and not shanghai_date(value.filed_at) <= value.closed_on <= today:
        wrong.append(Problem("legacy.closed_on", "closed_on"))
    if wrong:
        raise BadInput("input.bad", wrong)
    if known(session, value.number):
        raise RuleBroken("number.taken", number=value.number)
    years.check_cases(session, shanghai_date(value.filed_at).year)


def add_alias(dossier: Dossier, number: str, *, act: Act) -> None:
    """Let the dossier be found under another number too. Raises NotAllowed, BadInput, RuleBroken when it bears it."""
    if rules.lacks(act.actor, Permission.IMPORT, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.IMPORT)
    plain = number.strip()
    if not plain or len(plain) > 80:
        raise BadInput("input.bad", [Problem("number.unfit", "number")])
    if plain == dossier.number or act.session.get(Alias, (plain, dossier.id)) is not None:
        raise RuleBroken("number.taken", number=plain)
    act.session.add(Alias(number=plain, dossier_id=dossier.id))
    act.record("dossier:alias", dossier, number=dossier.number, alias=plain)


def known(session: Session, number: str) -> bool:
    """Tell whether a dossier has this number."""
    return bool(session.scalar(select(exists().where(Dossier.number == number))))


def _end(dossier: Dossier, closed_on: date | None, today: date, act: Act) -> None:
    dossier.closing_assumed = closed_on is None
    dossier.closed_on = closed_on or today
    # Of an old closing only the day is known; its end is the moment that shortens no keeping period.
    dossier.closed_at = act.moment if closed_on in (None, today) else _end_of(dossier.closed_on)
    act.session.add(
        Closing(
            dossier_id=dossier.id, state=dossier.state, closed_at=dossier.closed_at, closed_on=dossier.closed_on,
            assumed=dossier.closing_assumed,
        )
    )  # fmt: skip
    act.session.flush()
    endings.follow(dossier, act)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def _keep_ahead(session: Session, number: str, year: int, unit: str) -> None:
    """Where the number is of our own form, our series goes on behind it."""
    template = ports().settings.number_template
    pattern = "".join(_pattern(part, year, unit) for part in NUMBER_PLACEHOLDERS.split(template) if part)
    found = re.fullmatch(pattern, number)
    if found:
        series.reach(session, series.dossier_key(template, year, unit), int(found["seq"]))


def _pattern(part: str, year: int, unit: str) -> str:
    name = part.partition(":")[0]
    known_parts = {"year": str(year), "yy": f"{year % 100:02}", "mm": r"\d\d", "dd": r"\d\d", "unit": re.escape(unit)}
    return r"(?P<seq>\d+)" if name == "seq" else known_parts.get(name, re.escape(part))

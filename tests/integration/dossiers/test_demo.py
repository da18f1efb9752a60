"""The demonstration's dossiers are made by the real operations and stand in every state."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from archive.audit import queries as audit
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.dossiers.demo import BEGINS, demonstrate
from archive.dossiers.models import Contact, Dossier
from archive.dossiers.states import State
from archive.people import demo as people


def test_a_year_of_work_is_made_in_every_state(app: Flask, clock: FixedClock) -> None:
    today = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    clock.moment = today - BEGINS
    with acting(Machine("test")) as act:
        people.demonstrate(act)
    clock.moment = today
    demonstrate()
    states = dict(db.session.execute(select(Dossier.state, func.count()).group_by(Dossier.state)).all())
    assert set(states) == set(State)
    assert sum(states.values()) >= 40
    newest = db.session.scalars(select(Dossier).order_by(Dossier.registered_at.desc())).all()
    numbers = sorted(one.number for one in newest)
    by_year = {year: [one for one in numbers if one.startswith(str(year))] for year in (2025, 2026)}
    for year, found in by_year.items():
        assert found == [f"{year}-TS-{seq:06}" for seq in range(1, len(found) + 1)]
    serials = db.session.execute(select(Contact.year, func.count(), func.max(Contact.serial)).group_by(Contact.year))
    assert all(count == last for _, count, last in serials)
    assert any(one.due_at and one.due_at < clock.moment and not one.answered_at for one in newest)
    assert audit.verify(db.session()) is None

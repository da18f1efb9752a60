import itertools

import pytest
from flask import Flask
from sqlalchemy import func, select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.people.models import Unit


def entries() -> int:
    return db.session().scalar(select(func.count()).select_from(Entry)) or 0


def test_an_act_leaves_its_rows_and_its_entry_together(app: Flask) -> None:
    with acting(Machine("test")) as act:
        unit = Unit(serial=1, code="a", name="甲", path="/1/")
        act.session.add(unit)
        act.session.flush()
        act.record("unit:add", unit, name="甲")
    entry = db.session().scalars(select(Entry)).one()
    assert (entry.action, entry.subject_id, entry.facts) == ("unit:add", unit.id, {"name": "甲"})
    assert entry.seq == 1


def test_an_act_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuleBroken), acting(Machine("test")) as act:
        act.session.add(Unit(serial=1, code="a", name="甲", path="/1/"))
        act.record("unit:add")
        raise RuleBroken("x.y")
    assert entries() == 0
    assert db.session().scalar(select(func.count()).select_from(Unit)) == 0


def test_entries_of_several_acts_form_one_chain(app: Flask) -> None:
    for number in range(3):
        with acting(Machine("test")) as act:
            act.record("probe:one", number=number)
            act.record("probe:two", number=number)
    chain = db.session().scalars(select(Entry).order_by(Entry.seq)).all()
    assert [entry.seq for entry in chain] == [1, 2, 3, 4, 5, 6]
    assert all(later.previous == earlier.hash for earlier, later in itertools.pairwise(chain))

"""The demonstration's procedures: the office says what it is and which internal rules it follows."""

from datetime import timedelta

from archive.core.act import acting
from archive.core.db import db
from archive.people import queries as people
from archive.procedures import operations
from archive.procedures.models import Choice
from archive.procedures.states import Subject

_UNIT = "WQ"
_CHOICES = ((Subject.INSTITUTION, "mediation_center"), (Subject.PROFILE, "WQZX"))


def demonstrate(before: timedelta) -> None:
    """Decide, so long before now, that the office is a mediation center and follows its workflow."""
    session = db.session()
    proposer, decider = (people.person(session, people.by_login(session, one)) for one in ("records_manager", "head"))
    for subject, value in _CHOICES:
        with acting(proposer) as act:
            act.moment -= before
            unit = people.unit_by_code(act.session, _UNIT)
            row = operations.propose_choice(unit, subject, value, holds=True, reason="本中心职责", act=act).id
        with acting(decider) as act:
            act.moment -= before
            operations.decide_choice(act.session.get_one(Choice, row), act=act)

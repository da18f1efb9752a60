"""The demonstration's procedures: the office says what it is and which internal rules it follows."""

from datetime import timedelta

from archive.core.act import acting
from archive.core.db import db
from archive.people import queries as people
from archive.procedures import operations
from archive.procedures.models import Choice
from archive.procedures.states import Subject

# The center follows its workflow; one unit works as a bank does: half-yearly reports, a review of sanctions.
_CHOICES = (
    ("WQ", Subject.INSTITUTION, "mediation_center", "本中心职责"),
    ("WQ", Subject.PROFILE, "WQZX", "本中心职责"),
    ("YH", Subject.INSTITUTION, "bank", "派驻银行，办理该行客户投诉"),
    ("YH", Subject.PROFILE, "YJF13", "按派驻银行的要求每半年报告"),
    ("YH", Subject.PROFILE, "YHZY", "重大事项按派驻银行的方案上报"),
    ("YH", Subject.PROFILE, "NHWG", "员工问责适用派驻银行的处理办法"),
)


def demonstrate(before: timedelta) -> None:
    """Decide, so long before now, what the office and its unit at a bank are and which rule sets they follow."""
    session = db.session()
    proposer, decider = (people.person(session, people.by_login(session, one)) for one in ("records_manager", "head"))
    for code, subject, value, reason in _CHOICES:
        with acting(proposer) as act:
            act.moment -= before
            unit = people.unit_by_code(act.session, code)
            row = operations.propose_choice(unit, subject, value, holds=True, reason=reason, act=act).id
        with acting(decider) as act:
            act.moment -= before
            operations.decide_choice(act.session.get_one(Choice, row), act=act)

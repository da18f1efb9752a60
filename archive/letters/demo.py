"""The demonstration's letters: one of each standing, a late reply, a batch, a seal, a template that waits for approval.

Drafted, reviewed and issued through the real operations.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from archive.core.act import Act, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.ports import ports
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.letters import batches, demo_seal, issuing, operations, seals, template_operations
from archive.letters.kinds import LetterKind, kind
from archive.letters.models import Batch, LetterRow
from archive.letters.states import Step
from archive.people import queries as people
from archive.people.rules import Person

_VOID = "主送机关填写有误，另行发函"
_PHONE = {"officer": {"phone": "0512-58000000"}}
_INQUIRY = {
    "questions": ["业务办理的时间、经过和经办人员", "收费的依据和告知投诉人的方式", "是否愿意与投诉人协商解决"],
    "evidence": ["合同和业务凭证", "告知、确认的记录（含录音录像）", "内部处理的记录"],
}
_BATCH = (State.ACCEPTED, State.ASSIGNED, State.MEDIATING, State.REVIEWING)
_REMARK = "写明逾期不回复的后果。"
_ADDED = "如逾期未回复，{{ office.self }}将依法将有关情况通报你单位的上级机构和监管部门。"


def demonstrate() -> None:
    """Make letters in the dossiers under investigation, a batch beside them, and what letters are made with."""
    _seal()
    _template()
    _late()  # first: numbers follow the days
    query = select(Dossier.id).where(Dossier.state == State.INVESTIGATING).order_by(Dossier.number)
    made = [_draft(dossier_id) for dossier_id in db.session().scalars(query.limit(5)).all()]
    for letter_id in made[1:]:
        _do("officer", letter_id, lambda row, act: operations.take_step(row, Step.SUBMIT, act=act))
    for letter_id in made[2:]:
        _do("head", letter_id, lambda row, act: operations.take_step(row, Step.APPROVE, act=act))
        _do("head", letter_id, lambda row, act: issuing.issue(row, act=act))
    for letter_id in made[4:]:
        _do("head", letter_id, lambda row, act: operations.void(row, reason=_VOID, act=act))
    _batch()


def _seal() -> None:
    with acting(_person("seal_keeper")) as act:
        office = ports().settings.office_name
        unit = people.unit_by_code(act.session, "WQ")
        seals.put_in(unit, demo_seal.picture(office), name=f"{office}（演示）", width=42, act=act)


def _template() -> None:
    """Have the clerk write the next version of the inquiry, which waits for approval."""
    with acting(_person("letter_clerk")) as act:
        row = template_operations.begin(LetterKind.INQUIRY, act=act)
        written = {**row.content, "blocks": [*row.content["blocks"], {"p": _ADDED}]}
        template_operations.change(row, written, remark=_REMARK, act=act)
        template_operations.propose(row, act=act)


def _late() -> None:
    """Issue an inquiry some time ago whose answer has not come."""
    query = select(Dossier).where(Dossier.state == State.INVESTIGATING, Dossier.accepted_at.is_not(None))
    dossier = db.session().scalars(query.order_by(Dossier.accepted_at)).first()
    if dossier is None or dossier.accepted_at is None or dossier.accepted_at > now() - timedelta(days=15):
        return
    at = max(dossier.accepted_at + timedelta(days=2), now() - timedelta(days=20))
    letter_id = _draft(dossier.id, at=at)
    for login, what in (
        ("officer", lambda row, act: operations.take_step(row, Step.SUBMIT, act=act)),
        ("head", lambda row, act: operations.take_step(row, Step.APPROVE, act=act)),
        ("head", lambda row, act: issuing.issue(row, act=act)),
    ):
        _do(login, letter_id, what, at=at)


def _batch() -> None:
    """Ask several institutions the same at once."""
    query = select(Dossier.id).where(Dossier.state.in_(_BATCH)).order_by(Dossier.number)
    ids = db.session().scalars(query).all()
    with acting(_person("letter_clerk")) as act:
        due = (shanghai_date(act.moment) + timedelta(days=10)).isoformat()
        chosen = [act.session.get_one(Dossier, one) for one in ids]
        given = {**_PHONE, **_INQUIRY, "deadline": {"date": due}}
        batch_id = batches.make(chosen, kind(LetterKind.INQUIRY), given, act=act).id
    clerk, head = _person("letter_clerk"), _person("head")
    for person, step in ((clerk, Step.SUBMIT), (head, Step.APPROVE)):
        with acting(person) as act:
            batches.take_step(act.session.get_one(Batch, batch_id), step, comment="", act=act, person=person)
    with acting(head) as act:
        batches.issue(act.session.get_one(Batch, batch_id), act=act, person=head)


def _draft(dossier_id: uuid.UUID, *, at: datetime | None = None) -> uuid.UUID:
    with acting(_person("officer")) as act:
        act.moment = at or act.moment
        due = (shanghai_date(act.moment) + timedelta(days=10)).isoformat()
        given = {**_PHONE, **_INQUIRY, "deadline": {"date": due}}
        dossier = act.session.get_one(Dossier, dossier_id)
        return operations.draft(dossier, LetterKind.INQUIRY, given=given, act=act).id


def _do(
    login: str, letter_id: uuid.UUID, what: Callable[[LetterRow, Act], object], *, at: datetime | None = None
) -> None:
    with acting(_person(login)) as act:
        act.moment = at or act.moment
        what(act.session.get_one(LetterRow, letter_id), act)


def _person(login: str) -> Person:
    return people.person(db.session(), people.by_login(db.session(), login))

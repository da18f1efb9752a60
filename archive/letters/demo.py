"""The demonstration's letters: one of each standing, drafted, reviewed and issued through the real operations."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from archive.core.act import Act, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.letters import issuing, operations
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.states import Step
from archive.people import queries as people
from archive.people.rules import Person

_VOID = "主送机关填写有误，另行发函"
_PHONE = {"officer": {"phone": "0512-58000000"}}
_INQUIRY = {
    "questions": ["业务办理的时间、经过和经办人员", "收费的依据和告知投诉人的方式", "是否愿意与投诉人协商解决"],
    "evidence": ["合同和业务凭证", "告知、确认的记录（含录音录像）", "内部处理的记录"],
}


def demonstrate() -> None:
    """Draft letters in the dossiers under investigation: one stays a draft, one is in review, the others are issued."""
    query = select(Dossier.id).where(Dossier.state == State.INVESTIGATING).order_by(Dossier.number)
    made = [_draft(dossier_id) for dossier_id in db.session().scalars(query.limit(5)).all()]
    for letter_id in made[1:]:
        _do("officer", letter_id, lambda row, act: operations.take_step(row, Step.SUBMIT, act=act))
    for letter_id in made[2:]:
        _do("head", letter_id, lambda row, act: operations.take_step(row, Step.APPROVE, act=act))
        _do("head", letter_id, lambda row, act: issuing.issue(row, act=act))
    for letter_id in made[4:]:
        _do("head", letter_id, lambda row, act: operations.void(row, reason=_VOID, act=act))


def _draft(dossier_id: uuid.UUID) -> uuid.UUID:
    with acting(_person("officer")) as act:
        due = (shanghai_date(act.moment) + timedelta(days=10)).isoformat()
        given = {**_PHONE, **_INQUIRY, "deadline": {"date": due}}
        dossier = act.session.get_one(Dossier, dossier_id)
        return operations.draft(dossier, LetterKind.INQUIRY, given=given, act=act).id


def _do(login: str, letter_id: uuid.UUID, what: Callable[[LetterRow, Act], object]) -> None:
    with acting(_person(login)) as act:
        what(act.session.get_one(LetterRow, letter_id), act)


def _person(login: str) -> Person:
    return people.person(db.session(), people.by_login(db.session(), login))

"""Background steps of the limits: reports of missed ones, the nightly reckoning, reckoning after a change of rules."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select

from archive.binding import keeping, missed, reminding
from archive.binding.models import DossierLimit
from archive.core.act import Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.dossiers.models import Dossier
from archive.jobs.operations import Task
from archive.people.models import Account

RECKONER = Machine("期限计算")
_WORKER = Origin("worker")
# So many dossiers an act: few enough that nobody waits long for the database, many enough to be quick.
BATCH = 500
_PERSONS = 10


def nightly(_tasks: Sequence[Task]) -> None:
    """Reckon the limits of every open dossier anew, and what each person is reminded of. Repeatable."""
    reckon_all()
    _remind_all()


def confirmed(_tasks: Sequence[Task]) -> None:
    """Reckon anew what was provisional: a year's notice was confirmed. Repeatable."""
    provisional = exists().where(DossierLimit.dossier_id == Dossier.id, DossierLimit.provisional)
    reckon_all(provisional)
    _remind_all()


def remind(_tasks: Sequence[Task]) -> None:
    """Make the day's digests that are not there yet. Repeatable."""
    _remind(reminding.waiting_for_one(db.session(), shanghai_date(now())))


def _remind_all() -> None:
    _remind(db.session().scalars(select(Account.id).where(Account.active)).all())


def _remind(ids: Sequence[uuid.UUID]) -> None:
    """Make digests, a few persons an act: many limits are counted for each."""
    db.session().rollback()
    for start in range(0, len(ids), _PERSONS):
        with acting(RECKONER, _WORKER) as act:
            reminding.make(ids[start : start + _PERSONS], act=act)
    with acting(RECKONER, _WORKER) as act:
        reminding.forget(act=act)


def one(tasks: Sequence[Task]) -> None:
    """Reckon the limits of single dossiers of which something above was told (a letter, a follow-up). Repeatable."""
    with acting(RECKONER, _WORKER) as act:
        keeping.keep_all([task.dossier_id for task in tasks if task.dossier_id], keeping.setting(act.session), act=act)


def watch(_tasks: Sequence[Task]) -> None:
    """Report missed limits upwards. Repeatable."""
    with acting(RECKONER, _WORKER) as act:
        missed.raise_missed(act=act)


def reckon_all(*conditions: ColumnElement[bool]) -> int:
    """Reckon every open dossier that meets the conditions, a batch an act; return how many there were.

    Ended dossiers with limits that run on (follow-up, review) are among them.
    """
    with acting(RECKONER, _WORKER) as act:
        known = keeping.setting(act.session)
    running = exists().where(
        DossierLimit.dossier_id == Dossier.id,
        DossierLimit.met_at.is_(None),
        DossierLimit.ended_at.is_(None),
        DossierLimit.is_right.is_(False),
    )
    after, count = uuid.UUID(int=0), 0
    while True:
        ids = (
            db.session()
            .scalars(
                select(Dossier.id)
                .where(Dossier.id > after, or_(Dossier.closed_at.is_(None), running), *conditions)
                .order_by(Dossier.id)
                .limit(BATCH)
            )
            .all()
        )
        if not ids:
            return count
        with acting(RECKONER, _WORKER) as act:
            keeping.keep_all(ids, known, act=act)
        after, count = ids[-1], count + len(ids)

"""Background steps of the limits: reports of missed ones, the nightly reckoning, reckoning after a change of rules."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select

from archive.binding import keeping, missed
from archive.binding.models import DossierLimit
from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.dossiers.models import Dossier
from archive.jobs.operations import Task

RECKONER = Machine("期限计算")
_WORKER = Origin("worker")
# So many dossiers an act: few enough that nobody waits long for the database, many enough to be quick.
BATCH = 500


def nightly(_tasks: Sequence[Task]) -> None:
    """Reckon the limits of every open dossier anew. Repeatable."""
    reckon_all()


def confirmed(_tasks: Sequence[Task]) -> None:
    """Reckon anew what was provisional: a year's notice was confirmed. Repeatable."""
    provisional = exists().where(DossierLimit.dossier_id == Dossier.id, DossierLimit.provisional)
    reckon_all(provisional)


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

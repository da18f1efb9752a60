"""Tidying up after choices; recusals that follow from who has an account."""

from collections.abc import Sequence

from archive.core.act import Machine, Origin, acting, now
from archive.core.db import db
from archive.dossiers import access, guarding, selections
from archive.dossiers.models import Dossier
from archive.jobs.operations import Task
from archive.people.models import Account


def sweep_selections(_tasks: Sequence[Task]) -> None:
    """Forget selections nobody needs any more."""
    with acting(Machine("后台整理"), Origin("worker")) as act:
        selections.sweep(act.session, now=now())


def find_recusals(tasks: Sequence[Task]) -> None:
    """Recuse who got an account, or an ID number on it, in the open dossiers they are concerned by; each in its act."""
    for task in tasks:
        account = db.session().get(Account, task.subject_id)
        for dossier_id in guarding.may_concern(db.session(), account) if account else ():
            with acting(Machine("自动回避"), Origin("worker")) as act:
                dossier = act.session.get(Dossier, dossier_id)
                if dossier is not None and access.lock(act.session, dossier).closed_at is None:
                    guarding.find_recusals(dossier, act=act)

"""Background steps of handling: what a newly registered or accepted complaint brings with it."""

from collections.abc import Sequence

from archive.core.act import Machine, Origin, acting
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.handling import accounting, masses, measuring
from archive.jobs.operations import Task

_WATCH = Machine("群体与重大投诉监测")


def watch(tasks: Sequence[Task]) -> None:
    """Look for complaints like these, and plan the reports of major ones that were accepted. Repeatable."""
    for task in tasks:
        with acting(_WATCH, Origin("worker")) as act:
            dossier = act.session.get(Dossier, task.dossier_id)
            if dossier is None or dossier.closed_at is not None:
                continue
            masses.detect(dossier, act=act)
            if dossier.state not in (State.REGISTERED, State.SUPPLEMENTING):
                measuring.plan_report_of(dossier, act=act)


def confirmed(_tasks: Sequence[Task]) -> None:
    """Reckon the provisional last days of asking for a review anew: a year's notice was confirmed. Repeatable."""
    with acting(_WATCH, Origin("worker")) as act:
        accounting.reckon_again(act=act)

"""Tidying up after choices."""

from collections.abc import Sequence

from archive.core.act import Machine, Origin, acting, now
from archive.dossiers import selections
from archive.jobs.operations import Task


def sweep_selections(_tasks: Sequence[Task]) -> None:
    """Forget selections nobody needs any more."""
    with acting(Machine("后台整理"), Origin("worker")) as act:
        selections.sweep(act.session, now=now())

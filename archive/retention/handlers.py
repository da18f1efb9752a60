"""Background steps of keeping: locks in the store, and reckoning anew when a rule changed."""

import uuid
from collections.abc import Sequence

from archive.core.act import Machine, Origin, acting
from archive.jobs.operations import Task
from archive.retention import (
    anchoring,
    bulk_holds,
    clocks,
    keeping,
    locks,
    reconciling,
    reexamining,
    removing,
    scanning,
    stamping,
)

KEEPER = Machine("归档保管")
_WORKER = Origin("worker")
# So much is read whole again each night (fixity): some minutes of a store's time.
_READ_A_NIGHT = 20 * 1024**3
# A year has nights enough for half a million dossiers; bytes count where a virus scanner reads them again.
_EXAMINED_A_NIGHT, _SCANNED_A_NIGHT = 2000, 20 * 1024**3
_SCANNED_A_ROUND = 2 * 1024**3


def lock_versions(tasks: Sequence[Task]) -> None:
    """Lock versions whose staging time is over. Repeatable."""
    locks.extend([task.subject_id for task in tasks if task.subject_id is not None])


def lock_dossiers(tasks: Sequence[Task]) -> None:
    """Lock every version of these dossiers as long as is promised now. Repeatable."""
    for task in tasks:
        if task.dossier_id is not None:
            locks.extend_dossier(task.dossier_id)


def take_out(tasks: Sequence[Task]) -> None:
    """Take out what was filed by mistake, as two persons decided. Repeatable."""
    for task in tasks:
        if task.subject_id is not None:
            removing.run(task.subject_id)


def recompute(_tasks: Sequence[Task]) -> None:
    """Reckon anew until when everything is kept: rules changed. A few hundred dossiers an act."""
    after: uuid.UUID | None = None
    while True:
        with acting(KEEPER, _WORKER) as act:
            after = keeping.refresh_all(act=act, after=after)
        if after is None:
            return


def watch_clock(_tasks: Sequence[Task]) -> None:
    """Look at the clocks and note the moment; every hour."""
    with acting(KEEPER, _WORKER) as act:
        clocks.watch(act=act)


def hold_many(tasks: Sequence[Task]) -> None:
    """Place, or release, what was ordered for many dossiers. Repeatable."""
    for task in tasks:
        if task.subject_id is not None:
            bulk_holds.carry_out(task.subject_id)


def scan(_tasks: Sequence[Task]) -> None:
    """Have a virus scanner look at what was deposited, where one is set."""
    scanning.scan_new(most_bytes=_SCANNED_A_ROUND)


def nightly(_tasks: Sequence[Task]) -> None:
    """What is to be done every night: clock, locks, database against store, some bytes and dossiers looked at again.

    Last, what was to be taken out and still is not.
    """
    watch_clock([])
    reconciling.reconcile()
    reconciling.read_again(most_bytes=_READ_A_NIGHT)
    reexamining.examine_due(most_dossiers=_EXAMINED_A_NIGHT, most_bytes=_SCANNED_A_NIGHT)
    anchoring.verify()
    anchoring.anchor()
    stamping.stamp_anchors()
    removing.resume()

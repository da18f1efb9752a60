"""Jobs of the lane `index`: one writer, many dossiers at a time."""

from collections.abc import Sequence

from archive.jobs.operations import SomeFailed, Task
from archive.search import alerts, operations


def index(tasks: Sequence[Task]) -> None:
    """Bring the dossiers of these jobs into the index as they are now. Repeatable; raises when the index is busy.

    Raises SomeFailed with the jobs of dossiers that cannot be taken in.
    """
    try:
        operations.put(list(dict.fromkeys(task.dossier_id for task in tasks if task.dossier_id is not None)))
    except operations.NotIndexed as failure:
        found = ((task.id, task.dossier_id and failure.errors.get(task.dossier_id)) for task in tasks)
        raise SomeFailed({task_id: error for task_id, error in found if error}) from failure


def count_alerts(tasks: Sequence[Task]) -> None:
    """Look what the saved searches with alerts find that is new."""
    alerts.count(tasks)

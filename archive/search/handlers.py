"""Jobs of the lane `index`: one writer, many dossiers at a time."""

from collections.abc import Sequence

from archive.jobs.operations import Task
from archive.search import alerts, operations


def index(tasks: Sequence[Task]) -> None:
    """Bring the dossiers of these jobs into the index as they are now. Repeatable; raises when the index is busy."""
    operations.put(list(dict.fromkeys(task.dossier_id for task in tasks if task.dossier_id is not None)))


def count_alerts(tasks: Sequence[Task]) -> None:
    """Look what the saved searches with alerts find that is new."""
    alerts.count(tasks)

"""Jobs of the lane `index`: one writer, many dossiers at a time."""

from collections.abc import Sequence

from archive.jobs.operations import Task
from archive.search import operations


def index(tasks: Sequence[Task]) -> None:
    """Bring the dossiers of these jobs into the index as they are now. Repeatable; raises when the index is busy."""
    operations.put(list(dict.fromkeys(task.dossier_id for task in tasks if task.dossier_id is not None)))

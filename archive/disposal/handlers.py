"""Background steps of disposal."""

from collections.abc import Sequence

from archive.disposal import executing
from archive.jobs.operations import Task


def execute(tasks: Sequence[Task]) -> None:
    """Destroy what was started. Repeatable; a list that stays partial is started again by a person."""
    for task in tasks:
        if task.subject_id is not None:
            executing.run(task.subject_id)

"""Background steps of disposal."""

from collections.abc import Sequence

from archive.disposal import executing
from archive.disposal import filing_papers as papers
from archive.jobs.operations import Task


def execute(tasks: Sequence[Task]) -> None:
    """Destroy what was started. Repeatable; a list that stays partial is started again by a person."""
    for task in tasks:
        if task.subject_id is not None:
            executing.run(task.subject_id)


def filing_papers(tasks: Sequence[Task]) -> None:
    """Make cover, catalogue and PDF/A of what was filed. Repeatable."""
    for task in tasks:
        if task.dossier_id is not None:
            papers.make(task.dossier_id)

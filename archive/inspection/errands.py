"""What of the administrators' doings waits for the auditor, for the work list."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.labels import label
from archive.dossiers.work import Errand
from archive.people import second_words
from archive.people.rules import Permission, Person

_MOST = 20


def errands(session: Session, person: Person, now: datetime) -> Sequence[Errand]:
    """Return what an administrator may only do with this auditor's word. At most two statements."""
    if not person.paths(Permission.READ_AUDIT):
        return []
    return [
        Errand(
            "second_word",
            f"请确认：{word.asker.name}提请{label(word.deed)}" + (f"“{label(word.role)}”" if word.role else ""),
            url_for("people.second_words_waiting"),
            f"{word.account.name}（{word.account.username}）",
            due_on=shanghai_date(word.asked_at + second_words.WAITS),
        )
        for word in second_words.waiting(session, person, now)[:_MOST]
    ]

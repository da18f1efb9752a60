"""What the work list says of limits: how many press, how many dossiers were reported upwards."""

from collections.abc import Sequence

from flask import url_for
from sqlalchemy.orm import Session

from archive.binding import missed, queries, reminding
from archive.core.act import now
from archive.dossiers.work import Told
from archive.people.rules import Person


def told(session: Session, person: Person) -> Sequence[Told]:
    """Return the lines for the work list. Three statements."""
    lines = (
        ("今日提醒", reminding.unseen(session, person)),
        ("上报事项，等待处理", len(missed.waiting(session, person))),
        ("即将到期或逾期的时限", len(queries.pressing(session, person, now()))),
    )
    return [Told(title, url_for("binding.mine"), count) for title, count in lines if count]

"""What of keeping waits for a second person, for the work list: files to be taken out, holds to be released."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.db import tested
from archive.documents.kinds import RemovalState
from archive.documents.models import Document, Removal
from archive.dossiers.access import in_hand, visible_to
from archive.dossiers.models import Dossier
from archive.dossiers.work import Errand
from archive.people.rules import Permission, Person
from archive.retention.models import Hold
from archive.retention.periods import STAGING
from archive.retention.removing import LAST_CALL

_MOST = 20


def errands(session: Session, person: Person, now: datetime) -> Sequence[Errand]:
    """Return what others asked and this person may decide, oldest first. At most two statements."""
    return [*_removals(session, person, now), *_releases(session, person)]


def _removals(session: Session, person: Person, now: datetime) -> list[Errand]:
    if not person.paths(Permission.CLOSE) and not person.paths(Permission.KEEP):
        return []
    query = (
        select(Removal, Document, Dossier)
        .join(Document, Document.id == Removal.document_id)
        .join(Dossier, tested(Removal.dossier_id) == Dossier.id)
        .where(Removal.state == RemovalState.ASKED, Removal.asked_by != person.id, visible_to(person))
        .where(Document.filed_at > now - (STAGING - LAST_CALL), Dossier.closed_at.is_(None))  # else it is too late
        .where(or_(in_hand(person, Permission.CLOSE), in_hand(person, Permission.KEEP)))
        .order_by(Removal.asked_at, Removal.id)
        .limit(_MOST)
    )
    return [
        Errand(
            "removal",
            f"请确认移出误存的材料：{removal.reason}",
            url_for("retention.removal", number=dossier.number, document_id=document.id),
            dossier.title,
            dossier.number,
            shanghai_date(document.filed_at + STAGING - LAST_CALL),
        )
        for removal, document, dossier in session.execute(query)
    ]


def _releases(session: Session, person: Person) -> list[Errand]:
    if not person.paths(Permission.HOLD):
        return []
    query = (
        select(Hold, Dossier)
        .join(Dossier, tested(Hold.dossier_id) == Dossier.id)
        .where(Hold.asked_at.is_not(None), Hold.released_at.is_(None), Hold.asked_by.is_distinct_from(person.id))
        .where(visible_to(person), in_hand(person, Permission.HOLD))
        .order_by(Hold.asked_at, Hold.id)
        .limit(_MOST)
    )
    return [
        Errand(
            "release",
            f"请决定是否解除冻结：{hold.asked_reason}",
            url_for("retention.of_dossier", number=dossier.number),
            dossier.title,
            dossier.number,
        )
        for hold, dossier in session.execute(query)
    ]

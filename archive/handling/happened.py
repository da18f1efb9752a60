"""What the records of handling tell the limits of dossiers: a side was asked afterwards, a report was sent."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.binding.happenings import Case, Happened
from archive.handling.kinds import Side
from archive.handling.models import FollowUp, MajorReport


def happened(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield when the complainant was first reached after the result, and when a report first went out."""
    ids = [case.id for case in cases]
    answered = {case.id: case.answered_at for case in cases}
    called = select(FollowUp.dossier_id, FollowUp.at).where(
        FollowUp.dossier_id.in_(ids), FollowUp.reached, FollowUp.side == Side.COMPLAINANT
    )
    seen = set()
    for dossier_id, at in session.execute(called.order_by(FollowUp.at)):
        settled = answered[dossier_id]
        if dossier_id not in seen and settled is not None and at >= settled:
            seen.add(dossier_id)
            yield Happened(dossier_id, "followed_up", at)
    sent = select(MajorReport.dossier_id, func.min(MajorReport.sent_at))
    sent = sent.where(MajorReport.dossier_id.in_(ids), MajorReport.sent_at.is_not(None))
    for dossier_id, first in session.execute(sent.group_by(MajorReport.dossier_id)):
        if first is not None:
            yield Happened(dossier_id, "reported", first)

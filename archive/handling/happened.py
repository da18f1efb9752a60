"""What the records of handling tell the limits of dossiers: a side was asked afterwards, a report was sent."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.binding.bound import bound_of
from archive.binding.happenings import Case, Happened
from archive.handling import procedure
from archive.handling.kinds import Side
from archive.handling.models import FollowUp, MajorReport


def happened(session: Session, cases: Sequence[Case]) -> Iterator[Happened]:
    """Yield when the sides to be asked were first reached after the result, and when a report first went out.

    Where the rule sets name both sides, the dossier is followed up when both were reached.
    """
    ids = [case.id for case in cases]
    answered = {case.id: case.answered_at for case in cases}
    called = select(FollowUp.dossier_id, FollowUp.side, FollowUp.at).where(
        FollowUp.dossier_id.in_(ids), FollowUp.reached
    )
    first: dict[uuid.UUID, dict[Side, datetime]] = defaultdict(dict)
    for dossier_id, side, at in session.execute(called.order_by(FollowUp.at)):
        settled = answered[dossier_id]
        if settled is not None and at >= settled:
            first[dossier_id].setdefault(side, at)
    profiles = bound_of(session, list(first)) if first else {}
    for dossier_id, reached in first.items():
        sides = procedure.calling(profiles[dossier_id]).sides
        if all(side in reached for side in sides):
            yield Happened(dossier_id, "followed_up", max(reached[side] for side in sides))
    sent = select(MajorReport.dossier_id, func.min(MajorReport.sent_at))
    sent = sent.where(MajorReport.dossier_id.in_(ids), MajorReport.sent_at.is_not(None))
    for dossier_id, earliest in session.execute(sent.group_by(MajorReport.dossier_id)):
        if earliest is not None:
            yield Happened(dossier_id, "reported", earliest)

"""Tidying up after jobs and requests."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete

from archive.core.act import Machine, Origin, acting, now
from archive.core.db import weigh_tables
from archive.jobs import operations
from archive.web.models import SeenRequest

_TIDY = Machine("后台整理")
_DONE_DAYS = 7
_SEEN_DAYS = 3


def tidy(_tasks: Sequence[operations.Task]) -> None:
    """Forget jobs done a week ago, and requests that can hardly come a second time any more; weigh the tables."""
    with acting(_TIDY, Origin("worker")) as act:
        operations.forget_done(act.session, before=now() - timedelta(days=_DONE_DAYS))
        act.session.execute(delete(SeenRequest).where(SeenRequest.at < now() - timedelta(days=_SEEN_DAYS)))
    weigh_tables()

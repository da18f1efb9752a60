"""Alerts of saved searches: what is found now that was not found when the owner looked last."""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.core.act import Machine, Origin, acting, now
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.dossiers.selections import MOST
from archive.dossiers.work import Told
from archive.jobs.operations import Task
from archive.people import queries as people
from archive.people.rules import Permission, Person, may
from archive.search import queries, saving
from archive.search.models import SavedSearch
from archive.search.port import IndexBusy, IndexUnusable, Sort

log = logging.getLogger("archive.search")

_COUNTER = Machine("检索")


def count(_tasks: Sequence[Task]) -> None:
    """Search again, as each owner may now, and note what is new. Raises IndexUnusable: the job then comes again."""
    for saved_id in db.session().scalars(select(SavedSearch.id).where(SavedSearch.alert)).all():
        with acting(_COUNTER, Origin("worker")) as act:
            saved = act.session.get(SavedSearch, saved_id, options=[joinedload(SavedSearch.owner)])
            if saved is None or not saved.alert or not saved.owner.active:
                continue
            _count(act.session, saved)


def _count(session: Session, saved: SavedSearch) -> None:
    owner = people.person(session, saved.owner)
    saved.trouble = ""
    try:
        if not may(owner, Permission.SEARCH):
            saved.new_ids = []
            return
        asked = replace(saving.asked_of(saved), sort=Sort.DATE, limit=MOST + 1)
        found = [one.hex for one in queries.ids(session, owner, asked)]
    except (IndexUnusable, IndexBusy):
        raise
    except ArchiveError as error:
        # A query that was right once: a code table changed, or the owner may not ask for numbers any more.
        saved.trouble = error.code
        return
    if len(found) > MOST:
        saved.trouble = "saved.too_wide"
        return
    if saved.counted_at is None:
        saved.seen_ids, saved.new_ids = found, []
    else:
        seen = set(saved.seen_ids)
        saved.new_ids = [one for one in found if one not in seen]
    saved.counted_at = now()


def new_ids(saved: SavedSearch) -> list[uuid.UUID]:
    """Return the dossiers that are new."""
    return [uuid.UUID(one) for one in saved.new_ids]


def told(session: Session, person: Person) -> list[Told]:
    """Return what the work list tells of the person's alerts. One statement."""
    if not may(person, Permission.SEARCH):
        return []
    rows = session.execute(
        select(SavedSearch.id, SavedSearch.title, SavedSearch.new_ids)
        .where(SavedSearch.account_id == person.id, SavedSearch.alert)
        .order_by(SavedSearch.title)
    )
    return [
        Told(f"检索提醒：{title}（新增）", url_for("search.saved_one", saved_id=saved_id), len(found))
        for saved_id, title, found in rows
        if found
    ]

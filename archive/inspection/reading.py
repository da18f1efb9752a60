"""Who read what, and every unmasking with its reason: read off the audit trail, where it can be reckoned again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.audit import queries as audit
from archive.audit.labels import CHANNELS, action_word
from archive.audit.models import Entry
from archive.core.paging import Page, PageRequest, cut, serial
from archive.core.sheets import Column, Sheet

READS = (
    "dossier:show", "dossier:export", "dossier:look_up", "document:show", "document:download", "party:unmask",
    "contact:unmask", "letter:reveal", "search:query", "inspection:search", "sample:export", "pack:download",
    "person:look_up", "person:disclose",
)  # fmt: skip
UNMASKINGS = ("party:unmask", "contact:unmask", "letter:reveal", "person:look_up", "person:disclose")


@dataclass(frozen=True)
class Reader:
    """How often somebody looked, at how many dossiers."""

    name: str
    looks: int
    dossiers: int


def page(session: Session, request: PageRequest, actions: Sequence[str], **wanted: Any) -> Page[Entry]:
    """Return entries of these actions, the newest first; `wanted` as audit.forms.as_filter gives it. One statement."""
    query = select(Entry).where(*_conditions(actions, **wanted)).order_by(Entry.seq.desc()).limit(request.size + 1)
    key = request.key(serial)
    if key is not None:
        query = query.where(Entry.seq < key[0])
    return cut(session.scalars(query).all(), request, lambda entry: [entry.seq])


def readers(session: Session, actions: Sequence[str], **wanted: Any) -> list[Reader]:
    """Return who looked, the busiest first, at most fifty. One statement."""
    looks = func.count()
    rows = session.execute(
        select(Entry.actor_name, looks, func.count(Entry.dossier_id.distinct()))
        .where(*_conditions(actions, **wanted)).group_by(Entry.actor_id, Entry.actor_name)
        .order_by(looks.desc(), Entry.actor_name).limit(50)
    )  # fmt: skip
    return [Reader(*row) for row in rows]


def sheet(session: Session, title: str, actions: Sequence[str], **wanted: Any) -> Sheet:
    """Return all such entries as a table; number and hash of each lead back to the trail."""
    columns = (
        Column("日志序号", 10), Column("时间", 18), Column("何人"), Column("何事"), Column("案号", 22),
        Column("理由", 40), Column("来处", 20), Column("校验值", 66),
    )  # fmt: skip
    return Sheet(title, columns, _rows(session, actions, wanted))


def _rows(session: Session, actions: Sequence[str], wanted: dict[str, Any]) -> Iterator[list[Any]]:
    request = PageRequest(200)
    while True:
        part = page(session, request, actions, **wanted)
        numbers = audit.numbers(session, part.rows)
        for one in part.rows:
            number = numbers.get(one.dossier_id, "") if one.dossier_id else ""
            yield [one.seq, one.at, one.actor_name, action_word(one.action), number or one.facts.get("number", ""),
                   one.facts.get("reason", ""), f"{CHANNELS.get(one.channel, one.channel)} {one.address}".strip(),
                   one.hash]  # fmt: skip
        if not part.next:
            return
        request = PageRequest(200, part.next)


def _conditions(
    actions: Sequence[str],
    *,
    dossier_id: Any = None,
    actor_id: Any = None,
    actor_name: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    **_: Any,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Entry.action.in_(actions)]
    for column, value in ((Entry.dossier_id, dossier_id), (Entry.actor_id, actor_id)):
        if value is not None:
            found.append(column == value)
    if actor_name:
        found.append(Entry.actor_name == actor_name)
    if since is not None:
        found.append(Entry.at >= since)
    if until is not None:
        found.append(Entry.at < until)
    return found

"""The hits of a search as a table to take out of the archive: each passage with where it stands and how it is cited."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotAllowed
from archive.core.labels import label
from archive.core.masking import masked
from archive.core.sheets import Column, Sheet, Value, as_bytes
from archive.dossiers import exporting
from archive.people.rules import Permission, Person
from archive.search import queries
from archive.search.addresses import citation_of, where_of
from archive.search.queries import Asked, Found

MOST = 500
"""Dossiers in one table: the passages of each are cut anew."""

_AT_ONCE = 100
_COLUMNS = (
    Column("案号", 18), Column("投诉事项", 36), Column("投诉人", 14), Column("被投诉机构", 28), Column("状态", 12),
    Column("收到日期", 12), Column("所在", 30), Column("原文", 70), Column("引注", 50),
)  # fmt: skip


def export(person: Person, asked: Asked, *, act: Act) -> bytes:
    """Return the first MOST dossiers found with their passages as an .xlsx file, long numbers masked; each dossier's
    trail tells of it.

    Only dossiers of units in which the person may export are listed; the sheet says how many were left out. Raises
    NotAllowed when that leaves none, and what `queries.answer` raises.
    """
    hits, total = _hits(act, person, asked)
    allowed = exporting.exportable(act.session, person, [one.dossier.id for one in hits])
    listed = [one for one in hits if one.dossier.id in allowed]
    if not listed:
        raise NotAllowed("search.nothing_to_export" if not hits else "person.lacks", permission=Permission.EXPORT)
    words = masked(f"检索：{asked.query}")
    for one in listed:
        exporting.note(one.dossier.id, one.dossier.number, what=words[:200], act=act)
    above = [f"{words}　共 {len(listed)} 件　{person.name} 导出于 {shanghai_date(act.moment):%Y-%m-%d}"]
    if total > len(hits):
        above.append(f"检索共找到 {total} 件，这里是前 {len(hits)} 件；一次最多 {MOST} 件，请加条件分批导出。")
    if left := len(hits) - len(listed):
        above.append(f"另有 {left} 件未列出：您在其承办单位没有导出权限。")
    return as_bytes(Sheet("检索结果", _COLUMNS, _rows(listed), above))


def _hits(act: Act, person: Person, asked: Asked) -> tuple[list[Found], int]:
    hits: list[Found] = []
    cursor, total = "", 0
    while len(hits) < MOST:
        page = queries.answer(act.session, person, replace(asked, limit=_AT_ONCE, cursor=cursor))
        hits, total, cursor = [*hits, *page.hits], page.total, page.cursor
        if not cursor:
            break
    return hits[:MOST], total


def _rows(hits: Sequence[Found]) -> Iterator[Sequence[Value]]:
    for hit in hits:
        dossier = hit.dossier
        head: list[Value] = [
            dossier.number,
            masked(dossier.title),
            dossier.parties[0].name if dossier.parties else "",
            dossier.respondent.name if dossier.respondent else "",
            label(dossier.state),
            shanghai_date(dossier.received_at),
        ]
        for one in hit.excerpts:
            yield [*head, where_of(one), one.text.strip(), citation_of(dossier.number, one)]
        if not hit.excerpts:
            yield [*head, "", "", dossier.number]

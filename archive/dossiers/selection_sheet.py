"""The list of a selection as a table to take out of the archive."""

from collections.abc import Iterator, Mapping, Sequence

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotAllowed
from archive.core.labels import label
from archive.core.masking import masked
from archive.core.sheets import Column, Sheet, Value, as_bytes
from archive.dossiers import exporting, queries, selections
from archive.dossiers.answering import code_words
from archive.dossiers.code_tables import Table
from archive.dossiers.models import Selection
from archive.people.rules import Permission, Person

_COLUMNS = (
    Column("案号", 18), Column("投诉事项", 40), Column("投诉人", 14), Column("被投诉机构", 30), Column("业务类别", 16),
    Column("严重程度", 10), Column("状态", 12), Column("期限", 18), Column("承办单位", 16), Column("承办人", 12),
    Column("收到日期", 12), Column("登记日期", 12), Column("办结日期", 12),
)  # fmt: skip


def export(selection: Selection, person: Person, *, act: Act) -> bytes:
    """Return the list as an .xlsx file, long numbers masked; each dossier's trail tells of it.

    Only dossiers of units in which the person may export are listed; the sheet says how many were left out. Raises
    NotAllowed when that leaves none.
    """
    ids = selections.ids_of(act.session, person, selection)
    allowed = exporting.exportable(act.session, person, ids)
    place = {one: at for at, one in enumerate(ids)}
    lines = sorted(
        queries.by_ids(act.session, person, [one for one in ids if one in allowed]), key=lambda one: place[one.id]
    )
    if not lines:
        raise NotAllowed("person.lacks", permission=Permission.EXPORT)
    for one in lines:
        exporting.note(one.id, one.number, what=selection.title, act=act)
    above = [f"{selection.title}　共 {len(lines)} 件　{person.name} 导出于 {shanghai_date(act.moment):%Y-%m-%d}"]
    if left := len(selection.dossier_ids) - len(lines):
        above.append(f"另有 {left} 件未列出：已不在您的查阅范围内，或您在其承办单位没有导出权限。")
    rows = _rows(lines, code_words(act.session), act)
    return as_bytes(Sheet("案卷清单", _COLUMNS, rows, above))


def _rows(lines: Sequence[queries.Line], tables: Mapping[str, Table], act: Act) -> Iterator[Sequence[Value]]:
    for one in lines:
        yield (
            one.number, masked(one.title), one.complainant, one.respondent, tables["category"].word(one.category),
            label(one.severity), label(one.state), one.limit(act.moment).text, one.unit, one.officer,
            shanghai_date(one.received_at), shanghai_date(one.registered_at),
            shanghai_date(one.closed_at) if one.closed_at else None,
        )  # fmt: skip

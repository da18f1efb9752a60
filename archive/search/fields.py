"""The fields a dossier is searched by, in one table: the English name in the index, the kind, the words people type."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from archive.search.folding import fold


class FieldKind(StrEnum):
    """How a field's value is compared with what was asked."""

    TEXT = "text"  # any contiguous part of a value, by the rules of `archive.search.analysis`
    WORD = "word"  # one of a list, whole
    SEALED = "sealed"  # a number known to the index only by keyed hashes, whole or by its last four to six characters
    DATE = "date"  # a day (proleptic ordinal), within a range
    AMOUNT = "amount"  # money in fen, within a range


@dataclass(frozen=True)
class FieldSpec:
    """One field. `facet`: its values are counted beside results. `lengths`: of a whole sealed number."""

    name: str
    kind: FieldKind
    aliases: tuple[str, ...]
    facet: bool = False
    lengths: range | tuple[int, ...] = ()


TAIL_LENGTHS = range(4, 7)  # a sealed number is also found by so many of its last characters

_TABLE = (
    FieldSpec("number", FieldKind.TEXT, ("案号", "案卷号", "案件编号", "编号")),
    FieldSpec("letter_number", FieldKind.TEXT, ("文号", "发文字号", "来文字号")),
    FieldSpec("title", FieldKind.TEXT, ("题名", "标题", "案名")),
    FieldSpec("complainant", FieldKind.TEXT, ("投诉人", "申请人", "姓名")),
    FieldSpec("respondent", FieldKind.TEXT, ("被投诉机构", "被投诉人", "机构"), facet=True),
    FieldSpec("officer", FieldKind.TEXT, ("承办人", "经办人"), facet=True),
    FieldSpec("contract", FieldKind.TEXT, ("合同号", "合同编号", "合同")),
    FieldSpec("document", FieldKind.TEXT, ("文件名", "件名", "材料名")),
    FieldSpec("identity", FieldKind.SEALED, ("证件", "证件号", "身份证", "身份证号"), lengths=(15, 18)),
    FieldSpec("phone", FieldKind.SEALED, ("电话", "手机", "联系电话"), lengths=range(7, 14)),
    FieldSpec("card", FieldKind.SEALED, ("卡号", "银行卡", "银行卡号"), lengths=range(12, 20)),
    FieldSpec("state", FieldKind.WORD, ("状态",), facet=True),
    FieldSpec("category", FieldKind.WORD, ("类别", "业务类别"), facet=True),
    FieldSpec("channel", FieldKind.WORD, ("渠道", "来源"), facet=True),
    FieldSpec("unit", FieldKind.WORD, ("承办单位", "单位", "部门"), facet=True),
    FieldSpec("year", FieldKind.WORD, ("年度", "年份"), facet=True),
    FieldSpec("kind", FieldKind.WORD, ("材料种类", "材料", "件类"), facet=True),
    FieldSpec("filed", FieldKind.DATE, ("日期", "登记日期", "收件日期")),
    FieldSpec("closed", FieldKind.DATE, ("办结日期", "结案日期")),
    FieldSpec("amount", FieldKind.AMOUNT, ("金额", "涉案金额")),
)

FIELDS: Mapping[str, FieldSpec] = {spec.name: spec for spec in _TABLE}
FACETS = tuple(spec.name for spec in _TABLE if spec.facet)
_BY_ALIAS = {fold(word): spec for spec in _TABLE for word in (spec.name, *spec.aliases)}


def field_called(word: str) -> FieldSpec | None:
    """Return the field people call so, in Chinese or English, or None."""
    return _BY_ALIAS.get(fold(word))


def names(*kinds: FieldKind) -> tuple[str, ...]:
    """Return the names of the fields of these kinds, in the table's order."""
    return tuple(spec.name for spec in _TABLE if spec.kind in kinds)

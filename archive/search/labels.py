"""Sentences of the search: why a query cannot be answered, and what to change."""

from collections.abc import Mapping
from enum import StrEnum

from archive.search.port import Sort

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Sort: {Sort.RELEVANCE: "按相关度", Sort.DATE: "按日期", Sort.AMOUNT: "按金额"},
}

REFUSALS = {
    "query.empty": "请输入要检索的内容。",
    "query.too_long": "检索式过长：最多 {limit} 个字符，现有 {length} 个。请删去一部分。",
    "query.too_deep": "括号层数过多，最多 {limit} 层。请简化检索式。",
    "query.too_many_parts": "条件过多，最多 {limit} 个。请删去一部分，或分几次检索。",
    "query.operand_missing": "运算符（AND、OR、NOT、-）旁边缺少检索词。请补上，或给它加引号作为普通文字。",
    "query.paren_open": "左括号没有对应的右括号。请补上“)”，或给含括号的文字加引号。",
    "query.paren_close": "右括号没有对应的左括号。请删去，或给含括号的文字加引号。",
    "query.paren_empty": "括号里没有内容。请填入条件或删去括号。",
    "query.quote_open": "引号没有成对。请补上后引号。",
    "query.field_empty": "字段“{field}”的冒号后面没有内容。请写成“{field}:内容”，中间不留空格。",
    "query.field_group": "字段后面不能接括号。请写成“字段:甲 OR 字段:乙”。",
    "query.field_unknown": (
        "“{word}”不是字段名，已按普通文字检索。"
        "可用的字段：案号、文号、投诉人、被投诉机构、证件、电话、卡号、承办人、状态、类别、渠道、日期、金额等。"
    ),
    "query.nothing_to_find": "“{chunk}”里没有可检索的文字。请换一个词。",
    "query.wildcard_in_text": (
        "通配符 * 和 ? 只用于号码（字母、数字）；文字按原文任意片段匹配，不需要通配符。请从“{chunk}”中去掉通配符。"
    ),
    "query.wildcard_short": "“{chunk}”太宽：通配符之外至少要有连续四位且含数字。请多写几位。",
    "query.wildcard_many": "“{chunk}”太长或通配符太多：最多 {length} 个字符、{stars} 个 *。请写出更多确定的位数。",
    "query.date_unknown": "“{part}”不是日期。请写成 2026、2026-03、2026-03-05，或范围 2026-01..2026-06。",
    "query.amount_unknown": "“{part}”不是金额。请写成 10000、1万、>5000，或范围 1000..5000（单位元）。",
    "query.range_turned": "范围的起点大于终点。请对调。",
    "query.word_unknown": "“{field}”没有“{value}”这一项。可用：{known}。",
    "query.number_not_allowed": "您没有按证件号、电话、卡号检索的权限。请联系本单位负责人。",
    "query.number_part": "“{field}”须填完整号码，或最后四至六位。",
    "query.cursor": "翻页标记与当前检索不符，请从第一页重新检索。",
    "saved.unknown": "没有这条保存的检索，或者它属于他人。请从检索首页选择。",
    "saved.too_many": "最多保存 {most} 条检索。请先删去不用的。",
    "saved.too_many_alerts": "最多对 {most} 条检索设提醒。请先关闭其他提醒。",
    "saved.foreign_unit": "您不在{unit}，不能共享给它。请选择您所在的单位。",
    "saved.numbers": "检索式中有个人号码，不能共享给他人。请选“仅自己”，或去掉号码。",
    "saved.too_wide": "结果超过 5,000 件，无法逐件比对新增。请加上条件缩小范围。",
    "search.nothing_to_export": "没有可以导出的结果。请换一个检索词。",
    "search.index_absent": "检索索引尚未建立。请管理员运行 anjuan search rebuild。",
    "search.index_busy": "检索索引正在被另一个程序写入，请稍后再试。",
    "search.index_damaged": "检索索引已损坏并被隔离，正在等待重建。请管理员运行 anjuan search rebuild。",
    "search.index_foreign": "检索索引的目录属于其他用户，出于安全不予读取。请管理员检查 ARCHIVE_SEARCH_HOME。",
    "search.not_indexed": "有 {count} 个案卷无法编入检索，其余均已编入：{numbers}。请管理员查看日志和后台任务。",
    "search.index_outdated": "检索索引由另一版本或另一引擎建立。请管理员运行 anjuan search rebuild。",
}

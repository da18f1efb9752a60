"""What stands under each heading of a register: the headings are the rules' own words. Pure.

A record is what is known of a line as plain values (see records); a heading is looked for among the complaint's extra
fields first, then among these, and left blank for the pen where it is neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.labels import label
from archive.core.sheets import Value
from archive.dossiers.states import Channel, Severity, Source, State
from archive.procedures.profile import Field

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """A heading: its share of the width, and what stands under it. `key` orders nothing, it only names."""

    title: str
    width: int
    value: Callable[[Record], Value]


def column(title: str, extra: Mapping[str, Field]) -> Column:
    """Return the column of a heading; `extra` holds the extra fields by their names.

    Where a complaint has a field of that name, the field is what the rule set means by the heading.
    """
    width, known = _COLUMNS.get(title, (10, lambda _record: ""))
    field = extra.get(title)
    if field is None:
        return Column(title, width, known)
    return Column(title, width, lambda record: known(record) if (own := _custom(record, field)) in (None, "") else own)


def shown(value: Value) -> str:
    """Return a cell as text, for pages and paper."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


# How what is kept of an extra field as text is read, by its type; see procedures.extra_fields.
_TYPED: Mapping[str, Callable[[str], Value]] = {
    "money": Decimal,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
}


def _custom(record: Record, field: Field) -> Value:
    value: Value = record.get("custom", {}).get(field.code)
    if isinstance(value, bool):
        return "是" if value else "否"
    read = _TYPED.get(field.type)
    if read is None or not isinstance(value, str):
        return value
    try:
        return read(value)
    except (ValueError, ArithmeticError):
        return value  # an earlier version of the rule set asked for something else


def _text(key: str) -> Callable[[Record], Value]:
    return lambda record: record.get(key) or ""


def _moment(key: str) -> Callable[[Record], Value]:
    return lambda record: datetime.fromisoformat(record[key]) if record.get(key) else None


def _day(key: str) -> Callable[[Record], Value]:
    def read(record: Record) -> Value:
        text = record.get(key)
        return datetime.fromisoformat(text).astimezone(SHANGHAI).date() if text else None

    return read


def _date(key: str) -> Callable[[Record], Value]:
    return lambda record: date.fromisoformat(record[key]) if record.get(key) else None


def _last_day(record: Record) -> Value:
    """Return the last day of the limit: its moment is the midnight after."""
    text = record.get("due_at")
    return shanghai_date(datetime.fromisoformat(text) - timedelta(microseconds=1)) if text else None


def _written_on(record: Record) -> Value:
    """Return the day of a line: of who was called to account that of the decision, else that of the complaint."""
    return _date("decided_on")(record) if record.get("decided_on") else _day("received_at")(record)


def _scope(record: Record) -> Value:
    judged = record.get("in_scope")
    return "待判断" if judged is None else "属于" if judged else "不属于"


def _came_of(record: Record) -> Value:
    """What became of an opinion: the case it led to, or what the person was told."""
    if record.get("case"):
        return f"转为投诉 {record['case']}"
    return record.get("advice") or record.get("opinion") or ""


def _result(record: Record) -> Value:
    state = State(record["state"])
    told = "；".join(part for part in (record.get("decline_reason"), record.get("outcome")) if part)
    return f"{label(state)}：{told}" if told else label(state)


def _who(record: Record) -> Value:
    return "；".join(
        part for part in (record.get("complainants"), record.get("id_numbers"), record.get("phones")) if part
    )


def _identity(record: Record) -> Value:
    return record.get("complainant_kinds") or ""


def _accused(record: Record) -> Value:
    if record.get("accountable"):
        return str(record["accountable"])
    return "　".join(part for part in (record.get("respondent"), record.get("respondent_person")) if part)


def _basis(record: Record) -> Value:
    """What the line rests on: the rule of a sanction; of a case that was declined the ground and its article."""
    return record.get("basis") or record.get("decline_reason") or record.get("due_rule") or ""


def _severity(record: Record) -> Value:
    word = label(Severity(record["severity"]))
    return f"{word}（{record['severity_reason']}）" if record.get("severity_reason") else word


def _class(record: Record) -> Value:
    return " / ".join(part for part in (record.get("category"), record.get("cause")) if part)


def _matter(record: Record) -> Value:
    return record.get("title") or record.get("summary") or ""


def _facts(record: Record) -> Value:
    return record.get("facts") or record.get("title") or ""


def _address(record: Record) -> Value:
    return "已登记（密存）" if record.get("has_address") else ""


def _name(record: Record) -> Value:
    return record.get("accountable") or record.get("person") or record.get("complainants") or ""


def _contact_way(record: Record) -> Value:
    return record.get("phone") or record.get("phones") or ""


def _number(record: Record) -> Value:
    return record.get("number") or record.get("case") or ""


_COLUMNS: Mapping[str, tuple[int, Callable[[Record], Value]]] = {
    "序号": (5, lambda record: record["position"]),
    # Contacts.
    "接待时间": (13, _moment("received_at")),
    "渠道": (6, lambda record: label(Channel(record["channel"]))),
    "来访来电来信人": (9, _name),
    "联系方式": (12, _contact_way),
    "事项摘要": (24, _matter),
    "是否属受理范围": (8, _scope),
    "负责人意见": (12, _text("opinion")),
    "告知或建议内容": (16, _text("advice")),
    "接待人": (7, lambda record: record.get("recorder") or record.get("registrar") or ""),
    "对应案件编号": (16, _number),
    "意见或投诉": (28, lambda record: record.get("summary") or record.get("facts") or ""),
    "姓名": (9, _name),
    "处理情况": (20, lambda record: _result(record) if "state" in record else _came_of(record)),
    # Cases.
    "案件编号": (16, _number),
    "单号": (16, _number),
    "登记表编号": (16, _number),
    "投诉人姓名": (10, _name),
    "客户姓名": (10, _name),
    "客户": (10, _name),
    "投诉人": (10, _name),
    "客户基本信息": (16, _who),
    "投诉者身份": (10, _identity),
    "消费者身份": (10, _identity),
    "住址": (9, _address),
    "地址": (9, _address),
    "身份证号码": (20, _text("id_numbers")),
    "联系电话": (12, _contact_way),
    "代理人": (10, _text("agents")),
    "被投诉对象名称": (14, _accused),
    "被投诉人": (14, _accused),
    "责任人": (10, _accused),
    "投诉方式": (8, lambda record: label(Channel(record["channel"]))),
    "方式": (6, lambda record: label(Channel(record["channel"]))),
    "投诉时间": (11, _moment("received_at")),
    "时间": (11, _moment("received_at")),
    "日期": (11, _written_on),
    "涉及的产品或服务": (12, _text("product")),
    "投诉诉求": (14, _text("request")),
    "诉求": (14, _text("request")),
    "理由": (24, _facts),
    "投诉内容": (24, _facts),
    "事件过程": (24, _facts),
    "内容": (24, _facts),
    "事项": (18, _matter),
    "证明材料清单": (16, _text("evidence")),
    "来源": (9, lambda record: label(Source(record["source"]))),
    "严重程度": (11, _severity),
    "分类码": (12, _class),
    "分类标识": (12, _class),
    "业务类别": (10, _text("category")),
    "投诉原因": (10, _text("cause")),
    "合同号": (10, _text("contract_no")),
    "经办人": (7, _text("officer")),
    "承办单位": (9, _text("unit")),
    "同意受理人": (8, _text("accepted_by")),
    "同意时间": (11, _moment("accepted_at")),
    "总经理审批": (9, _text("accepted_by")),
    "转交": (11, _text("handed_to")),
    "转交部门及岗位": (11, _text("handed_to")),
    "处理意见": (18, _text("outcome")),
    "投诉调查处理意见": (18, _text("outcome")),
    "处理过程": (18, _text("outcome")),
    "回复情况": (14, _text("told")),
    "目前处理结果": (8, lambda record: label(State(record["state"]))),
    "处理结果": (18, _result),
    "结果": (18, _result),
    "责任归属": (9, _text("unit")),
    "原件存放": (10, _text("paper_at")),
    "办理期限": (11, _last_day),
    "办结日期": (11, _date("closed_on")),
    "结案日期": (11, _date("closed_on")),
    "适用规程": (14, _text("due_rule")),
    "满意度": (7, lambda record: record.get("satisfaction")),
    "满意程度": (7, lambda record: record.get("satisfaction")),
    "回访": (10, _text("followed_up")),
    # Letters.
    "发文字号": (16, _text("letter")),
    "发文日期": (11, _date("issued_on")),
    "种类": (10, _text("letter_kind")),
    "题名": (26, _text("title")),
    "主送": (16, _text("addressee")),
    "签发人": (7, _text("issuer")),
    "状态": (8, _text("standing")),
    "回复期限": (11, _date("reply_due")),
    "回复日期": (11, _date("replied_on")),
    "作废理由": (12, _text("void_reason")),
    # Hand-over slips.
    "转出单位": (10, _text("from_unit")),
    "转出人": (7, _text("giver")),
    "转出时间": (11, _moment("offered_at")),
    "接收单位": (10, _text("to_unit")),
    "指定承办人": (8, _text("officer")),
    "主办或协办": (6, _text("lead")),
    "附言": (14, _text("note")),
    "接收人": (7, _text("taker")),
    "答复时间": (11, _moment("answered_at")),
    "退回理由": (12, _text("refusal")),
    # Accountability.
    "原因": (18, _text("cause")),
    "事由": (18, _text("cause")),
    "处理": (18, _text("sanction")),
    "处分决定": (18, _text("sanction")),
    "金额": (9, lambda record: Decimal(record["amount"]) if record.get("amount") else None),
    "决定单位": (12, _text("decided_by")),
    "决定日期": (11, _date("decided_on")),
    "移送": (12, _text("referred_to")),
    "申请复审至": (11, _date("appeal_until")),
    "复审申请日期": (11, _date("appealed_on")),
    "复审决定": (14, _text("appeal_outcome")),
    "复核决定": (14, lambda record: record.get("recheck_outcome") or record.get("reviewed") or ""),
    "依据": (14, _basis),
}

"""Chinese words of the deadlines: states and steps, units, events, refusals."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from archive.deadlines.history import PauseKind, State, StepKind
from archive.procedures.limit import Span, Unit

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    State: {
        State.ON_TIME: "在期限内",
        State.DUE_SOON: "即将到期",
        State.OVERDUE: "逾期",
        State.MET: "按期完成",
        State.MET_LATE: "逾期完成",
        State.PAUSED: "暂停计时",
        State.NO_NUMBER: "未定天数",
    },
    PauseKind: {PauseKind.SUPPLEMENT: "补正", PauseKind.APPRAISAL: "外部鉴定", PauseKind.MEDIATION: "调解"},
    StepKind: {
        StepKind.START: "起算",
        StepKind.RESTART: "重新起算",
        StepKind.PAUSE: "暂停",
        StepKind.RESUME: "恢复",
        StepKind.EXTENDED: "延期",
        StepKind.COUNTED: "届满",
        StepKind.MOVED: "逢假日顺延",
        StepKind.INHERITED: "从他规程取",
        StepKind.SET: "文书写明",
    },
    Unit: {Unit.MINUTE: "分钟", Unit.HOUR: "小时", Unit.DAY: "日（自然日）", Unit.WORKDAY: "个工作日"},
}

REFUSALS: Mapping[str, str] = {
    "calendar.unknown_year": "{year} 年的放假安排尚未录入，不能确定工作日。请先录入国务院通知，或由人工填写日期。",
    "calendar.incomplete_year": "工作日历不完整：{years} 年缺少日期。请整年录入。",
    "calendar.notice": "放假通知未能采用，请按各行提示改正后整份重新粘贴。",
    "calendar.notice.waiting": "{year} 年已有一份通知等待确认。请先确认或撤下。",
    "calendar.notice_unknown": "没有这份放假通知。",
    "calendar.same_person": "粘贴通知的人不能自己确认，请由他人核对后确认。",
    "calendar.decided": "这份通知已经确认或撤下，不能再改。",
    "calendar.notice.long": "文字超过 {most} 个字，请只粘贴通知正文。",
    "calendar.notice.heading": "没有找到“关于某年部分节假日安排的通知”标题，请连标题一起粘贴。",
    "calendar.notice.sentence": "第 {line} 行“{text}”看不出是放假还是上班，或没有日期。请核对原文。",
    "calendar.notice.span": "第 {line} 行起止日期不合理（{first} 至 {last}）。请核对原文。",
    "calendar.notice.total": "第 {line} 行写共 {said} 天，实际数出 {counted} 天。请核对原文。",
    "calendar.notice.no_month": "第 {line} 行“{day}日”前没有月份。请核对原文。",
    "calendar.notice.no_such_day": "第 {line} 行的 {said} 不是日历上的日期。请核对原文。",
    "calendar.notice.weekday": "第 {line} 行：{date} 是星期{really}，通知写作星期{said}。请核对原文。",
    "calendar.notice.missing": "通知里没有{festival}。请粘贴全文。",
    "calendar.notice.festival_not_free": "{festival}（{date}）没有放假，可能漏了日期。请核对原文。",
    "calendar.notice.both": "{date} 既放假又上班。请核对原文。",
    "calendar.notice.makeup_not_weekend": "{date} 不是周末，不应是调休上班日。请核对原文。",
    "calendar.notice.other_year": "{date} 不在通知所说的年度内。请核对原文。",
    "deadline.pause_evidence": "暂停和恢复计时都须注明凭证，例如补正通知书、补正材料的收件记录。",
    "deadline.pause_backwards": "恢复计时的时间早于暂停的时间。请改正。",
    "deadline.date_required": "“{limit}”须写明期限（{reason}）。请填写办理期限后再签发。",
    "deadline.date_past": "“{limit}”的期限 {date} 早于签发日。请改填以后的日期。",
    "deadline.extension": "“{limit}”不能这样延期（{reason}）。请按各项提示改正。",
    "deadline.extension.none": "此项时限的依据没有规定可以延期。",
    "deadline.extension.not_started": "此项时限尚未起算，无须延期。",
    "deadline.extension.paused": "此项时限正在暂停计时，恢复后再申请延期。",
    "deadline.extension.over": "期限已于 {due} 届满，届满后不能再延期。",
    "deadline.extension.not_later": "新日期不晚于现在的期限 {due}。请填写更晚的日期。",
    "deadline.extension.beyond_cap": "按{article}，最长 {cap}，即不得超过 {last}。请填写该日或更早的日期。",
    "deadline.extension.no_reason": "请填写延期的理由。",
    "deadline.extension.same_person": "申请人不能批准自己的延期，请由他人批准。",
    "deadline.extension.approver": "这次延期须由{needed}批准。",
    "deadline.extension.channel": "延期不能用这种方式告知，可用：{allowed}。",
    "deadline.extension.not_told": "请选择告知投诉人的方式并附凭证。",
    "deadline.extension.no_consent": "这次延期须征得投诉人同意，请附同意的凭证。",
    "deadline.no_profile": "没有规程 {profile}。现有：{known}。",
    "deadline.no_limit": "规程 {profile} 没有时限 {limit}。现有：{known}。",
}

# What profiles call the things that happen (schema.json, event).
EVENTS: Mapping[str, str] = {
    "received": "收到投诉",
    "registered": "登记",
    "accepted": "受理",
    "declined": "不予受理",
    "withdrawn": "撤回",
    "contacted": "与投诉人联系",
    "forwarded": "记录并转达",
    "reported": "报告",
    "materials_handed": "递交材料",
    "line_received": "承办部门接收",
    "supplement_completed": "补正完成",
    "decided": "作出接收决定",
    "handled": "办理完毕",
    "progress_told": "告知进度",
    "answered": "答复",
    "result_told": "告知结果",
    "closed": "办结",
    "plan_confirmed": "确认方案",
    "letter_issued": "发出函件",
    "letter_answered": "收到复函",
    "forwarded_second": "送达第二受理人",
    "second_answered": "第二受理人回复",
    "data_asked": "要求提报资料",
    "data_supplied": "提报资料",
    "result_known": "得出结果",
    "escalated": "上报最高领导人",
    "escalation_answered": "最高领导人回复",
    "investigated": "调查完毕",
    "reported_top": "报总经理或董事长",
    "memo_done": "完成备忘单",
    "opinion_returned": "反馈处理意见",
    "goods_delivered": "返修交货",
    "followed_up": "回访",
    "explained": "解答",
    "phoned": "电话了解",
    "feedback_sent": "反馈转交机构",
    "leak_found": "发现信息泄露",
    "review_requested": "申请复核",
    "review_decided": "作出复核决定",
    "sanctioned": "作出处分",
    "period": "期间起点",
    "published": "公布",
    "new_facts": "新的事实",
    "reopened": "重新办理",
}

_SHORT_UNITS = {Unit.MINUTE: "分钟", Unit.HOUR: "小时", Unit.DAY: "日", Unit.WORKDAY: "个工作日"}


def spoken(span: Span) -> str:
    """Return a span as a person says it: 15 个工作日, 当日."""
    return "当日" if span.amount == 0 else f"{span.amount} {_SHORT_UNITS[span.unit]}"

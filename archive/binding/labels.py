"""Chinese words of what binds a dossier: why, refusals, duties before closing."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {}

REFUSALS: Mapping[str, str] = {
    "limit.unknown": "案卷没有这项时限，可能已因改登而不再适用。请刷新页面。",
    "event.code": "这一事项不影响本案的任何时限，或者由系统的办理步骤记录。请从列表中选择。",
    "event.due_on": "所发文书须写明要求办结的日期，请填写。",
    "event.due_before": "要求办结的日期早于事项发生日。请改正。",
    "event.before": "时间早于收到投诉的时间。请改正。",
    "event.unknown": "没有这条事项记录。",
    "event.struck": "这条事项记录已经划销。",
    "outside_appraisal.running": "外部鉴定正在进行。请先登记鉴定结束。",
    "outside_appraisal.none": "没有正在进行的外部鉴定。",
    "outside_appraisal.backwards": "结束时间早于开始时间。请改正。",
    "extension.waiting": "“{limit}”已有一份延期申请等待审批。",
    "extension.decided": "这份延期申请已经审批。",
    "extension.unknown": "没有这份延期申请。",
    "extension.approver": "这次延期须由{needed}批准（{article}），您不在此角色。",
    "extension.until": "请填写延长到哪一天。",
    "close.extension_untold": "“{limit}”延期已批准，尚未以规定方式告知投诉人。请先“告知投诉人”（延期）。",
    "profile.not_bound": "规程 {profile} 不适用于本案。",
    "profile.newest": "本案适用的已是最新的第 {version} 版。",
    "escalation.unknown": "没有这份上报。",
    "escalation.seen": "这份上报已有人处理。",
    "reminder.unknown": "没有这一天的提醒。请刷新页面。",
    "limit_feed.unknown": "这个日历地址不存在，或者已经停用。请在“我的期限”中重新生成。",
}

# Why a profile binds a dossier, or no longer does.
REASONS: Mapping[str, str] = {
    "scope": "符合适用范围",
    "inherited": "由 {through} 引用",
    "facts": "登记事项或本单位设定有变，不再适用",
    "newer": "换用新版",
    "decided": "经决定适用新版",
}

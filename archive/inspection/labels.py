"""Chinese words and sentences of the auditors' desk."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from archive.inspection.kinds import FindingState, Step, Strata

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Strata: {
        Strata.NONE: "不分层",
        Strata.CATEGORY: "按业务类别",
        Strata.UNIT: "按单位",
        Strata.RESPONDENT: "按被投诉机构",
    },
    FindingState: {
        FindingState.OPEN: "待答复",
        FindingState.REPLIED: "已答复",
        FindingState.ACCEPTED: "已采纳，待整改",
        FindingState.CLOSED: "已销号",
    },
    Step: {
        Step.RAISE: "提出",
        Step.REPLY: "答复",
        Step.SEND_BACK: "退回重答",
        Step.ACCEPT: "采纳",
        Step.CLOSE: "销号",
    },
}

REFUSALS = {
    "input.month": "请按 2026-03 的格式填写月份。",
    "audit_grant.period": "办结期间应自先至后，最长 {most} 年。请检查起止月份。",
    "audit_grant.time": "授权的最后一天应在今天以后，最长 {most} 天；到期可以重新授权。",
    "audit_grant.whom": "{name} 不是 {unit} 范围内的审计员，或账户已停用。请选择审计员，或由安全管理员先授予角色。",
    "audit_grant.over": "这项授权已经到期或已终止。",
    "form.period": "开始日期不能晚于结束日期。",
    "sample.empty": "授权范围内没有符合条件的已办结案卷，无从抽样。请放宽条件。",
    "sample.unknown": "没有这次抽样，或者不是您抽取的。",
    "finding.reply_by": "答复期限不能早于今天。",
    "finding.unknown": "没有这个问题，或者您无权查看。",
    "finding.state": "问题 {number} 现为“{state}”，不能{verb}。请刷新后再看。",
    "disclose.confirm": "请至少勾选一件已核对确属本人的案卷或接待登记，最多 500 件。",
    "disclose.strange": "案卷 {number} 中没有查到此人。请重新查找。",
    "disclose.strange_line": "所选的接待登记不属于此人。请重新查找。",
    "audit_grant.unknown": "没有这项授权，或者不在您的管理范围内。",
}

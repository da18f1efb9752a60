"""Chinese words of the procedures."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from archive.procedures.limit import Level, Limit, Span, Unnumbered
from archive.procedures.profile import Cause, Content, Proof, Standing
from archive.procedures.states import Origin, Part, Subject

WORDS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Level: {
        Level.LAW: "法律",
        Level.ADMIN_REGULATION: "行政法规",
        Level.DEPT_RULE: "部门规章",
        Level.NORMATIVE_DOC: "规范性文件",
        Level.INTERNAL: "内部制度",
    },
    Standing: {
        Standing.HANDLER: "经办",
        Standing.SUPERVISOR: "部门负责人",
        Standing.SENIOR: "高级管理人员",
        Standing.COMMITTEE: "集体决定",
    },
    Origin: {Origin.SHIPPED: "随产品提供", Origin.UPLOADED: "本单位上传"},
    Subject: {Subject.INSTITUTION: "机构类型", Subject.PROFILE: "适用规程"},
    Part: {
        Part.LIMITS: "时限",
        Part.CLOSING: "办结条件",
        Part.DOCUMENTS: "应有材料",
        Part.ADMISSION: "受理条件",
        Part.REFUSAL: "不予受理的情形",
        Part.APPROVALS: "须经审批",
        Part.RETENTION: "保管期限",
    },
    Proof: {
        Proof.TOLD: "查告知记录",
        Proof.CLASSIFIED: "查分类是否填写",
        Proof.COMPENSATED: "查赔偿是否兑现",
        Proof.REQUESTS: "查调取的证据是否有着落",
        Proof.SATISFACTION: "查回访记录",
        Proof.OPINION: "查处理结果的审批",
        Proof.MINUTES: "查会议纪要",
        Proof.EVIDENCE: "查卷内有无材料",
        Proof.DOCUMENT: "指明卷内材料",
        Proof.CONFIRM: "由承办人确认",
        Proof.AUTOMATIC: "由办理步骤保证",
        Proof.HINT: "视情况，只提示",
    },
    Cause: {
        Cause.MISSED: "期限逾期时自动上报",
        Cause.MAJOR: "定为重大或紧急时自动上报",
        Cause.MASS: "确认为群体投诉时自动上报",
        Cause.COMPENSATION: "登记赔偿、补偿时自动上报",
        Cause.HINT: "由人判断，只提示",
    },
    Content: {
        Content.OUTCOME: "结果",
        Content.FINDINGS: "核实情况",
        Content.REASON: "理由",
        Content.BASIS: "依据",
        Content.REMEDIES: "救济途径",
        Content.UNTIL: "期限",
        Content.CONTACT: "联系方式",
        Content.MISSING: "缺少的材料",
        Content.RECEIVER: "承办单位",
        Content.ADVICE: "建议",
    },
    Unnumbered: {Unnumbered.INHERIT: "从其他规程取期限", Unnumbered.LOG: "只记时间"},
}

REFUSALS: Mapping[str, str] = {
    "profile.flawed": "规程文件 {file} 有 {count} 处错误，没有采用任何内容。请逐条改正后重新提交。",
    "profile.flaw": "{file} 第 {line} 行，{path}：{message}{advice}",
    "profile.unknown": "没有规程 {profile} 的第 {version} 版。",
    "profile.old_version": "版本号 {version} 已经用过。请把 version 改为 {next}。",
    "profile.same_person": "提出的人不能自己签署，请由他人审核后签署。",
    "profile.decided": "已经签署或撤下，不能再改。",
    "profile.overtaken": "已有比第 {version} 版更新的版本签署生效。请撤下这一版。",
    "choice.unknown": "没有这项设定。",
    "choice.by_law": "法律、行政法规和部门规章自动适用，无须设定。",
    "profile.encoding": "文件第 {line} 行不是 UTF-8 文字。请另存为 UTF-8 后再提交。",
    "profile.number_full": "编号样式 {template} 的顺序号位数不够，第 {sequence} 件写不下。请改用位数更多的样式。",
    "field.unknown": "规程没有“{field}”这个字段。请删去，或先在规程中添加。",
    "field.required": "“{name}”必填。",
    "field.long": "“{name}”过长：最多 {most} 个字。",
    "field.integer": "“{name}”应为整数。",
    "field.money": "“{name}”应为金额，例如 12345.67。",
    "field.date": "“{name}”应为日期，例如 2026-03-05。",
    "field.moment": "“{name}”应为时间，例如 2026-03-05 14:30。",
    "field.choice": "“{name}”应从以下选择：{choices}。",
    "field.boolean": "“{name}”应选是或否。",
    "field.phone": "“{name}”应为电话号码。",
    "field.bad": "补充字段填写有误，请按各栏提示修改。",
}


# Acts that want an approval, notices, ways of telling, sides and parties, as the profiles call them.
ACTS = {
    "accept": "受理", "decline": "不予受理", "assign": "分办", "extend": "延期", "decide": "处理决定", "close": "办结",
    "mediate": "申请调解", "issue_letter": "签发函件", "review": "复核",
}  # fmt: skip
NOTICES = {
    "acceptance": "受理告知", "refusal": "不予受理告知", "supplement": "补正告知", "extension": "延期告知",
    "progress": "进度告知", "result": "结果告知", "transfer": "转交去向告知", "measures": "对外包机构措施的告知",
}  # fmt: skip
WAYS = {"sms": "短信", "phone": "电话", "email": "邮件", "letter": "信函", "in_person": "当面", "app": "网上"}
LINKS = {"proceeding": "须写明其他程序", "case": "须写明另一案卷"}
SIDES = {"complainant": "投诉人", "respondent": "被投诉人"}
COMPLAINANTS = {"natural": "自然人", "individual_business": "个体工商户", "organisation": "单位"}
OTHERS = "投诉人不属于所列的类型，经核实仍予受理"
_FACTS = {
    "institution": "机构", "source": "来源", "channel": "渠道", "severity": "严重程度", "product": "业务",
    "kind": "投诉类型", "party": "当事人",
}  # fmt: skip


def conditions(of: Mapping[str, tuple[str, ...]], words: Mapping[str, Mapping[str, str]]) -> str:
    """Return conditions in words; `words` gives for a fact what its codes are called."""
    return "；".join(
        f"{_FACTS[name]}为{'或'.join(words.get(name, {}).get(code, code) for code in codes)}时"
        for name, codes in of.items()
    )


_SHORT = {"minute": "分钟", "hour": "小时", "day": "日", "workday": "个工作日"}
_WEEKDAYS = "一二三四五六日"


def said(limit: Limit) -> str:
    """Return how long a limit is, as a person says it: 15 个工作日，可延至 60 个工作日; 每年 01-30、07-30."""
    if limit.limit:
        steps = [f"可延至 {span_said(step.to)}" if step.to else "可再延，无上限" for step in limit.extend]
        return "，".join([span_said(limit.limit), *steps])
    if limit.every:
        if limit.every.dates:
            return f"每年 {'、'.join(limit.every.dates)}"
        return "每月末日" if limit.every.month_end else f"每周{_WEEKDAYS[limit.every.weekday - 1]}"
    if limit.set_by:
        return "由文书写明日期"
    return "只记时间" if limit.unnumbered is Unnumbered.LOG else "原文未写天数，从其他规程取"


def span_said(span: Span) -> str:
    """Return an amount of time as a person says it: 15 个工作日; 当日."""
    return f"{span.amount} {_SHORT[span.unit.value]}" if span.amount else "当日"

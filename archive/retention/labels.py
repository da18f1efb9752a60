"""Chinese words and sentences of keeping."""

from collections.abc import Mapping
from enum import StrEnum

from archive.retention.four_properties import Property, Result
from archive.retention.kinds import AlarmKind, HoldStep, Occasion, Scanned
from archive.retention.periods import Trigger
from archive.retention.rules import HoldKind

WORDS: Mapping[type[StrEnum], Mapping[StrEnum, str]] = {
    Trigger: {Trigger.CLOSING: "自办结之日起", Trigger.YEAR_END: "自办结次年1月1日起"},
    HoldKind: {
        HoldKind.LITIGATION: "诉讼",
        HoldKind.ARBITRATION: "仲裁",
        HoldKind.INSPECTION: "监管检查",
        HoldKind.AUDIT: "审计",
        HoldKind.JUDICIAL: "司法协助",
        HoldKind.REVIEW: "核查期内",
        HoldKind.UNSETTLED: "未了事项",
        HoldKind.RIGHTS: "个人信息权利请求待办",
    },
    Property: {
        Property.AUTHENTIC: "真实性",
        Property.WHOLE: "完整性",
        Property.USABLE: "可用性",
        Property.SAFE: "安全性",
    },
    Result: {
        Result.PASSED: "通过",
        Result.NOTED: "通过，有提示",
        Result.FAILED: "不通过",
        Result.NOT_RUN: "未检测",
    },
    AlarmKind: {
        AlarmKind.MISSING: "存储中缺失",
        AlarmKind.DAMAGED: "内容与入卷时不符",
        AlarmKind.LOCK_SHORT: "锁定期短于应锁定期",
        AlarmKind.LOCK_FAILED: "存储未能锁定",
        AlarmKind.LOCK_DIFFERS: "锁定期与登记不一致",
        AlarmKind.EXTRA: "存储中有未登记的内容",
        AlarmKind.OVERWRITTEN: "同名处被另行写入",
        AlarmKind.MARKER: "被加上删除标记",
        AlarmKind.CLOCK_BACK: "系统时间倒退",
        AlarmKind.CLOCK_JUMP: "系统时间跳变",
        AlarmKind.CLOCK_SPREAD: "时钟不一致",
        AlarmKind.CHAIN: "审计日志断链",
        AlarmKind.STORE_CLOCK: "存储系统时钟不一致",
        AlarmKind.EXAMINATION: "四性检测不通过",
        AlarmKind.VIRUS: "发现病毒",
        AlarmKind.STAMP: "时间戳未取得",
    },
    Occasion: {
        Occasion.FILING: "归档检测",
        Occasion.YEARLY: "年度检测",
        Occasion.TRANSFER: "移交检测",
    },
    HoldStep: {
        HoldStep.PLACE: "批量冻结",
        HoldStep.ASK_RELEASE: "批量申请解除冻结",
        HoldStep.RELEASE: "批量解除冻结",
    },
    Scanned: {
        Scanned.CLEAN: "未发现病毒",
        Scanned.FOUND: "发现病毒",
        Scanned.TOO_LARGE: "文件过大，未检",
    },
}

# What each check of the examination at filing looks at.
CHECKS = {
    "digest": "固化信息与内容一致",
    "fields": "必备著录项齐全",
    "sequence": "件号连续",
    "content": "每件都有文件",
    "stored": "文件均在存储中",
    "readable": "文件可以打开",
    "virus": "病毒查杀",
    "renditions": "办公文档有长期保存件",
}

REFUSALS = {
    "retention.kept": "案卷 {number} 现在不能销毁或删除，原因如下。",
    "retention.floor": "保管期限 {years} 年不可用：不得少于 {floor} 年，最多 {most} 年，更久请定为永久。",
    "retention.years_only": "保管期限只能以整年计或定为永久，不能用日、月（{given}）。",
    "retention.condition": "没有这样的适用条件：{names}。",
    "retention.rule_order": "新版规则的生效日期须晚于前一版。",
    "retention.rule_unknown": "没有这条保管期限规则。",
    "retention.store_down": "存储系统暂时没有响应，无法锁定卷内材料，案卷没有办结。请稍后重试。",
    "retention.not_filed": "案卷还没有办结归档，没有保管期限。",
    "filing.failed": "案卷 {number} 没有通过归档检测，不能办结，原因如下。",
    "filing.digest": "存储中的内容与入卷时不符：第 {about} 件。请通知系统管理员核查。",
    "filing.fields": "必备的著录项缺失：{about}。",
    "filing.sequence": "卷内件号不连续：{about}。",
    "filing.content": "第 {about} 件没有文件。",
    "filing.stored": "存储中找不到第 {about} 件的内容。请通知系统管理员核查。",
    "filing.virus": "第 {about} 件发现病毒。确需作为证据保留的，请负责人在保管页面写明理由后确认。",
    "scan.unknown": "这个版本没有病毒检测结果。",
    "scan.nothing": "这个版本没有发现病毒，无需确认。",
    "scan.down": "病毒检测程序暂时没有响应，请稍后重试。",
    "clock.store": "存储系统时间（{other}）与服务器时间（{now}）相差超过 5 分钟，暂停销毁。",
    "kept.open": "案卷尚未办结，保管期限还没有开始。",
    "kept.no_date": "办结日期缺失，保管期限无从起算，须一直保管。",
    "kept.no_rule": "没有找到适用的保管期限，须一直保管。请档案员核查。",
    "kept.permanent": "永久保管（{rule}，依据{basis}）。",
    "kept.until": "须保管至 {last_day} 当日结束（{rule}，依据{basis}）。",
    "kept.recompute": "保管期限因规则调整或并案而延长，正在重新计算。",
    "kept.hold": "因{kind}冻结（{basis}，自 {since} 起），须经两人解除。",
    "kept.link": "并案的 {number} 尚未办结。",
    "kept.locked": "存储系统中的材料锁定至 {until}，此前任何人都无法删除。",
    "kept.alarm": "卷内材料有 {count} 项告警没有处理。请先在告警页面核查。",
    "kept.no_route": "案卷和材料不能直接删除。期满后须经鉴定、两人批准、两人监销，按销毁清册办理。",
    "clock.spread": "服务器时间（{now}）与数据库时间（{other}）相差超过 5 分钟，暂停销毁。",
    "clock.behind": "服务器时间（{now}）早于已有记录的时间（{mark}），请系统管理员校正时间后再办理。",
    "clock.no_mark": "系统还没有记录过可信的时间，暂停销毁。请稍后再试。",
    "clock.jump": "系统时间曾从 {before} 跳到 {after}，须由两人确认无误后才能销毁。",
    "clock.confirmed": "这次时间跳变已经确认。",
    "clock.same_person": "时间跳变须由两个不同的人确认。",
    "clock.unknown": "没有这条时间跳变记录。",
    "hold.unknown": "没有这项冻结，或者您无权查看。",
    "hold.review_past": "复查日期不能早于今天。",
    "hold.released": "这项冻结已经解除。",
    "hold.not_asked": "还没有人申请解除这项冻结。请先提出申请，再由另一人批准。",
    "hold.same_person": "申请解除和批准解除须由两个不同的人办理。",
    "hold.nothing": "请至少选择一个案卷。",
    "hold.same_basis": "已按同一依据冻结。",
    "hold_order.unknown": "没有这次批量办理，或者不是您提出的。",
    "hold.person": "冻结须由有权限的人员办理。",
    "joined.same": "案卷不能与自身并案。",
    "joined.twice": "已经与 {number} 并案。",
    "alarm.unknown": "没有这条告警。",
    "alarm.cleared": "这条告警已经处理。",
    "filed_number.template": "档号模板 {template} 不可用：须含全宗、年度、保管期限和一个 {{seq:04}}，"
    "不能有空格、斜杠等符号。",
}

"""Chinese words and sentences of the reports."""

from archive.reports.calendar import CallState
from archive.reports.models import ReportKind

WORDS = {
    ReportKind: {
        ReportKind.WEEKLY: "周报",
        ReportKind.MONTHLY: "月报",
        ReportKind.HALF_YEAR: "半年报",
        ReportKind.YEARLY: "年报（内部）",
        ReportKind.ANNUAL_PUBLIC: "年度公告（公开）",
    },
    CallState: {
        CallState.MADE: "已按期编制",
        CallState.MADE_LATE: "迟报",
        CallState.WAITING: "待编制",
        CallState.OVERDUE: "已过期，未编制",
    },
}

REFUSALS = {
    "report.unknown": "没有这份报表，或者您无权查看。请从报表目录中选择。",
    "report.period": "“{period}”不是{kind}的期间。周报写 2026-W10，月报 2026-03，半年报 2026-H1，年报和公告 2026。",
    "report.running": "这一期到 {last} 才结束，请在最后一天或之后编制。",
    "report.public_whole": "年度公告只能就全单位编制，请选择最上级单位。",
    "report.reason": "这一期的报表已于 {made} 编制。已编制的报表不能改动；需要更正时请写明理由，另编一份。",
    "report.definition": "这份报表按第 {definition} 版口径编制，现行口径是第 {now} 版，不能逐项重算比对。",
}

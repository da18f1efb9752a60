"""What each figure means, in words. A change of meaning is a new VERSION; snapshots say by which they were made."""

from collections.abc import Mapping

VERSION = 1

FIGURES: Mapping[str, tuple[str, str]] = {
    "contacts": ("接待", "本期内接到的来访、来电、来信等接待，受理与否都计。"),
    "registered": ("登记", "本期内登记的投诉案卷，不论后来是否受理。"),
    "accepted": ("受理", "本期内决定受理的案卷。"),
    "declined": ("不予受理", "本期内决定不予受理并已告知投诉人、期末仍为此状态的案卷。"),
    "withdrawn": ("撤回", "本期内投诉人撤回、期末仍为此状态的案卷。"),
    "closed": ("办结", "本期内办结、期末仍为办结状态的案卷；同一案卷只计一次。"),
    "reopened": ("重新办理", "本期内办结后又重新办理的案卷次数。"),
    "open": ("期末在办", "期末之前登记、期末尚未结束的案卷。"),
    "overdue": ("期末逾期", "期末在办、办理期限已过而没有答复的案卷。"),
    "on_time": ("按期", "本期办结的案卷中，逐项期限都在期内完成的；没有逐项期限的，以期限之前形成答复为准。"),
    "late": ("超期", "本期办结的案卷中，至少一项办理期限超过之后才完成的。"),
    "no_limit": ("无期限", "本期办结、没有可计算期限的案卷。"),
    "on_time_rate": ("按期率", "按期 ÷（按期＋超期），四舍五入到百分之一。"),
    "median_days": ("办理天数中位数", "本期办结的案卷自收到投诉之日至办结之日的自然日数，取中位数。"),
    "satisfaction": ("满意率", "本期回访中投诉人评 4 分或 5 分的 ÷ 作出评价的（1 很不满意，5 很满意）。"),
    "in_hand": ("在办", "此刻尚未结束的案卷。"),
    "overdue_now": ("逾期", "此刻尚未结束、办理期限已过而没有答复的案卷。"),
}  # fmt: skip

TABLES: Mapping[str, str] = {
    "category": "业务类别",
    "cause": "投诉原因",
    "channel": "投诉渠道",
    "source": "来源",
    "severity": "严重程度",
    "unit": "承办单位",
    "institution": "被投诉机构",
    "region": "地区",
    "result": "处理情况",
    "month": "登记月份",
}

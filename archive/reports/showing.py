"""A report's data as blocks, each a table of figures, most with a picture: shared by pages, workbooks and paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from archive.core.sheets import Value
from archive.reports.counting import rate
from archive.reports.definitions import FIGURES, TABLES
from archive.web.charts import Bar, Line, bars, over_time

WITHHELD = "不列"


@dataclass(frozen=True)
class Block:
    """One part of a report. Columns whose heading is in `texts` hold words, the others figures."""

    code: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    chart: Markup | None = None
    note: str = ""
    texts: int = 1


def blocks(data: Mapping[str, Any]) -> list[Block]:
    """Return the blocks of a snapshot's data."""
    return _public(data) if "threshold" in data else _internal(data)


def headline(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the figures told first, as (word, figure, what it means)."""
    if "threshold" in data:
        told = [("登记", _shown(data["total"]), FIGURES["registered"][1])]
        return told + _rates(data["on_time_rate"], data["median_days"], "")
    totals, kept = data["totals"], data["timeliness"]
    told = [
        (FIGURES[name][0], str(totals[name]), FIGURES[name][1]) for name in ("registered", "closed", "open", "overdue")
    ]
    answers = data["satisfaction"]
    content = rate(answers["content"], answers["given"] - answers["content"])
    return told + _rates(rate(kept["on_time"], kept["late"]), data["median_days"], content)


def _rates(on_time: str, days: str, content: str) -> list[tuple[str, str, str]]:
    shown = (("on_time_rate", on_time, "%"), ("median_days", days, " 天"), ("satisfaction", content, "%"))
    return [(FIGURES[name][0], value + unit, FIGURES[name][1]) for name, value, unit in shown if value]


def _internal(data: Mapping[str, Any]) -> list[Block]:
    kept = data["timeliness"]
    totals = [
        [word, data["totals"][name], meaning] for name, (word, meaning) in FIGURES.items() if name in data["totals"]
    ]
    totals += [[FIGURES[name][0], kept[name], FIGURES[name][1]] for name in ("on_time", "late", "no_limit")]
    sooner = data["before"]
    hot = data["hot"]
    found = [
        Block("totals", "总量", ("指标", "件数", "含义"), totals),
        Block(
            "trend",
            "登记与办结",
            ("时段", "登记", "结束"),
            data["trend"],
            over_time(
                "登记与办结",
                [row[0] for row in data["trend"]],
                [Line("登记", [row[1] for row in data["trend"]]), Line("结束", [row[2] for row in data["trend"]])],
            ),
            f"上期（{sooner['period']}）登记 {sooner['registered']} 件，办结 {sooner['closed']} 件。",
        ),
        Block(
            "hot",
            "热点",
            ("业务类别", "投诉原因", "本期", "上期", "增减"),
            [[row[2], row[3], row[4], row[5], f"{row[4] - row[5]:+d}"] for row in hot],
            bars("热点", [Bar(f"{row[2]}·{row[3]}", row[4]) for row in hot]) if hot else None,
            "按业务类别和投诉原因合并计数，取本期登记最多的十项。",
            texts=2,
        ),
    ]
    for name, title in TABLES.items():
        if rows := data["tables"].get(name):
            chart = bars(title, [Bar(row[1], row[2]) for row in rows[:12]])
            found.append(Block(name, f"按{title}", (title, "件数"), [row[1:] for row in rows], chart))
    return [*found, _units(data["units"])]


def _units(units: Sequence[Mapping[str, Any]]) -> Block:
    heads = ("单位", "登记", "办结", "按期", "超期", "按期率 %", "天数中位数", "重新办理")
    names = ("name", "registered", "closed", "on_time", "late", "on_time_rate", "median_days", "reopened")
    chart = bars("各单位办结", [Bar(unit["name"], unit["closed"], part=unit["late"]) for unit in units], "超期")
    rows = [[_number(unit[name]) for name in names] for unit in units]
    return Block("units", "各单位办理情况", heads, rows, chart if units else None)


def _public(data: Mapping[str, Any]) -> list[Block]:
    if data["total"] is None:
        note = f"全年登记不足 {data['threshold']} 件，为不使人从数字认出投诉人，各项均不列。"
        return [Block("registered", FIGURES["registered"][0], ("指标", "件数"), [("登记", WITHHELD)], None, note)]
    found = []
    for name, title in TABLES.items():
        table = data["tables"].get(name)
        if table is None:
            continue
        if not table["shown"]:
            note = f"各项均少于 {data['threshold']} 件或可由此推算，本表不列。"
            found.append(Block(name, f"按{title}", (title, "件数"), [], None, note))
            continue
        rows = table["rows"]
        chart = bars(title, [Bar(word, count) for word, count in rows if count is not None])
        hidden = any(count is None for _, count in rows)
        note = f"“{WITHHELD}”：少于 {data['threshold']} 件，或为防止推算而一并不列。" if hidden else ""
        found.append(
            Block(name, f"按{title}", (title, "件数"), [[word, _shown(count)] for word, count in rows], chart, note)
        )
    return found


def _shown(count: int | None) -> str:
    return WITHHELD if count is None else str(count)


def _number(value: Any) -> Value:
    return int(value) if isinstance(value, str) and value.isdigit() else value

"""What a schema cannot see: references that lead nowhere, limits with two numbers, dates that do not exist."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from archive.procedures.reading import Path
from archive.procedures.rules import makes_keys

Data = Mapping[str, Any]
Doubts = Iterator[tuple[Path, str, str]]

_ONE_OF = ("limit", "every", "set_by", "unnumbered")
# Lists whose entries are told apart by this key.
_KEYS = {
    "registers": "code", "roles": "code", "severity": "code", "kinds": "code", "admission": "code",
    "non_acceptance": "code", "approvals": "act", "closing": "code", "documents": "code", "letters": "kind",
    "notices": "code", "remedies": "code", "measures": "code", "compensation": "code", "escalations": "code",
    "review": "code", "deadlines": "id",
}  # fmt: skip


def sense_doubts(data: Data) -> Doubts:
    """Yield (path, what is wrong, what to change) of a profile that already fits the schema."""
    for check in (_repeated, _roles, _single, _limits, _limit_references, _dates, _rest):
        yield from check(data)


def _list(data: Data, name: str) -> Sequence[Data]:
    found: Sequence[Data] = data.get(name, ())
    return found


def _repeated(data: Data) -> Doubts:
    for name, key in _KEYS.items():
        entries = _list(data, name)
        counts = Counter(entry[key] for entry in entries)
        for index, entry in enumerate(entries):
            if counts[entry[key]] > 1:
                said = f"“{entry[key]}”出现了 {counts[entry[key]]} 次。"
                yield (name, index, key), said, "同一列表内代码不能重复，请改名或合并。"


def _roles(data: Data) -> Doubts:
    known = {role["code"] for role in _list(data, "roles")}
    for path, code in _role_references(data):
        if code not in known:
            others = "、".join(sorted(known)) or "（尚无角色）"
            yield path, f"角色“{code}”没有在 roles 中列出。", f"请在 roles 中补上，或改用：{others}。"


def _single(data: Data) -> Doubts:
    """An extension and a review are decided by one person: a chain of approvals has no meaning there."""
    for index, approval in enumerate(_list(data, "approvals")):
        if approval["act"] in ("extend", "review") and len(approval["by"]) > 1:
            yield ("approvals", index, "by"), "延期和复核由一个角色决定。", "请在 by 中只留最高的一个角色。"


def _role_references(data: Data) -> Iterator[tuple[Path, str]]:
    for index, approval in enumerate(_list(data, "approvals")):
        for order, code in enumerate(approval["by"]):
            yield ("approvals", index, "by", order), code
    for name in ("escalations", "review"):
        for index, item in enumerate(_list(data, name)):
            if "role" in item:
                yield (name, index, "role"), item["role"]
    for index, letter in enumerate(_list(data, "letters")):
        if "issuer" in letter:
            yield ("letters", index, "issuer"), letter["issuer"]
    for index, limit in enumerate(_list(data, "deadlines")):
        for order, step in enumerate(limit.get("extend", ())):
            if "approver" in step:
                yield ("deadlines", index, "extend", order, "approver"), step["approver"]


def _limits(data: Data) -> Doubts:
    for index, limit in enumerate(_list(data, "deadlines")):
        place: Path = ("deadlines", index)
        given = [name for name in _ONE_OF if name in limit]
        if len(given) != 1:
            said = f"写了 {'、'.join(given)}" if given else "一项也没有写"
            yield place, f"时限 {limit['id']} 的期限{said}。", f"请在 {'、'.join(_ONE_OF)} 中只写一项。"
        if "every" in limit and len(limit["every"]) != 1:
            advice = "dates、weekday、month_end 只写一项；另一种请另立一条时限。"
            yield (*place, "every"), "固定日期写了不止一种。", advice
        if "extend" in limit and "limit" not in limit:
            yield (*place, "extend"), "没有 limit 的时限不能延期。", "请写 limit，或删去 extend。"
        yield from _steps(limit, place)


def _steps(limit: Data, place: Path) -> Doubts:
    """Each extension must be longer than what it extends; a step without a cap ends the list."""
    if "limit" not in limit:
        return
    before = limit["limit"]
    for order, step in enumerate(limit.get("extend", ())):
        where: Path = (*place, "extend", order)
        if before is None:
            yield where, "前一步没有上限，这一步永远用不到。", "请给前一步写 to，或删去这一步。"
            return
        after = step.get("to")
        if after is not None and after.split()[1] != before.split()[1]:
            yield (*where, "to"), f"延期单位与“{before}”不同。", "延期与原期限须用同一单位。"
        elif after is not None and int(after.split()[0]) <= int(before.split()[0]):
            yield (*where, "to"), f"延期到“{after}”不长于“{before}”。", "to 写自起算点起的总长，须逐步变长。"
        before = after


def _limit_references(data: Data) -> Doubts:
    known = {limit["id"] for limit in _list(data, "deadlines")}
    places = [(("reports", index, "limit"), report) for index, report in enumerate(_list(data, "reports"))]
    if "follow_up" in data:
        places.append((("follow_up", "limit"), data["follow_up"]))  # type: ignore[arg-type]
    for path, entry in places:
        if entry.get("limit", "") not in known | {""}:
            yield path, f"没有时限“{entry['limit']}”。", f"请改为 deadlines 中的一个：{'、'.join(sorted(known))}。"


def _dates(data: Data) -> Doubts:
    effective = data.get("effective", {})
    days: list[tuple[Path, str]] = [
        (("effective", end), effective[end]) for end in ("from", "to") if effective.get(end)
    ]
    days += [(("bases", i, "repealed"), b["repealed"]) for i, b in enumerate(_list(data, "bases")) if b.get("repealed")]
    for index, limit in enumerate(_list(data, "deadlines")):
        for order, day in enumerate(limit.get("every", {}).get("dates", ())):
            days.append((("deadlines", index, "every", "dates", order), f"2001-{day}"))
    wrong = [(path, text) for path, text in days if not _exists(text)]
    for path, text in wrong:
        yield path, f"没有 {text.removeprefix('2001-')} 这一天。", "请写日历上每年都有的日期。"
    if not wrong and effective.get("from") and effective.get("to") and effective["from"] > effective["to"]:
        yield ("effective",), "生效日期晚于失效日期。", "请改正起止日期。"


def _exists(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rest(data: Data) -> Doubts:
    if data.get("incomplete") and not data.get("incomplete_note"):
        yield ("incomplete",), "写明残缺，却没有说明缺什么。", "请补上 incomplete_note。"
    if data["id"] in data.get("inherits", ()):
        yield ("inherits",), "规程不能继承自己。", "请删去自己的代号。"
    for index, kind in enumerate(_list(data, "kinds")):
        codes = Counter(field["code"] for field in kind.get("fields", ()))
        for order, field in enumerate(kind.get("fields", ())):
            place: Path = ("kinds", index, "fields", order)
            if (field["type"] == "choice") != ("choices" in field):
                advice = "选项字段写 type: choice 并列出 choices；其他类型不写 choices。"
                yield place, f"字段“{field['name']}”的类型与选项不符。", advice
            if codes[field["code"]] > 1:
                yield place, f"字段代码“{field['code']}”重复。", "请改名。"
    number = data.get("numbering", {})
    if number and not number.get("legacy") and not makes_keys(number["template"]):
        advice = "须含 {year}，不能有空格、斜杠等符号，最多 40 个字符；只作别名的旧编号写 legacy: true。"
        yield ("numbering", "template"), f"编号样式“{number['template']}”会重号，或不能用作案号。", advice
    hours = data.get("clock", {}).get("service_hours")
    if hours and hours["opens"] >= hours["closes"]:
        yield ("clock", "service_hours"), "开始时刻不早于结束时刻。", "请改正服务时间。"

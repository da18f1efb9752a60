"""One line of an import: JSON to a dossier from elsewhere with its documents, or everything wrong with it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, Problem
from archive.core.texts import storable
from archive.dossiers.states import Channel, Source, State
from archive.dossiers.values import Complaint, Legacy, PartyValue

STATES: Mapping[str, State] = {
    "待受理": State.REGISTERED,
    "已受理": State.ACCEPTED,
    "待补充材料": State.SUPPLEMENTING,
    "调查中": State.INVESTIGATING,
    "调解中": State.MEDIATING,
    "已答复": State.ANSWERED,
    "已办结": State.CLOSED,
    "申请核查": State.REVIEWING,
    "不予受理": State.DECLINED,
    "已撤回": State.WITHDRAWN,
}

# What other systems call a channel is often a source as well.
CHANNELS: Mapping[str, tuple[Channel, Source]] = {
    "电话": (Channel.PHONE, Source.DIRECT),
    "来电": (Channel.PHONE, Source.DIRECT),
    "来信": (Channel.LETTER, Source.DIRECT),
    "信函": (Channel.LETTER, Source.DIRECT),
    "来访": (Channel.VISIT, Source.DIRECT),
    "网络": (Channel.WEB, Source.DIRECT),
    "网站": (Channel.WEB, Source.DIRECT),
    "邮件": (Channel.EMAIL, Source.DIRECT),
    "电子邮件": (Channel.EMAIL, Source.DIRECT),
    "传真": (Channel.FAX, Source.DIRECT),
    "APP": (Channel.APP, Source.DIRECT),
    "手机应用": (Channel.APP, Source.DIRECT),
    "12378转办": (Channel.TRANSFER, Source.HOTLINE),
    "信访转办": (Channel.TRANSFER, Source.PETITION),
    "人民银行转办": (Channel.TRANSFER, Source.PBC),
    "监管转办": (Channel.TRANSFER, Source.REGULATOR),
}

_KNOWN = frozenset(
    [
        "number",
        "title",
        "filed",
        "state",
        "category",
        "channel",
        "org",
        "complainant",
        "id_no",
        "phone",
        "amount",
        "contract",
        "documents",
        "closed_on",
    ]
)
_LONGEST_TEXT = 20_000_000
# Characters, as in the forms of the office and the columns behind them. Longer titles are cut, numbers judged later.
_LONGEST = {"complainant": 120, "org": 120, "id_no": 40, "phone": 40, "contract": 80, "category": 40, "name": 200}


@dataclass(frozen=True)
class ImportedDocument:
    """A document of a line: its text, or the path of its file below the folder of files."""

    name: str
    kind: str
    text: str | None = None
    path: str = ""


@dataclass(frozen=True)
class Line:
    """A readable line. `category` is a word, not yet a code."""

    legacy: Legacy
    category: str
    documents: tuple[ImportedDocument, ...]


def read(text: str) -> Line:
    """Return what a line says. Raises BadInput with a problem for everything wrong with it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("import.json", reason=str(error)[:120]) from None
    if not storable(data):
        raise BadInput("input.text")
    if not isinstance(data, dict):
        raise BadInput("import.json", reason="not an object")
    problems: list[Problem] = []
    take = _Taker(data, problems)
    number = take.text("number", required=True)
    title = take.text("title", required=True)
    filed = take.day("filed", required=True)
    state = take.one_of("state", STATES)
    closed_on = take.day("closed_on")
    amount = take.amount("amount")
    channel_word = take.text("channel")
    channel, source = CHANNELS.get(channel_word, (Channel.OTHER, Source.DIRECT))
    documents = take.documents()
    custom = {key: value for key, value in data.items() if key not in _KNOWN}
    if channel is Channel.OTHER and channel_word:
        custom["channel"] = channel_word
    party = PartyValue(name=take.text("complainant"), id_number=take.text("id_no"), phone=take.text("phone"))
    respondent, contract, category = take.text("org"), take.text("contract"), take.text("category")
    if problems or filed is None or state is None:
        raise BadInput("input.bad", problems)
    moment = datetime.combine(filed, time(), SHANGHAI)
    complaint = Complaint(
        title=title[:200],
        received_at=moment,
        channel=channel,
        source=source,
        parties=(party,) if party.name or party.id_number or party.phone else (),
        respondent=respondent,
        amount=amount,
        contract_no=contract,
        custom=custom,
    )
    return Line(Legacy(number, complaint, state, moment, closed_on), category, documents)


@dataclass
class _Taker:
    """Takes values out of a line's object, noting what is wrong with each."""

    data: Mapping[str, Any]
    problems: list[Problem]

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.data.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.problems.append(Problem("import.type", key, {"wanted": "text"}))
            return ""
        value = value.replace("\x00", "").strip()
        if required and not value:
            self.problems.append(Problem("input.required", key))
        if len(value) > (most := _LONGEST.get(key, len(value))):
            self.problems.append(Problem("input.long", key, {"most": most}))
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self.text(key, required=required)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value).date()
            if not 1900 <= found.year <= 2200:
                raise ValueError(value)
            return found
        except ValueError:
            self.problems.append(Problem("input.date", key))
            return None

    def one_of(self, key: str, known: Mapping[str, State]) -> State | None:
        value = self.text(key, required=True)
        if value and value not in known:
            self.problems.append(Problem("import.state", key, {"known": "、".join(known)}))
        return known.get(value)

    def amount(self, key: str) -> Decimal | None:
        value = self.text(key)
        try:
            amount = Decimal(value.replace(",", "")) if value else None
        except InvalidOperation:
            self.problems.append(Problem("input.number", key))
            return None
        if amount is not None and not (amount.is_finite() and 0 <= amount < Decimal(10) ** 14):
            self.problems.append(Problem("input.number", key))
            return None
        return amount

    def documents(self) -> tuple[ImportedDocument, ...]:
        found = self.data.get("documents") or []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            self.problems.append(Problem("import.type", "documents", {"wanted": "list"}))
            return ()
        return tuple(self._document(one, f"documents.{at}") for at, one in enumerate(found))

    def _document(self, data: Mapping[str, Any], at: str) -> ImportedDocument:
        inner = _Taker(data, [])
        name, kind, path = inner.text("name", required=True), inner.text("kind"), inner.text("path")
        text = data.get("text")
        if (text is None) == (not path) or not isinstance(text, str | None):
            inner.problems.append(Problem("import.content"))
        elif text is not None and len(text) > _LONGEST_TEXT:
            inner.problems.append(Problem("input.long", "text", {"most": _LONGEST_TEXT}))
        self.problems.extend(
            Problem(one.code, f"{at}.{one.field}" if one.field else at, one.facts) for one in inner.problems
        )
        return ImportedDocument(name, kind, text, path)

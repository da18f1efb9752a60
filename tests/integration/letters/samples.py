"""Facts to try letters with: as shipped, bare, very long, with names out of rare characters."""

import copy
import json
from typing import Any

from archive.letters.kinds import FieldType, kind
from archive.letters.paths import LETTERS

RARE = "喆垚𬎆䶮"
KEPT = (
    "office.self",
    "complaint.accepted_on",
    "refusal.proceeding",
)  # optional in general, not with the rest of the example
FILLER = (
    "经查阅开户协议、收费公示、扣收凭证及网点监控录像，并向经办人员、投诉人逐一核实，双方对扣收时间、金额没有争议，"
    "争议集中于收费是否有合同依据、机构是否在扣收前以短信、信函等方式履行了“充分告知”义务。"
)


def example(code: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((LETTERS / code / "example.json").read_text(encoding="utf-8"))
    return loaded


def bare(code: str) -> dict[str, Any]:
    """Only what is required, without seal, attachments and copies."""
    facts: dict[str, Any] = {}
    for field in kind(code).fields:
        value = _get(example(code), field.path)
        if field.path == "seal":
            value = False
        elif not field.required and field.path not in KEPT:
            continue
        if value is not None:
            _put(facts, field.path, copy.deepcopy(value))
    return facts


def long(code: str) -> dict[str, Any]:
    """Long texts and lists drawn out, rare characters in names, attachments and copies where the kind has them."""
    facts = json.loads(json.dumps(example(code), ensure_ascii=False).replace("王建国", RARE))
    for field in kind(code).fields:
        value = _get(facts, field.path)
        if field.type is FieldType.LONG:
            text = (str(value or "") + FILLER * 6)[: min(field.most, 900)]
            _put(facts, field.path, text)
        elif (
            field.type is FieldType.LIST
            and value
            and field.path not in ("cc", "mediation.mediators", "receipt.servers")
        ):
            _put(
                facts,
                field.path,
                [*value, *(f"{FILLER[:40]}（第{n}项）" for n in range(min(field.most - len(value), 14)))],
            )
        elif field.type is FieldType.TABLE and value and field.path != "attachments":
            _put(facts, field.path, (value * 40)[: min(field.most, 45 if field.path in ("items", "materials") else 6)])
    if kind(code).field("cc"):
        facts["cc"] = [
            "中国人民银行滨江市分行",
            "国家金融监督管理总局滨江监管分局",
            "滨江市银行业协会",
            "滨江市消费者协会",
        ]
        facts["attachments"] = [{"name": f"{RARE}提交的证明材料之{n}", "copies": 1, "pages": n} for n in range(1, 4)]
    return facts


def _get(facts: dict[str, Any], path: str) -> Any:
    found: Any = facts
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _put(facts: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for part in parents:
        facts = facts.setdefault(part, {})
    facts[last] = value

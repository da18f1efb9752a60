"""Templates: versioned data, blocks with fields, conditions and lists. Default ones lie in templates/letters/<kind>/.

A published version never changes; whoever stores templates keeps `digest` with each letter made from them.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import yaml

from archive.letters import laws
from archive.letters.content import Style
from archive.letters.kinds import kind
from archive.letters.laws import Basis
from archive.letters.paths import LETTERS

MOST_WORD = 5_000_000  # bytes of a template edited in Word


class BlockKind(StrEnum):
    """What a template's block becomes: a paragraph of a style, part of a table, an annex, or control of the others."""

    BODY = Style.BODY.value
    HEADING_1 = Style.HEADING_1.value
    HEADING_2 = Style.HEADING_2.value
    FLUSH = Style.FLUSH.value
    CENTRE = Style.CENTRE.value
    RIGHT = Style.RIGHT.value
    CAPTION = Style.CAPTION.value
    CUT = Style.CUT.value
    TABLE = "table"  # 序号 3｜材料名称 13: headings and widths
    ROW = "row"  # cells parted by ｜
    TALL = "tall"  # a row at least three lines high
    TALLER = "taller"  # at least seven
    ANNEX = "annex"  # begins an annex with this title
    LOGIC = "logic"  # {% if … %}, {% for … %} and their ends, on a line of their own
    REMEDIES = "remedies"  # the ways of redress, from _shared/remedies.yaml


@dataclass(frozen=True)
class TemplateBlock:
    """One block: its kind and its text with fields."""

    kind: BlockKind
    text: str


@dataclass(frozen=True)
class Template:
    """One version of a kind's template. Texts hold fields in double braces.

    Version 0 is the shipped one. `redress` holds the ways of redress by occasion, as they read at the time.
    """

    kind: str
    version: int
    title: str
    blocks: tuple[TemplateBlock, ...]
    basis: tuple[Basis, ...] = ()
    addressee: str = ""
    note: str = ""
    redress: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def mark(self) -> str:
        """The name kept with each letter: inquiry@3; what ships may change with the programme: inquiry@0.5e884898."""
        return f"{self.kind}@{self.version}" if self.version else f"{self.kind}@0.{self.digest[:8]}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, by which a letter's template can be proved unchanged."""
        whole = json.dumps([self.kind, self.version, as_data(self)], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def as_data(template: Template) -> dict[str, Any]:
    """Return a template's content as JSON keeps it; `build` reads it back."""
    return {
        "title": template.title,
        "addressee": template.addressee,
        "note": template.note,
        "blocks": [{block.kind.value: block.text} for block in template.blocks],
        "basis": [
            {"law": one.law, "title": one.title, "number": one.number, "articles": one.articles}
            for one in template.basis
        ],
        "redress": {occasion: list(lines) for occasion, lines in template.redress},
    }


def default(code: str) -> Template:
    """Return the template shipped for a kind. Raises NotFound for an unknown kind."""
    return _default(kind(code).code)


@cache
def _default(code: str) -> Template:
    raw = yaml.safe_load((LETTERS / code / "template.yaml").read_text(encoding="utf-8"))
    return build(raw, code, version=0)


def build(raw: Mapping[str, Any], code: str, version: int) -> Template:
    """Return the template in a mapping without looking for faults; `template_check.parse` does.

    Raises KeyError, ValueError, TypeError or AttributeError when the mapping has another form.
    """
    blocks = tuple(
        TemplateBlock(BlockKind(name), tidy(str(text))) for one in raw["blocks"] for name, text in one.items()
    )
    return Template(
        kind=code,
        version=version,
        title=tidy(str(raw["title"])),
        blocks=blocks,
        basis=tuple(_basis(one) for one in raw.get("basis", ())),
        addressee=tidy(str(raw.get("addressee", ""))),
        note=tidy(str(raw.get("note", ""))),
        redress=_redress(blocks, raw.get("redress")),
    )


def _basis(one: Mapping[str, Any]) -> Basis:
    if "title" in one:
        return Basis(str(one["law"]), str(one["title"]), str(one.get("number", "")), str(one.get("articles", "")))
    law = laws.shipped()[one["law"]]
    return Basis(law.code, law.title, law.number, str(one.get("articles", "")))


def _redress(
    blocks: tuple[TemplateBlock, ...], given: Mapping[str, list[str]] | None
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the ways of redress the blocks ask for: as given, else as they read today."""
    known = laws.remedies() if given is None else given
    wanted = dict.fromkeys(block.text.strip() for block in blocks if block.kind is BlockKind.REMEDIES)
    return tuple((occasion, tuple(known[occasion])) for occasion in wanted if occasion in known)


# Marks between blocks in one source; facts and templates are cleaned of control characters, so none can be forged.
BLOCK, TEXT, CELL = "\x1e", "\x1f", "\x1d"
CELL_MARK = "｜"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028-\u202e\ufeff]")


def tidy(text: str) -> str:
    """Return a template's text without control characters, its line ends as \\n."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def source(template: Template) -> str:
    """Return all blocks as one text to fill, so that a condition or list may span several."""
    parts = []
    for block in template.blocks:
        if block.kind is BlockKind.LOGIC:
            parts.append(block.text.strip())
        else:
            text = block.text
            if block.kind in (BlockKind.ROW, BlockKind.TALL, BlockKind.TALLER):
                text = text.replace(CELL_MARK, CELL)
            parts.append(f"{BLOCK}{block.kind.value}{TEXT}{text}")
    return "".join(parts)

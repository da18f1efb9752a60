"""Templates: versioned data, blocks with fields, conditions and lists. Default ones lie in templates/letters/<kind>/.

A published version never changes; whoever stores templates keeps `digest` with each letter made from them.
"""

import difflib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

import yaml

from archive.core.errors import BadInput, Problem
from archive.letters import sandbox
from archive.letters.content import Style
from archive.letters.kinds import Kind, kind
from archive.letters.paths import LETTERS, SHARED


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
class Law:
    """A text letters rest on, and when it was in force."""

    code: str
    title: str
    number: str
    begins: date
    ends: date | None
    successor: str = ""

    def in_force(self, on: date) -> bool:
        return self.begins <= on and (self.ends is None or on <= self.ends)


@dataclass(frozen=True)
class Basis:
    """A law a template cites, with the articles in words."""

    law: Law
    articles: str = ""

    def __str__(self) -> str:
        number = f"（{self.law.number}）" if self.law.number else ""
        return f"《{self.law.title}》{number}{self.articles}"


@dataclass(frozen=True)
class Template:
    """One version of a kind's template. Texts hold fields in double braces."""

    kind: str
    version: int
    title: str
    blocks: tuple[TemplateBlock, ...]
    basis: tuple[Basis, ...] = ()
    addressee: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """The short name kept with each letter: inquiry@1."""
        return f"{self.kind}@{self.version}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the content, by which a letter's template can be proved unchanged."""
        content = [self.kind, self.version, self.title, self.addressee, self.note, list(map(str, self.basis))]
        whole = json.dumps([*content, [[b.kind.value, b.text] for b in self.blocks]], ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()


def default(code: str) -> Template:
    """Return the template shipped for a kind. Raises NotFound for an unknown kind."""
    return _default(kind(code).code)


@cache
def _default(code: str) -> Template:
    raw = yaml.safe_load((LETTERS / code / "template.yaml").read_text(encoding="utf-8"))
    return parse(raw, kind(code))


def parse(raw: Mapping[str, Any], of: Kind) -> Template:
    """Return the template in a mapping as YAML gives it. Raises BadInput with everything that is wrong."""
    try:
        made = Template(
            kind=of.code,
            version=int(raw["version"]),
            title=str(raw["title"]),
            blocks=tuple(
                TemplateBlock(BlockKind(name), str(text)) for one in raw["blocks"] for name, text in one.items()
            ),
            basis=tuple(Basis(laws()[one["law"]], one.get("articles", "")) for one in raw.get("basis", ())),
            addressee=str(raw.get("addressee", "")),
            note=str(raw.get("note", "")),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadInput("template.malformed", reason=str(error)) from error
    check(made, of)
    return made


def check(template: Template, of: Kind) -> None:
    """Raise BadInput listing every fault of a template: syntax, forbidden means, fields the kind does not have."""
    problems = [
        Problem(code, place, {"word": word})
        for place, text in {"title": template.title, "addressee": template.addressee, "note": template.note}.items()
        for code, word in sandbox.faults(text, of)
    ]
    problems += [Problem(code, "blocks", {"word": word}) for code, word in sandbox.faults(source(template), of)]
    if not template.blocks:
        problems.append(Problem("template.empty", "blocks"))
    if problems:
        raise BadInput("template.faulty", problems)


# Marks between blocks in one source; facts are cleaned of control characters, so none can be forged.
BLOCK, TEXT, CELL = "\x1e", "\x1f", "\x1d"
CELL_MARK = "｜"


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


@dataclass(frozen=True)
class Change:
    """One difference between two versions: blocks taken out and put in; either may be empty."""

    old: tuple[TemplateBlock, ...]
    new: tuple[TemplateBlock, ...]


def difference(old: Template, new: Template) -> tuple[Change, ...]:
    """Return what differs between two versions, in order; title, addressee and note count as blocks."""
    before, after = _as_blocks(old), _as_blocks(new)
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    return tuple(
        Change(tuple(before[a:b]), tuple(after[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )


def _as_blocks(template: Template) -> list[TemplateBlock]:
    heads = [(BlockKind.CENTRE, template.title), (BlockKind.FLUSH, template.addressee)]
    return [
        *(TemplateBlock(style, text) for style, text in heads),
        *template.blocks,
        TemplateBlock(BlockKind.FLUSH, template.note),
        *(TemplateBlock(BlockKind.FLUSH, str(one)) for one in template.basis),
    ]


@cache
def laws() -> dict[str, Law]:
    """Return the texts letters rest on, by code, from _shared/laws.yaml."""
    raw = yaml.safe_load((SHARED / "laws.yaml").read_text(encoding="utf-8"))
    return {
        code: Law(code, one["title"], one.get("number", ""), one["begins"], one.get("ends"), one.get("successor", ""))
        for code, one in raw.items()
    }


@cache
def remedies() -> dict[str, tuple[str, ...]]:
    """Return the ways of redress, by occasion, from _shared/remedies.yaml."""
    raw = yaml.safe_load((SHARED / "remedies.yaml").read_text(encoding="utf-8"))
    return {occasion: tuple(texts) for occasion, texts in raw.items()}

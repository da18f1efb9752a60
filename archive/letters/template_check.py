"""What is wrong with a template, block by block, in words a clerk understands: everything at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.core.errors import BadInput, Problem
from archive.letters import sandbox
from archive.letters.kinds import Kind
from archive.letters.templates import CELL_MARK, BlockKind, Template, TemplateBlock, build

MOST_BLOCKS, MOST_TEXT, MOST_COLUMNS = 400, 6000, 12
MOST_HEAD = 400  # of title, addressee and what is set like a title: their lines are broken one by one
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
_WORD_OF_TAG = re.compile(r"\{%-?\s*(\w+)")
_COLUMN = re.compile(r"^(?:\S.*\s)?(\d+(?:\.\d+)?)$")
_ROWS = (BlockKind.ROW, BlockKind.TALL, BlockKind.TALLER)


def parse(raw: Mapping[str, Any], of: Kind, version: int = 0) -> Template:
    """Return the template in a mapping as YAML or JSON gives it. Raises BadInput with everything that is wrong."""
    try:
        made = build(raw, of.code, version)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadInput("template.malformed", reason=str(error)) from error
    check(made, of)
    return made


def check(template: Template, of: Kind) -> None:
    """Raise BadInput listing every fault; a problem's field is `title`, `addressee`, `note` or `block-3`."""
    problems = list(problems_of(template, of))
    if problems:
        raise BadInput("template.faulty", problems)


def problems_of(template: Template, of: Kind) -> Iterator[Problem]:
    """Yield every fault: syntax, forbidden means, fields the kind does not have, tables that do not fit."""
    for place, text in {"title": template.title, "addressee": template.addressee, "note": template.note}.items():
        faulty = [Problem(code, place, {"place": "", "word": word}) for code, word in _of_text(text, MOST_HEAD)]
        yield from faulty or (_problem(one, place, "") for one in sandbox.faults(text, of))
    if not template.title.strip():
        yield Problem("template.no_title", "title")
    if not template.blocks:
        yield Problem("template.empty", "blocks")
    if len(template.blocks) > MOST_BLOCKS:
        yield Problem("template.too_many_blocks", "blocks", {"most": MOST_BLOCKS})
        return
    single = [*_singly(template), *_pairs(template.blocks), *_tables(template.blocks)]
    yield from single
    # Only a source that can be parsed as a whole tells which fields its blocks read.
    if not single:
        yield from _together(template.blocks, of)


def _at(number: int, code: str, **facts: Any) -> Problem:
    return Problem(code, f"block-{number}", {"place": f"第 {number} 块：", **facts})


def _problem(fault: sandbox.Fault, field: str, place: str) -> Problem:
    return Problem(fault.code, field, {"place": place, "word": fault.word})


def _of_text(text: str, most: int = MOST_TEXT) -> Iterator[tuple[str, str]]:
    """Yield what keeps one text by itself from being read: brackets, tags, length."""
    if len(text) > most:
        yield "template.long_text", str(most)
        return
    rest = _TAG.sub("", text)
    if any(mark in rest for mark in ("{{", "}}", "{%", "%}", "{#", "#}")):
        yield "template.braces", _around(rest)
        return
    unpaired = [(code, word) for _, code, word in _unpaired((0, tag) for tag in _TAG.findall(text))]
    yield from unpaired or (("template.syntax", tag) for tag in _unreadable(text))


def _unpaired(tags: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str, str]]:
    """Yield conditions and lists that are not closed, or closed without having been opened: number, code, word."""
    waiting: list[tuple[int, str]] = []
    for number, tag in tags:
        word = _word(tag)
        if word in ("if", "for"):
            waiting.append((number, word))
        elif word in ("endif", "endfor"):
            if not waiting or f"end{waiting[-1][1]}" != word:
                yield number, "template.unpaired", tag
                return
            waiting.pop()
        elif word in ("else", "elif") and not waiting:
            yield number, "template.unpaired", tag
    for number, word in waiting:
        yield number, "template.unclosed", f"{{% {word} … %}}"


def _unreadable(text: str) -> Iterator[str]:
    """Yield the tags that cannot be read, each tried by itself; the whole text when none alone is to blame."""
    if not sandbox.readable(text):
        bad = [tag for tag in _TAG.findall(text) if not sandbox.readable(_completed(tag))]
        yield from bad or [text[:40]]


def _completed(tag: str) -> str:
    """Return a tag with what closes it, so that it can be read alone."""
    word = _word(tag)
    if word in ("if", "for"):
        return f"{tag}{{% end{word} %}}"
    if word in ("elif", "else"):
        return f"{{% if x %}}{tag}{{% endif %}}"
    if word in ("endif", "endfor"):
        return f"{{% {word.removeprefix('end')} {'x in y' if word == 'endfor' else 'x'} %}}{tag}"
    return tag


def _word(tag: str) -> str:
    found = _WORD_OF_TAG.match(tag)
    return found[1] if found else ""


def _around(text: str) -> str:
    at = min(at for mark in ("{{", "}}", "{%", "%}", "{#", "#}") if (at := text.find(mark)) >= 0)
    return text[max(0, at - 6) : at + 14]


def _singly(template: Template) -> Iterator[Problem]:
    """Yield what is wrong with each block by itself."""
    redress = dict(template.redress)
    for number, block in enumerate(template.blocks, start=1):
        if block.kind is BlockKind.LOGIC:
            if not block.text.strip() or _TAG.sub("", block.text).strip() or "{{" in block.text:
                yield _at(number, "template.not_logic", word=block.text.strip()[:40])
        elif block.kind is BlockKind.REMEDIES:
            if block.text.strip() not in redress:
                yield _at(number, "template.no_redress", word=block.text.strip()[:40])
        else:
            most = MOST_HEAD if block.kind in (BlockKind.CAPTION, BlockKind.ANNEX) else MOST_TEXT
            yield from (_at(number, code, word=word) for code, word in _of_text(block.text, most))
            if block.kind is not BlockKind.CUT and not block.text.strip():
                yield _at(number, "template.blank")


def _pairs(blocks: tuple[TemplateBlock, ...]) -> Iterator[Problem]:
    """Yield what is wrong with the control blocks: pairs that do not match, tags that cannot be read."""
    tags = [
        (number, tag)
        for number, block in enumerate(blocks, start=1)
        if block.kind is BlockKind.LOGIC
        for tag in _TAG.findall(block.text)
    ]
    yield from (_at(number, code, word=word) for number, code, word in _unpaired(tags))
    for number, tag in tags:
        if not sandbox.readable(_completed(tag)):
            yield _at(number, "template.syntax", word=tag)


def _tables(blocks: tuple[TemplateBlock, ...]) -> Iterator[Problem]:
    """Yield tables whose columns cannot be read, and rows without a table or with more cells than it has columns."""
    columns = 0
    for number, block in enumerate(blocks, start=1):
        if block.kind is BlockKind.TABLE:
            parts = [part.strip() for part in block.text.split(CELL_MARK)]
            widths = [float(found[1]) if (found := _COLUMN.match(part)) else 0.0 for part in parts]
            if min(widths) <= 0 or "{" in block.text:
                yield _at(number, "template.bad_columns", word=block.text[:40])
            if len(parts) > MOST_COLUMNS:
                yield _at(number, "template.too_many_columns", most=MOST_COLUMNS)
            columns = len(parts)
        elif block.kind in _ROWS:
            cells = len(_TAG.sub("", block.text).split(CELL_MARK))
            if not columns:
                yield _at(number, "template.row_alone")
            elif cells > columns:
                yield _at(number, "template.too_many_cells", columns=columns, cells=cells)
        elif block.kind is not BlockKind.LOGIC:
            columns = 0


def _together(blocks: tuple[TemplateBlock, ...], of: Kind) -> Iterator[Problem]:
    """Yield what only shows when all blocks are read as one: fields of lists, means that are forbidden."""
    texts = ["" if block.kind is BlockKind.REMEDIES else block.text for block in blocks]
    lines = [number for number, text in enumerate(texts, start=1) for _ in text.split("\n")]
    for one in sandbox.faults("\n".join(texts), of):
        number = lines[min(one.line, len(lines)) - 1]
        yield _problem(one, f"block-{number}", f"第 {number} 块：")

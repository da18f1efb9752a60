"""Facts and a template -> Letter. Pure: no clock, no database, no fonts but their widths."""

from collections.abc import Iterator, Mapping
from typing import Any

from archive.letters import sandbox, templates, typeset, wording
from archive.letters.content import Annex, Block, Column, Letter, Paragraph, Row, Style, Table
from archive.letters.facts import Facts, get
from archive.letters.kinds import Addressee, FieldType, Kind, kind
from archive.letters.templates import BLOCK, CELL, TEXT, BlockKind, Template

LINES = {BlockKind.ROW: 1, BlockKind.TALL: 3, BlockKind.TALLER: 7}
TO_FILL = "【待填"
ASCII_SPACE = " \t\n"  # a leading 　 may be meant: room to write a date


def compose(code: str, facts: Facts, template: Template | None = None) -> Letter:
    """Return the letter of a kind. Facts not given stand in it as 【待填：…】; `preflight` tells what forbids issue.

    Raises NotFound for an unknown kind.
    """
    of = kind(code)
    template = template or templates.default(code)
    addressee = addressee_class(of, facts)
    said = wording.words(of, facts, addressee)
    values = sandbox.with_blanks(of, said)
    values["basis"] = "、".join(map(str, template.basis))
    main, annexes = _split(_blocks(template, values))
    cut = next(
        (at for at, block in enumerate(main) if isinstance(block, Paragraph) and block.style is Style.CUT), len(main)
    )
    office = str(values["office"]["name"])
    attachments = (*(annex.title for annex in annexes), *map(_attachment, said.get("attachments") or ()))
    return Letter(
        kind=of.code,
        form=of.form,
        template=template.mark,
        office=office,
        number=str(values["number"]) if of.series else "",
        title=typeset.break_title(sandbox.fill(template.title, values), keep=tuple(_names(of, said))),
        blocks=tuple(main[:cut]),
        secrecy=said.get("secrecy") or "",
        urgency=said.get("urgency") or "",
        addressee=sandbox.fill(template.addressee, values),
        attachments=attachments,
        signer=(said.get("signer") or office) if of.signed else "",
        date=str(values["date"]) if of.signed else "",
        seal=said.get("seal") is not False,
        note=sandbox.fill(template.note, values),
        copies=tuple(said.get("cc") or ()),
        stub=tuple(main[cut:]),
        annexes=tuple(annexes),
        landscape=of.landscape,
        page_numbers=of.page_numbers,
    )


def addressee_class(of: Kind, facts: Facts) -> Addressee:
    """Return to whom the letter goes: what the facts say, if it is a class at all, else the kind's first."""
    said = get(facts, "addressee.class")
    return Addressee(said) if said in tuple(Addressee) else of.addressees[0]


def unfilled(letter: Letter) -> list[str]:
    """Return every place of a letter that still shows 【待填：…】."""
    return [text for text in texts(letter) if TO_FILL in text]


def texts(letter: Letter) -> Iterator[str]:
    """Yield every text of a letter in the order in which it is read."""
    yield from (letter.office, letter.secrecy, letter.urgency, letter.number, *letter.title, letter.addressee)
    yield from _block_texts(letter.blocks)
    yield from (*letter.attachments, letter.signer, letter.date, letter.note)
    yield from _block_texts(letter.stub)
    for annex in letter.annexes:
        yield annex.title
        yield from _block_texts(annex.blocks)
    yield from letter.copies


def _block_texts(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            yield from (column.label for column in block.columns)
            yield from (cell for row in block.rows for cell in row.cells)
        else:
            yield block.text


def _names(of: Kind, said: Mapping[str, Any]) -> Iterator[str]:
    """Yield names that a title must not tear apart."""
    for field in of.fields:
        if field.type in (FieldType.NAME, FieldType.TEXT) and field.path.endswith(("name", "respondent")):
            value = get(said, field.path)
            if isinstance(value, str):
                yield value


def _attachment(row: Mapping[str, Any]) -> str:
    counts = [f"{row[name]}{unit}" for name, unit in (("copies", "份"), ("pages", "页")) if row.get(name)]
    return f"{row['name'] or '【待填：附件名称】'}{'（' + '，'.join(counts) + '）' if counts else ''}"


def _blocks(template: Template, values: Mapping[str, Any]) -> Iterator[tuple[BlockKind, str]]:
    """Yield the filled blocks; the ways of redress in place of their mark."""
    redress = dict(template.redress)
    for part in sandbox.fill(templates.source(template), values).split(BLOCK)[1:]:
        name, _, text = part.partition(TEXT)
        if name == BlockKind.REMEDIES:
            for remedy in redress[text.strip()]:
                yield BlockKind.BODY, remedy
        else:
            yield BlockKind(name), text.strip(ASCII_SPACE)


def _split(parts: Iterator[tuple[BlockKind, str]]) -> tuple[list[Block], list[Annex]]:
    """Return the blocks of the letter itself and its annexes, rows gathered into their tables."""
    main: list[Block] = []
    annexes: list[tuple[str, list[Block]]] = []
    for name, text in parts:
        into = annexes[-1][1] if annexes else main
        if name is BlockKind.ANNEX:
            annexes.append((text, []))
        elif name is BlockKind.TABLE:
            into.append(Table(tuple(_columns(text)), ()))
        elif name in LINES:
            table = into[-1] if into and isinstance(into[-1], Table) else Table((Column(1),), ())
            cells = tuple(cell.strip(ASCII_SPACE) for cell in text.split(CELL))[: len(table.columns)]
            into[-1:] = [Table(table.columns, (*table.rows, Row(cells, LINES[name])))]
        elif name is BlockKind.CUT:
            into.append(Paragraph(Style.CUT, ""))
        elif name is BlockKind.CAPTION:
            into += [Paragraph(Style.CAPTION, line) for line in typeset.break_title(text)]
        else:
            into += [Paragraph(Style(name.value), line.strip()) for line in text.split("\n") if line.strip()]
    return main, [Annex(title, tuple(blocks)) for title, blocks in annexes]


def _columns(text: str) -> Iterator[Column]:
    """Yield the columns of 序号 3｜材料名称 13: a heading, which may be absent, and a width."""
    for part in text.split(templates.CELL_MARK):
        label, _, width = part.strip().rpartition(" ")
        yield Column(float(width), label.strip())

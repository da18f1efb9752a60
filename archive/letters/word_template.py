"""A template in Word and back. Down: paragraphs in named styles. Up: style and text of each, never its layout.

An uploaded file is hostile until read: sizes are limited before unpacking, nothing but the text of paragraphs and
tables is taken, and what comes of it passes the same check as a template typed in the browser.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn
from lxml import etree

from archive.core.errors import BadInput
from archive.letters import docx_styles as ds
from archive.letters import geometry as g
from archive.letters.docx import steady
from archive.letters.kinds import kind
from archive.letters.template_check import parse
from archive.letters.templates import CELL_MARK, MOST_WORD, BlockKind, Template, as_data

MOST_UNPACKED, MOST_MEMBERS, MOST_PARAGRAPHS = 40_000_000, 500, 2000

TITLE, ADDRESSEE, NOTE = ds.TITLE, "模板主送", "模板附注"
NAMES = {
    **{BlockKind(style.value): name for style, name in ds.WORD_NAMES.items()},
    BlockKind.TABLE: "模板表格",
    BlockKind.ROW: "模板表格行",
    BlockKind.TALL: "模板高行",
    BlockKind.TALLER: "模板特高行",
    BlockKind.ANNEX: "模板附件标题",
    BlockKind.LOGIC: ds.LOGIC,
    BlockKind.REMEDIES: "模板救济途径",
}
_KINDS = {name: kind for kind, name in NAMES.items()}
_ACTIVE = re.compile(r"vbaProject|vbaData|/embeddings/|/activeX/|oleObject|/afchunk", re.I)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
# Word turns straight quotes into curly ones while a person types.
# Text moved away while changes were tracked, and what older programmes are to show instead of a text box.
_LEFT_OUT = (qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
_STRAIGHT = str.maketrans("“”„‘’", '"""\'\'')


def to_word(template: Template) -> bytes:
    """Return the template as a Word file to edit; each block is a paragraph in the style that names its kind."""
    document = docx.Document()
    for element in ds.styles(ds.WordFonts(), g.SIZE_TITLE):
        document.styles.element.append(element)
    for name in (ADDRESSEE, NOTE, *(NAMES[one] for one in NAMES if NAMES[one] not in _style_names(document))):
        document.styles.element.append(ds.plain_style(name))
    document.add_paragraph(template.title, style=TITLE)
    document.add_paragraph(template.addressee, style=ADDRESSEE)
    for block in template.blocks:
        document.add_paragraph(block.text, style=NAMES[block.kind])
    document.add_paragraph(template.note, style=NOTE)
    raw = BytesIO()
    document.save(raw)
    return steady(raw)


def from_word(word: bytes, base: Template) -> Template:
    """Return the next version of `base` with title, addressee, note and blocks read from an edited Word file.

    Raises BadInput: not a Word file, too large, or the faults of the template that came out.
    """
    document = _open(word)
    names = {style.style_id: style.name for style in document.styles}
    parts = list(_parts(document.element.body, names))
    if len(parts) > MOST_PARAGRAPHS:
        raise BadInput("template.too_large", most=MOST_PARAGRAPHS)
    heads = {name: " ".join(text for style, text in parts if style == name) for name in (TITLE, ADDRESSEE, NOTE)}
    blocks = [
        {_KINDS.get(style, BlockKind.BODY).value: text}
        for style, text in parts
        if style not in heads and (text.strip() or style == NAMES[BlockKind.CUT])
    ]
    content = {
        "title": heads[TITLE],
        "addressee": heads[ADDRESSEE],
        "note": heads[NOTE],
        "blocks": blocks,
        "basis": as_data(base)["basis"],
    }
    return parse(content, kind(base.kind), base.version + 1)


def _open(word: bytes) -> Any:
    try:
        with zipfile.ZipFile(BytesIO(word)) as package:
            unpacked = sum(member.file_size for member in package.infolist())
            if len(word) > MOST_WORD or unpacked > MOST_UNPACKED or len(package.infolist()) > MOST_MEMBERS:
                raise BadInput("template.too_large", most=f"{MOST_WORD // 1_000_000} MB")
            _refuse_what_acts(package)
        return docx.Document(BytesIO(word))
    except BadInput:
        raise
    except Exception as error:  # whatever a broken or forged package makes the libraries raise
        raise BadInput("template.not_word", reason=type(error).__name__) from error


def _refuse_what_acts(package: zipfile.ZipFile) -> None:
    """Raise BadInput for macros, embedded objects, entities, and parts to be fetched from elsewhere."""
    for name in package.namelist():
        if _ACTIVE.search(name):
            raise BadInput("template.active", part=name.rpartition("/")[2])
        if not name.endswith((".xml", ".rels")):
            continue
        content = package.read(name)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<\0!\0D" in content or b"\0<\0!" in content:
            raise BadInput("template.active", part="DOCTYPE")
        if name.endswith(".rels"):
            for one in etree.fromstring(content):
                kind_of = one.get("Type", "").rpartition("/")[2]
                if one.get("TargetMode") == "External" and kind_of != "hyperlink":
                    raise BadInput("template.active", part=one.get("Target", "")[:60])


def _parts(body: Any, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield style name and text of each paragraph and table row, in order."""
    for element in body:
        if element.tag == qn("w:p"):
            style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            name = names.get(style.get(qn("w:val")), "") if style is not None else ""
            yield name, _text(element)
        elif element.tag == qn("w:tbl"):
            yield from _table(element)
        elif element.tag == qn("w:sdt"):
            yield from _parts(element.find(qn("w:sdtContent")), names)


def _table(table: Any) -> Iterator[tuple[str, str]]:
    """Yield a table drawn in Word as the blocks of a form: widths, then rows."""
    widths = [int(column.get(qn("w:w"), "1") or 1) for column in table.iter(qn("w:gridCol"))] or [1]
    whole = sum(widths)
    yield NAMES[BlockKind.TABLE], CELL_MARK.join(f"{g.CELLS * width / whole:.1f}" for width in widths)
    for row in table.iter(qn("w:tr")):
        cells = [" ".join(_text(p) for p in cell.iter(qn("w:p"))) for cell in row.iter(qn("w:tc"))]
        yield NAMES[BlockKind.ROW], CELL_MARK.join(cells)


def _text(paragraph: Any) -> str:
    """Return a paragraph's text; a field split over several runs is whole again, deleted text stays out."""
    text = "".join(_pieces(paragraph))
    return _TAG.sub(lambda tag: tag[0].translate(_STRAIGHT), text)


def _pieces(element: Any) -> Iterator[str]:
    for node in element:
        if node.tag in _LEFT_OUT:
            continue
        if node.tag == qn("w:t"):
            yield node.text or ""
        elif node.tag in (qn("w:br"), qn("w:cr")):
            yield "\n"
        else:
            yield from _pieces(node)


def _style_names(document: Any) -> set[str]:
    return {style.name for style in document.styles}

"""Letter -> .docx: the same words in the same places as the PDF, for those who must work in Word or WPS.

The same letter gives the same bytes. Measures: archive/letters/geometry.py and typeset.py.
"""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from archive.letters import docx_styles as ds
from archive.letters import geometry as g
from archive.letters import typeset
from archive.letters.content import Block, Form, Letter, Paragraph, Style, Table
from archive.letters.fonts import QUOTES, Fonts, Role, find, ink
from archive.letters.pdf import CELL_PAD, COPIES_PAD, TABLE_GAP, declaration, number_gap
from archive.letters.seal_picture import Seal

# Where Word and LibreOffice put the baseline in a row of exact height, as a part of the row.
EXACT_BASELINE = 0.8
DATE_SPACE = 0.225  # em between Chinese and digits of the date: Word draws 0.25, LibreOffice 0.2
OPTICAL_CENTRE = 0.3  # of the type size: how far the baseline of a centred row lies under the row's middle
FIXED_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # in place of the hour of making, so that bytes depend on content alone


def render(
    letter: Letter, fonts: Fonts | None = None, names: ds.WordFonts | None = None, seal: Seal | None = None
) -> bytes:
    """Return the letter as a Word file."""
    return _Writer(letter, fonts or find(), names or ds.WordFonts(), seal).write()


class _Writer:
    """Writes one letter from top to bottom."""

    def __init__(self, letter: Letter, fonts: Fonts, names: ds.WordFonts, seal: Seal | None) -> None:
        self.letter, self.fonts = letter, fonts
        self.seal = seal if letter.takes_seal else None
        self.head = typeset.head(letter.office, fonts.stacks[Role.TITLE][0]) if letter.form is Form.LETTER else None
        self.width = g.SIDE_WIDTH if letter.landscape else g.AREA_WIDTH
        self.doc: Document = docx.Document()
        for element in ds.styles(names, self.head.mark_pt if self.head else g.SIZE_TITLE):
            self.doc.styles.element.append(element)
        for part in self.doc.part.package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                part._blob = ds.font_table(names)
        self.after_table = False

    def write(self) -> bytes:
        self._page()
        self._top()
        letter = self.letter
        if letter.addressee:
            self._line(f"{letter.addressee}：", "函件顶格")
        self._blocks(letter.blocks)
        self._attachments()
        self._signature()
        if letter.note:
            self._line(f"（{letter.note}）", "函件正文").paragraph_format.keep_together = True
        self._blocks(letter.stub)
        for number, annex in enumerate(letter.annexes, start=1):
            mark = self._line("附件" + (str(number) if len(letter.attachments) > 1 else ""), "函件一级标题")
            mark.paragraph_format.page_break_before = True
            mark.paragraph_format.first_line_indent = Mm(0)
            title = self._lines(typeset.break_title(annex.title), ds.TITLE)
            title.paragraph_format.space_before = title.paragraph_format.space_after = Mm(g.PITCH)
            self._blocks(annex.blocks)
        self._copies()
        return self._save()

    def _page(self) -> None:
        section, letter = self.doc.sections[0], self.letter
        sides = (g.TOP, g.RIGHT, g.BOTTOM, g.LEFT)
        if letter.landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            sides = (g.SIDE_TOP, g.SIDE_RIGHT, g.SIDE_BOTTOM, g.SIDE_LEFT)
        section.page_width = Mm(g.PAGE_HEIGHT if letter.landscape else g.PAGE_WIDTH)
        section.page_height = Mm(g.PAGE_WIDTH if letter.landscape else g.PAGE_HEIGHT)
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, sides)
        section.header_distance = Mm(10)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), str(ds.points(g.PITCH_PT)))
        section.different_first_page_header_footer = letter.form is Form.LETTER
        if letter.page_numbers:
            self._page_numbers(sides[2])
        self._rules()

    def _page_numbers(self, bottom: float) -> None:
        section = self.doc.sections[0]
        self.doc.settings.odd_and_even_pages_header_footer = True
        above, _ = ink(self.fonts.stacks[Role.SONG][0], "—")
        line = g.SIZE_FOOT * g.PT
        # From the foot of the page to the foot of the number's line: the dash hangs 7 mm under the type area.
        section.footer_distance = Mm(bottom - g.PAGE_NUMBER_GAP - (1 - EXACT_BASELINE + above) * line)
        for footer, align in (
            (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
        ):
            paragraph = footer.paragraphs[0]
            paragraph.style = self.doc.styles[ds.PAGE_NUMBER]
            paragraph.alignment = align
            paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(g.CELL)
            for run in ds.page_field():
                paragraph._p.append(run)

    def _rules(self) -> None:
        if not self.head:
            return
        thick, space, thin = (part * g.PT for part in (g.RULE_THICK_PT, g.RULE_SPACE_PT, g.RULE_THIN_PT))
        first, foot = self.head.rule_top, g.PAGE_HEIGHT - g.RULE_FOOT - g.RULE_HEIGHT
        bars = ((first, thick), (first + thick + space, thin), (foot, thin), (foot + thin + space, thick))
        holder = self.doc.sections[0].first_page_header.paragraphs[0]
        for number, (top, height) in enumerate(bars, start=1):
            holder._p.append(ds.bar(number, top, height))

    def _top(self) -> None:
        letter = self.letter
        if self.head:
            mark = self._line(letter.office, ds.MARK)
            above_baseline = EXACT_BASELINE * self.head.mark_pt * g.PT
            frame = ds.frame(width=g.RULE_WIDTH, top=self.head.mark_baseline - above_baseline)
            mark._p.get_or_add_pPr().insert(1, frame)
            left = "　".join(part for part in (letter.secrecy, letter.urgency) if part)
            number = self._line(f"{left}\t{letter.number}" if left else letter.number, ds.NUMBER)
            if left:
                number.alignment = WD_ALIGN_PARAGRAPH.LEFT
                number.paragraph_format.tab_stops.add_tab_stop(Mm(g.AREA_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
            number.paragraph_format.space_before = Mm(self.head.number_top - g.TOP - _lower())
            title = self._lines(letter.title, ds.TITLE)
            title.paragraph_format.space_before = Mm(2 * g.PITCH)
            title.paragraph_format.space_after = Mm(g.PITCH)
            return
        if letter.office:
            self._line(letter.office, ds.OFFICE)
        self._lines(letter.title, ds.NAME)
        if letter.number:
            self._line(letter.number, ds.NUMBER).paragraph_format.space_after = Mm(number_gap(letter))

    def _blocks(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            if isinstance(block, Table):
                self._table(block)
            else:
                self._paragraph(block)

    def _paragraph(self, block: Paragraph) -> None:
        self._line(block.text, ds.WORD_NAMES[block.style])

    def _line(self, text: str, style: str) -> WordParagraph:
        paragraph = self.doc.add_paragraph(text, style=style)
        if self.after_table:
            before = paragraph.style.paragraph_format.space_before or Pt(0)  # type: ignore[union-attr]
            paragraph.paragraph_format.space_before = before + Mm(TABLE_GAP)
        self.after_table = False
        return paragraph

    def _lines(self, lines: tuple[str, ...], style: str) -> WordParagraph:
        return self._line("\n".join(lines), style)  # python-docx writes a line break for \n

    def _table(self, block: Table) -> None:
        if self.doc.paragraphs and self.doc.element.body[-2].tag == qn("w:p"):
            above = self.doc.paragraphs[-1].paragraph_format
            above.space_after = Mm(TABLE_GAP)
            above.keep_with_next = not block.is_list or None
        elif self.after_table:
            self._line("", ds.CELL).paragraph_format.line_spacing = Pt(1)
        table = self.doc.add_table(rows=0, cols=len(block.columns))
        table.autofit = False
        properties = table._tbl.tblPr
        properties.append(_borders())
        properties.append(_cell_margins())
        whole = sum(column.width for column in block.columns)
        widths = [self.width * column.width / whole for column in block.columns]
        for grid, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
            grid.set(qn("w:w"), str(ds.twips(width)))
        if block.is_list:
            self._row(table, tuple(column.label for column in block.columns), widths, 1, [ds.HEADING] * len(widths))
            table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in block.rows:
            form = len(row.cells) > 1
            named = [
                ds.ENTRY if block.is_list else ds.CELL_LABEL if form and index % 2 == 0 else ds.CELL
                for index in range(len(row.cells))
            ]
            self._row(table, row.cells, widths, row.lines, named)
            for index, cell in enumerate(table.rows[-1].cells):
                if block.centred(index):
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        self.after_table = True

    def _row(self, table: Any, cells: tuple[str, ...], widths: list[float], lines: int, styles: list[str]) -> None:
        row = table.add_row()
        row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        pitch = g.LIST_PITCH_PT if styles[0] in (ds.ENTRY, ds.HEADING) else g.TABLE_PITCH_PT
        row.height = Mm(lines * pitch * g.PT + 2 * CELL_PAD)
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        drawn = list(row.cells)
        if len(cells) < len(widths):
            drawn = [*drawn[: len(cells) - 1], drawn[len(cells) - 1].merge(drawn[-1])]
        for index, (cell, text, style) in enumerate(zip(drawn, cells, styles, strict=True)):
            cell.width = Mm(widths[index] if index < len(cells) - 1 else sum(widths[index:]))
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            first, *rest = text.split("\n")
            cell.paragraphs[0].style = self.doc.styles[style]
            cell.paragraphs[0].add_run(first)
            for line in rest:
                cell.add_paragraph(line, style=style)

    def _attachments(self) -> None:
        names = self.letter.attachments
        for index, name in enumerate(names, start=1):
            first = index == 1
            number = f"{index}.\t" if len(names) > 1 else ""
            line = self._line(f"{'附件：' if first else ''}{number}{name}", "函件顶格")
            line.alignment = WD_ALIGN_PARAGRAPH.LEFT
            left = 6 if len(names) > 1 else 5
            form = line.paragraph_format
            form.left_indent = Mm(left * g.CELL)
            form.first_line_indent = Mm(-(left - 2 if first else 1) * g.CELL)
            form.tab_stops.add_tab_stop(Mm(left * g.CELL))
            form.keep_with_next = True
            if first and len(self.doc.paragraphs) > 1:
                self.doc.paragraphs[-2].paragraph_format.keep_with_next = True
            if first:
                form.space_before = Mm(g.PITCH)

    def _signature(self) -> None:
        letter = self.letter
        place = typeset.signature(letter.signer, letter.date, seal=letter.seal, fonts=self.fonts, spaced=DATE_SPACE)
        lines = [
            (text, right, style)
            for text, right, style in (
                (letter.signer, place.signer_right, ds.WORD_NAMES[Style.RIGHT]),
                (letter.date, place.date_right, ds.DATE),
            )
            if text
        ]
        if lines and self.doc.paragraphs and not self.after_table:
            self.doc.paragraphs[-1].paragraph_format.keep_with_next = True
        for index, (text, right, style) in enumerate(lines):
            line = self._line(text, style)
            line.paragraph_format.right_indent = Mm(right)
            line.paragraph_format.keep_with_next = index < len(lines) - 1 or bool(letter.note)
            if index == 0:
                line.paragraph_format.space_before = Mm(place.rows_above * g.PITCH)
        if self.seal:
            # Reckoned from the date's row, which has no white above it that programmes could count differently.
            part, _ = self.doc.part.get_or_add_image(BytesIO(self.seal.png))
            top = typeset.seal_top(place.rows_above, self.seal.height) - (place.rows_above + 1) * g.PITCH
            left = self.width - place.centre_right - self.seal.width / 2
            line._p.append(ds.picture(part, left, top, self.seal.width, self.seal.height, f"{letter.signer}（印章）"))

    def _copies(self) -> None:
        if not self.letter.copies:
            self._close(self.after_table)
            return
        line = self._line("抄送：" + "，".join(self.letter.copies) + "。", ds.COPIES)
        size = g.SIZE_FOOT * g.PT
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Mm(4 * size), Mm(-3 * size)
        line.paragraph_format.right_indent = Mm(size)
        properties = line._p.get_or_add_pPr()
        properties.insert(1, ds.frame(width=self.width))
        if not self.head:
            properties.insert(2, _copy_rules())
        self._close(needed=True)

    def _close(self, needed: bool) -> None:
        """End with a hair-thin paragraph where Word needs one after a table or frame."""
        if needed:
            last = self.doc.add_paragraph(style=ds.CELL)
            last.paragraph_format.line_spacing = Pt(0.5)

    def _quotes(self) -> None:
        """Have Word take quotation marks for Chinese ones; by itself it draws them with the Latin font, narrow."""
        for node in self.doc.element.body.iter(qn("w:t")):
            if any(ord(char) in QUOTES for char in node.text or ""):
                node.getparent().get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")

    def _save(self) -> bytes:
        about = self.doc.core_properties
        about.title, about.author = "".join(self.letter.title), self.letter.office
        about.subject, about.keywords, about.language = self.letter.number, declaration(self.letter), "zh-CN"
        about.comments, about.last_modified_by = "", self.letter.office
        about.created = about.modified = FIXED_MOMENT
        self._quotes()
        raw = BytesIO()
        self.doc.save(raw)
        return steady(raw)


def _lower() -> float:
    """Return by how much a row of exact height sits lower in Word than a centred row in the PDF, in millimetres."""
    return (EXACT_BASELINE * g.PITCH_PT - (g.PITCH_PT / 2 + OPTICAL_CENTRE * g.SIZE_BODY)) * g.PT


def steady(raw: BytesIO) -> bytes:
    """Return the package with every member's time set to the same moment."""
    made = BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return made.getvalue()


def _borders() -> Any:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>")


def _cell_margins() -> Any:
    pad = {"top": CELL_PAD, "left": 1.5, "bottom": CELL_PAD, "right": 1.5}
    sides = "".join(f'<w:{side} w:w="{ds.twips(width)}" w:type="dxa"/>' for side, width in pad.items())
    return parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>")


def _copy_rules() -> Any:
    size = round(g.COPY_RULE / g.PT * 8)
    space = round(COPIES_PAD / g.PT)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="{space}" w:color="000000"/>' for side in ("top", "bottom")
    )
    return parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>")

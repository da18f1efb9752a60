import io
import zipfile

import docx
import pytest

from archive.core.errors import BadInput
from archive.letters import template_diff, templates, word_template
from archive.letters.kinds import LetterKind
from archive.letters.templates import BlockKind, TemplateBlock

BASE = templates.default("inquiry")


def edited(change) -> bytes:  # type: ignore[no-untyped-def]
    document = docx.Document(io.BytesIO(word_template.to_word(BASE)))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("code", [code.value for code in LetterKind])
def test_a_template_comes_back_from_word_as_it_went(code: str) -> None:
    base = templates.default(code)
    back = word_template.from_word(word_template.to_word(base), base)
    assert back.version == base.version + 1
    assert template_diff.changed(template_diff.compare(base, back)) == ()


def test_a_field_split_over_runs_and_curly_quotes_is_whole_again() -> None:
    def change(document) -> None:  # type: ignore[no-untyped-def]
        paragraph = document.add_paragraph(style="函件正文")
        for part in ("{{ compl", "ainant", ".name }}", "、{{ cc | join(“、”) }}"):
            paragraph.add_run(part).bold = True

    back = word_template.from_word(edited(change), BASE)
    assert back.blocks[-1] == TemplateBlock(BlockKind.BODY, '{{ complainant.name }}、{{ cc | join("、") }}')


def test_layout_made_in_word_is_not_taken_over() -> None:
    def change(document) -> None:  # type: ignore[no-untyped-def]
        document.add_paragraph("另行通知。").paragraph_format.left_indent = docx.shared.Mm(50)

    assert word_template.from_word(edited(change), BASE).blocks[-1] == TemplateBlock(BlockKind.BODY, "另行通知。")


def test_a_table_drawn_in_word_becomes_rows() -> None:
    def change(document) -> None:  # type: ignore[no-untyped-def]
        table = document.add_table(rows=1, cols=2)
        table.cell(0, 0).text, table.cell(0, 1).text = "投诉人", "{{ complainant.name }}"

    last = word_template.from_word(edited(change), BASE).blocks[-2:]
    assert last == (
        TemplateBlock(BlockKind.TABLE, "14.0｜14.0"),
        TemplateBlock(BlockKind.ROW, "投诉人｜{{ complainant.name }}"),
    )


def test_a_template_that_tries_to_run_something_is_refused() -> None:
    def change(document) -> None:  # type: ignore[no-untyped-def]
        document.add_paragraph("{{ cycler.__init__.__globals__.os.popen('id').read() }}")

    with pytest.raises(BadInput) as refusal:
        word_template.from_word(edited(change), BASE)
    assert {problem.code for problem in refusal.value.problems} == {"template.forbidden"}


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"0" * (word_template.MOST_UNPACKED + 1))
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    out = io.BytesIO(word_template.to_word(BASE))
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(name, content)
    return out.getvalue()


ELSEWHERE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" TargetMode="External" '
    b'Target="http://example.org/x"/></Relationships>'
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/vbaProject.bin", b"macro"),
        ("word/embeddings/oleObject1.bin", b"object"),
        ("word/extra.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
        ("word/extra.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'.encode("utf-16")),
        ("word/_rels/settings.xml.rels", ELSEWHERE % b"attachedTemplate"),
        ("word/_rels/extra.xml.rels", ELSEWHERE % b"image"),
    ],
)
def test_what_acts_or_is_fetched_from_elsewhere_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        word_template.from_word(with_part(name, content), BASE)
    assert refusal.value.code == "template.active"


def test_a_link_is_no_danger_and_only_its_words_are_taken() -> None:
    file = with_part("word/_rels/footnotes.xml.rels", ELSEWHERE % b"hyperlink")
    assert word_template.from_word(file, BASE).blocks == BASE.blocks


def test_line_breaks_stay_and_text_moved_away_goes() -> None:
    def change(document) -> None:  # type: ignore[no-untyped-def]
        paragraph = document.add_paragraph("第一行\n第二行", style="函件正文")
        moved = docx.oxml.OxmlElement("w:moveFrom")
        moved.append(paragraph.add_run("移走的字")._r)
        paragraph._p.append(moved)

    assert word_template.from_word(edited(change), BASE).blocks[-1].text == "第一行\n第二行"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"", "template.not_word"),
        (b"PK\x03\x04", "template.not_word"),
        (b"%PDF-1.7", "template.not_word"),
        (bomb(), "template.too_large"),
    ],
)
def test_what_is_no_word_file_is_refused(file: bytes, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        word_template.from_word(file, BASE)
    assert refusal.value.code == code

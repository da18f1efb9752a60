"""Security, speed and steadiness of the PDF renderer."""

import resource
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from archive.letters import fonts, justify, layout, pdf
from archive.letters.compose import compose
from archive.letters.content import Paragraph, Style
from archive.letters.fonts import Role
from archive.letters.make import make
from tests.conftest import required
from tests.integration.letters import samples


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def text_of(file: bytes) -> str:
    document = pdfium.PdfDocument(file)
    found = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return found


def test_a_warm_one_page_letter_takes_less_than_four_tenths_of_a_second_for_both_files() -> None:
    letter = compose("reminder", samples.example("reminder"))
    make(letter)
    start = cpu()
    for _ in range(3):
        files = make(letter)
    assert (cpu() - start) / 3 < 0.4
    assert layout.measure(files.pdf).pages == 1


def test_markup_in_a_fact_is_printed_not_obeyed() -> None:
    hostile = '<img src="file:///etc/passwd"><b>退费</b> & <3860> {{ 7*7 }}'
    letter = replace(compose("apology", samples.example("apology")), blocks=(Paragraph(Style.BODY, hostile),))
    assert hostile.replace(" ", "") in text_of(pdf.render(letter)).replace(" ", "").replace("\r\n", "")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/x.css",
        "data:text/css,p{}",
        "../x",
        "anjuan:other",
    ],
)
def test_nothing_but_the_fonts_of_the_stacks_can_be_opened(address: str) -> None:
    with pytest.raises(ValueError, match="packaged fonts only"):
        pdf.PackagedOnly(fonts.find()).fetch(address)


def test_the_fonts_of_the_stacks_can_be_opened() -> None:
    found = fonts.find()
    face = next(face for face in found.faces if face.by_file)
    assert pdf.PackagedOnly(found).fetch(face.path.as_uri()).read() == face.path.read_bytes()
    assert pdf.PackagedOnly(found).fetch(pdf.LATIN_URL).read()[:4] in (b"OTTO", b"\0\1\0\0")


def test_another_weasyprint_refuses_until_somebody_has_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(justify.weasyprint, "__version__", "71.0")
    with pytest.raises(RuntimeError, match="proved with 70"):
        pdf.render(compose("apology", samples.example("apology")))


def test_without_the_subsetter_no_letter_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "harfbuzz_subset", None)
    with pytest.raises(RuntimeError, match="libharfbuzz-subset0"):
        pdf.render(compose("apology", samples.example("apology")))


def test_full_lines_end_at_the_edge_within_a_fifth_of_a_millimetre() -> None:
    if any(name in fonts.FANDOL for name in fonts.find().missing()):
        required("the measure is taken with the Fandol fonts; `make fonts` fetches them")
    pages = layout.sheets(pdf.render(compose("feedback", samples.long("feedback"))))
    ends = [
        line.right
        for page in pages
        for line, following in zip(page.lines, page.lines[1:], strict=False)
        if line.size == following.size == 16
        and abs(following.left - 28) < 0.1
        and 9 < following.y - line.y < 11
        and line.right > 175
    ]
    assert len(ends) > 50
    assert all(abs(end - 184) < 0.2 for end in ends)


def test_the_offices_own_font_goes_first(tmp_path: Path) -> None:
    face = next(face for face in fonts.find().stacks[Role.KAI] if face.by_file)
    renamed(face.path, tmp_path / "own.ttf", "仿宋_GB2312")
    found = fonts.find(tmp_path)
    assert found.stacks[Role.FANG][0].path == tmp_path / "own.ttf"
    assert layout.measure(pdf.render(compose("reminder", samples.example("reminder")), found)).failures == ()


def renamed(source: Path, target: Path, family: str) -> None:
    from fontTools.ttLib import TTFont

    with TTFont(source) as font:
        font["name"].setName(family, 1, 3, 1, 0x804)
        font.save(target)


@pytest.mark.parametrize("code", ["inquiry", "acceptance", "receipt"])
def test_without_fandol_the_letter_still_measures_right(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    plain = fonts.find(tmp_path / "none")
    report = layout.measure(pdf.render(compose(code, samples.long(code)), plain))
    assert [(check.page, check.name, check.found) for check in report.failures] == []

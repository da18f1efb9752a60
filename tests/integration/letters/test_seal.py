"""A letter with its seal: where it lies, what the file says of itself, and that the gauge finds a misplaced one."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from archive.letters import geometry as g
from archive.letters import layout, pdf, seal_picture, typeset
from archive.letters.compose import compose
from archive.letters.fonts import find
from archive.letters.make import make
from tests.integration.letters import samples
from tests.seal_builders import a_seal_png

SEAL = seal_picture.read(a_seal_png(), 42)
REMINDER = compose("reminder", samples.example("reminder"))
# A firm's name of 28 characters pushes signer, date and seal to the left.
LONG_NAME = replace(REMINDER, signer="滨江市金融消费者权益保护与金融知识普及教育工作协调领导小组")


def test_a_sealed_letter_measures_right_and_comes_out_the_same_twice() -> None:
    files = make(REMINDER, seal=SEAL)
    report = layout.measure(files.pdf)
    assert [check for check in report.checks if not check.ok] == []
    measured = {check.name for check in report.checks}
    assert {"seal.centre", "seal.inside", "seal.top", "seal.covers", "seal.low"} <= measured
    assert make(REMINDER, seal=SEAL) == files


@pytest.mark.parametrize("width", [38, 50])
def test_seals_of_all_usual_sizes_find_their_place_under_a_long_name_too(width: float) -> None:
    report = layout.measure(pdf.render(LONG_NAME, seal=seal_picture.read(a_seal_png(), width)))
    assert [check for check in report.checks if check.name.startswith(("seal", "colour")) and not check.ok] == []
    assert "seal.top" in {check.name for check in report.checks}


def test_where_no_room_was_left_no_seal_is_drawn() -> None:
    letter = replace(REMINDER, seal=False)
    assert make(letter, seal=SEAL) == make(letter)


@pytest.mark.parametrize(
    ("check", "css"),
    [
        ("seal.centre", ".seal img { margin-right: 8mm }"),
        (
            "seal.inside",
            ".seal img { width: 60mm !important; right: -24mm !important } .sign p { margin-right: -18mm }",
        ),
        ("seal.top", ".seal img { margin-top: 12mm }"),
        ("seal.covers", ".seal img { width: 14mm !important; height: 14mm !important; margin-right: 14mm }"),
        ("seal.low", ".seal img { margin-top: 12mm }"),
        ("colour.red", ".seal img { margin-top: -90mm }"),
    ],
)
def test_a_misplaced_seal_is_found(check: str, css: str) -> None:
    fonts = find()
    page = pdf.html(REMINDER, fonts, SEAL).replace("</style>", css + "</style>")
    assert check in {one.name for one in layout.measure(pdf.typeset_page(page, fonts, SEAL)).failures}


@pytest.mark.parametrize("height", [20.0, 38.0, 42.0, 50.0, 60.0])
@pytest.mark.parametrize("rows", [2, 3])
def test_the_seals_top_stays_within_one_row_of_the_text(height: float, rows: int) -> None:
    assert 0 < typeset.seal_top(rows, height) < g.PITCH


def objects(file: pikepdf.Pdf) -> Iterator[Any]:
    """Yield every dictionary of the file, those within others too."""
    waiting: list[Any] = list(file.objects)
    while waiting:
        one = waiting.pop()
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one
            waiting += [value for value in one.values() if not getattr(value, "is_indirect", False)]
        elif isinstance(one, pikepdf.Array):
            waiting += [value for value in one if not getattr(value, "is_indirect", False)]


def test_a_sealed_letter_has_what_pdf_a_3u_asks_of_its_structure() -> None:
    """By ISO 19005-3: output intent, metadata, fonts whole and mapped to text, tags, nothing that acts."""
    with pikepdf.Pdf.open(BytesIO(pdf.render(REMINDER, seal=SEAL))) as file:
        root = file.Root
        (intent,) = root.OutputIntents
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        with file.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "U")
            assert told["dc:title"] == "".join(REMINDER.title)
        assert str(root.Lang) == "zh-CN"
        assert bool(root.MarkInfo.Marked)
        assert len(file.trailer.ID) == 2
        found = list(objects(file))
        fonts = [one for one in found if one.get("/Type") == "/Font" and "/DescendantFonts" in one]
        assert fonts
        for font in fonts:
            assert "/ToUnicode" in font
            assert any(name in font.DescendantFonts[0].FontDescriptor for name in ("/FontFile2", "/FontFile3"))
        kinds = {str(one.Subtype) for one in found if one.get("/Type") == "/Font"}
        assert kinds <= {"/Type0", "/CIDFontType0", "/CIDFontType2"}
        figures = [one for one in found if one.get("/S") == "/Figure"]
        assert [str(one.Alt) for one in figures] == [f"{REMINDER.signer}（印章）"]
        pictures = [one for one in found if one.get("/Subtype") == "/Image"]
        assert sum("/SMask" in one for one in pictures) == 1
        assert not any(bool(one.get("/Interpolate", False)) for one in pictures)
        forbidden = {"/JS", "/JavaScript", "/Launch", "/AA", "/OpenAction", "/XFA", "/Encrypt", "/TR", "/Alternates"}
        assert not {str(name) for one in found for name in one} & forbidden

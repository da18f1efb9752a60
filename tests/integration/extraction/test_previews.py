"""Page images, thumbnails and conversion, each in a process of its own."""

import io
from pathlib import Path

import pytest
from PIL import Image

from archive.core.errors import BadInput
from archive.extraction import Limits, extract, kinds, page_count, render_page, render_pages, to_pdf
from archive.extraction.convert import program
from tests.integration.extraction import files


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "document"
    path.write_bytes(files.a_pdf("第一页", "第二页", "第三页"))
    return path


def test_pages_are_counted_and_drawn_in_the_width_asked_for(pdf: Path) -> None:
    assert page_count(pdf, kinds.PDF) == 3
    image = Image.open(io.BytesIO(render_page(pdf, kinds.PDF, 2, width_px=600)))
    assert (image.format, image.width) == ("WEBP", 600)
    assert image.height == pytest.approx(600 * 842 / 595, abs=2)


def test_thumbnails_of_all_pages_come_from_one_process(pdf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "thumbnails"
    folder.mkdir()
    drawn = render_pages(pdf, kinds.PDF, [1, 2, 3], folder, width_px=120)
    assert [Image.open(io.BytesIO(path.read_bytes())).width for path in drawn] == [120, 120, 120]


def test_pictures_are_shown_upright_and_never_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 300), "white").save(path, "JPEG", exif=exif)
    image = Image.open(io.BytesIO(render_page(path, "image/jpeg", 1, width_px=900)))
    assert image.size == (300, 400)


@pytest.mark.parametrize(
    ("page", "content", "kind", "reason"),
    [
        (9, files.a_pdf("页"), kinds.PDF, "preview.page"),
        (1, b"%PDF-1.4 nothing", kinds.PDF, "pdf.broken"),
        (1, files.a_png_header(50_000, 50_000), "image/png", "image.pixels"),
        (1, b"text", "text/plain", "preview.kind"),
    ],
    ids=["page", "broken", "pixels", "kind"],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    tmp_path: Path, page: int, content: bytes, kind: str, reason: str
) -> None:
    path = tmp_path / "document"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        render_page(path, kind, page, width_px=300)
    assert (refused.value.code, refused.value.facts["reason"]) == ("preview.failed", reason)


@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_an_office_document_is_converted_for_its_page_images(tmp_path: Path) -> None:
    converted, read = tmp_path / "converted", tmp_path / "read"
    converted.mkdir()
    read.mkdir()
    path = tmp_path / "document"
    path.write_bytes(files.a_docx("关于投诉的说明"))
    pdf = to_pdf(path, kinds.DOCX, converted)
    assert pdf is not None
    assert extract(pdf, "说明.pdf", read).pages[0].text.strip() == "关于投诉的说明"


def test_other_kinds_are_not_converted(tmp_path: Path) -> None:
    assert to_pdf(tmp_path / "a", "text/plain", tmp_path) is None


@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_a_conversion_that_takes_too_long_leaves_nothing_running(tmp_path: Path) -> None:
    workdir = tmp_path / "work"
    workdir.mkdir()
    path = tmp_path / "document"
    path.write_bytes(files.a_docx("关于投诉的说明"))
    with pytest.raises(BadInput) as refused:
        to_pdf(path, kinds.DOCX, workdir, limits=Limits(seconds=0.6))
    assert refused.value.facts["reason"] == "time"
    assert files.processes_left_in(tmp_path) == []

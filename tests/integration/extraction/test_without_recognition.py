"""Where text recognition is not installed, pictures and scans say so instead of looking empty."""

import io
from pathlib import Path

import pytest
from PIL import Image

from archive.extraction import DEFAULT, State, kinds
from archive.extraction.output import Output, Stop
from archive.extraction.readers import ocr, pdf, pictures
from archive.extraction.source import Source
from tests.integration.extraction import files


@pytest.fixture(autouse=True)
def _not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr.importlib.util, "find_spec", lambda name: None)


def test_a_picture_is_kept_without_text_and_can_be_tried_again(tmp_path: Path) -> None:
    out = Output(io.StringIO(), tmp_path, DEFAULT)
    with pytest.raises(Stop) as stop:
        pictures.read(Source(files.SAMPLES / "notice.png", "照片.png", "image/png", 0, DEFAULT), out)
    assert (stop.value.state, stop.value.reason) == (State.NO_TEXT, "ocr.missing")


def test_a_scanned_pdf_names_recognition_as_what_was_missing(tmp_path: Path) -> None:
    path = tmp_path / "scan"
    with Image.open(files.SAMPLES / "notice.png") as notice:
        notice.convert("L").save(path, "PDF")
    out = Output(io.StringIO(), tmp_path, DEFAULT)
    pdf.read(Source(path, "扫描.pdf", kinds.PDF, 0, DEFAULT), out)
    assert (out.pages, out.has_text, out.reason) == (1, False, "ocr.missing")

"""Letters are set in a process of their own that stays warm, gives way, and takes no secrets along."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from archive.letters import press, rendering
from archive.letters.compose import compose
from archive.letters.content import Paragraph, Style
from archive.letters.rendering import PressFailed, _Press
from tests.integration.letters import samples

REMINDER = compose("reminder", samples.example("reminder"))


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    rendering.close()


def the_press() -> _Press:
    """Return the press that waits, and leave it waiting."""
    rendering.render(REMINDER)
    found = rendering._idle.get_nowait()
    rendering._idle.put(found)
    return found


def test_a_warm_press_sets_a_letter_within_four_tenths_of_a_second_and_always_the_same() -> None:
    first = rendering.render(REMINDER)
    warm = the_press()
    head, files = warm.ask(press.job("both", REMINDER), 60)
    assert head["cpu"] < 0.4
    assert (first.docx, first.pdf) == (files[0], files[1])
    assert the_press() is warm
    assert len(pdfium.PdfDocument(first.pdf)) == 1


def test_pages_are_drawn_as_pictures() -> None:
    import io

    (page,) = rendering.pictures(REMINDER, width=500)
    with Image.open(io.BytesIO(page)) as picture:
        assert (picture.format, picture.width) == ("PNG", 500)
        assert len(picture.getcolors() or ()) > 4


def test_a_press_that_was_killed_while_it_waited_is_replaced() -> None:
    gone = the_press()
    os.kill(gone._child.pid, signal.SIGKILL)
    gone._child.wait()
    assert rendering.render(REMINDER).pdf.startswith(b"%PDF")


def test_what_goes_wrong_in_the_press_is_told_and_the_press_goes_on() -> None:
    at_work = the_press()
    with pytest.raises(PressFailed, match=r"press\.failed"):
        rendering.render(replace(REMINDER, blocks=(Paragraph(Style.BODY, "\x00"),)))
    assert the_press() is at_work


def test_a_letter_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = the_press()
    with monkeypatch.context() as patched, pytest.raises(PressFailed, match=r"press\.late"):
        patched.setattr(rendering, "SECONDS", 0.01)
        rendering.render(REMINDER)
    assert slow._child.poll() is not None


def test_a_press_knows_no_secret_of_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    rendering.close()
    monkeypatch.setenv("ARCHIVE_SECRET_KEY", "very secret")
    known = Path(f"/proc/{the_press()._child.pid}/environ").read_bytes()
    assert b"very secret" not in known
    assert b"PATH=" in known

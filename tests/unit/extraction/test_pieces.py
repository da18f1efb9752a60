"""Pure parts: cutting running text, names for showing, highlights, and words for every outcome."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import archive.extraction
from archive.extraction import Box, PageText, State, highlight_boxes
from archive.extraction.decode import decode, plain
from archive.extraction.labels import REASONS, STATES, sentence
from archive.extraction.output import pieces, shown_name

PACKAGE = Path(archive.extraction.__file__).parent


@given(st.text(alphabet="甲乙a\n", max_size=400))
def test_pieces_lose_no_letter_and_stay_near_their_size(text: str) -> None:
    cut = list(pieces(text, size=50))
    assert "".join(cut).replace("\n", "") == text.replace("\n", "")
    assert all(len(piece) <= 75 for piece in cut)


def test_a_piece_ends_where_a_paragraph_ends() -> None:
    text = "\n".join("字" * 20 for _ in range(20))
    assert all(piece.endswith("字" * 20) and piece.startswith("字" * 20) for piece in pieces(text, size=50))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\证据\\合同.pdf", "证据/合同.pdf"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\0b\x1b[31m.txt", "a b[31m.txt"),
        ("...", "..."),
        ("../..", "unnamed"),
        ("", "unnamed"),
        ("\ud800.txt", "\ufffd.txt"),
    ],
)
def test_a_name_is_shown_without_tricks(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.text(alphabet=st.characters(codec=None), max_size=50))
def test_plain_text_keeps_its_length_and_can_be_stored(text: str) -> None:
    stored = plain(text)
    assert len(stored) == len(text)
    assert "\0" not in stored
    stored.encode("utf-8")


@given(st.binary(max_size=300), st.sampled_from(["", "gb2312", "utf-16", "nonsense", "cp1252"]))
def test_any_bytes_become_text(data: bytes, declared: str) -> None:
    text, _ = decode(data, declared)
    assert isinstance(text, str)


def test_a_highlight_reckons_chinese_letters_twice_as_wide_as_latin_ones() -> None:
    page = PageText(1, "编号TS26\n下一行", boxes=(Box(0, 6, 0.1, 0.2, 0.5, 0.25), Box(7, 10, 0.1, 0.3, 0.4, 0.35)))
    (number,) = highlight_boxes(page, 2, 6)
    assert number == pytest.approx((0.3, 0.2, 0.5, 0.25))
    assert len(highlight_boxes(page, 4, 8)) == 2
    assert highlight_boxes(page, 6, 7) == []


def test_a_highlight_in_a_column_runs_downwards() -> None:
    page = PageText(1, "甲乙丙丁", boxes=(Box(0, 4, 0.8, 0.1, 0.85, 0.5),))
    assert highlight_boxes(page, 1, 2)[0] == pytest.approx((0.8, 0.2, 0.85, 0.3))


def test_every_reason_in_the_code_has_a_sentence_and_every_sentence_a_use() -> None:
    words = re.compile(r'"((?:[a-z]+\.[a-z0-9_]+|empty|time|memory|disk|crash|broken))"')
    code = "\n".join(path.read_text() for path in PACKAGE.rglob("*.py") if path.name != "labels.py")
    told = re.findall(r'(?:\(State\.\w+, |incomplete\()"([\w.]+)"', code)
    assert set(told) <= set(REASONS)
    used = set(words.findall(code))
    partial = {f"{reason}.partial" for reason in ("time", "memory", "disk", "crash", "broken")}
    assert set(REASONS) - used - partial == set()
    assert set(STATES) == set(State)


def test_a_sentence_tells_the_figures() -> None:
    assert "10,001 个，上限 10,000 个" in sentence("container.count", {"found": 10_001, "limit": 10_000})
    assert "不详" in sentence("container.count", {})
    assert sentence("", {}) == ""

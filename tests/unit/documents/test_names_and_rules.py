"""Names of files, item numbers, guesses: the pure parts."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import BadInput, RuleBroken
from archive.core.labels import has_sentence
from archive.documents import labels, names, rules, tus
from archive.documents.kinds import CustodyEvent, Kind, Origin, Reading
from archive.dossiers.states import State
from archive.responses import labels as response_labels
from archive.responses.kinds import Outcome, Sender


@given(st.text(max_size=400))
def test_any_name_becomes_one_that_can_be_shown_and_sent(name: str) -> None:
    shown = names.shown(name)
    assert 1 <= len(shown) <= names.LONGEST
    assert "/" not in shown
    assert "\\" not in shown
    assert shown not in (".", "..")
    assert shown.replace("\u200d", "").isprintable()
    header = names.disposition("attachment", shown, f"2026-TS-000001_1{names.suffix(shown)}")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@given(st.text(max_size=400))
def test_any_folder_is_relative_and_climbs_nowhere(path: str) -> None:
    parts = names.folder(path).split("/")
    assert ".." not in parts
    assert len(names.folder(path)) <= 500
    assert not names.folder(path).startswith("/")


def test_a_fallback_name_tells_something_by_itself() -> None:
    header = names.disposition("attachment", "借款合同.pdf", "2026-TS-000001_3_v1_1a2b3c4d.pdf")
    assert 'filename="2026-TS-000001_3_v1_1a2b3c4d.pdf"' in header
    assert header.endswith("filename*=UTF-8''%E5%80%9F%E6%AC%BE%E5%90%88%E5%90%8C.pdf")


@given(st.integers(1, 30), st.data())
def test_moving_an_item_keeps_the_numbers_without_gaps(size: int, data: st.DataObject) -> None:
    item = data.draw(st.integers(1, size))
    after = data.draw(st.integers(0, size))
    new, between, step = rules.shift(item, after)
    order = {number: number for number in range(1, size + 1)}
    for number in between:
        order[number] = number + step
    order[item] = new
    assert sorted(order.values()) == list(range(1, size + 1))
    if after not in (item, item - 1):
        assert order[item] == (order[after] if after else 0) + 1
    else:
        assert order[item] == item


@dataclass(frozen=True)
class Standing:
    state: State
    closed_at: datetime | None


@pytest.mark.parametrize("state", list(State))
def test_only_an_open_dossier_takes_documents(state: State) -> None:
    # A declined one too, until the complainant was told.
    rules.check_open(Standing(state, None))
    with pytest.raises(RuleBroken, match="dossier_ended"):
        rules.check_open(Standing(state, datetime(2026, 3, 5, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("张三身份证正面.jpg", Kind.ID_COPY),
        ("贷款合同.pdf", Kind.CONTRACT),
        ("与客服通话.amr", Kind.CALL_RECORDING),
        ("20260105.m4a", Kind.CALL_RECORDING),
        ("微信截图.png", Kind.CHAT_LOG),
        ("IMG_0001.JPG", Kind.PHOTO),
        ("XX银行关于投诉的回复.docx", Kind.INSTITUTION_REPLY),
        ("投诉书.doc", Kind.COMPLAINT_LETTER),
        ("data.bin", Kind.OTHER),
    ],
)
def test_the_kind_is_guessed_from_the_name(name: str, kind: Kind) -> None:
    assert rules.guess_kind(name) is kind


def test_the_trail_keeps_no_long_numbers() -> None:
    assert rules.without_numbers("身份证32058219800101001X，尾号1234") == "身份证******************，尾号1234"


@pytest.mark.parametrize("header", ["filename", "filename not-base64!", "filename /w=="])
def test_metadata_that_cannot_be_read_is_refused(header: str) -> None:
    if header == "filename":
        assert tus.metadata(header) == {"filename": ""}
        return
    with pytest.raises(BadInput):
        tus.metadata(header)


@pytest.mark.parametrize("text", ["", "-1", "1.5", "٣", "1" * 19, "0x10", " 5"])
def test_only_plain_counts_are_counts(text: str) -> None:
    with pytest.raises(BadInput):
        tus.number(text, "Upload-Length")


def test_a_checksum_by_another_algorithm_is_refused() -> None:
    with pytest.raises(BadInput, match="checksum_kind"):
        tus.checksum("md5 1B2M2Y8AsgTpgAmY7PhCfg==")
    assert tus.checksum("") is None


def test_every_code_has_its_word() -> None:
    for enum in (Kind, Origin, Reading, CustodyEvent):
        assert set(labels.WORDS[enum]) == set(enum)
    for enum in (Sender, Outcome):
        assert set(response_labels.WORDS[enum]) == set(enum)


def test_every_refusal_of_the_feature_has_its_sentence() -> None:
    import re
    from pathlib import Path

    import archive.documents
    import archive.responses

    told = {**labels.REFUSALS, **response_labels.REFUSALS}
    for package in (archive.documents, archive.responses):
        for path in Path(package.__file__ or "").parent.glob("*.py"):
            for code in re.findall(r'(?:raise [\w.]+|Problem)\("([a-z_]+\.[a-z_]+)"', path.read_text()):
                assert code in told or has_sentence(code), (path.name, code)

import json
from typing import Any

import pytest

from archive.core.errors import BadInput
from archive.dossiers.states import Channel, Source, State
from archive.importing.lines import read


def a_line(**changes: Any) -> str:
    data = {
        "number": "2025-TS-000007", "title": "关于手续费的投诉", "filed": "2025-03-01", "state": "已办结",
        "category": "信用卡", "channel": "电话", "org": "某银行", "complainant": "张三", "id_no": "990000198007260987",
        "phone": "19900001234", "amount": 1234.5, "contract": "HT1",
        "documents": [{"name": "投诉书", "kind": "投诉书", "text": "正文"}],
    }  # fmt: skip
    return json.dumps(
        {key: value for key, value in {**data, **changes}.items() if value is not ...}, ensure_ascii=False
    )


def test_a_line_becomes_a_dossier_from_elsewhere() -> None:
    line = read(a_line(closed_on="2025-04-01"))
    assert (line.legacy.number, line.legacy.state) == ("2025-TS-000007", State.CLOSED)
    assert line.legacy.closed_on is not None
    assert line.legacy.complaint.channel is Channel.PHONE
    assert str(line.legacy.complaint.amount) == "1234.5"
    assert line.documents[0].text == "正文"


def test_unknown_keys_are_kept() -> None:
    assert read(a_line(网点="榆林路支行", n=3)).legacy.complaint.custom == {"网点": "榆林路支行", "n": 3}


def test_a_channel_of_elsewhere_is_kept_by_its_word() -> None:
    complaint = read(a_line(channel="飞鸽")).legacy.complaint
    assert complaint.channel is Channel.OTHER
    assert complaint.custom["channel"] == "飞鸽"
    assert read(a_line(channel="12378转办")).legacy.complaint.source is Source.HOTLINE


def test_everything_wrong_with_a_line_is_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        read(a_line(number="", filed="gestern", state="完成", amount="viel", documents=[{"name": "x"}]))
    assert {problem.field for problem in caught.value.problems} == {
        "number", "filed", "state", "amount", "documents.0",
    }  # fmt: skip


def test_what_is_longer_than_its_place_is_told_with_its_field() -> None:
    with pytest.raises(BadInput) as caught:
        read(a_line(complainant="张" * 121, org="行" * 121, id_no="9" * 41, phone="1" * 41, contract="H" * 81,
                    category="类" * 41, documents=[{"name": "书" * 201, "text": ""}]))  # fmt: skip
    assert {(one.code, one.field) for one in caught.value.problems} == {
        ("input.long", field)
        for field in ("complainant", "org", "id_no", "phone", "contract", "category", "documents.0.name")
    }
    assert read(a_line(complainant="张" * 120, contract="H" * 80)).legacy.complaint.contract_no == "H" * 80


@pytest.mark.parametrize("text", ["", "[1]", "{", "null", '{"number": {"$gt": ""}}'])
def test_what_is_no_dossier_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read(text)


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"title": "\\ud800"}', '{"own": "\\u0000"}', '{"own": NaN}', '{"own": 1e999}', "9" * 5000]
)
def test_a_line_nobody_can_keep_is_refused(line: str) -> None:
    with pytest.raises(BadInput):
        read(line)


def test_a_year_that_slipped_is_told() -> None:
    with pytest.raises(BadInput) as told:
        read(a_line(filed="0026-03-05"))
    assert [(one.code, one.field) for one in told.value.problems] == [("input.date", "filed")]

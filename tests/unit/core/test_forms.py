from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from archive.core.errors import BadInput
from archive.dossiers.states import Channel
from archive.web.forms import Choice, Day, Flag, Form, Moment, Words, Yuan, parse


class Sample(Form):
    name = Words(required=True, most=5)
    amount = Yuan()
    on = Day()
    at = Moment()
    channel = Choice(Channel, required=True)
    yes = Flag()


def test_a_form_becomes_plain_values() -> None:
    found = parse(
        Sample(),
        {
            "name": " 张三 ",
            "amount": "¥12,345.6",
            "on": "2026-03-05",
            "at": "2026-03-05T08:00",
            "channel": "phone",
            "yes": "true",
            "csrf_token": "x",
        },
    )
    assert found["name"] == "张三"
    assert found["amount"] == Decimal("12345.60")
    assert found["on"] == date(2026, 3, 5)
    assert found["at"] == datetime(2026, 3, 5, tzinfo=UTC)
    assert found["channel"] is Channel.PHONE
    assert found["yes"] is True
    assert "csrf_token" not in found


def test_a_name_is_one_line_whoever_sends_it() -> None:
    class Both(Form):
        title = Words(most=200)
        note = Words(most=2000)

    sent = "关于退费 \r\n\t的投诉\u2028书"
    assert parse(Both(), {"title": sent})["title"] == "关于退费 的投诉 书"
    assert parse(Both(), {"note": "第一行\r\n第二行"})["note"] == "第一行\n第二行"


def test_all_bad_fields_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        parse(Sample(), {"name": "  ", "amount": "NaN", "on": "5.3.2026", "at": "gestern", "channel": "pigeon"})
    assert {(p.field, p.code) for p in caught.value.problems} == {
        ("name", "input.required"),
        ("amount", "input.number"),
        ("on", "input.date"),
        ("at", "input.moment"),
        ("channel", "input.choice"),
    }


@pytest.mark.parametrize("amount", ["-1", "1e30", "Infinity", "一百"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    with pytest.raises(BadInput):
        parse(Sample(), {"name": "a", "channel": "phone", "amount": amount})


def test_too_long_a_text_says_how_long_it_may_be() -> None:
    with pytest.raises(BadInput) as caught:
        parse(Sample(), {"name": "一二三四五六", "channel": "phone"})
    assert caught.value.problems[0].facts == {"most": "5"}


def test_a_nul_character_does_not_reach_the_database() -> None:
    assert parse(Sample(), {"name": "a\x00b", "channel": "phone"})["name"] == "ab"

"""How a limit is shown: days left by the calendar in Shanghai, a word for every light."""

from datetime import UTC, datetime, timedelta
from typing import Any

from archive.deadlines.history import State as Light
from archive.dossiers.lights import standing
from archive.dossiers.states import State

DUE = datetime(2026, 3, 20, 16, 0, tzinfo=UTC)  # end of 20 March in Shanghai


def shown(now: datetime, **facts: Any) -> tuple[Light, str]:
    usual = {"due_at": DUE, "due_rule": "《办法》第四十三条", "provisional": False, "state": State.INVESTIGATING}
    found = standing(**{**usual, "met_at": None, **facts}, now=now)
    return found.light, found.text


def test_days_are_counted_by_the_calendar() -> None:
    assert shown(DUE - timedelta(days=10, hours=1)) == (Light.ON_TIME, "还剩 10 天")
    assert shown(DUE - timedelta(days=2, hours=1)) == (Light.DUE_SOON, "还剩 2 天")
    assert shown(DUE - timedelta(minutes=1)) == (Light.DUE_SOON, "今天到期")
    assert shown(DUE) == (Light.OVERDUE, "逾期 1 天")
    assert shown(DUE + timedelta(days=3)) == (Light.OVERDUE, "逾期 4 天")


def test_a_duty_done_ends_the_waiting() -> None:
    late = DUE + timedelta(days=9)
    assert shown(late, met_at=DUE - timedelta(days=1)) == (Light.MET, "按期完成")
    assert shown(late, met_at=DUE + timedelta(days=1)) == (Light.MET_LATE, "逾期完成")
    assert shown(late, state=State.DECLINED) == (Light.MET, "已结束")


def test_a_supplement_pauses_and_a_guess_says_so() -> None:
    assert shown(DUE, due_at=None, state=State.SUPPLEMENTING) == (Light.PAUSED, "暂停计时")
    assert shown(DUE, due_at=None, due_rule="") == (Light.NO_NUMBER, "—")
    assert shown(DUE - timedelta(days=9, hours=1), provisional=True) == (Light.ON_TIME, "还剩 9 天（暂定）")


def test_the_ground_stands_on_hover() -> None:
    found = standing(
        due_at=DUE, due_rule="《某办法》第四十三条", provisional=False, state=State.ACCEPTED, met_at=None, now=DUE

    )  # fmt: skip
    assert found.title == "《某办法》第四十三条：应于 2026-03-20 前完成"

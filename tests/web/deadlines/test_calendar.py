"""Next year's notice: pasted by one, checked on a picture, confirmed by another; then provisional dates are certain."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.binding import handlers
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.deadlines import table
from archive.procedures import operations as procedures
from archive.procedures.states import Subject
from tests.builders import Office
from tests.dossier_builders import dossier, registered, unit

# Invented, in the form of the real ones.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月31日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假调休，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月3日
"""


def test_a_doubtful_notice_is_refused_whole_with_its_line(app: Flask, office: Office) -> None:
    refused = office.client("head").post(
        "/calendar/", data={"text": NOTICE.replace("1月31日（周日）", "1月31日（周六）")}
    )
    assert refused.status_code == 422
    assert "第 4 行：2027-01-31 是星期日，通知写作星期六" in refused.text
    assert table.notices(db.session()) == []


def test_a_confirmed_year_makes_provisional_dates_certain(app: Flask, office: Office, clock: FixedClock) -> None:
    with acting(office.person("legal")) as act:
        for subject, value in ((Subject.INSTITUTION, "bank"), (Subject.PROFILE, "GDCL")):
            procedures.propose_choice(unit(office, "root"), subject, value, holds=True, reason="x", act=act)
    for row in procedures_waiting():
        with acting(office.person("head")) as act:
            procedures.decide_choice(act.session.merge(row), act=act)
    clock.moment = datetime(2026, 12, 30, 2, tzinfo=UTC)
    number = registered(office, received_at=clock.moment)
    before = dossier(number)
    assert before.due_provisional
    client, other = office.client("head"), office.client("records_manager")
    assert client.post("/calendar/", data={"text": NOTICE}).status_code == 302
    assert "等待确认" in client.get("/calendar/?year=2027").text
    [row] = table.notices(db.session())
    assert client.post(f"/calendar/{row.id}/confirm").status_code == 409
    assert other.post(f"/calendar/{row.id}/confirm").status_code == 302
    handlers.confirmed([])
    db.session.expire_all()
    assert not dossier(number).due_provisional
    # Registered on Wednesday 30 December: 31 December, then 4 and 5 January are the three working days.
    assert dossier(number).due_at == datetime(2027, 1, 5, 16, tzinfo=UTC)


def procedures_waiting():  # type: ignore[no-untyped-def]
    from archive.procedures import queries

    return [row for row in reversed(queries.choices(db.session())) if row.decided_at is None]


def test_no_client_of_the_database_changes_a_day_or_a_signed_version(app: Flask, office: Office) -> None:
    for statement in (
        "UPDATE calendar_day SET is_workday = NOT is_workday WHERE version = 1",
        "DELETE FROM calendar_day",
        "UPDATE profile_version SET text = 'x' WHERE profile_id = 'PBC5'",
        "DELETE FROM profile_version",
    ):
        with pytest.raises(DatabaseError), acting(Machine("test")) as act:
            act.session.execute(text(statement))

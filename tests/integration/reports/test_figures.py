"""A small office, reckoned by hand: every figure of its reports is written out here."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, RuleBroken
from archive.dossiers import access, assigning, guarding, moving, registering
from archive.dossiers.states import Channel, NoticeChannel, NoticeKind, NoticeOutcome
from archive.dossiers.values import NoticeValue
from archive.reports import performance, periods, snapshots
from archive.reports.models import ReportKind as Kind
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import account, complaint, dossier, unit

FEBRUARY = periods.parse(Kind.MONTHLY, "2026-02")


def at(day: int, hour: int = 10, month: int = 2) -> datetime:
    """An hour of Shanghai's clock in 2026, as UTC."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour - 8)


class Stories:
    """Does things at their moments, each in an act of its own."""

    def __init__(self, office: Office, clock: FixedClock) -> None:
        self.office, self.clock = office, clock

    def register(self, moment: datetime, **facts: Any) -> str:
        self.clock.moment = moment
        with acting(self.office.person("intake")) as act:
            given = {"received_at": moment - timedelta(hours=1), **facts}
            return registering.register(complaint(**given), act=act).number

    def do(self, moment: datetime, who: str, number: str, step: Any) -> None:
        self.clock.moment = moment
        person = self.office.person(who)
        with acting(person) as act:
            step(access.find(act.session, number, person), act)

    def accept(self, moment: datetime, number: str) -> None:
        self.do(moment, "head", number, lambda d, act: moving.accept(d, act=act))
        self.do(moment, "head", number, lambda d, act: assigning.appoint(
            d, officer=account(self.office, "officer"), act=act))  # fmt: skip

    def close(self, moment: datetime, number: str) -> None:
        told = NoticeValue(NoticeKind.RESULT, NoticeChannel.PHONE, NoticeOutcome.REACHED, moment)
        self.do(moment, "officer", number, lambda d, act: moving.investigate(d, act=act))
        self.do(moment, "officer", number, lambda d, act: moving.answer(d, outcome="退还利息", act=act))
        self.do(moment, "officer", number, lambda d, act: moving.notify(d, told, act=act))
        self.do(moment, "head", number, lambda d, act: moving.close(d, act=act))


@pytest.fixture
def stories(office: Office, clock: FixedClock) -> Stories:
    """February 2026, hand-made: six complaints registered in it, one before.

    A  in January, closed on 2 Feb after 5 days, in time        loan/fee, visit
    B  1 Feb 00:30 in Shanghai (31 Jan in UTC), closed 20 Feb: 19 days, late (15 natural days)   loan/fee, phone
    C  3 Feb, closed 10 Feb: 7 days, in time; reopened 25 Feb   card/fee, visit
    D  5 Feb, declined 6 Feb                                    loan/fee, visit
    E  10 Feb, withdrawn 12 Feb                                 card/service, phone
    F  11 Feb, still open at the end, its limit over on 26 Feb  loan/fee, phone
    G  28 Feb 23:30 in Shanghai, still open                     loan/service, letter
    """
    made = Stories(office, clock)
    a = made.register(at(28, month=1))
    made.accept(at(29, month=1), a)
    b = made.register(at(1, 0) + timedelta(minutes=30), channel=Channel.PHONE, received_at=at(1, 0))
    made.accept(at(2), b)
    made.close(at(2), a)
    c = made.register(at(3), category="card", respondent="苏州某某支付公司")
    made.accept(at(4), c)
    d = made.register(at(5))
    made.do(at(6), "head", d, lambda d, act: moving.decline(d, reason="42-1", note="请向他处反映", act=act))
    refusal = NoticeValue(NoticeKind.REFUSAL, NoticeChannel.LETTER, NoticeOutcome.REACHED, at(6, 12))
    made.do(at(6, 12), "officer", d, lambda d, act: moving.notify(d, refusal, act=act))
    e = made.register(at(10), category="card", cause="service", channel=Channel.PHONE)
    made.close(at(10, 12), c)
    f = made.register(at(11), channel=Channel.PHONE)
    made.accept(at(12), f)
    made.do(at(12), "officer", e, lambda d, act: moving.withdraw(d, note="来电撤回", act=act))
    made.close(at(20), b)
    made.do(at(25), "head", c, lambda d, act: moving.reopen(d, note="有新材料", act=act))
    made.register(at(28, 23) + timedelta(minutes=30), cause="service", channel=Channel.LETTER)
    clock.moment = at(1, month=3)
    return made


def made(office: Office, kind: Kind = Kind.MONTHLY, period: str = "2026-02", by: str = "head", **more: Any) -> Any:
    with acting(office.person(by)) as act:
        return snapshots.make(kind, period, unit(office, "root"), act=act, **more).id


def data(snapshot_id: Any) -> dict[str, Any]:
    row = db.session.get(snapshots.ReportSnapshot, snapshot_id)
    assert row is not None
    found: dict[str, Any] = row.figures
    return found


def test_the_figures_of_a_month_are_those_reckoned_by_hand(office: Office, stories: Stories) -> None:
    figures = data(made(office))
    assert figures["totals"] == {
        "contacts": 6, "registered": 6, "accepted": 3, "declined": 1, "withdrawn": 1, "closed": 2, "reopened": 1,
        "open": 3, "overdue": 1,
    }  # fmt: skip
    assert figures["before"] == {"period": "2026-01", "registered": 1, "closed": 0}
    assert figures["timeliness"] == {"on_time": 1, "late": 1, "no_limit": 0}
    assert figures["median_days"] == "12"  # A 5 days, B 19; C was reopened before the month was over
    tables = figures["tables"]
    assert [row[1:] for row in tables["channel"]] == [["来电", 3], ["来访", 2], ["来信", 1]]
    assert [(row[0], row[2]) for row in tables["category"]] == [("loan", 4), ("card", 2)]
    assert [(row[0], row[2]) for row in tables["cause"]] == [("fee", 4), ("service", 2)]
    assert [row[1:] for row in tables["institution"]] == [["张家港某某银行", 5], ["苏州某某支付公司", 1]]
    assert [row[1:] for row in tables["unit"]] == [["维权中心", 6]]
    assert tables["region"] == []
    assert figures["trend"] == [["02-01 起", 3, 2], ["02-08 起", 2, 1], ["02-15 起", 0, 1], ["02-22 起", 1, 0]]
    hot = [[row[0], row[1], row[4], row[5]] for row in figures["hot"]]
    assert hot == [["loan", "fee", 3, 1], ["card", "fee", 1, 0], ["card", "service", 1, 0], ["loan", "service", 1, 0]]
    week = data(made(office, Kind.WEEKLY, "2026-W05"))  # 26 Jan to 1 Feb: A, and B half an hour into Sunday
    assert week["totals"]["registered"] == 2
    assert [row[1] for row in week["trend"]] == [0, 0, 1, 0, 0, 0, 1]
    root = unit(office, "root")
    with counting(20):
        snapshots.figures.data_of(db.session(), Kind.MONTHLY, FEBRUARY, root)


def test_how_units_and_officers_fare(office: Office, stories: Stories) -> None:
    session = db.session()
    found = performance.figures(session, ["/1/"], FEBRUARY, at(1, month=3))
    (root,) = performance.by_unit(session, found)
    assert (root.in_hand, root.overdue_now, root.registered, root.closed) == (3, 1, 6, 2)
    assert (root.on_time, root.late, root.on_time_rate, root.median_days) == (1, 1, "50", "12")
    assert (root.reopened, root.satisfaction) == (1, "")
    officer, nobody = performance.by_officer(session, found)
    assert (officer.code, officer.in_hand, officer.closed) == ("officer", 2, 2)
    assert (nobody.name, nobody.registered, nobody.in_hand) == ("尚无承办人", 3, 1)
    assert performance.figures(session, ["/1/2/"], FEBRUARY, at(1, month=3)) == {}
    assert performance.together([officer, nobody]).registered == 6


def test_a_report_reckoned_again_is_the_same_and_a_later_change_is_explained(
    office: Office, stories: Stories, clock: FixedClock
) -> None:
    snapshot_id = made(office)
    same = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, office.person("head")))
    assert (same.untouched, same.differences, same.since) == (True, [], {})
    stories.do(at(2, month=3), "head", "2026-TS-000002", lambda d, act: moving.reopen(d, note="新事实", act=act))
    # Reopened after the month: at its end it was closed all the same.
    again = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, office.person("head")))
    assert again.untouched
    stories.do(at(3, month=3), "officer", "2026-TS-000006", lambda d, act: registering.edit(
        d, complaint(received_at=d.received_at, category="insurance", channel=d.channel), act=act))  # fmt: skip
    other = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, office.person("head")))
    assert other.untouched
    assert other.explained
    assert other.since["edit"] == 1
    assert ("/tables/category/insurance", None, ["保险", 1]) in other.differences


def test_a_report_that_was_tampered_with_is_found_out(office: Office, stories: Stories) -> None:
    snapshot_id = made(office)
    statement = text("UPDATE report_snapshot SET data = replace(data, :two, :nine)").bindparams(
        two='"closed":2', nine='"closed":9'
    )
    with pytest.raises(DatabaseError, match="stands as it was written"):
        db.session.execute(statement)
    db.session.rollback()
    drop = "DROP TRIGGER guard_report_snapshot_update"
    db.session.execute(text(drop if db.engine.dialect.name == "sqlite" else f"{drop} ON report_snapshot"))
    db.session.execute(statement)
    db.session.commit()
    verdict = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, office.person("head")))
    assert not verdict.untouched
    assert ("/totals/closed", 9, 2) in verdict.differences
    # And who sets the sum right as well is told by the trail.
    db.session.execute(text("UPDATE report_snapshot SET sha256 = :sum"), {
        "sum": snapshots._sum(db.session.scalar(text("SELECT data FROM report_snapshot")))})  # fmt: skip
    db.session.commit()
    verdict = snapshots.verify(db.session(), snapshots.find(db.session(), snapshot_id, office.person("head")))
    assert not verdict.untouched


def test_a_correction_names_what_it_corrects_and_why(office: Office, stories: Stories) -> None:
    first = made(office)
    with pytest.raises(BadInput):
        made(office)
    second = made(office, reason="补登一件")
    found = db.session.get(snapshots.ReportSnapshot, second)
    assert found is not None
    assert (found.replaces_id, found.reason) == (first, "补登一件")
    latest = snapshots.latest(db.session(), Kind.MONTHLY, "2026-02", unit(office, "root"))
    assert latest is not None
    assert latest.id == second


def test_a_report_after_its_day_is_marked_late(office: Office, stories: Stories, clock: FixedClock) -> None:
    clock.moment = at(28, 12)
    with acting(office.person("head")) as act:
        on_time = snapshots.make(Kind.MONTHLY, "2026-02", unit(office, "root"), act=act)
        assert (on_time.due_on.isoformat() if on_time.due_on else "", on_time.late) == ("2026-02-28", False)
    clock.moment = at(9, month=3)
    with acting(office.person("head")) as act:
        late = snapshots.make(Kind.MONTHLY, "2026-01", unit(office, "root"), act=act)
        assert late.late
        with pytest.raises(RuleBroken):
            snapshots.make(Kind.MONTHLY, "2026-03", unit(office, "root"), act=act)


def test_the_public_report_tells_of_no_person_and_no_small_number(
    office: Office, stories: Stories, clock: FixedClock
) -> None:
    for number in range(12):
        stories.register(at(2 + number, month=3), category="insurance" if number < 7 else "loan")
    clock.moment = datetime(2027, 1, 15, tzinfo=UTC)
    snapshot_id = made(office, Kind.ANNUAL_PUBLIC, "2026")
    figures = data(snapshot_id)
    assert figures["total"] == 19
    rows = dict(figures["tables"]["category"]["rows"])
    # loan 10, insurance 7, card 2: card is small, and insurance goes with it.
    assert rows == {"银行卡": None, "保险": None, "贷款": 10}
    text_of = json.dumps(figures, ensure_ascii=False)
    assert "王小明" not in text_of
    assert "张家港" not in text_of
    assert "institution" not in figures["tables"]
    # Two closed, one late: no rate is told of so few.
    assert (figures["on_time_rate"], figures["median_days"]) == ("", "")
    with acting(office.person("head")) as act, pytest.raises(RuleBroken):
        snapshots.make(Kind.ANNUAL_PUBLIC, "2026", unit(office, "desk"), act=act)


def test_a_report_on_a_unit_is_made_and_read_by_those_above_it_only(office: Office, stories: Stories) -> None:
    with acting(office.person("officer")) as act, pytest.raises(NotAllowed):
        snapshots.make(Kind.MONTHLY, "2026-02", unit(office, "root"), act=act)
    snapshot_id = made(office)
    assert snapshots.page(db.session(), office.person("officer"), snapshots.PageRequest()).rows == []
    assert snapshots.find(db.session(), snapshot_id, office.person("auditor")).id == snapshot_id
    # Figures tell of the unit, whoever makes them: also who is recused from a case counts it.
    with acting(office.person("head")) as act:
        guarding.recuse(dossier("2026-TS-000006"), account(office, "legal"), reason="亲属", act=act)
    assert data(made(office, by="legal", reason="核对"))["totals"]["registered"] == 6
    noted = text("SELECT count(*) FROM audit_entry WHERE action = 'report:make' AND subject_kind = 'report'")
    assert db.session.scalar(noted) == 2

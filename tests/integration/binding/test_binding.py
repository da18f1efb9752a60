"""Profiles bind dossiers by their facts; every limit is kept; what happens meets them, pauses them, puts them off."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from archive.binding import extending, handlers, keeping, missed, operations, queries, reminding
from archive.binding.models import DossierLimit, Escalation
from archive.core.act import Machine, acting
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, Refused, RuleBroken
from archive.dossiers import moving, registering
from archive.dossiers.models import Institution
from archive.dossiers.states import NoticeChannel, NoticeKind, Severity, Source, State
from archive.handling.kinds import Sheet
from archive.procedures import operations as procedures
from archive.procedures.profile import Cause
from archive.procedures.states import Subject
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, complaint, conditions_of, dossier, registered, told, unit
from tests.handling_builders import made


def decide(office: Office, subject: Subject, value: str, holds: bool = True, where: str = "root") -> None:
    """One proposes, another decides."""
    with acting(office.person("records_manager")) as act:
        row = procedures.propose_choice(unit(office, where), subject, value, holds=holds, reason="本单位设定", act=act)
    with acting(office.person("head")) as act:
        procedures.decide_choice(act.session.merge(row), act=act)


def limits(number: str) -> dict[str, DossierLimit]:
    db.session.expire_all()
    return {f"{row.profile_id}.{row.limit_id}": row for row in queries.limits_of(db.session(), dossier(number).id)}


def bound(number: str) -> dict[str, int]:
    rows = queries.profiles_of(db.session(), dossier(number).id)
    return {row.profile_id: row.version for row in rows if row.ended_at is None}


def day(text: str) -> datetime:
    """The end of a day in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) + timedelta(days=1)


def write(office: Office, number: str, code: str, by: str = "officer", **facts: Any) -> None:
    with acting(office.person(by)) as act:
        operations.write_event(dossier(number), code, at=act.moment, note="", act=act, **facts)


def test_orders_bind_by_law_and_internal_rules_by_decision_of_two(office: Office) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    number = registered(office, source=Source.PBC)
    assert bound(number) == {"PBC5": 1}
    assert limits(number)["PBC5.P43"].operative_at == day("2026-03-20")
    decide(office, Subject.PROFILE, "XXGS")
    handlers.nightly([])
    assert bound(number) == {"PBC5": 1, "XXGS": 1}
    assert {"PBC5.P43", "XXGS.T08"} <= set(limits(number))
    decide(office, Subject.PROFILE, "XXGS", holds=False)
    handlers.nightly([])
    assert bound(number) == {"PBC5": 1}
    assert "XXGS.T08" not in limits(number)


def test_who_proposes_does_not_decide(office: Office) -> None:
    with acting(office.person("head")) as act:
        row = procedures.propose_choice(
            unit(office, "root"), Subject.INSTITUTION, "bank", holds=True, reason="x", act=act
        )
        with pytest.raises(RuleBroken, match="same_person"):
            procedures.decide_choice(row, act=act)
    with pytest.raises(BadInput), acting(office.person("head")) as act:
        procedures.propose_choice(unit(office, "root"), Subject.PROFILE, "PBC5", holds=True, reason="x", act=act)


def test_without_a_decision_the_respondents_kind_counts(office: Office) -> None:
    number = registered(office)
    with acting(Machine("test")) as act:
        act.session.query(Institution).update({"kind": "bank"})
    handlers.nightly([])
    assert bound(number) == {"PBC5": 1, "CBIRC3": 1}
    # To be told within fifteen days of receipt, by the order for banks; an answer alone does not do.
    assert limits(number)["CBIRC3.C01"].to_event == "result_told"


def test_a_changed_fact_binds_anew_and_says_so(office: Office) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    decide(office, Subject.PROFILE, "XXGS")
    number = registered(office)
    assert "XXGS.T08" not in limits(number)
    with acting(office.person("intake")) as act:
        registering.edit(dossier(number), complaint(source=Source.PBC), act=act)
    assert "XXGS.T08" in limits(number)


def test_the_earliest_open_limit_governs_and_the_next_follows(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    decide(office, Subject.PROFILE, "XXGS")
    number = brought_to(office, State.ACCEPTED, severity=Severity.MAJOR, severity_reason="amount")
    found = limits(number)
    assert dossier(number).due_at == found["XXGS.T04"].operative_at == day("2026-03-06")
    write(office, number, "reported")
    assert dossier(number).due_at == limits(number)["XXGS.T05"].operative_at
    write(office, number, "materials_handed")
    with acting(office.person("officer")) as act:
        moving.investigate(dossier(number), act=act)
    # 5 March is a Thursday: five working days end on the 12th.
    assert dossier(number).due_at == limits(number)["XXGS.T06"].operative_at == day("2026-03-12")
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="已退款", act=act)
    assert limits(number)["XXGS.T06"].met_at == clock.moment
    assert dossier(number).due_at == limits(number)["XXGS.T07"].operative_at == day("2026-03-07")
    clock.moment += timedelta(hours=1)
    told(office, number)
    found_dossier = dossier(number)
    assert found_dossier.due_met_at is not None


def test_an_outside_appraisal_stops_what_its_text_stops(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "bank")
    number = brought_to(office, State.INVESTIGATING)
    with acting(office.person("officer")) as act:
        operations.begin_appraisal(
            dossier(number), body="司法鉴定所", reason="笔迹", evidence="委托书1号", began_at=act.moment, act=act
        )
    assert limits(number)["CBIRC3.C01"].paused
    assert dossier(number).due_at is None
    clock.moment = NOW + timedelta(days=6)
    with acting(office.person("officer")) as act:
        operations.end_appraisal(dossier(number), evidence="意见书1号", ended_at=act.moment, act=act)
    assert dossier(number).due_at == day("2026-03-26")


def test_new_facts_start_a_limit_anew_where_the_text_says_so(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "bank")
    number = brought_to(office, State.INVESTIGATING)
    clock.moment = NOW + timedelta(days=3)
    write(office, number, "new_facts")
    assert dossier(number).due_at == day("2026-03-23")


def test_an_extension_needs_another_and_never_passes_the_cap(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    number = brought_to(office, State.INVESTIGATING, source=Source.PBC)

    def ask(on: str, by: str = "officer") -> Any:
        with acting(office.person(by)) as act:
            row = extending.limit_row(act.session, dossier(number), "PBC5", "P43")
            until = day(on) - timedelta(hours=12)
            facts = {"reason": "跨省取证", "notice": NoticeChannel.LETTER}
            return extending.ask(dossier(number), row, until=until, **facts, act=act).id  # type: ignore[arg-type]

    with pytest.raises(Refused) as refusal:
        ask("2026-05-05")
    [problem] = refusal.value.problems
    assert problem.code == "deadline.extension.beyond_cap"
    assert problem.facts["article"] == "《中国人民银行金融消费者权益保护实施办法》第四十三条"
    assert str(problem.facts["last"]) == "2026-05-04"
    asked = ask("2026-04-30")
    with pytest.raises(NotAllowed, match="approver"), acting(office.person("legal")) as act:
        extending.decide(extending.find(act.session, dossier(number), asked), dossier(number), granted=True, act=act)
    with acting(office.person("head")) as act:
        extending.decide(extending.find(act.session, dossier(number), asked), dossier(number), granted=True, act=act)
    assert limits(number)["PBC5.P43"].operative_at == day("2026-04-30")
    assert limits(number)["PBC5.P43"].extended_to == day("2026-04-30")
    assert [one.code for one in extending.untold(db.session(), dossier(number))] == ["close.extension_untold"]
    clock.moment += timedelta(minutes=5)
    told(office, number, NoticeKind.EXTENSION)
    assert extending.untold(db.session(), dossier(number)) == []


def test_what_a_step_shows_is_not_ticked_off_by_hand(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with pytest.raises(BadInput):
        write(office, number, "answered")
    with pytest.raises(NotAllowed):
        write(office, number, "new_facts", by="auditor")


def test_a_struck_line_no_longer_counts(office: Office) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    decide(office, Subject.PROFILE, "XXGS")
    number = brought_to(office, State.ACCEPTED, severity=Severity.MAJOR, severity_reason="amount")
    write(office, number, "reported")
    event = queries.events_of(db.session(), dossier(number).id)[0]
    with acting(office.person("officer")) as act:
        operations.strike_event(dossier(number), event.id, reason="登错案卷", act=act)
    assert limits(number)["XXGS.T04"].met_at is None


def test_a_missed_limit_goes_up_a_level_each_working_day(office: Office, clock: Any) -> None:
    registered(office)
    clock.moment = datetime(2026, 3, 20, 17, tzinfo=UTC)  # missed an hour ago, a Saturday by then
    handlers.watch([])
    handlers.watch([])
    rows = db.session.query(Escalation).all()
    assert [(row.level, row.unit.code) for row in rows] == [(0, "root")]
    assert [one.id for one in missed.waiting(db.session(), office.person("head"))] == [rows[0].id]
    with acting(office.person("head")) as act:
        operations.see_escalation(act.session.merge(rows[0]), note="今日办结", act=act)
    assert missed.waiting(db.session(), office.person("head")) == []


def test_the_time_of_mediation_does_not_count_for_a_bank(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "bank")
    number = brought_to(office, State.MEDIATING)
    assert limits(number)["CBIRC3.C01"].paused
    clock.moment = NOW + timedelta(days=10)
    with acting(office.person("officer")) as act:
        moving.investigate(dossier(number), act=act)
    assert limits(number)["CBIRC3.C01"].operative_at == day("2026-03-30")  # ten days later than without it


def test_a_missed_limit_goes_to_the_role_a_text_names_and_starts_that_roles_own_limit(
    office: Office, clock: Any
) -> None:
    decide(office, Subject.INSTITUTION, "company")
    decide(office, Subject.PROFILE, "KHYG")
    custom = {"kind": "client", "contract_no": "HT-1", "address": "张家港"}
    number = brought_to(office, State.INVESTIGATING, custom=custom)
    clock.moment = NOW + timedelta(hours=2)
    handlers.watch([])
    [row] = {one.unit.code: one for one in db.session.query(Escalation)}.values()
    assert (row.role, row.receiver) == ("head", "责任部门最高领导人")
    assert row.basis == "《客户员工投诉管理制度》6.1"
    assert limits(number)["KHYG.T25"].operative_at == clock.moment + timedelta(hours=1)
    with acting(office.person("head")) as act:
        operations.see_escalation(act.session.merge(row), note="今日办结", act=act)
    handlers.nightly([])
    assert limits(number)["KHYG.T25"].met_at is not None


def test_a_major_complaint_is_reported_at_once_to_whom_the_text_names(office: Office) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    decide(office, Subject.PROFILE, "XXGS")
    number = registered(office)
    assert missed.waiting(db.session(), office.person("head")) == []
    made(office, number, Sheet.GRADINGS, by="head")
    [row] = missed.waiting(db.session(), office.person("head"))
    assert (row.cause, row.receiver) == (Cause.MAJOR, "金融消费者权益保护工作领导小组")
    assert row.article == "《xx公司金融消费者投诉处理办法》第十九条(二)"
    with acting(office.person("head")) as act:
        moving.accept(dossier(number), admission=conditions_of(dossier(number)), act=act)
    assert len(missed.waiting(db.session(), office.person("head"))) == 1
    assert missed.waiting(db.session(), office.person("officer")) == []
    with pytest.raises(NotAllowed), acting(office.person("officer")) as act:
        operations.see_escalation(act.session.merge(row), note="x", act=act)


def test_each_person_is_reminded_once_a_day_of_what_is_theirs(office: Office, clock: Any) -> None:
    number = brought_to(office, State.INVESTIGATING)
    clock.moment = datetime(2026, 3, 20, 17, tzinfo=UTC)
    handlers.watch([])
    handlers.remind([])

    def digest(login: str) -> tuple[int, int, int, bool]:
        db.session.expire_all()
        row = reminding.latest(db.session(), office.person(login))[0]
        return row.soon, row.overdue, row.escalated, row.seen_at is not None

    assert digest("head")[:3] == (0, 1, 1)
    assert digest("officer")[:3] == (0, 1, 0)
    assert digest("officer-desk")[:3] == digest("system_admin")[:3] == (0, 0, 0)
    assert reminding.waiting_for_one(db.session(), shanghai_date(clock.moment)) == []
    with acting(office.person("officer")) as act:
        reminding.see(shanghai_date(clock.moment), act=act)
    assert reminding.unseen(db.session(), office.person("officer")) == 0
    handlers.confirmed([])
    assert digest("officer")[3]  # nothing changed: nothing new to see
    with acting(office.person("officer")) as act:
        moving.answer(dossier(number), outcome="已退款", act=act)
    handlers.nightly([])
    assert digest("officer") == (0, 0, 0, False)
    clock.moment += timedelta(days=61)
    handlers.remind([])
    assert len(reminding.latest(db.session(), office.person("head"))) == 1


def test_who_owes_a_half_years_report_is_reminded_of_it_and_told_when_it_is_late(office: Office, clock: Any) -> None:
    decide(office, Subject.INSTITUTION, "bank")
    decide(office, Subject.PROFILE, "YJF13")
    for moment, late in ((datetime(2026, 7, 20, 2, tzinfo=UTC), False), (datetime(2026, 8, 1, 2, tzinfo=UTC), True)):
        clock.moment = moment
        handlers.remind([])
        [row] = reminding.latest(db.session(), office.person("head"), 1)
        [owed] = [one for one in row.owed if "半年报" in one["title"] and "2026" in one["title"]]
        assert (owed["due_on"], owed["late"]) == ("2026-07-30", late)
    assert reminding.latest(db.session(), office.person("officer"), 1)[0].owed == []


def test_a_declined_dossier_has_no_open_limit(office: Office) -> None:
    number = brought_to(office, State.DECLINED)
    assert all(row.met_at or row.ended_at for row in limits(number).values())


def test_a_later_version_touches_only_what_is_not_accepted(office: Office) -> None:
    decide(office, Subject.INSTITUTION, "payment")
    waits = registered(office, source=Source.PBC)
    accepted = brought_to(office, State.ACCEPTED, source=Source.PBC)
    row = db.session().query(procedures.ProfileVersion).filter_by(profile_id="PBC5").one()
    text = row.text.replace("version: 1", "version: 2", 1).replace("limit: 15 day", "limit: 10 day", 1)
    with acting(office.person("legal")) as act:
        proposed = procedures.propose(text, "PBC5.yaml", note="试改", act=act)
    with acting(office.person("head")) as act:
        procedures.sign(act.session.merge(proposed), act=act)
    handlers.nightly([])
    assert (bound(waits)["PBC5"], bound(accepted)["PBC5"]) == (2, 1)
    assert limits(waits)["PBC5.P43"].operative_at == day("2026-03-15")
    assert limits(accepted)["PBC5.P43"].operative_at == day("2026-03-20")


def test_reckoning_again_changes_nothing(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    with acting(Machine("test")) as act:
        known = keeping.setting(act.session)
        assert keeping.keep_all([dossier(number).id], known, act=act) == 0

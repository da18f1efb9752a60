"""Writes about measures on third parties, compensation, grading, reports of major complaints."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from archive.binding import raising
from archive.binding.bound import bound
from archive.core.act import Act
from archive.core.errors import BadInput, Problem
from archive.dossiers import followings
from archive.dossiers.institutions import tidy
from archive.dossiers.models import Dossier
from archive.dossiers.states import Severity
from archive.handling import holding, procedure
from archive.handling.holding import check, hold, make, note
from archive.handling.kinds import CompensationState
from archive.handling.models import Compensation, Grading, MajorReport, Measure, ThirdParty
from archive.people.rules import Permission
from archive.procedures import overlay
from archive.procedures.overlay import Stated
from archive.procedures.profile import Cause, Item

Asked = Mapping[str, Any]


def name_third_party(dossier: Dossier, asked: Asked, *, act: Act) -> ThirdParty:
    """Write down a firm that has part in the complaint, once. Raises NotAllowed, RuleBroken, BadInput."""
    hold(dossier, Permission.HANDLE, act=act)
    name = tidy(asked["name"])
    same = select(ThirdParty.id).where(ThirdParty.dossier_id == dossier.id, ThirdParty.name == name)
    if act.session.scalar(same) is not None:
        check(Problem("third_party.twice", "name"))
    return make(ThirdParty, dossier, {**asked, "name": name}, act=act, verb="name", name=name)


def take_measure(dossier: Dossier, asked: Asked, *, act: Act) -> Measure:
    """Write down a measure on a third party of the dossier. Raises NotAllowed, RuleBroken, BadInput."""
    hold(dossier, Permission.HANDLE, act=act)
    party = act.session.get(ThirdParty, asked["third_party_id"])
    found = _item(procedure.measures(bound(act.session, dossier)), asked["measure"])
    check(
        *(
            [Problem("third_party.unknown", "third_party_id")]
            if party is None or party.dossier_id != dossier.id
            else []
        ),
        *([Problem("input.choice", "measure")] if found is None else []),
        *holding.past(asked["taken_on"], act, "taken_on"),
        *holding.order(asked["taken_on"], asked["due_on"], "due_on"),
    )
    assert found is not None  # else there was a problem
    return make(Measure, dossier, {**asked, "name": found.name}, act=act, verb="take", measure=found.code)


def note_result(measure: Measure, asked: Asked, *, act: Act) -> None:
    """Write down what a measure brought. Raises NotAllowed, RuleBroken, BadInput."""
    hold(holding.dossier_of(measure, act), Permission.HANDLE, act=act)
    holding.check_state(measure, bool(measure.result), False)
    check(
        *holding.past(asked["result_on"], act, "result_on"),
        *holding.order(measure.taken_on, asked["result_on"], "result_on"),
    )
    measure.result, measure.result_on = asked["result"], asked["result_on"]
    note(measure, "result", act=act)


def tell_result(measure: Measure, asked: Asked, *, act: Act) -> None:
    """The complainant was told of a measure's result and asked what he thinks of it (XXGS, 第十三条)."""
    hold(holding.dossier_of(measure, act), Permission.HANDLE, act=act)
    holding.check_state(measure, (bool(measure.result), measure.told_on), (True, None))
    check(
        *holding.past(asked["told_on"], act, "told_on"), *holding.order(measure.result_on, asked["told_on"], "told_on")
    )
    measure.told_on, measure.complainant_view = asked["told_on"], asked["complainant_view"]
    note(measure, "tell", act=act)


def promise(dossier: Dossier, asked: Asked, *, act: Act) -> Compensation:
    """Write down a compensation that was promised; money has an amount. Raises NotAllowed, RuleBroken, BadInput."""
    hold(dossier, Permission.HANDLE, act=act)
    found = _item(procedure.compensations(bound(act.session, dossier)), asked["kind"])
    no_sum = asked["kind"] == "money" and not asked["amount"]
    check(
        *([Problem("input.choice", "kind")] if found is None else []),
        *([Problem("compensation.amount", "amount")] if no_sum else []),
        *holding.past(asked["promised_on"], act, "promised_on"),
        *holding.order(asked["promised_on"], asked["due_on"], "due_on"),
    )
    assert found is not None  # else there was a problem
    row = make(Compensation, dossier, {**asked, "name": found.name}, act=act, verb="promise", kind=found.code)
    raising.report(dossier, Cause.COMPENSATION, act=act)
    return row


def pay(compensation: Compensation, asked: Asked, *, act: Act) -> None:
    """What was promised was given: a document proves it. Raises NotAllowed, RuleBroken, BadInput."""
    hold(holding.dossier_of(compensation, act), Permission.HANDLE, act=act)
    holding.check_state(compensation, compensation.state, CompensationState.PROMISED)
    check(
        *holding.past(asked["paid_on"], act, "paid_on"),
        *holding.order(compensation.promised_on, asked["paid_on"], "paid_on"),
        *holding.document(act.session, compensation.dossier_id, asked["document_id"], "document_id"),
    )
    compensation.state = CompensationState.PAID
    compensation.paid_on, compensation.document_id = asked["paid_on"], asked["document_id"]
    note(compensation, "pay", act=act, document=asked["document_id"])


def drop(compensation: Compensation, asked: Asked, *, act: Act) -> None:
    """What was promised will not be given, for a reason. Raises NotAllowed, RuleBroken."""
    hold(holding.dossier_of(compensation, act), Permission.DECIDE, act=act)
    holding.check_state(compensation, compensation.state, CompensationState.PROMISED)
    compensation.state, compensation.reason = CompensationState.DROPPED, asked["reason"]
    note(compensation, "drop", act=act)


def grade(dossier: Dossier, asked: Asked, *, act: Act) -> Grading:
    """Grade the dossier by a procedure's own scheme; its core severity follows. Raises as the others do.

    `grade` is `profile/grade/reason`, or `profile/grade` of one without reasons, as the choices have it.
    Source: XXGS, 第十二条.
    """
    hold(dossier, Permission.DECIDE, act=act)
    found = overlay.graded(procedure.graded(bound(act.session, dossier)), asked["grade"])
    if found is None:
        raise BadInput("input.bad", [Problem("input.choice", "grade")])
    (profile, grade_of), reason = (found[0].profile, found[0].entry), found[1]
    after = Severity(grade_of.core)
    values = {
        "profile": profile.id, "grade": grade_of.code, "grade_name": grade_of.name,
        "reason_name": reason.name if reason else "", "before": dossier.severity, "after": after, "note": asked["note"],
    }  # fmt: skip
    dossier.severity, dossier.severity_reason = after, asked["grade"]
    row = make(Grading, dossier, values, act=act, verb="grade", before=values["before"], after=after)
    act.record("dossier:grade", dossier, number=dossier.number, before=values["before"], after=after)
    followings.follow(dossier, act)
    return row


def plan_report(dossier: Dossier, asked: Asked, *, act: Act) -> MajorReport:
    """Write down that a report is due: to whom, until when, by what rule. Raises NotAllowed, RuleBroken."""
    hold(dossier, Permission.HANDLE, act=act)
    return make(MajorReport, dossier, dict(asked), act=act, verb="plan", due_at=asked["due_at"])


def plan_report_of(dossier: Dossier, *, act: Act) -> MajorReport | None:
    """Plan the report of a major dossier by the profiles that bind it, unless there is one; None when none is due."""
    present = select(func.count()).select_from(MajorReport).where(MajorReport.dossier_id == dossier.id)
    if dossier.severity is Severity.NORMAL or dossier.closed_at is not None or act.session.scalar(present):
        return None
    due_at, basis = procedure.report_due(act.session, dossier, dossier.accepted_at or act.moment)
    receiver = procedure.receiver(bound(act.session, dossier), "major")
    values = {"receiver": receiver, "basis": basis, "due_at": due_at}
    return make(MajorReport, dossier, values, act=act, verb="plan", due_at=due_at)


def send_report(report: MajorReport, asked: Asked, *, act: Act) -> None:
    """The report was sent. Raises NotAllowed, RuleBroken."""
    hold(holding.dossier_of(report, act), Permission.HANDLE, act=act)
    holding.check_state(report, report.sent_at, None)
    report.sent_at, report.sent_by_name = act.moment, act.actor.name
    for name, value in asked.items():
        setattr(report, name, value)
    note(report, "send", act=act, late=act.moment > report.due_at)
    followings.follow(holding.dossier_of(report, act), act)


def _item(items: Sequence[Stated[Item]], code: str) -> Item | None:
    return next((one.entry for one in items if one.entry.code == code), None)

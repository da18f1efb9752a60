"""Moving a dossier along, from acceptance to closing, withdrawal and reopening."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import Problem
from archive.dossiers import access, admitting, assigning, code_tables, duties, guarding, ruling, steps, telling
from archive.dossiers.models import Closing, Dossier, Notice, Pause
from archive.dossiers.states import CodeTable, NoticeKind, NoticeOutcome, State, Verb
from archive.dossiers.values import NoticeValue
from archive.web.forms import not_future

# Before somebody may be called unreachable, so many attempts must be on record (XXGS-9: 因投诉人原因无法告知的除外).
ATTEMPTS_NEEDED = 2


def accept(dossier: Dossier, *, admission: Sequence[str] = (), note: str = "", act: Act) -> None:
    """Accept a registered complaint; the limits of handling run from here. By another than who registered it.

    `admission` are the conditions found to hold, by code: those that the bound profiles require are all needed.
    """
    missing = admitting.unmet(ruling.bound(act.session, dossier), dossier.parties, admission)
    after = steps.check(Verb.ACCEPT, dossier, act=act, hindrances=missing)
    dossier.accepted_at = act.moment
    steps.write(
        Verb.ACCEPT, dossier, after, act=act, note=note, facts={"admission": list(admission)} if admission else {}
    )


def decline(dossier: Dossier, *, reason: str, note: str, link: str = "", act: Act) -> None:
    """Decline a complaint for a coded reason, with what the complainant is advised.

    The reason is a ground of the profiles that bind the dossier, `PROFILE/code`; where none states any, a code of the
    office's table. `link` names the other proceeding or the earlier dossier where the reason rests on one. The dossier
    closes once the complainant was told (see `notify`). Source: 中国人民银行令〔2020〕第5号, 第四十二条.
    """
    asked = {"reason": reason, "note": note}
    table = code_tables.table(act.session, CodeTable.NON_ACCEPTANCE)
    found = admitting.reasons(ruling.bound(act.session, dossier), table)
    wrong = admitting.wrong_reason(found, reason, link)
    after = steps.check(Verb.DECLINE, dossier, act=act, asked=asked, hindrances=wrong)
    dossier.decline_reason, dossier.decline_link, dossier.outcome = reason, link, note
    _resume(dossier, act)
    assigning.take_all_back(dossier, act=act)
    steps.write(Verb.DECLINE, dossier, after, act=act, note=note, facts={"reason": reason})


def request_supplement(dossier: Dossier, *, note: str, due_on: date | None, act: Act) -> None:
    """Ask the complainant for what is missing; the limits stand still until it has come (补正)."""
    wrong = []
    if due_on is not None and due_on < shanghai_date(act.moment):
        wrong.append(Problem("supplement.past", "due_on"))
    after = steps.check(
        Verb.REQUEST_SUPPLEMENT, dossier, act=act, asked={"note": note, "due_on": due_on}, hindrances=wrong
    )
    act.session.add(Pause(dossier_id=dossier.id, reason=note, began_at=act.moment, due_on=due_on))
    act.session.flush()
    facts = {"due_on": due_on.isoformat()} if due_on else {}
    steps.write(Verb.REQUEST_SUPPLEMENT, dossier, after, act=act, note=note, facts=facts)


def receive_supplement(dossier: Dossier, *, note: str, act: Act) -> None:
    """The supplement has come: the dossier goes back to where it stood and the limits run on."""
    after = steps.check(Verb.RECEIVE_SUPPLEMENT, dossier, act=act, asked={"note": note})
    _resume(dossier, act)
    steps.write(Verb.RECEIVE_SUPPLEMENT, dossier, after, act=act, note=note)


def investigate(dossier: Dossier, *, note: str = "", act: Act) -> None:
    """Begin to investigate, or begin again. Who begins an unassigned dossier becomes its officer."""
    after = steps.check(Verb.INVESTIGATE, dossier, act=act)
    if dossier.officer_id is None:
        dossier.officer_id = act.actor.id
    steps.write(Verb.INVESTIGATE, dossier, after, act=act, note=note)


def mediate(
    dossier: Dossier,
    *,
    complainant_agreed_on: date | None,
    respondent_agreed_on: date | None,
    note: str = "",
    act: Act,
) -> None:
    """Begin mediation, to which both sides agreed on the days given."""
    agreed = {"complainant_agreed_on": complainant_agreed_on, "respondent_agreed_on": respondent_agreed_on}
    today = shanghai_date(act.moment)
    wrong = [Problem("input.future", name) for name, on in agreed.items() if on is not None and on > today]
    after = steps.check(Verb.MEDIATE, dossier, act=act, asked=agreed, hindrances=wrong)
    facts = {name: on.isoformat() for name, on in agreed.items() if on}
    steps.write(Verb.MEDIATE, dossier, after, act=act, note=note, facts=facts)


def answer(dossier: Dossier, *, outcome: str, act: Act) -> None:
    """Settle the result of handling; the complainant is then told (see `notify`)."""
    _answer(Verb.ANSWER, dossier, outcome, act)


def request_review(dossier: Dossier, *, note: str, act: Act) -> None:
    """The complainant does not accept the result and asks that it be looked at again (核查)."""
    after = steps.check(Verb.REQUEST_REVIEW, dossier, act=act, asked={"note": note})
    steps.write(Verb.REQUEST_REVIEW, dossier, after, act=act, note=note)


def conclude_review(dossier: Dossier, *, outcome: str, act: Act) -> None:
    """Give the result of the review, by another than the dossier's officer."""
    _answer(Verb.CONCLUDE_REVIEW, dossier, outcome, act)


def notify(dossier: Dossier, value: NoticeValue, *, act: Act) -> Notice:
    """Record that the complainant was told something, that an attempt failed, or that telling proved impossible.

    A declined dossier closes when its refusal was told (retention, D1). Raises Refused, MoveNotAllowed, BadInput.
    """
    wrong = not_future(value.at, act.moment, "at")
    # Forms know whole minutes only: who is told at once is not told before.
    if value.at < dossier.received_at.replace(second=0, microsecond=0):
        wrong.append(Problem("notice.before", "at"))
    if value.outcome is not NoticeOutcome.REACHED and not value.note:
        wrong.append(Problem("notice.note", "note"))
    if value.outcome is NoticeOutcome.IMPOSSIBLE and _attempts(dossier, value.kind, act) < ATTEMPTS_NEEDED:
        wrong.append(Problem("notice.attempts", "outcome", {"needed": ATTEMPTS_NEEDED}))
    wrong += telling.wrong_way(ruling.bound(act.session, dossier), value)
    asked = {"kind": value.kind, "outcome": value.outcome}
    after = steps.check(Verb.NOTIFY, dossier, act=act, asked=asked, hindrances=wrong)
    notice = Notice(
        dossier_id=dossier.id, kind=value.kind, channel=value.channel, outcome=value.outcome, at=value.at,
        note=value.note, recorded_by=act.actor.id, recorded_at=act.moment,
    )  # fmt: skip
    act.session.add(notice)
    act.session.flush()
    facts = {"kind": value.kind.value, "channel": value.channel.value, "result": value.outcome.value}
    steps.write(Verb.NOTIFY, dossier, after, act=act, note=value.note, facts=facts)
    told = value.outcome is not NoticeOutcome.FAILED
    if dossier.state is State.DECLINED and value.kind is NoticeKind.REFUSAL and told:
        steps.end(dossier, act=act)
    return notice


def close(dossier: Dossier, *, note: str = "", act: Act) -> None:
    """Close the dossier (办结) on the present day in Shanghai, by another than its officer, nothing left undone."""
    access.lock(act.session, dossier)
    undone = duties.unfinished(act.session, dossier)
    after = steps.check(Verb.CLOSE, dossier, act=act, hindrances=undone)
    steps.write(Verb.CLOSE, dossier, after, act=act, note=note)
    steps.end(dossier, act=act)


def withdraw(dossier: Dossier, *, note: str, act: Act) -> None:
    """The complainant withdrew: the procedure ends the same day (银保监会令2020年第3号, 第十五条)."""
    after = steps.check(Verb.WITHDRAW, dossier, act=act, asked={"note": note})
    _resume(dossier, act)
    assigning.take_all_back(dossier, act=act)
    steps.write(Verb.WITHDRAW, dossier, after, act=act, note=note)
    steps.end(dossier, act=act)


def reopen(dossier: Dossier, *, note: str, act: Act) -> None:
    """Take an ended dossier up again on new facts; its old closing stays in its history."""
    after = steps.check(Verb.REOPEN, dossier, act=act, asked={"note": note})
    facts = {"closed_on": dossier.closed_on.isoformat()} if dossier.closed_on else {}
    act.session.execute(
        update(Closing)
        .where(Closing.dossier_id == dossier.id, Closing.reopened_at.is_(None))
        .values(reopened_at=act.moment)
    )
    dossier.closed_at = dossier.closed_on = None
    dossier.closing_assumed = False
    dossier.decline_reason = dossier.decline_link = ""
    dossier.answered_at = None
    steps.write(Verb.REOPEN, dossier, after, act=act, note=note, facts=facts)
    # While it was ended, nobody new was looked at.
    guarding.find_recusals(dossier, act=act)


def add_addendum(dossier: Dossier, *, note: str, act: Act) -> None:
    """Write a correction or remark beside an ended dossier, which itself stays as it is."""
    after = steps.check(Verb.ADDENDUM, dossier, act=act, asked={"note": note})
    steps.write(Verb.ADDENDUM, dossier, after, act=act, note=note)


def _answer(verb: Verb, dossier: Dossier, outcome: str, act: Act) -> None:
    after = steps.check(verb, dossier, act=act, asked={"outcome": outcome})
    dossier.outcome, dossier.answered_at = outcome, act.moment
    steps.write(verb, dossier, after, act=act, note=outcome)


def _attempts(dossier: Dossier, kind: NoticeKind, act: Act) -> int:
    failed = select(func.count()).where(
        Notice.dossier_id == dossier.id, Notice.kind == kind, Notice.outcome == NoticeOutcome.FAILED
    )
    return act.session.scalar(failed) or 0


def _resume(dossier: Dossier, act: Act) -> None:
    act.session.execute(
        update(Pause).where(Pause.dossier_id == dossier.id, Pause.ended_at.is_(None)).values(ended_at=act.moment)
    )

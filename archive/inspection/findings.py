"""Findings: raised by an auditor, replied to by the office, accepted and closed by the auditor; numbers have no gap."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.labels import label
from archive.core.paging import Page, PageRequest, cut
from archive.core.sheets import Column, Sheet
from archive.disposal import completeness, erasing
from archive.dossiers import access, series
from archive.dossiers.models import Dossier
from archive.dossiers.rules import lacks
from archive.inspection import rules, sampling
from archive.inspection.grants import below
from archive.inspection.kinds import FindingState, Step
from archive.inspection.models import Finding, FindingStep
from archive.people import queries as people
from archive.people.models import Unit
from archive.people.rules import Permission, Person

# What is said about a dossier goes with it; the number stays, so that the register of findings has no gaps.
erasing.stays("finding", {"title": "（案卷已销毁）", "dossier_id": None})
erasing.stays("finding_step", {"text": "（案卷已销毁）", "dossier_id": None})


def open_one(
    *,
    title: str,
    text: str,
    dossier: str = "",
    unit: str = "",
    sample: uuid.UUID | None = None,
    reply_by: date | None = None,
    act: Act,
) -> Finding:
    """Raise a finding about a dossier the auditor sees, or about a unit. Raises NotAllowed, NotFound, BadInput."""
    person = act.actor
    if not isinstance(person, Person):
        raise NotAllowed("person.lacks", permission=Permission.READ_AUDIT)
    if not dossier and not unit:
        raise BadInput("input.bad", [Problem("input.required", "unit")])
    if reply_by is not None and reply_by < shanghai_date(act.moment):
        raise BadInput("input.bad", [Problem("finding.reply_by", "reply_by")])
    about = access.find(act.session, dossier, person) if dossier else None
    of = about.unit if about else people.unit_by_code(act.session, unit)
    if lacks(person, Permission.READ_AUDIT, of.path):
        raise NotAllowed("person.lacks", permission=Permission.READ_AUDIT)
    if sample is not None:
        sampling.find(act.session, sample, person)
    year = shanghai_date(act.moment).year
    raised = Finding(
        number=f"SJ-{year}-{series.take(act.session, f'finding:{year}'):04}",
        unit_id=of.id,
        dossier_id=about.id if about else None,
        dossier_number=about.number if about else "",
        sample_id=sample,
        title=title,
        reply_by=reply_by,
        raised_by=person.id,
        raised_by_name=person.name,
        raised_at=act.moment,
    )
    act.session.add(raised)
    act.session.flush()
    _say(raised, Step.RAISE, text, act)
    act.record("finding:raise", raised, number=raised.number, dossier=raised.dossier_number, unit=of.code)
    return raised


def say(finding: Finding, verb: Step, text: str, *, act: Act) -> None:
    """Reply to a finding, or as the auditor send back, accept, close. Raises NotAllowed, RuleBroken."""
    following = rules.STEPS.get(verb)
    if following is None:
        raise BadInput("input.bad", [Problem("input.choice", "verb")])
    permission = Permission.READ_AUDIT if following.by_auditor else Permission.ADMIT
    if lacks(act.actor, permission, finding.unit.path):
        raise NotAllowed("person.lacks", permission=permission)
    if finding.state is not following.before:
        raise RuleBroken("finding.state", number=finding.number, state=finding.state, verb=verb)
    finding.state = following.after
    act.session.flush()
    _say(finding, verb, text, act)
    act.record(f"finding:{verb.value}", finding, number=finding.number)


def page(session: Session, person: Person, request: PageRequest, state: FindingState | None = None) -> Page[Finding]:
    """Return the findings the person may see, the newest first. Three statements."""
    query = select(Finding).join(Unit, Unit.id == Finding.unit_id).where(_seen_by(person)).limit(request.size + 1)
    query = query.options(joinedload(Finding.unit), selectinload(Finding.steps)).order_by(Finding.id.desc())
    if state is not None:
        query = query.where(Finding.state == state)
    key = request.key(uuid.UUID)
    if key is not None:
        query = query.where(Finding.id < key[0])
    return cut(session.scalars(query).all(), request, lambda one: [one.id])


def find(session: Session, number: str, person: Person) -> Finding:
    """Return the finding with this number. Raises NotFound, the same for hidden and for missing."""
    query = select(Finding).join(Unit, Unit.id == Finding.unit_id).where(Finding.number == number, _seen_by(person))
    found = session.scalar(query.options(selectinload(Finding.steps)).execution_options(populate_existing=True))
    if found is None:
        raise NotFound("finding.unknown", number=number)
    return found


def next_steps(finding: Finding, person: Person) -> list[Step]:
    """Return what the person may say on a finding now."""
    path = finding.unit.path
    return [
        verb
        for verb, one in rules.STEPS.items()
        if one.before is finding.state
        and not lacks(person, Permission.READ_AUDIT if one.by_auditor else Permission.ADMIT, path)
    ]


def sheet(session: Session, person: Person) -> Sheet:
    """Return all findings the person may see as a table, with everything said."""
    columns = (
        Column("编号", 14), Column("状态", 14), Column("单位"), Column("案号", 22), Column("问题", 40),
        Column("提出人", 12), Column("提出时间", 18), Column("答复期限", 12), Column("往来", 80),
    )  # fmt: skip
    return Sheet("审计问题", columns, _rows(session, person))


def serials(session: Session, year: str) -> tuple[str, list[int]]:
    """Return the name of a year's sequence of findings, and the serials that are there; for the completeness report."""
    numbers = session.scalars(select(Finding.number).where(Finding.number.startswith(f"SJ-{year}-")))
    return f"审计问题 {year}", [int(number.rsplit("-", 1)[1]) for number in numbers]


completeness.add("finding", serials)


def _rows(session: Session, person: Person) -> Iterator[list[Any]]:
    request = PageRequest(200)
    while True:
        part = page(session, person, request)
        for one in part.rows:
            said = "\n".join(f"{label(step.verb)}（{step.said_by_name}）：{step.text}" for step in one.steps)
            yield [one.number, label(one.state), one.unit.name, one.dossier_number, one.title, one.raised_by_name,
                   one.raised_at, one.reply_by, said]  # fmt: skip
        if not part.next:
            return
        request = PageRequest(200, part.next)


def _say(finding: Finding, verb: Step, text: str, act: Act) -> None:
    assert act.actor.id is not None
    act.session.add(
        FindingStep(
            finding_id=finding.id, dossier_id=finding.dossier_id, verb=verb, text=text, said_by=act.actor.id,
            said_by_name=act.actor.name, at=act.moment,
        )
    )  # fmt: skip
    act.session.flush()


def _seen_by(person: Person) -> ColumnElement[bool]:
    """Return the condition: in a unit where the person audits or answers auditors; of a dossier they see, or raised."""
    mine = below([*person.paths(Permission.READ_AUDIT), *person.paths(Permission.ADMIT)])
    visible = Finding.dossier_id.in_(select(Dossier.id).where(access.visible_to(person)))
    return mine & or_(Finding.dossier_id.is_(None), Finding.raised_by == person.id, visible)

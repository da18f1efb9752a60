"""Recording contacts, registering complaints, changing what was registered."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.ids import new_id
from archive.core.masking import mask_phone
from archive.core.ports import ports
from archive.dossiers import (
    code_tables,
    extras,
    followings,
    guarding,
    institutions,
    parties,
    rules,
    ruling,
    series,
    steps,
    years,
)
from archive.dossiers.models import Alias, Contact, Dossier, Move
from archive.dossiers.states import CodeTable, Severity, State, Verb
from archive.dossiers.values import Complaint, ContactValue, PartyValue
from archive.people import queries as people
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may
from archive.procedures import queries as procedures
from archive.procedures.office import Bound
from archive.procedures.overlay import graded, number_template, stated
from archive.web.forms import not_future


def record_contact(value: ContactValue, *, act: Act) -> Contact:
    """Write the next line of a unit's contact register (接待登记簿): whoever turns to the office, accepted or not.

    The line belongs to the Shanghai year in which it is written. Raises BadInput, NotAllowed.
    """
    problems = not_future(value.received_at, act.moment, "received_at")
    if problems:
        raise BadInput("input.bad", problems)
    unit = unit_for(value.unit, Permission.REGISTER, act=act)
    year = shanghai_date(act.moment).year
    contact = Contact(
        unit_id=unit.id,
        year=year,
        serial=series.contact_serial(act.session, str(unit.id), year),
        received_at=value.received_at,
        channel=value.channel,
        person_name=value.person_name,
        phone_sealed=ports().vault.seal(value.phone) if value.phone else None,
        phone_masked=mask_phone(value.phone),
        summary=value.summary,
        in_scope=value.in_scope,
        advice=value.advice,
        leader_opinion=value.leader_opinion,
        recorded_by=_recorder(act),
    )
    act.session.add(contact)
    act.session.flush()
    act.record("contact:record", contact, unit=unit.code, year=year, serial=contact.serial)
    return contact


def judge_contact(contact: Contact, *, in_scope: bool, leader_opinion: str, advice: str, act: Act) -> None:
    """Write into a line whether it is within the office's scope, what the head says, and what the person was advised.

    A line that became a complaint is no longer judged. Raises RuleBroken, NotAllowed, BadInput.
    """
    _hold(contact, act)
    if rules.lacks(act.actor, Permission.REGISTER, contact.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.REGISTER)
    if contact.dossier_id is not None:
        raise RuleBroken("contact.registered")
    if not in_scope and not advice.strip():
        raise BadInput("input.bad", [Problem("contact.advice", "advice")])
    contact.in_scope, contact.leader_opinion, contact.advice = in_scope, leader_opinion, advice
    act.record("contact:judge", contact, in_scope=in_scope)


def register(value: Complaint, *, act: Act, contact: Contact | None = None) -> Dossier:
    """Register a complaint (受理投诉登记表) and return its dossier; without a contact, the contact is recorded too.

    Raises BadInput with every problem, NotAllowed, RuleBroken when the contact became a complaint before.
    """
    value = _with_phone(value, contact)
    path = contact.unit.path if contact else unit_for(value.unit, Permission.REGISTER, act=act).path
    bound = procedures.in_unit(act.session, path, shanghai_date(value.received_at))
    custom, wrong = extras.read(bound, value.custom)
    value, ungraded = _graded(value, bound, None)
    found = [*check(value, act=act), *wrong, *ungraded]
    if found:
        raise BadInput("input.bad", found)
    value = replace(value, custom=custom)
    if contact is None:
        contact = record_contact(_contact_of(value), act=act)
    else:
        _hold(contact, act)
        if contact.dossier_id is not None:
            raise RuleBroken("contact.registered")
    unit = contact.unit
    if rules.lacks(act.actor, Permission.REGISTER, unit.path):
        raise NotAllowed("person.lacks", permission=Permission.REGISTER)
    on = shanghai_date(act.moment)
    template = number_template(bound, legacy=False) or ports().settings.number_template
    number = series.dossier_number(act.session, template, on, unit.code)
    dossier = enter(value, number=number, unit=unit, state=State.REGISTERED, registered_at=act.moment, act=act)
    old = number_template(bound, legacy=True)
    if old and (alias := series.old_number(act.session, old, on, unit.code)):
        act.session.add(Alias(number=alias, dossier_id=dossier.id))
    contact.dossier_id, contact.in_scope = dossier.id, True
    first_move(Verb.REGISTER, dossier, act=act, contact=contact.serial)
    return dossier


def enter(
    value: Complaint,
    *,
    number: str,
    unit: Unit,
    state: State,
    registered_at: Any,
    dossier_id: uuid.UUID | None = None,
    act: Act,
) -> Dossier:
    """Write the rows of a new dossier: its fields, parties, hashes, automatic recusals. No move is recorded here."""
    dossier = Dossier(
        id=dossier_id or new_id(),
        number=number,
        fonds=ports().settings.fonds,
        year=shanghai_date(registered_at).year,
        state=state,
        unit_id=unit.id,
        registered_by=act.actor.id,
        registered_at=registered_at,
        received_at=value.received_at,
        **_fields(value, act),
        custom=value.custom,
    )
    act.session.add(dossier)
    act.session.flush()
    parties.put_account(dossier, value.account, session=act.session)
    parties.put(dossier, value.parties, act=act)
    guarding.find_recusals(dossier, act=act)
    return dossier


def first_move(verb: Verb, dossier: Dossier, *, act: Act, **facts: Any) -> None:
    """Write the step by which the dossier came into being into its history and into the trail."""
    act.session.add(
        Move(
            dossier_id=dossier.id, at=act.moment, actor_id=act.actor.id, actor_name=act.actor.name, verb=verb,
            before=None, after=dossier.state, facts=facts,
        )
    )  # fmt: skip
    act.record(f"dossier:{verb.value}", dossier, number=dossier.number, **facts)
    act.session.flush()
    followings.follow(dossier, act)


def edit(dossier: Dossier, value: Complaint, *, act: Act, revision: int | None = None) -> bool:
    """Change what was registered, before closing; return whether anything changed. It is recorded, old and new.

    `revision` is the one the editor saw: when somebody saved in between, nothing is changed. Raises Refused,
    MoveNotAllowed, BadInput with every problem, RuleBroken.
    """
    steps.check(Verb.EDIT, dossier, act=act)
    if revision is not None and revision != dossier.revision:
        raise RuleBroken("dossier.changed", number=dossier.number)
    custom: dict[str, Any] = dossier.custom
    wrong: list[Problem] = []
    if value.custom != dossier.custom:
        bound = procedures.in_unit(act.session, dossier.unit.path, shanghai_date(value.received_at))
        custom, wrong = extras.read(bound, value.custom)
    value, ungraded = _graded(value, ruling.bound(act.session, dossier) if value.grade else (), dossier)
    problems = [*check(value, act=act, before=dossier), *wrong, *ungraded]
    if problems:
        raise BadInput("input.bad", problems)
    changes: dict[str, Any] = {}
    if custom != dossier.custom:
        dossier.custom, changes["custom"] = custom, "changed"
    for name, new in _fields(value, act).items():
        old = getattr(dossier, name)
        if old != new:
            changes[name] = _shown(name, old, new)
            setattr(dossier, name, new)
    if dossier.received_at != value.received_at:
        changes["received_at"] = [dossier.received_at, value.received_at]
        dossier.received_at = value.received_at
    if parties.put_account(dossier, value.account, session=act.session):
        changes["account"] = "changed"
    if parties.put(dossier, value.parties, act=act):
        changes["parties"] = "changed"
    if not changes:
        return False
    guarding.find_recusals(dossier, act=act)
    steps.write(Verb.EDIT, dossier, dossier.state, act=act, facts={"fields": sorted(changes)})
    act.record("dossier:change", dossier, changes=changes)
    return True


def value_of(dossier: Dossier) -> Complaint:
    """Return what is registered as it would be entered; personal numbers stay blank, which leaves them as they are."""
    same = {name: getattr(dossier, name) for name in _SAME}
    return Complaint(
        **same,
        grade=dossier.severity_reason if "/" in dossier.severity_reason else "",
        received_at=dossier.received_at,
        respondent=dossier.respondent.name if dossier.respondent else "",
        custom=dossier.custom,
        parties=tuple(
            PartyValue(name=row.name, role=row.role, kind=row.kind, mandate=row.mandate, id=row.id)
            for row in dossier.parties
        ),
    )


def check(value: Complaint, *, act: Act, before: Dossier | None = None) -> list[Problem]:
    """Return everything wrong with what was entered, besides its parties."""
    found = not_future(value.received_at, act.moment, "received_at")
    if value.occurred_on is not None and value.occurred_on > shanghai_date(act.moment):
        found.append(Problem("input.future", "occurred_on"))
    tables = code_tables.tables(act.session)
    for name, field, code in (
        (CodeTable.CATEGORY, "category", value.category),
        (CodeTable.CAUSE, "cause", value.cause),
        # A grade of a rule set's own scheme was checked against that scheme.
        (CodeTable.SEVERITY_REASON, "severity_reason", "" if value.grade else value.severity_reason),
    ):
        found += tables[name].check(code, field, before=getattr(before, field) if before else "")
    if value.severity is not Severity.NORMAL and not value.severity_reason:
        found.append(Problem("dossier.severity_reason", "severity_reason"))
    return found


def _graded(value: Complaint, bound: Sequence[Bound], before: Dossier | None) -> tuple[Complaint, list[Problem]]:
    """Return the complaint with the core severity of its grade; one that is graded so already stays as it is."""
    if not value.grade:
        return value, []
    if before is not None and value.grade == before.severity_reason:
        return replace(value, severity=before.severity, severity_reason=value.grade), []
    found = graded(stated(bound, lambda profile: profile.severity), value.grade)
    if found is None:
        return value, [Problem("input.choice", "grade")]
    return replace(value, severity=Severity(found[0].entry.core), severity_reason=value.grade), []


def unit_for(code: str, permission: Permission, *, act: Act) -> Unit:
    """Return the unit with this code, or the actor's own when empty. Raises NotAllowed without the permission there."""
    unit = people.unit_by_code(act.session, code) if code else home_unit(act.session, act.actor, permission)
    if unit is None or rules.lacks(act.actor, permission, unit.path):
        raise NotAllowed("person.lacks", permission=permission)
    if unit.closed_at is not None:
        raise RuleBroken("unit.closed", unit=unit.name)
    return unit


def home_unit(session: Session, actor: object, permission: Permission) -> Unit | None:
    """Return the unit in which a person holds the permission: of several the topmost; None without any."""
    if not isinstance(actor, Person):
        return None
    held = [grant for grant in actor.grants if may(Person(actor.id, "", "", (grant,), actor.scopes), permission)]
    top = min(held, key=lambda grant: (grant.path.count("/"), grant.path), default=None)
    return session.get(Unit, top.unit_id) if top else None


def _hold(contact: Contact, act: Act) -> None:
    """Hold the line until the act ends, and see its present state (see access.lock). Raises RuleBroken when frozen."""
    query = select(Contact).where(Contact.id == contact.id).with_for_update(of=Contact)
    act.session.execute(query.execution_options(populate_existing=True))
    years.check_contact(act.session, contact)


def _with_phone(value: Complaint, contact: Contact | None) -> Complaint:
    """Return the complaint with the number told when the contact was recorded: nobody is asked for it twice."""
    first = value.parties[0] if value.parties else None
    if contact is None or not contact.phone_sealed or first is None or first.phone or first.name != contact.person_name:
        return value
    first = replace(first, phone=ports().vault.open(contact.phone_sealed))
    return replace(value, parties=(first, *value.parties[1:]))


def _recorder(act: Act) -> uuid.UUID:
    if act.actor.id is None:
        raise NotFound("account.unknown")
    return act.actor.id


def _contact_of(value: Complaint) -> ContactValue:
    speaker = value.parties[0] if value.parties else None
    return ContactValue(
        received_at=value.received_at,
        channel=value.channel,
        person_name=speaker.name if speaker else "",
        phone=speaker.phone if speaker else "",
        summary=value.title,
        in_scope=True,
        unit=value.unit,
    )


# What a dossier's row holds as it was entered.
_SAME = (
    "title", "channel", "source", "respondent_person", "category", "cause", "product", "severity", "severity_reason",
    "amount", "occurred_on", "facts", "request", "contract_no",
)  # fmt: skip


def _fields(value: Complaint, act: Act) -> dict[str, Any]:
    """Return the dossier's plain columns as the value has them."""
    institution = institutions.find_or_create(value.respondent, act=act)
    return {**{name: getattr(value, name) for name in _SAME}, "respondent_id": institution.id if institution else None}


# Long texts and names do not go into the trail: it is kept for ever, the dossier is not.
_UNSHOWN = frozenset({"title", "facts", "request", "respondent_person", "contract_no"})


def _shown(name: str, old: Any, new: Any) -> Any:
    return "changed" if name in _UNSHOWN else [old, new]

"""A line of a register as plain values that canonical JSON can freeze: personal numbers masked, codes as codes."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from archive.core.act import plain
from archive.core.clock import SHANGHAI
from archive.core.labels import label
from archive.documents.models import Document
from archive.dossiers import code_tables
from archive.dossiers.models import Contact, Dossier, HandOver, Institution, Move, Notice, Party
from archive.dossiers.states import CodeTable, HandOverState, NoticeKind, NoticeOutcome, PartyRole, Verb
from archive.handling.kinds import Side
from archive.handling.models_after import FollowUp
from archive.handling.models_settling import Review
from archive.people.models import Account, Unit
from archive.procedures import queries as procedures

Record = dict[str, Any]

# Dossiers whose particulars are read at once: bounds both the memory and the number of parameters of a statement.
BATCH = 500


def of_contacts(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Return the records of contact lines by id. Two statements.

    Of one that became a case the head's opinion is the step by which the case was accepted or declined.
    """
    rows = session.execute(
        select(Contact, Account.name, Dossier.number)
        .join(Account, Account.id == Contact.recorded_by)
        .outerjoin(Dossier, Dossier.id == Contact.dossier_id)
        .where(Contact.id.in_(ids))
    ).all()
    cases = [contact.dossier_id for contact, _, number in rows if number]
    steps = select(Move.dossier_id, Move.verb, Move.actor_name, Move.at).where(
        Move.dossier_id.in_(cases), Move.verb.in_((Verb.ACCEPT, Verb.DECLINE))
    )
    said: dict[uuid.UUID | None, str] = {
        dossier_id: f"{'同意受理' if verb is Verb.ACCEPT else '不予受理'}（{name}，{at.astimezone(SHANGHAI):%Y-%m-%d}）"
        for dossier_id, verb, name, at in session.execute(steps.order_by(Move.at))
    }
    return {
        contact.id: {
            "received_at": plain(contact.received_at),
            "channel": contact.channel.value,
            "person": contact.person_name,
            "phone": contact.phone_masked,
            "summary": contact.summary,
            "in_scope": contact.in_scope,
            "opinion": contact.leader_opinion or said.get(contact.dossier_id, ""),
            "advice": contact.advice,
            "recorder": recorder,
            "case": number or "",
        }
        for contact, recorder, number in rows
    }


def of_dossiers(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Return the records of dossiers by id. Ten statements at most, however many dossiers."""
    words = code_tables.tables(session)
    officer, registrar = aliased(Account), aliased(Account)
    rows = session.execute(
        select(Dossier, Unit.name, officer.name, registrar.name, Institution.name)
        .join(Unit, Unit.id == Dossier.unit_id)
        .outerjoin(officer, officer.id == Dossier.officer_id)
        .outerjoin(registrar, registrar.id == Dossier.registered_by)
        .outerjoin(Institution, Institution.id == Dossier.respondent_id)
        .where(Dossier.id.in_(ids))
    ).all()
    told = procedures.words(session, [code for one in rows for code in (one[0].severity_reason, one[0].decline_reason)])
    found = {
        dossier.id: {
            "number": dossier.number,
            "title": dossier.title,
            "state": dossier.state.value,
            "registered_at": plain(dossier.registered_at),
            "received_at": plain(dossier.received_at),
            "channel": dossier.channel.value,
            "source": dossier.source.value,
            "severity": dossier.severity.value,
            "severity_reason": told.get(dossier.severity_reason)
            or words[CodeTable.SEVERITY_REASON].word(dossier.severity_reason),
            "category": words[CodeTable.CATEGORY].word(dossier.category),
            "cause": words[CodeTable.CAUSE].word(dossier.cause),
            "respondent": respondent or "",
            "respondent_person": dossier.respondent_person,
            "product": dossier.product,
            "facts": dossier.facts,
            "request": dossier.request,
            "contract_no": dossier.contract_no,
            "unit": unit,
            "officer": in_hand or "",
            "registrar": registered_by or "",
            "accepted_at": plain(dossier.accepted_at),
            "decline_reason": told.get(dossier.decline_reason)
            or words[CodeTable.NON_ACCEPTANCE].word(dossier.decline_reason),
            "outcome": dossier.outcome,
            "closed_on": plain(dossier.closed_on),
            "due_at": plain(dossier.due_at),
            "due_rule": dossier.due_rule,
            "custom": plain(dossier.custom),
        }
        for dossier, unit, in_hand, registered_by, respondent in rows
    }
    for dossier_id, more in (*_parties(session, ids).items(), *_doings(session, ids).items()):
        found[dossier_id] |= more
    return found


def _parties(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    columns = (
        Party.dossier_id, Party.role, Party.kind, Party.name, Party.id_number_masked, Party.phone_masked,
        Party.address_sealed.is_not(None), Party.mandate,
    )  # fmt: skip
    told: dict[uuid.UUID, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = session.execute(select(*columns).where(Party.dossier_id.in_(ids)).order_by(Party.dossier_id, Party.position))
    for dossier_id, role, kind, name, id_number, phone, has_address, mandate in rows:
        one = told[dossier_id]
        if role is PartyRole.AGENT:
            one["agents"].append(f"{name}（{mandate}）" if mandate else name)
            continue
        one["complainants"].append(name)
        for key, value in (("id_numbers", id_number), ("phones", phone), ("complainant_kinds", label(kind))):
            if value and value not in one[key]:
                one[key].append(value)
        if has_address:
            one["has_address"].append("1")
    return {dossier_id: {key: "、".join(values) for key, values in one.items()} for dossier_id, one in told.items()}


def _doings(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Record]:
    """Who accepted, what evidence lies in it, to whom it was handed, what was told, said, found on review."""
    found: dict[uuid.UUID, Record] = defaultdict(dict)
    accepted = select(Move.dossier_id, Move.actor_name).where(Move.dossier_id.in_(ids), Move.verb == Verb.ACCEPT)
    for dossier_id, name in session.execute(accepted.order_by(Move.at)):
        found[dossier_id]["accepted_by"] = name
    documents = select(Document.dossier_id, Document.title, Document.paper_at).where(
        Document.dossier_id.in_(ids), Document.parent_id.is_(None)
    )
    listed: dict[tuple[uuid.UUID, str], list[str]] = defaultdict(list)
    for dossier_id, title, paper_at in session.execute(documents.order_by(Document.dossier_id, Document.item)):
        listed[dossier_id, "evidence"].append(title)
        if paper_at and paper_at not in listed[dossier_id, "paper_at"]:
            listed[dossier_id, "paper_at"].append(paper_at)
    slips = (
        select(HandOver.dossier_id, Unit.name, Account.name)
        .join(Unit, Unit.id == HandOver.to_unit_id)
        .outerjoin(Account, Account.id == HandOver.officer_id)
        .where(HandOver.dossier_id.in_(ids), HandOver.state == HandOverState.ACCEPTED)
        .order_by(HandOver.offered_at)
    )
    for dossier_id, unit, officer in session.execute(slips):
        listed[dossier_id, "handed_to"].append(f"{unit}（{officer}）" if officer else unit)
    notices = select(Notice.dossier_id, Notice.at, Notice.channel).where(
        Notice.dossier_id.in_(ids), Notice.kind == NoticeKind.RESULT, Notice.outcome == NoticeOutcome.REACHED
    )
    for dossier_id, at, channel in session.execute(notices.order_by(Notice.at)):
        listed[dossier_id, "told"].append(f"{at.astimezone(SHANGHAI):%Y-%m-%d}{label(channel)}")
    reviews = select(Review.dossier_id, Review.level, Review.outcome).where(
        Review.dossier_id.in_(ids), Review.outcome.is_not(None)
    )
    for dossier_id, level, outcome in session.execute(reviews.order_by(Review.concluded_at)):
        listed[dossier_id, "reviewed"].append(f"{label(level)}：{label(outcome)}")
    asked = select(FollowUp.dossier_id, FollowUp.at, FollowUp.reached, FollowUp.score).where(
        FollowUp.dossier_id.in_(ids), FollowUp.side == Side.COMPLAINANT
    )
    for dossier_id, at, reached, score in session.execute(asked.order_by(FollowUp.at)):
        listed[dossier_id, "followed_up"].append(f"{at.astimezone(SHANGHAI):%Y-%m-%d}{'' if reached else '未联系上'}")
        if score is not None:
            found[dossier_id]["satisfaction"] = score
    for (dossier_id, key), values in listed.items():
        found[dossier_id][key] = "；".join(values)
    return found

"""Putting a limit off: asked for by one, granted or refused by who the text names, told to the complainant.

Everything the text demands is asked by deadlines.extensions; here it is read from and written to the rows. A notice by
an allowed way tells of it, or a letter of extension that states the new last day.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.binding import keeping
from archive.binding.bound import bound
from archive.binding.models import DossierLimit, LimitExtension
from archive.binding.roles import stands
from archive.core.act import Act, Actor
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.deadlines import table
from archive.deadlines.extensions import Ask, extend, step_for
from archive.deadlines.history import History
from archive.dossiers import access
from archive.dossiers.models import Dossier, Notice
from archive.dossiers.rules import check_open, lacks
from archive.dossiers.states import NoticeChannel, NoticeKind, NoticeOutcome
from archive.dossiers.telling import CHANNELS
from archive.people.rules import Permission, Person
from archive.procedures.limit import Extension, Limit
from archive.procedures.overlay import approval
from archive.procedures.profile import Profile, Role, Standing

_RANK = {standing: rank for rank, standing in enumerate(Standing)}
_NOBODY = uuid.UUID(int=0)


class Letter(NamedTuple):
    """A letter of extension that is in force: its id and number, when it was issued, the last day it states."""

    id: uuid.UUID
    number: str
    issued_at: datetime
    until: date | None


# Given a dossier, returns its letters of extension. Letters stand above this feature: wiring joins them.
Letters = Callable[[Session, Dossier], Sequence[Letter]]

_letters: list[Letters] = []


def tell_by(source: Letters) -> None:
    """Let the letters say which of them told of an extension; adding a source twice changes nothing."""
    if source not in _letters:
        _letters.append(source)


def ask(
    dossier: Dossier,
    row: DossierLimit,
    *,
    until: datetime,
    reason: str,
    notice: NoticeChannel,
    consent_evidence: str = "",
    act: Act,
) -> LimitExtension:
    """Ask that a limit be put off to the end of the day of `until` (to the moment, if it is in minutes or hours).

    `notice` is how the complainant will be told. Raises Refused("deadline.extension") with every reason and the
    article, NotAllowed, RuleBroken when one is waiting already.
    """
    access.lock(act.session, dossier)
    if lacks(act.actor, Permission.HANDLE, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.HANDLE)
    check_open(dossier)
    if _waiting(act.session, row) is not None:
        raise RuleBroken("extension.waiting", limit=row.name)
    limit, history, step, profile = _standing(act.session, dossier, row, until)
    role, _, article = _approver(act.session, dossier, step, profile)
    asked = Ask(
        until=until,
        at=act.moment,
        reason=reason,
        requested_by=act.actor.id or _NOBODY,
        approved_by=_NOBODY,
        role=step.approver if step else "",
        notice=CHANNELS[notice],
        notice_evidence="to come",
        consent_evidence=consent_evidence,
    )
    extend(limit, history, table.calendar(act.session), asked)
    extension = LimitExtension(
        dossier_id=dossier.id,
        profile_id=row.profile_id,
        limit_id=row.limit_id,
        name=row.name,
        article=article or row.article,
        due_before=row.operative_at,
        until=until,
        reason=reason,
        requested_by=_id(act.actor),
        requested_by_name=act.actor.name,
        requested_at=act.moment,
        notice=notice.value,
        consent_evidence=consent_evidence,
        role=role,
    )
    act.session.add(extension)
    act.session.flush()
    act.record("extension:ask", extension, limit=f"{row.profile_id}.{row.limit_id}", until=until)
    return extension


def decide(extension: LimitExtension, dossier: Dossier, *, granted: bool, refusal: str = "", act: Act) -> None:
    """Grant or refuse what somebody else asked for, in the role the text names.

    Raises Refused with every reason (the cap and the end of the limit are asked again), NotAllowed, RuleBroken.
    """
    access.lock(act.session, dossier)
    check_open(dossier)
    if extension.decided_at is not None:
        raise RuleBroken("extension.decided")
    if extension.requested_by == act.actor.id:
        raise RuleBroken("deadline.extension.same_person")
    row = limit_row(act.session, dossier, extension.profile_id, extension.limit_id)
    limit, history, step, profile = _standing(act.session, dossier, row, extension.until)
    _, role, _ = _approver(act.session, dossier, step, profile)
    if not may_decide(act.actor, role, dossier.unit.path):
        raise NotAllowed("extension.approver", needed=role.name if role else "", article=extension.article)
    if not granted and not refusal:
        raise BadInput("input.bad", [Problem("input.required", "refusal")])
    if granted:
        asked = Ask(
            until=extension.until,
            at=act.moment,
            reason=extension.reason,
            requested_by=extension.requested_by,
            approved_by=_id(act.actor),
            role=step.approver if step else "",
            notice=CHANNELS[NoticeChannel(extension.notice)],
            notice_evidence="to come",
            consent_evidence=extension.consent_evidence,
        )
        extend(limit, history, table.calendar(act.session), asked)
    extension.granted, extension.refusal = granted, refusal
    extension.decided_by, extension.decided_by_name, extension.decided_at = _id(act.actor), act.actor.name, act.moment
    act.session.flush()
    act.record("extension:grant" if granted else "extension:refuse", extension, until=extension.until)
    keeping.follow(dossier, act)


def granted_untold(session: Session, dossier: Dossier) -> Sequence[LimitExtension]:
    """Return granted extensions of which the complainant was not yet told in a way the text allows."""
    rows = session.scalars(
        select(LimitExtension).where(LimitExtension.dossier_id == dossier.id, LimitExtension.granted.is_(True))
    ).all()
    if not rows:
        return []
    notices = session.execute(
        select(Notice.channel, Notice.outcome, Notice.recorded_at).where(
            Notice.dossier_id == dossier.id,
            Notice.kind == NoticeKind.EXTENSION,
            Notice.outcome.in_((NoticeOutcome.REACHED, NoticeOutcome.IMPOSSIBLE)),
        )
    ).all()
    known, letters = keeping.setting(session), letters_of(session, dossier)
    return [
        row
        for row in rows
        if letter_telling(row, letters, allowed(row, known)) is None
        and not any(_tells(notice, row, allowed(row, known)) for notice in notices)
    ]


def letters_of(session: Session, dossier: Dossier) -> Sequence[Letter]:
    """Return the letters of extension of a dossier, the first first. One statement."""
    return [letter for source in _letters for letter in source(session, dossier)]


def letter_telling(row: LimitExtension, letters: Sequence[Letter], ways: frozenset[str] = frozenset()) -> Letter | None:
    """Return the letter that told of an extension: issued since it was granted, stating its new last day. Pure."""
    if row.decided_at is None or not row.granted or (ways and CHANNELS[NoticeChannel.LETTER] not in ways):
        return None
    until = shanghai_date(row.until)
    return next((one for one in letters if one.issued_at >= row.decided_at and one.until == until), None)


def allowed(row: LimitExtension | DossierLimit, known: keeping.Setting) -> frozenset[str]:
    """Return the ways in which a profile lets an extension be told; empty: any."""
    profile = known.newest(row.profile_id)
    limit = profile.limit(row.limit_id)
    by_steps = {channel for step in (limit.extend if limit else ()) for channel in step.notice}
    by_notice = {one for notice in profile.notices if notice.code == "extension" for one in notice.channels}
    return frozenset(by_steps or by_notice)


def untold(session: Session, dossier: Dossier) -> list[Problem]:
    """Return as problems what still is to be told before the dossier may be closed."""
    return [Problem("close.extension_untold", facts={"limit": row.name}) for row in granted_untold(session, dossier)]


def limit_row(session: Session, dossier: Dossier, profile_id: str, limit_id: str) -> DossierLimit:
    """Return a limit of the dossier. Raises NotFound."""
    found = session.scalar(
        select(DossierLimit).where(
            DossierLimit.dossier_id == dossier.id,
            DossierLimit.profile_id == profile_id,
            DossierLimit.limit_id == limit_id,
        )
    )
    if found is None:
        raise NotFound("limit.unknown")
    return found


def find(session: Session, dossier: Dossier, extension_id: uuid.UUID) -> LimitExtension:
    """Return an extension of the dossier. Raises NotFound."""
    found = session.get(LimitExtension, extension_id)
    if found is None or found.dossier_id != dossier.id:
        raise NotFound("extension.unknown")
    return found


def role_of(profile: Profile, code: str) -> Role | None:
    """Return the profile's role, or None where the text names nobody."""
    return next((role for role in profile.roles if role.code == code), None)


def role_named(known: keeping.Setting, code: str) -> Role | None:
    """Return the role that a code `PROFILE/role` means, None for an empty one."""
    profile_id, _, role = code.partition("/")
    return role_of(known.newest(profile_id), role) if role else None


def _approver(
    session: Session, dossier: Dossier, step: Extension | None, profile: Profile
) -> tuple[str, Role | None, str]:
    """Return who grants a step of extension: its code `PROFILE/role`, the role, the text and article.

    The strictest of what the step itself names and what any bound profile asks for extensions.
    """
    found = []
    named = role_of(profile, step.approver) if step else None
    if step is not None and named is not None:
        found.append((f"{profile.id}/{named.code}", named, f"《{profile.authority}》{step.article}"))
    asked = approval(bound(session, dossier), "extend")
    if asked is not None:
        found.append((f"{asked.profile}/{asked.roles[-1].code}", asked.roles[-1], asked.reason))
    own = f"《{profile.authority}》{step.article}" if step and step.article else ""
    return max(found, key=lambda one: _RANK[one[1].standing], default=("", None, own))


def may_decide(actor: Actor, role: Role | None, path: str) -> bool:
    """Tell whether the actor stands in the role for a dossier of the unit with this path; without a role, decides."""
    if role is None:
        return isinstance(actor, Person) and not lacks(actor, Permission.DECIDE, path)
    return stands(actor, role.core, role.standing, path)


def _standing(
    session: Session, dossier: Dossier, row: DossierLimit, until: datetime
) -> tuple[Limit, History, Extension | None, Profile]:
    """Return the limit as bound, the dossier's history, the step of extension that reaches to `until`, the profile."""
    limit, history, profile = keeping.limit_now(session, dossier, row.profile_id, row.limit_id)
    return limit, history, step_for(limit, history, table.calendar(session), until), profile


def _tells(notice: Any, row: LimitExtension, ways: frozenset[str]) -> bool:
    told = notice.outcome is NoticeOutcome.IMPOSSIBLE or not ways or CHANNELS[notice.channel] in ways
    return bool(told and row.decided_at and notice.recorded_at >= row.decided_at)


def _waiting(session: Session, row: DossierLimit) -> uuid.UUID | None:
    return session.scalar(
        select(LimitExtension.id).where(
            LimitExtension.dossier_id == row.dossier_id,
            LimitExtension.profile_id == row.profile_id,
            LimitExtension.limit_id == row.limit_id,
            LimitExtension.decided_at.is_(None),
        )
    )


def _id(actor: Actor) -> uuid.UUID:
    if actor.id is None:
        raise NotFound("account.unknown")
    return actor.id

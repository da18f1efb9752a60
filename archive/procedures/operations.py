"""Proposing, signing and dropping versions of profiles, and deciding which of them a unit follows. Always two persons.

Whoever proposes does not sign: a profile sets what the office owes to people outside (A4 of the design's systems).
"""

import uuid
from datetime import datetime

from sqlalchemy import select

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may
from archive.procedures.loading import load
from archive.procedures.models import Choice, ProfileVersion
from archive.procedures.office import BINDING_BY_LAW, INSTITUTIONS
from archive.procedures.queries import profile_of, version
from archive.procedures.states import Origin, Subject

# Profiles hold for the whole office, so they are made by who may do so at its root.
ROOT = "/"


def check_govern(act: Act, path: str = ROOT) -> None:
    """Raise NotAllowed unless the actor governs procedures in the unit; for the root: in a topmost unit."""
    actor = act.actor
    allowed = isinstance(actor, Person) and (
        may(actor, Permission.GOVERN, path)
        if path != ROOT
        else any(held.count("/") == 2 for held in actor.paths(Permission.GOVERN))
    )
    if not allowed:
        raise NotAllowed("person.lacks", permission=Permission.GOVERN)


def propose(text: str, file: str, *, note: str, act: Act) -> ProfileVersion:
    """Enter a new version of a profile as a proposal, whole or not at all.

    Raises BadInput("profile.flawed") with file, line and path of every flaw; RuleBroken when the version is not above
    all that are known of this profile.
    """
    check_govern(act)
    profile = load(text, file)
    last = max((row.version for row in _known(profile.id, act)), default=0)
    if profile.version <= last:
        raise BadInput(
            "profile.old_version",
            [Problem("profile.old_version", "text", {"version": profile.version, "next": last + 1})],
            version=profile.version,
            next=last + 1,
        )
    if not note:
        raise BadInput("input.bad", [Problem("input.required", "note")])
    row = ProfileVersion(
        profile_id=profile.id,
        version=profile.version,
        title=profile.title,
        digest=profile.digest,
        text=text,
        origin=Origin.UPLOADED,
        note=note,
        proposed_by=_id(act),
        proposed_by_name=act.actor.name,
        proposed_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("profile:propose", row, profile=row.profile_id, version=row.version, digest=row.digest)
    return row


def sign(row: ProfileVersion, *, act: Act) -> None:
    """Sign a proposed version: new cases are bound by it from now on. Raises RuleBroken, NotAllowed."""
    check_govern(act)
    _undecided(row.signed_at, row.dropped_at)
    if row.proposed_by == act.actor.id:
        raise RuleBroken("profile.same_person")
    if any(other.version > row.version and other.signed_at for other in _known(row.profile_id, act)):
        raise RuleBroken("profile.overtaken", version=row.version)
    profile_of(row)  # what cannot be read is not signed
    row.signed_by, row.signed_by_name, row.signed_at = _id(act), act.actor.name, act.moment
    act.record("profile:sign", row, profile=row.profile_id, version=row.version, digest=row.digest)


def drop(row: ProfileVersion, *, act: Act) -> None:
    """Give up a proposed version; its number is not used again. Raises RuleBroken, NotAllowed."""
    check_govern(act)
    _undecided(row.signed_at, row.dropped_at)
    row.dropped_by_name, row.dropped_at = act.actor.name, act.moment
    act.record("profile:drop", row, profile=row.profile_id, version=row.version)


def propose_choice(unit: Unit, subject: Subject, value: str, *, holds: bool, reason: str, act: Act) -> Choice:
    """Propose which kind of institution a unit is, or that it follows a profile. Raises BadInput, NotAllowed."""
    check_govern(act, unit.path)
    problems = [] if reason else [Problem("input.required", "reason")]
    if subject is Subject.INSTITUTION and value not in INSTITUTIONS:
        problems.append(Problem("input.choice", "value"))
    if subject is Subject.PROFILE:
        problems += _choosable(value, act)
    if problems:
        raise BadInput("input.bad", problems)
    row = Choice(
        unit_id=unit.id,
        subject=subject,
        value=value,
        holds=holds,
        reason=reason,
        proposed_by=_id(act),
        proposed_by_name=act.actor.name,
        proposed_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("choice:propose", row, unit=unit.code, about=subject.value, value=value, holds=holds)
    return row


def decide_choice(row: Choice, *, act: Act) -> None:
    """Let a proposed decision hold from now on. Raises RuleBroken, NotAllowed."""
    check_govern(act, row.unit.path)
    _undecided(row.decided_at, row.dropped_at)
    if row.proposed_by == act.actor.id:
        raise RuleBroken("profile.same_person")
    row.decided_by, row.decided_by_name, row.decided_at = _id(act), act.actor.name, act.moment
    act.record("choice:decide", row, unit=row.unit.code, about=row.subject.value, value=row.value, holds=row.holds)


def drop_choice(row: Choice, *, act: Act) -> None:
    """Give up a proposed decision. Raises RuleBroken, NotAllowed."""
    check_govern(act, row.unit.path)
    _undecided(row.decided_at, row.dropped_at)
    row.dropped_by_name, row.dropped_at = act.actor.name, act.moment
    act.record("choice:drop", row, unit=row.unit.code, about=row.subject.value, value=row.value)


def _choosable(profile_id: str, act: Act) -> list[Problem]:
    rows = [row for row in _known(profile_id, act) if row.signed_at]
    if not rows:
        return [Problem("input.choice", "value")]
    newest = profile_of(version(act.session, profile_id, max(row.version for row in rows)))
    return [Problem("choice.by_law", "value")] if newest.level in BINDING_BY_LAW else []


def _known(profile_id: str, act: Act) -> list[ProfileVersion]:
    return list(act.session.scalars(select(ProfileVersion).where(ProfileVersion.profile_id == profile_id)))


def _undecided(decided_at: datetime | None, dropped_at: datetime | None) -> None:
    if decided_at is not None or dropped_at is not None:
        raise RuleBroken("profile.decided")


def _id(act: Act) -> uuid.UUID:
    if act.actor.id is None:
        raise NotFound("account.unknown")
    return act.actor.id

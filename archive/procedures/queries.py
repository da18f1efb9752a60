"""Reads about procedures."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.errors import NotFound
from archive.people.models import Unit
from archive.procedures import labels
from archive.procedures.loading import load, shipped
from archive.procedures.models import Choice, ProfileVersion
from archive.procedures.office import Bound, Decided, Office, chosen, in_force
from archive.procedures.overlay import OTHERS, code_of
from archive.procedures.profile import Profile
from archive.procedures.states import Subject


def profile_of(row: ProfileVersion) -> Profile:
    """Return the value of a version; parsed once in a process."""
    return _parsed(row.digest, row.profile_id, row.text)


@lru_cache(maxsize=256)
def _parsed(digest: str, profile_id: str, text: str) -> Profile:
    known = shipped().get(profile_id)
    return known if known is not None and known.digest == digest else load(text, f"{profile_id}.yaml")


def signed(session: Session) -> list[Profile]:
    """Return every signed version. One statement."""
    return [
        profile_of(row) for row in session.scalars(select(ProfileVersion).where(ProfileVersion.signed_at.is_not(None)))
    ]


def in_unit(session: Session, path: str, on: date) -> tuple[Bound, ...]:
    """Return what binds every complaint that comes to a unit on the day, as far as the unit alone tells.

    Two statements.
    """
    found = office(session)
    institution = found.institution(path)
    facts = {"institution": institution} if institution else {}
    return chosen(found, in_force(signed(session), on), path, facts, on)


def followed(session: Session, paths: Sequence[str], on: date) -> list[Profile]:
    """Return the rule sets kept to in any of these units on the day; all in force while nothing was decided.

    Two statements.
    """
    library = in_force(signed(session), on).values()
    found = office(session)
    if not any(one.subject is Subject.PROFILE for one in found.decided):
        return list(library)
    below = [one.path for one in found.decided if any(one.path.startswith(path) for path in paths)]
    return [profile for profile in library if any(found.follows(path, profile) for path in (*paths, *below))]


def words(session: Session, codes: Iterable[str]) -> Mapping[str, str]:
    """Return in words, with text and article, what codes `PROFILE/…` of conditions, grounds and grades mean.

    By any version that was signed: what was decided by it stays decided. One statement; none without such a code.
    """
    asked = {code.partition("/")[0] for code in codes if "/" in code}
    if not asked:
        return {}
    rows = session.scalars(
        select(ProfileVersion)
        .where(ProfileVersion.profile_id.in_(asked), ProfileVersion.signed_at.is_not(None))
        .order_by(ProfileVersion.version)
    )
    return {code: word for row in rows for code, word in _words_of(profile_of(row)).items()}


def _words_of(profile: Profile) -> dict[str, str]:
    found = {code_of(profile, OTHERS): f"{labels.OTHERS}（《{profile.authority}》）"} if profile.complainants else {}
    for item in (*profile.admission, *profile.non_acceptance):
        found[code_of(profile, item.code)] = f"{item.name}（《{profile.authority}》{item.article}）"
    for grade in profile.severity:
        found[code_of(profile, grade.code)] = f"{grade.name}（《{profile.authority}》{grade.article}）"
        for why in grade.reasons:
            words = f"{grade.name}：{why.name}（《{profile.authority}》{why.article or grade.article}）"
            found[code_of(profile, grade.code, why.code)] = words
    return found


def version(session: Session, profile_id: str, number: int) -> ProfileVersion:
    """Return one version of a profile, signed or not. Raises NotFound."""
    query = select(ProfileVersion).where(ProfileVersion.profile_id == profile_id, ProfileVersion.version == number)
    found = session.scalar(query)
    if found is None:
        raise NotFound("profile.unknown", profile=profile_id, version=number)
    return found


def held_before(session: Session, row: ProfileVersion) -> ProfileVersion | None:
    """Return the highest version signed of those below this one: the one that it takes the place of. One statement."""
    query = select(ProfileVersion).where(
        ProfileVersion.profile_id == row.profile_id,
        ProfileVersion.version < row.version,
        ProfileVersion.signed_at.is_not(None),
    )
    return session.scalar(query.order_by(ProfileVersion.version.desc()).limit(1))


def versions(session: Session, profile_id: str = "") -> Sequence[ProfileVersion]:
    """Return all versions, of one profile or of all, the newest of each first. One statement."""
    query = select(ProfileVersion).order_by(ProfileVersion.profile_id, ProfileVersion.version.desc())
    return session.scalars(query.where(ProfileVersion.profile_id == profile_id) if profile_id else query).all()


def office(session: Session) -> Office:
    """Return what was decided so far. One statement."""
    rows = session.execute(
        select(Unit.path, Choice.subject, Choice.value, Choice.holds)
        .join(Unit, Unit.id == Choice.unit_id)
        .where(Choice.decided_at.is_not(None))
        .order_by(Choice.decided_at, Choice.id)
    )
    return Office(tuple(Decided(*row) for row in rows))


def choices(session: Session) -> Sequence[Choice]:
    """Return all decisions and proposals, the newest first. One statement."""
    return session.scalars(select(Choice).order_by(Choice.proposed_at.desc(), Choice.id.desc())).all()


def choice(session: Session, choice_id: uuid.UUID) -> Choice:
    """Return one decision or proposal. Raises NotFound."""
    found = session.get(Choice, choice_id)
    if found is None:
        raise NotFound("choice.unknown")
    return found

"""Who may do what: roles, their permissions, and the units in which they hold. Pure."""

import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from archive.core.errors import NotAllowed


class NotSignedIn(NotAllowed):
    """Nobody is signed in, or not in a way that counts."""

    status = 401


class Role(StrEnum):
    """The offices a person holds. Words: archive.core.labels."""

    INTAKE = "intake"
    OFFICER = "officer"
    HEAD = "head"
    LEGAL = "legal"
    LETTER_CLERK = "letter_clerk"
    SEAL_KEEPER = "seal_keeper"
    RECORDS_MANAGER = "records_manager"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"


class Permission(StrEnum):
    """What an endpoint or operation asks for."""

    READ = "read"  # dossiers of the unit: metadata, documents, letters
    REGISTER = "register"  # write into the contact register, register complaints
    HANDLE = "handle"  # move a dossier along: ask for supplements, investigate, answer, mediate
    DECIDE = "decide"  # accept, decline, assign, approve
    CLOSE = "close"
    DEPOSIT = "deposit"  # put evidence in
    UNMASK = "unmask"  # see a personal number in full, with a reason
    HAND_OVER = "hand_over"  # receive or refuse a dossier for the unit
    RESTRICT = "restrict"  # grant single persons access, mark confidential
    SEARCH = "search"
    EXPORT = "export"
    DRAFT_LETTER = "draft_letter"
    ISSUE_LETTER = "issue_letter"
    EDIT_TEMPLATES = "edit_templates"  # write and publish versions of letter templates
    APPROVE_TEMPLATES = "approve_templates"  # somebody else's; note that a law has changed
    KEEP_SEALS = "keep_seals"  # put units' seals in and take them back
    KEEP = "keep"  # filing, retention, disposal lists
    HOLD = "hold"  # place holds, ask for and grant their release
    SANCTION = "sanction"  # read who of the staff answers for what
    APPRAISE = "appraise"  # say of an expired dossier what becomes of it
    APPROVE_DISPOSAL = "approve_disposal"  # the first approval of a disposal list, by who leads
    REVIEW_DISPOSAL = "review_disposal"  # the second, by legal
    WITNESS = "witness"  # be present when a list is destroyed
    REPORT = "report"
    READ_AUDIT = "read_audit"
    ADMIT = "admit"  # let auditors read what is closed, for a time; answer their findings
    DISCLOSE = "disclose"  # gather what is held about a person, for that person
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SYSTEM = "manage_system"  # jobs, health, code tables, settings pages
    MANAGE_CODES = "manage_codes"
    GOVERN = "govern"  # propose and sign procedures, holiday notices, and what a unit follows
    IMPORT = "import"


_READER = {Permission.READ, Permission.SEARCH}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.INTAKE: frozenset({*_READER, Permission.REGISTER, Permission.DEPOSIT, Permission.WITNESS}),
    Role.OFFICER: frozenset(
        {
            *_READER,
            Permission.REGISTER,
            Permission.HANDLE,
            Permission.DEPOSIT,
            Permission.UNMASK,
            Permission.HAND_OVER,
            Permission.DRAFT_LETTER,
            Permission.WITNESS,
        }
    ),
    Role.HEAD: frozenset(
        {
            *_READER,
            Permission.REGISTER,
            Permission.HANDLE,
            Permission.DECIDE,
            Permission.CLOSE,
            Permission.DEPOSIT,
            Permission.UNMASK,
            Permission.HAND_OVER,
            Permission.RESTRICT,
            Permission.EXPORT,
            Permission.DRAFT_LETTER,
            Permission.ISSUE_LETTER,
            Permission.EDIT_TEMPLATES,
            Permission.APPROVE_TEMPLATES,
            Permission.REPORT,
            Permission.HOLD,
            Permission.SANCTION,
            Permission.APPRAISE,
            Permission.APPROVE_DISPOSAL,
            Permission.WITNESS,
            Permission.ADMIT,
            Permission.GOVERN,
        }
    ),
    Role.LEGAL: frozenset(
        {
            *_READER,
            Permission.UNMASK,
            Permission.EXPORT,
            Permission.DEPOSIT,
            Permission.REPORT,
            Permission.HOLD,
            Permission.SANCTION,
            Permission.APPRAISE,
            Permission.REVIEW_DISPOSAL,
            Permission.WITNESS,
            Permission.APPROVE_TEMPLATES,
            Permission.DISCLOSE,
            Permission.GOVERN,
        }
    ),
    Role.LETTER_CLERK: frozenset(
        {*_READER, Permission.DRAFT_LETTER, Permission.EDIT_TEMPLATES, Permission.DEPOSIT, Permission.WITNESS}
    ),
    # Whoever keeps the seal is named by the security administrator, and neither drafts nor issues by that office.
    Role.SEAL_KEEPER: frozenset({Permission.KEEP_SEALS}),
    Role.RECORDS_MANAGER: frozenset(
        {
            *_READER,
            Permission.KEEP,
            Permission.HOLD,
            Permission.SANCTION,
            Permission.APPRAISE,
            Permission.DEPOSIT,
            Permission.EXPORT,
            Permission.IMPORT,
            Permission.MANAGE_CODES,
            Permission.GOVERN,
            Permission.REPORT,
            Permission.ADMIT,
            Permission.DISCLOSE,
        }
    ),
    # What an auditor reads is not said by the role but by a grant in force (see Inspection).
    Role.AUDITOR: frozenset({*_READER, Permission.READ_AUDIT, Permission.EXPORT, Permission.REPORT}),
    # 三员分立: who runs the machine, who grants access and who reads the trail are three persons, and none of the
    # first two reads a dossier.
    Role.SYSTEM_ADMIN: frozenset({Permission.MANAGE_SYSTEM}),
    Role.SECURITY_ADMIN: frozenset({Permission.MANAGE_ACCOUNTS}),
}

# Roles one person may not hold together (GB/T 22239-2019 level 3, separate administrators; auditors handle nothing).
_ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


# Whoever holds one of these reads, decides, keeps or hides much: no administrator gives them alone (see second_words).
WEIGHTY = frozenset({Role.HEAD, Role.LEGAL, Role.RECORDS_MANAGER, Role.AUDITOR, Role.SECURITY_ADMIN})


class Deed(StrEnum):
    """What by itself would make an administrator anybody; see second_words."""

    GRANT = "grant"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a deed
    RESET_SECOND_FACTOR = "reset_second_factor"


@dataclass(frozen=True)
class Grant:
    """A role held in a unit, and so in every unit below it. `path` is the unit's path, as in `/1/4/`."""

    role: Role
    unit_id: uuid.UUID
    path: str


@dataclass(frozen=True)
class Inspection:
    """What an auditor was let in to: dossiers closed from `since` to `until` (whole months, both days included) in the
    unit with this path and below, of one category or (empty) of every; restricted ones only where that was said."""

    path: str
    since: date
    until: date
    category: str = ""
    restricted: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody signed in, as plain values."""

    id: uuid.UUID
    login: str
    name: str
    grants: tuple[Grant, ...] = ()
    # Scopes of the token the request came with; None for a signed-in browser.
    scopes: frozenset[str] | None = None
    # Of an auditor: the grants in force at this moment.
    inspections: tuple[Inspection, ...] = ()

    def paths(self, permission: Permission) -> tuple[str, ...]:
        """Return the unit paths in which the person has the permission; a path covers all units below it."""
        if self.scopes is not None and permission not in self.scopes:
            return ()
        return tuple(sorted({grant.path for grant in self.grants if permission in PERMISSIONS[grant.role]}))

    @property
    def office_paths(self) -> tuple[str, ...]:
        """The unit paths whose dossiers the person reads by office. An auditor reads none by office."""
        by_office = tuple(grant for grant in self.grants if grant.role is not Role.AUDITOR)
        return replace(self, grants=by_office).paths(Permission.READ)

    @property
    def roles(self) -> frozenset[Role]:
        """All roles, wherever held."""
        return frozenset(grant.role for grant in self.grants)


def may(person: Person, permission: Permission, path: str | None = None) -> bool:
    """Tell whether the person has the permission: in the unit with this path, or anywhere when no path is given."""
    return any(path is None or path.startswith(held) for held in person.paths(permission))


def conflicts(roles: Collection[Role]) -> list[tuple[Role, Role]]:
    """Return the pairs among the roles that one person may not hold together (三员分立)."""
    return [
        (first, second)
        for first in sorted(_ADMINISTRATORS & set(roles))
        for second in sorted(roles)
        if first != second and not (second in _ADMINISTRATORS and second < first)
    ]


def covering(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths without those that another one covers already."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(upper) for upper in kept):
            kept.append(path)
    return tuple(kept)


LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,63}")


def login_of(text: str) -> str:
    """Return an account name as it is compared: without blanks around it, lower case."""
    return text.strip().lower()


# Signing in. A guesser who never stops gets some fifty tries a day at one account; who mistypes waits a minute.
FREE_FAILURES = 5
LONGEST_PAUSE = timedelta(minutes=30)


def pause_after(failures: int) -> timedelta | None:
    """Return how long an account stays shut after this many failures in a row: 1, 2, 4 … at most 30 minutes."""
    if failures < FREE_FAILURES:
        return None
    return min(timedelta(minutes=2 ** min(failures - FREE_FAILURES, 10)), LONGEST_PAUSE)


# An administrator's start password is for one handing-over, not for a drawer.
START_PASSWORD_LIVES = timedelta(days=7)


def safe_target(target: str) -> str:
    """Return where to go after signing in: the target when it is a path on this very site, else the work list.

    Browsers read `//host`, `/\\host` and addresses with control characters in them as other sites.
    """
    printable = target.isprintable() and "\\" not in target
    return target if printable and target.startswith("/") and not target.startswith("//") else "/"

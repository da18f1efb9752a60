"""A procedure profile as a value: one rule set of the office with its channels, roles, limits, forms and reports.

The names are those of the YAML files (a trailing underscore only where Python keeps the word); what a field means and
how it is written stands in schema.json. Codes of channels, sources, severities and letters are those of the dossiers
and letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from archive.procedures.limit import Clock, Conditions, Level, Limit

# No profile may keep less (中国人民银行令〔2020〕第5号, 第四十四条); schema.json states the same minimum.
RETENTION_FLOOR = 3


class Standing(StrEnum):
    """How high an approver stands, from lowest to highest; the strictest approval is the highest."""

    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    SENIOR = "senior"
    COMMITTEE = "committee"


@dataclass(frozen=True, slots=True)
class Effective:
    """From when to when the text is in force; None is open."""

    from_: date | None = None
    to: date | None = None

    def covers(self, day: date) -> bool:
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day <= self.to)


@dataclass(frozen=True, slots=True)
class Item:
    """A coded entry of a list: conditions of admission, grounds, measures, levels of review."""

    code: str
    name: str
    article: str = ""
    link: str = ""
    required: bool = False
    role: str = ""


class Cause(StrEnum):
    """What makes the archive report a dossier upwards."""

    MISSED = "missed"  # a limit was missed
    MAJOR = "major"  # it is graded as major or urgent
    MASS = "mass"  # it is one of massed complaints
    COMPENSATION = "compensation"  # somebody is to be compensated
    HINT = "hint"  # people judge it: shown only


@dataclass(frozen=True, slots=True)
class Escalation:
    """What is reported upwards on which cause, and to which role."""

    code: str
    name: str
    role: str
    on: Cause
    article: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way of redress; `after` is the notice after which alone it is open, empty: after any."""

    code: str
    name: str
    article: str = ""
    after: str = ""


class Proof(StrEnum):
    """What shows that a condition of closing holds, or that a document is there."""

    TOLD = "told"  # the complainant was told the result, or could not be told
    CLASSIFIED = "classified"  # category, cause and respondent are filled in
    COMPENSATED = "compensated"  # no compensation that was promised is outstanding
    REQUESTS = "requests"  # no request for evidence is outstanding
    SATISFACTION = "satisfaction"  # the sides to be asked afterwards were reached, or tried often enough
    OPINION = "opinion"  # an opinion on the result was agreed to
    MINUTES = "minutes"  # the minutes of a meeting are there
    EVIDENCE = "evidence"  # there is some document in the dossier
    DOCUMENT = "document"  # somebody named the document of the dossier that it is
    CONFIRM = "confirm"  # somebody confirmed it, with a note or a document
    AUTOMATIC = "automatic"  # the archive's own steps see to it
    HINT = "hint"  # it depends: shown, not asked for


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold, or be there, before a dossier is closed; `when` says for which cases."""

    code: str
    name: str
    by: Proof
    article: str = ""
    when: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Basis:
    """A text the profile rests on, with the day from which it no longer holds."""

    title: str
    repealed: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A book the office keeps."""

    code: str
    name: str
    columns: tuple[str, ...] = ()
    restricted: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role by the source's name, the archive's role (people.rules.Role) that fills it, and its standing."""

    code: str
    name: str
    core: str
    standing: Standing
    article: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of the profile's own severity scheme, mapped to the core scheme, with its reason codes."""

    code: str
    name: str
    core: str
    reasons: tuple[Item, ...] = ()
    article: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """An extra typed field on the forms."""

    code: str
    name: str
    type: str
    required: bool = False
    choices: tuple[str, ...] = ()
    longest: int = 200
    searchable: bool = True
    article: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of complaint with its extra fields and memo form."""

    code: str
    name: str
    fields: tuple[Field, ...] = ()
    form: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approves an act, in order."""

    act: str
    by: tuple[str, ...]
    article: str = ""


class Content(StrEnum):
    """What a notice may have to say; where a letter says it stands with its kind."""

    OUTCOME = "outcome"
    FINDINGS = "findings"
    REASON = "reason"
    BASIS = "basis"
    REMEDIES = "remedies"
    UNTIL = "until"
    CONTACT = "contact"
    MISSING = "missing"
    RECEIVER = "receiver"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a letter goes to, in the source's words; `class_` is their class in letters, empty where none fits."""

    name: str
    class_: str = ""


@dataclass(frozen=True, slots=True)
class LetterRule:
    """A letter the procedure uses: to whom, whether it must state a date, what goes with it."""

    kind: str
    addressees: tuple[Addressed, ...] = ()
    due_required: bool = False
    paired: str = ""
    issuer: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person must be told, with what in it (in the source's words) and by which channels (empty: any)."""

    code: str
    contents: Mapping[Content, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    article: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The call back after the case: by which limit, whose satisfaction, how many attempts in vain are enough."""

    limit: str = ""
    satisfaction: tuple[str, ...] = ()
    attempts: int = 3
    article: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that falls due by one of the limits."""

    kind: str
    name: str
    limit: str = ""
    to: str = ""
    fields: tuple[str, ...] = ()
    article: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """How many calendar years a closed dossier is kept, and by which article."""

    years: int
    basis: str
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Numbering:
    """A template for case numbers; `legacy` numbers are kept as aliases, never as keys."""

    template: str
    legacy: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True)
class Mass:
    """When complaints count as massed: as many about one matter within so many days."""

    count: int
    days: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One version of one rule set. `digest` is the SHA-256 of its canonical form; a case pins (id, version, digest)."""

    id: str
    version: int
    title: str
    authority: str
    level: Level
    incomplete: bool = False
    incomplete_note: str = ""
    inherits: tuple[str, ...] = ()
    effective: Effective = Effective()
    scope: Conditions = field(default_factory=dict)
    bases: tuple[Basis, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    complainants: tuple[str, ...] = ()
    registers: tuple[Register, ...] = ()
    roles: tuple[Role, ...] = ()
    severity: tuple[Grade, ...] = ()
    kinds: tuple[Kind, ...] = ()
    admission: tuple[Item, ...] = ()
    non_acceptance: tuple[Item, ...] = ()
    approvals: tuple[Approval, ...] = ()
    closing: tuple[Demand, ...] = ()
    documents: tuple[Demand, ...] = ()
    numbering: Numbering | None = None
    letters: tuple[LetterRule, ...] = ()
    notices: tuple[Notice, ...] = ()
    follow_up: FollowUp | None = None
    reports: tuple[Report, ...] = ()
    retention: Retention | None = None
    remedies: tuple[Remedy, ...] = ()
    measures: tuple[Item, ...] = ()
    compensation: tuple[Item, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    review: tuple[Item, ...] = ()
    mass: Mass | None = None
    clock: Clock = field(default_factory=Clock)
    deadlines: tuple[Limit, ...] = ()
    notes: tuple[str, ...] = ()
    digest: str = ""

    def limit(self, limit_id: str) -> Limit | None:
        """Return the limit with this id, or None."""
        return next((limit for limit in self.deadlines if limit.id == limit_id), None)


NUMBER_PLACEHOLDERS = re.compile(r"\{(year|yy|mm|dd|unit|seq:0[1-9])\}")

"""The kinds of letters: what each is, to whom it goes, which facts it needs, when it may be issued.

Read from templates/letters/<kind>/kind.yaml; a test holds the folders and `LetterKind` equal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from archive.core.errors import NotFound
from archive.letters.content import Form
from archive.letters.paths import LETTERS, SHARED
from archive.procedures.profile import Content


class LetterKind(StrEnum):
    """The kinds, by code; Chinese names stand in kind.yaml."""

    INQUIRY = "inquiry"
    ASSIGNMENT = "assignment"
    TRANSFER = "transfer"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    SUPPLEMENT = "supplement"
    EXTENSION = "extension"
    FORWARDING_NOTICE = "forwarding-notice"
    RESULT = "result"
    REMINDER = "reminder"
    CONSULTATION = "consultation"
    MEDIATION_NOTICE = "mediation-notice"
    MEDIATION_RECORD = "mediation-record"
    MEDIATION_AGREEMENT = "mediation-agreement"
    RECTIFICATION = "rectification"
    INTERVIEW = "interview"
    REFERRAL = "referral"
    APOLOGY = "apology"
    FEEDBACK = "feedback"
    RECEIPT = "receipt"
    HANDOVER = "handover"
    CATALOGUE = "catalogue"
    COVER = "cover"
    DISPOSAL_LIST = "disposal-list"
    CORRECTION = "correction"
    REVOCATION = "revocation"
    ERASURE_REPLY = "erasure-reply"


class Addressee(StrEnum):
    """Classes of those a letter may go to; 分办函 only to the middle four (受理投诉工作流程, 分办)."""

    COMPLAINANT = "complainant"
    RESPONDENT = "respondent"
    PEOPLES_BANK = "peoples_bank"
    REGULATOR = "regulator"
    ASSOCIATION = "association"
    PARENT = "parent"
    CONSUMER_COUNCIL = "consumer_council"
    OTHER_OFFICE = "other_office"
    BOTH_PARTIES = "both_parties"
    INTERNAL = "internal"


class FieldType(StrEnum):
    """What a fact is."""

    TEXT = "text"
    LONG = "long"  # may have several paragraphs
    NAME = "name"  # a person's name, masked by addressee
    ID = "id"
    PHONE = "phone"  # a private number; an office's own is text
    CARD = "card"
    DATE = "date"
    MONEY = "money"
    INTEGER = "integer"
    FLAG = "flag"
    CHOICE = "choice"
    NUMBER = "number"  # 发文字号
    LIST = "list"  # of text
    TABLE = "table"  # of rows with columns


@dataclass(frozen=True)
class Field:
    """One fact a kind knows: a dotted path, its Chinese label, type, and limits. `most` counts characters or rows."""

    path: str
    label: str
    type: FieldType
    required: bool = False
    most: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple["Field", ...] = ()
    default: Any = None

    @property
    def words(self) -> dict[str, str]:
        """Return the Chinese word for each code of a choice."""
        return dict(self.choices)


@dataclass(frozen=True)
class Kind:
    """One kind of letter."""

    code: LetterKind
    name: str
    form: Form
    addressees: tuple[Addressee, ...]
    states: tuple[str, ...]
    fields: tuple[Field, ...]
    order: tuple[tuple[str, str], ...] = ()
    series: str = ""
    remedies: bool = False
    paired: LetterKind | None = None
    # The path of the date by which the addressee is to reply.
    reply: str = ""
    # Which notice to the complainant it is, as the rule sets call them, and where it says what.
    notice: str = ""
    says: Mapping[Content, str] = dataclass_field(default_factory=dict)
    signed: bool = True
    landscape: bool = False
    page_numbers: bool = True

    def field(self, path: str) -> Field | None:
        """Return the field at a dotted path; `attachments[].name` names a column."""
        head, _, column = path.partition("[].")
        found = next((field for field in self.fields if field.path == head), None)
        if column:
            return next((one for one in found.columns if one.path == column), None) if found else None
        return found

    def may_issue(self, state: str) -> bool:
        """Whether a dossier in `state` may have this letter issued; no states listed means any."""
        return not self.states or state in self.states


_DEFAULT_MOST = {FieldType.LONG: 3000, FieldType.LIST: 30, FieldType.TABLE: 500}


@cache
def kind(code: str) -> Kind:
    """Return the kind. Raises NotFound."""
    if code not in tuple(LetterKind):
        raise NotFound("letter.unknown_kind", kind=code)
    raw = _read(LETTERS / code / "kind.yaml")
    groups = _read(SHARED / "fields.yaml")
    fields: dict[str, Field] = {}
    for group in raw.get("uses", []):
        fields |= {field.path: field for field in _fields(groups[group])}
    fields |= {field.path: field for field in _fields(raw.get("fields", {}))}
    for path in raw.get("require", []):
        fields[path] = _required(fields[path])
    return Kind(
        code=LetterKind(code),
        name=raw["name"],
        form=Form(raw["form"]),
        addressees=tuple(map(Addressee, raw["addressees"])),
        states=tuple(raw.get("states", ())),
        fields=tuple(fields.values()),
        order=tuple((first, then) for first, then in raw.get("order", ())),
        series=raw.get("series", ""),
        remedies=raw.get("remedies", False),
        paired=LetterKind(raw["paired"]) if "paired" in raw else None,
        reply=raw.get("reply", ""),
        notice=raw.get("notice", ""),
        says={Content(content): path for content, path in raw.get("says", {}).items()},
        signed=raw.get("signed", True),
        landscape=raw.get("landscape", False),
        page_numbers=raw.get("page_numbers", True),
    )


def kinds() -> tuple[Kind, ...]:
    """Return all kinds in the order of `LetterKind`."""
    return tuple(kind(code) for code in LetterKind)


def _required(field: Field) -> Field:
    return Field(**{**field.__dict__, "required": True})


def _fields(raw: Mapping[str, Mapping[str, Any]]) -> Iterator[Field]:
    for path, spec in raw.items():
        kind_of = FieldType(spec.get("type", "text"))
        yield Field(
            path=path,
            label=spec["label"],
            type=kind_of,
            required=spec.get("required", False),
            most=spec.get("most", _DEFAULT_MOST.get(kind_of, 200)),
            choices=tuple((str(code), word) for code, word in spec.get("choices", {}).items()),
            columns=tuple(_fields(spec.get("columns", {}))),
            default=spec.get("default"),
        )


@cache
def _read(path: Path) -> dict[str, Any]:
    # libyaml's parser: every start of the program reads all kinds.
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded

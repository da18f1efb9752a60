"""Input about dossiers: one schema for a page's form and an API body, each loading into what operations take.

What a move needs is asked by the rules, which list all reasons at once; the schemas only see to types and lengths.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from archive.dossiers.parties import Secret
from archive.dossiers.queries import Due, Filter, Hand, Sort
from archive.dossiers.states import (
    Channel,
    NoticeChannel,
    NoticeKind,
    NoticeOutcome,
    PartyKind,
    PartyRole,
    Severity,
    Source,
    State,
)
from archive.dossiers.values import Complaint, ContactValue, NoticeValue, PartyValue
from archive.web.forms import Choice, Day, Form, Moment, Whole, Words, Yuan

MOST_PARTIES = 50
MOST_CUSTOM = 100


class Maybe(fields.Boolean):
    """Yes, no, or not yet said."""

    default_error_messages = {"invalid": "input.choice", "null": "input.required"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(load_default=None, allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class Id(fields.UUID):
    """The id of a row; empty: none."""

    default_error_messages = {"invalid_uuid": "input.bad", "required": "input.required", "null": "input.required"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class Plain(fields.Raw):
    """The value of a field of the office's own: a text, a number, yes or no, or nothing; never a structure."""

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if (isinstance(value, str) and len(value) <= 2000) or isinstance(value, bool | float):
            return value
        if isinstance(value, int) and abs(value) < 10**15:
            return value
        raise ValidationError("input.bad")


class ContactForm(Form):
    """A line for the contact register."""

    received_at = Moment(required=True)
    channel = Choice(Channel, required=True)
    person_name = Words(most=120, required=True)
    phone = Words(most=40)
    summary = Words(most=2000, required=True)
    in_scope = Maybe()
    advice = Words(most=2000)
    leader_opinion = Words(most=500)
    unit = Words(most=20, metadata={"description": "code of a unit; empty: the caller's own"})

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> ContactValue:
        """Return what the operation takes."""
        return ContactValue(**data)


class JudgementForm(Form):
    """Whether a contact is within the office's scope, and what the person was told."""

    in_scope = fields.Boolean(required=True, error_messages={"required": "input.required", "invalid": "input.choice"})
    leader_opinion = Words(most=500)
    advice = Words(most=2000)


class PartyForm(Form):
    """A party. Of an existing one (`id`) a blank number stays as it is, `-` removes it."""

    id = Id(load_default=None, allow_none=True)
    role = Choice(PartyRole, load_default=PartyRole.COMPLAINANT)
    kind = Choice(PartyKind, load_default=PartyKind.NATURAL)
    name = Words(most=120, required=True)
    id_number = Words(most=40)
    phone = Words(most=40)
    address = Words(most=300)
    mandate = Words(most=500)

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> PartyValue:
        """Return what the operation takes."""
        return PartyValue(**data)


class PartyRow(fields.Nested):
    """A party within a complaint: given whole, also where the rest is given in part."""

    def __init__(self) -> None:
        super().__init__(PartyForm)

    def _load(self, value: Any, partial: Any = None) -> Any:
        return super()._load(value, partial=False)


class ComplaintForm(Form):
    """What is registered of a complaint."""

    title = Words(most=200, required=True)
    received_at = Moment(required=True)
    channel = Choice(Channel, required=True)
    source = Choice(Source, load_default=Source.DIRECT)
    respondent = Words(most=120, metadata={"description": "name of the institution; entered when new"})
    respondent_person = Words(most=120, metadata={"description": "a person complained of by name, who is recused"})
    category = Words(most=40)
    cause = Words(most=40)
    product = Words(most=120)
    severity = Choice(Severity, load_default=Severity.NORMAL)
    severity_reason = Words(most=40)
    grade = Words(
        most=120, metadata={"description": "a grade of a profile's own scheme, `PROFILE/grade/reason`; sets both above"}
    )
    amount = Yuan()
    occurred_on = Day()
    facts = Words(most=20_000)
    request = Words(most=5000)
    contract_no = Words(most=80)
    account = Words(most=40, metadata={"description": "account or card number, whole or its last digits"})
    unit = Words(most=20, metadata={"description": "code of a unit; empty: the caller's own"})
    custom = fields.Dict(
        keys=Words(most=80, required=True),
        values=Plain(),
        load_default=dict,
        validate=validate.Length(max=MOST_CUSTOM, error="input.bad"),
    )
    parties = fields.List(
        PartyRow(),
        load_default=list,
        validate=validate.Length(max=MOST_PARTIES, error="input.bad"),
    )

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> Complaint:
        """Return what the operation takes."""
        return Complaint(**{**data, "parties": tuple(data["parties"])})


class ChangeForm(ComplaintForm):
    """Changes of what was registered; loaded partially, what is not given stays."""

    class Meta:
        """The unit a dossier is registered in and its custom fields do not change."""

        exclude = ("unit", "custom")

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> Any:
        """Return the changed fields by the names of values.Complaint."""
        if {"severity", "severity_reason"} & data.keys():
            data.setdefault("grade", "")
        return {**data, "parties": tuple(data["parties"])} if "parties" in data else data


class RegisterForm(ComplaintForm):
    """A complaint to be registered; `contact` is the line of the contact register it comes from."""

    contact = Id(load_default=None, allow_none=True)

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> Any:
        """Return the contact's id and what the operation takes."""
        contact = data.pop("contact")
        return contact, Complaint(**{**data, "parties": tuple(data["parties"])})


# More personal numbers at once than a form being typed can have new is not a registration.
MOST_NUMBERS = 6


class CluesForm(Form):
    """What has been typed so far of a complaint; see duplicates."""

    names = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST_PARTIES))
    numbers = fields.List(fields.String(), load_default=list, validate=validate.Length(max=MOST_NUMBERS))
    institution = Words(most=120)
    contract_no = Words(most=80)
    amount = Yuan()


class NumberForm(Form):
    """A personal number to look for: whole, or its last 4 to 6 digits."""

    number = Words(most=40, required=True)


class ReasonForm(Form):
    """Why a personal fact is to be shown in full."""

    reason = Words(most=300)


class UnmaskForm(ReasonForm):
    """Which personal fact is to be shown in full, and why."""

    secret = Choice(Secret, required=True)
    party = Id(load_default=None, allow_none=True)


class AliasForm(Form):
    """Another number under which a dossier was known."""

    number = Words(most=80, required=True)


class NoteForm(Form):
    """A move that only says something."""

    note = Words(most=4000)


class AcceptForm(NoteForm):
    """Which conditions of admission hold, by code (`PROFILE/code`)."""

    admission = fields.List(Words(most=80), load_default=list, validate=validate.Length(max=100, error="input.bad"))


class DeclineForm(NoteForm):
    """The reason, by code, and what the complainant is advised."""

    reason = Words(most=60, metadata={"description": "`PROFILE/code` of a binding profile, or a code of the table"})
    link = Words(most=200)


class SupplementForm(NoteForm):
    """What is missing, and by when it is to come."""

    due_on = Day()


class MediationForm(NoteForm):
    """On which days both sides agreed."""

    complainant_agreed_on = Day()
    respondent_agreed_on = Day()


class OutcomeForm(Form):
    """A result."""

    outcome = Words(most=20_000)


class NoticeForm(Form):
    """An attempt to tell the complainant something."""

    kind = Choice(NoticeKind, required=True)
    channel = Choice(NoticeChannel, required=True)
    outcome = Choice(NoticeOutcome, required=True)
    at = Moment(required=True)
    note = Words(most=2000)

    @post_load
    def value(self, data: dict[str, Any], **_: Any) -> NoticeValue:
        """Return what the operation takes."""
        return NoticeValue(**data)


class AssignForm(NoteForm):
    """Codes of the lead unit and of co-operating units, login of the officer."""

    lead = Words(most=20)
    helpers = fields.List(Words(most=20), load_default=list)
    officer = Words(most=64)


class InviteForm(NoteForm):
    """Code of the unit asked to co-operate."""

    unit = Words(most=20)


class SlipForm(NoteForm):
    """Which hand-over slip is meant."""

    slip = Id(required=True)


class TakeOverForm(SlipForm):
    """A slip is accepted; login of the officer, empty: who accepts, or whom the slip names."""

    officer = Words(most=64)


class OfficerForm(NoteForm):
    """Login of the officer."""

    officer = Words(most=64)


class PersonForm(NoteForm):
    """Login of the person meant."""

    account = Words(most=64)


class ListQuery(Form):
    """What a list of dossiers shows. `officer` is a login or `me`."""

    state = Choice(State, load_default=None)
    standing = Choice(Hand, load_default=None)
    unit = Words(most=20)
    officer = Words(most=64)
    category = Words(most=40)
    cause = Words(most=40)
    respondent = Words(most=120)
    severity = Choice(Severity, load_default=None)
    channel = Choice(Channel, load_default=None)
    source = Choice(Source, load_default=None)
    fonds = Words(most=20)
    year = Whole(load_default=None, allow_none=True)
    number = Words(most=60)
    due = Choice(Due, load_default=None)
    sort = Choice(Sort, load_default=Sort.NEWEST)
    after = fields.String(load_default="")
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200, error="input.bad"))


class ShelfQuery(Form):
    """Which shelf of the file room."""

    fonds = Words(most=20)
    year = Whole(load_default=None, allow_none=True)


class BookQuery(Form):
    """Which contact register, and which part of it."""

    unit = Words(most=20, required=True)
    year = Whole(required=True)
    after = fields.String(load_default="")
    size = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200, error="input.bad"))


class NameQuery(Form):
    """A part of a name."""

    q = Words(most=120)


def filter_of(query: Mapping[str, Any], me: str) -> Filter:
    """Return the filter of a parsed ListQuery; `me` is the login for which `officer=me` stands."""
    plain = {name: value for name, value in query.items() if name not in ("after", "size")}
    if plain["officer"] == "me":
        plain["officer"] = me
    return Filter(**plain)


# A row of the form counts when one of these was typed; the choices beside them always have a value.
_TYPED = ("name", "id_number", "phone", "address", "mandate")


def nested(form: Mapping[str, str], lists: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Return a page's form with its fields `parties.0.name` gathered into lists, rows without any text left out."""
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for key, value in form.items():
        match = re.fullmatch(r"([a-z_]+)\.(\d{1,3})\.([a-z_]+)", key)
        if match is None:
            found[key] = value
        else:
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
    for name, by_index in rows.items():
        typed = [by_index[index] for index in sorted(by_index)]
        found[name] = [row for row in typed if any(row.get(field, "").strip() for field in _TYPED)]
    return {**found, **(lists or {})}

"""What the API answers about dossiers."""

from typing import Any

from marshmallow import Schema, fields

from archive.core.act import now
from archive.core.labels import label, sentence
from archive.dossiers.models import Dossier
from archive.dossiers.states import (
    Channel,
    CodeTable,
    HandOverState,
    NoticeChannel,
    NoticeKind,
    NoticeOutcome,
    PartyKind,
    PartyRole,
    Severity,
    Source,
    State,
    Verb,
)
from archive.web.forms import Choice


class LimitBody(Schema):
    """How a limit stands."""

    light = fields.String()
    text = fields.String()
    title = fields.String(metadata={"description": "the article that sets the limit, and its last day"})


class DossierLineBody(Schema):
    """A row of a list."""

    number = fields.String()
    title = fields.String()
    state = Choice(State)
    severity = Choice(Severity)
    restricted = fields.Boolean()
    category = fields.String()
    registered_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    unit = fields.String()
    officer = fields.String(allow_none=True)
    respondent = fields.String(allow_none=True)
    complainant = fields.String(allow_none=True)
    limit = fields.Method("_limit")

    def _limit(self, line: Any) -> Any:
        return LimitBody().dump(line.limit(now()))


class ListBody(Schema):
    """A page of a list."""

    rows = fields.List(fields.Nested(DossierLineBody))
    next = fields.String(metadata={"description": "cursor of the next page, empty on the last"})


class PartyBody(Schema):
    """A party; personal numbers are masked."""

    id = fields.UUID()
    role = Choice(PartyRole)
    kind = Choice(PartyKind)
    name = fields.String()
    id_number = fields.String(attribute="id_number_masked")
    phone = fields.String(attribute="phone_masked")
    has_address = fields.Function(lambda party: party.address_sealed is not None)
    mandate = fields.String()


class DossierBody(Schema):
    """A dossier as the API shows it."""

    number = fields.String()
    fonds = fields.String()
    year = fields.Integer()
    title = fields.String()
    state = Choice(State)
    unit = fields.String(attribute="unit.code")
    officer = fields.Function(lambda dossier: dossier.officer.username if dossier.officer else None)
    registered_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime()
    respondent = fields.Function(lambda dossier: dossier.respondent.name if dossier.respondent else None)
    respondent_person = fields.String()
    channel = Choice(Channel)
    source = Choice(Source)
    category = fields.String()
    cause = fields.String()
    product = fields.String()
    severity = Choice(Severity)
    severity_reason = fields.String()
    amount = fields.Decimal(as_string=True, allow_none=True)
    occurred_on = fields.Date(allow_none=True)
    facts = fields.String()
    request = fields.String()
    contract_no = fields.String()
    account_tail = fields.String()
    restricted = fields.Boolean()
    accepted_at = fields.AwareDateTime(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    decline_reason = fields.String()
    decline_link = fields.String()
    outcome = fields.String()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_on = fields.Date(allow_none=True, metadata={"description": "the date in Asia/Shanghai"})
    closing_assumed = fields.Boolean()
    due_at = fields.AwareDateTime(allow_none=True)
    due_rule = fields.String()
    due_provisional = fields.Boolean()
    custom = fields.Dict()
    revision = fields.Integer()
    parties = fields.List(fields.Nested(PartyBody))


class StateBody(Schema):
    """Where a dossier stands after a move."""

    number = fields.String()
    state = Choice(State)


class MoveBody(Schema):
    """A step of a dossier's history."""

    at = fields.AwareDateTime()
    actor = fields.String(attribute="actor_name")
    verb = Choice(Verb)
    before = Choice(State, allow_none=True)
    after = Choice(State)
    note = fields.String()
    facts = fields.Dict()


class SlipBody(Schema):
    """A slip of a hand-over."""

    id = fields.UUID()
    from_unit = fields.String(attribute="from_unit.code")
    to_unit = fields.String(attribute="to_unit.code")
    lead = fields.Boolean()
    officer = fields.Function(lambda slip: slip.officer.username if slip.officer else None)
    state = Choice(HandOverState)
    note = fields.String()
    refusal = fields.String()
    offered_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)


class OfferedBody(SlipBody):
    """A slip that waits for an answer, and its dossier."""

    number = fields.String(attribute="dossier.number")
    title = fields.String(attribute="dossier.title")


class NoticeBody(Schema):
    """What the complainant was told."""

    kind = Choice(NoticeKind)
    channel = Choice(NoticeChannel)
    outcome = Choice(NoticeOutcome)
    at = fields.AwareDateTime()
    note = fields.String()


class HistoryBody(Schema):
    """Everything that happened to a dossier."""

    moves = fields.List(fields.Nested(MoveBody))
    slips = fields.List(fields.Nested(SlipBody))
    notices = fields.List(fields.Nested(NoticeBody))


class ReasonBody(Schema):
    """One reason against a move."""

    code = fields.String()
    field = fields.String()
    detail = fields.Function(sentence)


class OptionBody(Schema):
    """A move, and what stands against it now."""

    verb = Choice(Verb)
    word = fields.Function(lambda option: label(option.verb))
    open = fields.Boolean()
    problems = fields.List(fields.Nested(ReasonBody))


class ConditionBody(Schema):
    """A condition of admission: its code for `accept`, where it stands, whether it must hold."""

    code = fields.String()
    name = fields.String()
    basis = fields.String()
    required = fields.Boolean()


class GroundBody(Schema):
    """A ground of non-acceptance: its code for `decline`, where it stands, what it must be linked to."""

    code = fields.String()
    name = fields.String()
    basis = fields.String()
    needs = fields.String()


class GradeBody(Schema):
    """A grade of a rule set's own scheme: its code for `grade`."""

    code = fields.String()
    name = fields.String()


class RulingBody(Schema):
    """What the rule sets that bind a dossier let one choose."""

    admission = fields.List(fields.Nested(ConditionBody))
    grounds = fields.List(fields.Nested(GroundBody))
    grades = fields.List(fields.Nested(GradeBody))


class SectionBody(Schema):
    """A part of the work list."""

    key = fields.String()
    count = fields.Integer()
    rows = fields.List(fields.Nested(DossierLineBody))


class ErrandBody(Schema):
    """Something that waits for the caller beside the dossiers' own steps."""

    kind = fields.String()
    words = fields.String()
    url = fields.String(metadata={"description": "the page where it is done"})
    title = fields.String()
    number = fields.String(metadata={"description": "the dossier's number, empty when it is about none"})
    due_on = fields.Date(allow_none=True)


class WorkBody(Schema):
    """The work list."""

    errands = fields.List(fields.Nested(ErrandBody))
    offered = fields.List(fields.Nested(OfferedBody))
    sections = fields.List(fields.Nested(SectionBody))


class ContactBody(Schema):
    """A line of the contact register; null where the reader may not see more than its number."""

    id = fields.UUID(attribute="contact.id")
    unit = fields.String(attribute="contact.unit.code")
    year = fields.Integer(attribute="contact.year")
    serial = fields.Integer(attribute="contact.serial")
    open = fields.Boolean()
    number = fields.Function(lambda entry: entry.number if entry.open else None)
    received_at = fields.Function(lambda entry: entry.contact.received_at.isoformat() if entry.open else None)
    channel = fields.Function(lambda entry: entry.contact.channel if entry.open else None)
    person_name = fields.Function(lambda entry: entry.contact.person_name if entry.open else None)
    phone = fields.Function(lambda entry: entry.contact.phone_masked if entry.open else None)
    summary = fields.Function(lambda entry: entry.contact.summary if entry.open else None)
    in_scope = fields.Function(lambda entry: entry.contact.in_scope if entry.open else None)
    advice = fields.Function(lambda entry: entry.contact.advice if entry.open else None)
    leader_opinion = fields.Function(lambda entry: entry.contact.leader_opinion if entry.open else None)
    recorder = fields.Function(lambda entry: entry.contact.recorder.name)


class RegisterBody(Schema):
    """A page of a contact register."""

    rows = fields.List(fields.Nested(ContactBody))
    next = fields.String()


class BookBody(Schema):
    """A contact register of a unit and year."""

    unit = fields.String(attribute="unit_code")
    name = fields.String(attribute="unit")
    year = fields.Integer()
    last = fields.Integer()


class HintBody(Schema):
    """A dossier that may be about the same."""

    line = fields.Nested(DossierLineBody)
    signs = fields.List(fields.String())
    words = fields.Function(lambda hint: [label(sign) for sign in hint.signs])


class ShelfBody(Schema):
    """A shelf of the file room."""

    value = fields.String()
    word = fields.String()
    count = fields.Integer()
    closed = fields.Integer()


class InstitutionBody(Schema):
    """An institution."""

    name = fields.String()
    kind = fields.String()


class CodeBody(Schema):
    """A row of a code table."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    parent = fields.String(load_default="")
    needs = fields.String(load_default="")
    retired = fields.Boolean(dump_only=True)


class TableBody(Schema):
    """A code table."""

    name = Choice(CodeTable, dump_only=True)
    rows = fields.List(fields.Nested(CodeBody), required=True)


class SecretBody(Schema):
    """A personal fact in full; empty when there is none."""

    value = fields.String()


def whole(dossier: Dossier) -> dict[str, Any]:
    """Return a dossier as the API shows it."""
    found: dict[str, Any] = DossierBody().dump(dossier)
    return found

"""Input of the auditors' desk, one schema for pages and API, and what the API answers."""

import re
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from archive.dossiers.states import PartyRole
from archive.inspection import sampling
from archive.inspection.kinds import FindingState, Step, Strata
from archive.web.forms import Choice, Day, Flag, Form, Whole, Words

LARGEST_SAMPLE = 500


class Month(fields.Field[date]):
    """A month, `2026-03`, as its first day."""

    default_error_messages = {"required": "input.required", "null": "input.required", "invalid": "input.month"}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:%Y-%m}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if value in ("", None):
            raise self.make_error("required")
        found = re.fullmatch(r"((?:19|20|21)\d\d)-(0[1-9]|1[0-2])", str(value).strip())
        if found is None:
            raise self.make_error("invalid")
        return date(int(found[1]), int(found[2]), 1)


class Give(Form):
    """A grant for an auditor."""

    auditor = Words(most=64, required=True, metadata={"description": "审计员的登录名"})
    unit = Words(most=20, required=True, metadata={"description": "单位代码；含下级单位"})
    since = Month(required=True, metadata={"description": "办结月份，自", "example": "2025-01"})
    until = Month(required=True, metadata={"description": "办结月份，至", "example": "2025-12"})
    category = Words(most=40, metadata={"description": "业务类别代码；空为全部"})
    restricted = Flag(metadata={"description": "包括限制查阅的案卷"})
    expires_on = Day(required=True, metadata={"description": "授权的最后一天"})
    basis = Words(most=200, required=True, metadata={"description": "依据文件，如审计通知书文号"})
    reason = Words(most=1000, required=True)


class Reason(Form):
    """A word on why."""

    reason = Words(most=1000, required=True)


class CaseFilter(Form):
    """Which ended dossiers: by number, person, closing date, letter number, category, unit."""

    number = Words(most=80, metadata={"description": "案号、旧案号或档号，或其开头"})
    name = Words(most=120, metadata={"description": "当事人姓名，或其一部分"})
    letter = Words(most=80, metadata={"description": "发文字号，或其一部分"})
    category = Words(most=40)
    unit = Words(most=20)
    since = Day()
    until = Day()
    after = Words(most=400)

    @validates_schema
    def _order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError("form.period", "since")


class DrawSample(Form):
    """A sample to be drawn; without a seed one is thrown."""

    title = Words(most=120, required=True)
    size = Whole(least=1, most=LARGEST_SAMPLE, required=True)
    strata = Choice(Strata, load_default=Strata.NONE)
    seed = Words(most=80)
    category = Words(most=40)
    unit = Words(most=20)
    since = Day()
    until = Day()


class RaiseFinding(Form):
    """A finding about a dossier, or about a unit as a whole."""

    title = Words(most=200, required=True)
    text = Words(most=4000, required=True)
    dossier = Words(most=80, metadata={"description": "案号；空为针对单位"})
    unit = Words(most=20, metadata={"description": "单位代码；写了案号时可空"})
    sample = fields.UUID(load_default=None, allow_none=True)
    reply_by = Day()


class SayOnFinding(Form):
    """A reply, or what the auditor says to it."""

    verb = Choice(Step, required=True)
    text = Words(most=4000, required=True)


class ReadsFilter(Form):
    """Who read what: by dossier, by person, in a period (whole days in Asia/Shanghai, both included)."""

    dossier = Words(most=80, metadata={"description": "案号"})
    who = Words(most=64, metadata={"description": "登录名"})
    since = Day()
    until = Day()
    after = Words(most=400)

    @validates_schema
    def _order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            raise ValidationError("form.period", "since")


class AboutPerson(Form):
    """Whose data is asked for: an ID or phone number in full, or a name; and why."""

    number = Words(most=40)
    name = Words(most=120)
    reason = Words(most=1000, required=True)

    @validates_schema
    def _one(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("number") and not data.get("name"):
            raise ValidationError("input.required", "number")


class Disclose(AboutPerson):
    """The same, with the dossiers and the lines of the contact register that were confirmed to be this person's."""

    dossiers = fields.List(
        fields.String(), load_default=list, validate=validate.Length(0, 500, error="disclose.confirm"),
        metadata={"description": "已核对确属本人的案号"},
    )  # fmt: skip
    contacts = fields.List(
        fields.UUID(error_messages={"invalid_uuid": "input.bad"}), load_default=list,
        validate=validate.Length(0, 500, error="disclose.confirm"),
        metadata={"description": "已核对确属本人、没有成案的接待登记"},
    )  # fmt: skip


class GrantBody(Schema):
    """A grant."""

    id = fields.UUID()
    auditor = fields.String(attribute="account.username")
    unit = fields.String(attribute="unit.code")
    since = Month()
    until = Month()
    category = fields.String()
    restricted = fields.Boolean()
    basis = fields.String()
    reason = fields.String()
    given_by = fields.String(attribute="given_by_name")
    given_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.String(attribute="ended_by_name")
    end_reason = fields.String()


class CaseBody(Schema):
    """An ended dossier."""

    number = fields.String()
    title = fields.String()
    state = fields.String()
    category = fields.String()
    unit = fields.String()
    respondent = fields.String(allow_none=True)
    complainant = fields.String(allow_none=True)
    closed_at = fields.AwareDateTime()


class CasesPage(Schema):
    """A page of ended dossiers."""

    cases = fields.List(fields.Nested(CaseBody), attribute="rows")
    next = fields.String()


class MemberBody(Schema):
    """A dossier that was drawn."""

    number = fields.String()
    stratum = fields.String()


class SampleBody(Schema):
    """A sample."""

    id = fields.UUID()
    title = fields.String()
    algorithm = fields.String()
    seed = fields.String()
    size = fields.Integer()
    strata = Choice(Strata)
    asked = fields.Dict()
    population_size = fields.Integer()
    population_hash = fields.String()
    drawn_by = fields.String(attribute="drawn_by_name")
    drawn_at = fields.AwareDateTime()


class SampleInFull(SampleBody):
    """A sample with what was drawn."""

    members = fields.List(fields.Nested(MemberBody))


class SampleWithPopulation(SampleInFull):
    """A sample with its frozen population, [number, stratum] each; `same` tells whether it comes out the same again."""

    population = fields.List(fields.List(fields.String()))
    same = fields.Function(sampling.drawn_again, metadata={"type": "boolean"})


class StepBody(Schema):
    """One thing said on a finding."""

    verb = Choice(Step)
    text = fields.String()
    by = fields.String(attribute="said_by_name")
    at = fields.AwareDateTime()


class FindingBody(Schema):
    """A finding with what was said on it."""

    number = fields.String()
    unit = fields.String(attribute="unit.code")
    dossier = fields.String(attribute="dossier_number")
    title = fields.String()
    state = Choice(FindingState)
    reply_by = fields.Date(allow_none=True)
    raised_by = fields.String(attribute="raised_by_name")
    raised_at = fields.AwareDateTime()
    revision = fields.Integer()
    steps = fields.List(fields.Nested(StepBody))


class FindingQuery(Form):
    """Which findings."""

    state = Choice(FindingState, load_default=None, allow_none=True)
    after = Words(most=400)


class FindingsPage(Schema):
    """A page of findings."""

    findings = fields.List(fields.Nested(FindingBody), attribute="rows")
    next = fields.String()


class ReadBody(Schema):
    """One look: who, when, at what; `seq` and `hash` lead back to the audit trail."""

    seq = fields.Integer()
    at = fields.AwareDateTime()
    who = fields.String(attribute="actor_name")
    action = fields.String()
    dossier_id = fields.UUID(allow_none=True)
    channel = fields.String()
    address = fields.String()
    facts = fields.Dict()
    hash = fields.String()


class ReadsPage(Schema):
    """A page of looks."""

    reads = fields.List(fields.Nested(ReadBody), attribute="rows")
    next = fields.String()


class PartyFound(Schema):
    """As whom somebody was found; personal numbers masked."""

    name = fields.String()
    role = Choice(PartyRole)
    id_number = fields.String(attribute="id_number_masked")
    phone = fields.String(attribute="phone_masked")


class FoundBody(Schema):
    """A dossier in which a person may be meant, to be confirmed by who asks."""

    number = fields.String(attribute="dossier.number")
    title = fields.String(attribute="dossier.title")
    parties = fields.List(fields.Nested(PartyFound))


class LineFound(Schema):
    """A line of the contact register that led to no dossier."""

    id = fields.UUID()
    unit = fields.String(attribute="unit.code")
    year = fields.Integer()
    serial = fields.Integer()
    received_at = fields.AwareDateTime()
    name = fields.String(attribute="person_name")
    phone = fields.String(attribute="phone_masked")
    summary = fields.String()


class MatchesBody(Schema):
    """Where somebody was found."""

    dossiers = fields.List(fields.Nested(FoundBody))
    contacts = fields.List(fields.Nested(LineFound))

"""Input about batches of letters, and what the API answers."""

from typing import Any

from marshmallow import Schema, fields, validate

from archive.core.errors import Problem
from archive.core.labels import sentence
from archive.letters.batches import MOST
from archive.letters.forms import LetterLine
from archive.letters.kinds import LetterKind
from archive.web.forms import Choice, Form


class BatchForm(Form):
    """Letters of one kind to many dossiers, with the facts they share; `notice` are those of the notices of a pair."""

    kind = Choice(LetterKind, required=True)
    dossiers = fields.List(
        fields.String(validate=validate.Length(min=1, max=60, error="input.bad")),
        required=True,
        validate=validate.Length(min=1, max=MOST, error="input.bad"),
        error_messages={"required": "input.required"},
        metadata={"description": "案号"},
    )
    facts = fields.Dict(keys=fields.String(), load_default=dict)
    notice = fields.Dict(keys=fields.String(), load_default=dict)


class ProblemBody(Schema):
    """One thing that keeps a dossier out of a batch."""

    code = fields.String()
    path = fields.String()
    sentence = fields.String()


class CheckedBody(Schema):
    """A dossier in a dry run."""

    dossier = fields.String(attribute="dossier.number")
    problems = fields.Method("_problems")

    def _problems(self, checked: Any) -> list[dict[str, str]]:
        return [{"code": one.code, "path": one.field, "sentence": sentence(one)} for one in checked.problems]


class LineBody(Schema):
    """A dossier of a batch: its letter and notice, or why there is none."""

    position = fields.Integer(attribute="row.position")
    dossier = fields.String(attribute="row.dossier.number")
    letter = fields.Nested(LetterLine, allow_none=True)
    notice = fields.Nested(LetterLine, allow_none=True)
    problems = fields.Method("_problems")

    def _problems(self, line: Any) -> list[dict[str, str]]:
        return [
            {"code": code, "path": path, "sentence": sentence(Problem(code, facts=facts))}
            for code, path, facts in line.row.problems
        ]


class ProgressBody(Schema):
    """How far a batch is: letters by state; files counted with those of the notices."""

    drafts = fields.Integer()
    in_review = fields.Integer()
    approved = fields.Integer()
    issued = fields.Integer()
    files = fields.Integer()
    filed = fields.Integer()


class BatchHead(Schema):
    """A batch."""

    id = fields.UUID()
    kind = Choice(LetterKind)
    made_by = fields.String(attribute="made_by_name")
    made_at = fields.AwareDateTime()


class BatchBody(BatchHead):
    """A batch, how far it is, and each of its dossiers."""

    progress = fields.Nested(ProgressBody)
    lines = fields.List(fields.Nested(LineBody))

"""Input about templates: the editor's form and the API's body are one schema; what is typed is kept as it was typed."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from archive.core.errors import BadInput
from archive.letters import sandbox, templates
from archive.letters.kinds import Field, FieldType, Kind, LetterKind
from archive.letters.template_models import TemplateState, TemplateVersion
from archive.letters.templates import BlockKind
from archive.web.forms import Choice, Day, Form, Whole, Words


class Text(fields.String):
    """Text as it stands: blanks at its ends may be meant, as room to write a date."""

    default_error_messages = {"required": "input.required", "invalid": "input.bad", "invalid_utf8": "input.bad"}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=most, error=f"input.long:{most}"), **kwargs)


class Millimetres(fields.Float):
    """A length."""

    default_error_messages = {"required": "input.required", "invalid": "input.number", "special": "input.number"}


class BlockForm(Form):
    """One block."""

    kind = Choice(BlockKind, required=True)
    text = Text(most=6000, load_default="")


class BasisForm(Form):
    """A law the template rests on; its title and number are taken from what is known of the law."""

    law = Words(most=40, required=True)
    articles = Words(most=80)


class TemplateForm(Form):
    """The content of a draft. `revision` is the one the change was made on."""

    title = Text(most=400, required=True)
    addressee = Text(most=400, load_default="")
    note = Text(most=400, load_default="")
    remark = Words(most=500)
    blocks = fields.List(fields.Nested(BlockForm), required=True, validate=validate.Length(max=400, error="input.bad"))
    basis = fields.List(
        fields.Nested(BasisForm), load_default=list, validate=validate.Length(max=30, error="input.bad")
    )
    revision = Whole(least=1, load_default=None, allow_none=True)


class Base64(fields.Field[bytes]):
    """Bytes in base64."""

    default_error_messages = {"required": "input.required", "invalid": "input.bad", "null": "input.required"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bytes:
        try:
            return base64.b64decode(value, validate=True)
        except (ValueError, TypeError):
            raise self.make_error("invalid") from None


class WordForm(Form):
    """An edited Word file."""

    word = Base64(required=True, metadata={"type": "string", "format": "byte"})


class NewVersion(Form):
    """Of which kind to begin the next version."""

    kind = Choice(LetterKind, required=True)


class Reason(Form):
    """A word on why."""

    reason = Words(most=500, required=True)


class LawForm(Form):
    """What is known of a law from now on."""

    code = Words(most=40, required=True)
    title = Words(most=120, required=True)
    number = Words(most=80)
    begins = Day(required=True)
    ends = Day(metadata={"description": "有效的最后一天；空为现行有效"})
    successor = Words(most=120)


class SealForm(Form):
    """A unit's seal."""

    unit = Words(most=20, required=True)
    name = Words(most=80, required=True)
    width = Millimetres(required=True)


def content_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parsed TemplateForm as `templates.build` reads it."""
    blocks = [{one["kind"].value: one["text"]} for one in form["blocks"]]
    return {name: form[name] for name in ("title", "addressee", "note", "basis")} | {"blocks": blocks}


@dataclass(frozen=True)
class Written:
    """The editor's page as it was typed, faults and all."""

    title: str
    addressee: str
    note: str
    remark: str
    blocks: tuple[tuple[str, str], ...]  # kind and text
    basis: tuple[tuple[str, str], ...]  # code of a law and articles
    revision: int

    @classmethod
    def of(cls, row: TemplateVersion) -> "Written":
        """Return what the editor shows of a version first."""
        return cls.with_content(row, row.content)

    @classmethod
    def with_content(cls, row: TemplateVersion, content: Mapping[str, Any]) -> "Written":
        """Return what the editor shows of a version with other content."""
        return cls(
            title=content["title"],
            addressee=content["addressee"],
            note=content["note"],
            remark=row.remark,
            blocks=tuple((kind, text) for one in content["blocks"] for kind, text in one.items()),
            basis=tuple((one["law"], one["articles"]) for one in content["basis"]),
            revision=row.revision,
        )

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "Written":
        """Return what was typed. Raises BadInput for a form that is none of ours."""
        pairs = (("block_kind", "block_text"), ("law", "articles"))
        (kinds, texts), (laws, articles) = ((form.getlist(one), form.getlist(other)) for one, other in pairs)
        if len(kinds) != len(texts) or len(laws) != len(articles) or not form.get("revision", "").isdecimal():
            raise BadInput("input.bad")
        title, addressee, note, remark = (
            templates.tidy(form.get(name, "")) for name in ("title", "addressee", "note", "remark")
        )
        blocks = tuple(zip(kinds, map(templates.tidy, texts), strict=True))
        basis = tuple((law, words) for law, words in zip(laws, articles, strict=True) if law)
        return cls(title, addressee, note, remark, blocks, basis, int(form["revision"][:9]))

    def as_body(self) -> dict[str, Any]:
        """Return it as the API's body would be."""
        return {
            "title": self.title,
            "addressee": self.addressee,
            "note": self.note,
            "remark": self.remark,
            "blocks": [{"kind": kind, "text": text} for kind, text in self.blocks],
            "basis": [{"law": law, "articles": articles} for law, articles in self.basis],
            "revision": self.revision,
        }

    def rearranged(self, wish: str) -> "Written":
        """Return it after a button was pressed: add-3, remove-3, up-3, down-3, blocks counted from 1."""
        verb, _, number = wish.partition("-")
        at = int(number) - 1 if number.isdecimal() and len(number) < 4 else -2
        blocks = list(self.blocks)
        if verb == "add" and -1 <= at < len(blocks):
            blocks.insert(at + 1, (BlockKind.BODY.value, ""))
        elif 0 <= at < len(blocks) and verb == "remove":
            del blocks[at]
        elif 0 < at < len(blocks) and verb == "up":
            blocks[at - 1 : at + 1] = reversed(blocks[at - 1 : at + 1])
        elif 0 <= at < len(blocks) - 1 and verb == "down":
            blocks[at : at + 2] = reversed(blocks[at : at + 2])
        return replace(self, blocks=tuple(blocks))


@dataclass(frozen=True)
class Chip:
    """A field that can be put into a template: its path, its words, and its columns where it is a table."""

    path: str
    label: str
    sort: str  # text, list, table or flag
    columns: tuple[tuple[str, str], ...] = ()


_SORTS = {FieldType.LIST: "list", FieldType.TABLE: "table", FieldType.FLAG: "flag"}


def chips(kind: Kind, added: Iterable[str] = ()) -> Sequence[Chip]:
    """Return the fields of a kind as chips, the list of laws, and the names of fields added to complaints."""
    named = {sandbox.key_of(name): name for name in (added if kind.field(sandbox.EXTRA) else ())}
    return (
        *map(_chip, kind.fields),
        Chip("basis", "依据的法规", "text"),
        *(Chip(f"{sandbox.EXTRA}.{key}", name, "text") for key, name in named.items() if key.isidentifier()),
    )


def _chip(field: Field) -> Chip:
    columns = tuple((column.path, column.label) for column in field.columns)
    return Chip(field.path, field.label, _SORTS.get(field.type, "text"), columns)


class BlockBody(Schema):
    """One block, as the API answers it."""

    kind = Choice(BlockKind)
    text = fields.String()


class BasisBody(Schema):
    """A law a template rests on, as the API answers it."""

    law = fields.String()
    title = fields.String()
    number = fields.String()
    articles = fields.String()


class VersionBody(Schema):
    """A version without its content."""

    id = fields.UUID()
    kind = Choice(LetterKind)
    number = fields.Integer()
    mark = fields.String()
    state = Choice(TemplateState)
    digest = fields.String()
    based_on = fields.String()
    remark = fields.String()
    answer = fields.String()
    author_name = fields.String()
    changed_at = fields.DateTime()
    approved_by_name = fields.String()
    approved_at = fields.DateTime()
    published_by_name = fields.String()
    published_at = fields.DateTime()
    retired_at = fields.DateTime()
    revision = fields.Integer()


class ContentBody(Schema):
    """What a template says."""

    mark = fields.String()
    digest = fields.String()
    title = fields.String()
    addressee = fields.String()
    note = fields.String()
    blocks = fields.List(fields.Nested(BlockBody))
    basis = fields.List(fields.Nested(BasisBody))


class WholeVersionBody(VersionBody):
    """A version and what it says."""

    content = fields.Method("_content")

    def _content(self, row: TemplateVersion) -> dict[str, Any]:
        return row.content


class LawBody(Schema):
    """What is known of a law."""

    code = fields.String()
    title = fields.String()
    number = fields.String()
    begins = fields.Date()
    ends = fields.Date()
    successor = fields.String()


class CitedLawBody(LawBody):
    """A law and the templates in force that rest on it."""

    in_force = fields.Boolean()
    templates = fields.List(fields.String())


class SealBody(Schema):
    """A seal, without its picture."""

    id = fields.UUID()
    unit = fields.String()
    name = fields.String()
    width = fields.Float()
    sha256 = fields.String()
    added_by_name = fields.String()
    added_at = fields.DateTime()
    retired_by_name = fields.String()
    retired_at = fields.DateTime()
    retired_reason = fields.String()

"""The API of letters: kinds, drafts, review, issue, files, the register."""
# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import json
import uuid
from typing import Any

from sqlalchemy.orm import Session

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import Problem
from archive.core.labels import sentence
from archive.core.paging import PageRequest
from archive.dossiers import access
from archive.letters import composing, forms, issuing, operations, personal, queries, registers
from archive.letters.blueprints import api
from archive.letters.kinds import kind, kinds
from archive.letters.models import LetterRow
from archive.letters.paths import LETTERS
from archive.letters.schema import schema
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.idempotency import check_match, etag, idempotent

_ONE = "/letters/<uuid:letter_id>"


@api.get("/letter-kinds")
@requires(Permission.READ)
@api.response(200, forms.KindBody(many=True))
def list_kinds() -> Any:
    """List the kinds of letters."""
    return list(kinds())  # a tuple would be taken for body, status and headers


@api.get("/letter-kinds/<code>")
@requires(Permission.READ)
def show_kind(code: str) -> Any:
    """Return the JSON Schema of a kind's facts, and an example."""
    of = kind(code)
    example = json.loads((LETTERS / of.code / "example.json").read_text(encoding="utf-8"))
    return {"schema": schema(of), "example": example}


@api.get("/letters")
@requires(Permission.READ)
@api.arguments(forms.ListQuery, location="query")
@api.response(200, forms.LetterPage)
def index(query: dict[str, Any]) -> Any:
    """List letters, the latest first."""
    session = db.session()
    wanted = forms.filter_of(session, query)
    return queries.page(session, person(), wanted, PageRequest(query["size"], query["after"]), shanghai_date(now()))


@api.get("/dossiers/<number>/letters")
@requires(Permission.READ)
@api.response(200, forms.LetterLine(many=True))
def of_dossier(number: str) -> Any:
    """List the letters of a dossier, the latest first."""
    session = db.session()
    return queries.of_dossier(session, access.find(session, number, person()))


@api.post("/dossiers/<number>/letters")
@requires(Permission.DRAFT_LETTER)
@idempotent
@api.arguments(forms.FactsForm)
@api.response(201, forms.LetterBody)
def begin(value: dict[str, Any], number: str) -> Any:
    """Begin a letter with what the dossier knows, the given facts over it."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        about = queries.letter(act.session, value["about"], person()) if value["about"] else None
        row = operations.draft(
            dossier, value["kind"], about=about, given=value["facts"], notice=value["notice"], act=act
        )
    return _whole(db.session(), row), 201, {"ETag": etag(row.revision)}


@api.get(_ONE)
@requires(Permission.READ)
@api.response(200, forms.LetterBody)
def show(letter_id: uuid.UUID) -> Any:
    """Return a letter with its facts and what stands between it and its issue. The look is recorded."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        act.record("letter:show", row, number=row.number)
    row = queries.letter(db.session(), letter_id, person())
    return _whole(db.session(), row), 200, {"ETag": etag(row.revision)}


@api.put(f"{_ONE}/facts")
@requires(Permission.DRAFT_LETTER)
@api.arguments(forms.ReviseForm)
@api.response(200, forms.LetterBody)
def revise(value: dict[str, Any], letter_id: uuid.UUID) -> Any:
    """Replace a draft's facts; personal numbers not given stay as they are. Honours If-Match."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        check_match(row.revision)
        operations.revise(
            row, value["facts"], reveal=tuple(value["reveal"]), reveal_reason=value["reveal_reason"], act=act
        )
    return _whole(db.session(), row), 200, {"ETag": etag(row.revision)}


@api.post(f"{_ONE}/steps")
@requires(Permission.DRAFT_LETTER)
@api.arguments(forms.StepForm)
@api.response(200, forms.LetterLine)
def step(value: dict[str, Any], letter_id: uuid.UUID) -> Any:
    """Submit, comment, approve, return or withdraw a draft. Honours If-Match."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        check_match(row.revision)
        operations.take_step(row, value["step"], comment=value["comment"], act=act)
    return row, 200, {"ETag": etag(row.revision)}


@api.get(f"{_ONE}/steps")
@requires(Permission.READ)
@api.response(200, forms.ReviewBody(many=True))
def steps(letter_id: uuid.UUID) -> Any:
    """List what was done and said on the way to issue."""
    session = db.session()
    return queries.reviews(session, queries.letter(session, letter_id, person()))


@api.post(f"{_ONE}/issue")
@requires(Permission.ISSUE_LETTER)
@api.response(200, forms.LetterLine)
def issue(letter_id: uuid.UUID) -> Any:
    """Issue an approved letter: it takes its number; its files follow. Honours If-Match."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        check_match(row.revision)
        issuing.issue(row, act=act)
    return row, 200, {"ETag": etag(row.revision)}


@api.post(f"{_ONE}/void")
@requires(Permission.DRAFT_LETTER)
@api.arguments(forms.ReasonForm)
@api.response(200, forms.LetterLine)
def void(value: dict[str, Any], letter_id: uuid.UUID) -> Any:
    """Take a draft away, or void what was issued and not served; the number stays in the register."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        operations.void(row, reason=value["reason"], act=act)
    return row, 200, {"ETag": etag(row.revision)}


@api.post(f"{_ONE}/remake")
@requires(Permission.DRAFT_LETTER)
@api.response(202, forms.LetterLine)
def remake(letter_id: uuid.UUID) -> Any:
    """Have the files made again after trouble."""
    with acting() as act:
        row = queries.letter(act.session, letter_id, person())
        issuing.remake(row, act=act)
    return row


@api.get("/letter-register")
@requires(Permission.READ)
@api.arguments(forms.RegisterQuery, location="query")
@api.response(200, forms.RegisterBody)
def register(query: dict[str, Any]) -> Any:
    """Return the series of numbers, or with `mark` and `year` a page of one, voids and destroyed ones among them."""
    session = db.session()
    if not query["mark"]:
        return {"series": registers.books(session, person()), "rows": [], "next": ""}
    page = registers.page(session, person(), query["mark"], query["year"] or 0, PageRequest(100, query["after"]))
    return {"series": [], "rows": page.rows, "next": page.next}


def _whole(session: Session, row: LetterRow) -> dict[str, Any]:
    of = composing.of_kind(row)
    pending = row.issued_at is None and row.voided_at is None
    return {
        "line": row,
        "facts": row.facts,
        "personal": personal.masked(of, composing.secrets_of(row)),
        "reveal_reason": row.reveal_reason,
        "template": row.template,
        "findings": [
            {
                "level": one.level,
                "code": one.code,
                "path": one.path,
                "sentence": sentence(Problem(one.code, facts=one.facts)),
            }
            for one in (composing.findings(session, row) if pending else ())
        ],
        "files": {
            "pdf": {"document": row.pdf_document_id, "sha256": row.pdf_sha256},
            "docx": {"document": row.docx_document_id, "sha256": row.docx_sha256},
        }
        if row.pdf_document_id
        else None,
        "seal": {"name": row.seal_name, "sha256": row.seal_sha256} if row.seal_name else None,
        "trouble": row.trouble,
        "text_sha256": row.text_sha256,
    }

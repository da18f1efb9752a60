"""From a row to the letter as a value: facts put together with the sealed ones, the template it was drafted with."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from archive.core.ports import ports
from archive.letters import compose, obeying, personal, preflight, sandbox, template_store, typeset, wording
from archive.letters.content import Letter
from archive.letters.facts import get
from archive.letters.kinds import Addressee, Kind, kind
from archive.letters.models import LetterRow
from archive.letters.preflight import Finding
from archive.letters.templates import Template

# What a draft shows in place of what comes with the issue.
_NO_DATE = "（签发日期）"


def secrets_of(row: LetterRow) -> dict[str, str]:
    """Return the personal numbers of a letter, by path."""
    if row.sealed is None:
        return {}
    found: dict[str, str] = json.loads(ports().vault.open(row.sealed))
    return found


def seal(secrets: Mapping[str, str]) -> str | None:
    """Return personal numbers as a row keeps them."""
    return ports().vault.seal(json.dumps(dict(secrets), ensure_ascii=False)) if secrets else None


def whole_facts(row: LetterRow) -> dict[str, Any]:
    """Return everything the letter says, personal numbers in their places."""
    return personal.put_back(row.facts, secrets_of(row))


def findings(session: Session, row: LetterRow) -> tuple[Finding, ...]:
    """Return everything that stands between a draft and its issue, but for what comes with the issue."""
    later = AT_ISSUE_OF_A_PAIR if row.about is not None and not row.about.number else frozenset[str]()
    template = template_store.exact(session, row.kind, row.template)
    asked = obeying.asked(session, row.dossier, of_kind(row))
    found = preflight.check(
        row.kind, whole_facts(row), template, known=template_store.laws(session), draft=True, asked=asked
    )
    return tuple(one for one in found if one.path not in later)


# What the notice says of the letter it belongs to is known when both are issued.
AT_ISSUE_OF_A_PAIR = frozenset({"forwarded.number", "forwarded.sent_on"})


def draft_letter(session: Session, row: LetterRow, facts: Mapping[str, Any] | None = None) -> Letter:
    """Return the letter as it stands, or with other facts: without a number, its date left open."""
    given = whole_facts(row) if facts is None else dict(facts)
    made = compose.compose(row.kind, given, template_store.exact(session, row.kind, row.template))
    undated = _NO_DATE if made.date.startswith(compose.TO_FILL) else made.date
    return replace(made, number="", date=undated)


def digest(letter: Letter) -> str:
    """Return the SHA-256 of a letter's text, in the order in which it is read."""
    return hashlib.sha256("\n".join(compose.texts(letter)).encode()).hexdigest()


def title_of(of: Kind, facts: Mapping[str, Any], template: Template) -> str:
    """Return the title as lists show it."""
    said = wording.words(of, facts, compose.addressee_class(of, facts))
    return "".join(typeset.break_title(sandbox.fill(template.title, sandbox.with_blanks(of, said))))[:200]


def addressee_of(of: Kind, facts: Mapping[str, Any]) -> str:
    """Return to whom the letter goes, as lists show it."""
    if of.field("addressee.name"):
        return str(get(facts, "addressee.name") or "")[:120]
    if Addressee.INTERNAL in of.addressees:
        return str(get(facts, "receipt.to") or get(facts, "handover.to_unit") or "")[:120]
    return str(get(facts, "complainant.name") or "")[:120]


def fits(row: LetterRow, template: Template) -> bool:
    """Whether the template is still what it was when the letter was drafted."""
    return (template.mark, template.digest) == (row.template, row.template_digest)


def of_kind(row: LetterRow) -> Kind:
    """Return the kind of a row."""
    return kind(row.kind)

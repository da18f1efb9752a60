"""What stands between a letter and its issue: every fault at once, each with the path of the fact to mend."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from archive.letters import compose, facts, laws, sandbox, templates, wording
from archive.letters.asked import NOTHING, Asked, goes_elsewhere, unsaid
from archive.letters.content import Letter
from archive.letters.facts import Facts, get
from archive.letters.fonts import Fonts, Role, find
from archive.letters.kinds import Addressee, Kind, LetterKind, kind
from archive.letters.laws import Laws
from archive.letters.number import DocumentNumber
from archive.letters.templates import Template

LONGEST_TITLE_LINES = 4
# Given at issue, not at drafting.
AT_ISSUE = frozenset({"number", "date"})
_CITED = re.compile(r"《([^《》]{2,60})》")


class Level(StrEnum):
    """Whether a finding forbids the issue or only wants a look."""

    FAULT = "fault"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found: a code with a sentence in labels, the path of the fact it belongs to, what a person needs."""

    level: Level
    code: str
    path: str
    facts: dict[str, Any] = field(default_factory=dict)


def check(
    code: str,
    given: Facts,
    template: Template | None = None,
    fonts: Fonts | None = None,
    *,
    known: Laws | None = None,
    draft: bool = False,
    asked: Asked = NOTHING,
) -> tuple[Finding, ...]:
    """Return everything found. No fault among them: the letter may be issued.

    `known` laws are the shipped ones unless given. A `draft` may lack number and date, which come with the issue.
    `asked` is what the rule sets want of the letter.
    Raises NotFound for an unknown kind.
    """
    of = kind(code)
    template = template or templates.default(code)
    found = [
        Finding(Level.FAULT, one.code, one.path, one.facts)
        for one in facts.wrong(of, given)
        if not (draft and one.path in AT_ISSUE and one.code == "letter.missing")
    ]
    found += _contradictions(of, given)
    found += _particular(of, given)
    found += _undrawable(given, fonts or find())
    letter = compose.compose(code, given, template)
    found += _by_rules(of, asked, given, letter, template, {re.split(r"[\[.]\d", one.path)[0] for one in found})
    found += _unfilled(letter, template, {one.path for one in found}, draft=draft)
    found += _laws(letter, template, laws.shipped() if known is None else known, facts.parse_date(get(given, "date")))
    if len(letter.title) > LONGEST_TITLE_LINES:
        found.append(Finding(Level.FAULT, "letter.long_title", "title", {"lines": len(letter.title)}))
    return tuple(found)


def may_be_issued(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing found forbids the issue."""
    return all(one.level is not Level.FAULT for one in findings)


def _contradictions(of: Kind, given: Facts) -> Iterator[Finding]:
    """Yield dates out of order, and a number of another year than the letter's."""
    for first, then in of.order:
        early, late = facts.parse_date(get(given, first)), facts.parse_date(get(given, then))
        if early and late and early > late:
            labels = {name: getattr(of.field(path), "label", path) for name, path in (("first", first), ("then", then))}
            yield Finding(Level.FAULT, "letter.order", then, labels)
    number = DocumentNumber.parse(str(get(given, "number") or ""))
    on = facts.parse_date(get(given, "date"))
    if number and on and number.year != on.year:
        yield Finding(Level.FAULT, "letter.number_year", "number", {"year": on.year})


def _particular(of: Kind, given: Facts) -> Iterator[Finding]:
    """Yield what single kinds ask beyond their fields."""
    addressee = get(given, "addressee.class")
    if of.field("addressee.class") and addressee in tuple(Addressee) and addressee not in of.addressees:
        yield Finding(Level.FAULT, "letter.addressee", "addressee.class", {"kind": of.name})
    if of.code is LetterKind.TRANSFER and get(given, "transfer.consent") is False:
        yield Finding(Level.FAULT, "letter.no_consent", "transfer.consent")
    if (
        of.code is LetterKind.REFUSAL
        and get(given, "refusal.ground") in ("pending", "offered")
        and not get(given, "refusal.proceeding")
    ):
        # Both grounds stand or fall with the other proceeding (PBC order 5/2020, art. 42; XXGS art. 17).
        yield Finding(Level.FAULT, "letter.no_proceeding", "refusal.proceeding")
    if of.code is LetterKind.EXTENSION and get(given, "extension.approver") == get(given, "officer.name") is not None:
        yield Finding(Level.FAULT, "letter.own_approval", "extension.approver")
    respondent, addressed = get(given, "complaint.respondent"), get(given, "addressee.name")
    named = isinstance(respondent, str) and isinstance(addressed, str)
    if addressee == "respondent" and named and not _same_house(respondent, addressed):
        yield Finding(Level.WARNING, "letter.other_respondent", "addressee.name", {"respondent": respondent})


def _by_rules(
    of: Kind, asked: Asked, given: Facts, letter: Letter, template: Template, wrong: set[str]
) -> Iterator[Finding]:
    """Yield what the rule sets ask for and the letter does not have; a field that is `wrong` was told already."""
    said = wording.words(of, given, compose.addressee_class(of, given))
    redress = [line for _, lines in template.redress for line in lines]
    for one, path in unsaid(of, asked, letter, said, redress):
        what = {"basis": one.basis, "name": one.name}
        if not path:
            yield Finding(Level.WARNING, "letter.rule_look", "template", what)
        elif path not in wrong:
            yield Finding(Level.FAULT, "letter.rule_says", path, what)
    if goes_elsewhere(asked, get(given, "addressee.class") or "", str(get(given, "addressee.name") or "")):
        yield Finding(Level.WARNING, "letter.rule_addressee", "addressee.class", {"to": asked.words})


def _same_house(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _undrawable(given: Facts, fonts: Fonts) -> Iterator[Finding]:
    """Yield each character that no font of the body can draw, by its code point."""
    for path, text in _texts(given):
        for char in fonts.undrawable(text, Role.FANG):
            yield Finding(Level.FAULT, "letter.undrawable", path, {"char": char, "point": f"U+{ord(char):04X}"})


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _texts(inner, f"{path}[{at}]")


def _unfilled(letter: Letter, template: Template, known: set[str], *, draft: bool) -> Iterator[Finding]:
    """Yield places still to be filled which no missing fact explains: an optional field the template prints."""
    for text in compose.unfilled(letter):
        labels = re.findall(r"【待填：([^】]*)】", text)
        of = kind(letter.kind)
        explained = {one.label for one in of.fields if one.path in known or (draft and one.path in AT_ISSUE)}
        columns = {
            column.label
            for one in of.fields
            for column in one.columns
            if any(p.startswith(f"{one.path}[") for p in known)
        }
        for label in labels:
            if label not in explained | columns:
                yield Finding(
                    Level.FAULT, "letter.unfilled", _path_of(of, template, label), {"label": label, "text": text[:40]}
                )


def _path_of(of: Kind, template: Template, label: str) -> str:
    """Return where a place still to be filled is mended: at a field, or in the template that reads no field."""
    if any(f"{sandbox.EXTRA}.{label}" in block.text for block in template.blocks):
        return sandbox.EXTRA
    return next((one.path for one in of.fields if one.label == label), "template")


def _laws(letter: Letter, template: Template, known: Laws, on: date | None) -> Iterator[Finding]:
    """Yield laws cited, in the template's list or in any text, that were not in force on the letter's date."""
    if on is None:
        return
    by_title = {law.title: law for law in known.values()}
    short = {law.title.removeprefix("中华人民共和国"): law for law in known.values()}
    cited = {title for text in compose.texts(letter) for title in _CITED.findall(text)}
    in_text = (by_title.get(title) or short.get(title) for title in sorted(cited))
    repealed = [
        *laws.not_in_force(template.basis, known, on),
        *(law for law in in_text if law and not law.in_force(on)),
    ]
    for law in dict.fromkeys(repealed):
        facts_of = {"law": law.title, "successor": law.successor or "现行规定"}
        yield Finding(Level.WARNING, "letter.repealed", "template", facts_of)

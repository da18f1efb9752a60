"""Issue (签发): the number taken, facts, template and text frozen in one act; the files follow in the worker."""

from collections.abc import Mapping
from typing import Any

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, Problem, Refused, RuleBroken
from archive.dossiers.access import lock
from archive.letters import (
    compose,
    composing,
    facts,
    numbering,
    obeying,
    operations,
    personal,
    preflight,
    rules,
    template_store,
)
from archive.letters.content_plain import to_plain
from archive.letters.models import LetterRow
from archive.letters.states import LetterState, Relation


def issue(row: LetterRow, *, act: Act) -> None:
    """Issue an approved letter, dated today; the notice of a pair is issued in the same act.

    Raises NotAllowed, Refused with every reason, BadInput with every fault; then no number is taken.
    """
    if row.relation is Relation.NOTIFIES:
        raise RuleBroken("letter.with_its_pair")
    dossier = lock(act.session, row.dossier)
    operations.check_takes(act.session, dossier, composing.of_kind(row), act.moment)
    against = obeying.against(act.session, row, composing.of_kind(row), act.actor)
    if against:
        raise Refused("letter.issue", against)
    _issue(row, {}, act)
    pair = operations.notices(row, act)
    if composing.of_kind(row).paired is not None and not pair:
        raise Refused("letter.issue", [Problem("letter.no_pair")])
    for notice in pair:
        # The notice says by which letter and when the matter was sent on, and what was handed over with it.
        also = {"forwarded.number": row.number, "forwarded.sent_on": _today(act)}
        _issue(notice, {**also, "materials": facts.get(row.facts, "materials")}, act)
    if row.relation is Relation.REVOKES and row.about is not None:
        operations.make_void(row.about, f"由{row.number}作废", act=act)


def _issue(row: LetterRow, also: Mapping[str, Any], act: Act) -> None:
    of = composing.of_kind(row)
    rules.check_issue(of, operations.standing(row), act.actor, row.dossier.state.value)
    template = template_store.exact(act.session, of.code, row.template)
    if not composing.fits(row, template):
        raise RuleBroken("letter.template_changed", template=row.template)
    number = numbering.take(row.dossier.unit, of, act=act) if of.series else None
    whole = composing.whole_facts(row)
    known = {field.path for field in of.fields}
    if number is not None:
        also = {**also, "number": number.number}
    for path, value in {**also, "date": _today(act)}.items():
        if path in known:
            personal.put(whole, path, value)
    laws, asked = template_store.laws(act.session), obeying.asked(act.session, row.dossier, of)
    wrong = [
        one
        for one in preflight.check(of.code, whole, template, known=laws, asked=asked)
        if one.level is preflight.Level.FAULT
    ]
    if wrong:
        raise BadInput("letter.unready", [Problem(one.code, one.path, one.facts) for one in wrong])
    letter = compose.compose(of.code, whole, template)
    plain, secrets = personal.take_out(of, whole, {})
    row.facts, row.sealed = plain, composing.seal(secrets)
    row.content, row.text_sha256 = to_plain(letter), composing.digest(letter)
    row.title = "".join(letter.title)[:200]
    row.state, row.number = LetterState.ISSUED, number.number if number else ""
    row.issued_by, row.issued_by_name = act.actor.id, act.actor.name
    row.issued_at, row.issued_on = act.moment, shanghai_date(act.moment)
    row.reply_due = facts.parse_date(facts.get(whole, of.reply)) if of.reply else None
    act.session.flush()
    if number is not None:
        number.letter_id = row.id
        act.session.add(number)
        act.session.flush()
    act.record("letter:issue", row, kind=of.code, number=row.number, template=row.template, text=row.text_sha256)


def remake(row: LetterRow, *, act: Act) -> None:
    """Have the files of an issued letter made again after trouble. Raises RuleBroken when they are there."""
    if not row.files_missing:
        raise RuleBroken("letter.files_there")
    row.trouble = ""
    act.record("letter:remake", row)


def _today(act: Act) -> str:
    return shanghai_date(act.moment).isoformat()

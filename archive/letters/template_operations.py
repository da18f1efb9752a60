"""Writing templates: drafts, approval by another, publication by a third hand or the author; notes on laws."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, Problem, RuleBroken
from archive.letters import template_check, template_rules, template_store, templates
from archive.letters.kinds import kind
from archive.letters.laws import Laws
from archive.letters.template_models import OPEN, LawNote, TemplateState, TemplateVersion
from archive.letters.templates import Template
from archive.people.rules import Permission, Person, may
from archive.web.idempotency import Stale


def begin(code: str, *, act: Act) -> TemplateVersion:
    """Begin the next version of a kind's template as a copy of the one in force.

    Raises NotAllowed, NotFound for an unknown kind, RuleBroken while another version is being worked on.
    """
    author = _person(Permission.EDIT_TEMPLATES, act)
    of = kind(code).code
    others = select(TemplateVersion).where(TemplateVersion.kind == of, TemplateVersion.state.in_(OPEN))
    if (other := act.session.scalar(others)) is not None:
        raise RuleBroken("template.open", name=other.author_name, state=other.state)
    base = template_store.current(act.session, of)
    template_store.pin(base, act=act)
    newest = act.session.scalar(select(func.max(TemplateVersion.number)).where(TemplateVersion.kind == of)) or 0
    row = TemplateVersion(kind=of, number=newest + 1, based_on=base.mark, changed_at=act.moment)
    _write(row, templates.build(templates.as_data(base), of, row.number), author, act)
    act.session.add(row)
    act.session.flush()
    act.record("letter_template:draft", row, mark=row.mark, based_on=base.mark)
    return row


def change(
    row: TemplateVersion, content: Mapping[str, Any], *, remark: str = "", revision: int | None = None, act: Act
) -> None:
    """Write a draft anew from content as `templates.as_data` gives it; each basis needs only its law's code.

    `revision` is the one the change was made on. Raises NotAllowed, RuleBroken when it is no draft, BadInput with every
    fault, Stale when somebody else has changed it meanwhile.
    """
    author = _person(Permission.EDIT_TEMPLATES, act)
    _check_draft(row)
    if revision is not None and revision != row.revision:
        raise Stale("version.stale")
    made = read(content, row, template_store.laws(act.session))
    row.remark, row.revision = remark, row.revision + 1
    _write(row, made, author, act)
    act.session.flush()
    act.record("letter_template:change", row, mark=row.mark, digest=row.digest)


def read(content: Mapping[str, Any], row: TemplateVersion, known: Laws) -> Template:
    """Return the template that content makes of a version. Raises BadInput with every fault."""
    given: Sequence[Mapping[str, Any]] = content.get("basis", ())
    unknown = [str(one.get("law", "")) for one in given if one.get("law") not in known]
    if unknown:
        raise BadInput(
            "template.faulty", [Problem("template.unknown_law", "basis", {"word": word}) for word in unknown]
        )
    basis = [
        {"law": law.code, "title": law.title, "number": law.number, "articles": str(one.get("articles", ""))}
        for one in given
        for law in (known[one["law"]],)
    ]
    return template_check.parse({**content, "basis": basis}, kind(row.kind), row.number)


def change_from_word(row: TemplateVersion, word: bytes, *, act: Act) -> None:
    """Take title, addressee, note and blocks over from an edited Word file. Raises as `change`."""
    change(row, from_word(row, word), remark=row.remark, act=act)


def from_word(row: TemplateVersion, word: bytes) -> dict[str, Any]:
    """Return the content a Word file would give a draft. Raises BadInput, RuleBroken when it is no draft."""
    from archive.letters import word_template  # here: reading and writing Word loads slowly and is seldom wanted

    _check_draft(row)
    return templates.as_data(word_template.from_word(word, template_store.content_of(row)))


def discard(row: TemplateVersion, *, act: Act) -> None:
    """Throw a draft away. Raises NotAllowed, RuleBroken when it is no draft."""
    _person(Permission.EDIT_TEMPLATES, act)
    _check_draft(row)
    act.record("letter_template:remove", row, mark=row.mark)
    act.session.delete(row)
    act.session.flush()


def propose(row: TemplateVersion, *, act: Act) -> None:
    """Ask that a draft be approved; from now on it stands as it is. Raises NotAllowed, RuleBroken."""
    _person(Permission.EDIT_TEMPLATES, act)
    row.proposed_at, row.answer = act.moment, ""
    _step(row, TemplateState.PROPOSED, "letter_template:propose", act)


def approve(row: TemplateVersion, *, act: Act) -> None:
    """Approve somebody else's version. Raises NotAllowed, RuleBroken."""
    approver = _person(Permission.APPROVE_TEMPLATES, act)
    template_rules.check_step(row.state, TemplateState.APPROVED)
    template_rules.check_approver(row.author_id, approver.id)
    row.approved_by, row.approved_by_name, row.approved_at = approver.id, approver.name, act.moment
    _step(row, TemplateState.APPROVED, "letter_template:approve", act)


def send_back(row: TemplateVersion, *, reason: str, act: Act) -> None:
    """Make a proposed or approved version a draft again, saying why. Raises NotAllowed, RuleBroken."""
    _person(Permission.APPROVE_TEMPLATES, act)
    template_rules.check_step(row.state, TemplateState.DRAFT)
    row.proposed_at = row.approved_by = row.approved_at = None
    row.approved_by_name, row.answer = "", reason
    _step(row, TemplateState.DRAFT, "letter_template:send_back", act, reason=reason)


def publish(row: TemplateVersion, *, act: Act) -> None:
    """Put an approved version into use and retire the one before. Raises NotAllowed, RuleBroken."""
    publisher = _person(Permission.EDIT_TEMPLATES, act)
    template_rules.check_step(row.state, TemplateState.PUBLISHED)
    template_rules.check_publisher(row.approved_by, publisher.id)
    template_store.content_of(row)
    in_use = select(TemplateVersion).where(
        TemplateVersion.kind == row.kind, TemplateVersion.state == TemplateState.PUBLISHED
    )
    if (before := act.session.scalar(in_use)) is not None:
        before.retired_at = act.moment
        _step(before, TemplateState.RETIRED, "letter_template:retire", act)
    row.published_by, row.published_by_name, row.published_at = publisher.id, publisher.name, act.moment
    _step(row, TemplateState.PUBLISHED, "letter_template:publish", act, digest=row.digest)


def note_law(
    code: str, *, title: str, number: str, begins: date, ends: date | None, successor: str, act: Act
) -> LawNote:
    """Note a law, or what became of one: letters and templates are checked by it from now on.

    Raises NotAllowed, BadInput.
    """
    person = _person(Permission.APPROVE_TEMPLATES, act)
    if ends is not None and ends < begins:
        raise BadInput("input.bad", [Problem("law.order", "ends")])
    row = LawNote(
        code=code,
        title=title,
        number=number,
        begins=begins,
        ends=ends,
        successor=successor,
        noted_by=person.id,
        noted_by_name=person.name,
        noted_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("letter_law:record", row, code=code, title=title, begins=begins, ends=ends)
    return row


def _write(row: TemplateVersion, made: Template, author: Person, act: Act) -> None:
    row.mark, row.content, row.digest = made.mark, templates.as_data(made), made.digest
    row.author_id, row.author_name, row.changed_at = author.id, author.name, act.moment


def _step(row: TemplateVersion, then: TemplateState, action: str, act: Act, **facts: Any) -> None:
    template_rules.check_step(row.state, then)
    row.state, row.revision = then, row.revision + 1
    act.session.flush()
    act.record(action, row, mark=row.mark, **facts)


def _check_draft(row: TemplateVersion) -> None:
    if row.state is not TemplateState.DRAFT:
        raise RuleBroken("template.not_draft", state=row.state)


def _person(permission: Permission, act: Act) -> Person:
    # Templates are the office's own words: whatever machines may do, persons answer for these.
    if not isinstance(act.actor, Person) or not may(act.actor, permission):
        raise NotAllowed("person.lacks", permission=permission)
    return act.actor

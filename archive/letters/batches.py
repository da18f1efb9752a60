"""Letters to many dossiers at once: a dry run with what is wrong in each, then drafts, review and issue together.

All letters of a batch are issued in one act, so their numbers follow each other; their files are made one by one by
the worker, each filed in its own dossier, and taken away together (`batch_files`). The notice that makes one action
with a 分办函 or 移交函 goes with it at every step.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from archive.core.act import Act
from archive.core.errors import ArchiveError, BadInput, NotFound, Problem, RuleBroken
from archive.core.ids import new_id
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.letters import composing, drafting, issuing, obeying, operations, preflight, rules, template_store
from archive.letters.batch_fields import kinds_offered, parted
from archive.letters.kinds import Kind, kind
from archive.letters.laws import Laws
from archive.letters.models import Batch, BatchRow, LetterRow
from archive.letters.states import LetterState, Relation, Step
from archive.people.rules import Person

MOST = 200


@dataclass(frozen=True)
class Checked:
    """A dossier in a dry run, and what would keep its letter or its notice from being issued."""

    dossier: Dossier
    problems: Sequence[Problem]


@dataclass(frozen=True)
class Line:
    """A dossier of a batch as it stands: its letter and notice, or why there is none."""

    row: BatchRow
    letter: LetterRow | None
    notice: LetterRow | None

    @property
    def letters(self) -> list[LetterRow]:
        """The letter and its notice, those there are."""
        return [one for one in (self.letter, self.notice) if one is not None]


@dataclass(frozen=True)
class Progress:
    """How far a batch is, counted in letters; a notice moves with its letter and counts among the files only."""

    drafts: int
    in_review: int
    approved: int
    issued: int
    files: int
    filed: int


def dry_run(dossiers: Iterable[Dossier], of: Kind, given: Mapping[str, Any], *, act: Act) -> Iterator[Checked]:
    """Yield each dossier with everything that would keep its letter from being issued; nothing is written."""
    laws, (facts, notice) = template_store.laws(act.session), parted(given)
    for one in (facts, notice):
        operations.check_given(one)
    for dossier in dossiers:
        found = [*_against(dossier, of, act)]
        whole, lacking = _tried(dossier, of, facts, laws, None, act)
        found += lacking
        if of.paired is not None:
            # As the notice will find it: never added to the session.
            letter = LetterRow(kind=of.code, facts=whole, addressee=composing.addressee_of(of, whole), number="")
            told = operations.for_notice(facts, notice)
            found += _tried(dossier, kind(of.paired), told, laws, letter, act)[1]
        yield Checked(dossier, found)


def make(dossiers: Sequence[Dossier], of: Kind, given: Mapping[str, Any], *, act: Act) -> Batch:
    """Draft the letters that lack nothing; of the others the batch keeps why. Raises BadInput when none is left."""
    check_size(dossiers)
    if of.code not in {one.code for one in kinds_offered()}:
        raise BadInput("input.bad", [Problem("letter.batch_kind", "kind", {"kind": of.name})])
    checked = list(dry_run(dossiers, of, given, act=act))
    if all(one.problems for one in checked):
        raise BadInput("letter.batch_nothing")
    batch = Batch(id=new_id(), kind=of.code, made_by=act.actor.id, made_by_name=act.actor.name, made_at=act.moment)
    act.session.add(batch)
    act.session.flush()
    facts, notice = parted(given)
    for position, one in enumerate(checked, start=1):
        letter = None
        if not one.problems:
            letter = operations.draft(one.dossier, of.code, given=facts, notice=notice, act=act)
        act.session.add(
            BatchRow(
                batch_id=batch.id,
                position=position,
                dossier_id=one.dossier.id,
                letter_id=letter.id if letter else None,
                problems=[[problem.code, problem.field, _plain(problem.facts)] for problem in one.problems],
            )
        )
    act.session.flush()
    act.record("letter_batch:make", batch, kind=of.code, dossiers=len(checked))
    return batch


def take_step(batch: Batch, step: Step, *, comment: str, act: Act, person: Person) -> int:
    """Take a step with every letter of the batch that stands where it can be taken; return how many.

    Raises as `operations.take_step`; then none has taken it.
    """
    moved = [row for row in letters(act.session, batch, person) if row.state in rules.NEXT[step]]
    if not moved:
        raise RuleBroken("letter.batch_none")
    for row in moved:
        operations.take_step(row, step, comment=comment, act=act)
    act.record("letter_batch:step", batch, step=step, letters=len(moved))
    return len(moved)


def issue(batch: Batch, *, act: Act, person: Person) -> int:
    """Issue every approved letter of the batch in one act, their numbers in a row; return how many.

    Raises as `issuing.issue`; then none is issued and no number is taken.
    """
    approved = [row for row in letters(act.session, batch, person) if row.state is LetterState.APPROVED]
    if not approved:
        raise RuleBroken("letter.batch_none")
    for row in approved:
        issuing.issue(row, act=act)
    act.record("letter_batch:issue", batch, first=approved[0].number, last=approved[-1].number, letters=len(approved))
    return len(approved)


def find(session: Session, batch_id: uuid.UUID, person: Person) -> Batch:
    """Return a batch of which the person may see at least one dossier. Raises NotFound."""
    found = session.get(Batch, batch_id)
    if found is None or not rows(session, found, person):
        raise NotFound("letter.batch_unknown")
    return found


def rows(session: Session, batch: Batch, person: Person) -> Sequence[BatchRow]:
    """Return the rows of a batch whose dossiers the person may see, in order. One statement."""
    query = (
        select(BatchRow)
        .join(BatchRow.dossier)
        .where(BatchRow.batch_id == batch.id, visible_to(person))
        .order_by(BatchRow.position)
        .options(contains_eager(BatchRow.dossier), joinedload(BatchRow.letter))
    )
    return session.scalars(query).unique().all()


def letters(session: Session, batch: Batch, person: Person) -> list[LetterRow]:
    """Return the letters of a batch that the person may see, in order, without their notices. One statement."""
    return [row.letter for row in rows(session, batch, person) if row.letter is not None]


def lines(session: Session, batch: Batch, person: Person) -> list[Line]:
    """Return the dossiers of a batch that the person may see, in order. Two statements."""
    shown = rows(session, batch, person)
    wanted = [row.letter_id for row in shown if row.letter_id is not None]
    query = select(LetterRow).where(LetterRow.about_id.in_(wanted), LetterRow.relation == Relation.NOTIFIES)
    notices = {one.about_id: one for one in session.scalars(query.order_by(LetterRow.drafted_at))}
    return [Line(row, row.letter, notices.get(row.letter_id)) for row in shown]


def progress(shown: Sequence[Line]) -> Progress:
    """Return how far the letters of a batch are. Pure."""
    states = [one.letter.state for one in shown if one.letter is not None]
    issued = [row for one in shown for row in one.letters if row.issued_at is not None]
    return Progress(
        drafts=states.count(LetterState.DRAFT),
        in_review=states.count(LetterState.IN_REVIEW),
        approved=states.count(LetterState.APPROVED),
        issued=sum(one.letter is not None and one.letter.issued_at is not None for one in shown),
        files=len(issued),
        filed=sum(not row.files_missing for row in issued),
    )


def recent(session: Session, person: Person, limit: int = 20) -> Sequence[Batch]:
    """Return the batches the person made lately. One statement."""
    query = select(Batch).where(Batch.made_by == person.id).order_by(Batch.made_at.desc()).limit(limit)
    return session.scalars(query).all()


def check_size(dossiers: Sequence[Dossier]) -> None:
    """Refuse more dossiers than one act takes. Raises BadInput."""
    if len(dossiers) > MOST:
        raise BadInput("letter.batch_size", most=MOST, count=len(dossiers))


def _against(dossier: Dossier, of: Kind, act: Act) -> Iterator[Problem]:
    """Yield what the dossier itself has against a letter of the kind."""
    try:
        rules.check_draftable(of, None, dossier.unit.path, act.actor)
        operations.check_takes(act.session, dossier, of, act.moment)
    except ArchiveError as error:
        yield Problem(error.code, facts=error.facts)
    else:
        if not of.may_issue(dossier.state):
            yield Problem("letter.dossier_state", facts={"kind": of.name})


def _tried(
    dossier: Dossier, of: Kind, given: Mapping[str, Any], laws: Laws, about: LetterRow | None, act: Act
) -> tuple[dict[str, Any], list[Problem]]:
    """Return what a letter of the kind would say, and its faults."""
    known = drafting.gather(act.session, dossier, of, about=about, author=act.actor.name, now=act.moment)
    facts = operations.over(drafting.prefill(of, known), given)
    template = template_store.current(act.session, of.code)
    asked = obeying.asked(act.session, dossier, of)
    found = preflight.check(of.code, facts, template, known=laws, draft=True, asked=asked)
    later = composing.AT_ISSUE_OF_A_PAIR if about is not None else frozenset[str]()
    faults = [one for one in found if one.level is preflight.Level.FAULT and one.path not in later]
    return facts, [Problem(one.code, one.path, one.facts) for one in faults]


def _plain(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}

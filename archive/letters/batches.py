"""Letters to many dossiers at once: a dry run with what is wrong in each, then drafts, review and issue together.

All letters of a batch are issued in one act, so their numbers follow each other; their files are made one by one by
the worker, each filed in its own dossier, and taken away as one ZIP or one PDF to print.
"""

import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from archive.core.act import Act
from archive.core.errors import ArchiveError, BadInput, NotFound, Problem, RuleBroken
from archive.core.ids import new_id
from archive.documents import blobs
from archive.documents.models import Document
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.letters import drafting, issuing, operations, personal, preflight, rules, template_store
from archive.letters.kinds import Kind, LetterKind, kinds
from archive.letters.models import Batch, BatchRow, LetterRow
from archive.letters.states import LetterState, Step
from archive.people.rules import Person

MOST = 200


@dataclass(frozen=True)
class Checked:
    """A dossier in a dry run: its letter's addressee is known, and this is wrong with it."""

    dossier: Dossier
    problems: Sequence[Problem]


def kinds_offered() -> list[Kind]:
    """Return the kinds that can be made in batches: those that stand alone."""
    return [
        one
        for one in kinds()
        if one.code not in {*rules.NEEDS_ABOUT, *rules.NOT_OF_A_DOSSIER, LetterKind.FORWARDING_NOTICE}
        and one.paired is None
    ]


def dry_run(dossiers: Iterable[Dossier], of: Kind, given: Mapping[str, Any], *, act: Act) -> Iterator[Checked]:
    """Yield each dossier with everything that would keep its letter from being issued; nothing is written."""
    session = act.session
    template, laws = template_store.current(session, of.code), template_store.laws(session)
    for dossier in dossiers:
        found: list[Problem] = []
        try:
            rules.check_draftable(of, None, dossier.unit.path, act.actor)
        except ArchiveError as error:
            found.append(Problem(error.code, facts=error.facts))
        if dossier.closed_at is not None:
            found.append(Problem("letter.batch_closed"))
        elif not of.may_issue(dossier.state):
            found.append(Problem("letter.dossier_state", facts={"kind": of.name}))
        known = drafting.gather(session, dossier, of, about=None, author=act.actor.name, now=act.moment)
        facts = operations.over(drafting.prefill(of, known), given)
        found += [
            Problem(one.code, one.path, one.facts)
            for one in preflight.check(of.code, facts, template, known=laws, draft=True)
            if one.level is preflight.Level.FAULT
        ]
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
    for position, one in enumerate(checked, start=1):
        letter = None if one.problems else operations.draft(one.dossier, of.code, given=given, act=act)
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
    """Return the letters of a batch that the person may see, in order. One statement."""
    return [row.letter for row in rows(session, batch, person) if row.letter is not None]


def recent(session: Session, person: Person, limit: int = 20) -> Sequence[Batch]:
    """Return the batches the person made lately. One statement."""
    query = select(Batch).where(Batch.made_by == person.id).order_by(Batch.made_at.desc()).limit(limit)
    return session.scalars(query).all()


def zip_to(path: Path, filed: Sequence[LetterRow]) -> None:
    """Write the files of letters into one archive, letter by letter, so that fifty need no more memory than one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for row in filed:
            for document, ending in ((row.pdf, "pdf"), (row.docx, "docx")):
                if document is not None:
                    archive.writestr(f"{row.number or row.title} {row.dossier.number}.{ending}", _bytes(document))


def print_to(path: Path, filed: Sequence[LetterRow]) -> None:
    """Write the PDFs of letters into one, each beginning on a sheet's front side."""
    with closing(pdfium.PdfDocument.new()) as whole:
        for row in filed:
            if row.pdf is None:
                continue
            with closing(pdfium.PdfDocument(_bytes(row.pdf))) as one:
                if len(whole) % 2:
                    whole.new_page(*one[0].get_size())
                whole.import_pages(one)
        whole.save(path)


def check_size(dossiers: Sequence[Dossier]) -> None:
    """Refuse more dossiers than one act takes. Raises BadInput."""
    if len(dossiers) > MOST:
        raise BadInput("letter.batch_size", most=MOST, count=len(dossiers))


def shared_fields(of: Kind) -> Kind:
    """Return the kind with only the fields a batch shares: none that belong to a single dossier or person.

    What the dossiers know themselves may be left open.
    """
    alone, known = ("complaint", "complainant", "dossier"), ("addressee", "officer", "office")
    shared = (field for field in of.fields if field.path.split(".")[0] not in alone and not personal.is_personal(field))
    return replace(
        of,
        fields=tuple(
            replace(field, required=False) if field.path.split(".")[0] in known else field for field in shared
        ),
    )


def _bytes(document: Document) -> bytes:
    with blobs.open_version(document.latest) as stream:
        return stream.read()


def _plain(facts: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in facts.items()}

"""Reading templates: the one in force, the very one a letter was made from, and the laws as the office knows them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import NotFound, RuleBroken
from archive.letters import laws as shipped_laws
from archive.letters import templates
from archive.letters.kinds import LetterKind, kind
from archive.letters.laws import Law, Laws
from archive.letters.template_models import OPEN, LawNote, TemplateState, TemplateVersion
from archive.letters.templates import Template


def current(session: Session, code: str) -> Template:
    """Return the template a letter of this kind is drafted from now: the one published, else the one shipped.

    Raises NotFound for an unknown kind.
    """
    of = kind(code).code
    row = session.scalar(
        select(TemplateVersion).where(TemplateVersion.kind == of, TemplateVersion.state == TemplateState.PUBLISHED)
    )
    return content_of(row) if row else templates.default(of)


def exact(session: Session, code: str, mark: str) -> Template:
    """Return the very version a letter names, so that it can be composed again as it was.

    Raises NotFound for an unknown kind or mark, RuleBroken when the version's content is not what its digest says.
    """
    of = kind(code).code
    row = session.scalar(select(TemplateVersion).where(TemplateVersion.kind == of, TemplateVersion.mark == mark))
    if row is not None and row.state not in OPEN:
        return content_of(row)
    if templates.default(of).mark == mark:
        return templates.default(of)
    raise NotFound("template.unknown", mark=mark)


def pin(template: Template, *, act: Act) -> None:
    """Write a shipped template down, once, so that letters issued from it outlive the programme's next version."""
    of = LetterKind(template.kind)
    known = select(TemplateVersion.id).where(TemplateVersion.kind == of, TemplateVersion.mark == template.mark)
    if template.version or act.session.scalar(known):
        return
    row = TemplateVersion(
        kind=of,
        number=0,
        mark=template.mark,
        state=TemplateState.SHIPPED,
        content=templates.as_data(template),
        digest=template.digest,
        changed_at=act.moment,
    )
    act.session.add(row)
    act.session.flush()
    act.record("letter_template:keep", row, mark=template.mark, digest=template.digest)


def content_of(row: TemplateVersion) -> Template:
    """Return the template a row holds. Raises RuleBroken when it was changed behind the archive's back."""
    made = templates.build(row.content, row.kind, row.number)
    if made.digest != row.digest:
        raise RuleBroken("template.altered", mark=row.mark)
    return made


def by_id(session: Session, version_id: uuid.UUID) -> TemplateVersion:
    """Return a version. Raises NotFound."""
    found = session.get(TemplateVersion, version_id)
    if found is None:
        raise NotFound("template.unknown", mark=version_id)
    return found


def versions(session: Session, code: str) -> Sequence[TemplateVersion]:
    """Return the versions of a kind, newest first."""
    newest = (TemplateVersion.number.desc(), TemplateVersion.changed_at.desc())
    return session.scalars(
        select(TemplateVersion).where(TemplateVersion.kind == kind(code).code).order_by(*newest)
    ).all()


def standing(session: Session) -> Sequence[TemplateVersion]:
    """Return of all kinds the version in force and the one being worked on, where there are any."""
    states = (*OPEN, TemplateState.PUBLISHED)
    return session.scalars(select(TemplateVersion).where(TemplateVersion.state.in_(states))).all()


def laws(session: Session) -> Laws:
    """Return the laws by code: what ships, and over it the newest the office has noted."""
    noted = session.scalars(select(LawNote).order_by(LawNote.noted_at, LawNote.id))
    return {**shipped_laws.shipped(), **{one.code: _law(one) for one in noted}}


@dataclass(frozen=True)
class LawLine:
    """A law, whether it is in force, and the templates in force that rest on it."""

    law: Law
    in_force: bool
    templates: tuple[Template, ...]


def standing_of_laws(session: Session, on: date) -> Sequence[LawLine]:
    """Return all laws; first those out of force that templates still cite, then the cited, then the rest."""
    published = {row.kind: row for row in standing(session) if row.state is TemplateState.PUBLISHED}
    in_use = [content_of(published[of]) if of in published else templates.default(of) for of in LetterKind]
    citing: dict[str, list[Template]] = {}
    for template in in_use:
        for code in {one.law for one in template.basis}:
            citing.setdefault(code, []).append(template)
    lines = [LawLine(law, law.in_force(on), tuple(citing.get(code, ()))) for code, law in laws(session).items()]
    return sorted(lines, key=lambda line: (not line.templates, line.in_force, line.law.title))


def _law(one: LawNote) -> Law:
    return Law(one.code, one.title, one.number, one.begins, one.ends, one.successor)

"""Where templates come from: the one in force, the very one a letter names, and what the database keeps as it is."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from archive.core.act import Act, Machine, acting
from archive.core.db import db
from archive.core.errors import NotFound, RuleBroken
from archive.letters import template_store, templates
from archive.letters.kinds import LetterKind
from archive.letters.template_models import LawNote, TemplateState, TemplateVersion
from archive.letters.templates import Template


def a_version(
    act: Act, state: TemplateState = TemplateState.DRAFT, number: int = 1, kind: str = "inquiry", **changed: Any
) -> TemplateVersion:
    """Write a version down and lead it to a state, as the operations would."""
    content = {**templates.as_data(templates.default(kind)), **changed}
    made = templates.build(content, kind, number)
    row = TemplateVersion(
        kind=kind, number=number, mark=made.mark, content=content, digest=made.digest, changed_at=act.moment
    )
    act.session.add(row)
    act.session.flush()
    row.proposed_at = row.approved_at = act.moment
    for step in (TemplateState.PROPOSED, TemplateState.APPROVED, TemplateState.PUBLISHED, TemplateState.RETIRED):
        if row.state is not state:
            row.state = step
            act.session.flush()
    return row


def test_without_versions_of_its_own_an_office_drafts_from_what_ships(app: Flask) -> None:
    assert template_store.current(db.session(), "inquiry") is templates.default("inquiry")


def test_the_published_version_is_in_force_and_a_draft_is_not(act: Act) -> None:
    a_version(act, TemplateState.RETIRED, title="旧标题")
    published = a_version(act, TemplateState.PUBLISHED, 2, title="新标题")
    a_version(act, number=3, title="草稿标题")
    assert template_store.current(act.session, "inquiry").title == "新标题"
    assert template_store.exact(act.session, "inquiry", published.mark).title == "新标题"
    assert template_store.exact(act.session, "inquiry", "inquiry@1").title == "旧标题"
    with pytest.raises(NotFound):
        template_store.exact(act.session, "inquiry", "inquiry@3")
    with pytest.raises(NotFound):
        template_store.exact(act.session, "apology", "inquiry@1")


def test_a_letter_made_from_what_shipped_finds_it_after_the_programme_changed(
    act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = templates.default("inquiry")
    template_store.pin(shipped, act=act)
    template_store.pin(shipped, act=act)
    monkeypatch.setattr(templates, "_default", lambda code: Template(code, 0, "换了", shipped.blocks))
    assert template_store.exact(act.session, "inquiry", shipped.mark) == shipped
    assert template_store.current(act.session, "inquiry").title == "换了"
    assert [entry.action for entry in act.pending] == ["letter_template:keep"]


REFUSED: tuple[tuple[TemplateState, Mapping[str, Any]], ...] = (
    (TemplateState.PROPOSED, {"content": {}}),
    (TemplateState.APPROVED, {"digest": "0" * 64}),
    (TemplateState.PUBLISHED, {"content": {}}),
    (TemplateState.PUBLISHED, {"state": TemplateState.DRAFT}),
    (TemplateState.PUBLISHED, {"approved_by_name": "他人"}),
    (TemplateState.RETIRED, {"state": TemplateState.PUBLISHED}),
    (TemplateState.RETIRED, {"content": {}}),
    (TemplateState.DRAFT, {"state": TemplateState.PUBLISHED}),
    (TemplateState.PROPOSED, {"state": TemplateState.PUBLISHED}),
)


def test_the_database_itself_keeps_what_was_proposed(app: Flask) -> None:
    for (state, change), kind in zip(REFUSED, LetterKind, strict=False):
        with acting(Machine("test")) as act:
            row = a_version(act, state, kind=kind)
        with pytest.raises(DatabaseError, match="template"), acting(Machine("test")) as act:
            act.session.execute(update(TemplateVersion).where(TemplateVersion.id == row.id).values(**change))


def test_only_a_draft_can_be_thrown_away(app: Flask) -> None:
    with acting(Machine("test")) as act:
        a_version(act, TemplateState.PUBLISHED)
        a_version(act, number=2)
    with acting(Machine("test")) as act:
        act.session.execute(delete(TemplateVersion).where(TemplateVersion.number == 2))
    with pytest.raises(DatabaseError, match="is kept"), acting(Machine("test")) as act:
        act.session.execute(delete(TemplateVersion).where(TemplateVersion.number == 1))


def test_a_version_changed_behind_the_archives_back_is_not_used(act: Act) -> None:
    row = a_version(act)
    act.session.execute(
        update(TemplateVersion).where(TemplateVersion.id == row.id).values(content={**row.content, "title": "篡改"})
    )
    act.session.refresh(row)
    with pytest.raises(RuleBroken, match=r"template\.altered"):
        template_store.content_of(row)


def test_the_newest_note_of_a_law_counts(act: Act) -> None:
    law = template_store.laws(act.session)["pbc-2020-5"]
    assert law.ends is None
    note = LawNote(
        code=law.code,
        title=law.title,
        number=law.number,
        begins=law.begins,
        ends=law.begins,
        noted_by_name="某人",
        noted_at=act.moment,
    )
    act.session.add(note)
    act.session.flush()
    assert template_store.laws(act.session)["pbc-2020-5"].ends == law.begins
    with pytest.raises(DatabaseError, match="stands as it was written"):
        act.session.execute(text("UPDATE letter_law SET ends = NULL"))
    act.session.rollback()

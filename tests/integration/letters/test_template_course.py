"""The course of a template: who writes, approves, publishes; and that nothing later touches an issued letter."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, NotFound, RuleBroken
from archive.letters import laws, preflight, template_store, templates
from archive.letters import template_operations as operations
from archive.letters.compose import compose
from archive.letters.content_plain import to_plain
from archive.letters.examples import example
from archive.letters.template_models import TemplateState, TemplateVersion
from archive.web.idempotency import Stale
from tests.builders import Office


def content(**changed: Any) -> dict[str, Any]:
    return {**templates.as_data(templates.default("apology")), **changed}


def begun(office: Office, by: str = "letter_clerk", kind: str = "apology", **changed: Any) -> TemplateVersion:
    with acting(office.person(by)) as act:
        row = operations.begin(kind, act=act)
        if changed:
            operations.change(row, {**row.content, **changed}, remark="改", act=act)
    return row


def step(office: Office, who: str, operation: Any, row: TemplateVersion, **more: Any) -> None:
    with acting(office.person(who)) as act:
        operation(template_store.by_id(act.session, row.id), **more, act=act)
    db.session.refresh(row)


def published(office: Office, **changed: Any) -> TemplateVersion:
    row = begun(office, **changed)
    step(office, "letter_clerk", operations.propose, row)
    step(office, "legal", operations.approve, row)
    step(office, "letter_clerk", operations.publish, row)
    return row


def test_one_writes_another_approves_and_not_the_same_publishes(app: Flask, office: Office) -> None:
    first = published(office, title="关于{{ complainant.name }}的致歉")
    second = begun(office, by="head", title="致歉信（新）")
    step(office, "head", operations.propose, second)
    with pytest.raises(RuleBroken, match="own_approval"):
        step(office, "head", operations.approve, second)
    with pytest.raises(NotAllowed):
        step(office, "letter_clerk", operations.approve, second)
    with pytest.raises(RuleBroken, match=r"template\.step"):
        step(office, "head", operations.publish, second)
    step(office, "legal", operations.approve, second)
    assert template_store.current(db.session(), "apology").title == first.content["title"]
    step(office, "letter_clerk", operations.publish, second)
    db.session.refresh(first)
    assert (first.state, second.state) == (TemplateState.RETIRED, TemplateState.PUBLISHED)
    assert (second.number, second.based_on) == (2, first.mark)
    assert template_store.current(db.session(), "apology").title == "致歉信（新）"


def test_who_approved_does_not_publish(app: Flask, office: Office) -> None:
    row = begun(office)
    step(office, "letter_clerk", operations.propose, row)
    step(office, "head", operations.approve, row)
    with pytest.raises(RuleBroken, match="own_publication"):
        step(office, "head", operations.publish, row)


def test_what_was_proposed_is_changed_only_after_it_was_sent_back(app: Flask, office: Office) -> None:
    row = begun(office)
    step(office, "letter_clerk", operations.propose, row)
    with pytest.raises(RuleBroken, match="not_draft"):
        step(office, "letter_clerk", operations.change, row, content=content())
    with pytest.raises(RuleBroken, match="not_draft"):
        step(office, "letter_clerk", operations.discard, row)
    step(office, "legal", operations.send_back, row, reason="请补充依据")
    assert (row.state, row.answer, row.approved_by) == (TemplateState.DRAFT, "请补充依据", None)
    step(office, "letter_clerk", operations.change, row, content=content(title="改后"))
    assert row.content["title"] == "改后"


def test_of_a_kind_one_version_is_worked_on_at_a_time(app: Flask, office: Office) -> None:
    row = begun(office)
    with pytest.raises(RuleBroken, match=r"template\.open"):
        begun(office, by="head")
    with acting(office.person("letter_clerk")) as act:
        operations.discard(template_store.by_id(act.session, row.id), act=act)
    assert begun(office, by="head").number == 1


def test_others_neither_write_nor_approve_nor_note_laws(app: Flask, office: Office) -> None:
    row = begun(office)
    for login in ("officer", "auditor", "system_admin", "seal_keeper", "nobody"):
        with pytest.raises(NotAllowed):
            begun(office, by=login, kind="inquiry")
        for operation in (operations.propose, operations.publish, operations.discard, operations.approve):
            with pytest.raises(NotAllowed):
                step(office, login, operation, row)
        with pytest.raises(NotAllowed), acting(office.person(login)) as act:
            note_end(act, "civil-code", date(2026, 1, 1))


def test_not_even_the_archive_itself_publishes(app: Flask, office: Office) -> None:
    row = begun(office)
    with pytest.raises(NotAllowed), acting(Machine("test")) as act:
        operations.propose(template_store.by_id(act.session, row.id), act=act)


def test_a_change_on_an_old_revision_is_refused(app: Flask, office: Office) -> None:
    row = begun(office, title="一")
    step(office, "head", operations.change, row, content=content(title="二"), revision=2)
    with pytest.raises(Stale):
        step(office, "letter_clerk", operations.change, row, content=content(title="三"), revision=2)


def test_a_law_nobody_knows_is_refused(app: Flask, office: Office) -> None:
    with pytest.raises(BadInput) as refusal:
        begun(office, basis=[{"law": "invented", "articles": ""}])
    assert [one.code for one in refusal.value.problems] == ["template.unknown_law"]


def note_end(act: Any, code: str, ends: date) -> None:
    law = laws.shipped()[code]
    operations.note_law(
        code, title=law.title, number=law.number, begins=law.begins, ends=ends, successor="新办法", act=act
    )


def test_a_law_noted_as_repealed_warns_at_preflight_and_among_the_laws(app: Flask, office: Office) -> None:
    with acting(office.person("legal")) as act:
        note_end(act, "pbc-2020-5", date(2026, 1, 31))
    session = db.session()
    known = template_store.laws(session)
    facts = {**example("inquiry"), "date": "2026-11-21"}
    codes = [
        one.code for one in preflight.check("inquiry", facts, template_store.current(session, "inquiry"), known=known)
    ]
    assert "letter.repealed" in codes
    first = template_store.standing_of_laws(session, date(2026, 2, 1))[0]
    assert (first.law.code, first.in_force) == ("pbc-2020-5", False)
    assert "inquiry" in {template.kind for template in first.templates}
    assert template_store.standing_of_laws(session, date(2026, 1, 31))[0].law.code != "pbc-2020-5"


LATER = st.lists(
    st.sampled_from(["edit", "publish", "law", "discard", "ships"]), min_size=1, max_size=5, unique_by=lambda one: one
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(later=LATER, words=st.text("新旧条款{}%｜\x1e\x1f", min_size=1, max_size=12))
def test_nothing_done_to_templates_changes_what_an_issued_letter_composes_to(
    app: Flask, office: Office, later: list[str], words: str
) -> None:
    """Whatever follows: other versions, other laws, a programme that ships something else."""
    session = db.session()
    base = template_store.current(session, "apology")
    with acting(office.person("head")) as act:
        template_store.pin(base, act=act)
    before = to_plain(compose("apology", example("apology"), base))
    shipped = templates._default
    try:
        for one in later:
            do(office, one, words)
        with pytest.MonkeyPatch.context() as patched:
            if "ships" in later:
                patched.setattr(
                    templates, "_default", lambda code: templates.Template(code, 0, words, shipped(code).blocks)
                )
            again = template_store.exact(db.session(), "apology", base.mark)
            assert again.digest == base.digest
            assert to_plain(compose("apology", example("apology"), again)) == before
    finally:
        clear_desk(office)


def do(office: Office, what: str, words: str) -> None:
    try:
        if what == "publish":
            published(office, title=f"致歉 {words}")
        elif what == "edit":
            begun(office, addressee=words)
        elif what == "discard":
            clear_desk(office)
        elif what == "law":
            with acting(office.person("legal")) as act:
                note_end(act, "civil-code", date(2026, 1, 1))
    except (BadInput, RuleBroken):
        pass  # words that are no template are refused, and one version is worked on at a time


def clear_desk(office: Office) -> None:
    session = db.session()
    for row in template_store.standing(session):
        if row.state is TemplateState.DRAFT:
            step_away(office, row)


def step_away(office: Office, row: TemplateVersion) -> None:
    with acting(office.person("head")) as act:
        operations.discard(template_store.by_id(act.session, row.id), act=act)


def test_an_unknown_kind_or_version_is_not_found(app: Flask, office: Office) -> None:
    with pytest.raises(NotFound):
        begun(office, kind="invented")

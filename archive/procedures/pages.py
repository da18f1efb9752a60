"""Pages of procedures: all profiles, one drawn as a person would draw it, proposals, what each unit follows."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.procedures import drawing, forms, operations, queries, rules
from archive.procedures.labels import ACTS, COMPLAINANTS, NOTICES, SIDES, WAYS, said, span_said
from archive.procedures.office import BINDING_BY_LAW, INSTITUTIONS
from archive.procedures.profile import Profile
from archive.procedures.reading import MOST_TEXT
from archive.procedures.states import Subject
from archive.web.forms import parse

pages = Blueprint("procedures", __name__)
pages.add_app_template_global(lambda: may(g.person, Permission.GOVERN), "may_govern")
for _name, _words in (
    ("institution", INSTITUTIONS),
    ("way", WAYS),
    ("side", SIDES),
    ("complainant", COMPLAINANTS),
):
    pages.add_app_template_filter(lambda code, words=_words: words.get(code, code), f"{_name}_word")


@pages.get("/procedures/")
@requires(Permission.READ)
def index() -> str:
    """Show every profile: the version that holds, its rank and source, proposals."""
    return _index()


@pages.post("/procedures/")
@requires(Permission.GOVERN)
def propose() -> ResponseReturnValue:
    """Propose a new version: the file is taken whole or refused whole, with line and reason."""
    upload = request.files.get("file")
    try:
        text = _decoded(upload.stream.read(4 * MOST_TEXT)) if upload and upload.filename else ""
        asked = parse(forms.ProposeForm(), {"text": text or request.form.get("text", ""), **_but_text()})
        with acting() as act:
            name = upload.filename if upload and upload.filename else "粘贴的文字"
            row = operations.propose(asked["text"], name, note=asked["note"], act=act)
            where = url_for(".show", profile_id=row.profile_id, number=row.version)
    except BadInput as error:
        return _index(error, error.problems), error.status
    flash("已提出新版，请他人审核后签署。", "success")
    return redirect(where)


@pages.get("/procedures/<profile_id>/<int:number>")
@requires(Permission.READ)
def show(profile_id: str, number: int) -> str:
    """Show one version as a person would draw it."""
    session = db.session()
    row = queries.version(session, profile_id, number)
    profile = queries.profile_of(row)
    words = [said(limit) for limit in profile.deadlines]
    pairs = list(zip(profile.deadlines, words, strict=True))
    named = [(limit, f"{limit.id} {word.partition('，')[0]}") for limit, word in pairs]
    return render_template(
        "procedures/show.html",
        row=row,
        profile=profile,
        versions=queries.versions(session, profile_id),
        flow=drawing.flow(drawing.stations(profile, named)),
        span_said=span_said,
        scale=drawing.scale(profile.deadlines, words),
        limits=pairs,
        roles={role.code: role.name for role in profile.roles},
        words={"acts": ACTS, "notices": NOTICES, "kinds": {kind.code: kind.name for kind in profile.kinds}},
        repealed=rules.repealed(profile, shanghai_date(now())),
        shown_only=any((profile.bases, [one for one in profile.review if one.code != "final"], profile.notes)),
        parents=[_title(queries.versions(session, parent)) for parent in profile.inherits],
        institutions=INSTITUTIONS,
        by_law=profile.level in BINDING_BY_LAW,
        me=person().id,
    )


@pages.post("/procedures/<profile_id>/<int:number>/sign")
@requires(Permission.GOVERN)
def sign(profile_id: str, number: int) -> ResponseReturnValue:
    """Sign a proposed version."""
    with acting() as act:
        operations.sign(queries.version(act.session, profile_id, number), act=act)
    flash("已签署，新案卷即适用这一版。", "success")
    return redirect(url_for(".show", profile_id=profile_id, number=number))


@pages.post("/procedures/<profile_id>/<int:number>/drop")
@requires(Permission.GOVERN)
def drop(profile_id: str, number: int) -> ResponseReturnValue:
    """Give up a proposed version."""
    with acting() as act:
        operations.drop(queries.version(act.session, profile_id, number), act=act)
    flash("已撤下。", "success")
    return redirect(url_for(".show", profile_id=profile_id, number=number))


@pages.get("/procedures/choices")
@requires(Permission.GOVERN)
def choices() -> str:
    """Show what each unit is and follows, with proposals that wait for a second person."""
    return _choices()


@pages.post("/procedures/choices")
@requires(Permission.GOVERN)
def propose_choice() -> ResponseReturnValue:
    """Propose what is to hold in a unit."""
    try:
        asked = parse(forms.ChoiceForm(), request.form)
        with acting() as act:
            unit = people.unit_by_code(act.session, asked.pop("unit"))
            operations.propose_choice(unit, asked.pop("subject"), asked.pop("value"), **asked, act=act)
    except ArchiveError as error:
        if error.status != 422:
            raise
        return _choices(getattr(error, "problems", ())), error.status
    flash("已提出，请他人审核后决定。", "success")
    return redirect(url_for(".choices"))


@pages.post("/procedures/choices/<uuid:choice_id>/decide")
@requires(Permission.GOVERN)
def decide_choice(choice_id: uuid.UUID) -> ResponseReturnValue:
    """Decide a proposal."""
    with acting() as act:
        operations.decide_choice(queries.choice(act.session, choice_id), act=act)
    flash("已决定；在办案卷将重新核对适用的规程。", "success")
    return redirect(url_for(".choices"))


@pages.post("/procedures/choices/<uuid:choice_id>/drop")
@requires(Permission.GOVERN)
def drop_choice(choice_id: uuid.UUID) -> ResponseReturnValue:
    """Give up a proposal."""
    with acting() as act:
        operations.drop_choice(queries.choice(act.session, choice_id), act=act)
    flash("已撤下。", "success")
    return redirect(url_for(".choices"))


def _index(error: BadInput | None = None, problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    rows = queries.versions(session)
    current: dict[str, Any] = {}
    for row in rows:
        if row.signed_at is not None:
            current.setdefault(row.profile_id, (row, queries.profile_of(row)))
    followed = {one.value for one in queries.office(session).decided if one.subject is Subject.PROFILE and one.holds}
    return render_template(
        "procedures/index.html",
        current=sorted(current.values(), key=lambda pair: _rank(pair[1])),
        waiting=[row for row in rows if row.signed_at is None and row.dropped_at is None],
        followed=followed,
        by_law=BINDING_BY_LAW,
        error=error,
        problems=problems,
        values=request.form,
        me=person().id,
    )


def _choices(problems: tuple[Problem, ...] = ()) -> str:
    session = db.session()
    units = people.units(session)
    office = queries.office(session)
    profiles = {profile.id: profile for profile in queries.signed(session)}
    internal = [profile for profile in profiles.values() if profile.level not in BINDING_BY_LAW]
    lines = [
        (
            unit,
            INSTITUTIONS.get(office.institution(unit.path), ""),
            [profile for profile in internal if office.follows(unit.path, profile)],
        )
        for unit in units
        if unit.closed_at is None
    ]
    found = queries.choices(session)
    return render_template(
        "procedures/choices.html",
        lines=lines,
        units=[(unit.code, "　" * (unit.path.count("/") - 2) + unit.name) for unit in units if not unit.closed_at],
        internal=[(profile.id, f"{profile.title}（{profile.id}）") for profile in internal],
        institutions=INSTITUTIONS,
        titles={profile.id: profile.title for profile in profiles.values()},
        waiting=[row for row in found if not row.decided_at and not row.dropped_at],
        decided=[row for row in found if row.decided_at or row.dropped_at][:50],
        subjects=Subject,
        problems=problems,
        values=request.form,
        me=person().id,
    )


def _rank(profile: Profile) -> tuple[int, str]:
    return list(type(profile.level)).index(profile.level), profile.id


def _title(rows: Any) -> str:
    return f"《{rows[0].title}》" if rows else ""


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadInput("profile.encoding", [Problem("profile.encoding", "file", {"line": line})], line=line) from None


def _but_text() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name != "text"}

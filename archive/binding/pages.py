"""Pages of limits: the tab 期限, what people write there, one's own limits, the secret calendar."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.binding import (
    deciding,
    extending,
    feeds,
    forms,
    keeping,
    missed,
    operations,
    queries,
    reminding,
    rules,
    showing,
    whatif,
)
from archive.binding.labels import REASONS
from archive.core.act import Act, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, BadInput, Problem
from archive.core.ports import ports
from archive.deadlines.labels import EVENTS
from archive.dossiers import access
from archive.dossiers.answering import Refusal, refused
from archive.dossiers.dossier_pages import head_of
from archive.dossiers.models import Dossier
from archive.dossiers.pages import conditions_word
from archive.dossiers.states import NoticeChannel
from archive.people.guard import person, public, requires
from archive.people.rules import Permission, may
from archive.procedures import comparing
from archive.procedures import queries as procedures
from archive.web.forms import parse

pages = Blueprint("binding", __name__)

_OF = "/dossiers/<number>/limits"


@pages.get(_OF)
@requires(Permission.READ)
def limits(number: str) -> ResponseReturnValue:
    """Show every limit of a dossier with its text, and how each was reckoned."""
    return _panel(number)


@pages.post(f"{_OF}/events")
@requires(Permission.REGISTER)
def write_event(number: str) -> ResponseReturnValue:
    """Write down something that happened."""

    def do(dossier: Dossier, act: Act) -> None:
        operations.write_event(dossier, **parse(forms.EventForm(), request.form), act=act)

    return _done(number, do, "事项已登记，时限已重新计算。", "event")


@pages.post(f"{_OF}/events/<uuid:event_id>/strike")
@requires(Permission.REGISTER)
def strike_event(number: str, event_id: uuid.UUID) -> ResponseReturnValue:
    """Strike out a mistaken line."""

    def do(dossier: Dossier, act: Act) -> None:
        operations.strike_event(dossier, event_id, **parse(forms.ReasonForm(), request.form), act=act)

    return _done(number, do, "已划销，时限已重新计算。", "strike")


@pages.post(f"{_OF}/appraisals")
@requires(Permission.HANDLE)
def begin_appraisal(number: str) -> ResponseReturnValue:
    """Stop the clock for an outside appraisal."""

    def do(dossier: Dossier, act: Act) -> None:
        operations.begin_appraisal(dossier, **parse(forms.BeginAppraisal(), request.form), act=act)

    return _done(number, do, "已登记外部鉴定；规程写明的时限暂停计时。", "appraisal")


@pages.post(f"{_OF}/appraisals/end")
@requires(Permission.HANDLE)
def end_appraisal(number: str) -> ResponseReturnValue:
    """Let the clock run on."""

    def do(dossier: Dossier, act: Act) -> None:
        operations.end_appraisal(dossier, **parse(forms.EndAppraisal(), request.form), act=act)

    return _done(number, do, "鉴定已结束，时限恢复计时。", "appraisal")


@pages.post(f"{_OF}/<profile_id>/<limit_id>/extensions")
@requires(Permission.HANDLE)
def ask_extension(number: str, profile_id: str, limit_id: str) -> ResponseReturnValue:
    """Ask that a limit be put off."""

    def do(dossier: Dossier, act: Act) -> None:
        asked = parse(forms.AskExtension(), request.form)
        if asked["until"] is None:
            raise BadInput("input.bad", [Problem("extension.until", "until_on")])
        row = extending.limit_row(act.session, dossier, profile_id, limit_id)
        extending.ask(dossier, row, **asked, act=act)

    return _done(number, do, "延期申请已提交，等待审批。", f"extend-{profile_id}-{limit_id}")


@pages.post(f"{_OF}/extensions/<uuid:extension_id>")
@requires(Permission.READ)
def decide_extension(number: str, extension_id: uuid.UUID) -> ResponseReturnValue:
    """Grant or refuse an extension; who may is said by the profile."""

    def do(dossier: Dossier, act: Act) -> None:
        asked = parse(forms.DecideExtension(), request.form)
        extending.decide(extending.find(act.session, dossier, extension_id), dossier, **asked, act=act)

    return _done(number, do, "已审批。批准延期的，请告知投诉人。", "decide")


@pages.get("/limits/")
@requires(Permission.READ)
def mine() -> str:
    """Show the limits that are due soon or missed in one's own dossiers and units, reports from below, the calendar."""
    return _mine("")


@pages.post("/limits/feed")
@requires(Permission.READ)
def make_feed() -> str:
    """Make a new secret address for the calendar; it is shown once."""
    with acting() as act:
        secret = feeds.make(act=act)
    return _mine(f"{ports().settings.base_url}{url_for('.feed', secret=secret)}")


@pages.post("/limits/feed/close")
@requires(Permission.READ)
def close_feed() -> ResponseReturnValue:
    """Take the secret address back."""
    with acting() as act:
        feeds.take_back(act=act)
    flash("日历地址已停用。", "success")
    return redirect(url_for(".mine"))


@pages.get("/feeds/limits/<secret>.ics")
@public
def feed(secret: str) -> Response:
    """Answer with a person's limits as a calendar: who knows the address may read it."""
    session = db.session()
    owner = feeds.owner(session, secret)
    text = feeds.written(feeds.rows(session, owner), now(), ports().settings.office_name)
    headers = {"Cache-Control": "private, max-age=900", "Content-Disposition": "inline; filename=limits.ics"}
    return Response(text, content_type="text/calendar; charset=utf-8", headers=headers)


@pages.post("/limits/escalations/<uuid:escalation_id>")
@requires(Permission.READ)
def see_escalation(escalation_id: uuid.UUID) -> ResponseReturnValue:
    """Say what is done about a dossier that was reported upwards: who was reported to, in whatever role."""
    with acting() as act:
        row = missed.by_id(act.session, escalation_id, person())
        operations.see_escalation(row, **parse(forms.SeenForm(), request.form), act=act)
    flash("已记录处理意见。", "success")
    return redirect(url_for(".mine"))


@pages.get("/procedures/<profile_id>/<int:number>/what-if")
@requires(Permission.GOVERN)
def what_if(profile_id: str, number: int) -> str:
    """Show what a version of a profile states otherwise, and which open dossiers it would touch: dates old and new."""
    session = db.session()
    row = procedures.version(session, profile_id, number)
    profile, held = procedures.profile_of(row), procedures.held_before(session, row)
    said = comparing.differences(procedures.profile_of(held), profile, conditions_word) if held else ()
    found = whatif.what_if(session, profile, person())
    return render_template("binding/what_if.html", row=row, held=held, said=said, found=found, last_day=showing.end)


@pages.post(f"{_OF}/profiles/<profile_id>/renew")
@requires(Permission.DECIDE)
def apply_version(number: str, profile_id: str) -> ResponseReturnValue:
    """Let the newest version of a profile hold for a dossier that is bound to an older one."""

    def do(dossier: Dossier, act: Act) -> None:
        deciding.apply_version(dossier, profile_id, **parse(forms.ReasonForm(), request.form), act=act)

    return _done(number, do, "已改用新版，时限已重新计算。", "renew")


@pages.post("/limits/reminders/<day>/seen")
@requires(Permission.READ)
def see_reminder(day: str) -> ResponseReturnValue:
    """The person has seen the digest of a day."""
    asked = parse(forms.DayForm(), {"day": day})
    with acting() as act:
        reminding.see(asked["day"], act=act)
    return redirect(url_for(".mine"))


def _mine(address: str) -> str:
    session = db.session()
    found = queries.pressing(session, person(), now())
    digests = reminding.latest(session, person())
    today = digests[0] if digests and digests[0].day == shanghai_date(now()) else None
    return render_template(
        "binding/mine.html",
        rows=[(number, title, one) for (number, title, _), one in zip(found, _shown(found), strict=True)],
        escalations=missed.waiting(session, person()),
        digest=today,
        end=showing.end,
        digests=digests,
        feed=feeds.there(session, person().id),
        address=address,
    )


def _shown(found: Any) -> list[showing.Shown]:
    return showing.shown([row for _, _, row in found], now())


def _done(number: str, do: Callable[[Dossier, Act], None], word: str, form: str) -> ResponseReturnValue:
    try:
        with acting() as act:
            do(access.find(act.session, number, person()), act)
    except ArchiveError as error:
        if error.status == 404:
            raise
        return _panel(number, refused(error), form)
    flash(word, "success")
    return redirect(url_for(".limits", number=number))


def _panel(number: str, refusal: Refusal | None = None, form: str = "") -> ResponseReturnValue:
    session = db.session()
    dossier = access.find(session, number, person())
    known = keeping.setting(session)
    bound = {limit.key: limit for limit in keeping.limits_now(session, dossier, known)}
    found = showing.shown(queries.limits_of(session, dossier.id), now())
    extensions = queries.extensions_of(session, dossier.id)
    letters = extending.letters_of(session, dossier) if extensions else []
    path, ended = dossier.unit.path, dossier.closed_at is not None
    html = render_template(
        "binding/limits.html",
        **head_of(dossier),
        found=found,
        drawing=showing.drawing(found, now()),
        bound=bound,
        profiles=queries.profiles_of(session, dossier.id),
        titles={profile.id: profile.title for profile in known.versions.values()},
        notes={profile.id: profile.incomplete_note for profile in known.versions.values() if profile.incomplete},
        events=queries.events_of(session, dossier.id),
        words=EVENTS,
        reasons=REASONS,
        newest={profile_id: known.newest(profile_id).version for profile_id, _ in known.versions},
        may_decide=may(person(), Permission.DECIDE, path) and not ended,
        codes=[
            (code, EVENTS.get(code, code)) for code in rules.writable(bound.values(), ended=bool(dossier.closed_at))
        ],
        appraisals=queries.appraisals_of(session, dossier.id),
        extensions=extensions,
        escalations=queries.escalations_of(session, dossier.id),
        deciders={one.id: _approver(one, known) for one in extensions},
        mine_to_decide={one.id for one in extensions if _mine_to_decide(one, known, path)},
        end=showing.end,
        told_by={one.id: extending.letter_telling(one, letters) for one in extensions},
        untold={one.id for one in extending.granted_untold(session, dossier)} if extensions else set(),
        channels=NoticeChannel,
        may_write=may(person(), Permission.REGISTER, path),
        may_handle=may(person(), Permission.HANDLE, path) and not ended,
        refusal=refusal,
        form=form,
        values=request.form,
    )
    return html, refusal.status if refusal else 200


def _approver(one: Any, known: keeping.Setting) -> str:
    role = extending.role_named(known, one.role)
    return role.name if role else "负责人"


def _mine_to_decide(one: Any, known: keeping.Setting, path: str) -> bool:
    role = extending.role_named(known, one.role)
    open_ = one.decided_at is None and one.requested_by != person().id
    return open_ and extending.may_decide(person(), role, path)

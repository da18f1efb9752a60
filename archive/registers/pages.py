"""Pages of the registers: the shelf, a register, closing a year, a case's sheet, hand-over slips."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import BadInput, NotFound, Problem
from archive.core.paging import PageRequest
from archive.dossiers import access
from archive.people import queries as people
from archive.people.guard import person, requires
from archive.people.rules import Permission, may
from archive.printing import operations as printing
from archive.registers import bodies, closing, columns, forms, labels, ordering, queries, records, shelf, slips
from archive.registers.models import Book, ClosingOrder, RegisterClosing
from archive.registers.sources import SOURCES
from archive.registers.volumes import Volume
from archive.web.forms import parse

pages = Blueprint("registers", __name__, url_prefix="/registers")


@pages.get("/")
@requires(Permission.READ)
def index() -> str:
    """Show the registers by year, and the forms in which they may be read."""
    today = shanghai_date(now())
    profiles = shelf.profiles(db.session(), today)

    def open_to(form: forms.Form) -> bool:
        return form.needs is None or may(person(), form.needs)

    return render_template(
        "registers/index.html",
        volumes=queries.volumes(db.session(), person()),
        orders=ordering.latest(db.session()),
        check_result=labels.check_result,
        main=list(filter(open_to, forms.main(profiles))),
        profiles=[one for one in shelf.kept(db.session(), person(), today) if forms.by_rules([one])],
        by_rules=lambda one: list(filter(open_to, forms.by_rules([one]))),
        this_year=today.year,
        may_close=may(person(), Permission.KEEP),
        may_sanction=may(person(), Permission.SANCTION),
    )


@pages.get("/<code>")
@requires(Permission.READ)
def show(code: str) -> str:
    """Show a register from its first line on; of lines closed to the reader only the number."""
    session, today = db.session(), shanghai_date(now())
    form = shelf.form(session, code, today)
    asked = _asked(form)
    volume = queries.volume(session, person(), form, asked["unit"], asked["year"])
    page = queries.page(session, person(), form, volume, PageRequest(100, asked["after"]))
    head = shelf.headings(session, form, today)
    return render_template(
        "registers/show.html",
        form=form,
        volume=volume,
        volumes=queries.volumes(session, person(), form.book),
        page=page,
        head=head,
        row=lambda line: shelf.row(line, head),
        shown=columns.shown,
        numbered=lambda line: shelf.numbered(line, volume),
        why_blank=shelf.why_blank,
        gaps=SOURCES[volume.book].gaps(session, volume),
        per_volume=shelf.PER_VOLUME,
        may_export=may(person(), Permission.EXPORT),
    )  # fmt: skip


@pages.post("/<code>/workbook")
@requires(Permission.EXPORT)
def workbook(code: str) -> ResponseReturnValue:
    """Have a whole register written as xlsx; that is recorded."""
    asked = parse(bodies.WorkbookForm(), request.form)
    with acting() as act:
        form = shelf.form(act.session, code, shanghai_date(act.moment))
        volume = queries.volume(act.session, person(), form, asked["unit"], asked["year"])
        printout_id = shelf.order_workbook(form, volume, act=act).id
    return redirect(url_for("printing.show", printout_id=printout_id))


@pages.post("/<code>/print")
@requires(Permission.EXPORT)
def print_volume(code: str) -> ResponseReturnValue:
    """Have a bound volume of a register set for paper."""
    asked = parse(bodies.PrintForm(), request.form)
    with acting() as act:
        form = shelf.form(act.session, code, shanghai_date(act.moment))
        volume = queries.volume(act.session, person(), form, asked["unit"], asked["year"])
        printout = shelf.order_print(form, volume, asked["volume"], person=person(), act=act)
        printout_id = printout.id
    return redirect(url_for("printing.show", printout_id=printout_id))


@pages.post("/closings")
@requires(Permission.KEEP)
def close() -> ResponseReturnValue:
    """Close a year of a book for good."""
    done = closed(parse(bodies.CloseForm(), request.form))
    if isinstance(done, ClosingOrder):
        flash(f"正在封存 {done.year} 年，约 {done.whole} 行；完成后显示在下面。", "success")
    else:
        flash(f"已封存：{done.year} 年共 {done.count} 行，末号 {done.last_number}。", "success")
    return redirect(url_for(".index"))


def closed(asked: dict[str, Any]) -> RegisterClosing | ClosingOrder:
    """Close the volume asked for, or have the worker close a long one.

    Raises BadInput unless the year was repeated, NotAllowed, NotFound, RuleBroken.
    """
    if asked["confirm"] != str(asked["year"]):
        raise BadInput("input.bad", [Problem("register.confirm", "confirm")])
    session = db.session()
    unit = people.unit_by_code(session, asked["unit"]) if asked["book"] is Book.CONTACTS else None
    mark = asked["unit"] if asked["book"] is Book.LETTERS else ""
    volume = Volume(asked["book"], asked["year"], unit, mark)
    closing.check(session, volume, person(), shanghai_date(now()).year)
    if ordering.is_long(session, volume):
        session.rollback()
        with acting() as act:
            return ordering.order(volume, act=act)
    with closing.prepared(session, volume) as ready, acting() as act:
        return closing.close(ready, act=act)


@pages.post("/closings/<uuid:closing_id>/check")
@requires(Permission.READ)
def check(closing_id: uuid.UUID) -> ResponseReturnValue:
    """Reckon the sum of a closed volume again."""
    done = checked(closing_id)
    if isinstance(done, ClosingOrder):
        flash(f"正在核对 {done.year} 年，共 {done.whole} 行；结果显示在下面。", "success")
    else:
        flash(labels.check_result(*done), "success" if done.sound else "danger")
    return redirect(url_for(".index"))


def checked(closing_id: uuid.UUID) -> closing.Checked | ClosingOrder:
    """Check a closed volume, or have the worker check a long one. Raises NotFound, RuleBroken."""
    found = db.session().get(RegisterClosing, closing_id)
    if found is None:
        raise NotFound("register.unclosed")
    if found.count <= ordering.CHECKED_AT_ONCE:
        return closing.verify(db.session(), found)
    with acting() as act:
        return ordering.order_check(act.session.get_one(RegisterClosing, closing_id), act=act)


@pages.get("/sheets/<number>")
@requires(Permission.READ)
def sheet(number: str) -> str:
    """Show the sheet of one case (受理投诉登记表)."""
    dossier = access.find(db.session(), number, person())
    record = records.of_dossiers(db.session(), [dossier.id])[dossier.id]
    return render_template("registers/sheet.html", dossier=dossier, record=record, text=_text(record))


@pages.post("/sheets/<number>/print")
@requires(Permission.READ)
def print_sheet(number: str) -> ResponseReturnValue:
    """Have the sheet of one case set for paper."""
    with acting() as act:
        dossier = access.find(act.session, number, person())
        record = records.of_dossiers(act.session, [dossier.id])[dossier.id]
        title = f"受理投诉登记表 {dossier.number}"
        page = render_template(
            "registers/print_sheet.html", title=title, record=record, text=_text(record), day=shanghai_date(act.moment)
        )
        act.record("dossier:print", dossier, number=dossier.number, form="sheet")
        printout_id = printing.order(title, page, act=act).id
    return redirect(url_for("printing.show", printout_id=printout_id))


@pages.get("/slips/")
@requires(Permission.READ)
def slip_list() -> str:
    """Show the hand-over slips, the newest first."""
    found = slips.page(db.session(), person(), PageRequest(50, request.args.get("after", "")))
    return render_template("registers/slips.html", page=found)


@pages.get("/slips/<uuid:slip_id>")
@requires(Permission.READ)
def slip(slip_id: uuid.UUID) -> str:
    """Show a hand-over slip with both sides."""
    return render_template("registers/slip.html", slip=slips.find(db.session(), slip_id, person()))


@pages.post("/slips/<uuid:slip_id>/print")
@requires(Permission.READ)
def print_slip(slip_id: uuid.UUID) -> ResponseReturnValue:
    """Have a hand-over slip set for paper."""
    with acting() as act:
        found = slips.find(act.session, slip_id, person())
        title = f"客户投诉转交处理联系单 {found.number}"
        page = render_template("registers/print_slip.html", title=title, slip=found, day=shanghai_date(act.moment))
        act.record("dossier:print", found.row.dossier, number=found.row.dossier.number, form="slip")
        printout_id = printing.order(title, page, act=act).id
    return redirect(url_for("printing.show", printout_id=printout_id))


def _asked(form: forms.Form) -> dict[str, Any]:
    """Return the volume asked for; without one, the newest there is."""
    if "year" in request.args:
        found: dict[str, Any] = parse(bodies.VolumeQuery(), request.args)
        return found
    newest = next(iter(queries.volumes(db.session(), person(), form.book)), None)
    year = newest.year if newest else shanghai_date(now()).year
    return {"unit": newest.part if newest else "", "year": year, "after": ""}


def _text(record: records.Record) -> Callable[[str], str]:
    """Return what reads a heading of the record as text."""
    return lambda title: columns.shown(columns.column(title, {}).value({**record, "position": 1}))

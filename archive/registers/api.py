"""The API of the registers."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response, jsonify, url_for
from flask_smorest import Blueprint

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.printing.api import PrintoutBody
from archive.registers import bodies, columns, forms, ordering, queries, shelf
from archive.registers.models import ClosingOrder
from archive.registers.pages import checked, closed
from archive.registers.sources import SOURCES
from archive.registers.volumes import Line
from archive.web.idempotency import idempotent

api = Blueprint("registers_api", __name__, url_prefix="/api/v1", description="Registers and the closing of their years")


@api.get("/registers")
@requires(Permission.READ)
@api.response(200, bodies.FormBody(many=True))
def register_forms() -> Any:
    """List the forms of registers: the office's own, then those of each rule set followed (`PROFILE.register`)."""
    session, today = db.session(), shanghai_date(now())
    own = forms.main(shelf.profiles(session, today))
    return [*own, *forms.by_rules(shelf.kept(session, person(), today))]


@api.get("/registers/volumes")
@requires(Permission.READ)
@api.response(200, bodies.VolumeBody(many=True))
def volumes() -> Any:
    """List the years of the books the caller may open, with their closings."""
    return queries.volumes(db.session(), person())


@api.get("/registers/<code>")
@requires(Permission.READ)
@api.arguments(bodies.VolumeQuery, location="query")
@api.response(200, bodies.PageBody)
def register(query: dict[str, Any], code: str) -> Any:
    """List the lines of a register by number. No line is left out; of some only the number is told."""
    session, today = db.session(), shanghai_date(now())
    form = shelf.form(session, code, today)
    volume = queries.volume(session, person(), form, query["unit"], query["year"])
    found = queries.page(session, person(), form, volume, PageRequest(query["size"], query["after"]))
    head = shelf.headings(session, form, today)
    return {
        "columns": form.columns,
        "rows": [_line(line, head) for line in found.rows],
        "next": found.next,
        "closing": volume.closing,
        "missing": SOURCES[volume.book].gaps(session, volume).missing,
    }


@api.post("/registers/<code>/prints")
@requires(Permission.EXPORT)
@idempotent
@api.arguments(bodies.PrintForm)
@api.response(202, PrintoutBody)
def print_volume(asked: dict[str, Any], code: str) -> Any:
    """Have a bound volume of a register set as PDF; ask the printout in `Location` whether it is ready."""
    with acting() as act:
        form = shelf.form(act.session, code, shanghai_date(act.moment))
        volume = queries.volume(act.session, person(), form, asked["unit"], asked["year"])
        printout = shelf.order_print(form, volume, asked["volume"], person=person(), act=act)
    return printout, 202, {"Location": url_for("printing_api.show", printout_id=printout.id)}


@api.post("/registers/<code>/workbooks")
@requires(Permission.EXPORT)
@idempotent
@api.arguments(bodies.WorkbookForm)
@api.response(202, PrintoutBody)
def workbook(asked: dict[str, Any], code: str) -> Any:
    """Have a whole register written as xlsx; ask the printout in `Location` how far it is."""
    with acting() as act:
        form = shelf.form(act.session, code, shanghai_date(act.moment))
        volume = queries.volume(act.session, person(), form, asked["unit"], asked["year"])
        printout = shelf.order_workbook(form, volume, act=act)
    return printout, 202, {"Location": url_for("printing_api.show", printout_id=printout.id)}


@api.post("/registers/closings")
@requires(Permission.KEEP)
@idempotent
@api.arguments(bodies.CloseForm)
@api.response(201, bodies.ClosingBody)
@api.alt_response(202, schema=bodies.OrderBody)
def close(asked: dict[str, Any]) -> Any:
    """Close a past year of a book for good: nothing is added to it or changed in it any more.

    A long one is closed by the worker: 202, and the order in `Location` tells how far it is.
    """
    done = closed(asked)
    return _ordered(done) if isinstance(done, ClosingOrder) else done


@api.get("/registers/closings/orders/<uuid:order_id>")
@requires(Permission.READ)
@api.response(200, bodies.OrderBody)
def order(order_id: uuid.UUID) -> Any:
    """Tell how far the closing or checking of a long year is; only to who asked for it."""
    return ordering.find(db.session(), order_id, person())


def _ordered(order: ClosingOrder) -> Response:
    response = jsonify(bodies.OrderBody().dump(order))
    response.status_code, response.location = 202, url_for(".order", order_id=order.id)
    return response


@api.post("/registers/closings/<uuid:closing_id>/checks")
@requires(Permission.READ)
@idempotent
@api.response(200, bodies.CheckBody)
@api.alt_response(202, schema=bodies.OrderBody)
def check(closing_id: uuid.UUID) -> Any:
    """Reckon the sum of a closed volume again.

    A long one is checked by the worker: 202, and the order in `Location` tells how far it is and what was found.
    """
    done = checked(closing_id)
    return _ordered(done) if isinstance(done, ClosingOrder) else done


def _line(line: Line, head: list[columns.Column]) -> dict[str, Any]:
    cells = shelf.row(line, head)
    return {
        "position": line.position,
        "number": line.number,
        "cells": None if cells is None else [columns.shown(cell) for cell in cells],
        "blank": "" if cells is not None else "hidden" if line.record is None else "destroyed",
    }

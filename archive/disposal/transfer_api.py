"""The API of handing over to an archive."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

from typing import Any

from archive.core.act import acting
from archive.core.db import db
from archive.core.paging import PageRequest
from archive.disposal import forms, transfer_pages, transfers
from archive.disposal.blueprints import api
from archive.people.guard import requires
from archive.people.rules import Permission
from archive.web.edge import with_file
from archive.web.idempotency import idempotent

_ONE = "/transfers/<number>"


@api.post("/transfers")
@requires(Permission.KEEP)
@idempotent
@api.arguments(forms.ProposeTransfer)
@api.response(201, forms.TransferBody)
def propose_transfer(form: dict[str, Any]) -> Any:
    """Propose filed dossiers for a hand-over to an archive."""
    with acting() as act:
        number = transfer_pages.proposed(form, act).number
    return transfers.by_number(db.session(), number)


@api.get("/transfers")
@requires(Permission.APPRAISE)
@api.arguments(forms.PageQuery, location="query")
@api.response(200, forms.TransfersPage)
def list_transfers(query: dict[str, Any]) -> Any:
    """List hand-overs, the newest first, without their lines."""
    return transfers.listed(db.session(), PageRequest(query["size"], query["after"]))


@api.get(_ONE)
@requires(Permission.APPRAISE)
@api.response(200, forms.TransferBody)
def show_transfer(number: str) -> Any:
    """Return a hand-over with its packages' hashes."""
    return transfers.by_number(db.session(), number)


@api.post(f"{_ONE}/approve")
@requires(Permission.APPROVE_DISPOSAL)
@api.arguments(forms.Approve)
@api.response(200, forms.TransferBody)
def approve_transfer(form: dict[str, Any], number: str) -> Any:
    """Sign the list's hash, by another than the proposer; every dossier is then examined and packed."""
    with acting() as act:
        transfers.approve(transfers.by_number(act.session, number), list_hash=form["list_hash"], act=act)
    return transfers.by_number(db.session(), number)


@api.post(f"{_ONE}/pack")
@requires(Permission.KEEP)
@api.response(202, forms.TransferBody)
def pack_transfer(number: str) -> Any:
    """Examine and pack again what failed."""
    with acting() as act:
        transfers.pack_again(transfers.by_number(act.session, number), act=act)
    return transfers.by_number(db.session(), number)


@api.post(f"{_ONE}/receipt")
@requires(Permission.KEEP)
@with_file
@api.arguments(forms.Receive, location="form", content_type="multipart/form-data")
@api.response(200, forms.TransferBody)
def receive_transfer(form: dict[str, Any], number: str) -> Any:
    """Record the receiver's receipt: a form with the file `receipt` (PDF, PNG or JPEG, at most 16 MiB)."""
    with acting() as act:
        transfer_pages.received(number, form, act)
    return transfers.by_number(db.session(), number)


@api.post(f"{_ONE}/void")
@requires(Permission.KEEP)
@api.arguments(forms.Reason)
@api.response(200, forms.TransferBody)
def void_transfer(form: dict[str, Any], number: str) -> Any:
    """Give up a hand-over that was not received."""
    with acting() as act:
        transfers.void(transfers.by_number(act.session, number), reason=form["reason"], act=act)
    return transfers.by_number(db.session(), number)

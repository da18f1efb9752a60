"""Uploads by the tus protocol, version 1.0, so that any client of it can send gigabytes and go on after a break."""

# mypy: disable-error-code="untyped-decorator"
# (smorest's decorators carry no types)

import uuid
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from archive.core.act import now
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.documents import forms, queries, receiving, rules, tus
from archive.documents.api_documents import api
from archive.documents.models import Document, Upload, Version
from archive.dossiers.models import Dossier
from archive.people.guard import person, requires
from archive.people.rules import Permission
from archive.web.forms import parse
from archive.web.idempotency import idempotent

# What the page sends at once: small enough for a slow line, and under the limit of a form (a browser's request is
# checked for its CSRF token before it gets here). A client with a token may send all of a file in one request.
CHUNK = 8 << 20

_TUS = {"responses": {"204": {"description": "as the tus protocol 1.0 says"}}}


@api.after_request
def _speak(response: Response) -> Response:
    if request.path.startswith("/api/v1/uploads"):
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "no-store"
    return response


@api.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@requires(Permission.DEPOSIT)
@api.doc(**_TUS)
def abilities() -> Response:
    """Tell what the server can do: versions, extensions, the largest file."""
    response = Response(status=204)
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(ports().settings.max_file_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    return response


@api.get("/uploads/limits")
@requires(Permission.DEPOSIT)
@api.arguments(forms.LimitsQuery, location="query")
@api.response(200, forms.LimitsBody)
def limits(query: dict[str, Any]) -> Any:
    """Tell what may be uploaded into a dossier, or why nothing may, before anything is sent."""
    return limits_of(query["dossier"])


def limits_of(number: str) -> dict[str, Any]:
    """Return the limits as `forms.LimitsBody` shows them. Raises NotFound when the dossier is hidden or missing."""
    settings = ports().settings
    refusal, left = "", 0
    try:
        dossier = receiving.entrance(number, person())
        left = settings.max_files_per_dossier - queries.number_of_items(db.session(), dossier.id)
    except ArchiveError as error:
        if error.status == 404:
            raise
        refusal = sentence(error)
    return {
        "max_file_bytes": settings.max_file_bytes,
        "max_unpacked_bytes": settings.max_unpacked_bytes,
        "chunk_bytes": CHUNK,
        "max_files": settings.max_files_per_dossier,
        "files_left": left,
        "expires_hours": int(rules.UPLOAD_LIFE.total_seconds() // 3600),
        "refusal": refusal,
    }


@api.post("/uploads")
@requires(Permission.DEPOSIT)
@idempotent
@api.doc(**_TUS)
def create() -> Response:
    """Begin an upload (tus creation).

    Upload-Metadata: dossier, filename; and if wished kind, title, source, dated_on, brought_by, paper_at, note, path
    (in the folder it comes from), document (its id, for a further version), sha256 (of the whole file, in hex).
    """
    _check_protocol()
    size = _number("Upload-Length")
    spec = parse(forms.UploadSpec(), tus.metadata(request.headers.get("Upload-Metadata", "")))
    begun = receiving.begin(spec, size, person())
    response = Response(status=201)
    response.headers["Location"] = url_for("documents_api.progress", upload_id=begun.id)
    response.headers["Upload-Offset"] = "0"
    _expiry(response)
    return response


@api.get("/uploads/<uuid:upload_id>")
@requires(Permission.DEPOSIT)
@api.response(200, forms.UploadBody)
def progress(upload_id: uuid.UUID) -> Any:
    """Tell how far an upload is (HEAD, as tus wants it), and what became of it."""
    begun = receiving.find(upload_id, person())
    if request.method != "HEAD":
        return _outcome(db.session(), upload_id)
    _check_protocol()
    response = Response(status=200)
    response.headers["Upload-Offset"] = str(begun.received)
    response.headers["Upload-Length"] = str(begun.size)
    return response


@api.patch("/uploads/<uuid:upload_id>")
@requires(Permission.DEPOSIT)
@api.doc(**_TUS)
def append(upload_id: uuid.UUID) -> Response:
    """Send the next bytes; the answer to the last ones comes when the version is filed."""
    _check_protocol()
    if request.mimetype != tus.BODY:
        raise tus.WrongBody("upload.body")
    offset = _number("Upload-Offset")
    checksum = tus.checksum(request.headers.get("Upload-Checksum", ""))
    # Not the limit of a form here: the file's own size is the limit, and memory stays flat.
    request.max_content_length = ports().settings.max_file_bytes
    reached = receiving.receive(
        upload_id, request.stream, offset=offset, length=request.content_length, checksum=checksum, person=person()
    )
    response = Response(status=204)
    response.headers["Upload-Offset"] = str(reached)
    _expiry(response)
    return response


@api.delete("/uploads/<uuid:upload_id>")
@requires(Permission.DEPOSIT)
@api.doc(**_TUS)
def cancel(upload_id: uuid.UUID) -> Response:
    """Throw an upload away (tus termination); what was filed from it stays."""
    _check_protocol()
    receiving.abandon(upload_id, person())
    return Response(status=204)


def _check_protocol() -> None:
    tus.check_version(request.headers.get("Tus-Resumable", ""))


def _number(name: str) -> int:
    return tus.number(request.headers.get(name, ""), name)


def _expiry(response: Response) -> None:
    response.headers["Upload-Expires"] = (now() + rules.UPLOAD_LIFE).strftime("%a, %d %b %Y %H:%M:%S GMT")


def _outcome(session: Session, upload_id: uuid.UUID) -> dict[str, Any]:
    upload = session.get_one(Upload, upload_id)
    body: dict[str, Any] = {
        "id": upload.id,
        "filename": upload.filename,
        "size": upload.size,
        "received": upload.received,
        "expires_at": upload.expires_at,
        "filed": upload.version_id is not None,
        "document_id": None,
        "url": "",
        "sha256": "",
        "twins": [],
    }
    if upload.version_id is None:
        return body
    version = session.get_one(Version, upload.version_id)
    document = session.get_one(Document, version.document_id)
    number = session.get_one(Dossier, document.dossier_id).number
    return body | {
        "document_id": document.id,
        "url": url_for("documents.show", number=number, document_id=document.id),
        "sha256": version.sha256,
        "twins": queries.twins(session, version, person()),
    }

"""Sending bytes of the archive to a reader: originals, page images, thumbnails, all through one function.

What was uploaded is hostile: only kinds that cannot carry a script are shown in place, everything else is a download;
the answer forbids scripts, frames and forms whatever the browser makes of it.
"""

import io
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import BinaryIO

from flask import Response, request

from archive.core.act import acting, now
from archive.core.db import db
from archive.documents import blobs, names, operations, previews, queries, rules
from archive.documents.models import Version
from archive.extraction.kinds import PDF
from archive.people.rules import Person

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SOUNDS = frozenset({"audio/mpeg", "audio/wav", "audio/ogg", "audio/mp4", "audio/aac", "audio/flac"})
FILMS = frozenset({"video/mp4"})
# Never text/html, image/svg+xml or any XML: a browser runs scripts in them.
INLINE = PICTURES | SOUNDS | FILMS | {PDF}

_CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
_SANDBOX = f"{_CLOSED}; img-src 'self'; style-src 'unsafe-inline'; sandbox"
# A player asks for ranges of its own address, which a page without an origin may not; scripts stay forbidden.
_PLAYED = f"{_CLOSED}; media-src 'self'; style-src 'unsafe-inline'; sandbox allow-same-origin"
# Browsers show a PDF in a plug-in of theirs, which a sandbox keeps from starting; it runs no script of the page.
_PDF = f"{_CLOSED}; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; img-src 'self' data:"


def original(version: Version, number: str, label: str, person: Person, *, download: bool) -> Response:
    """Answer with a version's bytes, whole or the range asked for, and record that they were read.

    `number` and `label` (dossier and item) make the name readable where a system takes ASCII only.
    """
    rules.check_there(version)
    inline = version.media_type in INLINE and not download
    unchanged = _etag(version) in request.if_none_match
    if request.method == "GET" and not unchanged:
        record(version, person, afresh=download and _from_start(), download=not inline)
    version = queries.detached(db.session(), version)
    plain = f"{number}_{label}_v{version.n}_{version.sha256[-8:]}{names.suffix(version.filename)}"
    response = _send(
        lambda start, length: blobs.open_version(version, start=start, length=length),
        size=version.size,
        media_type=version.media_type if inline else "application/octet-stream",
        etag=_etag(version),
    )
    response.headers["Content-Disposition"] = names.disposition(
        "inline" if inline else "attachment", version.filename, plain
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _from_start() -> bool:
    """Whether the request begins a download: one that asks for the rest later does not, `bytes=0-` does."""
    return request.range is None or any(not start for start, _ in request.range.ranges)


def page_image(version: Version, no: int, width: int, person: Person) -> Response:
    """Answer with the image of a page; a thumbnail is no reading, a page belongs to the look that opened it."""
    rules.check_there(version)
    etag = f"{_etag(version)}-{no}-{width}"
    if width != previews.THUMBNAIL and etag not in request.if_none_match:
        record(version, person, afresh=False, download=False)
    version = queries.detached(db.session(), version)
    drawn = previews.image(version, no, width).read_bytes()
    response = _send(
        lambda start, length: io.BytesIO(drawn[start : start + (length or 0)]),
        size=len(drawn),
        media_type="image/webp",
        etag=etag,
    )
    response.headers["Content-Disposition"] = "inline"
    # The image of a page never changes; the browser may keep it for the time of a look.
    response.headers["Cache-Control"] = f"private, max-age={int(rules.LOOK.total_seconds())}"
    return response


def _send(opened: Callable[[int, int | None], BinaryIO], *, size: int, media_type: str, etag: str) -> Response:
    """Build the answer (304, 206 for one range, 416, or 200) with the headers every byte of the archive carries."""
    response = Response(status=HTTPStatus.OK, content_type=media_type)
    response.set_etag(etag)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _policy(media_type)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    start, end = 0, size
    if etag in request.if_none_match:
        response.status_code = HTTPStatus.NOT_MODIFIED
        return response
    same = request.if_range.etag in (None, etag) and request.if_range.date is None
    if request.range is not None and request.range.units == "bytes" and len(request.range.ranges) == 1 and same:
        found = request.range.range_for_length(size)
        if found is None:
            response.status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            response.headers["Content-Range"] = f"bytes */{size}"
            return response
        start, end = found
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response.content_length = end - start
    if request.method != "HEAD":
        # Opened before the first byte goes out, while a refusal can still be told.
        response.response = _pieces(opened(start, end - start))
        response.direct_passthrough = True
    return response


def _policy(media_type: str) -> str:
    if media_type == PDF:
        return _PDF
    return _PLAYED if media_type in SOUNDS | FILMS else _SANDBOX


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(1 << 16):
            yield piece


def _etag(version: Version) -> str:
    return version.sha256.removeprefix("sha256:")


def record(version: Version, person: Person, *, afresh: bool, download: bool) -> None:
    """Write a reading into the trail; unless `afresh`, only when no look of a short while ago covers it."""
    if not afresh and queries.looked_since(db.session(), person, version, now() - rules.LOOK):
        return
    with acting() as act:
        operations.look(version, person.id, download=download, act=act)

"""Time stamps of the anchors by an RFC 3161 authority: that the trail stood so at a moment, sworn to by somebody else.

Only where the settings name an authority and the certificates it is judged by. What it answers is verified before it is
kept, as an object of its own beside the anchor, locked like it. An authority that is silent delays nothing: the anchor
stands, an alarm tells, and the next night asks again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import urllib3
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.core.act import Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.ports import ports
from archive.documents.blobs import store_answers
from archive.retention import alarms, anchoring
from archive.retention.anchoring import Anchor
from archive.retention.clocks import SPREAD
from archive.retention.kinds import AlarmKind

log = logging.getLogger("archive.retention")

_KEEPER, _WORKER = Machine("时间戳"), Origin("worker")
PLACE = "stamps"
_MOST_BYTES = 1 << 20
_TIMEOUT = urllib3.Timeout(connect=5, read=30)


class NoStamp(Exception):
    """The authority does not answer, refuses, or answers what cannot be relied on."""


@dataclass(frozen=True)
class Stamp:
    """What is kept of an anchor's stamp: the anchor's last entry, the authority's moment, and what is wrong with it.

    `moment` is None for an anchor without a stamp; `wrong` is empty when the stamp holds.
    """

    last: int
    moment: datetime | None
    wrong: str = ""


def stamp_anchors() -> int:
    """Have every anchor stamped that is not yet; return how many were. Without an authority none. Raises StoreDown."""
    if not ports().settings.tsa_url:
        return 0
    kept, done = dict(responses()), 0
    for anchor in anchoring.anchors():
        if anchor.last in kept:
            continue
        try:
            _keep(anchor, ask(content(anchor)))
        except NoStamp as error:
            log.warning("no time stamp for the anchor of entry %s: %s", anchor.last, error)
            with acting(_KEEPER, _WORKER) as act:
                alarms.sound(AlarmKind.STAMP, "authority", reason=str(error)[:200], act=act)
            return done
        done += 1
    return done


def ask(message: bytes) -> bytes:
    """Return the authority's verified answer about a message. Raises NoStamp."""
    asked = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    try:
        answer = urllib3.request(
            "POST",
            ports().settings.tsa_url,
            body=asked.as_bytes(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=_TIMEOUT,
            retries=False,
            preload_content=False,
        )
        content = answer.read(_MOST_BYTES)
        answer.release_conn()
    except urllib3.exceptions.HTTPError as error:
        raise NoStamp(f"{type(error).__name__}: {error}") from error
    if answer.status != 200:
        raise NoStamp(f"HTTP {answer.status}")
    moment = verify(content, message, nonce=asked.nonce)
    if abs(moment - now()) > SPREAD + timedelta(seconds=_TIMEOUT.read_timeout or 0):
        raise NoStamp(f"the authority's clock says {moment.isoformat()}")
    return content


def verify(response: bytes, message: bytes, *, nonce: int | None = None) -> datetime:
    """Return the moment sworn to, when the answer is signed under the certificates of the settings. Raises NoStamp."""
    roots = ports().settings.tsa_roots
    if roots is None:
        raise NoStamp("ARCHIVE_TSA_ROOTS is not set: the signature cannot be judged")
    builder = VerifierBuilder(nonce=nonce)
    for certificate in _certificates(roots):
        builder = builder.add_root_certificate(certificate)
    try:
        found = decode_timestamp_response(response)
        builder.build().verify_message(found, message)
        return found.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise NoStamp(str(error) or "not a time stamp") from error


def stamps() -> list[Stamp]:
    """Return how every anchor stands, the oldest first. Raises StoreDown."""
    kept, found = dict(responses()), []
    for anchor in anchoring.anchors():
        response = kept.get(anchor.last)
        if response is None:
            found.append(Stamp(anchor.last, None))
            continue
        try:
            found.append(Stamp(anchor.last, verify(response, content(anchor))))
        except NoStamp as error:
            found.append(Stamp(anchor.last, None, str(error)))
    return found


def responses() -> Iterator[tuple[int, bytes]]:
    """Yield the kept answers of the authority, by the last entry of their anchor. Raises StoreDown."""
    store = ports().store
    with store_answers():
        for stored in store.versions(f"{PLACE}/"):
            if not stored.delete_marker:
                with store.open(stored.key, stored.version_id) as stream:
                    yield int(stored.key.rpartition("/s")[2]), stream.read()


def content(anchor: Anchor) -> bytes:
    """Return the bytes that are stamped: the anchor as it lies in the store."""
    return anchoring.written(anchor)


def _keep(anchor: Anchor, response: bytes) -> None:
    key = f"{PLACE}/{shanghai_date(now()):%Y%m%d}/s{anchor.last}"
    anchoring.put_away(key, response, "application/timestamp-reply")


@cache
def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    return tuple(x509.load_pem_x509_certificates(path.read_bytes()))

"""The audit trail's head, kept where the database's owner cannot reach: a locked object in the store, every day.

Each anchor holds the Merkle root (RFC 6962, 2.1) over the hashes of the entries since the anchor before, and the head
of the chain. A trail that was rewritten as a whole, or whose tail was cut, shows against the newest anchor.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from archive.audit import queries as audit
from archive.audit.models import Entry
from archive.audit.rules import Break, canonical
from archive.core.act import Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.ports import ports
from archive.documents.blobs import store_answers
from archive.retention import alarms
from archive.retention.kinds import AlarmKind
from storage.port import Stored

_KEEPER, _WORKER = Machine("审计锚定"), Origin("worker")
PLACE = "anchors"
# As long as S3 servers are sure to count; whoever reads this then extends it.
FOR_EVER = datetime(2199, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Anchor:
    """Entries `first` to `last`: their Merkle root, and the hash of the last; both in hex."""

    first: int
    last: int
    head: str
    root: str
    at: str


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of leaves in order; of none, the hash of nothing. Source: RFC 6962, 2.1."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashlib.sha256(b"\x00" + hashes[0]).digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle_root(hashes[:half]) + merkle_root(hashes[half:])).digest()


def anchor() -> Anchor | None:
    """Lock the head of the trail away; None when nothing was added since the last anchor. Raises StoreDown."""
    before = newest()
    first = before.last + 1 if before else 1
    rows = _hashes(first)
    if not rows:
        return None
    made = Anchor(first, rows[-1][0], rows[-1][1], merkle_root([bytes.fromhex(one) for _, one in rows]).hex(), _now())
    put_away(f"{PLACE}/{shanghai_date(now()):%Y%m%d}/a{made.last}", written(made), "application/json")
    return made


def written(made: Anchor) -> bytes:
    """Return an anchor's bytes, as they lie in the store."""
    return json.dumps(vars(made), sort_keys=True).encode()


def put_away(key: str, content: bytes, media_type: str) -> Stored:
    """Store and lock for ever; what an attempt that was cut off left there already is taken. Raises StoreDown."""
    store = ports().store
    with store_answers():
        there = next((one for one in store.versions(key) if one.key == key and not one.delete_marker), None)
        stored = there or store.put(key, io.BytesIO(content), size=len(content), media_type=media_type)
        return store.lock(key, stored.version_id, FOR_EVER)


def anchors() -> list[Anchor]:
    """Return all anchors out of the store, the oldest first. Raises StoreDown."""
    store, found = ports().store, []
    with store_answers():
        for stored in store.versions(f"{PLACE}/"):
            if stored.delete_marker:
                continue
            with store.open(stored.key, stored.version_id) as stream:
                found.append(Anchor(**json.loads(stream.read())))
    return sorted(found, key=lambda one: one.last)


def newest() -> Anchor | None:
    """Return the last anchor, None before the first."""
    return max(anchors(), key=lambda one: one.last, default=None)


def verify() -> Break | None:
    """Verify the whole chain, then hold it against every anchor. Returns the first bad entry, and sounds an alarm."""
    session = db.session()
    broken = audit.verify(session) or _against_anchors()
    session.rollback()
    if broken is not None:
        with acting(_KEEPER, _WORKER) as act:
            alarms.sound(AlarmKind.CHAIN, "audit", entry=broken.seq, reason=broken.reason, act=act)
    return broken


def lines() -> Iterator[str]:
    """Yield every entry as a line of JSON, as the stand-alone verifier reads it."""
    for link in audit.links(db.session()):
        yield entry_line(link.seq, link.content, link.previous, link.hash)


def entry_line(seq: int, content: Any, previous: str, digest: str) -> str:
    """Return one entry as a line: what is hashed, the hash before, its own hash."""
    hashed = json.loads(canonical(seq, content))
    return json.dumps({"entry": hashed, "previous": previous, "hash": digest}, sort_keys=True, ensure_ascii=False)


def anchor_lines(found: Iterable[Anchor]) -> Iterator[str]:
    """Yield every anchor as a line of JSON."""
    for one in found:
        yield json.dumps(vars(one), sort_keys=True)


def _against_anchors() -> Break | None:
    for one in anchors():
        rows = _hashes(one.first, one.last)
        if len(rows) != one.last - one.first + 1:
            return Break(rows[-1][0] + 1 if rows else one.first, "missing")
        root = merkle_root([bytes.fromhex(digest) for _, digest in rows]).hex()
        if rows[-1][1] != one.head or root != one.root:
            return Break(one.first, "anchor")
    return None


def _hashes(first: int, last: int | None = None) -> list[tuple[int, str]]:
    session = db.session()
    query = select(Entry.seq, Entry.hash).where(Entry.seq >= first).order_by(Entry.seq)
    rows = session.execute(query if last is None else query.where(Entry.seq <= last)).all()
    session.rollback()
    return [(row.seq, row.hash) for row in rows]


def _now() -> str:
    return now().astimezone(UTC).isoformat(timespec="seconds")

"""Proofs that entries of the trail lie under an anchored Merkle root, without the entries between them.

An excerpt leaves out what other dossiers' entries say; the path of hashes from each entry to the root (RFC 6962, 2.1.1)
shows all the same that it stands in the trail as it was anchored.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.retention.anchoring import Anchor, merkle_root


def proofs(session: Session, seqs: Sequence[int], anchors: Sequence[Anchor]) -> dict[int, dict[str, Any]]:
    """Return for each entry under an anchor: which (`anchor` is its last entry), its place, and the path of hashes."""
    found: dict[int, dict[str, Any]] = {}
    for anchor in anchors:
        inside = [seq for seq in seqs if anchor.first <= seq <= anchor.last]
        if not inside:
            continue
        rows = session.scalars(
            select(Entry.hash).where(Entry.seq.between(anchor.first, anchor.last)).order_by(Entry.seq)
        ).all()
        leaves = [bytes.fromhex(one) for one in rows]
        for seq, path in zip(inside, paths(leaves, [seq - anchor.first for seq in inside]), strict=True):
            found[seq] = {
                "anchor": anchor.last, "index": seq - anchor.first, "of": len(leaves),
                "path": [one.hex() for one in path],
            }  # fmt: skip
    return found


def paths(leaves: Sequence[bytes], indexes: Sequence[int]) -> Iterator[list[bytes]]:
    """Yield each leaf's audit path, from its sibling up to the root's children."""

    @cache
    def root(start: int, end: int) -> bytes:
        return merkle_root(leaves[start:end])

    def path(index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        half = start + (1 << (end - start - 1).bit_length() - 1)
        if index < half:
            return [*path(index, start, half), root(half, end)]
        return [*path(index, half, end), root(start, half)]

    for index in indexes:
        yield path(index, 0, len(leaves))

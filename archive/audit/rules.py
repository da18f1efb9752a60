"""The chain: what is hashed, and how a break is found. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class Link:
    """One entry as the chain sees it. `content` holds plain JSON values only."""

    seq: int
    content: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class Break:
    """The first place where the chain does not hold."""

    seq: int
    reason: str


def moment_text(moment: datetime) -> str:
    """Return a moment as it stands in the canonical form: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(seq: int, content: Mapping[str, Any]) -> bytes:
    """Return the bytes that are hashed: JSON with sorted keys, no blanks, UTF-8 (in the manner of RFC 8785)."""
    return json.dumps({"seq": seq, **content}, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link_hash(seq: int, content: Mapping[str, Any], previous: str) -> str:
    """Return SHA-256 over the previous entry's hash and this entry's canonical form, in hex."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(seq, content)).hexdigest()


def first_break(links: Iterable[Link], *, start: int = 1, previous: str = GENESIS) -> Break | None:
    """Return the first entry that was edited, dropped, swapped or put in, or None when the chain holds.

    A cut tail leaves a chain that holds: it shows only against an anchor kept elsewhere.
    """
    expected = start
    for link in links:
        if link.seq != expected:
            return Break(expected, "missing")
        if link.previous != previous:
            return Break(link.seq, "chain")
        if link.hash != link_hash(link.seq, link.content, previous):
            return Break(link.seq, "content")
        previous = link.hash
        expected += 1
    return None

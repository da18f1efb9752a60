"""The words of the tus resumable upload protocol 1.0: headers in, headers out. Source: https://tus.io/protocols/resumable-upload"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from archive.core.errors import ArchiveError, BadInput

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
ALGORITHMS = ("sha256", "sha1")  # the protocol wants SHA-1 too
BODY = "application/offset+octet-stream"


class WrongProtocol(ArchiveError):
    """The client speaks another version of the protocol."""

    status = 412


class WrongOffset(ArchiveError):
    """The bytes do not begin where those received end; HEAD tells where that is."""

    status = 409


class TooLarge(ArchiveError):
    """More bytes than a file may have."""

    status = 413


class WrongBody(ArchiveError):
    """The body is not what the protocol sends."""

    status = 415


class Mismatch(ArchiveError):
    """The bytes that arrived are not those that were sent."""

    status = 460


@dataclass(frozen=True)
class Checksum:
    """What the body's digest must be."""

    algorithm: str
    value: bytes


def check_version(header: str) -> None:
    """Refuse a request whose Tus-Resumable is not 1.0.0. Raises WrongProtocol."""
    if header != VERSION:
        raise WrongProtocol("upload.protocol")


def number(text: str, name: str) -> int:
    """Return the header `name` as a count of bytes. Raises BadInput."""
    # isdigit alone lets other scripts' digits through; beyond 18 digits nothing is a size.
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise BadInput("upload.header", header=name)
    return int(text)


def metadata(header: str) -> dict[str, str]:
    """Return Upload-Metadata as a dict: `key base64value` pairs with commas between. Raises BadInput."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise BadInput("upload.header", header="Upload-Metadata") from error
    return found


def checksum(header: str) -> Checksum | None:
    """Return Upload-Checksum, None when it was not sent. Raises BadInput."""
    if not header:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadInput("upload.checksum_kind")
    try:
        return Checksum(algorithm, base64.b64decode(value.strip(), validate=True))
    except binascii.Error as error:
        raise BadInput("upload.header", header="Upload-Checksum") from error


def hasher(algorithm: str) -> "hashlib._Hash":
    """Return a fresh digest; it guards against accidents on the way, not against forgers."""
    return hashlib.new(algorithm, usedforsecurity=False)

"""A client of ClamAV's daemon: `INSTREAM` over a Unix socket or TCP, as clamd(8) describes it."""

import socket
import struct
from typing import BinaryIO

_CHUNK = 1 << 18
_CONNECT_SECONDS, _ANSWER_SECONDS = 3.0, 120.0


class ScannerDown(Exception):
    """The daemon does not answer, or not as clamd does; trying again later may succeed."""


class TooLarge(Exception):
    """The file is larger than the daemon takes (StreamMaxLength)."""


class Clamd:
    """A daemon at `unix:/path` or `tcp:host:port`; each question has a connection of its own: threads may share it."""

    def __init__(self, address: str) -> None:
        self._address = address

    def version(self) -> str:
        """Return the engine and the age of its signatures, `ClamAV 1.4.3/27700/…`. Raises ScannerDown."""
        with self._connected() as connection:
            connection.sendall(b"zVERSION\0")
            return self._answer(connection)

    def scan(self, stream: BinaryIO) -> str:
        """Return the name of the signature found in a stream, empty when none is. Raises ScannerDown, TooLarge."""
        with self._connected() as connection:
            try:
                connection.sendall(b"zINSTREAM\0")
                while chunk := stream.read(_CHUNK):
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it says why before it hangs up
            answer = self._answer(connection)
        if answer.endswith("size limit exceeded. ERROR"):
            raise TooLarge(answer)
        if answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        if answer != "stream: OK":
            raise ScannerDown(answer)
        return ""

    def _connected(self) -> socket.socket:
        kind, _, place = self._address.partition(":")
        try:
            if kind == "unix":
                connection = _unix(place)
            else:
                host, _, port = place.rpartition(":")
                connection = socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS)
        except OSError as error:
            raise ScannerDown(f"{self._address}: {error}") from error
        connection.settimeout(_ANSWER_SECONDS)
        return connection

    def _answer(self, connection: socket.socket) -> str:
        answer = b""
        try:
            while part := connection.recv(4096):
                answer += part
        except OSError as error:
            if not answer:
                raise ScannerDown(f"{self._address}: {error}") from error
        if not answer:
            raise ScannerDown(f"{self._address}: no answer")
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _unix(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_CONNECT_SECONDS)
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection

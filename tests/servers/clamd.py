"""Virus scanners for the tests: the real clamd where Debian's package is installed, with one signature of our own; and
a stand-in that speaks the same protocol and knows the same signature, for machines without it.

The stand-in proves that the archive asks and believes as it should, not that clamd speaks so: that the real one proves.
"""

import shutil
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIGNATURE = b"anjuan-test-signature-of-no-virus"
LIMIT = 1 << 20  # bytes; what is larger neither looks at
NAME = "Anjuan.Test"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV stand-in/1\0")
            return
        content = b""
        while (size := struct.unpack("!I", self.rfile.read(4))[0]) != 0:
            content += self.rfile.read(size)
            if len(content) > LIMIT:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = f"{NAME} FOUND" if SIGNATURE in content else "OK"
        self.wfile.write(f"stream: {found}\0".encode())


@contextmanager
def stand_in() -> Iterator[str]:
    """Yield the address of a server of our own."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"tcp:127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def program() -> str | None:
    """Return the path of the real daemon, None where it is not installed."""
    return shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


@contextmanager
def real() -> Iterator[str]:
    """Start the real daemon in a temporary folder, and yield its address."""
    folder = Path(tempfile.mkdtemp(prefix="anjuan-clamd-"))
    (folder / "db").mkdir()
    (folder / "db" / "test.ndb").write_text(f"{NAME}:0:*:{SIGNATURE.hex()}\n")
    socket = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {folder / 'db'}\nForeground yes\nStreamMaxLength {LIMIT}\n"
        f"TemporaryDirectory {folder}\nMaxThreads 2\n"
    )
    daemon = subprocess.Popen(
        [str(program()), "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 30
        while not socket.exists():
            assert daemon.poll() is None, "clamd did not start"
            assert time.monotonic() < end, "clamd does not come up"
            time.sleep(0.1)
        yield f"unix:{socket}"
    finally:
        daemon.terminate()
        daemon.wait()
        shutil.rmtree(folder, ignore_errors=True)

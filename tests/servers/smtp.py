"""A mail server for tests that takes whatever it is given and keeps it; it speaks as much SMTP as smtplib does."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


class Taken(list[EmailMessage]):
    """The mails taken so far; `refuse` makes the server refuse the recipients from now on."""

    refuse = False
    port = 0


@contextmanager
def running() -> Iterator[Taken]:
    taken = Taken()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say(220)
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "DATA":
                    self._say(354)
                    self._take()
                elif verb == "RCPT" and taken.refuse:
                    self._say(550)
                else:
                    self._say(221 if verb == "QUIT" else 250)

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            taken.append(cast(EmailMessage, message_from_bytes(b"".join(lines), policy=policy.default)))
            self._say(250)

        def _say(self, code: int) -> None:
            self.wfile.write(f"{code} so\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        taken.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield taken
        finally:
            server.shutdown()
            thread.join()

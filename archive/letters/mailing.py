"""A letter as a mail: the .eml to be opened in any mail program, and sending it by the office's own relay."""

import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.core.ports import ports
from archive.documents import blobs
from archive.letters.kinds import kind
from archive.letters.models import LetterRow, Serving

_SECONDS = 30
_BODY = """{addressee}：

现以电子方式向您送达《{name}》{number}，正文见附件。收到后请回复本邮件确认。

{office}
"""


def eml(row: LetterRow, to: str = "") -> bytes:
    """Return the letter as a mail without a date or sender's stamp, its PDF attached; `to` may be left open.

    Raises RuleBroken while the files are not there, BadInput for an address that is none, StoreDown.
    """
    return _message(row, to).as_bytes(policy=SMTP)


def message(serving: Serving) -> EmailMessage:
    """Return the mail of an attempt to serve. The same attempt has the same Message-ID, so a mail sent twice shows."""
    made = _message(serving.letter, ports().vault.open(serving.address_sealed or ""))
    made["Date"] = format_datetime(serving.recorded_at.astimezone(SHANGHAI))
    made["Message-ID"] = f"<{serving.id}@{ports().settings.mail_from.rpartition('@')[2]}>"
    return made


def send(mail: EmailMessage) -> None:
    """Hand a mail to the relay. Raises OSError or SMTPException."""
    relay = urlsplit(ports().settings.mail_relay)
    secure = relay.scheme == "smtps"
    opened = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with opened(relay.hostname or "", relay.port or (465 if secure else 25), timeout=_SECONDS) as server:
        if not secure and server.has_extn("starttls"):
            server.starttls()
        if relay.username:
            server.login(unquote(relay.username), unquote(relay.password or ""))
        server.send_message(mail)


def address(text: str) -> Address:
    """Return a mail address. Raises BadInput when it is none."""
    try:
        found = Address(addr_spec=text)
    except Exception as error:  # the parser raises several kinds, IndexError among them
        raise BadInput("input.bad", [Problem("serving.mail_to", "mail_to")]) from error
    if not found.username or "." not in found.domain:
        raise BadInput("input.bad", [Problem("serving.mail_to", "mail_to")])
    return found


def _message(row: LetterRow, to: str) -> EmailMessage:
    if row.pdf is None:
        raise RuleBroken("letter.files_missing")
    settings = ports().settings
    name = kind(row.kind).name
    made = EmailMessage()
    made["Subject"] = f"{name}{row.number}"
    if settings.mail_from:
        made["From"] = Address(settings.office_name, addr_spec=settings.mail_from)
    if to:
        made["To"] = address(to)
    made.set_content(_BODY.format(addressee=row.addressee, name=name, number=row.number, office=settings.office_name))
    with blobs.open_version(row.pdf.latest) as stream:
        made.add_attachment(stream.read(), "application", "pdf", filename=f"{name}{row.number}.pdf")
    return made

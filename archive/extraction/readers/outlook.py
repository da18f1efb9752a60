"""Outlook messages (msg): headers and body become text, attachments and messages inside become children."""

from datetime import datetime
from pathlib import Path
from typing import Any

import extract_msg
import olefile
from extract_msg.exceptions import ExMsgBaseException, InvalidFileFormatError

from archive.extraction import kinds
from archive.extraction.decode import decode
from archive.extraction.labels import MAIL_HEADERS
from archive.extraction.output import Output, Stop
from archive.extraction.readers.mail import mail_name
from archive.extraction.readers.plain import html_text
from archive.extraction.source import Source
from archive.extraction.values import State

ONE_BYTE_TEXT = "001E"  # property type PtypString8, at the end of a stream's name ([MS-OXMSG] 2.2.1.1)
SAMPLE = 20_000
ATTRIBUTES = {"subject": "subject", "from": "sender", "to": "to", "cc": "cc"}


def read(source: Source, out: Output) -> None:
    """Read a msg."""
    try:
        encoding = _encoding(source.path)
        # Appointments, contacts and tasks are messages too, with fewer properties.
        message: Any = extract_msg.openMsg(str(source.path), delayAttachments=True, overrideEncoding=encoding)
    except (InvalidFileFormatError, OSError):
        raise Stop(State.BROKEN, "mail.broken") from None
    date = getattr(message, "date", None)
    sent_at = date.isoformat() if isinstance(date, datetime) else ""
    headers = {name: getattr(message, attribute, None) for name, attribute in ATTRIBUTES.items()} | {"date": sent_at}
    out.fact(subject=headers["subject"], sender=headers["from"], to=headers["to"], cc=headers["cc"], sent_at=sent_at,
             message_id=getattr(message, "messageId", None))  # fmt: skip
    shown = [f"{label}：{headers[name]}" for name, label in MAIL_HEADERS.items() if headers.get(name)]
    out.running_text("\n".join(shown) + "\n\n" + _body(message, out).replace("\r\n", "\n").replace("\r", "\n"))
    try:
        attachments = list(message.attachments)
    except (ExMsgBaseException, OSError, ValueError):
        out.incomplete("mail.attachment")
        return
    for attachment in attachments:
        _hand_out(attachment, out)


def _encoding(path: Path) -> str | None:
    """Return the encoding of one-byte texts where it is a Chinese one: the code page a message names is often wrong."""
    with olefile.OleFileIO(path) as ole:
        names = [entry for entry in ole.listdir() if entry[-1].endswith(ONE_BYTE_TEXT)]
        texts = [ole.openstream(entry).read(SAMPLE) for entry in names[:200]]
    encoding = decode(b"\n".join(text for text in texts if not text.isascii()))[1]
    return encoding if encoding in ("gb18030", "big5hkscs") else None


def _body(message: Any, out: Output) -> str:
    try:
        body = str(getattr(message, "body", None) or "")
        return body if body.strip() else html_text(getattr(message, "htmlBody", None) or b"")
    except (ExMsgBaseException, OSError, ValueError, LookupError):
        out.incomplete("mail.body")
        return ""


def _hand_out(attachment: Any, out: Output) -> None:
    try:
        data = attachment.data
        if isinstance(data, extract_msg.MSGFile):
            name = mail_name(str(getattr(data, "subject", "") or "")).removesuffix(".eml") + ".msg"
            out.child(name, data.exportBytes(), media_type=kinds.MSG)
        elif isinstance(data, bytes):
            out.child(attachment.getFilename(), data, media_type=attachment.mimetype or "")
        else:
            out.incomplete("mail.attachment")
    except (ExMsgBaseException, OSError, ValueError, AttributeError, NotImplementedError):
        out.incomplete("mail.attachment")

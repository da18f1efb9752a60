"""Outlook messages (msg): headers and body become text, attachments and messages inside become children."""

from datetime import datetime

import extract_msg
from extract_msg.exceptions import ExMsgBaseException, InvalidFileFormatError

from archive.extraction.labels import MAIL_HEADERS
from archive.extraction.output import Output, Stop
from archive.extraction.readers.mail import mail_name
from archive.extraction.readers.plain import html_text
from archive.extraction.source import Source
from archive.extraction.values import State

MSG = "application/vnd.ms-outlook"


def read(source: Source, out: Output) -> None:
    """Read a msg."""
    try:
        message = extract_msg.openMsg(str(source.path), delayAttachments=True, overrideEncoding=None)
    except InvalidFileFormatError:
        raise Stop(State.BROKEN, "mail.broken") from None
    sent_at = message.date.isoformat() if isinstance(message.date, datetime) else ""
    headers = {"subject": message.subject, "from": message.sender, "to": message.to, "cc": message.cc, "date": sent_at}
    out.fact(subject=headers["subject"], sender=headers["from"], to=headers["to"], cc=headers["cc"], sent_at=sent_at,
             message_id=message.messageId)  # fmt: skip
    shown = [f"{label}：{headers[name]}" for name, label in MAIL_HEADERS.items() if headers.get(name)]
    out.running_text("\n".join(shown) + "\n\n" + _body(message, out).replace("\r\n", "\n").replace("\r", "\n"))
    try:
        attachments = list(message.attachments)
    except (ExMsgBaseException, OSError, ValueError):
        out.incomplete("mail.attachment")
        return
    for attachment in attachments:
        _hand_out(attachment, out)


def _body(message: extract_msg.MSGFile, out: Output) -> str:
    try:
        body = message.body
        return str(body) if body and body.strip() else html_text(message.htmlBody or b"")
    except (ExMsgBaseException, OSError, ValueError, LookupError):
        out.incomplete("mail.body")
        return ""


def _hand_out(attachment: extract_msg.attachments.AttachmentBase, out: Output) -> None:
    try:
        data = attachment.data
        if isinstance(data, extract_msg.MSGFile):
            subject = str(getattr(data, "subject", "") or "")
            out.child(mail_name(subject).removesuffix(".eml") + ".msg", data.exportBytes(), media_type=MSG)
        elif isinstance(data, bytes):
            out.child(attachment.getFilename(), data, media_type=attachment.mimetype or "")
        else:
            out.incomplete("mail.attachment")
    except (ExMsgBaseException, OSError, ValueError, AttributeError, NotImplementedError):
        out.incomplete("mail.attachment")

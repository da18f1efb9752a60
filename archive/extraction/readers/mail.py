"""Mail: eml, web archives (mht) and mbox. Headers and body become text, attachments and forwarded mails children."""

import re
from collections.abc import Iterator
from datetime import UTC
from email import errors as mail_errors
from email import message_from_binary_file
from email.generator import BytesGenerator
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import collapse_rfc2231_value, parsedate_to_datetime
from io import BytesIO
from typing import BinaryIO

from archive.extraction.decode import decode
from archive.extraction.labels import MAIL_HEADERS
from archive.extraction.output import Output, Stop
from archive.extraction.readers.plain import html_text
from archive.extraction.source import Source
from archive.extraction.values import State

Parts = list[tuple[str, str]]


def read(source: Source, out: Output) -> None:
    """Read one mail."""
    with source.path.open("rb") as file:
        message = message_from_binary_file(file, policy=compat32)
    headers = {name: header(message, name) for name in MAIL_HEADERS}
    sent_at = sent(message)
    out.fact(subject=headers["subject"], sender=headers["from"], to=headers["to"], cc=headers["cc"], sent_at=sent_at,
             message_id=header(message, "message-id"))  # fmt: skip
    attachments: list[Message] = []
    body = "\n".join(_body(message, attachments))
    shown = [f"{label}：{headers[name]}" for name, label in MAIL_HEADERS.items() if headers[name]]
    if not shown and not body.strip() and not attachments:
        raise Stop(State.BROKEN, "mail.broken")
    out.running_text("\n".join(shown) + "\n\n" + body)
    for part in attachments:
        _hand_out(part, out)


def read_mbox(source: Source, out: Output) -> None:
    """Take a mailbox apart into its mails; its own text is the list of their subjects."""
    subjects = []
    with source.path.open("rb") as file:
        for data in _mails(file):
            message = message_from_binary_file(BytesIO(data), policy=compat32)
            subject = header(message, "subject")
            subjects.append(" ".join(filter(None, (sent(message)[:10], header(message, "from"), subject))))
            out.child(mail_name(subject), data, media_type="message/rfc822", sent_at=sent(message))
    out.fact(mails=len(subjects))
    out.running_text("\n".join(subjects))


def header(message: Message, name: str) -> str:
    """Return a header in readable letters: encoded words, or raw bytes in UTF-8 or GB18030; lines unfolded."""
    raw = message.get(name)
    return readable(raw) if raw is not None else ""


def readable(raw: object) -> str:
    """Return a header value in readable letters, whatever is wrong with it."""
    letters = []
    try:
        found = decode_header(str(raw) if not hasattr(raw, "_chunks") else raw)  # type: ignore[arg-type]
    except (mail_errors.HeaderParseError, ValueError):
        found = [(str(raw), None)]
    for part, charset in found:
        data = part.encode("latin-1", "replace") if isinstance(part, str) and part.isascii() else part
        if isinstance(data, str):
            # The parser hides raw bytes as surrogates.
            data = data.encode("utf-8", "surrogateescape")
        label = str(charset or "")
        letters.append(decode(data, "" if label == "unknown-8bit" else label)[0])
    return re.sub(r"\s*[\r\n]+\s*", " ", "".join(letters)).strip()


def sent(message: Message) -> str:
    """Return the moment of sending in ISO 8601 with its zone (UTC when none is told); empty if unreadable."""
    try:
        moment = parsedate_to_datetime(str(message.get("date")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def mail_name(subject: str) -> str:
    """Return the name of a mail as a file: its subject."""
    return (re.sub(r"[\\/:*?\"<>|\s]+", " ", subject).strip()[:100] or "mail") + ".eml"


def _body(message: Message, attachments: list[Message]) -> Iterator[str]:
    """Yield the texts of a mail in order; of alternatives the plain one. Everything else goes to `attachments`."""
    kind = message.get_content_type()
    if kind == "message/rfc822" or _name(message) or message.get_content_disposition() == "attachment":
        attachments.append(message)
    elif message.is_multipart():
        parts = [part for part in message.get_payload() if isinstance(part, Message)]
        if kind == "multipart/alternative":
            yield from _best(parts, attachments)
        else:
            for part in parts:
                yield from _body(part, attachments)
    elif kind in ("text/plain", "text/html"):
        data = _payload(message)
        charset = str(message.get_param("charset", ""))
        yield html_text(data, charset) if kind == "text/html" else decode(data, charset)[0].replace("\r\n", "\n")
    else:
        attachments.append(message)


def _best(parts: list[Message], attachments: list[Message]) -> Iterator[str]:
    """Of several forms of the same text, yield the plain one unless it is a stub; keep what hangs on the others."""
    found = []
    for part in parts:
        text = "\n".join(_body(part, attachments))
        found.append((part.get_content_type() != "text/plain", text))
    longest = max((len(text) for _, text in found), default=0)
    full = [text for _, text in sorted(found, key=lambda form: form[0]) if len(text.strip()) * 5 >= longest]
    yield from full[:1]


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str:
    raw = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    if raw is None:
        return ""
    return readable(collapse_rfc2231_value(raw) if isinstance(raw, tuple) else raw)


def _hand_out(part: Message, out: Output) -> None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            name = _name(part) or mail_name(header(inner[0], "subject"))
            out.child(name, _bytes(inner[0]), media_type=kind, sent_at=sent(inner[0]))
            return
    data = _payload(part) if not part.is_multipart() else _bytes(part)
    out.child(_name(part) or kind.replace("/", "."), data, media_type=kind)


def _bytes(message: Message) -> bytes:
    buffer = BytesIO()
    BytesGenerator(buffer, mangle_from_=False, policy=compat32).flatten(message)
    return buffer.getvalue()


def _mails(file: BinaryIO) -> Iterator[bytes]:
    """Yield the mails of an mbox: each begins after a line `From ` at the start or after an empty line."""
    lines: list[bytes] = []
    before = b"\n"
    for line in file:
        if line.startswith(b"From ") and not before.strip():
            if b"".join(lines).strip():
                yield b"".join(lines)
            lines = []
        else:
            lines.append(line[1:] if re.match(rb">+From ", line) else line)
        before = line
    if b"".join(lines).strip():
        yield b"".join(lines)

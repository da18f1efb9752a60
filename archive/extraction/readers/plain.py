"""Texts that are just text: txt, csv, rtf, html, xml, svg."""

import re

from lxml import etree, html
from striprtf.striprtf import rtf_to_text

from archive.extraction.decode import MARKS, decode, known
from archive.extraction.output import Output, Stop
from archive.extraction.package import local, parse_xml
from archive.extraction.source import Source
from archive.extraction.values import MIB, State

READ_LIMIT = 64 * MIB
CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
RTF_PAGE = re.compile(rb"\\ansicpg(\d+)")
# Content that is not part of what the page says.
SILENT = frozenset({"script", "style", "noscript", "template", "head"})
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)


def read_text(source: Source, out: Output) -> None:
    """Read txt and csv in whatever encoding they are."""
    text, encoding = decode(_bytes(source, out), cut=bool(out.reason))
    if not encoding:
        out.incomplete("text.encoding")
    out.fact(encoding=encoding)
    out.running_text(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def read_rtf(source: Source, out: Output) -> None:
    """Read rtf; the code page it names counts, 936 where it names none."""
    data = _bytes(source, out)
    page = RTF_PAGE.search(data[:4096])
    encoding = known(f"cp{page[1].decode()}") if page else ""
    text = rtf_to_text(data.decode("latin-1"), encoding or "gb18030", "replace")  # type: ignore[no-untyped-call]
    out.running_text(text.strip())


def read_html(source: Source, out: Output) -> None:
    """Read what an HTML page says; nothing in it runs, nothing is fetched."""
    out.running_text(html_text(_bytes(source, out)))


def read_xml(source: Source, out: Output) -> None:
    """Read the text nodes of an XML or SVG file, one a line."""
    root, whole = parse_xml(_bytes(source, out))
    if root is None:
        raise Stop(State.BROKEN, "xml.broken")
    if not whole:
        out.incomplete("xml.broken")
    texts: list[str | None] = []
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event != "start":
            texts.append(element.tail)
        elif local(element) not in SILENT:
            texts.append(element.text)
    out.running_text("\n".join(text.strip() for text in texts if text and text.strip()))


def html_text(data: bytes, declared: str = "") -> str:
    """Return the visible text of HTML bytes. `declared` is the charset of a mail header; a meta tag comes second."""
    meta = CHARSET.search(data[:4096])
    marked = any(data.startswith(mark) for mark, _ in MARKS)
    text, _ = decode(data, "" if marked else declared or (meta[1].decode("ascii", "replace") if meta else ""))
    # A declaration in a str would contradict it; letters XML has no place for would end the parsing.
    text = re.sub(r"^\s*<\?xml[^>]*>|[\0-\x08\x0b\x0c\x0e-\x1f]", "", text.lstrip("\ufeff"))
    if not text.strip():
        return ""
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    return _squeeze("".join(_letters(root)))


def _letters(root: etree._Element) -> list[str]:
    letters: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local(element)
        if event == "start":
            # The head is silent but for its title.
            silent += tag in SILENT
            letters.append("\n" if tag in BLOCKS else "\t" if tag in ("td", "th") else "")
            letters.append((element.text or "") if not silent or tag == "title" else "")
        else:
            silent -= tag in SILENT
            letters.append("\n" if tag in BLOCKS else "")
            letters.append((element.tail or "") if not silent else "")
    return letters


def _squeeze(text: str) -> str:
    """Return text with the white space a browser would show: one blank within lines, no empty lines."""
    lines = (re.sub(r"[ \t\r\xa0\u200b]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _bytes(source: Source, out: Output) -> bytes:
    with source.path.open("rb") as file:
        data = file.read(READ_LIMIT)
        if file.read(1):
            out.incomplete("text.long")
    return data

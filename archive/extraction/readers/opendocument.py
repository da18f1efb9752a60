"""OpenDocument: texts, spreadsheets (a page for each sheet), presentations (a page for each slide)."""

from lxml import etree

from archive.extraction.output import Output, Stop
from archive.extraction.package import Package, local
from archive.extraction.readers.embedded import embedded_pictures
from archive.extraction.source import Source
from archive.extraction.values import State

TABLE_NAME = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}name"
PAGE_NAME = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}name"
SPACES = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}c"


def read(source: Source, out: Output) -> None:
    """Read an odt, ods or odp."""
    package = Package(source.path, out)
    if b"encryption-data" in package.bytes("META-INF/manifest.xml"):
        raise Stop(State.ENCRYPTED, "office.encrypted")
    root = package.xml("content.xml")
    if root is None:
        raise Stop(State.BROKEN, "package.broken")
    body = root.find("{*}body")
    for kind in body if body is not None else ():
        parts = {"spreadsheet": ("table", TABLE_NAME), "presentation": ("page", PAGE_NAME)}.get(local(kind))
        if parts is None:
            out.running_text(flow(kind))
            continue
        for part in kind.iterchildren("{*}" + parts[0]):
            out.running_text(flow(part), label=str(part.get(parts[1]) or ""))
    styles = package.xml("styles.xml")
    if styles is not None:  # headers and footers
        for page in styles.iter("{*}master-page"):
            text = flow(page)
            if text.strip():
                out.running_text(text)
    embedded_pictures(package, out)


def flow(root: etree._Element) -> str:
    """Return the text in its order; cells of a row stand between tabs."""
    letters: list[str] = []
    depth = 0  # of paragraphs; white space between them is only layout of the XML
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = local(element)
        if event == "start":
            depth += tag in ("p", "h")
            letters.append({"tab": "\t", "line-break": "\n"}.get(tag, ""))
            if tag == "s":
                letters.append(" " * min(int(element.get(SPACES) or 1), 100))
            letters.append((element.text or "") if depth else "")
        elif event == "end":
            depth -= tag in ("p", "h")
            if tag in ("p", "h"):
                letters.append("\n")
            elif tag == "table-cell":
                _close(letters, "\t")
            elif tag == "table-row":
                _close(letters, "\n")
        if event != "start" and depth and element is not root:
            letters.append(element.tail or "")
    lines = "".join(letters).strip("\n").split("\n")
    return "\n".join(line.rstrip("\t") for line in lines)


def _close(letters: list[str], mark: str) -> None:
    while letters and letters[-1] in ("\n", ""):
        letters.pop()
    letters.append(mark)

"""Word documents (docx): body with tables and text boxes, then notes, comments, headers and footers."""

from lxml import etree

from archive.extraction.output import Output
from archive.extraction.package import Package, local
from archive.extraction.readers.embedded import embedded_files, embedded_pictures
from archive.extraction.source import Source

# `Fallback` repeats a text box for old programs; deleted text and field codes are not what the page shows.
SKIPPED = frozenset({"Fallback", "delText", "instrText", "delInstrText"})
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
PARTS = ("document", "footnotes", "endnotes", "comments", "header", "footer")


def read(source: Source, out: Output) -> None:
    """Read a docx."""
    package = Package(source.path, out)
    texts: list[str] = []
    for part in PARTS:
        for name in package.names(rf"word/{part}\d*\.xml"):
            root = package.xml(name)
            text = flow(root) if root is not None else ""
            # The same header stands in the file once for each section.
            if text.strip() and text not in texts:
                texts.append(text)
    out.running_text("\n".join(texts))
    embedded_files(package, out)
    embedded_pictures(package, out)


def flow(root: etree._Element) -> str:
    """Return the text of a part in its order; cells of a row stand between tabs."""
    letters: list[str] = []
    skipping: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = local(element)
        if skipping is not None:
            skipping = None if event == "end" and element is skipping else skipping
        elif event == "start":
            if tag in SKIPPED:
                skipping = element
            elif tag == "t":
                letters.append(element.text or "")
            elif tag in MARKS:
                # `w:tab` also defines tab stops, inside `w:tabs`.
                parent = element.getparent()
                letters.append(MARKS[tag] if parent is not None and local(parent) == "r" else "")
        elif tag == "p":
            letters.append("\n")
        elif tag in ("tc", "tr"):
            _replace_end(letters, "\t" if tag == "tc" else "\n")
    lines = "".join(letters).strip("\n").split("\n")
    return "\n".join(line.rstrip("\t") for line in lines)


def _replace_end(letters: list[str], mark: str) -> None:
    if letters and letters[-1] in ("\n", "\t", ""):
        letters[-1] = mark
    else:
        letters.append(mark)

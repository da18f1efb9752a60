"""OFD (GB/T 33190-2016), the page format of Chinese e-invoices and official papers: its text with places."""

import posixpath

from lxml import etree

from archive.extraction.output import Output, Stop
from archive.extraction.package import Package
from archive.extraction.source import Source
from archive.extraction.values import Box, State

A4 = (210.0, 297.0)  # millimetres
POINTS = 72 / 25.4


def read(source: Source, out: Output) -> None:
    """Read the pages of every document in the package, in order."""
    package = Package(source.path, out)
    roots = [package.xml(name) for name in package.names(r"[^/]+/Document\.xml")]
    if not any(root is not None for root in roots):
        raise Stop(State.BROKEN, "package.broken")
    for folder, root in zip(package.names(r"[^/]+/Document\.xml"), roots, strict=True):
        for entry in root.iter("{*}Page") if root is not None else ():
            base = posixpath.normpath(posixpath.join(posixpath.dirname(folder), str(entry.get("BaseLoc"))))
            page = package.xml(base.lstrip("/"))
            if page is not None:
                _page(page, _size(page) or (_size(root) if root is not None else None) or A4, out)


def _size(root: etree._Element) -> tuple[float, float] | None:
    box = next(root.iter("{*}PhysicalBox"), None)
    numbers = _numbers(box.text if box is not None else "")
    return (numbers[2], numbers[3]) if len(numbers) == 4 and min(numbers[2:]) > 0 else None


def _page(root: etree._Element, size: tuple[float, float], out: Output) -> None:
    letters: list[str] = []
    boxes, at = [], 0
    for block in root.iter("{*}TextObject"):
        text = "".join(code.text or "" for code in block.iter("{*}TextCode"))
        place = _numbers(block.get("Boundary"))
        if not text.strip():
            continue
        if len(place) == 4:
            x, y, width, height = place
            edges = (x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])
            boxes.append(Box(at, at + len(text), *edges))
        letters.append(text)
        at += len(text) + 1
    out.page("\n".join(letters), boxes=boxes, size=(size[0] * POINTS, size[1] * POINTS))


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(number) for number in (text or "").split()]
    except ValueError:
        return []

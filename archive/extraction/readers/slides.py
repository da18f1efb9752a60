"""PowerPoint: pptx slides in the order they are shown, with notes; ppt by its text records."""

import posixpath
import struct

import olefile
from lxml import etree

from archive.extraction.output import Output, Stop
from archive.extraction.package import Package, local
from archive.extraction.readers.embedded import embedded_files, embedded_pictures
from archive.extraction.source import Source
from archive.extraction.values import State

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Record types of [MS-PPT]: text in UTF-16, text in one-byte letters, the mark of an encrypted file, and the
# template behind the slides, whose words ("click to edit") nobody wrote.
TEXT_CHARS, TEXT_BYTES, CRYPT_SESSION, MASTER = 0x0FA0, 0x0FA8, 0x2F14, 0x03F8
FIELD = "*"  # stands where the page number or date appears


def read(source: Source, out: Output) -> None:
    """Read a pptx."""
    package = Package(source.path, out)
    for name in _in_order(package):
        root = package.xml(name)
        texts = [flow(root) if root is not None else ""]
        for notes in _related(package, name, "notesSlide"):
            page = package.xml(notes)
            texts.append(flow(page) if page is not None else "")
        out.page("\n".join(text for text in texts if text))
    embedded_files(package, out)
    embedded_pictures(package, out)


def flow(root: etree._Element) -> str:
    """Return the text of a slide; one line for each paragraph, slide numbers left out."""
    lines = []
    for paragraph in root.iter("{*}p"):
        runs = [node for node in paragraph.iter("{*}t", "{*}br") if not _is_field(node)]
        lines.append("".join("\n" if local(node) == "br" else node.text or "" for node in runs))
    return "\n".join(line for line in lines if line.strip())


def _is_field(node: etree._Element) -> bool:
    parent = node.getparent()
    return parent is not None and local(parent) == "fld"


def _in_order(package: Package) -> list[str]:
    """Return the slide parts as shown; in order of their numbers when the presentation does not tell."""
    slides = package.names(r"ppt/slides/slide\d+\.xml")
    root = package.xml("ppt/presentation.xml")
    targets = _targets(package, "ppt/presentation.xml")
    listed = [targets.get(str(entry.get(RELATION)), "") for entry in root.iter("{*}sldId")] if root is not None else []
    return sorted(slides, key=lambda name: listed.index(name) if name in listed else len(listed))


def _related(package: Package, part: str, kind: str) -> list[str]:
    return [target for target in _targets(package, part).values() if f"/{kind}" in target]


def _targets(package: Package, part: str) -> dict[str, str]:
    folder, _, name = part.rpartition("/")
    root = package.xml(f"{folder}/_rels/{name}.rels")
    relations = root.iterchildren("{*}Relationship") if root is not None else ()
    return {
        str(relation.get("Id")): posixpath.normpath(posixpath.join(folder, str(relation.get("Target"))))
        for relation in relations
    }


def read_old(source: Source, out: Output) -> None:
    """Read the texts of a ppt, in the order they stand in the file; they are not told apart by slide."""
    with olefile.OleFileIO(source.path) as ole:
        if not ole.exists("PowerPoint Document"):
            raise Stop(State.UNSUPPORTED, "office.old")
        data = ole.openstream("PowerPoint Document").read()
    out.running_text("\n".join(_texts(data)))


def _texts(data: bytes) -> list[str]:
    texts, at = [], 0
    while at + 8 <= len(data):
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if kind == CRYPT_SESSION:
            raise Stop(State.ENCRYPTED, "office.encrypted")
        if kind in (TEXT_CHARS, TEXT_BYTES):
            body = data[at : at + size]
            text = body.decode("utf-16-le", "replace") if kind == TEXT_CHARS else body.decode("latin-1")
            if text != FIELD:
                texts.append(text.replace("\r", "\n").replace("\v", "\n"))
        # A container (version 0xF) is walked into, everything else stepped over.
        if version & 0xF != 0xF or kind == MASTER:
            at += size
    return texts

"""The evidence pack: a closed dossier as a bag (BagIt 1.0, RFC 8493) that whoever receives it can check by itself."""

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import bagit
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.core.act import plain
from archive.core.errors import RuleBroken
from archive.core.ports import ports
from archive.disposal import erasing, filing_papers
from archive.documents import blobs, names
from archive.documents import queries as documents
from archive.documents.models import Version
from archive.dossiers.models import Dossier
from archive.letters import pdf
from archive.letters.compose import compose
from archive.retention import anchoring, explaining

# Texts for searching and what only this archive uses: derived, or of no meaning elsewhere.
_LEFT_OUT = {"search_text", "page_text", "party_key", "imported_line", "document_look", "upload"}

Progress = Callable[[int, int], None]


def pack(session: Session, dossier: Dossier, folder: Path, now: datetime, progress: Progress | None = None) -> None:
    """Write a closed dossier's evidence pack into an empty folder; one file at a time is read, in pieces.

    `progress` is told (bytes done, bytes in all). Raises RuleBroken for an open dossier, StoreDown, Damaged when a file
    is not what was filed.
    """
    if dossier.closed_on is None:
        raise RuleBroken("pack.open", number=dossier.number)
    folder.mkdir(parents=True, exist_ok=True)
    count, size = _originals(session, dossier, folder / "originals", progress)
    rows = {table.name: found for table, found in _rows(session, dossier.id)}
    _write(folder / "metadata.json", json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True))
    _write(folder / "metadata.xml", _xml(rows))
    entries = session.scalars(select(Entry).where(Entry.dossier_id == dossier.id).order_by(Entry.seq)).all()
    excerpt = [anchoring.entry_line(one.seq, one.content(), one.previous, one.hash) for one in entries]
    _write(folder / "audit.jsonl", "".join(f"{line}\n" for line in excerpt))
    _write(folder / "anchors.jsonl", "".join(f"{line}\n" for line in anchoring.anchor_lines(anchoring.anchors())))
    found = explaining.explain(session, dossier, now)
    _write(folder / "retention.txt", "\n".join(explaining.lines(found)) + "\n")
    facts = filing_papers.catalogue(session, dossier, found.filed_number)
    (folder / "contents.pdf").write_bytes(pdf.render(compose("catalogue", facts)))
    bag = bagit.make_bag(
        str(folder),
        {
            "Source-Organization": ports().settings.office_name,
            "External-Identifier": dossier.number,
            "Internal-Sender-Identifier": found.filed_number,
            "Bagging-Date": plain(now)[:10],
            "Originals": str(count),
            "Original-Bytes": str(size),
            "Audit-Entries": str(len(excerpt)),
        },
        checksums=["sha256"],
    )
    (folder / "verify.py").write_text((Path(__file__).parent / "verify_bag.py").read_text(encoding="utf-8"))
    bag.save(manifests=True)


def _originals(session: Session, dossier: Dossier, folder: Path, progress: Progress | None) -> tuple[int, int]:
    """Write every version under a readable name: cited number, version, the name it came with."""
    folder.mkdir()
    labels = documents.labels(session, dossier.id)
    versions = session.scalars(
        select(Version).where(Version.dossier_id == dossier.id).order_by(Version.document_id, Version.n)
    ).all()
    total, done = sum(version.size for version in versions), 0
    for version in versions:
        name = f"{labels[version.document_id]} v{version.n} {names.shown(version.filename)}"
        blobs.fetch(version, folder / _short(name))
        done += version.size
        if progress is not None:
            progress(done, total)
    return len(versions), total


def _short(name: str) -> str:
    # Most file systems allow 255 bytes; a Chinese letter has three.
    stem, suffix = name, names.suffix(name)
    while len(stem.encode()) > 240:
        stem = stem.removesuffix(suffix)[:-1] + suffix
    return stem


def _rows(session: Session, dossier_id: uuid.UUID) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of every table that belong to the dossier, without sealed values and hashes of numbers."""
    for table, condition in erasing.rows_of(dossier_id):
        if table.name in _LEFT_OUT:
            continue
        columns = [column for column in table.columns if not column.name.endswith(("_sealed", "_hash"))]
        rows = session.execute(select(*columns).where(condition)).mappings()
        yield table, [{name: _value(value) for name, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    if isinstance(value, (date, datetime, uuid.UUID)):
        return plain(value)
    if isinstance(value, (dict, list, bool, int)) or value is None:
        return value
    return str(value)


def _xml(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Return the same metadata as XML, in the manner of an electronic record package (DA/T 48-2009)."""
    root = ElementTree.Element("电子文件封装包", {"封装包格式描述": "Anjuan evidence pack 1"})
    for table, found in rows.items():
        for row in found:
            block = ElementTree.SubElement(root, "实体块", {"名称": table})
            for name, value in row.items():
                if value not in (None, ""):
                    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                    ElementTree.SubElement(block, "元数据", {"名称": name}).text = _printable(said)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")

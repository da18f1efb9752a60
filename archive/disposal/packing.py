"""The evidence pack: closed dossiers as a bag (BagIt 1.0, RFC 8493) that whoever receives it can check by itself.

Of each dossier: its contents as PDF, the originals, letters and responses under readable names with what was made of
them for keeping, metadata as JSON and XML, its entries of the audit trail with their proofs under the anchored roots,
and why and how long it is kept.
"""

import json
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version as release
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from archive.audit.models import Entry
from archive.core.act import plain
from archive.core.errors import RuleBroken
from archive.core.labels import label as label_of
from archive.core.ports import ports
from archive.disposal import bag, chain_proofs, erasing, filing_papers, package_xml
from archive.documents import blobs, names, striking
from archive.documents import queries as documents
from archive.documents.kinds import Reading
from archive.documents.models import Document, Rendition, Version
from archive.dossiers.models import Dossier
from archive.letters.compose import compose
from archive.letters.models import LetterRow
from archive.responses.models import Response
from archive.retention import anchoring, explaining

# Texts for searching and what only this archive uses: derived, or of no meaning elsewhere.
_LEFT_OUT = {"search_text", "page_text", "party_key", "imported_line", "document_look", "upload"}
# Who the files are: by which folder they are found in.
_LETTERS, _RESPONSES, _ORIGINALS, _ARCHIVAL, _STRUCK = "letters", "responses", "originals", "archival", "struck"

Progress = Callable[[int], None]
"""Called with how many more bytes of files are done."""


@dataclass(frozen=True)
class _File:
    """A file to be written, as plain values: no transaction stays open as long as a large copy takes."""

    path: str
    item: str
    title: str
    media_type: str
    key: str
    store_version: str
    size: int
    sha256: str


def volume(session: Session, ids: Sequence[uuid.UUID]) -> int:
    """Return how many bytes of files these dossiers hold."""
    files = select(func.coalesce(func.sum(Version.size), 0)).where(Version.reading != Reading.TAKEN_OUT)
    made = select(func.coalesce(func.sum(Rendition.size), 0))
    return (session.scalar(files.where(Version.dossier_id.in_(ids))) or 0) + (
        session.scalar(made.where(Rendition.dossier_id.in_(ids))) or 0
    )


def gather(session: Session, dossier: Dossier, root: Path, now: datetime, progress: Progress | None = None) -> None:
    """Write one dossier into a bag that is being made; one that is there already, from a run before, is left as it is.

    One file at a time is read, in pieces. Raises RuleBroken for an open dossier, StoreDown, Damaged when a file is not
    what was filed.
    """
    if dossier.closed_on is None:
        raise RuleBroken("pack.open", number=dossier.number)
    number, size = dossier.number, 0
    done, lines = root / "data" / number, root / "lines"
    lines.mkdir(parents=True, exist_ok=True)
    if (lines / number).exists():
        if progress is not None:
            progress(volume(session, [dossier.id]))
        return
    part = root / "part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    files = _files(session, dossier)
    manifest = _write_told(part, _told(session, dossier, files, now))
    for one in files:
        (part / one.path).parent.mkdir(exist_ok=True)
        digest = bag.write(part / one.path, _chunks(one), progress)
        if f"sha256:{digest}" != one.sha256:
            raise blobs.Damaged("store.damaged")
        manifest.append((digest, one.path))
        size += one.size
    shutil.rmtree(done, ignore_errors=True)
    done.parent.mkdir(exist_ok=True)
    os.replace(part, done)
    text = "".join(bag.line(digest, f"data/{number}/{path}") for digest, path in manifest)
    # Last, and at once: what has its lines is whole.
    (root / "lines.part").write_text(f"{len(files)} {size}\n{text}", encoding="utf-8")
    os.replace(root / "lines.part", lines / number)


def seal(root: Path, numbers: Sequence[str], now: datetime, title: str = "") -> None:
    """Make the gathered dossiers one bag, with the anchors of the trail and its own verifier. Raises StoreDown."""
    anchors = "".join(f"{one}\n" for one in anchoring.anchor_lines(anchoring.anchors()))
    digest = bag.write(root / "data" / "anchors.jsonl", [anchors.encode()])
    manifest, count, size = [bag.line(digest, "data/anchors.jsonl")], 0, 0
    for number in numbers:
        figures, *rest = (root / "lines" / number).read_text(encoding="utf-8").splitlines(keepends=True)
        count, size = count + int(figures.split()[0]), size + int(figures.split()[1])
        manifest += rest
    info = {
        "Source-Organization": ports().settings.office_name,
        "External-Description": title or f"{len(numbers)} dossiers",
        "External-Identifier": " ".join(numbers),
        "Bagging-Date": plain(now)[:10],
        "Bag-Software-Agent": f"anjuan {release('anjuan')}",
        "Dossiers": str(len(numbers)),
        "Files": str(count),
        "File-Bytes": str(size),
    }
    shutil.rmtree(root / "lines")
    verifier = (Path(__file__).parent / "verify_bag.py").read_text(encoding="utf-8")
    bag.seal(root, sorted(manifest, key=lambda line: line[66:]), info, {"verify.py": verifier})


def pack(session: Session, dossier: Dossier, folder: Path, now: datetime, progress: Progress | None = None) -> None:
    """Write a closed dossier's evidence pack into a folder. Raises as `gather` and `seal`."""
    number = dossier.number
    gather(session, dossier, folder, now, progress)
    seal(folder, [number], now)


def _files(session: Session, dossier: Dossier) -> list[_File]:
    """Return every file with its readable name: cited number, version, the name it came with; then what was made."""
    labels = documents.labels(session, dossier.id)
    places = dict.fromkeys(
        session.scalars(select(Response.document_id).where(Response.dossier_id == dossier.id)), _RESPONSES
    )
    for row in session.execute(
        select(LetterRow.pdf_document_id, LetterRow.docx_document_id).where(LetterRow.dossier_id == dossier.id)
    ):
        places.update(dict.fromkeys((one for one in row if one is not None), _LETTERS))
    # Of another matter: in a folder of its own, so that whoever hands the pack on sees what it is.
    places.update(dict.fromkeys(striking.struck_out(session, [dossier.id]), _STRUCK))
    rows = session.execute(
        select(Version, Document.title).join(Document, Document.id == Version.document_id)
        .where(Version.dossier_id == dossier.id, Version.reading != Reading.TAKEN_OUT)
        .order_by(Version.document_id, Version.n)
    ).all()  # fmt: skip
    found, known = [], dict[uuid.UUID | None, str]()
    for version, title in rows:
        label = labels[version.document_id]
        name = _short(f"{label} v{version.n} {names.shown(version.filename)}")
        path = f"{places.get(version.document_id, _ORIGINALS)}/{name}"
        found.append(_file(version, path, label, title, version.media_type))
        known[version.id] = label
    for made in session.scalars(select(Rendition).where(Rendition.dossier_id == dossier.id).order_by(Rendition.id)):
        item, title = known.get(made.version_id, ""), label_of(made.kind)
        # The word for PDF/A carries a slash.
        name = f"{item} {title} {made.sha256[-8:]}.pdf".replace("/", "").strip()
        path = f"{_ARCHIVAL}/{name}"
        found.append(_file(made, path, item, title, "application/pdf"))
    return found


def _file(one: Version | Rendition, path: str, item: str, title: str, media_type: str) -> _File:
    return _File(path, item, title, media_type, one.blob_key, one.store_version, one.size, one.sha256)


def _chunks(one: _File) -> Iterator[bytes]:
    with blobs.store_answers(), ports().store.open(one.key, one.store_version) as stream:
        while chunk := stream.read(bag.CHUNK):
            yield chunk


def _short(name: str) -> str:
    # Most file systems allow 255 bytes; a Chinese letter has three.
    stem, suffix = name, names.suffix(name)
    while len(stem.encode()) > 240:
        stem = stem.removesuffix(suffix)[:-1] + suffix
    return stem


def _told(session: Session, dossier: Dossier, files: Sequence[_File], now: datetime) -> dict[str, bytes]:
    """Return what is said about the dossier, by the name of its file."""
    from archive.letters import pdf  # here: the renderer loads slowly, and only the worker sets papers

    rows = {table.name: found for table, found in _rows(session, dossier.id)}
    found = explaining.explain(session, dossier, now)
    listed = [
        {"path": one.path, "item": one.item, "title": one.title, "media_type": one.media_type, "size": one.size,
         "sha256": one.sha256.removeprefix("sha256:")} for one in files
    ]  # fmt: skip
    catalogue = filing_papers.catalogue(session, dossier, found.filed_number)
    xml = package_xml.written(
        rows, listed, office=ports().settings.office_name, filed_number=found.filed_number, at=plain(now)
    )
    return {
        "contents.pdf": pdf.render(compose("catalogue", catalogue)),
        "metadata.json": json.dumps({**rows, "files": listed}, ensure_ascii=False, indent=1, sort_keys=True).encode(),
        "metadata.xml": xml.encode(),
        "audit.jsonl": "".join(f"{line}\n" for line in _excerpt(session, dossier)).encode(),
        "retention.txt": ("\n".join(explaining.lines(found)) + "\n").encode(),
    }


def _write_told(folder: Path, told: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(bag.write(folder / name, [content]), name) for name, content in told.items()]


def _excerpt(session: Session, dossier: Dossier) -> Iterator[str]:
    """Yield the dossier's entries of the trail, each with its proof under an anchor where one covers it yet."""
    entries = session.scalars(select(Entry).where(Entry.dossier_id == dossier.id).order_by(Entry.seq)).all()
    proofs = chain_proofs.proofs(session, [one.seq for one in entries], anchoring.anchors())
    for one in entries:
        line = json.loads(anchoring.entry_line(one.seq, one.content(), one.previous, one.hash))
        yield json.dumps({**line, "proof": proofs.get(one.seq)}, sort_keys=True, ensure_ascii=False)


def _rows(session: Session, dossier_id: uuid.UUID) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield the rows of every table that belong to the dossier, without sealed values and hashes of numbers."""
    for table, condition in erasing.rows_of(dossier_id):
        if table.name in _LEFT_OUT:
            continue
        columns = [column for column in table.columns if not column.name.endswith(("sealed", "_hash"))]
        rows = session.execute(select(*columns).where(condition)).mappings()
        yield table, [{name: _value(value) for name, value in row.items()} for row in rows]


def _value(value: Any) -> Any:
    if isinstance(value, (date, datetime, uuid.UUID)):
        return plain(value)
    if isinstance(value, (dict, list, bool, int)) or value is None:
        return value
    return str(value)

"""Filing a letter's files in its dossier as evidence of their own, in the act that makes the letter ready."""

from archive.core.act import Act
from archive.documents import operations as documents
from archive.documents.blobs import Blob
from archive.documents.kinds import Kind, Origin
from archive.documents.models import Version
from archive.dossiers.access import lock
from archive.letters import composing
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.seals import Taken

_KINDS = {LetterKind.RECEIPT: Kind.SERVICE_PROOF, LetterKind.MEDIATION_RECORD: Kind.MEDIATION_RECORD}


def file(row: LetterRow, pdf: Blob, docx: Blob, *, seal: Taken | None = None, act: Act) -> None:
    """File both files and note on the letter their hashes and the seal they bear; a letter that has its files stays.

    Raises RuleBroken when the dossier takes no more documents.
    """
    lock(act.session, row.dossier)
    act.session.refresh(row)
    if not row.files_missing:
        return
    name = composing.of_kind(row).name
    said = f"{name}（{row.number}）" if row.number else name
    word, paper = (
        _deposit(row, blob, f"{said}.{ending}", said, act) for blob, ending in ((docx, "docx"), (pdf, "pdf"))
    )
    row.docx_document_id, row.docx_sha256 = word.document_id, word.sha256
    row.pdf_document_id, row.pdf_sha256 = paper.document_id, paper.sha256
    row.filed_at, row.trouble = act.moment, ""
    row.seal_name, row.seal_sha256 = (seal.name, seal.picture.sha256) if seal else ("", "")
    act.session.flush()
    borne = {"seal": row.seal_name} if seal else {}
    act.record("letter:file", row, number=row.number, pdf=row.pdf_sha256, docx=row.docx_sha256, **borne)


def _deposit(row: LetterRow, blob: Blob, filename: str, title: str, act: Act) -> Version:
    return documents.deposit(
        row.dossier,
        blob,
        filename,
        kind=_KINDS.get(row.kind, Kind.OWN_LETTER),
        title=title if blob.media_type == "application/pdf" else f"{title} Word 稿",
        source=row.content["office"] if row.content else "",
        dated_on=row.issued_on,
        origin=Origin.LETTER,
        act=act,
    )

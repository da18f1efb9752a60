"""The files of a batch taken away together: one archive, or one PDF to print. One letter at a time in memory."""

import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from archive.documents import blobs
from archive.documents.models import Document
from archive.letters.models import LetterRow


def zip_to(path: Path, filed: Sequence[LetterRow]) -> None:
    """Write the files of letters into one archive, letter by letter, so that fifty need no more memory than one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for row in filed:
            for document, ending in ((row.pdf, "pdf"), (row.docx, "docx")):
                if document is not None:
                    archive.writestr(f"{row.number or row.title} {row.dossier.number}.{ending}", _bytes(document))


def print_to(path: Path, filed: Sequence[LetterRow]) -> None:
    """Write the PDFs of letters into one, each beginning on a sheet's front side."""
    import pypdfium2 as pdfium  # here: the library is loaded where a PDF is wanted, not by every process

    with closing(pdfium.PdfDocument.new()) as whole:
        for row in filed:
            if row.pdf is None:
                continue
            with closing(pdfium.PdfDocument(_bytes(row.pdf))) as one:
                if len(whole) % 2:
                    whole.new_page(*one[0].get_size())
                whole.import_pages(one)
        whole.save(path)


def _bytes(document: Document) -> bytes:
    with blobs.open_version(document.latest) as stream:
        return stream.read()

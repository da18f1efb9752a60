"""The files of a batch as an answer, for page and API alike; that they were taken away is recorded."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from flask import Response, send_file

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput
from archive.documents import blobs
from archive.letters import batch_files, batches
from archive.letters.models import LetterRow
from archive.people.guard import person

_WRITERS: Mapping[str, Callable[[Path, Sequence[LetterRow]], None]] = {
    "zip": batch_files.zip_to,
    "pdf": batch_files.print_to,
}


def files(batch_id: uuid.UUID, ending: str) -> Response:
    """Return all letters of a batch that are ready, as `zip` or one `pdf`. Raises NotFound, BadInput."""
    with acting() as act:
        ready = len(_ready(batch_id))
        if not ready:
            raise BadInput("letter.batch_no_files")
        found = batches.find(act.session, batch_id, person())
        act.record("letter_batch:download", found, letters=ready, form=ending)
    with blobs.workplace() as folder:
        path = Path(folder) / f"letters.{ending}"
        _WRITERS[ending](path, _ready(batch_id))
        # Opened before the folder goes; the file lives on until it is sent.
        return send_file(path.open("rb"), as_attachment=True, download_name=f"letters-{batch_id.hex[:8]}.{ending}")


def _ready(batch_id: uuid.UUID) -> list[LetterRow]:
    session = db.session()
    shown = batches.lines(session, batches.find(session, batch_id, person()), person())
    return [row for line in shown for row in line.letters if row.pdf_document_id is not None]

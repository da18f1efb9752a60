"""Pictures of a letter's pages: drawn by a press, marked as a draft until it is issued, kept for a while on disk."""

import hashlib
import json
import os
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from archive.core.errors import NotFound
from archive.core.ports import ports
from archive.documents import blobs
from archive.letters import composing, fonts, rendering
from archive.letters.content import Letter
from archive.letters.content_plain import from_plain, to_plain
from archive.letters.fonts import Role
from archive.letters.models import LetterRow

WIDTH = 820
MOST_PAGES = 12
_MARK = "草　稿"
_INK = (179, 38, 30, 30)


def letter_of(session: Session, row: LetterRow) -> Letter:
    """Return what there is to be seen of a letter: what was issued, else the draft as it stands."""
    return from_plain(row.content) if row.content is not None else composing.draft_letter(session, row)


def draw(row: LetterRow, letter: Letter) -> tuple[str, int]:
    """Draw a letter's pages unless they were drawn before; return their key and how many. Raises PressFailed."""
    plain = json.dumps([to_plain(letter), row.issued_at is None, row.pdf_sha256], ensure_ascii=False, sort_keys=True)
    key = hashlib.sha256(plain.encode()).hexdigest()[:32]
    folder = _folder(row)
    drawn = len(list(folder.glob(f"{key}-*.png")))
    if not drawn:
        if row.pdf is not None:  # as it left the office, with its seal
            with blobs.open_version(row.pdf.latest) as stream:
                pages = rendering.pages_of(stream.read(), pages=MOST_PAGES, width=WIDTH)
        else:
            pages = rendering.pictures(letter, pages=MOST_PAGES, width=WIDTH)
        folder.mkdir(parents=True, exist_ok=True)
        # The first page last: while it is missing, the whole counts as not drawn.
        for no in range(len(pages), 0, -1):
            _put(folder / f"{key}-{no}.png", pages[no - 1] if row.issued_at else marked(pages[no - 1]))
        drawn = len(pages)
    return key, drawn


def picture(row: LetterRow, key: str, no: int) -> bytes:
    """Return a page that was drawn. Raises NotFound."""
    path = _folder(row) / f"{key}-{no}.png"
    if len(key) != 32 or not key.isalnum() or not path.exists():
        raise NotFound("page.none", no=no)
    return path.read_bytes()


def marked(png: bytes) -> bytes:
    """Return the picture of a page with 草稿 across it."""
    with Image.open(BytesIO(png)) as opened:
        page = opened.convert("RGBA")
    size = page.width // 6
    stamp = Image.new("RGBA", (size * 3, size * 2), (255, 255, 255, 0))
    ImageDraw.Draw(stamp).text((size * 1.5, size), _MARK, font=_font(size), fill=_INK, anchor="mm")
    stamp = stamp.rotate(30, expand=True)
    page.alpha_composite(stamp, (max(0, (page.width - stamp.width) // 2), max(0, (page.height - stamp.height) // 2)))
    made = BytesIO()
    page.convert("RGB").quantize(64).save(made, "PNG")
    return made.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    face = fonts.find().stacks[Role.TITLE][0]
    return ImageFont.truetype(str(face.path), size, index=face.index)


def _folder(row: LetterRow) -> Path:
    # Beside the page images of the dossier's documents, so that it goes with them.
    return ports().settings.previews / row.dossier_id.hex / f"letter-{row.id.hex}"


def _put(path: Path, content: bytes) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)

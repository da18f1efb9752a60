"""One letter, both files: rendered, compared, fit to be kept."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.letters.content import Letter
from archive.letters.fonts import Fonts, find
from archive.letters.seal_picture import Seal

if TYPE_CHECKING:
    from archive.letters.docx_styles import WordFonts


@dataclass(frozen=True)
class Files:
    """A letter as it is kept and sent."""

    pdf: bytes
    docx: bytes


def make(
    letter: Letter, fonts: Fonts | None = None, names: "WordFonts | None" = None, seal: Seal | None = None
) -> Files:
    """Return both files, with the seal where the letter has room for one.

    Raises RuleBroken when their texts differ, RuntimeError without libharfbuzz-subset.
    """
    # Here: the renderers load slowly, and only the press needs them.
    from archive.letters import docx, pdf
    from archive.letters.same_text import assert_same_text

    fonts = fonts or find()
    files = Files(pdf.render(letter, fonts, seal), docx.render(letter, fonts, names, seal))
    assert_same_text(letter, files.docx, files.pdf)
    return files

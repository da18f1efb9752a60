"""A seal's picture: checked, encoded anew, and known by its size on paper."""

import hashlib
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from archive.core.errors import BadInput, Problem

NARROWEST, WIDEST = 20.0, 60.0  # millimetres; offices' seals measure 42 to 50 (国发〔1999〕25号)
LEAST_PIXELS, MOST_PIXELS = 300, 3000
MOST_BYTES = 4_000_000
_EMPTY_BELOW = 16  # of 255: what is drawn fainter than this counts as clear
_MOST_FILLED = 0.85  # a seal is lines and characters; a picture that covers everything has no clear ground


@dataclass(frozen=True)
class Seal:
    """A seal ready to be drawn: its picture, and its width and height on paper in millimetres."""

    png: bytes
    width: float
    height: float

    @property
    def sha256(self) -> str:
        """The digest by which a letter names the seal it bears."""
        return hashlib.sha256(self.png).hexdigest()


def read(uploaded: bytes, width: float) -> Seal:
    """Return the seal in an uploaded PNG, encoded anew so that nothing but its pixels is kept.

    Raises BadInput: not a PNG, no clear ground, too coarse, not about as high as wide, a size no seal has.
    """
    if not NARROWEST <= width <= WIDEST:
        raise _refusal("width", "seal.size", least=NARROWEST, most=WIDEST)
    picture = _opened(uploaded)
    if picture.mode not in ("RGBA", "LA", "P", "PA") or (picture.mode == "P" and "transparency" not in picture.info):
        raise _refusal("picture", "seal.opaque")
    picture = picture.convert("RGBA")
    drawn = picture.getchannel("A").point([0 if value < _EMPTY_BELOW else 255 for value in range(256)])
    box = drawn.getbbox()
    if box is None:
        raise _refusal("picture", "seal.blank")
    picture, drawn = picture.crop(box), drawn.crop(box)
    if drawn.histogram()[255] / (drawn.width * drawn.height) > _MOST_FILLED:
        raise _refusal("picture", "seal.opaque")
    if min(picture.size) < LEAST_PIXELS:
        raise _refusal("picture", "seal.coarse", least=LEAST_PIXELS)
    if not 0.6 <= picture.height / picture.width <= 1.7:
        raise _refusal("picture", "seal.shape")
    made = BytesIO()
    picture.save(made, "PNG", optimize=True)
    return Seal(made.getvalue(), width, round(width * picture.height / picture.width, 2))


def kept(png: bytes, width: float) -> Seal:
    """Return a seal that was read before, from its bytes as they are kept."""
    with Image.open(BytesIO(png)) as picture:
        return Seal(png, width, round(width * picture.height / picture.width, 2))


def _opened(uploaded: bytes) -> Image.Image:
    if len(uploaded) > MOST_BYTES:
        raise _refusal("picture", "seal.too_large", most=f"{MOST_BYTES // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(uploaded), formats=("PNG",))
            if max(picture.size) > MOST_PIXELS or getattr(picture, "n_frames", 1) > 1:
                raise _refusal("picture", "seal.too_large", most=f"{MOST_PIXELS} × {MOST_PIXELS}")
            picture.verify()  # sums of every part: a torn file is no seal, whatever else may tolerate it
            picture = Image.open(BytesIO(uploaded), formats=("PNG",))
            picture.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning) as error:
        raise _refusal("picture", "seal.not_png") from error
    return picture


def _refusal(field: str, code: str, **facts: object) -> BadInput:
    return BadInput("input.bad", [Problem(code, field, dict(facts))])

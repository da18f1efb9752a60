"""A seal for the demonstration: drawn, not scanned, and saying that it is none."""

import io
import math

from PIL import Image, ImageDraw, ImageFont

from archive.letters import fonts
from archive.letters.fonts import Role

_RED = (200, 22, 29, 255)
_SIZE = 900
_BELOW = "演示印章"


def picture(name: str) -> bytes:
    """Return a round seal as PNG: the name along the rim, a star in the middle, below that it is a demonstration."""
    made = Image.new("RGBA", (_SIZE, _SIZE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(made)
    draw.ellipse((10, 10, _SIZE - 11, _SIZE - 11), outline=_RED, width=26)
    middle, radius = _SIZE / 2, _SIZE * 0.15
    draw.polygon(
        [
            (middle + length * math.cos(turn), middle + length * math.sin(turn))
            for step in range(10)
            for length, turn in [(radius if step % 2 == 0 else radius * 0.38, step * math.pi / 5 - math.pi / 2)]
        ],
        fill=_RED,
    )
    draw.text((middle, _SIZE * 0.76), _BELOW, font=_font(72), fill=_RED, anchor="mm")
    step = math.radians(min(30.0, 270.0 / max(len(name) - 1, 1)))
    for at, char in enumerate(name):
        turn = (at - (len(name) - 1) / 2) * step
        _put(made, char, turn)
    kept = io.BytesIO()
    made.save(kept, "PNG")
    return kept.getvalue()


def _put(made: Image.Image, char: str, turn: float) -> None:
    """Draw one character of the rim, `turn` radians right of the top."""
    size = 108
    tile = Image.new("RGBA", (size * 2, size * 2), (0, 0, 0, 0))
    ImageDraw.Draw(tile).text((size, size), char, font=_font(size), fill=_RED, anchor="mm")
    tile = tile.rotate(-math.degrees(turn), resample=Image.Resampling.BICUBIC)
    reach = _SIZE * 0.38
    x, y = _SIZE / 2 + reach * math.sin(turn), _SIZE / 2 - reach * math.cos(turn)
    made.alpha_composite(tile, (round(x - size), round(y - size)))


def _font(size: int) -> ImageFont.FreeTypeFont:
    face = fonts.find().stacks[Role.TITLE][0]
    return ImageFont.truetype(str(face.path), size, index=face.index)

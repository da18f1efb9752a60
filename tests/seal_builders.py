"""Seals to try things with."""

import io
import math

from PIL import Image, ImageDraw, PngImagePlugin

RED = (214, 20, 24, 255)


def a_seal_png(size: int = 600, *, margin: int = 20, comment: str = "") -> bytes:
    """Return a round seal with a star on clear ground, as PNG; `margin` pixels of nothing around it."""
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((margin, margin, size - margin - 1, size - margin - 1), outline=RED, width=size // 26)
    middle, radius = size / 2, size / 4.5
    points = [
        (middle + length * math.cos(turn), middle + length * math.sin(turn))
        for step in range(10)
        for length, turn in [(radius if step % 2 == 0 else radius * 0.4, step * math.pi / 5 - math.pi / 2)]
    ]
    draw.polygon(points, fill=RED)
    return as_png(picture, comment)


def as_png(picture: Image.Image, comment: str = "") -> bytes:
    """Return a picture as PNG, with a comment in it."""
    notes = PngImagePlugin.PngInfo()
    if comment:
        notes.add_text("Comment", comment)
    made = io.BytesIO()
    picture.save(made, "PNG", pnginfo=notes)
    return made.getvalue()

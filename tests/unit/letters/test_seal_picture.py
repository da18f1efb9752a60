"""Which pictures are taken for a seal, and what is left of them."""

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from archive.core.errors import BadInput
from archive.letters import seal_picture
from tests.seal_builders import RED, a_seal_png, as_png


def a_picture(mode: str = "RGBA", size: tuple[int, int] = (400, 400), colour: object = (0, 0, 0, 0)) -> Image.Image:
    return Image.new(mode, size, colour)  # type: ignore[arg-type]


def a_jpeg() -> bytes:
    made = io.BytesIO()
    a_picture("RGB", colour=(214, 20, 24)).save(made, "JPEG")
    return made.getvalue()


def a_faint_one() -> bytes:
    return as_png(a_picture(colour=(214, 20, 24, 9)))


def a_strip() -> bytes:
    picture = a_picture(size=(1200, 400))
    ImageDraw.Draw(picture).rectangle((0, 0, 1199, 399), outline=RED, width=20)
    return as_png(picture)


def a_moving_one() -> bytes:
    made = io.BytesIO()
    frames = [Image.open(io.BytesIO(a_seal_png(320))), Image.open(io.BytesIO(a_seal_png(320, margin=40)))]
    frames[0].save(made, "PNG", save_all=True, append_images=frames[1:])
    return made.getvalue()


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (lambda: b"", "seal.not_png"),
        (lambda: a_seal_png()[:-40][:500], "seal.not_png"),
        (a_jpeg, "seal.not_png"),
        (lambda: as_png(a_picture("RGB", colour=(255, 255, 255))), "seal.opaque"),
        (lambda: as_png(a_picture(colour=(255, 255, 255, 255))), "seal.opaque"),
        (lambda: as_png(a_picture()), "seal.blank"),
        (a_faint_one, "seal.blank"),
        (lambda: a_seal_png(200), "seal.coarse"),
        (a_strip, "seal.shape"),
        (a_moving_one, "seal.too_large"),
        (lambda: as_png(a_picture("LA", (4000, 10), (0, 0))), "seal.too_large"),
        (lambda: bytes(seal_picture.MOST_BYTES + 1), "seal.too_large"),
    ],
)
def test_what_is_no_seal_is_refused_with_the_reason(made: Callable[[], bytes], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        seal_picture.read(made(), 42)
    assert [problem.code for problem in refusal.value.problems] == [code]


@pytest.mark.parametrize("width", [19.9, 60.1, float("nan")])
def test_a_size_no_seal_has_is_refused(width: float) -> None:
    with pytest.raises(BadInput):
        seal_picture.read(a_seal_png(), width)


def test_nothing_but_the_pixels_is_kept_and_clear_ground_around_is_cut_off() -> None:
    uploaded = a_seal_png(600, margin=90, comment="drawn on the machine of somebody")
    seal = seal_picture.read(uploaded, 42)
    assert b"somebody" in uploaded
    assert b"somebody" not in seal.png
    with Image.open(io.BytesIO(seal.png)) as picture:
        assert (picture.mode, picture.size, picture.info) == ("RGBA", (420, 420), {})
    assert (seal.width, seal.height) == (42, 42)
    assert seal_picture.kept(seal.png, 42) == seal


def test_a_palette_with_a_clear_colour_is_taken() -> None:
    with Image.open(io.BytesIO(a_seal_png())) as picture:
        assert seal_picture.read(as_png(picture.quantize(8)), 40).width == 40

"""What a template looks like with the shipped example facts: its first pages as pictures."""

import base64
from collections.abc import Sequence
from functools import lru_cache

from archive.core.errors import BadInput, Problem
from archive.letters import rendering
from archive.letters.compose import compose
from archive.letters.examples import example
from archive.letters.templates import Template

PAGES, WIDTH = 3, 900


@lru_cache(maxsize=64)
def pictures(template: Template) -> Sequence[bytes]:
    """Return the first pages as PNG. Raises BadInput when the text grows wild, PressFailed."""
    try:
        letter = compose(template.kind, example(template.kind), template)
    except (ValueError, RecursionError) as error:
        raise BadInput("template.faulty", [Problem("template.wild", "blocks")]) from error
    return rendering.pictures(letter, pages=PAGES, width=WIDTH)


def as_addresses(pages: Sequence[bytes]) -> list[str]:
    """Return pictures as addresses that hold them."""
    return [f"data:image/png;base64,{base64.b64encode(page).decode()}" for page in pages]

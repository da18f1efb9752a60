"""A letter as a value to plain JSON and back: what is frozen at issue, and what is handed to the press."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from archive.letters.content import Annex, Block, Column, Form, Letter, Paragraph, Row, Style, Table

_TUPLES = ("title", "attachments", "copies")


def to_plain(letter: Letter) -> dict[str, Any]:
    """Return the letter as JSON keeps it."""
    return asdict(letter)


def from_plain(plain: Mapping[str, Any]) -> Letter:
    """Return the letter that `to_plain` wrote down, equal to it in every part."""
    given = dict(plain)
    return Letter(
        **{
            **given,
            **{name: tuple(given[name]) for name in _TUPLES},
            "form": Form(given["form"]),
            "blocks": _blocks(given["blocks"]),
            "stub": _blocks(given["stub"]),
            "annexes": tuple(Annex(one["title"], _blocks(one["blocks"])) for one in given["annexes"]),
        }
    )


def _blocks(plain: list[Mapping[str, Any]]) -> tuple[Block, ...]:
    return tuple(
        Paragraph(Style(one["style"]), one["text"])
        if "style" in one
        else Table(
            tuple(Column(**column) for column in one["columns"]),
            tuple(Row(tuple(row["cells"]), row["lines"]) for row in one["rows"]),
        )
        for one in plain
    )

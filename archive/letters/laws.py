"""The texts letters rest on, with the days they were in force, and the ways of redress letters point out.

Shipped in templates/letters/_shared; an office records later changes of the law in the database (template_store.laws).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import yaml

from archive.letters.paths import SHARED


@dataclass(frozen=True)
class Law:
    """A text letters rest on, and when it was in force; `ends` is its last day."""

    code: str
    title: str
    number: str
    begins: date
    ends: date | None
    successor: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the law was in force on a day."""
        return self.begins <= on and (self.ends is None or on <= self.ends)


@dataclass(frozen=True)
class Basis:
    """A law as a template cites it, with the articles in words. What is printed is frozen here; validity is not."""

    law: str
    title: str
    number: str = ""
    articles: str = ""

    def __str__(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        return f"《{self.title}》{number}{self.articles}"


Laws = Mapping[str, Law]


@cache
def shipped() -> Laws:
    """Return the laws that ship with the programme, by code."""
    raw = yaml.safe_load((SHARED / "laws.yaml").read_text(encoding="utf-8"))
    return {
        code: Law(code, one["title"], one.get("number", ""), one["begins"], one.get("ends"), one.get("successor", ""))
        for code, one in raw.items()
    }


@cache
def remedies() -> Mapping[str, tuple[str, ...]]:
    """Return the ways of redress, by occasion."""
    raw = yaml.safe_load((SHARED / "remedies.yaml").read_text(encoding="utf-8"))
    return {occasion: tuple(texts) for occasion, texts in raw.items()}


def not_in_force(cited: tuple[Basis, ...], known: Laws, on: date) -> tuple[Law, ...]:
    """Return the laws cited that are not in force on a day, in order."""
    found = (known[one.law] for one in cited if one.law in known)
    return tuple(law for law in dict.fromkeys(found) if not law.in_force(on))

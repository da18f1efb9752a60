"""The mix of searches the benchmark asks: of each kind so many, drawn from the invented dossiers themselves."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.bench.cards import UNITS
from archive.bench.corpus import dossier, word
from archive.search.folding import fold
from archive.search.port import AccessTerms, SearchRequest, Sort
from archive.search.query import All, Node, Range, Text

FACETS = ("state", "category", "respondent", "unit", "year", "kind")
HEAD = AccessTerms(frozenset({"unit:root"}))


@dataclass(frozen=True)
class Asked:
    """One search of the mix. snippets: the texts of its hits are read and cut too."""

    request: SearchRequest
    snippets: bool = False


def mix(each: int) -> dict[str, list[Asked]]:
    """Return `each` searches of every kind; the same every time and for a corpus of any size, so that growth shows."""
    chance = random.Random("mix")  # noqa: S311  # invented data
    ask = _Asker(chance)
    kinds: dict[str, Callable[[], Asked]] = {
        "single": lambda: Asked(SearchRequest(ask.words(1), HEAD)),
        "and": lambda: Asked(SearchRequest(ask.words(2), HEAD)),
        "phrase": lambda: Asked(SearchRequest(ask.phrase(), HEAD)),
        "number": lambda: Asked(SearchRequest(ask.number(), HEAD)),
        "filter": lambda: Asked(SearchRequest(ask.words(1, ask.period()), ask.clerk(), filters=ask.filters())),
        "facets": lambda: Asked(SearchRequest(ask.words(1), HEAD, facets=FACETS)),
        "sort": lambda: Asked(SearchRequest(ask.words(1), HEAD, sort=chance.choice((Sort.DATE, Sort.AMOUNT)))),
        "snippet": lambda: Asked(SearchRequest(ask.words(1), HEAD), snippets=True),
        "page": lambda: Asked(SearchRequest(ask.words(chance.choice((1, 2))), ask.clerk(), facets=FACETS), True),
    }
    return {kind: [make() for _ in range(each)] for kind, make in kinds.items()}


@dataclass(frozen=True)
class _Asker:
    chance: random.Random

    def words(self, count: int, *more: Node) -> Node:
        """Words of the vocabulary, and one in three out of some dossier's title or names."""
        parts: list[Node] = []
        for _ in range(count):
            if self.chance.randrange(3):
                parts.append(Text(word(self.chance, self.chance.choice(("WHAT", "WHAT", "SO", "DO", "WHO", "HOW")))))
            else:
                one = self.some()
                parts.append(Text(self.chance.choice((one["complainant"], one["org"], one["title"][2:8]))))
        parts += more
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def phrase(self) -> Node:
        """6 to 12 characters of some dossier's text, marks included."""
        text = fold(self.some()["documents"][0]["text"])
        start = self.chance.randrange(len(text) - 12)
        return Text(text[start : start + self.chance.randint(6, 12)])

    def number(self) -> Node:
        """A number of some dossier, whole, or a part of at least four characters; an amount, a date."""
        one = self.some()
        whole = self.chance.choice((one["id_no"], one["phone"], one["number"], one["contract"]))
        length = self.chance.randint(4, len(whole))
        start = self.chance.randrange(len(whole) - length + 1)
        part = whole[start : start + length].strip("-")
        return Text(self.chance.choice((whole, part, part, f"{one['amount']:,.2f}", one["filed"])))

    def period(self) -> Node:
        first = date(2024, 1, 1).toordinal() + self.chance.randrange(700)
        return Range("filed", first, first + self.chance.randrange(30, 400))

    def filters(self) -> dict[str, frozenset[str]]:
        one = self.some()
        return {self.chance.choice(("state", "category")): frozenset({one["state"], one["category"]})}

    def clerk(self) -> AccessTerms:
        """Somebody of a few units, with dossiers of their own, recused from some, barred from restricted ones."""
        units = {f"unit:{unit % 10}.{unit}" for unit in self.chance.sample(range(UNITS), 3)}
        own = f"user:{self.chance.randrange(200)}"
        return AccessTerms(frozenset({*units, "unit:1", own}), frozenset({"restricted", "recused:1"}))

    def some(self) -> dict[str, Any]:
        return dossier(1 + self.chance.randrange(1000))

"""What the rule sets that bind a dossier ask of one letter: what it must say, and to whom it goes. Values; pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.letters import compose
from archive.letters.content import Letter
from archive.letters.facts import get
from archive.letters.kinds import Kind
from archive.procedures.profile import Content

_NO_WORD = re.compile(r"\W+")


@dataclass(frozen=True)
class ToSay:
    """Something the letter must say, in the words of the source, and where the source says so."""

    content: Content
    name: str
    basis: str


@dataclass(frozen=True)
class Receiver:
    """Whom a source names for the letter; `of_class` is a class of addressees, empty where none fits."""

    name: str
    of_class: str
    basis: str


@dataclass(frozen=True)
class Asked:
    """Everything asked of a letter."""

    to_say: Sequence[ToSay] = ()
    receivers: Sequence[Receiver] = ()

    @property
    def words(self) -> str:
        """Who gets the letter, in words: 县消费者协会（《…》二(四)）."""
        names: dict[str, list[str]] = {}
        for one in self.receivers:
            names.setdefault(one.basis, []).append(one.name)
        bases: dict[str, list[str]] = {}
        for basis, some in names.items():
            bases.setdefault("、".join(some), []).append(basis)
        return "；".join(f"{some}（{'、'.join(where)}）" for some, where in bases.items())

    @property
    def only_class(self) -> str:
        """The class of addressees, if the sources name one only."""
        classes = {one.of_class for one in self.receivers}
        return classes.pop() if len(classes) == 1 else ""


NOTHING = Asked()


def unsaid(
    of: Kind, asked: Asked, letter: Letter, said: Mapping[str, Any], redress: Sequence[str]
) -> Iterator[tuple[ToSay, str]]:
    """Yield what the letter does not say, with the path of the field that says it; an empty path: the kind has none.

    `said` are the facts in the words that are printed: a fact that the template leaves out is not said either.
    `redress` are the ways that the template itself points out.
    """
    whole = _bare("".join(compose.texts(letter)))
    pointed_out = any(_bare(line) in whole for line in redress)
    for one in asked.to_say:
        if one.content is Content.REMEDIES and pointed_out:
            continue
        path = of.says.get(one.content, "")
        printed = [_bare(text) for text in _texts(said, path)] if path else []
        if not printed or not all(text in whole for text in printed):
            yield one, path.partition("[].")[0]


def goes_elsewhere(asked: Asked, of_class: str, name: str) -> bool:
    """Tell whether the letter goes to another than the sources name; where a class is open, nobody can tell."""
    if not asked.receivers or not of_class or any(not one.of_class for one in asked.receivers):
        return False
    return all(one.of_class != of_class and one.name not in name for one in asked.receivers)


def _texts(said: Mapping[str, Any], path: str) -> list[str]:
    head, _, column = path.partition("[].")
    value = get(said, head)
    if isinstance(value, list):
        rows = (row.get(column) if isinstance(row, Mapping) else row for row in value)
        return [str(row) for row in rows if row]
    return [str(value)] if value else []


def _bare(text: str) -> str:
    return _NO_WORD.sub("", text)

"""What it means that a dossier's text holds what was asked: the one definition all engines share.

The text of a dossier is its passages in normal form (`archive.search.folding`) with hard breaks between them; nothing
is found across a break. A query chunk becomes a `Needle`, and a text holds it when

* one of the needle's **forms** is a contiguous part of the text. The first form is the chunk's own normal form; others
  exist only where the chunk holds numbers with separators: they may be cut out of the middle of a number that was
  joined in the text ("34,56" out of "1,234,567", "0000-77" out of "199-0000-7731"), or be a code written without; or
* the chunk reads as a code of at least four characters and its joined form is part of a code's joined form; or
* the chunk is, as a whole, a date or an amount and the text holds the same in any spelling (`archive.search.numbers`);
  or
* the chunk has wildcards and its **pattern** matches the text or a joined code.

Engines get there over terms. **Boundary bigrams** are all pairs of neighbouring characters, punctuation, blanks and
breaks included, so that a part of n characters is a phrase of its n-1 bigrams at successive positions, exactly.
**Grams** are the runs of four Latin letters and digits (joined codes too) with a digit among them: rare terms, which a
number's bigrams are not, to find candidates by. An index made by another ANALYSER_VERSION must be rebuilt.
"""

import re
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from archive.search import numbers
from archive.search.folding import HARD_BREAK, fold, fold_characters

ANALYSER_VERSION = "1"

# Stand-ins for blank and break inside terms; `fold` keeps them out of texts.
BLANK, BREAK = "\ufdd0", "\ufdd1"
GRAM = numbers.CODE_LENGTH
STAR = 30  # letters and digits a wildcard `*` stands for at most; a bound, so that no pattern takes for ever

_RUN = re.compile(r"[0-9a-z]{4,}")
_WILD_OR_JOINT = re.compile(r"[*?_/-]")
_CUT_NUMBER = re.compile(r"\A[0-9]+(?:[ ,-][0-9x]+)+|[0-9]+(?:[ ,-][0-9x]+)+\Z")
_GROUPS = ((3, 4, 4), (6, 8, 4), (4, 4, 4, 4, 4))  # telephone, identity card, bank card
_CUT_LENGTH = 6  # fewer digits than this around a hyphen or blank are read as written ("1-2", "10 20")


@dataclass(frozen=True)
class Analysed:
    """A text as it is searched: itself, the joined forms of its codes (with breaks between), its dates and amounts."""

    text: str
    codes: str
    tokens: frozenset[str]


@dataclass(frozen=True)
class Needle:
    """What one query chunk looks for; see the module's words. No forms and no pattern: nothing was asked."""

    forms: tuple[str, ...]
    code: str = ""
    tokens: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    pieces: tuple[str, ...] = ()  # of a pattern: literal parts, each of which a matching text holds

    def occurs_in(self, text: str) -> int:
        """Return how often a form or the pattern occurs in folded text."""
        if self.pattern:
            return sum(1 for _ in self.pattern.finditer(text))
        return sum(text.count(form) for form in self.forms)

    def occurs_in_codes(self, codes: str) -> int:
        """Return how often the joined form, or the pattern, occurs among joined codes."""
        if self.pattern:
            return sum(1 for _ in self.pattern.finditer(codes))
        return codes.count(self.code) if self.code else 0

    def is_in_field(self, text: str) -> bool:
        """Tell whether the text of one field, made by `field_text`, holds what was asked."""
        return bool(self.occurs_in(text) or self.occurs_in_codes(text))

    def is_in(self, analysed: Analysed) -> bool:
        """Tell whether the text holds what was asked."""
        return bool(
            self.occurs_in(analysed.text) or self.occurs_in_codes(analysed.codes) or self.tokens & analysed.tokens
        )


def fold_passages(passages: Iterable[str]) -> str:
    """Return the text of a dossier from its raw passages (title, numbers, names, each document): what is indexed."""
    return HARD_BREAK.join(folded for passage in passages if (folded := fold(passage)))


def analyse(text: str) -> Analysed:
    """Return what is searched in a dossier's text (made by `fold_passages`)."""
    return Analysed(text, joined_codes(text), frozenset(found.token for found in numbers.tokens(text)))


def joined_codes(text: str) -> str:
    """Return the joined forms of the codes in a text, a break after each."""
    return "".join(f"{found.token}{HARD_BREAK}" for found in numbers.codes(text))


def field_text(values: Iterable[str]) -> str:
    """Return the values of one field as one text, joined codes included, so that a part of either is found."""
    text = fold_passages(values)
    return f"{text}{HARD_BREAK}{joined_codes(text)}"


@lru_cache(maxsize=1024)
def needle(chunk: str, *, wild: bool = False) -> Needle:
    """Return what a raw query chunk (one word, or the inside of quotes) looks for.

    wild: `*` stands for up to 30 letters and digits, `?` for one; then dates and amounts are not considered.
    """
    text = fold(chunk)
    if wild:
        pieces = {piece for piece in _WILD_OR_JOINT.split(text) if piece}
        return Needle((), pattern=_pattern(text), pieces=tuple(sorted(pieces, key=len, reverse=True)))
    if not text:
        return Needle(())
    loose = fold_characters(chunk)
    code = numbers.code_asked(text)
    forms = dict.fromkeys((text, loose, _CUT_NUMBER.sub(_rejoined, loose), code or text))
    return Needle(tuple(forms), code, numbers.tokens_asked(text, separated="," in loose and "," not in text))


def _pattern(text: str) -> re.Pattern[str]:
    wild = {"*": f"[0-9a-z]{{0,{STAR}}}", "?": "[0-9a-z]"}
    written = "".join(wild.get(part, re.escape(part)) for part in re.split(r"([*?])", re.sub(r"\*+", "*", text)))
    joined = re.sub(r"\\-|_|/", "", written)
    return re.compile(written if joined == written else f"{written}|{joined}")


def _rejoined(cut: re.Match[str]) -> str:
    """Return a number with separators joined, if it can be what was cut out of a longer number in groups."""
    text = cut[0]
    groups = [len(group) for group in re.split("[ ,-]", text)]
    marks = set(text) & set(" ,-")
    open_left, open_right = cut.start() == 0, cut.end() == len(cut.string)
    if marks == {","}:
        sizes = (len(groups), len(groups) + 1)
        fits = any(_fits(groups, (3,) * size, open_left=True, open_right=open_right) for size in sizes)
    else:
        fits = (
            len(marks) == 1
            and sum(groups) >= _CUT_LENGTH
            and not any(numbers.dates(text))
            and any(_fits(groups, pattern, open_left=open_left, open_right=open_right) for pattern in _GROUPS)
        )
    return "".join(character for character in text if character not in marks) if fits else text


def _fits(groups: list[int], pattern: tuple[int, ...], *, open_left: bool, open_right: bool) -> bool:
    """Tell whether groups of these lengths are a stretch of the pattern, first and last maybe cut short."""
    for at in range(len(pattern) - len(groups) + 1):
        stretch = pattern[at : at + len(groups)]
        first = groups[0] <= stretch[0] if open_left else groups[0] == stretch[0]
        last = groups[-1] <= stretch[-1] if open_right else groups[-1] == stretch[-1]
        if first and last and list(stretch[1:-1]) == groups[1:-1]:
            return True
    return False


def bigrams(text: str) -> Iterator[str]:
    """Yield the bigrams of a text in order; the last one ends with a break, so every character begins one."""
    marked = f"{text}{HARD_BREAK}".replace(" ", BLANK).replace(HARD_BREAK, BREAK)
    return map(add, marked, marked[1:])


def bigram_stream(text: str) -> str:
    """Return the bigrams of a text in order with blanks between, for engines that split at blanks."""
    marked = f"{text}{HARD_BREAK}".replace(" ", BLANK).replace(HARD_BREAK, BREAK)
    # As arrays of code points: making a string of every character would take most of the time of indexing.
    points = array("I", marked.encode("utf-32"))[1:]
    cells = array("I", [ord(" ")]) * (3 * len(text))
    cells[0::3] = points[:-1]
    cells[1::3] = points[1:]
    return str(cells, f"utf-32-{sys.byteorder[0]}e")


def bigrams_asked(form: str) -> list[str]:
    """Return the bigrams of a needle's form, at least two characters long, in order."""
    marked = form.replace(" ", BLANK)
    return list(map(add, marked, marked[1:]))


def grams(*texts: str) -> set[str]:
    """Return the grams of texts (a dossier's text and its joined codes, or what is asked)."""
    return {
        gram
        for text in texts
        for run in _RUN.findall(text)
        for at in range(len(run) - GRAM + 1)
        if not (gram := run[at : at + GRAM]).isalpha()
    }

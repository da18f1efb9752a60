"""Folding: the one normal form in which texts and queries are compared, with the way back to the original.

A passage is searchable by every contiguous part of its normal form. The normal form is made by, in this order:

1. invisible characters (zero width, soft hyphen, controls, byte order mark) are dropped;
2. Unicode NFKC, lower case (Greek final sigma as sigma);
3. traditional to simplified characters, **one character to one character**: no phrase tables, so the form of a
   character never depends on its neighbours and a part of a text folds as it does inside the text;
4. dashes used as hyphens become ``-``, the square and tortoise-shell brackets of document numbers become ``( )``;
5. blanks and line breaks touching a Chinese character or mark are dropped (OCR, PDF), others become one blank;
6. thousands separators are dropped and numbers written in groups (phone 3-4-4, identity card 6-8-4, bank card in
   fours) are joined.

``fold`` is made for bulk (tens of megabytes a second); ``fold_with_map`` gives the same text and, for every character
of it, the span of the original it came from, for highlighting.
"""

import json
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise
from pathlib import Path

import opencc

# Never part of a folded text, so free to mean "here one passage ends and another begins".
HARD_BREAK = "\n"

_HAN_MARKS = "\u2014\u2018-\u201f\u3001-\u303f\ufe30-\ufe4f"
_HAN = (
    _HAN_MARKS + "\u2e80-\u2fff\u3040-\u3098\u309b-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Unicode's noncharacters serve engines as separators, and half surrogates cannot be written: neither belongs in a text.
_FOREIGN = re.compile("[\ufdd0-\ufdef\ud800-\udfff]")
_BLANK = re.compile(r"[^\S ]")
_DOUBLE_BLANK = re.compile(" (?= )")
_SPARE_BLANK = re.compile(rf" (?:(?=[{_HAN}]|\Z)|(?<=[{_HAN}] )|(?<=\A ))")
_THOUSANDS = re.compile(r",(?<=[0-9],)(?<![0-9]{4},)(?=[0-9]{3}(?![0-9]))")
# Patterns begin with a character, their look-behinds come after it: the scanner then jumps from candidate to candidate.
_GROUPED = re.compile(
    r"[0-9](?<![0-9]{2})(?<![0-9][ -][0-9])(?:"
    r"(?<=1)[3-9][0-9]([ -])[0-9]{4}\1[0-9]{4}"
    r"|[0-9]{5} [0-9]{8} [0-9]{3}[0-9x]"
    r"|[0-9]{3}([ -])[0-9]{4}\2[0-9]{4}\2[0-9]{4}(?:\2[0-9]{1,4})?"
    r")(?![ -]?[0-9])"
)
_GROUP_MARK = re.compile("[ -]")
# Most of what NFKC changes in Chinese text is this punctuation; replaced first, NFKC mostly finds nothing left to do.
_COMMON = tuple(zip("，：；（）？！￥\u3000", ",:;()?!¥ ", strict=True))
_ALIKE = tuple(zip("苧ς‐‑‒–−〔〕[]", "苎σ-----()()", strict=True))


@dataclass(frozen=True)
class Folded:
    """A folded text and, for each of its characters, where it begins and ends in the original (character offsets)."""

    text: str
    starts: list[int]
    ends: list[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original behind the folded characters [start, end); end > start."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str) -> str:
    """Return the normal form of one passage; it holds no line break."""
    return join_numbers(fold_characters(text))


def fold_characters(text: str) -> str:
    """Return the normal form without step 6: numbers keep their separators."""
    text = _FOREIGN.sub("\ufffd", _INVISIBLE.sub("", text))
    for old, new in _COMMON:
        text = text.replace(old, new)
    text = _alike(unicodedata.normalize("NFKC", text).lower())
    return _SPARE_BLANK.sub("", _DOUBLE_BLANK.sub("", _BLANK.sub(" ", text)))


def join_numbers(text: str) -> str:
    """Return a text in normal form but for step 6, with step 6 done."""
    return _GROUPED.sub(lambda found: _GROUP_MARK.sub("", found[0]), _THOUSANDS.sub("", text))


def fold_with_map(text: str) -> Folded:
    """Return the normal form of one passage with the way back to the original."""
    gone = {at for found in _INVISIBLE.finditer(text) for at in range(*found.span())}
    kept = [at for at in range(len(text)) if at not in gone] if gone else range(len(text))
    pieces, starts, ends = _compose(_FOREIGN.sub("\ufffd", _INVISIBLE.sub("", text)), kept)
    folded = _BLANK.sub(" ", _alike("".join(pieces)))
    mapped = folded, starts, ends
    for spare in (_DOUBLE_BLANK, _SPARE_BLANK, _THOUSANDS):
        mapped = _without([found.span() for found in spare.finditer(mapped[0])], *mapped)
    text = mapped[0]
    groups = (group.span() for group in _GROUPED.finditer(text))
    return Folded(*_without([mark.span() for span in groups for mark in _GROUP_MARK.finditer(text, *span)], *mapped))


def _without(
    spans: list[tuple[int, int]], text: str, starts: list[int], ends: list[int]
) -> tuple[str, list[int], list[int]]:
    """Cut the spans out of a text and its map."""
    if not spans:
        return text, starts, ends
    kept = [slice(start, end) for start, end in pairwise([0, *chain(*spans), len(text)])][::2]
    return (
        "".join(text[part] for part in kept),
        list(chain.from_iterable(starts[part] for part in kept)),
        list(chain.from_iterable(ends[part] for part in kept)),
    )


def _compose(text: str, kept: Sequence[int]) -> tuple[list[str], list[int], list[int]]:
    """NFKC and lower case piece by piece; a piece is a character, with the marks that join it if there are any.

    kept: where each character of the text stands in the original.
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for line in text.splitlines(keepends=True):
        whole = unicodedata.normalize("NFKC", line).lower().replace("ς", "σ")
        bounds: Sequence[int] = range(len(line))
        parts = list(map(_form, line))
        if "".join(parts) != whole:
            bounds = [start for start, character in enumerate(line) if not (start and _joins_previous(character))]
            parts = [_form(line[start:end]) for start, end in pairwise([*bounds, len(line)])]
        if "".join(parts) != whole:
            # Scripts whose letters join in ways not told by their combining class: the line as one piece, coarsely.
            bounds, parts = [0], [whole]
        pieces += parts
        if len(parts) == len(line) == len(whole):
            starts += kept[at : at + len(line)]
            ends += [place + 1 for place in kept[at : at + len(line)]]
            at += len(line)
            continue
        for part, start, end in zip(parts, bounds, [*bounds[1:], len(line)], strict=True):
            starts += [kept[at + start]] * len(part)
            ends += [kept[at + end - 1] + 1] * len(part)
        at += len(line)
    return pieces, starts, ends


@lru_cache(maxsize=65536)
def _form(piece: str) -> str:
    return unicodedata.normalize("NFKC", piece).lower().replace("ς", "σ")


def _joins_previous(character: str) -> bool:
    if character < "\u0300":
        return False
    return "\u1160" <= character <= "\u11ff" or unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) != 0


def _alike(text: str) -> str:
    """Steps 3 and 4, each character to exactly one."""
    text = _simplifier().convert(text)
    for old, new in _ALIKE:
        text = text.replace(old, new)
    return text


@cache
def _simplifier() -> opencc.OpenCC:
    """Return OpenCC with its character tables only; checked to keep every character in its place."""
    tables = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    dicts = [{"type": "ocd2", "file": str(tables / f"{name}.ocd2")} for name in ("TSCharactersExt", "TSCharacters")]
    group = {"type": "group", "match_policy": "short_circuit", "dicts": dicts}
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as config:
        json.dump({"name": "characters", "conversion_chain": [{"dict": group}]}, config)
        config.flush()
        converter = opencc.OpenCC(config.name)
    every = "".join(map(chr, (*range(0x2E80, 0xD800), *range(0xF900, 0xFB00), *range(0x20000, 0x323B0))))
    if len(converter.convert(every)) != len(every):
        raise RuntimeError("OpenCC's character tables do not map one character to one")
    return converter

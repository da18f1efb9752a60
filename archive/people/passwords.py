"""What makes a password acceptable. Pure; no network, no list of the whole world's passwords."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

SHORTEST = 12
LONGEST = 200
# So much must be left when everything guessable is taken out.
_OWN_PART = 6

# Pieces that guessers put together first: words of sign-in pages, keyboard rows, Chinese favourites, this archive.
_PIECES = sorted((Path(__file__).parent / "guessed.txt").read_text().split(), key=len, reverse=True)
_LEET = str.maketrans("013457@$!", "oieastasi")
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "!@#$%^&*()")
_YEAR = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])?(?:[0-2]\d|3[01])?")
_REPEAT = re.compile(r"(.+?)\1+")


def normal(password: str) -> str:
    """Return the one form of what looks the same from different keyboards (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weaknesses(password: str, *, names: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with a password as codes `password.…`, empty when it will do.

    `names` are the account name and the like, which the password may not lean on. Length counts characters: a sentence
    is welcome, in any script.
    """
    found = []
    if len(password) < SHORTEST:
        found.append("password.short")
    if len(password) > LONGEST:
        found.append("password.long")
    folded = normal(password).lower()
    if any(len(name) >= 3 and name.lower() in folded for name in names):
        found.append("password.name")
    elif SHORTEST <= len(password) <= LONGEST and _own_part(folded) < _OWN_PART:
        found.append("password.common")
    return found


def _own_part(folded: str) -> int:
    """Return how many different characters a guesser's kit leaves over: read plainly, as l33t, or as two rows woven."""
    readings = (folded, folded.translate(_LEET))
    woven = _stripped(folded[::2]) + _stripped(folded[1::2])
    return min(len(set(text)) for text in (*map(_stripped, readings), woven))


def _stripped(text: str) -> str:
    text = _YEAR.sub("", text)
    for piece in _PIECES:
        text = text.replace(piece, "")
    text = _without_runs(text)
    return _REPEAT.sub(r"\1", text)


def _without_runs(text: str) -> str:
    """Return the text without stretches of four or more along a keyboard row or the alphabet, in either direction."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            for length in range(len(line), 3, -1):
                for start in range(len(line) - length + 1):
                    text = text.replace(line[start : start + length], "")
    return text


# No 0/O, 1/l/I: start passwords are read out and typed once.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def start_password() -> str:
    """Return a password for handing over: four groups of four, some 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))

"""Numbers in folded text that people write in several ways: dates, amounts of money, codes.

* A **date** becomes ``d20260305``, and its month ``m202603``: 2026年3月5日, 2026-03-05, 2026.3.5, 2026/3/5, 20260305,
  二〇二六年三月五日; 2026年3月 and 2026-03 become the month alone. A 29 February of any year is taken as written.
* An **amount** becomes ``a1234567`` (in fen, hundredths of a yuan): ¥12345.67, 12345.67元, 1.234567万元, 叁万柒仟元整,
  and bare numbers with exactly two decimals. A bare whole number, or 3万, may count anything and becomes nothing.
* A **code** is a run of Latin letters and digits in parts joined by ``- _ /`` (case, contract, telephone numbers); it
  is known by its joined form, ``2026-ts-000123`` as ``2026ts000123``.

All functions take text in the normal form of ``archive.search.folding`` and give character offsets in it.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

CODE_LENGTH = 4  # the shortest part of a code that is looked for in joined forms (characters)
_WHOLE_CODE = 6  # shorter runs with separators ("1-2", "wi-fi") are text, not codes


class Found(NamedTuple):
    """A token and where it stands in the folded text."""

    token: str
    start: int
    end: int


_DATE = re.compile(
    r"[12](?<![0-9a-z][12])(?:(?<=1)9|(?<=2)0)[0-9]{2}(?:"
    r"年([0-9]{1,2})月(?:([0-9]{1,2})[日号])?"
    r"|([-./])([0-9]{1,2})\3([0-9]{1,2})(?![0-9])(?!-[0-9a-z])"
    r"|-(0[1-9]|1[0-2])(?![0-9])(?!-[0-9a-z])"
    r"|([0-9]{2})([0-9]{2})(?![0-9a-z])"
    r")"
)
_HAN_DATE = re.compile(
    r"[一二][〇零○一二三四五六七八九]{3}年([一二三四五六七八九十]{1,2})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_HAN_DIGITS = {character: str(at) for at, character in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}

# No sum has more whole digits; a longer run of digits is text only (and would cost, or pass, what Python converts).
_WHOLE_DIGITS = 18
_AMOUNT = re.compile(
    rf"([0-9](?<![0-9.][0-9])(?<![a-z0-9]-[0-9])[0-9]{{0,{_WHOLE_DIGITS - 1}}}(\.[0-9]{{1,8}})?)(?![0-9.%])"
    r"(?:([十百千]?[万亿])?(?:([元圆])[整正]?)?)"
)
_SIGNS = ("¥", "$", "人民币", "rmb", "cny")
_HAN_NUMERAL = "[零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖十拾百佰千仟万亿]"
# A run of numerals is tried from its beginning only: long runs that are no amount cost no more than other text.
_HAN_AMOUNT = re.compile(
    rf"{_HAN_NUMERAL}(?<!{_HAN_NUMERAL}{{2}}){_HAN_NUMERAL}{{0,30}}[元圆](?:(.)角)?(?:零?(.)分)?[整正]?"
)
_NUMERALS = dict(
    zip("零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖", (0, 0, 1, 2, 2, *range(3, 10), *range(1, 10)), strict=True)
)
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

_RUN = re.compile(r"[0-9a-z]+(?:[-_/][0-9a-z]+)*")
_JOINTS = re.compile(r"[-_/]")


def tokens(text: str) -> Iterator[Found]:
    """Yield the dates (with their months) and amounts of a text."""
    yield from dates(text)
    yield from amounts(text)


def dates(text: str) -> Iterator[Found]:
    """Yield `d…` and `m…` of every date, `m…` alone of every year with month."""
    for found in _DATE.finditer(text):
        month = found[1] or found[4] or found[6] or found[7]
        yield from _date(found, found[0][:4], int(month), int(found[2] or found[5] or found[8] or 0))
    for found in _HAN_DATE.finditer(text):
        year = "".join(_HAN_DIGITS[digit] for digit in found[0][:4])
        yield from _date(found, year, _below_hundred(found[1]), _below_hundred(found[2] or "零"))


def _date(found: re.Match[str], year: str, month: int, day: int) -> Iterator[Found]:
    if 1 <= month <= 12 and day <= 31:
        yield Found(f"m{year}{month:02}", *found.span())
        if day:
            yield Found(f"d{year}{month:02}{day:02}", *found.span())


def amounts(text: str) -> Iterator[Found]:
    """Yield `a…` (fen) of every amount of money that comes out in whole fen."""
    for found in _AMOUNT.finditer(text):
        number, decimals, unit, yuan = found.groups()
        exact = decimals and len(decimals) == len(".00") and not unit
        if not (exact or yuan or text[max(0, found.start() - 4) : found.start()].rstrip(" ").endswith(_SIGNS)):
            continue
        if exact:
            yield Found(f"a{int(number.replace('.', ''))}", *found.span())
            continue
        fen = Decimal(number) * _number(f"一{unit}" if unit else "一") * 100
        if fen == fen.to_integral_value():
            yield Found(f"a{int(fen)}", *found.span())
    for found in _HAN_AMOUNT.finditer(text):
        whole = found[0][: max(found[0].find("元"), found[0].find("圆"))]
        if any(character in _NUMERALS for character in whole) or whole[0] in _TENS:
            tenths, hundredths = (_NUMERALS.get(digit or "零") for digit in found.groups())
            if tenths is not None and hundredths is not None:
                yield Found(f"a{_number(whole) * 100 + tenths * 10 + hundredths}", *found.span())


def codes(text: str) -> Iterator[Found]:
    """Yield the joined form of every code with separators."""
    for found in _RUN.finditer(text):
        run = found[0]
        if len(run) > _WHOLE_CODE and not run.isalnum():
            joined = _JOINTS.sub("", run)
            if len(joined) >= _WHOLE_CODE and not joined.isalpha() and not _DATE.fullmatch(run):
                yield Found(joined, *found.span())


def code_asked(text: str) -> str:
    """Return the joined form when a whole query chunk reads as (a part of) a code, else an empty string.

    Dates are read as dates only, parts without a digit as text only, short parts with separators ("1-20") as written.
    """
    if not _RUN.fullmatch(text) or _DATE.fullmatch(text):
        return ""
    joined = _JOINTS.sub("", text)
    enough = CODE_LENGTH if joined == text else _WHOLE_CODE
    return joined if len(joined) >= enough and not joined.isalpha() else ""


def tokens_asked(text: str, *, separated: bool) -> frozenset[str]:
    """Return the tokens that mean the same as a whole query chunk: of one date, one month or one amount, else nothing.

    separated: the chunk was written with thousands separators, which makes a bare whole number an amount.
    """
    whole = [found.token for found in dates(text) if (found.start, found.end) == (0, len(text))]
    if whole:
        return frozenset({whole[-1]})
    sign = re.match(r"(?:[¥$]|人民币|rmb|cny) ?", text)
    number = text[sign.end() :] if sign else text
    if separated and re.fullmatch(rf"[0-9]{{1,{_WHOLE_DIGITS}}}", number):
        return frozenset({f"a{int(number) * 100}"})
    start = len(text) - len(number)
    return frozenset(found.token for found in amounts(text) if (found.start, found.end) == (start, len(text)))


def _below_hundred(numerals: str) -> int:
    """Read 五, 十五, 二十, 二十五; 〇 and 零 as 0, and so what is no number (十十, 一二十)."""
    tens, ten, ones = numerals.rpartition("十")
    if tens and tens not in _NUMERALS:
        return 0
    return (_NUMERALS[tens] if tens else 1) * 10 * bool(ten) + (_NUMERALS.get(ones, 0) if ones else 0)


def _number(numerals: str) -> int:
    """Read a Chinese number of whole units: 叁万柒仟陆佰, 一百零五, 两亿."""
    total = section = digit = 0
    for character in numerals:
        if character in _NUMERALS:
            digit = _NUMERALS[character]
        elif character in _TENS:
            section += (digit or 1) * _TENS[character]
            digit = 0
        else:
            value = _MYRIADS[character]
            # 一万亿: a myriad of what was read so far.
            total = (total + section + digit) * value if value > 10**4 else total + (section + digit) * value
            section = digit = 0
    return total + section + digit

"""The query language: what people type in the one search box, read into a tree or refused with a reason.

* blank: both must hold (`冻结 账户`); `AND` may be written. `OR`: either; it binds weaker than a blank: `a b OR c` is
  `(a b) OR c`. `-word` or `NOT word`: must not hold. Operators are capitals.
* quotes (`"…"`, `“…”`): the inside is one chunk, blanks included. A bare word is one chunk too: any contiguous part of
  the text is found, so no wildcards are needed in words.
* parentheses group when the closing one is followed by a blank, another closing one or the end; so document numbers,
  `(2025)银监12号`, need no quotes. Elsewhere in a word parentheses and quotes stand for themselves.
* `field:value` by the names of `archive.search.fields`, in Chinese or English, with either colon. Dates and amounts
  take ranges: `日期:2026-01..2026-06`, `日期:2026`, `金额:>1万`, `金额:1000..5000` (both ends included). A word before
  a colon that names no field is text; the result carries a hint.
* `*` (up to 30 letters and digits) and `?` (one) inside numbers: `2026-TS-*77`, `139????5678`.

A query that cannot be answered raises `QueryProblem`; it never turns into an empty result.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.core.errors import BadInput, Problem
from archive.search import values
from archive.search.analysis import needle
from archive.search.fields import FieldKind, FieldSpec, field_called
from archive.search.folding import fold
from archive.search.query import All, Any, Field, Node, Not, Text

MAX_LENGTH = 800  # characters of a query: nine bytes each of an address of 8,190
MAX_PARTS = 64  # chunks and field conditions
MAX_DEPTH = 16  # parentheses within parentheses
MAX_STARS = 2  # wildcards `*` in one number
MAX_PATTERN = 40  # characters of a number with wildcards

_CLOSING = {'"': '"', "＂": "＂", "“": "”", "”": "”", "「": "」"}
_OPEN, _CLOSE = "(（", ")）"
_MINUS = "-－"
_FIELD = re.compile(r"([^\s:：\"“”＂「()（）]{1,12})[:：]")
_CODE = re.compile(r"[0-9a-z_/*?-]+")
_LETTERS = re.compile(r"[^\W\d]+")


class QueryProblem(BadInput):
    """A query that cannot be answered: `code` says why, `position` where (characters from the start)."""

    def __init__(self, code: str, position: int, **facts: object) -> None:
        super().__init__(code, (Problem(code, "q", {"position": position, **facts}),), position=position, **facts)
        self.position = position


@dataclass(frozen=True)
class ParsedQuery:
    """A tree, and hints (code, facts) on what may have been meant otherwise."""

    root: Node
    hints: tuple[Problem, ...] = ()


def parse(
    query: str, *, words: Mapping[str, Mapping[str, str]] | None = None, seal: values.Seal | None = None
) -> ParsedQuery:
    """Read a query.

    words: for fields of kind WORD, what people write -> the value kept in the index; a field without an entry takes any
    word as it is. seal: turns sealed numbers into tokens; None when the reader may not search by them.
    Raises QueryProblem, always with a position.
    """
    if len(query) > MAX_LENGTH:
        raise QueryProblem("query.too_long", MAX_LENGTH, limit=MAX_LENGTH, length=len(query))
    reader = _Reader(query, words or {}, seal)
    reader.skip_blanks()
    if reader.at_end():
        raise QueryProblem("query.empty", 0)
    root = reader.either(0)
    if not reader.at_end():
        raise QueryProblem("query.paren_close", reader.at)
    return ParsedQuery(root, tuple(reader.hints))


@dataclass
class _Reader:
    """Recursive descent over the characters of a query."""

    query: str
    words: Mapping[str, Mapping[str, str]]
    seal: values.Seal | None
    at: int = 0
    groups: int = 0
    parts: int = 0
    hints: list[Problem] = field(default_factory=list)

    def at_end(self) -> bool:
        return self.at >= len(self.query)

    def skip_blanks(self) -> None:
        while not self.at_end() and self.query[self.at].isspace():
            self.at += 1

    def either(self, depth: int) -> Node:
        """One or more runs joined by OR."""
        runs = [self.together(depth)]
        while self.operator("OR"):
            runs.append(self.together(depth))
        return runs[0] if len(runs) == 1 else Any(tuple(runs))

    def together(self, depth: int) -> Node:
        """One or more conditions joined by blanks or AND."""
        found = [self.condition(depth)]
        while True:
            self.skip_blanks()
            if self.at_end() or self.query[self.at] in _CLOSE or self.ahead("OR"):
                return found[0] if len(found) == 1 else All(tuple(found))
            self.operator("AND")
            found.append(self.condition(depth))

    def condition(self, depth: int) -> Node:
        """One condition, negated or not."""
        self.skip_blanks()
        start = self.at
        if depth > MAX_DEPTH:
            raise QueryProblem("query.too_deep", start, limit=MAX_DEPTH)
        if self.operator("NOT"):
            return Not(self.condition(depth + 1))
        if self.at_end() or self.ahead("OR") or self.ahead("AND"):
            raise QueryProblem("query.operand_missing", start)
        if self.query[start] in _CLOSE:
            raise QueryProblem("query.operand_missing" if self.groups else "query.paren_close", start)
        if self.query[start] in _MINUS:
            self.at += 1
            if self.at_end() or self.query[self.at].isspace():
                raise QueryProblem("query.operand_missing", start)
            return Not(self.condition(depth + 1))
        if self.query[start] in _OPEN:
            end = self.closing_of(start)
            if end is None:
                raise QueryProblem("query.paren_open", start)
            if self.ends_word(end + 1):
                return self.group(end, depth)
        return self.leaf()

    def group(self, end: int, depth: int) -> Node:
        """The inside of the parentheses that open here and close at `end`."""
        if not self.query[self.at + 1 : end].strip():
            raise QueryProblem("query.paren_empty", self.at)
        self.groups += 1
        self.at += 1
        inside = self.either(depth + 1)
        self.groups -= 1
        self.at = end + 1
        return inside

    def leaf(self) -> Node:
        """A chunk of text or a field's condition."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise QueryProblem("query.too_many_parts", self.at, limit=MAX_PARTS)
        start = self.at
        named = _FIELD.match(self.query, self.at)
        spec = field_called(named[1]) if named else None
        if named and spec:
            self.at = named.end()
            if self.at_end() or self.query[self.at].isspace():
                raise QueryProblem("query.field_empty", start, field=spec.name)
            value_at = self.at
            value, quoted = self.chunk(value=True)
            return self.field_condition(spec, value, quoted, value_at)
        chunk, quoted = self.chunk()
        if named and not quoted and _LETTERS.fullmatch(named[1]) and len(chunk) > len(named[0]):
            self.hints.append(Problem("query.field_unknown", "q", {"position": start, "word": named[1]}))
        return self.text_condition(chunk, quoted, start)

    def text_condition(self, chunk: str, quoted: bool, start: int) -> Node:
        wild = not quoted and self.is_wild(chunk, start)
        asked = needle(chunk, wild=wild)
        if not asked.forms and not asked.pattern:
            raise QueryProblem("query.nothing_to_find", start, chunk=chunk)
        text = Text(chunk, wild)
        numbers = () if wild or not self.seal else tuple(values.sealed_like(asked.forms[0], self.seal))
        return Any((text, *numbers)) if numbers else text

    def field_condition(self, spec: FieldSpec, value: str, quoted: bool, start: int) -> Node:
        try:
            match spec.kind:
                case FieldKind.DATE:
                    return values.date_range(spec.name, value)
                case FieldKind.AMOUNT:
                    return values.amount_range(spec.name, value)
                case FieldKind.SEALED:
                    return values.sealed(spec, value, self.seal)
                case FieldKind.WORD:
                    return values.word(spec.name, value, self.words.get(spec.name))
                case FieldKind.TEXT:
                    pass
        except values.ValueProblem as problem:
            raise QueryProblem(problem.code, start, field=spec.name, value=value, **problem.facts) from None
        if not fold(value):
            raise QueryProblem("query.field_empty", start, field=spec.name)
        return Field(spec.name, value, not quoted and self.is_wild(value, start))

    def is_wild(self, chunk: str, start: int) -> bool:
        """Tell whether a chunk has wildcards, and refuse those that cannot be answered."""
        text = fold(chunk)
        if "*" not in text and "?" not in text:
            return False
        if not _CODE.fullmatch(text) or not any(character.isdigit() for character in text):
            if "*" in text:
                raise QueryProblem("query.wildcard_in_text", start, chunk=chunk)
            return False
        if len(re.findall(r"\*+", text)) > MAX_STARS or len(text) > MAX_PATTERN:
            raise QueryProblem("query.wildcard_many", start, chunk=chunk, limit=MAX_STARS, length=MAX_PATTERN)
        if not values.narrow_enough(needle(chunk, wild=True).pieces):
            raise QueryProblem("query.wildcard_short", start, chunk=chunk)
        return True

    def chunk(self, *, value: bool = False) -> tuple[str, bool]:
        """Return the chunk here, and whether it was quoted; self.at moves behind it."""
        start = self.at
        closing = _CLOSING.get(self.query[start])
        if closing:
            end = self.query.find(closing, start + 1)
            if end < 0:
                raise QueryProblem("query.quote_open", start)
            # “飞单”销售: quotation marks out of a text, not the language's.
            if closing in '"＂' or self.ends_word(end + 1):
                self.at = end + 1
                return self.query[start + 1 : end], True
        if value and self.query[start] in _OPEN:
            end_of_group = self.closing_of(start)
            if end_of_group and any(character.isspace() for character in self.query[start:end_of_group]):
                raise QueryProblem("query.field_group", start)
        depth = 0
        while not self.at_end() and not self.query[self.at].isspace():
            if self.query[self.at] in _OPEN:
                depth += 1
            elif self.query[self.at] in _CLOSE:
                if not depth and self.groups:
                    break
                depth = max(0, depth - 1)
            self.at += 1
        return self.query[start : self.at], False

    def closing_of(self, start: int) -> int | None:
        """Return where the parenthesis opened at `start` closes, not looking into quotes."""
        depth, quote = 0, ""
        for at in range(start, len(self.query)):
            character = self.query[at]
            if quote:
                quote = "" if character == quote else quote
            elif character in _OPEN:
                depth += 1
            elif character in _CLOSE:
                depth -= 1
                if not depth:
                    return at
            else:
                quote = _CLOSING.get(character, "")
        return None

    def ends_word(self, at: int) -> bool:
        return at >= len(self.query) or self.query[at].isspace() or self.query[at] in _CLOSE

    def ahead(self, operator: str) -> bool:
        """Tell whether an operator stands here, as a word of its own."""
        end = self.at + len(operator)
        return self.query.startswith(operator, self.at) and (
            end >= len(self.query) or self.query[end].isspace() or self.query[end] in _OPEN
        )

    def operator(self, operator: str) -> bool:
        self.skip_blanks()
        found = self.ahead(operator)
        if found:
            self.at += len(operator)
        return found

"""Matching within one segment of the Whoosh index: candidates by terms, certainty by the text."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archive.search import analysis
from archive.search.analysis import Needle, needle
from archive.search.fields import FIELDS, FieldKind
from archive.search.port import SearchRequest
from archive.search.query import All, Any, Field, Node, Not, Range, Text
from archive.search.texts import TextMemory
from archive.search.whoosh_segment import Segment

_FEW = 16  # reading so many texts costs less than reading another term's postings


@dataclass(frozen=True)
class _Candidates:
    """Documents that hold a needle for certain (with how often, if known), and others that may."""

    sure: set[int]
    maybe: set[int]
    times: dict[int, int]


@dataclass
class Matching:
    """One search in one segment. `counts`: after `find`, how often each chunk of the query occurs in each document."""

    segment: Segment
    live: frozenset[int]
    memory: TextMemory
    counts: dict[Text, dict[int, int]] = field(default_factory=dict)
    _candidates: dict[Needle, _Candidates] = field(default_factory=dict)

    def find(self, request: SearchRequest) -> set[int]:
        """Return the documents that answer a request."""
        segment, readers = self.segment, request.readers
        within = _union(segment.by_acl.get(token, set()) for token in readers.any_of) & self.live
        within -= _union(segment.by_acl.get(token, set()) for token in readers.none_of)
        for name, values in request.filters.items():
            of_value = segment.by_value.get(name, {})
            within &= _union(of_value.get(value, set()) for value in values)
        if request.query is None or not within:
            return within
        return self._match(request.query, self._narrow(request.query, within), negated=False)

    def _narrow(self, node: Node, within: set[int]) -> set[int]:
        """Return what may match, without reading texts."""
        match node:
            case All(parts):
                for part in sorted(parts, key=_is_text):
                    within = self._narrow(part, within)
                return within
            case Any(parts):
                return _union(self._narrow(part, within) for part in parts)
            case Text(chunk, wild):
                candidates = self._of(needle(chunk, wild=wild))
                return within & (candidates.sure | candidates.maybe)
            case Not():
                return within
            case Field() | Range():
                return self._match(node, within, negated=False)

    def _match(self, node: Node, within: set[int], *, negated: bool) -> set[int]:
        match node:
            case All(parts):
                for part in sorted(parts, key=_is_text):
                    within = self._match(part, within, negated=negated)
                return within
            case Any(parts):
                return _union(self._match(part, within, negated=negated) for part in parts)
            case Not(part):
                return within - self._match(part, self._narrow(part, within), negated=True)
            case Text(chunk, wild):
                found = self._hold(needle(chunk, wild=wild), within)
                if not negated:
                    self.counts.setdefault(node, {}).update(found)
                return set(found)
            case Field(name, value, wild) if FIELDS[name].kind is FieldKind.TEXT:
                sought = needle(value, wild=wild)
                rows = self.segment.rows
                return {number for number in within if sought.is_in_field(rows[number].texts.get(name, ""))}
            case Field(name, value):
                return within & self.segment.by_value.get(name, {}).get(value, set())
            case Range(name, low, high):
                return {
                    number for number in within if _in_range(self.segment.rows[number].numbers.get(name), low, high)
                }

    def _hold(self, sought: Needle, within: set[int]) -> dict[int, int]:
        """Return the documents within that hold a needle, and how often, at least once."""
        candidates = self._of(sought)
        found = {number: candidates.times.get(number, 1) for number in candidates.sure & within}
        unsure = sorted((candidates.maybe - candidates.sure) & within)
        rows = self.segment.rows
        cards = [(rows[number].id, rows[number].version) for number in unsure]
        in_codes = bool(sought.code or sought.pattern)
        for number, (_, text) in zip(unsure, self.memory.texts(cards), strict=True):
            times = sought.occurs_in(text)
            if not times and in_codes:
                times = sought.occurs_in_codes(analysis.joined_codes(text))
            if times:
                found[number] = times
        return found

    def _of(self, sought: Needle) -> _Candidates:
        if sought not in self._candidates:
            self._candidates[sought] = self._look_up(sought)
        return self._candidates[sought]

    def _look_up(self, sought: Needle) -> _Candidates:
        documents = self.segment.documents
        sure = _union(documents(f"#{token}") for token in sought.tokens)
        maybe: set[int] = set()
        times: dict[int, int] = {}
        for form in sought.forms:
            if len(form) == 1:
                sure |= self.segment.beginning_with(form)
            elif len(form) == 2:
                times.update(zip(*self.segment.posting(analysis.bigrams_asked(form)[0]), strict=True))
                sure |= times.keys()
            else:
                maybe |= self._with_all({*analysis.bigrams_asked(form), *analysis.grams(form)})
        if len(sought.code) == analysis.GRAM:
            sure |= documents(sought.code)
        elif sought.code:
            maybe |= self._with_all(analysis.grams(sought.code))
        if sought.pattern:
            maybe |= self._with_all(analysis.grams(*sought.pieces))
        return _Candidates(sure, maybe, times)

    def _with_all(self, terms: Iterable[str]) -> set[int]:
        """Return the documents with all these terms, or a few more."""
        rarest, *others = sorted(terms, key=self.segment.how_many)
        found = self.segment.documents(rarest)
        for term in others:
            if len(found) <= _FEW:
                break
            found &= self.segment.documents(term)
        return found


def _is_text(node: Node) -> bool:
    return not isinstance(node, Field | Range)


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set().union(*sets)


def _in_range(number: int | None, low: int | None, high: int | None) -> bool:
    return number is not None and (low is None or low <= number) and (high is None or number <= high)

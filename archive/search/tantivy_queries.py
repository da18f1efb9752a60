"""From the tree of a query to tantivy's queries. No query syntax of the engine is used anywhere.

A part of a text is a phrase of bigrams at fixed distances that cover it: exact, no text is read. The grams of its
numbers go before it as a filter, since the bigrams of numbers stand in every text. Only wildcards are matched outside:
in texts on the texts of the candidates (`Verify`), in fields on their values (`Values`). Tantivy's own patterns are
automata of bounded size, too small for some.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Occur, Query

from archive.search import analysis
from archive.search.analysis import Needle, needle
from archive.search.fields import FIELDS, FieldKind
from archive.search.port import SearchRequest
from archive.search.query import All, Any, Field, Node, Not, Range, Text
from archive.search.tantivy_schema import NO_VALUE, code_of, number_of, stream_of, word_of

Verify = Callable[[Needle, Query], Iterable[str]]
"""(a needle with a pattern, the query of its candidates) -> ids of the cards that hold it."""


Values = Callable[[str], Iterable[str]]
"""(a field of whole values) -> all of them."""


@dataclass(frozen=True)
class Compiler:
    """Compiles requests for one schema."""

    schema: tantivy.Schema
    verify: Verify
    values: Values

    def request(self, request: SearchRequest) -> Query:
        """Return the query of a request: the tree, and always the reader's terms."""
        parts = [(Occur.Must, self._unscored(self._any_of("acl", request.readers.any_of)))]
        parts += [(Occur.MustNot, self._term("acl", token)) for token in request.readers.none_of]
        for name, values in request.filters.items():
            parts.append((Occur.Must, self._unscored(self._any_of(word_of(name), values))))
        visible = Query.boolean_query(parts)
        if request.query:
            parts.append((Occur.Must, self._node(request.query, visible)))
        return Query.boolean_query(parts)

    def _node(self, node: Node, visible: Query) -> Query:
        match node:
            case All(children):
                parts = [self._part(child, visible) for child in children]
                if all(occur == Occur.MustNot for occur, _ in parts):
                    parts.append((Occur.Must, self._unscored(Query.all_query())))
                return Query.boolean_query(parts)
            case Any(children):
                return Query.boolean_query([(Occur.Should, self._node(child, visible)) for child in children])
            case Not():
                return self._node(All((node,)), visible)
            case Text(chunk, wild):
                return self._text(needle(chunk, wild=wild), visible)
            case Field(name, value, wild) if FIELDS[name].kind is FieldKind.TEXT:
                return self._unscored(self._field(name, needle(value, wild=wild)))
            case Field(name, value):
                return self._unscored(self._term(word_of(name), value))
            case Range(name, low, high):
                return self._unscored(self.range(number_of(name), max(low or 0, NO_VALUE + 1), high))

    def _part(self, child: Node, visible: Query) -> tuple[Occur, Query]:
        if isinstance(child, Not):
            return Occur.MustNot, self._node(child.part, visible)
        return Occur.Must, self._node(child, visible)

    def _text(self, sought: Needle, visible: Query) -> Query:
        if sought.pattern:
            candidates = [(Occur.Must, self._term("grams", gram)) for gram in analysis.grams(*sought.pieces)]
            held = self.verify(sought, Query.boolean_query([(Occur.Must, visible), *candidates]))
            return Query.term_set_query(self.schema, "id", list(held))
        if len(sought.forms[0]) == 1:
            return self._term("characters", sought.forms[0])
        ways = [self._among_grams(form, self._part_of("text", form)) for form in sought.forms]
        if sought.code:
            ways.append(self._among_grams(sought.code, self._part_of("codes", sought.code)))
        ways += [self._unscored(self._term("tokens", token)) for token in sought.tokens]
        return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)

    def _field(self, name: str, sought: Needle) -> Query:
        if sought.pattern:
            held = [value for value in self.values(code_of(name)) if sought.pattern.search(value)]
            return Query.term_set_query(self.schema, code_of(name), held)
        forms = dict.fromkeys((*sought.forms, *filter(None, (sought.code,))))
        return Query.boolean_query([(Occur.Should, self._part_of(stream_of(name), form)) for form in forms])

    def _part_of(self, field: str, form: str) -> Query:
        """Texts that hold a form as a contiguous part."""
        pairs = analysis.bigrams_asked(form)
        if not pairs:
            return Query.regex_query(self.schema, field, f"{re.escape(form)}.")
        if len(pairs) == 1:
            return Query.term_query(self.schema, field, pairs[0])
        # Every second bigram covers every character; the last one covers the end.
        places = dict.fromkeys((*range(0, len(pairs), 2), len(pairs) - 1))
        return Query.phrase_query(self.schema, field, [(place, pairs[place]) for place in places])

    def _among_grams(self, form: str, query: Query) -> Query:
        filters = [(Occur.Must, self._unscored(self._term("grams", gram))) for gram in analysis.grams(form)]
        return Query.boolean_query([*filters, (Occur.Must, query)]) if filters else query

    def range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self.schema, field, FieldType.Integer, lower_bound=low, upper_bound=high)

    def _any_of(self, field: str, values: Iterable[str]) -> Query:
        terms = [self._term(field, value) for value in values]
        return Query.boolean_query([(Occur.Should, term) for term in terms]) if terms else Query.empty_query()

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value, "basic")

    @staticmethod
    def _unscored(query: Query) -> Query:
        return Query.const_score_query(query, 0.0)

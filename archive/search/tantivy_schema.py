"""How a card lies in a tantivy index: the fields, and what goes into them."""

from typing import Any

import tantivy

from archive.search import analysis
from archive.search.fields import FIELDS, FieldKind, names
from archive.search.port import SORT_FIELDS, Card

SEQ_ID = "\ufdd0seq"
"""Id of the one document that is no card: it carries the sequence number. No access token admits it."""

TEXTS = names(FieldKind.TEXT)
WORDS = tuple(name for name, spec in FIELDS.items() if spec.kind in (FieldKind.WORD, FieldKind.SEALED) or spec.facet)
NUMBERS = names(FieldKind.DATE, FieldKind.AMOUNT)
CHARACTERS = "characters"  # the tokenizer of that field, made known by `register`
NO_VALUE = -1  # of a sort key; days and amounts are never below zero


def stream_of(name: str) -> str:
    """Return the field with the bigrams of a TEXT field."""
    return f"text_{name}"


def code_of(name: str) -> str:
    """Return the field with a TEXT field's values, folded and whole, and their joined codes: for wildcards."""
    return f"code_{name}"


def word_of(name: str) -> str:
    """Return the field with a field's whole values, counted for facets."""
    return f"word_{name}"


def number_of(name: str) -> str:
    """Return the field with a date or amount."""
    return f"number_{name}"


def build_schema() -> tantivy.Schema:
    """Return the schema: positions where phrases are asked, else bare postings; columns to sort, count and compare."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", fast=True)
    builder.add_integer_field("seq", stored=True)
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("codes", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("characters", tokenizer_name=CHARACTERS, index_option="basic")
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("acl", tokenizer_name="raw", index_option="basic")
    for name in WORDS:
        builder.add_text_field(word_of(name), fast=FIELDS[name].facet, tokenizer_name="raw", index_option="basic")
    for name in TEXTS:
        builder.add_text_field(stream_of(name), tokenizer_name="whitespace", index_option="position")
        builder.add_text_field(code_of(name), tokenizer_name="raw", index_option="basic")
    for name in NUMBERS:
        builder.add_integer_field(number_of(name), fast=True)
    return builder.build()


def register(index: tantivy.Index) -> None:
    """Make our tokenizer known to an index that was just opened."""
    each = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.ngram(1, 1)).build()
    index.register_tokenizer(CHARACTERS, each)


def document(card: Card, schema: tantivy.Schema) -> tantivy.Document:
    """Return what is indexed of a card."""
    analysed = analysis.analyse(card.text)
    content: dict[str, Any] = {
        "id": card.id,
        "version": card.version,
        "text": analysis.bigram_stream(card.text),
        "codes": analysis.bigram_stream(analysed.codes),
        "characters": card.text,
        "grams": " ".join(analysis.grams(analysed.text, analysed.codes)),
        "tokens": " ".join(analysed.tokens),
        "acl": list(card.acl),
    }
    for name, values in card.values.items():
        if FIELDS[name].kind is FieldKind.TEXT:
            text = analysis.field_text(values)
            content[stream_of(name)] = analysis.bigram_stream(text)
            content[code_of(name)] = text.split()
        if name in WORDS:
            content[word_of(name)] = list(dict.fromkeys(values))
    for name in NUMBERS:
        number = card.number(name)
        if number is not None:
            content[number_of(name)] = number
        elif name in SORT_FIELDS.values():
            content[number_of(name)] = NO_VALUE
    return tantivy.Document.from_dict(content, schema)

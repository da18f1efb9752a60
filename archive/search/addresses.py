"""Searches and hits as addresses, and in words."""

from typing import Any
from urllib.parse import parse_qsl

from flask import url_for
from werkzeug.datastructures import MultiDict

from archive.core.errors import BadInput
from archive.documents.citing import citation
from archive.search.excerpts import Excerpt
from archive.search.port import Sort
from archive.search.queries import FACETS, Asked


def asked_of(args: MultiDict[str, str]) -> Asked:
    """Return the search that an address asks for. Raises BadInput."""
    filters = {name: frozenset(args.getlist(name)) for name in FACETS if args.getlist(name)}
    try:
        limit = min(max(int(args.get("limit", 20)), 1), 100)
        sort = Sort(args.get("sort", Sort.RELEVANCE.value))
    except ValueError as error:
        raise BadInput("input.bad") from error
    return Asked(args.get("q", ""), filters, sort, limit, args.get("after", ""))


def asked_in(query_string: str) -> Asked:
    """Return the search that the query string of an address asks for, from its first page on. Raises BadInput."""
    return asked_of(MultiDict((name, value) for name, value in parse_qsl(query_string) if name != "after"))


def address(asked: Asked) -> str:
    """Return the address of the search page for a search."""
    values: dict[str, Any] = {name: sorted(held) for name, held in asked.filters.items() if held}
    return url_for("search.page", q=asked.query, sort=asked.sort.value, after=asked.cursor or None, **values)


def url_of(number: str, excerpt: Excerpt) -> str:
    """Return the address at which an excerpt is seen on its page, marked; empty for what stands on no page."""
    source = excerpt.source
    if source is None:
        return ""
    # url_for leaves out what is None.
    mark = f"{excerpt.mark[0]}-{excerpt.mark[1]}" if excerpt.mark else None
    return url_for(
        "documents.show", number=number, document_id=source.id, n=source.version, page=excerpt.page, mark=mark
    )


def where_of(excerpt: Excerpt) -> str:
    """Return where an excerpt stands, in words."""
    if excerpt.source is None:
        return "登记事项"
    item = f"第 {excerpt.source.label} 件 {excerpt.source.title}"
    return f"{item} · 第 {excerpt.page} 页" if excerpt.page else item


def citation_of(number: str, excerpt: Excerpt) -> str:
    """Return how an excerpt is cited."""
    source = excerpt.source
    if source is None:
        return f"{number} · 登记事项"
    return citation(number, source.label, source.title, source.sha256, excerpt.page)

"""The tabs of a dossier's page. A feature may add its own; one without a page, or not for this reader, is absent."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, g, request, url_for

from archive.people.guard import access_of
from archive.people.rules import Permission, may


@dataclass(frozen=True)
class Tab:
    """A tab: its key, its word, the endpoint that takes the dossier's `number`, its place from left to right."""

    key: str
    title: str
    endpoint: str
    order: int


@dataclass(frozen=True)
class Shown:
    """A tab as drawn."""

    key: str
    title: str
    url: str
    current: bool


_tabs: list[Tab] = [
    Tab("summary", "概况", "dossiers.show", 0),
    Tab("contents", "卷内目录", "documents.index", 10),
    Tab("timeline", "时间线", "dossiers.timeline", 20),
    Tab("letters", "函件", "letters.of_dossier", 30),
    Tab("responses", "答复", "responses.index", 40),
    Tab("parties", "当事人", "dossiers.parties", 50),
    Tab("limits", "期限", "binding.limits", 60),
    Tab("retention", "保管", "retention.of_dossier", 70),
    Tab("access", "查阅与回避", "dossiers.access", 80),
    Tab("trail", "留痕", "dossiers.trail", 90),
]


def add(*tabs: Tab) -> None:
    """Add tabs of another feature; adding one twice changes nothing."""
    known = {tab.key for tab in _tabs}
    _tabs.extend(tab for tab in tabs if tab.key not in known)


def tabs_of(number: str) -> Sequence[Shown]:
    """Return the tabs of a dossier for who is signed in; templates know this as `dossier_tabs(number)`."""
    return [
        Shown(tab.key, tab.title, url_for(tab.endpoint, number=number), request.endpoint == tab.endpoint)
        for tab in sorted(_tabs, key=lambda tab: tab.order)
        if _opens(tab.endpoint)
    ]


def _opens(endpoint: str) -> bool:
    if endpoint not in current_app.view_functions:
        return False
    access = access_of(current_app, endpoint)
    return not isinstance(access, Permission) or may(g.person, access)

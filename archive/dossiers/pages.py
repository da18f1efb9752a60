"""The pages of dossiers; their parts hang on one blueprint."""

from collections.abc import Mapping
from enum import StrEnum
from types import SimpleNamespace
from typing import Any

from flask import g

from archive.core.labels import choices, label
from archive.dossiers import (
    choosing,
    code_pages,
    contact_pages,
    dossier_pages,
    list_pages,
    move_pages,
    queries,
    register_pages,
    states,
)
from archive.dossiers.blueprints import pages
from archive.dossiers.tabs import tabs_of
from archive.people.rules import Permission, may
from archive.procedures.labels import conditions
from archive.procedures.office import INSTITUTIONS

pages.add_app_template_global(tabs_of, "dossier_tabs")

# Codes that the rule sets share with us, in words.
_SHARED: Mapping[str, type[StrEnum]] = {"channel": states.Channel, "source": states.Source, "severity": states.Severity}


@pages.app_template_filter("conditions_word")
def conditions_word(of: Mapping[str, tuple[str, ...]], kinds: Mapping[str, str]) -> str:
    """Return the conditions of a rule set in words; `kinds` are what it calls the types of complaints."""
    named = {name: dict(choices(enum)) for name, enum in _SHARED.items()}
    return conditions(of, {**named, "institution": INSTITUTIONS, "kind": kinds, "party": {"agent": "代理人"}})


for _name, _enum in _SHARED.items():
    pages.add_app_template_filter(lambda code, enum=_enum: label(enum(code)), f"{_name}_word")

_ENUMS = SimpleNamespace(
    State=states.State,
    Channel=states.Channel,
    Source=states.Source,
    Severity=states.Severity,
    PartyKind=states.PartyKind,
    PartyRole=states.PartyRole,
    NoticeKind=states.NoticeKind,
    NoticeChannel=states.NoticeChannel,
    NoticeOutcome=states.NoticeOutcome,
    Hand=queries.Hand,
    Due=queries.Due,
    Sort=queries.Sort,
)


@pages.context_processor
def shared() -> dict[str, Any]:
    """Give the templates the codes to choose from, and what the person may do anywhere."""
    held = {permission.value for permission in Permission if may(g.person, permission)} if g.person else set()
    return {"enums": _ENUMS, "permissions": held}


__all__ = [
    "choosing",
    "code_pages",
    "contact_pages",
    "dossier_pages",
    "list_pages",
    "move_pages",
    "pages",
    "register_pages",
]

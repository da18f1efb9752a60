"""The pages of dossiers; their parts hang on one blueprint."""

from types import SimpleNamespace
from typing import Any

from flask import g

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

pages.add_app_template_global(tabs_of, "dossier_tabs")

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

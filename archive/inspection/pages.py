"""The pages of the auditors' desk; their parts hang on one blueprint."""

from flask import current_app

from archive.inspection import desk_pages, grant_pages
from archive.inspection.blueprints import pages
from archive.people.guard import access_of, person
from archive.people.rules import Permission, may

__all__ = ["desk_pages", "grant_pages", "pages"]

# Title and endpoint; an entry shows to who may open it.
_TABS = (
    ("已办结案卷", "inspection.index"),
    ("审计授权", "inspection.grant_list"),
)


def tabs() -> list[tuple[str, str]]:
    """Return the tabs of the desk that are open to who asks."""
    open_to = (access_of(current_app, endpoint) for _, endpoint in _TABS)
    return [
        one
        for one, access in zip(_TABS, open_to, strict=True)
        if isinstance(access, Permission) and may(person(), access)
    ]


pages.add_app_template_global(tabs, "inspection_tabs")

"""The pages of the auditors' desk; their parts hang on one blueprint."""

from flask import current_app

from archive.inspection import desk_pages, finding_pages, grant_pages, person_pages, report_pages, sample_pages
from archive.inspection.blueprints import pages
from archive.people.guard import access_of, person
from archive.people.rules import Permission, may

__all__ = ["desk_pages", "finding_pages", "grant_pages", "pages", "person_pages", "report_pages", "sample_pages"]

# Title and endpoint; an entry shows to who may open it.
_TABS = (
    ("已办结案卷", "inspection.index"),
    ("抽样", "inspection.samples"),
    ("审计授权", "inspection.grant_list"),
    ("问题", "inspection.finding_list"),
    ("完整性", "inspection.completeness_report"),
    ("谁看过什么", "inspection.reads"),
    ("查看完整号码", "inspection.unmaskings"),
    ("销毁证明", "inspection.certificate_list"),
    ("图表", "inspection.figures"),
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

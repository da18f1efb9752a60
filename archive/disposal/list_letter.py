"""The 销毁清册 as the letter of its kind, in Word and PDF, for the signatures on the day of destruction.

Made when a list is approved and its witnesses have signed in; afterwards the pages of its dossiers are counted nowhere.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.core.clock import shanghai_date
from archive.core.ports import ports
from archive.disposal import queries
from archive.disposal.kinds import LineState, ListState
from archive.disposal.models import DisposalLine, DisposalList
from archive.disposal.rules import WITNESSES_NEEDED
from archive.documents.models import Version
from archive.letters import compose, template_store
from archive.letters.content import Letter
from archive.letters.kinds import LetterKind

_HOW = "自存储系统、数据库、检索索引和缓存中清除"


def is_due(found: DisposalList) -> bool:
    """Whether the list stands as it will be signed: approved, its witnesses known, nothing destroyed yet."""
    return found.state is ListState.APPROVED and len(found.witnesses) >= WITNESSES_NEEDED


def letter(session: Session, found: DisposalList) -> Letter:
    """Return the list as a letter, by the template in force. Two statements."""
    template = template_store.current(session, LetterKind.DISPOSAL_LIST)
    return compose.compose(LetterKind.DISPOSAL_LIST, facts(session, found), template)


def facts(session: Session, found: DisposalList) -> dict[str, Any]:
    """Return what the list says, as the letter kind `disposal-list` takes it. One statement."""
    lines = [line for line in found.lines if line.state is LineState.LISTED]
    counted = session.execute(
        select(Version.dossier_id, func.sum(Version.pages))
        .where(Version.dossier_id.in_([line.dossier_id for line in lines]))
        .group_by(Version.dossier_id)
    )
    pages = {dossier_id: int(count or 0) for dossier_id, count in counted}
    assert found.listed_at is not None
    assert found.approved_at is not None
    return {
        "office": {"name": ports().settings.office_name},
        "list": {
            "number": found.number,
            "fonds": ports().settings.fonds,
            "appraiser": found.proposed_by_name,
            "appraised_on": shanghai_date(found.listed_at).isoformat(),
            "approver": queries.counting(found)[0].person_name,
            "approved_on": shanghai_date(found.approved_at).isoformat(),
            "witnesses": [one.person_name for one in found.witnesses],
            "method": _HOW,
        },
        "items": [_row(line, pages, found) for line in lines],
    }


def _row(line: DisposalLine, pages: Mapping[uuid.UUID, int], found: DisposalList) -> dict[str, Any]:
    assert found.approved_at is not None
    kept = relativedelta(shanghai_date(found.approved_at), line.closed_on).years
    row = {
        "title": line.title[:120],
        "year": str(line.year),
        "number": line.filed_number[:60],
        "due": "永久" if line.rule_years is None else f"{line.rule_years}年",
        "kept": f"{kept}年",
        "pages": pages.get(line.dossier_id) or line.items,
    }
    # What has no pages, a recording say, is counted in items.
    return row if pages.get(line.dossier_id) else {**row, "note": "按件计"}

"""The demonstration's audit: the auditor is let in to what was closed in the last two years."""

from dateutil.relativedelta import relativedelta

from archive.core.act import Machine, acting
from archive.core.clock import shanghai_date
from archive.inspection import grants
from archive.people import queries as people

_MAKER = Machine("演示数据")


def demonstrate() -> None:
    """Let the demonstration's auditor in. Called once, after its office and dossiers were made."""
    with acting(_MAKER) as act:
        today = shanghai_date(act.moment)
        grants.admit(
            people.by_login(act.session, "auditor"),
            people.unit_by_code(act.session, "WQ"),
            since=today - relativedelta(months=23),
            until=today,
            expires_on=today + relativedelta(days=180),
            basis="审计通知书（演示审字〔2026〕1号）",
            reason="投诉处理和档案管理专项审计",
            act=act,
        )

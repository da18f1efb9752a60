"""How a limit stands, in a light and in words. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.core.clock import shanghai_date
from archive.deadlines.history import State as Light
from archive.dossiers.states import State

# A limit that ends within so many days is due soon.
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Standing:
    """How a limit stands at a moment: its light, the words for it, and on hover its day and its ground."""

    light: Light
    text: str
    title: str = ""


def standing(
    *,
    due_at: datetime | None,
    due_rule: str,
    provisional: bool,
    state: State,
    met_at: datetime | None,
    now: datetime,
) -> Standing:
    """Return how the limit that governs stands: met or missed once its duty is done, else how long it still runs."""
    if due_at is None:
        return Standing(Light.PAUSED, "暂停计时", due_rule) if due_rule else Standing(Light.NO_NUMBER, "—")
    last_day = shanghai_date(due_at - timedelta(microseconds=1))
    title = f"{due_rule}：应于 {last_day.isoformat()} 前完成" + ("（暂定，节假日安排尚未公布）" if provisional else "")
    if state in (State.DECLINED, State.WITHDRAWN):
        return Standing(Light.MET, "已结束", title)
    if met_at is not None:
        late = met_at > due_at
        return Standing(Light.MET_LATE if late else Light.MET, "逾期完成" if late else "按期完成", title)
    left = (last_day - shanghai_date(now)).days
    mark = "（暂定）" if provisional else ""
    if now >= due_at:
        return Standing(Light.OVERDUE, f"逾期 {-left} 天{mark}", title)
    text = f"还剩 {left} 天{mark}" if left else f"今天到期{mark}"
    return Standing(Light.DUE_SOON if due_at - now <= SOON else Light.ON_TIME, text, title)

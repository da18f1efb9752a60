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
    answered_at: datetime | None,
    closed_at: datetime | None,
    now: datetime,
) -> Standing:
    """Return how a limit stands: met or missed once answered, else how long it still runs. Pure."""
    if due_at is None:
        return Standing(Light.PAUSED, "暂停计时") if state is State.SUPPLEMENTING else Standing(Light.NO_NUMBER, "—")
    last_day = shanghai_date(due_at - timedelta(microseconds=1))
    title = f"{due_rule}：应于 {last_day.isoformat()} 前答复" + ("（暂定，节假日安排尚未公布）" if provisional else "")
    if state in (State.DECLINED, State.WITHDRAWN):
        return Standing(Light.MET, "已结束", title)
    done = answered_at or closed_at
    if done is not None:
        late = done > due_at
        return Standing(Light.MET_LATE if late else Light.MET, "逾期答复" if late else "按期答复", title)
    left = (last_day - shanghai_date(now)).days
    mark = "（暂定）" if provisional else ""
    if now >= due_at:
        return Standing(Light.OVERDUE, f"逾期 {-left} 天{mark}", title)
    text = f"还剩 {left} 天{mark}" if left else f"今天到期{mark}"
    return Standing(Light.DUE_SOON if due_at - now <= SOON else Light.ON_TIME, text, title)

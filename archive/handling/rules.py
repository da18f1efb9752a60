"""What holds in handling: who decides, what is alike, when to ask again, what the complainant is told. Pure.

Sources: 金融消费者投诉处理办法（XXGS）, 第八条、第十三条、第二十二条; 律所投诉规则（LSTS）, 二(二);
金融消费投诉方案（FAMB）, 二之3.
"""

import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archive.core.clock import shanghai_date
from archive.dossiers.states import State
from archive.handling.kinds import Likeness, Stage
from archive.people.rules import Role
from archive.procedures.profile import Mass, Standing
from archive.procedures.rules import Approved

# Where no bound profile says otherwise. XXGS art. 8 gives no figures: these are the office's own, to be changed there.
USUAL_MASS = Mass(10, 7)
# A follow-up is due so long after the result, unless a profile says.
FOLLOW_UP_AFTER = timedelta(days=15)
# Whom nobody reached in this time is not pursued further.
FOLLOW_UP_WITHIN = timedelta(days=90)
SCORES = range(1, 6)
# A report on a major complaint, unless a profile says: by the end of the next day.
REPORT_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Approver:
    """Who must decide next: a role of the archive, what the rules call it, and by which article."""

    role: Role
    name: str
    article: str = ""
    standing: Standing = Standing.SUPERVISOR


def approvers(asked: Approved | None) -> tuple[Approver, ...]:
    """Return who decides upon the handler's opinion, in order; without a rule the head of the unit.

    Handlers named first are the author's own side: the opinion itself is their step.
    """
    if asked is None:
        return (Approver(Role.HEAD, ""),)
    roles = list(asked.roles)
    while roles and roles[0].standing is Standing.HANDLER:
        roles.pop(0)
    return tuple(Approver(Role(role.core), role.name, asked.reason, role.standing) for role in roles) or (
        Approver(Role.HEAD, ""),
    )


@dataclass(frozen=True)
class Matter:
    """What a complaint is about, as far as likeness goes."""

    respondent_id: uuid.UUID | None
    category: str
    cause: str
    product: str


def keys_of(matter: Matter) -> Mapping[Likeness, str]:
    """Return under which keys a complaint may be like others; what is not filled in is like nothing."""
    found = {}
    if matter.respondent_id is not None:
        found[Likeness.RESPONDENT] = f"respondent:{matter.respondent_id.hex}"
    if matter.category and matter.cause:
        found[Likeness.MATTER] = f"matter:{matter.category}/{matter.cause}"
    if matter.product:
        found[Likeness.PRODUCT] = f"product:{matter.product}"
    return found


def massed(registered: Iterable[tuple[uuid.UUID, datetime]], mass: Mass, at: datetime) -> Sequence[uuid.UUID]:
    """Return the complaints that make a mass with one registered `at`: those of the days up to it, if they are enough.

    Days are days in Shanghai, the day itself counted.
    """
    first = shanghai_date(at) - timedelta(days=mass.days - 1)
    near = [one for one, moment in registered if first <= shanghai_date(moment) <= shanghai_date(at)]
    return near if len(near) >= mass.count else []


# A code is read out, typed on a telephone, copied by hand: nothing in it looks or sounds like something else.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH = 10
CODE_LIVES = timedelta(days=90)


def new_code() -> str:
    """Return a fresh code for the progress page: `ABCDE-23456`, 49 bits of chance."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    return f"{text[:5]}-{text[5:]}"


# Who has it in hand, and whether it was handed over, is the office's own affair.
STAGES: Mapping[State, Stage] = {
    State.REGISTERED: Stage.REGISTERED,
    State.SUPPLEMENTING: Stage.SUPPLEMENT,
    State.ACCEPTED: Stage.HANDLING,
    State.ASSIGNED: Stage.HANDLING,
    State.INVESTIGATING: Stage.HANDLING,
    State.MEDIATING: Stage.MEDIATING,
    State.ANSWERED: Stage.ANSWERED,
    State.REVIEWING: Stage.REVIEWING,
    State.CLOSED: Stage.CLOSED,
    State.DECLINED: Stage.DECLINED,
    State.WITHDRAWN: Stage.WITHDRAWN,
}


def to_ask(attempts: int, most: int, *, reached: bool) -> bool:
    """Tell whether a side is still to be asked after so many attempts since the answer, when `most` are enough."""
    return not reached and attempts < most


def follow_up_due(ended_on: date, days: Sequence[int]) -> date:
    """Return the day until which the sides are to be asked: the earliest that a profile says, else fifteen days."""
    return ended_on + (timedelta(days=min(days)) if days else FOLLOW_UP_AFTER)

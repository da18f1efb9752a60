"""A profile as a person would draw it: the way of a complaint with who decides, and its limits on one scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from archive.procedures.labels import ACTS
from archive.procedures.limit import Limit, Span, Unit
from archive.procedures.profile import Profile

# Steps of the way, in order: the acts of `approvals` that belong to each, and the events its limits end with.
_WAY: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("登记", (), ("forwarded", "forwarded_second", "contacted", "registered")),
    ("受理", ("accept", "decline"), ("accepted", "decided", "declined")),
    ("分办", ("assign",), ("line_received", "reported", "reported_top", "materials_handed", "letter_answered")),
    ("调查处理", ("decide", "mediate", "extend"),
     ("handled", "answered", "second_answered", "investigated", "data_supplied", "memo_done", "opinion_returned",
      "explained", "phoned", "escalation_answered")),
    ("告知", ("issue_letter",), ("result_told", "progress_told", "feedback_sent")),
    ("办结", ("close",), ("closed",)),
    ("回访", ("review",), ("followed_up", "review_requested", "review_decided", "sanctioned")),
)  # fmt: skip
_BOX, _GAP, _LINE = 118, 20, 18


@dataclass(frozen=True)
class Station:
    """One step of the way: its word, who approves what of it, and the limits that end there."""

    word: str
    approvers: tuple[str, ...]
    limits: tuple[str, ...]


def stations(profile: Profile, spoken: "Sequence[tuple[Limit, str]]") -> list[Station]:
    """Return the steps of the profile's way; one without approval and limits is drawn all the same."""
    roles = {role.code: role.name for role in profile.roles}
    approvals = {one.act: f"{ACTS[one.act]}：{'、'.join(roles[code] for code in one.by)}" for one in profile.approvals}
    return [
        Station(
            word,
            tuple(approvals[act] for act in acts if act in approvals),
            tuple(text for limit, text in spoken if limit.to in ends),
        )
        for word, acts, ends in _WAY
    ]


def flow(found: Sequence[Station]) -> Markup:
    """Return the way as boxes from left to right, approvals above, limits below."""
    width = len(found) * (_BOX + _GAP) - _GAP + 4
    deepest = max((len(station.limits) for station in found), default=0)
    top = 26 + _LINE * max((len(station.approvers) for station in found), default=0)
    height = top + 40 + 14 + _LINE * deepest + 6
    opening = Markup('<svg class="chart flow" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>')
    parts = [opening.format(width, height, "办理流程", "办理流程")]
    for index, station in enumerate(found):
        parts.extend(_drawn(station, 2 + index * (_BOX + _GAP), top, index + 1 < len(found)))
    return Markup("").join([*parts, Markup("</svg>")])


def _drawn(station: Station, x: int, top: int, goes_on: bool) -> Iterator[Markup]:
    middle = x + _BOX / 2
    for row, text in enumerate(reversed(station.approvers)):
        yield Markup('<text class="who" x="{}" y="{}" text-anchor="middle"><title>{}</title>{}</text>').format(
            middle, top - 20 - row * _LINE, text, _short(text, 11)
        )
    if station.approvers:
        yield Markup('<path class="gate" d="M{0} {1}v8"/>').format(middle, top - 13)
    yield Markup('<rect class="box" x="{}" y="{}" width="{}" height="40" rx="4"/>').format(x, top, _BOX)
    yield Markup('<text class="word" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        middle, top + 25, station.word
    )
    if goes_on:
        yield Markup('<path class="arrow" d="M{} {}h{}m-6 -4l6 4l-6 4"/>').format(x + _BOX + 2, top + 20, _GAP - 4)
    for row, text in enumerate(station.limits):
        yield Markup('<text class="limit-word" x="{}" y="{}" text-anchor="middle"><title>{}</title>{}</text>').format(
            middle, top + 40 + 18 + row * _LINE, text, _short(text, 11)
        )


# About how long a unit is, in days, to draw all limits of a profile on one scale.
_DAYS = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24, Unit.DAY: 1.0, Unit.WORKDAY: 1.4}


def scale(limits: Sequence[Limit], words: Sequence[str]) -> Markup | None:
    """Return the counted limits as bars on a scale by roots, so that minutes and months both show; None without any.

    The lighter part of a bar is how far it may be extended.
    """
    counted = [(limit, word) for limit, word in zip(limits, words, strict=True) if limit.limit]
    if not counted:
        return None
    longest = max(_days(step) for limit, _ in counted for step in _spans(limit))
    width, left, row = 860, 230, 28
    height = row * len(counted) + 8
    opening = Markup('<svg class="chart limit-scale" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>')
    parts = [opening.format(width, height, "各项时限的长短", "各项时限的长短")]
    room = width - left - 230

    def long(span: Span) -> float:
        return max(room * (_days(span) / longest) ** 0.4, 3) if longest else 3

    for index, (limit, word) in enumerate(counted):
        y = 4 + index * row
        if limit.limit is None:
            continue
        spans = list(_spans(limit))
        parts.append(
            Markup('<text x="{}" y="{}" text-anchor="end"><title>{}</title>{}</text>').format(
                left - 8, y + 15, limit.name, _short(f"{limit.id} {limit.name}", 16)
            )
        )
        parts.append(
            Markup('<rect class="reach" x="{}" y="{}" width="{:.1f}" height="14" rx="2"/>').format(
                left, y + 4, long(spans[-1])
            )
        )
        parts.append(
            Markup('<rect class="bar" x="{}" y="{}" width="{:.1f}" height="14" rx="2"><title>{}</title></rect>').format(
                left, y + 4, long(limit.limit), word
            )
        )
        parts.append(
            Markup('<text class="muted" x="{:.1f}" y="{}">{}</text>').format(left + long(spans[-1]) + 8, y + 15, word)
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _spans(limit: Limit) -> Iterator[Span]:
    if limit.limit:
        yield limit.limit
    yield from (step.to for step in limit.extend if step.to)


def _days(span: Span) -> float:
    return span.amount * _DAYS[span.unit]


def _short(word: str, most: int) -> str:
    return word if len(word) <= most else word[: most - 1] + "…"

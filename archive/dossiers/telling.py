"""By which ways complainants may be told what, and what a notice must say, by the rule sets that bind. Pure."""

from collections.abc import Mapping, Sequence

from archive.core.errors import Problem
from archive.dossiers.states import NoticeChannel, NoticeKind, NoticeOutcome
from archive.dossiers.values import NoticeValue
from archive.procedures.office import Bound
from archive.procedures.overlay import ways

# How the profiles call the ways of telling somebody, by our own.
CHANNELS: Mapping[NoticeChannel, str] = {
    NoticeChannel.LETTER: "letter",
    NoticeChannel.PHONE: "phone",
    NoticeChannel.SMS: "sms",
    NoticeChannel.EMAIL: "email",
    NoticeChannel.VISIT: "in_person",
    NoticeChannel.WEB: "app",
}
# And the notices. What is told besides is news of the progress.
NOTICES: Mapping[NoticeKind, str] = {
    NoticeKind.ACCEPTANCE: "acceptance",
    NoticeKind.REFUSAL: "refusal",
    NoticeKind.SUPPLEMENT: "supplement",
    NoticeKind.EXTENSION: "extension",
    NoticeKind.FORWARDING: "transfer",
    NoticeKind.RESULT: "result",
    NoticeKind.OTHER: "progress",
}


def allowed(bound: Sequence[Bound], kind: NoticeKind) -> tuple[tuple[NoticeChannel, ...], str]:
    """Return the ways that obey every text, and the texts; empty: any way will do."""
    found, said = ways(bound, NOTICES[kind])
    if found is None:
        return (), ""
    return tuple(way for way, name in CHANNELS.items() if name in found), "、".join(
        one.basis for one in said if one.entry.channels
    )


def contents(bound: Sequence[Bound]) -> Mapping[NoticeKind, str]:
    """Return in words what each notice must say, and by which ways and texts, as far as the profiles say."""
    found = {}
    for kind, code in NOTICES.items():
        said = "；".join(
            f"{one.basis}：{'、'.join(one.entry.contents.values())}"
            for one in ways(bound, code)[1]
            if one.entry.contents
        )
        if said:
            found[kind] = said
    return found


def wrong_way(bound: Sequence[Bound], value: NoticeValue) -> list[Problem]:
    """Return a problem when somebody was told in a way that the texts do not count (an attempt may use any way)."""
    if value.outcome is not NoticeOutcome.REACHED:
        return []
    ways_left, basis = allowed(bound, value.kind)
    if not basis or value.channel in ways_left:
        return []
    return [Problem("notice.way", "channel", {"basis": basis, "ways": ways_left})]

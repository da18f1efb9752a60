"""What may be done with documents. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from archive.core.errors import NotFound, RuleBroken
from archive.documents.kinds import Kind, Reading
from archive.dossiers.states import State

# An upload that nobody continues is thrown away.
UPLOAD_LIFE = timedelta(hours=72)
# One that moved within this time is under way: room is held free for the rest of it.
UPLOAD_ACTIVE = timedelta(hours=1)
# Bytes in the store that no row speaks of: left by a crash between the two. Far longer than any upload lives.
BLOB_GRACE = timedelta(days=7)
# Requests within this time belong to the look that was recorded at its beginning.
LOOK = timedelta(minutes=30)
# Files found in containers, over all levels below one item.
MOST_FOUND = 10_000
# How deep containers in containers are opened; see archive.extraction.Limits.depth.
DEEPEST = 5


class Filed(Protocol):
    """What tells whether a version's bytes are there."""

    @property
    def reading(self) -> Reading: ...


class Ending(Protocol):
    """What tells whether a dossier has ended."""

    @property
    def state(self) -> State: ...
    @property
    def closed_at(self) -> datetime | None: ...


def is_open(dossier: Ending) -> bool:
    """Tell whether documents may still be put in and changed.

    A declined dossier ends when the complainant was told: until then the refusal notice can be filed.
    """
    return dossier.closed_at is None


def check_open(dossier: Ending) -> None:
    """Refuse a change of an ended dossier's documents. Raises RuleBroken."""
    if not is_open(dossier):
        raise RuleBroken("document.dossier_ended", state=dossier.state)


def check_there(version: Filed) -> None:
    """Refuse what needs the bytes of a version that was taken out as filed by mistake. Raises NotFound."""
    if version.reading is Reading.TAKEN_OUT:
        raise NotFound("version.taken_out")


def check_room(present: int, most: int) -> None:
    """Refuse an item beyond the number a dossier may hold. Raises RuleBroken."""
    if present >= most:
        raise RuleBroken("document.too_many", most=most)


def label(items: Sequence[int]) -> str:
    """Return an item's number as it is cited (件号): `3`, and `3-1` for the first file found in it."""
    return "-".join(str(item) for item in items)


def shift(item: int, after: int) -> tuple[int, range, int]:
    """Return how items are renumbered when `item` comes behind `after` (0: to the front), without a gap.

    Returned are the new number of the one moved, the numbers in between, and by how much those change.
    """
    if after < item:
        return after + 1, range(after + 1, item), 1
    return after, range(item + 1, after + 1), -1


_BY_SUFFIX = {
    Kind.CALL_RECORDING: (".mp3", ".wav", ".amr", ".m4a", ".aac", ".ogg", ".silk", ".wma"),
    Kind.PHOTO: (".jpg", ".jpeg", ".heic"),
    Kind.MAIL: (".eml", ".msg", ".mbox"),
}
_BY_WORD = (
    (Kind.ID_COPY, ("身份证", "户口", "营业执照")),
    (Kind.MANDATE, ("委托书", "授权书", "委托")),
    (Kind.COMPLAINT_LETTER, ("投诉书", "投诉信", "申诉", "举报信")),
    (Kind.INSTITUTION_REPLY, ("回复", "答复", "复函")),
    (Kind.CONTRACT, ("合同", "协议", "保单", "条款")),
    (Kind.CHAT_LOG, ("聊天", "微信", "对话", "短信")),
    (Kind.CALL_RECORDING, ("录音", "通话")),
    (Kind.BILL, ("账单", "流水", "对账", "明细")),
    (Kind.RECEIPT, ("收据", "发票", "回单", "凭证", "小票")),
    (Kind.STATEMENT, ("说明", "陈述", "情况反映")),
    (Kind.PHOTO, ("照片", "截图", "拍照")),
)


def guess_kind(filename: str) -> Kind:
    """Return what a file most likely is by the words of its name, then by its ending; a person may always change it."""
    for kind, words in _BY_WORD:
        if any(word in filename for word in words):
            return kind
    ending = filename[filename.rfind(".") :].lower() if "." in filename else ""
    return next((kind for kind, endings in _BY_SUFFIX.items() if ending in endings), Kind.OTHER)


def without_numbers(text: str) -> str:
    """Return a text for the audit trail, long runs of digits covered: the trail keeps no personal numbers."""
    return re.sub(r"\d{5,}[xX]?", lambda found: "*" * len(found[0]), text)

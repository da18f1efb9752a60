"""The codes of disposal. Words: archive.disposal.labels."""

from enum import StrEnum


class ListState(StrEnum):
    """Where a disposal list stands."""

    DUE = "due"  # proposed, being appraised
    LISTED = "listed"  # appraised and fixed by its hash
    APPROVED_ONCE = "approved_once"
    APPROVED = "approved"
    EXECUTING = "executing"
    PARTIAL = "partial"  # begun and interrupted; goes on where it stopped
    CERTIFIED = "certified"
    VOID = "void"


class LineState(StrEnum):
    """Where one dossier of a list stands."""

    PROPOSED = "proposed"
    RETAINED = "retained"  # appraised otherwise than to be destroyed
    DROPPED = "dropped"  # taken off the list
    LISTED = "listed"
    ERASING = "erasing"  # its objects are being erased
    ERASED = "erased"  # no object of it is left
    DESTROYED = "destroyed"  # a stub stands in its place
    SKIPPED = "skipped"  # something spoke against it at the last moment


class Decision(StrEnum):
    """What an appraiser says."""

    DESTROY = "destroy"
    KEEP = "keep"
    PERMANENT = "permanent"
    TRANSFER = "transfer"


class PackState(StrEnum):
    """Where an ordered evidence pack stands."""

    WAITING = "waiting"
    GATHERING = "gathering"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"  # its file was removed: its time was over, or a dossier of it was destroyed


UNDER_WAY = (PackState.WAITING, PackState.GATHERING)
"""States of a pack that somebody waits for."""


class PaperKind(StrEnum):
    """Papers about a list, kept for ever beside its certificate."""

    DISPOSAL_LIST = "disposal_list"  # 销毁清册, with the hash that is approved
    SIGNING_LIST = "signing_list"  # 销毁清册 as the letter of its kind, signed when it is destroyed; Word and PDF
    CERTIFICATE = "certificate"  # 销毁证明
    TRANSFER_LIST = "transfer_list"  # 移交清册
    RECEIPT = "receipt"  # what the receiver signed
    DUE_LIST = "due_list"  # 到期清单 of a month


class TransferState(StrEnum):
    """Where a hand-over to an archive stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"  # being packed
    PACKED = "packed"  # every dossier examined and packed; handed over outside
    RECEIVED = "received"  # the receiver's receipt is on record
    VOID = "void"


class ParcelState(StrEnum):
    """Where one dossier of a hand-over stands."""

    WAITING = "waiting"
    PACKED = "packed"
    FAILED = "failed"  # did not pass the examination

"""The codes of keeping. Words: archive.retention.labels."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """What must not be."""

    MISSING = "missing"  # a version of the database is not in the store
    DAMAGED = "damaged"  # its bytes are not what was filed
    LOCK_SHORT = "lock_short"  # its lock ends before it may
    LOCK_FAILED = "lock_failed"  # the store does not take the lock
    LOCK_DIFFERS = "lock_differs"  # the store's lock is not the one in the database
    EXTRA = "extra"  # the store holds what no row speaks of
    OVERWRITTEN = "overwritten"  # another hand wrote under a filed key
    MARKER = "marker"  # a delete marker lies over a filed key
    CLOCK_BACK = "clock_back"
    CLOCK_JUMP = "clock_jump"
    CLOCK_SPREAD = "clock_spread"
    CHAIN = "chain"  # the audit trail does not hold
    STORE_CLOCK = "store_clock"  # the store's clock is not ours
    EXAMINATION = "examination"  # a filed dossier no longer has the four properties
    VIRUS = "virus"  # the scanner found something in a filed version
    REMOVAL = "removal"  # a file taken out is back from a backup and could not be taken out again
    STAMP = "stamp"  # the time stamping authority did not stamp an anchor


class Occasion(StrEnum):
    """When the four properties are examined."""

    FILING = "filing"
    YEARLY = "yearly"
    TRANSFER = "transfer"


class Scanned(StrEnum):
    """What the virus scanner said of a version."""

    CLEAN = "clean"
    FOUND = "found"
    TOO_LARGE = "too_large"  # for the scanner's own limit: not looked at


class HoldStep(StrEnum):
    """What is done to many holds at once."""

    PLACE = "place"
    ASK_RELEASE = "ask_release"
    RELEASE = "release"

"""The codes of what an office decides about its procedures. Words: archive.core.labels."""

from enum import StrEnum


class Origin(StrEnum):
    """Where a version of a profile comes from."""

    SHIPPED = "shipped"
    UPLOADED = "uploaded"


class Subject(StrEnum):
    """What an office decides about a unit, and so about every unit below it."""

    INSTITUTION = "institution"  # which kind of institution it is
    PROFILE = "profile"  # that an internal rule set is in force there, or no longer


class Part(StrEnum):
    """The parts of a rule set by which cases are worked and which two versions are compared by, in this order."""

    LIMITS = "limits"
    CLOSING = "closing"
    DOCUMENTS = "documents"
    ADMISSION = "admission"
    REFUSAL = "non_acceptance"
    APPROVALS = "approvals"
    RETENTION = "retention"

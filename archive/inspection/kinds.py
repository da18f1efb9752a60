"""The codes of the auditors' desk. Words: archive.inspection.labels."""

from enum import StrEnum


class Strata(StrEnum):
    """What a sample is stratified by."""

    NONE = "none"
    CATEGORY = "category"
    UNIT = "unit"
    RESPONDENT = "respondent"


class FindingState(StrEnum):
    """Where an auditor's finding stands."""

    OPEN = "open"  # waits for a reply of the office
    REPLIED = "replied"  # waits for the auditor
    ACCEPTED = "accepted"  # the reply is accepted, what it promises is not yet seen done
    CLOSED = "closed"


class Step(StrEnum):
    """What is said on a finding."""

    RAISE = "raise"
    REPLY = "reply"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    CLOSE = "close"

"""The codes of responses. Words: archive.responses.labels."""

from enum import StrEnum


class Sender(StrEnum):
    """Who replied."""

    INSTITUTION = "institution"
    OTHER_OFFICE = "other_office"
    COMPLAINANT = "complainant"


class Outcome(StrEnum):
    """What the reply comes to."""

    AGREED = "agreed"
    PARTLY_AGREED = "partly_agreed"
    REFUSED = "refused"
    SETTLED = "settled"
    EXPLAINED = "explained"
    MORE_TIME = "more_time"
    NOT_COMPETENT = "not_competent"
    WITHDRAWN = "withdrawn"
    UNCLEAR = "unclear"

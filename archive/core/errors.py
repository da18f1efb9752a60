"""The ways an operation refuses: raised by rules and operations, answered as page or problem+json in `archive.app`."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as data_field
from typing import Any, ClassVar


class ArchiveError(Exception):
    """A refusal with a code (`subject.reason`) and the facts a person needs; it speaks no Chinese itself.

    `archive.core.labels.REFUSALS` holds the sentence for each code, filled with the facts.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code} ({facts})" if facts else self.code


class NotFound(ArchiveError):
    """What was asked for does not exist, or not for this reader."""

    status = 404


class NotAllowed(ArchiveError):
    """The actor lacks the permission."""

    status = 403


class RuleBroken(ArchiveError):
    """The act is against a rule in the present state."""

    status = 409


class StoreDown(ArchiveError):
    """A part the act needs does not answer; nothing was changed, trying again later may succeed."""

    status = 503


@dataclass(frozen=True)
class Problem:
    """One reason among several: a code, the field it belongs to (empty for the whole form), and its facts."""

    code: str
    field: str = ""
    facts: dict[str, Any] = data_field(default_factory=dict)


class BadInput(ArchiveError):
    """Input that cannot be taken. `problems` lists everything wrong at once."""

    status = 422

    def __init__(self, code: str, problems: Sequence[Problem] = (), **facts: Any) -> None:
        super().__init__(code, **facts)
        self.problems = tuple(problems)


class Refused(RuleBroken):
    """A move refused for several reasons, all of them listed."""

    def __init__(self, code: str, problems: Sequence[Problem], **facts: Any) -> None:
        super().__init__(code, **facts)
        self.problems = tuple(problems)

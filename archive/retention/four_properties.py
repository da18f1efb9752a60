"""The four properties (四性检测) of a dossier, after DA/T 70-2018: authentic, whole, usable, safe.

Examined at filing, every year and at transfer. What fails keeps the dossier from being filed; what is only noteworthy
stands in the report. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Property(StrEnum):
    """What is looked at."""

    AUTHENTIC = "authentic"
    WHOLE = "whole"
    USABLE = "usable"
    SAFE = "safe"


class Result(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Object:
    """A version as the row says, and as the store says (None: not there).

    `reading` tells how far it could be read; `scan` what the virus scanner said: clean, found, accepted (found, and
    kept as evidence by name), empty when it was not looked at.
    """

    label: str
    size: int
    sha256: str
    stored: tuple[int, str] | None
    reading: str
    scan: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is filed: items in their order, items without a version, objects, mandatory fields and whether given."""

    items: tuple[int, ...]
    empty_items: tuple[int, ...]
    objects: tuple[Object, ...]
    fields: tuple[tuple[str, bool], ...]
    # Labels of office documents without PDF/A; None at filing, when none is made yet.
    without_rendition: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    property: Property
    code: str
    result: Result
    about: tuple[str, ...] = ()


_UNREADABLE = ("encrypted", "broken", "refused")


def examine(contents: Contents) -> list[Check]:
    """Return the report, in the order of the standard's chapters."""
    return [*_authentic(contents), *_whole(contents), *_usable(contents), _safe(contents)]


def failed(report: Sequence[Check]) -> list[Check]:
    """Return the lines that keep the dossier from being filed."""
    return [check for check in report if check.result is Result.FAILED]


def _authentic(contents: Contents) -> Iterator[Check]:
    changed = [one.label for one in contents.objects if one.stored is not None and one.stored != (one.size, one.sha256)]
    yield _check(Property.AUTHENTIC, "digest", changed)
    yield _check(Property.AUTHENTIC, "fields", [name for name, given in contents.fields if not given])


def _whole(contents: Contents) -> Iterator[Check]:
    gaps = sorted(set(range(1, len(contents.items) + 1)) ^ set(contents.items))
    yield _check(Property.WHOLE, "sequence", [str(item) for item in gaps])
    yield _check(Property.WHOLE, "content", [str(item) for item in contents.empty_items])
    yield _check(Property.WHOLE, "stored", [one.label for one in contents.objects if one.stored is None])


def _usable(contents: Contents) -> Iterator[Check]:
    # Evidence is taken as people bring it: what cannot be opened is told, not refused.
    blocked = [one.label for one in contents.objects if one.reading in _UNREADABLE]
    yield Check(Property.USABLE, "readable", Result.NOTED if blocked else Result.PASSED, tuple(blocked))
    if contents.without_rendition is not None:
        lacking = contents.without_rendition
        yield Check(Property.USABLE, "renditions", Result.NOTED if lacking else Result.PASSED, lacking)


def _safe(contents: Contents) -> Check:
    found = [one.label for one in contents.objects if one.scan == "found"]
    if found:
        return Check(Property.SAFE, "virus", Result.FAILED, tuple(found))
    # What was not looked at is said so, never counted as passed.
    unseen = tuple(one.label for one in contents.objects if not one.scan)
    if unseen:
        return Check(Property.SAFE, "virus", Result.NOT_RUN, unseen if len(unseen) < len(contents.objects) else ())
    accepted = tuple(one.label for one in contents.objects if one.scan == "accepted")
    return Check(Property.SAFE, "virus", Result.NOTED if accepted else Result.PASSED, accepted)


def _check(of: Property, code: str, wrong: Sequence[str]) -> Check:
    return Check(of, code, Result.FAILED if wrong else Result.PASSED, tuple(wrong))

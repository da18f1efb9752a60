"""Who may do what, and where."""

import uuid
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.people.labels import WORDS
from archive.people.rules import (
    LOGIN,
    PERMISSIONS,
    Grant,
    Permission,
    Person,
    Role,
    conflicts,
    covering,
    may,
    pause_after,
    safe_target,
)

ADMINISTRATORS = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}


def a_person(*grants: tuple[Role, str], scopes: frozenset[str] | None = None) -> Person:
    return Person(uuid.uuid4(), "x", "某人", tuple(Grant(role, uuid.uuid4(), path) for role, path in grants), scopes)


def test_a_role_holds_in_its_unit_and_below_and_nowhere_else() -> None:
    officer = a_person((Role.OFFICER, "/1/4/"))
    assert may(officer, Permission.HANDLE, "/1/4/")
    assert may(officer, Permission.HANDLE, "/1/4/9/")
    assert not may(officer, Permission.HANDLE, "/1/")
    assert not may(officer, Permission.HANDLE, "/1/40/")
    assert may(officer, Permission.HANDLE)


def test_a_tokens_scopes_only_take_away() -> None:
    head = a_person((Role.HEAD, "/1/"), scopes=frozenset({"read", "manage_accounts"}))
    assert may(head, Permission.READ)
    assert not may(head, Permission.DECIDE)
    assert not may(head, Permission.MANAGE_ACCOUNTS)


def test_no_administrator_reads_a_dossier_and_nobody_else_administers() -> None:
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        assert Permission.READ not in PERMISSIONS[role]
    for role in set(Role) - ADMINISTRATORS:
        administers = {Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SYSTEM, Permission.READ_AUDIT}
        assert not administers & PERMISSIONS[role]


@pytest.mark.parametrize("pair", list(combinations(Role, 2)))
def test_an_administrator_holds_nothing_else(pair: tuple[Role, Role]) -> None:
    assert bool(conflicts(pair)) == bool(ADMINISTRATORS & set(pair))
    assert conflicts(pair) == conflicts(pair[::-1]), "in either order"


def test_paths_that_another_covers_fall_away() -> None:
    assert covering(["/1/4/", "/1/", "/2/3/", "/1/40/"]) == ("/1/", "/2/3/")


def test_the_pause_grows_and_ends_growing() -> None:
    minutes = [pause_after(failures) for failures in range(4, 12)]
    assert minutes == [None, *(timedelta(minutes=one) for one in (1, 2, 4, 8, 16, 30, 30))]
    assert pause_after(10_000) == timedelta(minutes=30)


@given(st.text())
def test_the_way_after_signing_in_never_leads_away(target: str) -> None:
    found = safe_target(target)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "target", ["//x.example", "/\\x.example", "http://x", "javascript:x", "/\t/x.example", "\n//x", "", "me/"]
)
def test_other_sites_are_not_taken_for_paths(target: str) -> None:
    assert safe_target(target) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert safe_target("/dossiers/2026-TS-000001?tab=letters") == "/dossiers/2026-TS-000001?tab=letters"


@pytest.mark.parametrize(
    ("login", "right"), [("zhang.san", True), ("o2", True), ("o", False), ("2o", False), ("张", False)]
)
def test_account_names_are_plain(login: str, right: bool) -> None:
    assert bool(LOGIN.fullmatch(login)) == right


def test_every_role_and_permission_has_its_word() -> None:
    for enum in (Role, Permission):
        assert set(WORDS[enum]) == set(enum)  # type: ignore[index]

"""Signing in, passwords and second factors: who is it, and how often may one guess.

The slow work of argon2 is done inside the act, under the account's row lock: two guesses at one account never run side
by side, so the count cannot be outrun. (On SQLite a sign-in so holds the only write lock for a tenth of a second.)
"""

import uuid
from datetime import datetime

from flask_security import hash_password
from flask_security.utils import verify_and_update_password
from sqlalchemy import select

from archive.core.act import Act
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.core.ports import ports
from archive.people import queries, second_factor, tokens
from archive.people.models import Account
from archive.people.passwords import normal, weaknesses
from archive.people.rules import START_PASSWORD_LIVES, Deed, login_of, pause_after


def try_password(login: str, password: str, *, act: Act) -> Account | None:
    """Return the account when name and password are right and it may sign in, else None; a failure is noted.

    An unknown name, a wrong password, a shut or a disabled account cost the same time and leave the same kind of trace.
    """
    account = act.session.scalar(select(Account).where(Account.username == login_of(login)).with_for_update())
    right = _password_right(account, password)
    barred = _barred(account, act)
    if account is None or barred or not right:
        _note_failure(account, barred or "password", act)
        return None
    return account


def try_code(uniquifier: str, code: str, *, act: Act) -> Account | None:
    """Return the account when the authenticator's code, or an unused recovery code, is right; a failure is noted."""
    account = act.session.scalar(select(Account).where(Account.fs_uniquifier == uniquifier).with_for_update())
    barred = _barred(account, act)
    if account is None or barred or not _code_right(account, code, act):
        _note_failure(account, barred or "code", act)
        return None
    return account


def confirm_password(account: Account, password: str, *, act: Act) -> bool:
    """Tell whether who sits there knows the password of the account signed in; a failure counts like any other."""
    act.session.refresh(account, with_for_update=True)
    right = _password_right(account, password)
    barred = _barred(account, act)
    if barred or not right:
        _note_failure(account, barred or "password", act)
        return False
    account.failed_attempts = 0
    return True


def sign_in(account: Account, *, act: Act) -> list[tuple[Deed, str, datetime]]:
    """Let the person in: the count starts anew, and from here on it is they who act.

    Returns the resets by administrators since they were here last.
    """
    before = account.last_seen_at
    account.failed_attempts = 0
    account.locked_until = None
    account.last_seen_at = act.moment
    act.actor = queries.person(act.session, account)
    act.record("account:sign_in", account, second_factor=account.second_factor)
    return [note for note in account.reset_notes if before is None or note[2] > before]


def sign_out(account: Account, *, act: Act) -> None:
    """End all sessions of the account, copies of the cookie included."""
    account.fs_uniquifier = uuid.uuid4().hex
    act.record("account:sign_out", account)


def set_password(account: Account, password: str, *, by_administrator: bool, act: Act) -> None:
    """Set a password; all sessions end. One from an administrator must be changed at the next sign-in."""
    account.password = hash_password(normal(password))
    account.password_set_at = act.moment
    account.must_change_password = by_administrator
    account.failed_attempts = 0
    account.locked_until = None
    account.fs_uniquifier = uuid.uuid4().hex


def change_password(account: Account, old: str, new: str, *, act: Act) -> None:
    """Set a new password of one's own choice; sessions and tokens end: who changes it may fear that somebody knew it.

    Raises BadInput with everything that is wrong with it.
    """
    wrong = weaknesses(new, names=(account.username, account.name))
    if normal(new) == normal(old):
        wrong.append("password.same")
    if wrong:
        raise BadInput("input.bad", [Problem(code, "new") for code in wrong])
    set_password(account, new, by_administrator=False, act=act)
    tokens.revoke_all(account, act=act)
    act.record("account:change_password", account)


def enable_second_factor(account: Account, key: str, code: str, *, act: Act) -> list[str]:
    """Ask for a code from now on and return the recovery codes, shown once. Raises BadInput on a wrong code."""
    if account.second_factor:
        raise RuleBroken("code.already")
    counter = second_factor.matching_counter(key, code, act.moment, None)
    if counter is None:
        raise BadInput("input.bad", [Problem("code.wrong", "code")])
    account.totp_sealed = ports().vault.seal(key)
    account.totp_counter = counter
    act.record("account:enable_second_factor", account)
    return new_recovery_codes(account, act=act)


def new_recovery_codes(account: Account, *, act: Act) -> list[str]:
    """Replace the recovery codes and return the new ones, shown once. Raises RuleBroken without a second factor."""
    if not account.second_factor:
        raise RuleBroken("code.none")
    codes = second_factor.new_recovery_codes()
    account.recovery_hashes = [ports().vault.whole(code) for code in codes]
    act.record("account:new_recovery_codes", account, count=len(codes))
    return codes


def disable_second_factor(account: Account, *, act: Act) -> None:
    """Ask for no code any longer."""
    if account.second_factor:
        account.totp_sealed = account.totp_counter = None
        account.recovery_hashes = []
        act.record("account:disable_second_factor", account)


def _password_right(account: Account | None, password: str) -> bool:
    if account is None or not account.password:
        hash_password(normal(password))  # takes as long as comparing: time must not tell which names exist
        return False
    return bool(verify_and_update_password(normal(password), account))


def _code_right(account: Account, code: str, act: Act) -> bool:
    typed = code.replace(" ", "").lower()
    if account.totp_sealed is None:
        return False
    if typed.isascii() and typed.isdigit():
        key = ports().vault.open(account.totp_sealed)
        counter = second_factor.matching_counter(key, typed, act.moment, account.totp_counter)
        if counter is None:
            return False
        account.totp_counter = counter
        return True
    hashed = ports().vault.whole(typed)
    if hashed not in account.recovery_hashes:
        return False
    account.recovery_hashes = [left for left in account.recovery_hashes if left != hashed]
    act.record("account:use_recovery_code", account, left=len(account.recovery_hashes))
    return True


def _barred(account: Account | None, act: Act) -> str:
    """Return why nobody may sign in here now, for the trail alone; empty when they may."""
    if account is None:
        return "unknown"
    if not account.active:
        return "inactive"
    if account.locked_until is not None and account.locked_until > act.moment:
        return "locked"
    set_at = account.password_set_at
    if account.must_change_password and set_at is not None and act.moment > set_at + START_PASSWORD_LIVES:
        return "start_password_old"
    return ""


def _note_failure(account: Account | None, reason: str, act: Act) -> None:
    # What was typed is never noted, not even the name: people type their password into the wrong field.
    act.record("account:sign_in_failed", account, reason=reason, login=account.username if account else "")
    if account is None or reason not in ("password", "code"):
        return
    account.failed_attempts += 1
    pause = pause_after(account.failed_attempts)
    if pause is not None:
        account.locked_until = act.moment + pause
        act.record("account:lock", account, until=account.locked_until, failures=account.failed_attempts)

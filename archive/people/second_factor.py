"""The second factor: codes of an authenticator app (TOTP, RFC 6238) and recovery codes for the day the phone is lost.

The arithmetic is passlib's, as in Flask-Security, whose own pages keep the key in the session, accept a code twice and
know no clock but the machine's; here the key is sealed by the vault and a code counts once.
"""

import base64
import io
import secrets
from datetime import datetime

import qrcode  # type: ignore[import-untyped]
import qrcode.image.svg  # type: ignore[import-untyped]
from passlib.exc import TokenError  # type: ignore[import-untyped]
from passlib.totp import TOTP  # type: ignore[import-untyped]

# Seconds to either side: phones' clocks are off, people type slowly.
_WINDOW = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_key() -> str:
    """Return a new secret in base32, 160 bits."""
    return str(TOTP.new().base32_key)


def address(key: str, login: str, issuer: str) -> str:
    """Return the `otpauth://` address that authenticator apps read."""
    return str(TOTP(key=key).to_uri(label=login, issuer=issuer))


def picture(address: str) -> str:
    """Return the address as a QR code, an SVG picture in a `data:` URL; drawn here, seen by nobody else."""
    drawn = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathFillImage).save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def matching_counter(key: str, code: str, at: datetime, last: int | None) -> int | None:
    """Return the counter a code belongs to, or None when it is wrong, too old, or was used before."""
    try:
        found = TOTP(key=key).match(code, time=at, window=_WINDOW, last_counter=last)
    except TokenError:
        return None
    return int(found.counter)


def new_recovery_codes() -> list[str]:
    """Return fresh recovery codes, each good for one sign-in (some 59 bits, kept as keyed hashes)."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]

"""Personal numbers: encrypted at rest, and found again through keyed hashes of the whole and of the last digits."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass

from cryptography.fernet import Fernet, MultiFernet

# A person reads out the last four to six digits of a card or an ID; shorter tails match half the archive.
TAILS = (4, 5, 6)


@dataclass(frozen=True)
class Vault:
    """Encrypts and hashes. The first key encrypts, every key decrypts, so keys can be rotated."""

    field_keys: tuple[str, ...]
    hash_key: str

    def seal(self, text: str) -> str:
        """Return the text encrypted (Fernet: AES-128-CBC with HMAC-SHA256)."""
        return self._fernet().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text of a sealed value. Raises cryptography.fernet.InvalidToken."""
        return self._fernet().decrypt(sealed.encode()).decode()

    def whole(self, number: str) -> str:
        """Return the keyed hash under which exactly this number is found."""
        return self._digest("whole", squeeze(number))

    def tail(self, digits: str) -> str:
        """Return the keyed hash under which numbers ending in these 4 to 6 characters are found."""
        return self._digest(f"tail{len(digits)}", digits)

    def tokens(self, number: str) -> list[str]:
        """Return all hashes of one number: the whole, then its tails."""
        plain = squeeze(number)
        return [self.whole(plain), *(self.tail(plain[-n:]) for n in TAILS if len(plain) > n)]

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.field_keys])

    def _digest(self, purpose: str, text: str) -> str:
        return hmac.new(self.hash_key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()[:40]


def squeeze(number: str) -> str:
    """Return a number as it is compared: half-width, upper case, without blanks and separators."""
    return re.sub(r"[\s\-.()·]", "", unicodedata.normalize("NFKC", number)).upper()

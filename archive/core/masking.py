"""Personal numbers and names as screens and letters show them: enough to tell two persons apart, no more."""

from archive.core.crypto import squeeze

_HIDDEN = "*"


def mask_id(number: str) -> str:
    """Return an identity number with its first three and last four characters: `320***********001X`."""
    return _middle(squeeze(number), first=3, last=4)


def mask_phone(number: str) -> str:
    """Return a telephone number with its first three and last four digits: `138****5678`."""
    return _middle(squeeze(number).removeprefix("+86"), first=3, last=4)


def mask_card(number: str) -> str:
    """Return a card, account or contract number with its last four characters: `************0123`."""
    return _middle(squeeze(number), first=0, last=4)


def mask_name(name: str) -> str:
    """Return a name with its first character: `王**`; the length stays."""
    plain = name.strip()
    return plain[:1] + _HIDDEN * (len(plain) - 1)


def _middle(text: str, *, first: int, last: int) -> str:
    # Where little would be hidden, less is shown: at least a third of any number stays covered.
    shown = first + last
    if 2 * len(text) < 3 * shown:
        first, last = 0, min(last, len(text) // 2)
    return text[:first] + _HIDDEN * (len(text) - first - last) + text[len(text) - last :]

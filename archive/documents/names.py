"""Names of files: as people wrote them, made safe to show, to print and to send in a header. Pure."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 200  # characters; leaves room for a counter within the 255 bytes of most file systems in Latin names
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def shown(name: str) -> str:
    """Return a file's name without folders, control and direction marks; long ones shortened before their ending."""
    last = re.split(r"[/\\]", _visible(name).strip().rstrip("/\\"))[-1].strip()
    if last in ("", ".", ".."):
        return "未命名"
    found = _SUFFIX.search(last)
    suffix = found[0] if found else ""
    return last[: LONGEST - len(suffix)].removesuffix(suffix) + suffix if len(last) > LONGEST else last


def folder(path: str) -> str:
    """Return the folders of a relative path, cleaned for showing: `材料/合同`; empty when there are none."""
    parts = [part.strip() for part in re.split(r"[/\\]", _visible(path))[:-1]]
    kept = [part for part in parts if part not in ("", ".", "..") and not re.fullmatch(r"[A-Za-z]:", part)]
    return "/".join(kept)[-500:]


def stem(name: str) -> str:
    """Return a shown name without its ending, for a title."""
    return _SUFFIX.sub("", name) or name


def suffix(name: str) -> str:
    """Return a name's ending in lower case with its dot, or nothing."""
    found = _SUFFIX.search(name)
    return found[0].lower() if found else ""


def disposition(manner: str, name: str, plain: str) -> str:
    """Return a Content-Disposition value (RFC 6266): `plain` is the ASCII fallback, `name` goes as UTF-8 (RFC 8187).

    The fallback of a Chinese name must tell something by itself: stripping what is not ASCII would leave `.pdf`.
    """
    ascii_name = re.sub(r"[^A-Za-z0-9._-]", "_", plain)
    return f"{manner}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _visible(name: str) -> str:
    # Not printable: control characters, and the direction marks that make `报价fdp.exe` read `报价exe.pdf`. The joiner
    # inside an emoji is kept; blanks of every width (as the Chinese one) become plain ones.
    text = re.sub(r"[^\S\t\r\n\v\f]", " ", unicodedata.normalize("NFC", name))
    return "".join(letter for letter in text if letter.isprintable() or letter == "\u200d")

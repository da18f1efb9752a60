"""How a passage is cited: dossier, item, page, and the bytes it was read from."""

_SHORT = len("sha256:") + 8
"""Of the checksum enough to tell the versions of a file apart; the whole stands on the document's page."""


def citation(number: str, label: str, title: str, sha256: str = "", page: int | str | None = None) -> str:
    """Return `2026-TS-000123 · 第 3-1 件《通话记录》 · 第 2 页 · sha256:1a2b3c4d`; what is not given is left out."""
    parts = [number, f"第 {label} 件《{title}》"]
    if page is not None:
        parts.append(f"第 {page} 页")
    if sha256:
        parts.append(sha256[:_SHORT])
    return " · ".join(parts)

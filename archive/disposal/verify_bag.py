"""Check this evidence pack, anywhere, with nothing but Python's standard library:  python3 verify.py

Every file must be listed and unchanged, none may be missing or added (BagIt, RFC 8493); every entry of the audit
excerpt must match its hash; the figures in bag-info.txt must be those of the pack. Exits 1 and names what is wrong.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
TAGS = {"tagmanifest-sha256.txt"}


def listed(name: str) -> dict[str, str]:
    """Return the hashes a manifest lists, by path."""
    found = {}
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        for line in file:
            digest, _, path = line.rstrip("\n").partition(" ")
            found[path.strip().replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")] = digest
    return found


def digest_of(path: str) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(os.path.join(HERE, path), "rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def present() -> set[str]:
    """Return every file of the pack, by path from here."""
    found = set()
    for folder, _, names in os.walk(HERE):
        for name in names:
            found.add(os.path.relpath(os.path.join(folder, name), HERE).replace(os.sep, "/"))
    return found


def check_files() -> Iterator[str]:
    """Yield what is wrong with the files."""
    known = {**listed("tagmanifest-sha256.txt"), **listed("manifest-sha256.txt")}
    there = present()
    for path in sorted(set(known) - there):
        yield f"missing: {path}"
    for path in sorted(there - set(known) - TAGS):
        yield f"extra: {path}"
    for path in sorted(there & set(known)):
        if digest_of(path) != known[path]:
            yield f"changed: {path}"


def check_entries() -> Iterator[str]:
    """Yield what is wrong with the audit excerpt."""
    with open(os.path.join(HERE, "data", "audit.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            text = json.dumps(row["entry"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            digest = hashlib.sha256(row["previous"].encode() + b"\n" + text.encode()).hexdigest()
            if digest != row["hash"]:
                yield f"audit entry {row['entry']['seq']} does not match its hash"


def check_figures() -> Iterator[str]:
    """Yield which figures of bag-info.txt are not those of the pack."""
    with open(os.path.join(HERE, "bag-info.txt"), encoding="utf-8") as file:
        told = dict(line.rstrip("\n").split(": ", 1) for line in file if ": " in line)
    originals = [path for path in present() if path.startswith("data/originals/")]
    with open(os.path.join(HERE, "data", "audit.jsonl"), encoding="utf-8") as file:
        entries = sum(1 for _ in file)
    size = sum(os.path.getsize(os.path.join(HERE, path)) for path in originals)
    for name, figure in (("Originals", len(originals)), ("Original-Bytes", size), ("Audit-Entries", entries)):
        if told.get(name) != str(figure):
            yield f"{name}: bag-info.txt says {told.get(name)}, the pack holds {figure}"


def main() -> int:
    """Check everything and say what was found."""
    wrong = [*check_files()]
    if not wrong:
        wrong = [*check_entries(), *check_figures()]
    print("\n".join(wrong) or "OK: complete and unchanged")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

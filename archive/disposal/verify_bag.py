"""Check this evidence pack, anywhere, with nothing but Python's standard library:  python3 verify.py

Every file must be listed and unchanged, none may be missing or added (BagIt, RFC 8493); every entry of the audit
excerpts must match its hash and lie under its anchored Merkle root (RFC 6962); the figures in bag-info.txt must be
those of the pack. Exits 1 and names what is wrong.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterator

HERE = os.path.dirname(os.path.abspath(__file__))
TAGS = {"tagmanifest-sha256.txt"}


def lines(name: str) -> Iterator[str]:
    """Yield the lines of a text file of the pack."""
    with open(os.path.join(HERE, name), encoding="utf-8", newline="\n") as file:
        yield from (line.rstrip("\n") for line in file)


def listed(name: str) -> dict[str, str]:
    """Return the hashes a manifest lists, by path."""
    rows = (line.partition(" ") for line in lines(name))
    return {
        path.strip().replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"): digest for digest, _, path in rows
    }


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
        found |= {os.path.relpath(os.path.join(folder, name), HERE).replace(os.sep, "/") for name in names}
    return found


def check_files() -> Iterator[str]:
    """Yield what is wrong with the files."""
    known = {**listed("tagmanifest-sha256.txt"), **listed("manifest-sha256.txt")}
    there = present()
    yield from (f"missing: {path}" for path in sorted(set(known) - there))
    yield from (f"extra: {path}" for path in sorted(there - set(known) - TAGS))
    yield from (f"changed: {path}" for path in sorted(there & set(known)) if digest_of(path) != known[path])


def sha(*parts: bytes) -> bytes:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaf: str, index: int, size: int, path: list[str]) -> str:
    """Return the Merkle root that a leaf and its path lead to (RFC 9162, 2.1.3.2); empty when they lead nowhere."""
    found, last = sha(b"\x00", bytes.fromhex(leaf)), size - 1
    for step in map(bytes.fromhex, path):
        if last == 0:
            return ""
        if index & 1 or index == last:
            found = sha(b"\x01", step, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = sha(b"\x01", found, step)
        index, last = index >> 1, last >> 1
    return found.hex() if last == 0 else ""


def check_entries() -> Iterator[str]:
    """Yield what is wrong with the audit excerpts."""
    anchors = {row["last"]: row for row in map(json.loads, lines("data/anchors.jsonl"))}
    for path in sorted(one for one in present() if one.endswith("/audit.jsonl") and one.count("/") == 2):
        for row in map(json.loads, lines(path)):
            seq, proof = row["entry"]["seq"], row["proof"]
            text = json.dumps(row["entry"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if sha(row["previous"].encode(), b"\n", text.encode()).hex() != row["hash"]:
                yield f"{path}: entry {seq} does not match its hash"
            elif proof is not None:
                anchor = anchors.get(proof["anchor"])
                if anchor is None or seq - anchor["first"] != proof["index"]:
                    yield f"{path}: entry {seq} names an anchor that is not here"
                elif root_of(row["hash"], proof["index"], proof["of"], proof["path"]) != anchor["root"]:
                    yield f"{path}: entry {seq} does not lie under its anchor"


def check_figures() -> Iterator[str]:
    """Yield which figures of bag-info.txt are not those of the pack."""
    told = dict(line.split(": ", 1) for line in lines("bag-info.txt") if ": " in line)
    parts = [(path, path.split("/")) for path in present() if path.startswith("data/")]
    files = [path for path, part in parts if len(part) == 4]
    size = sum(os.path.getsize(os.path.join(HERE, path)) for path in files)
    dossiers = len({part[1] for _, part in parts if len(part) > 2})
    for name, figure in (("Dossiers", dossiers), ("Files", len(files)), ("File-Bytes", size)):
        if told.get(name) != str(figure):
            yield f"{name}: bag-info.txt says {told.get(name)}, the pack holds {figure}"


def main() -> int:
    """Check everything and say what was found."""
    wrong = [*check_files()] or [*check_entries(), *check_figures()]
    print("\n".join(wrong) or "OK: complete and unchanged")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

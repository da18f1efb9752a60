"""Verify an exported audit trail with nothing but Python's standard library.

    python3 verify_audit.py entries.jsonl [anchors.jsonl [FOLDER]] [--excerpt]

entries.jsonl: one {"entry": {...}, "previous": hex, "hash": hex} a line, in order. anchors.jsonl: one {"first", "last",
"head", "root"} a line, taken from the locked objects in the store, not from the database. FOLDER: the authority's time
stamps, aLAST.tsr (RFC 3161); each must be of its anchor. Who signed it, `openssl ts -verify` tells. --excerpt: entries
with gaps, checked one by one. Exits 1 and names the first bad entry.
"""

import hashlib
import json
import pathlib
import re
import sys

# A message imprint by SHA-256 and the moment sworn to, as they stand in a stamp's DER (RFC 3161, 2.4.2).
STAMP = re.compile(
    rb"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01(?:\x05\x00)?\x04\x20(.{32})\x02.{1,40}?\x18.(\d{14})", re.S
)


def entry_hash(entry, previous):
    """SHA-256 over the previous hash, a line feed, and the entry as JSON with sorted keys and no blanks."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + b"\n" + text.encode()).hexdigest()


def merkle_root(hashes):
    """Merkle tree hash after RFC 6962, 2.1."""
    if len(hashes) < 2:
        return hashlib.sha256(b"\x00" + hashes[0] if hashes else b"").digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle_root(hashes[:half]) + merkle_root(hashes[half:])).digest()


def read(path):
    """Return the lines of a file as values."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def check_chain(rows, excerpt):
    """Yield what is wrong with the chain."""
    expected, previous = 1, "0" * 64
    for row in rows:
        seq = row["entry"]["seq"]
        if excerpt and seq < expected:
            yield f"entry {seq} stands out of order"
        elif not excerpt and seq != expected:
            yield f"entry {expected} is missing: an entry was removed or moved"
        elif not excerpt and row["previous"] != previous:
            yield f"entry {seq} does not follow the one before: put in, moved or rewritten"
        elif row["hash"] != entry_hash(row["entry"], row["previous"]):
            yield f"entry {seq} was edited: its content does not match its hash"
        expected, previous = seq + 1, row["hash"]


def check_anchors(rows, anchors):
    """Yield what does not agree with the anchors."""
    hashes = {row["entry"]["seq"]: row["hash"] for row in rows}
    for anchor in anchors:
        numbers = range(anchor["first"], anchor["last"] + 1)
        missing = [seq for seq in numbers if seq not in hashes]
        if missing:
            yield f"entry {missing[0]} is missing: the anchor of entries up to {anchor['last']} knows it (tail cut?)"
        elif hashes[anchor["last"]] != anchor["head"] or anchor["root"] != (
            merkle_root([bytes.fromhex(hashes[seq]) for seq in numbers]).hex()
        ):
            yield f"entries {anchor['first']} to {anchor['last']} are not those that were anchored: rewritten"


def check_stamps(anchors, folder):
    """Yield which anchors are not those the authority stamped; say when the others were."""
    for anchor in anchors:
        path = pathlib.Path(folder) / f"a{anchor['last']}.tsr"
        if path.exists():
            found = STAMP.search(path.read_bytes())
            if not found or found[1] != hashlib.sha256(json.dumps(anchor, sort_keys=True).encode()).digest():
                yield f"the anchor of entries up to {anchor['last']} is not the one that was stamped"
            else:
                print(f"entries up to {anchor['last']} stood so at {found[2].decode()} UTC, {path.name} says")


def main(arguments):
    """Verify and say what was found."""
    paths = [one for one in arguments if not one.startswith("--")]
    if not paths:
        print(__doc__)
        return 2
    rows, anchors = read(paths[0]), read(paths[1]) if len(paths) > 1 else []
    wrong = [*check_chain(rows, "--excerpt" in arguments), *check_anchors(rows, anchors)]
    wrong += check_stamps(anchors, paths[2]) if len(paths) > 2 else []
    print(wrong[0] if wrong else f"OK, {len(rows)} entries")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

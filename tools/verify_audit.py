"""Verify an exported audit trail with nothing but Python's standard library.

    python3 verify_audit.py entries.jsonl [anchors.jsonl]

entries.jsonl: one {"entry": {...}, "previous": hex, "hash": hex} a line, in order. anchors.jsonl: one {"first", "last",
"head", "root"} a line, taken from the locked objects in the store, not from the database. An excerpt (entries with
gaps, as in an evidence pack) is checked entry by entry with --excerpt. Exits 1 and names the first bad entry.
"""

import hashlib
import json
import sys

GENESIS = "0" * 64


def entry_hash(entry, previous):
    """SHA-256 over the previous hash, a line feed, and the entry as JSON with sorted keys and no blanks."""
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(previous.encode() + b"\n" + text.encode()).hexdigest()


def merkle_root(hashes):
    """Merkle tree hash after RFC 6962, 2.1."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashlib.sha256(b"\x00" + hashes[0]).digest()
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return hashlib.sha256(b"\x01" + merkle_root(hashes[:half]) + merkle_root(hashes[half:])).digest()


def read(path):
    """Return the lines of a file as values."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def check_chain(rows, excerpt):
    """Return what is wrong with the chain, or None."""
    expected, previous = 1, GENESIS
    for row in rows:
        seq = row["entry"]["seq"]
        if not excerpt:
            if seq != expected:
                return f"entry {expected} is missing: an entry was removed or moved"
            if row["previous"] != previous:
                return f"entry {seq} does not follow the one before: put in, moved or rewritten"
        elif seq < expected:
            return f"entry {seq} stands out of order"
        if row["hash"] != entry_hash(row["entry"], row["previous"]):
            return f"entry {seq} was edited: its content does not match its hash"
        expected, previous = seq + 1, row["hash"]
    return None


def check_anchors(rows, anchors):
    """Return what does not agree with the anchors, or None."""
    hashes = {row["entry"]["seq"]: row["hash"] for row in rows}
    for anchor in anchors:
        numbers = range(anchor["first"], anchor["last"] + 1)
        missing = [seq for seq in numbers if seq not in hashes]
        if missing:
            return f"entry {missing[0]} is missing: the anchor of entries up to {anchor['last']} knows it (tail cut?)"
        root = merkle_root([bytes.fromhex(hashes[seq]) for seq in numbers]).hex()
        if hashes[anchor["last"]] != anchor["head"] or root != anchor["root"]:
            return f"entries {anchor['first']} to {anchor['last']} are not those that were anchored: rewritten"
    return None


def main(arguments):
    """Verify and say what was found."""
    excerpt = "--excerpt" in arguments
    paths = [one for one in arguments if not one.startswith("--")]
    if not paths:
        print(__doc__)
        return 2
    rows = read(paths[0])
    wrong = check_chain(rows, excerpt) or (check_anchors(rows, read(paths[1])) if len(paths) > 1 else None)
    print(wrong or f"OK, {len(rows)} entries")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

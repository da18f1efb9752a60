"""Writing a bag (BagIt 1.0, RFC 8493) by itself, file by file: each is hashed while it is written, none is read twice.

The library `bagit` writes bags too, but changes the working directory of the whole process, which here runs threads,
and reads everything once more. The tests let it check what is written here.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

CHUNK = 1 << 20


def write(path: Path, chunks: Iterable[bytes], told: Callable[[int], None] | None = None) -> str:
    """Write a file and return its SHA-256 in hex; `told` hears of every piece's size."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
            if told is not None:
                told(len(chunk))
    return digest.hexdigest()


def line(digest: str, path: str) -> str:
    """Return a manifest's line for a file, by its path from the bag's root."""
    escaped = path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
    return f"{digest}  {escaped}\n"


def seal(root: Path, manifest: Iterable[str], info: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """Make a folder with `data/` a bag: the manifest's lines, what bag-info.txt says, further tag files by name."""
    texts = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{name}: {_one_line(value)}\n" for name, value in info.items()),
        "manifest-sha256.txt": "".join(manifest),
        **tags,
    }
    digests = {name: write(root / name, [text.encode()]) for name, text in texts.items()}
    write(root / "tagmanifest-sha256.txt", [line(digest, name).encode() for name, digest in sorted(digests.items())])


def _one_line(value: str) -> str:
    return " ".join(value.split())

"""Where the folder store keeps what, and how it is read: `objects/<2 hex>/<dossier>/<document>/<version>/`.

The two hex digits come from the dossier's id, so that no folder grows beyond some hundreds of names, and a dossier
stays together for a person who looks with ordinary tools.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from storage import folder_record as records
from storage.folder_files import FOREIGN, descend, entries, exists, folder, open_file, read_file
from storage.folder_record import Record
from storage.port import BlobDamaged, BlobMissing, Stored, StoreUnavailable, check_key
from storage.streams import os_errors

MARK, DRAFTS, OBJECTS = "anjuan-store", "drafts", "objects"
DATA, RECORD = "data", "record.json"


def places(key: str) -> tuple[str, str, str, str]:
    """Return the names of the folders that lead from `objects` to a version."""
    dossier, document, version = check_key(key).split("/")
    return _shard(dossier), dossier, document, version


@contextmanager
def version_folder(top: int, key: str, version_id: str) -> Iterator[int]:
    """Open the folder of a version. Raises BlobMissing, BlobDamaged when a link or a file stands in its way."""
    with ExitStack() as stack:
        # Opened on its own: a store without its objects is broken, not empty.
        with os_errors():
            objects = stack.enter_context(folder(OBJECTS, top))
        try:
            inside = stack.enter_context(descend(objects, places(key)))
        except FileNotFoundError:
            raise BlobMissing(key, version_id) from None
        except OSError as error:
            if error.errno in FOREIGN:
                raise BlobDamaged(key, version_id, str(error)) from error
            raise StoreUnavailable(str(error)) from error
        yield inside


def read_record(key: str, inside: int) -> Record:
    """Read the record in an open version folder. Raises BlobMissing when that is empty, BlobDamaged in doubt."""
    with os_errors():
        try:
            record = records.load(read_file(RECORD, inside))
        except FileNotFoundError:
            if exists(DATA, inside):
                raise BlobDamaged(key, detail="bytes without a record") from None
            raise BlobMissing(key) from None
        except ValueError as error:
            raise BlobDamaged(key, detail=str(error)) from error
        except OSError as error:
            if error.errno in FOREIGN:
                raise BlobDamaged(key, detail=str(error)) from error
            raise
    if record.key != key:
        raise BlobDamaged(key, detail=f"the record is of {record.key}")
    return record


def open_data(record: Record, inside: int) -> int:
    """Open the bytes for reading and return the descriptor. Raises BlobDamaged when they are gone or not a file."""
    with os_errors():
        try:
            return open_file(DATA, inside)
        except FileNotFoundError as error:
            raise BlobDamaged(record.key, record.version_id, "the bytes are gone") from error
        except OSError as error:
            if error.errno in FOREIGN:
                raise BlobDamaged(record.key, record.version_id, str(error)) from error
            raise


def stored(record: Record, inside: int) -> Stored:
    """Return the record together with the size the file really has. Raises BlobDamaged when there is no file."""
    with os_errors():
        try:
            found = os.stat(DATA, dir_fd=inside, follow_symlinks=False)
        except FileNotFoundError as error:
            raise BlobDamaged(record.key, record.version_id, "the bytes are gone") from error
    if not stat.S_ISREG(found.st_mode):
        raise BlobDamaged(record.key, record.version_id, "not an ordinary file")
    return Stored(record.key, record.version_id, found.st_size, record.sha256, record.locked_until, record.held)


def look(top: int, key: str) -> Stored:
    """Return what stands under a name found by `keys`; what cannot be read is told too, without hash, of size 0."""
    try:
        with version_folder(top, key, "") as inside:
            return stored(read_record(key, inside), inside)
    except BlobDamaged as error:
        return Stored(key, error.version_id, 0, "")
    except ValueError:  # a name the store would never give
        return Stored(key, "", 0, "")


def keys(objects: int, prefix: str) -> Iterator[str]:
    """Yield every key below the open folder of objects that starts with `prefix`, reading one folder at a time."""
    dossier, complete, _ = prefix.partition("/")
    beginning = (_shard(dossier), dossier) if complete else ()
    with suppress(FileNotFoundError), descend(objects, beginning) as start:
        for names in _below(start, 3 - len(beginning)):
            key = "/".join((*beginning, *names)[1:])
            if key.startswith(prefix):
                yield key


def _below(parent: int, depth: int) -> Iterator[tuple[str, ...]]:
    for name in entries(parent):
        if depth == 0:
            yield (name,)
            continue
        try:
            with folder(name, parent) as child:
                for names in _below(child, depth - 1):
                    yield (name, *names)
        except OSError as error:
            # Removed meanwhile, or not the store's own: a link is not followed, and leads to no key.
            if not isinstance(error, FileNotFoundError) and error.errno not in FOREIGN:
                raise


def _shard(dossier: str) -> str:
    return hashlib.sha256(dossier.encode()).hexdigest()[:2]

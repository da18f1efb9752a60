"""The start-up probe: what does this server really refuse?

Emulators, gateways and careless set-ups take lock requests with a nod and keep nothing of them. So the probe locks a
tiny object for some seconds and tries everything that must fail. What is left of it, the next probe removes.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.retention import Retention
from minio.xml import marshal

from storage.port import (
    BlobMissing,
    Promise,
    StoreError,
    StoreFull,
    StoreMisconfigured,
    StoreUnavailable,
    utc_now,
)
from storage.s3_bucket import scratch_key
from storage.s3_wire import Wire, md5, s3_errors

_LOCK = timedelta(seconds=30)
_BYTES = b"probe"


def broken_promises(wire: Wire) -> list[Promise]:
    """Try the bucket and return the promises it does not keep, some perhaps twice."""
    _clean(wire)
    broken = [*_try_lock(wire), *_try_hold(wire), *_try_body(wire)]
    _clean(wire)
    return broken


def _try_lock(wire: Wire) -> Iterator[Promise]:
    key = scratch_key("probe")
    version_id = wire.put(key, _BYTES, {})
    until = utc_now().replace(microsecond=0) + _LOCK
    with suppress(StoreMisconfigured):
        wire.retain(key, version_id, until)
    if _state(wire, key, version_id) != (COMPLIANCE, until):
        yield from (Promise.DELETE_LOCKED, Promise.SHORTEN, Promise.DOWNGRADE, Promise.BYPASS)
        return
    earlier, later = until - timedelta(seconds=10), until + timedelta(seconds=10)
    attempts: list[tuple[Promise, Callable[[], object]]] = [
        (Promise.SHORTEN, lambda: wire.retain(key, version_id, earlier)),
        (Promise.DOWNGRADE, lambda: _retain_by_force(wire, key, version_id, Retention(GOVERNANCE, later))),
        (Promise.BYPASS, lambda: _retain_by_force(wire, key, version_id, Retention(COMPLIANCE, earlier))),
        (Promise.BYPASS, lambda: _delete_by_force(wire, key, version_id)),
        (Promise.KEEPS_VERSION, lambda: wire.send("DELETE", key)),
        (Promise.DELETE_LOCKED, lambda: wire.delete(key, version_id)),
    ]
    for promise, attempt in attempts:
        before = _state(wire, key, version_id)
        # An unversioned delete may be taken: it only lays a marker over the version.
        refused = _refused(attempt) or promise is Promise.KEEPS_VERSION
        if not refused or _state(wire, key, version_id) != before:
            yield promise


def _try_hold(wire: Wire) -> Iterator[Promise]:
    key = scratch_key("probe")
    version_id = wire.put(key, _BYTES, {})
    with suppress(StoreMisconfigured):
        wire.hold(key, version_id, True)
    if not _refused(lambda: wire.delete(key, version_id)):
        yield Promise.DELETE_HELD
    else:
        wire.hold(key, version_id, False)


def _try_body(wire: Wire) -> Iterator[Promise]:
    other = {"Content-MD5": md5(b"other bytes")}
    if not _refused(lambda: wire.send("PUT", scratch_key("probe"), body=_BYTES, headers=other)):
        yield Promise.CHECKS_BODY


def _state(wire: Wire, key: str, version_id: str) -> tuple[str, datetime] | None:
    """Return the lock of a version, None when it has none or is gone."""
    with suppress(BlobMissing):
        wire.head(key, version_id)
        return wire.retention(key, version_id)
    return None


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (StoreUnavailable, StoreFull):
        raise
    except StoreError:
        return True
    return False


def _retain_by_force(wire: Wire, key: str, version_id: str, retention: Retention) -> None:
    body = marshal(retention)
    headers = {"Content-MD5": md5(body), "x-amz-bypass-governance-retention": "true"}
    wire.send("PUT", key, body=body, headers=headers, query={"versionId": version_id, "retention": ""})


def _delete_by_force(wire: Wire, key: str, version_id: str) -> None:
    with s3_errors(key, version_id):
        doomed = [DeleteObject(key, version_id)]
        errors = list(wire.client.remove_objects(wire.bucket, doomed, bypass_governance_mode=True))
    if errors:
        raise StoreMisconfigured(str(errors[0].code))


def _clean(wire: Wire) -> None:
    for found in wire.versions(".probe/"):
        with suppress(StoreMisconfigured):  # still locked
            wire.delete(str(found.object_name), str(found.version_id))

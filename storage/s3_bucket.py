"""What a bucket must be before the archive trusts it."""

import uuid
from contextlib import suppress

from minio.commonconfig import ENABLED, Filter
from minio.error import S3Error
from minio.lifecycleconfig import AbortIncompleteMultipartUpload, LifecycleConfig, Rule

from storage.port import BlobExists, StoreMisconfigured
from storage.s3_wire import Wire, s3_errors


def prepare(wire: Wire, *, create: bool) -> bool:
    """Look at the bucket (with `create`, make it when missing); tell whether the server honours `If-None-Match`.

    Raises StoreMisconfigured unless it is versioned, has Object Lock, and locks nothing by itself: an upload that turns
    out broken must be removable.
    """
    with s3_errors():
        if not wire.client.bucket_exists(wire.bucket):
            if not create:
                raise StoreMisconfigured(f"there is no bucket {wire.bucket}")
            _make(wire)
        if wire.client.get_bucket_versioning(wire.bucket).status != ENABLED:
            raise StoreMisconfigured(f"bucket {wire.bucket} is not versioned")
        default = wire.client.get_object_lock_config(wire.bucket)  # refused when there is no Object Lock
    if default.mode:
        raise StoreMisconfigured(f"bucket {wire.bucket} locks every upload by default; let the archive set its locks")
    return _refuses_second_write(wire)


def scratch_key(purpose: str) -> str:
    """Return a key no document can have, for the store's own trials; listings leave it out."""
    return f".{purpose}/{uuid.uuid4().hex}/trial"


def _make(wire: Wire) -> None:
    try:
        wire.client.make_bucket(wire.bucket, object_lock=True)
    except S3Error as error:
        if error.code != "BucketAlreadyOwnedByYou":  # two processes starting together
            raise
    # What an upload killed in its middle leaves is invisible and takes room.
    abort = AbortIncompleteMultipartUpload(days_after_initiation=2)
    rule = Rule(ENABLED, rule_filter=Filter(prefix=""), rule_id="half-sent", abort_incomplete_multipart_upload=abort)
    wire.client.set_bucket_lifecycle(wire.bucket, LifecycleConfig([rule]))


def _refuses_second_write(wire: Wire) -> bool:
    key = scratch_key("check")
    made = [wire.put(key, b"first", {"If-None-Match": "*"})]
    with suppress(BlobExists):
        made.append(wire.put(key, b"second", {"If-None-Match": "*"}))
    for version_id in made:
        wire.delete(key, version_id)
    return len(made) == 1

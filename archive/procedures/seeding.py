"""Put the shipped profiles into the database; doing it again changes nothing."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from archive.procedures.loading import shipped, shipped_texts
from archive.procedures.models import ProfileVersion
from archive.procedures.states import Origin

BY = "随产品提供"


def sow(connection: Connection) -> None:
    """Write the shipped versions that are not there yet.

    The first version of a profile is signed as it comes. A later one is a proposal: an office that works by an older
    version decides itself when the new one holds.
    """
    rows = connection.execute(select(ProfileVersion.profile_id, ProfileVersion.version)).all()
    known = {profile_id for profile_id, _ in rows}
    versions = {(profile_id, version) for profile_id, version in rows}
    moment = datetime.now(UTC)
    for name, profile in shipped().items():
        if (name, profile.version) in versions:
            continue
        first = name not in known
        connection.execute(
            insert(ProfileVersion).values(
                profile_id=name,
                version=profile.version,
                title=profile.title,
                digest=profile.digest,
                text=shipped_texts()[name],
                origin=Origin.SHIPPED,
                proposed_by_name=BY,
                proposed_at=moment,
                signed_by_name=BY if first else "",
                signed_at=moment if first else None,
            )
        )

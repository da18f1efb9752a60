"""Letting a later version of a profile hold for a dossier that is bound to an older one: a decision with its reason."""

from archive.binding import keeping
from archive.binding.models import DossierProfile
from archive.core.act import Act
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.dossiers import access
from archive.dossiers.models import Dossier
from archive.dossiers.rules import check_open, lacks
from archive.people.rules import Permission


def apply_version(dossier: Dossier, profile_id: str, *, reason: str, act: Act) -> DossierProfile:
    """Bind the dossier to the newest signed version of a profile that binds it already.

    Raises NotAllowed, NotFound, RuleBroken when there is no newer one, BadInput without a reason.
    """
    access.lock(act.session, dossier)
    if lacks(act.actor, Permission.DECIDE, dossier.unit.path):
        raise NotAllowed("person.lacks", permission=Permission.DECIDE)
    check_open(dossier)
    if not reason:
        raise BadInput("input.bad", [Problem("input.required", "reason")])
    held = next((one for one in keeping.bound_rows(act.session, [dossier.id]) if one.profile_id == profile_id), None)
    if held is None:
        raise NotFound("profile.not_bound", profile=profile_id)
    newest = keeping.setting(act.session).newest(profile_id)
    if newest.version <= held.version:
        raise RuleBroken("profile.newest", version=held.version)
    held.ended_at, held.ended_reason = act.moment, "newer"
    act.session.flush()
    row = DossierProfile(
        dossier_id=dossier.id,
        profile_id=profile_id,
        version=newest.version,
        digest=newest.digest,
        bound_at=act.moment,
        reason="decided",
        through=held.through,
    )
    act.session.add(row)
    act.session.flush()
    act.record("bound_profile:renew", row, profile=profile_id, before=held.version, after=newest.version, why=reason)
    keeping.follow(dossier, act)
    return row

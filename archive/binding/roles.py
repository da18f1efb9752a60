"""Who stands in a role that a profile names."""

from archive.core.act import Actor
from archive.people.rules import Person
from archive.procedures.profile import Standing

_HIGH = (Standing.SENIOR, Standing.COMMITTEE)


def stands(actor: Actor, core: str, standing: Standing, path: str) -> bool:
    """Tell whether the actor holds the archive's role `core` for a dossier of the unit with this path.

    Who stands high (高级管理人员, 集体决定) holds it above the unit, or in a topmost one.
    """
    return isinstance(actor, Person) and any(
        grant.role.value == core and path.startswith(grant.path) and reaches(grant.path, standing, path)
        for grant in actor.grants
    )


def reaches(held: str, standing: Standing, path: str) -> bool:
    """Tell whether a role held in the unit `held` stands as high as asked for a dossier of the unit with this path."""
    return standing not in _HIGH or held != path or held.count("/") == 2

"""Institutions complained of: found by name, or entered when new."""

import re
import unicodedata

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.ids import new_id
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier, Institution
from archive.people.rules import Person


def tidy(name: str) -> str:
    """Return a name as it is kept: full-width brackets, half-width letters and digits, no blanks beside Chinese."""
    text = unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）")
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", text).strip()


def find_or_create(name: str, *, act: Act) -> Institution | None:
    """Return the institution with this name, entering it when it is new; None for an empty name."""
    plain = tidy(name)
    if not plain:
        return None
    found = act.session.scalar(select(Institution).where(Institution.name == plain))
    if found is not None:
        return found
    # Two people may enter the same new name at once: the second gets the first one's row.
    insert = postgresql.insert if act.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    mine = new_id()
    act.session.execute(
        insert(Institution).values(id=mine, name=plain, kind="").on_conflict_do_nothing(index_elements=["name"])
    )
    row = act.session.scalars(select(Institution).where(Institution.name == plain)).one()
    if row.id == mine:
        act.record("institution:enter", row, name=plain)
    return row


def named(session: Session, person: Person, text: str, most: int = 12) -> list[Institution]:
    """Return institutions whose name contains the text, shortest first; for suggestions while typing.

    Only those complained of in a dossier that the person may see: another name would tell of a dossier that is hidden.
    """
    plain = tidy(text)
    seen = select(Dossier.id).where(Dossier.respondent_id == Institution.id, visible_to(person)).exists()
    query = select(Institution).where(seen).order_by(func.length(Institution.name), Institution.name).limit(most)
    if plain:
        query = query.where(Institution.name.contains(plain, autoescape=True))
    return list(session.scalars(query))

"""The operative limit of a dossier, kept on its row so that lists sort and filter by it."""

from archive.core.act import Act
from archive.dossiers.models import Dossier


def refresh(dossier: Dossier, *, act: Act) -> None:
    """Compute the dossier's operative limit anew."""

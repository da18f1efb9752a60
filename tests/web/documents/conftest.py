"""Dossiers to put documents into."""

import pytest

from tests.builders import Office
from tests.dossier_builders import registered


@pytest.fixture
def number(office: Office) -> str:
    """A registered dossier of the centre."""
    return registered(office)

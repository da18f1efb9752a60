"""Whose hands a disposal list goes through. Pure."""

import uuid

import pytest

from archive.core.errors import RuleBroken
from archive.disposal import rules

KEEPER, HEAD, LEGAL, WITNESS = (uuid.uuid4() for _ in range(4))
HANDS = rules.Hands(KEEPER, (HEAD, LEGAL), (WITNESS,))


def test_who_approved_or_witnesses_does_not_start_the_destroying() -> None:
    rules.check_starter(HANDS, KEEPER)
    rules.check_starter(HANDS, uuid.uuid4())
    for one in (HEAD, LEGAL, WITNESS, None):
        with pytest.raises(RuleBroken, match=r"disposal\.starter_involved"):
            rules.check_starter(HANDS, one)

"""An office whose dossiers are indexed the way the worker does it."""

import io
from collections.abc import Callable

import pytest
from flask import Flask

from archive.core.act import acting
from archive.core.db import db
from archive.documents import operations as documents
from archive.search import queries
from archive.search.queries import Answer, Asked
from archive.worker import FINDING, Worker
from tests.builders import Office
from tests.dossier_builders import dossier

Look = Callable[..., Answer]


@pytest.fixture
def catch_up(app: Flask) -> Callable[[], None]:
    """Let the worker do all that waits."""

    def work() -> None:
        Worker(app, FINDING).run_until_idle(60)
        db.session.remove()

    return work


@pytest.fixture
def find(office: Office, catch_up: Callable[[], None]) -> Callable[..., list[str]]:
    """Return the numbers of the dossiers a person finds, the index brought up to date first."""

    def numbers(query: str, login: str = "head", **filters: str) -> list[str]:
        catch_up()
        asked = Asked(query, {name: frozenset({value}) for name, value in filters.items()})
        found = queries.answer(db.session(), office.person(login), asked)
        shown = [hit.dossier.number for hit in found.hits]
        assert found.total == len(shown)
        return sorted(shown)

    return numbers


def filed(office: Office, number: str, text: str, name: str = "材料.txt") -> None:
    with acting(office.person("officer")) as act:
        documents.deposit(dossier(number), io.BytesIO(text.encode()), name, act=act)

"""Index cards of invented dossiers, with units, persons and recusals spread over them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from archive.search.analysis import fold_passages
from archive.search.port import Card

UNITS = 40  # in ten departments under one root


def card_of(dossier: Mapping[str, Any], *, version: int = 1) -> Card:
    """Return the card of a dossier made by `archive.bench.corpus`; its id is its number.

    It is seen by its unit, the department above and the root (`unit:…`), and its officer (`user:…`); one in ten is
    `restricted`, one in fifty has somebody `recused:…`.
    """
    number: str = dossier["number"]
    place = int(number[-6:])
    unit = place % UNITS
    acl = {"unit:root", f"unit:{unit % 10}", f"unit:{unit % 10}.{unit}", f"user:{place % 200}"}
    acl.add("restricted" if place % 10 == 0 else "open")
    if place % 50 == 0:
        acl.add(f"recused:{place % 7}")
    documents = dossier["documents"]
    head = (dossier["title"], number, dossier["complainant"], dossier["org"], dossier["contract"])
    return Card(
        id=number,
        version=version,
        text=fold_passages([*head, *(document["text"] for document in documents)]),
        acl=frozenset(acl),
        values={
            "number": (number,),
            "title": (dossier["title"],),
            "complainant": (dossier["complainant"],),
            "respondent": (dossier["org"],),
            "contract": (dossier["contract"],),
            "officer": (f"经办{place % 200}",),
            "state": (dossier["state"],),
            "category": (dossier["category"],),
            "channel": (dossier["channel"],),
            "unit": (f"{unit % 10}.{unit}",),
            "year": (dossier["filed"][:4],),
            "kind": tuple(sorted({document["kind"] for document in documents})),
        },
        dates={"filed": date.fromisoformat(dossier["filed"])},
        amount=round(dossier["amount"] * 100),
    )

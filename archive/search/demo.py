"""The demonstration's saved searches: one the lawyer shares with the office, one of the officer's own with alerts."""

from archive.core.act import acting
from archive.core.db import db
from archive.people import queries as people
from archive.people.rules import Person
from archive.search import saving
from archive.search.port import Sort
from archive.search.queries import Asked


def demonstrate() -> None:
    """Make the demonstration's saved searches. Called once, after its office was made."""
    with acting(_person("legal")) as act:
        asked = Asked("信用卡 (年费 OR 分期)", {}, Sort.DATE)
        office = people.unit_by_code(act.session, "WQ")
        saving.save(_person("legal"), asked, title="信用卡年费与分期争议", unit=office, act=act)
    with acting(_person("officer")) as act:
        asked = Asked("金额:>10000 -状态:已办结", {})
        saving.save(_person("officer"), asked, title="万元以上未办结", alert=True, act=act)


def _person(login: str) -> Person:
    session = db.session()
    return people.person(session, people.by_login(session, login))

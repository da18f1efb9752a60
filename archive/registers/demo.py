"""The demonstration's registers: the years that are over are closed, one book is left to be closed by hand."""

from archive.core.act import acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.people import queries as people
from archive.registers import closing, queries
from archive.registers.models import Book


def demonstrate() -> None:
    """Close the past years of contacts and cases. Called once, after all dossiers of those years were made."""
    session = db.session()
    manager = people.person(session, people.by_login(session, "records_manager"))
    for volume in queries.volumes(session, manager, Book.CONTACTS, Book.CASES):
        if volume.year < shanghai_date(now()).year:
            with closing.prepared(session, volume) as ready, acting(manager) as act:
                closing.close(ready, act=act)

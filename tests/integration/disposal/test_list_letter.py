"""The 销毁清册 as a letter: made when everything that is signed on it is known."""

from flask import Flask

from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import handlers, list_letter, papers
from archive.disposal.kinds import PaperKind
from archive.extraction.kinds import DOCX
from archive.jobs.operations import Task
from archive.letters import preflight
from tests.builders import Office
from tests.conftest import NOW
from tests.disposal_builders import approved, expired, fetched, listed, witnessed


def test_an_approved_and_witnessed_list_is_had_as_its_letter(app: Flask, office: Office, clock: FixedClock) -> None:
    numbers = expired(office, clock, 2)
    number = listed(office, numbers)

    def sign() -> list[str]:
        found = fetched(number)
        handlers.sign_list([Task(found.id, "disposal.sign_list", found.id, None, {}, 1, NOW)])
        return [one.media_type for one in papers.about(db.session(), found.id) if one.kind is PaperKind.SIGNING_LIST]

    approved(office, number)
    assert sign() == []
    witnessed(office, number)
    assert sign() == ["application/pdf", DOCX]
    facts = list_letter.facts(db.session(), fetched(number))
    assert [row["number"] for row in facts["items"]] == [line.filed_number for line in fetched(number).lines]
    assert preflight.check("disposal-list", facts) == ()
    page = office.client("records_manager").get(f"/disposals/{number}").text
    assert "销毁清册（Word，" in page

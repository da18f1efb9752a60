"""What letters tell the limits: an assignment runs until the date that the letter itself states."""

from datetime import datetime, time, timedelta

from flask import Flask

from archive.binding import extending, handlers, queries
from archive.core.act import acting
from archive.core.clock import SHANGHAI
from archive.core.db import db
from archive.dossiers.states import NoticeChannel, Source, State
from archive.letters.kinds import LetterKind
from archive.procedures import operations as procedures
from archive.procedures import queries as decided
from archive.procedures.states import Subject
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier, unit
from tests.letter_builders import issued


def test_an_assignment_runs_until_the_date_it_states(app: Flask, office: Office) -> None:
    for subject, value in ((Subject.INSTITUTION, "mediation_center"), (Subject.PROFILE, "WQZX")):
        with acting(office.person("legal")) as act:
            procedures.propose_choice(unit(office, "root"), subject, value, holds=True, reason="x", act=act)
        with acting(office.person("head")) as act:
            row = next(one for one in decided.choices(act.session) if one.decided_at is None)
            procedures.decide_choice(row, act=act)
    number = brought_to(office, State.INVESTIGATING)
    letter = issued(office, number, LetterKind.ASSIGNMENT)
    handlers.nightly([])
    db.session.expire_all()
    found = {row.limit_id: row for row in queries.limits_of(db.session(), dossier(number).id)}
    assert letter.reply_due is not None
    assert found["T01"].operative_at == datetime.combine(letter.reply_due, time(), SHANGHAI) + timedelta(days=1)
    assert found["T01"].met_at is None


def test_a_letter_tells_of_the_extension_whose_last_day_it_states(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING, source=Source.PBC)
    with acting(office.person("officer")) as act:
        row = next(one for one in queries.limits_of(act.session, dossier(number).id) if one.limit_id == "P43")
        asked = extending.ask(
            dossier(number), row, until=datetime(2026, 4, 2, 12, tzinfo=SHANGHAI), reason="外调",
            notice=NoticeChannel.LETTER, act=act,
        )  # fmt: skip
    with acting(office.person("head")) as act:
        extending.decide(act.session.merge(asked), dossier(number), granted=True, act=act)

    def letter(until: str) -> object:
        facts = {
            "from": "2026-03-20", "until": until, "reason": "外调", "approver": "head甲",
            "approved_on": "2026-03-05", "rule": "第四十三条",
        }  # fmt: skip
        return issued(office, number, LetterKind.EXTENSION, extension=facts).id

    letter("2026-04-09")
    assert [one.id for one in extending.granted_untold(db.session(), dossier(number))] == [asked.id]
    told = letter("2026-04-02")
    assert extending.granted_untold(db.session(), dossier(number)) == []
    [extension] = queries.extensions_of(db.session(), dossier(number).id)
    found = extending.letter_telling(extension, extending.letters_of(db.session(), dossier(number)))
    assert found is not None
    assert found.id == told

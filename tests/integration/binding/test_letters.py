"""What letters tell the limits: an assignment runs until the date that the letter itself states."""

from datetime import datetime, time, timedelta

from flask import Flask

from archive.binding import handlers, queries
from archive.core.act import acting
from archive.core.clock import SHANGHAI
from archive.core.db import db
from archive.dossiers.states import State
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

"""Letters by mail: through a real mail server, and what is told when it refuses."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from flask import Flask

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput
from archive.documents import blobs
from archive.dossiers.states import State
from archive.jobs.operations import Task
from archive.letters import handlers, mailing, serving
from archive.letters.models import LetterRow, Serving
from archive.letters.states import Method
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to
from tests.letter_builders import TODAY, filed
from tests.servers import smtp


def mailed(office: Office, row: LetterRow, to: str) -> Serving:
    with acting(office.person("officer")) as act:
        value = {"method": Method.ELECTRONIC, "sent_on": TODAY, "tracking": "", "mail_to": to, "note": ""}
        return serving.record(act.session.get_one(LetterRow, row.id), value, act=act)


def send(one: Serving) -> None:
    handlers.mail([Task(one.id, "letters.mail", one.id, one.dossier_id, {}, 1, NOW)])
    db.session.rollback()


def test_a_letter_goes_out_through_the_relay_once_with_its_pdf(app: Flask, office: Office) -> None:
    row = filed(office, brought_to(office, State.INVESTIGATING))
    ports = app.extensions["archive_ports"]
    with smtp.running() as taken:
        settings = replace(ports.settings, mail_relay=f"smtp://127.0.0.1:{taken.port}", mail_from="wq@center.example")
        app.extensions["archive_ports"] = replace(ports, settings=settings)
        attempt = mailed(office, row, "compliance@bank.example")
        assert attempt.address_sealed is not None
        assert "bank" not in attempt.address_sealed
        taken.refuse = True
        with pytest.raises(OSError, match="550"):
            send(attempt)
        assert "550" in db.session.get_one(Serving, attempt.id).trouble
        taken.refuse = False
        send(attempt)
        send(attempt)
    assert len(taken) == 1
    mail = taken[0]
    assert (mail["To"], mail["Message-ID"]) == ("compliance@bank.example", f"<{attempt.id}@center.example>")
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"投诉调查函{row.number}.pdf"
    assert row.pdf is not None
    with blobs.open_version(row.pdf.latest) as stream:
        assert attached.get_content() == stream.read()
    assert (db.session.get_one(Serving, attempt.id).trouble, attempt.mailed_at is None) == ("", False)


def test_without_a_relay_the_mail_can_still_be_taken_along(app: Flask, office: Office) -> None:
    row = filed(office, brought_to(office, State.INVESTIGATING))
    with pytest.raises(BadInput) as refused:
        mailed(office, row, "compliance@bank.example")
    assert [one.code for one in refused.value.problems] == ["serving.no_relay"]
    mail = message_from_bytes(mailing.eml(db.session.get_one(LetterRow, row.id)), policy=policy.default)
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]


@pytest.mark.parametrize(
    "text", ["nobody", "a@b\r\nBcc: c@d.example", "a b@c.example", "<x@y.example>", "a@b.example, c@d.example"]
)
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        mailing.address(text)

"""Letters begun with what handling has on record; what is late told to who must act; letters after the end."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.dossiers.states import State
from archive.handling.kinds import Sheet
from archive.letters import composing, operations
from archive.letters.facts import get
from archive.letters.models import LetterRow
from archive.retention.models import Keeping
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier
from tests.handling_builders import everything, made
from tests.letter_builders import TODAY, approved, drafted, filed, issued, make_files


def begun(office: Office, number: str, kind: str) -> dict[str, Any]:
    """Begin a letter and return what it knows by itself."""
    with acting(office.person("officer")) as act:
        return composing.whole_facts(operations.draft(dossier(number), kind, act=act))


def test_letters_begin_with_what_handling_has_on_record(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    everything(office, number)
    with acting(office.person("officer")):
        dossier(number).custom = {"kind": "client", "contract_no": "HT-2026-1"}
    result, feedback = begun(office, number, "result"), begun(office, number, "feedback")
    assert result["findings"][0]["finding"] == "条款未提示，建议支持退费。"
    assert result["result"]["performance"].startswith("张家港某某银行于2026年")
    assert "对某收单外包公司" in result["result"]["performance"]
    assert "HT-2026-1" in [row["value"] for row in result["extra"]]
    told = feedback["feedback"]
    assert told["findings"].startswith("条款未提示，建议支持退费。证据：")
    assert told["extension"] == "未延期。"
    assert "本件已作为重大事项于" in told["basics"]
    asked = made(office, number, Sheet.CONSULTATIONS, body="市场监督管理局", question="1.是否违规；2.如何处理")
    assert asked
    letter = begun(office, number, "consultation")
    assert (get(letter, "addressee.name"), letter["questions"]) == ("市场监督管理局", ["是否违规", "如何处理"])
    assert begun(office, number, "assignment")["assignment"]["done"] == "调取2025年扣款流水：流水已调取。"


def test_a_mediation_on_record_fills_its_papers(app: Flask, office: Office) -> None:
    number = brought_to(office, State.MEDIATING)
    made(office, number, Sheet.MEDIATIONS, place="三楼调解室", mediator="周敏、吴强")
    notice, agreement = begun(office, number, "mediation-notice"), begun(office, number, "mediation-agreement")
    assert (get(notice, "mediation.place"), get(notice, "mediation.mediators")) == ("三楼调解室", ["周敏", "吴强"])
    assert get(agreement, "mediation.held_on") == TODAY.isoformat()


def test_a_late_reply_is_told_to_its_officer_and_reminded_of_at_once(
    app: Flask, office: Office, clock: FixedClock
) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = issued(office, number)
    waiting = approved(office, brought_to(office, State.INVESTIGATING))
    make_files(row)
    assert "逾期未回复" not in office.client("officer").get("/").text
    assert "函件待签发" in office.client("head").get("/").text
    assert "函件待签发" not in office.client("officer").get("/").text
    clock.moment += timedelta(days=60)
    officer = office.client("officer")
    desk = officer.get("/").text
    assert f"{row.addressee}逾期未回复投诉调查函（{row.number}），请催办" in desk
    assert row.number not in office.client("officer-desk").get("/").text
    assert f'name="about" value="{row.id}"' in officer.get("/letters/?waits=overdue").text
    sent = officer.post(f"/dossiers/{number}/letters", data={"kind": "reminder", "about": str(row.id)})
    reminder = db.session.query(LetterRow).filter_by(about_id=row.id).one()
    assert sent.headers["Location"] == f"/letters/{reminder.id}/edit"
    assert (reminder.facts["reminder"]["number"], reminder.facts["reminder"]["times"]) == (row.number, 1)
    assert waiting.number == ""


def test_an_ended_dossier_takes_the_letters_that_are_still_written_then(
    app: Flask, office: Office, clock: FixedClock
) -> None:
    number = brought_to(office, State.CLOSED)
    told = filed(office, number, "feedback")
    mended = filed(office, number, "correction", about=told, original=original(told))
    assert mended.pdf is not None
    assert mended.pdf.dossier_id == dossier(number).id
    with pytest.raises(RuleBroken, match=r"dossier\.closed"):
        drafted(office, number)
    page = office.client("officer").get(f"/dossiers/{number}/letters").text
    assert ('value="feedback"' in page, 'value="inquiry"' in page) == (True, False)
    kept = db.session.get_one(Keeping, dossier(number).id)
    assert kept.disposable_at is not None
    clock.moment = kept.disposable_at
    with pytest.raises(RuleBroken, match="dossier_due"):
        drafted(office, number, "correction", about=told)


def original(row: LetterRow) -> dict[str, Any]:
    return {"name": "投诉办理情况反馈报告", "number": row.number, "date": TODAY.isoformat()}

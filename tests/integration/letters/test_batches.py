"""Letters to many dossiers: tried, drafted, reviewed and issued together, their numbers in a row."""

import io
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from flask import Flask

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, Refused
from archive.dossiers.states import State
from archive.letters import batch_files, batches
from archive.letters.kinds import kind
from archive.letters.models import Batch, LetterRow
from archive.letters.states import LetterState, Step
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier
from tests.letter_builders import example, make_files

SHARED = ("questions", "evidence", "deadline", "officer", "office", "addressee")


def shared() -> dict[str, object]:
    return {name: value for name, value in example("inquiry").items() if name in SHARED}


def made(office: Office, *numbers: str) -> Batch:
    with acting(office.person("officer")) as act:
        return batches.make([dossier(number) for number in numbers], kind("inquiry"), shared(), act=act)


def test_a_dry_run_tells_what_is_wrong_in_each_and_writes_nothing(app: Flask, office: Office) -> None:
    good, closed = brought_to(office, State.INVESTIGATING), brought_to(office, State.WITHDRAWN)
    with acting(office.person("officer")) as act:
        found = list(batches.dry_run([dossier(good), dossier(closed)], kind("inquiry"), shared(), act=act))
        lacking = list(batches.dry_run([dossier(good)], kind("inquiry"), {}, act=act))
    assert [[problem.code for problem in one.problems] for one in found] == [[], ["dossier.closed"]]
    assert "questions" in [problem.field for problem in lacking[0].problems]
    assert db.session.query(LetterRow).count() == 0
    with pytest.raises(BadInput, match="batch_nothing"):
        made(office, closed)


def test_a_batch_goes_one_way_and_each_letter_lies_in_its_own_dossier(
    app: Flask, office: Office, tmp_path: Path
) -> None:
    numbers = [brought_to(office, State.INVESTIGATING) for _ in range(3)]
    batch = made(office, *numbers, brought_to(office, State.WITHDRAWN))
    officer, head = office.person("officer"), office.person("head")
    with acting(officer) as act:
        batches.take_step(batch, Step.SUBMIT, comment="", act=act, person=officer)
    with pytest.raises(Refused), acting(officer) as act:
        batches.take_step(act.session.get_one(Batch, batch.id), Step.APPROVE, comment="", act=act, person=officer)
    with acting(head) as act:
        batches.take_step(act.session.get_one(Batch, batch.id), Step.APPROVE, comment="", act=act, person=head)
    with acting(head) as act:
        assert batches.issue(act.session.get_one(Batch, batch.id), act=act, person=head) == 3
    rows = batches.rows(db.session(), db.session.get_one(Batch, batch.id), head)
    letters = [row.letter for row in rows if row.letter is not None]
    assert [row.number for row in letters] == [f"金消函〔2026〕{serial}号" for serial in (1, 2, 3)]
    assert [row.dossier.number for row in letters] == numbers
    assert [bool(row.problems) for row in rows] == [False, False, False, True]
    make_files(*letters)
    letters = batches.letters(db.session(), db.session.get_one(Batch, batch.id), head)
    batch_files.zip_to(tmp_path / "all.zip", letters)
    batch_files.print_to(tmp_path / "all.pdf", letters)
    with zipfile.ZipFile(io.BytesIO((tmp_path / "all.zip").read_bytes())) as archive:
        assert len(archive.namelist()) == 6
        assert archive.testzip() is None
    with pdfium.PdfDocument(tmp_path / "all.pdf") as whole:
        assert len(whole) % 2 == 0 or len(whole) >= 3
        assert "金消函〔2026〕3号" in "".join(page.get_textpage().get_text_range() for page in whole)


def test_one_letter_that_cannot_be_issued_keeps_the_whole_batch(app: Flask, office: Office) -> None:
    numbers = [brought_to(office, State.INVESTIGATING) for _ in range(2)]
    batch = made(office, *numbers)
    officer, head = office.person("officer"), office.person("head")
    for person, step in ((officer, Step.SUBMIT), (head, Step.APPROVE)):
        with acting(person) as act:
            batches.take_step(act.session.get_one(Batch, batch.id), step, comment="", act=act, person=person)
    with acting(officer) as act:
        from archive.dossiers import moving

        moving.answer(dossier(numbers[1]), outcome="已答复。", act=act)
    with pytest.raises(Refused), acting(head) as act:
        batches.issue(act.session.get_one(Batch, batch.id), act=act, person=head)
    states = {row.state for row in batches.letters(db.session(), db.session.get_one(Batch, batch.id), head)}
    assert states == {LetterState.APPROVED}


def test_the_pages_lead_from_a_selection_to_the_batch(app: Flask, office: Office) -> None:
    from archive.dossiers import selections

    numbers = [brought_to(office, State.INVESTIGATING) for _ in range(2)]
    person = office.person("officer")
    with acting(person) as act:
        chosen = selections.choose(person, [dossier(number).id for number in numbers], "试", act).id
    client = office.client("officer")
    url = f"/letters/batches/new?selection={chosen}"
    assert "需说明事项" in client.get(f"{url}&kind=inquiry").text
    form = {
        "kind": "inquiry", "questions": "经过", "evidence": "合同", "deadline.date": "2026-03-20",
        "officer.phone": "0512-58000000",
    }  # fmt: skip
    assert "2 份可以起草" in client.post(url, data=form).text
    answer = client.post(url, data={**form, "make": "true"})
    page = client.get(answer.headers["Location"]).text
    assert "全部送审（2 份）" in page
    assert office.client("officer-desk").get(answer.headers["Location"]).status_code == 404
    assert client.get(f"/letters/batches/new?selection={chosen}0").status_code == 404


def test_by_machine_both_letters_of_each_pair_are_made_numbered_and_taken_away(app: Flask, office: Office) -> None:
    numbers = [brought_to(office, State.ACCEPTED) for _ in range(2)]
    officer, head = office.client("officer"), office.client("head")
    facts = {name: example("assignment")[name] for name in ("assignment", "deadline", "officer", "addressee")}
    wish = {"kind": "assignment", "dossiers": numbers, "facts": facts}
    lacking = officer.post("/api/v1/letter-batches/trial", json=wish)
    assert {one["path"] for one in lacking.json[0]["problems"]} == {"forwarded.address", "forwarded.phone"}  # type: ignore[index]
    bare = officer.post("/api/v1/letter-batches", json={**wish, "facts": {**facts, "reveal": ["complainant.id_no"]}})
    assert (bare.status_code, bare.json["errors"][0]["code"]) == (422, "letter.reveal_later")  # type: ignore[index]
    told = {"forwarded": {"address": "滨江市人民路1号", "phone": "025-83000000"}}
    assert officer.post("/api/v1/letter-batches", json={**wish, "notice": told}).status_code == 201
    batch = officer.get("/api/v1/letter-batches").json[0]["id"]  # type: ignore[index]
    url = f"/api/v1/letter-batches/{batch}"
    assert officer.get(f"{url}/letters.zip").status_code == 422
    officer.post(f"{url}/steps", json={"step": "submit"})
    assert officer.post(f"{url}/issue").status_code == 403
    head.post(f"{url}/steps", json={"step": "approve"})
    issued = head.post(f"{url}/issue").json
    assert issued is not None
    assert [(one["letter"]["number"], one["notice"]["number"]) for one in issued["lines"]] == [
        (f"金消函〔2026〕{serial}号", f"金消转告〔2026〕{serial}号") for serial in (1, 2)
    ]
    assert issued["progress"] == {
        "drafts": 0, "in_review": 0, "approved": 0, "issued": 2, "files": 4, "filed": 0,
    }  # fmt: skip
    rows = db.session.query(LetterRow).all()
    assert [row.facts["forwarded"]["number"] for row in rows if row.about_id] == [
        row.number for row in rows if not row.about_id
    ]
    make_files(*rows)
    sent = officer.get(f"{url}/letters.zip")
    with zipfile.ZipFile(io.BytesIO(sent.data)) as archive:
        assert len(archive.namelist()) == 8
    sent.close()
    assert "文件归卷 4 / 4" in officer.get(f"/letters/batches/{batch}").text
    assert office.client("officer-desk").get(url).status_code == 404
    office.client("officer-desk").post(f"{url}/steps", json={"step": "withdraw"})
    assert office.client("officer-desk").post("/api/v1/letter-batches", json=wish).status_code == 404

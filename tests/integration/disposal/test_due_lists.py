"""What was due in a month is frozen once, whatever becomes of the dossiers."""

import io
import json
from datetime import timedelta

from openpyxl import load_workbook
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import due_lists, handlers, papers
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office


def test_a_month_is_frozen_once_and_its_hash_is_in_the_trail(office: Office, clock: FixedClock) -> None:
    held, free = disposal.expired(office, clock, 2, files=0)
    builders.a_hold(office, held)
    handlers.note_month([])
    handlers.note_month([])
    [paper] = due_lists.listed(db.session())
    kept = db.session.scalars(select(Entry).where(Entry.action == "paper:keep")).all()
    assert [one.facts["sha256"] for one in kept] == [paper.sha256]
    said = {line["number"]: line["reasons"] for line in json.loads(papers.fetch(paper))["lines"]}
    assert set(said) == {held, free}
    assert said[free] == []
    assert "冻结" in said[held][0]
    disposal.marked(clock, clock.moment + timedelta(days=31))
    handlers.note_month([])
    assert len(due_lists.listed(db.session())) == 2


def test_only_who_keeps_a_unit_reads_its_lines(office: Office, clock: FixedClock) -> None:
    (number,) = disposal.expired(office, clock, files=0)
    handlers.note_month([])
    [paper] = due_lists.listed(db.session())
    keeper, url = office.client("records_manager"), f"/disposals/due-lists/{paper.id}.xlsx"
    assert f"/disposals/due-lists/{paper.id}" in keeper.get("/disposals/").text
    sheet = load_workbook(io.BytesIO(keeper.get(url).data)).active
    assert sheet is not None
    told = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert number in told
    assert f"校验值 {paper.sha256}" in told
    api = f"/api/v1/disposals/due-lists/{paper.id}"
    assert [one["number"] for one in keeper.get(api).json["lines"]] == [number]
    assert keeper.get("/api/v1/disposals/due-lists").json[0]["sha256"] == paper.sha256
    for who in ("head", "officer", "auditor", "system_admin"):
        assert office.client(who).get(url).status_code == 403

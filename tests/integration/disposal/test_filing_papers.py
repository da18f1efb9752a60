"""What the worker makes of a filed dossier: cover, catalogue, PDF/A; stored, locked and destroyed like evidence."""

import io

import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.disposal import filing_papers
from archive.disposal.kinds import ListState
from archive.documents import operations as documents
from archive.documents import queries, renditions, striking, sweeping
from archive.documents.kinds import RenditionKind
from archive.documents.models import Rendition
from archive.dossiers import access, moving
from archive.dossiers.states import State
from archive.extraction import convert
from archive.jobs.models import Job
from archive.letters import archival
from archive.retention import locks, reading, reconciling
from archive.retention.models import RenditionLock
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to, told


def word_file() -> io.BytesIO:
    made, out = WordDocument(), io.BytesIO()
    made.add_paragraph("关于贷款利率的说明")
    made.save(out)
    out.seek(0)
    return out


def filed(office: Office, clock: FixedClock, *, office_file: bool) -> str:
    number = brought_to(office, State.ANSWERED, received_at=clock.moment)
    builders.deposited(office, number)
    if office_file:
        with acting(office.person("officer")) as act:
            documents.deposit(builders.dossier(number), word_file(), "说明.docx", source="某某银行", act=act)
    told(office, number)
    head = office.person("head")
    with acting(head) as act:
        moving.close(access.find(act.session, number, head), act=act)
    return number


def made_of(number: str) -> dict[RenditionKind, Rendition]:
    return {one.kind: one for one in renditions.of_dossier(db.session(), builders.dossier(number).id)}


@pytest.mark.skipif(convert.program() is None, reason="LibreOffice is not installed")
def test_a_filed_dossier_gets_cover_catalogue_and_pdf_a_which_are_locked_and_found_by_the_reconciliation(
    office: Office, clock: FixedClock, ports
) -> None:
    number = filed(office, clock, office_file=True)
    dossier_id = builders.dossier(number).id
    kinds = set(db.session.scalars(select(Job.kind).where(Job.dossier_id == dossier_id)))
    assert "disposal.paper_filed" in kinds
    assert filing_papers.make(dossier_id) == 4
    assert filing_papers.make(dossier_id) == 0
    made = made_of(number)
    for kind in (RenditionKind.COVER, RenditionKind.CATALOGUE, RenditionKind.EXAMINATION):
        assert archival.marks(renditions.read(made[kind]))["pdfa"]
    assert b"pdfaid:part" in renditions.read(made[RenditionKind.PDFA])
    facts = filing_papers.catalogue(db.session(), builders.dossier(number), builders.keeping(number).filed_number)
    assert [row["note"] for row in facts["items"]] == ["", "有PDF/A"]
    locks.extend_dossier(dossier_id)
    until = builders.keeping(number).disposable_at
    rows = db.session.scalars(select(RenditionLock)).all()
    assert len(rows) == 4
    assert all(row.locked_until > until for row in rows)
    assert reconciling.reconcile().findings == 0
    assert reconciling.read_again(most_bytes=1 << 20).rows == 6
    clock.moment = disposal.present().replace(year=2030)
    assert sweeping.sweep(clock.moment).blobs == 0
    first = made[RenditionKind.COVER]
    assert ports.store.stat(first.blob_key, first.store_version).locked_until > until


def test_what_was_made_goes_with_the_dossier_and_is_named_in_the_list(office: Office, clock: FixedClock, ports) -> None:
    builders.long_ago(clock)
    number = filed(office, clock, office_file=False)
    dossier_id = builders.dossier(number).id
    assert filing_papers.make(dossier_id) == 3
    locks.sweep()
    disposal.marked(clock, disposal.present() - disposal.timedelta(days=15))
    assert filing_papers.make(dossier_id) == 0
    found = disposal.ready(office, clock, [number])
    assert len(disposal.fetched(found).lines[0].manifest) == 4
    assert disposal.destroyed(office, found) is ListState.CERTIFIED
    assert not list(ports.store.versions(dossier_id.hex))
    assert db.session.scalars(select(Rendition)).all() == []


def test_the_cover_tells_what_is_kept_and_leaves_out_what_was_struck(office: Office, clock: FixedClock) -> None:
    number = brought_to(office, State.ANSWERED)
    builders.deposited(office, number)
    wrong = builders.deposited(office, number, b"another matter", "别案.txt")
    with acting(office.person("officer")) as act:
        document = queries.document(act.session, builders.dossier(number), _document_of(wrong))
        striking.strike(document, reason="系他人材料", act=act)
    told(office, number)
    head = office.person("head")
    with acting(head) as act:
        moving.close(access.find(act.session, number, head), act=act)
    kept = builders.keeping(number)
    cover = filing_papers.cover(db.session(), builders.dossier(number), kept)
    assert (cover["dossier"]["number"], cover["dossier"]["documents"]) == (kept.filed_number, 1)
    assert (cover["dossier"]["retention"], cover["dossier"]["kept_until"]) == ("3年", "2029-03-05")
    assert cover["dossier"]["filed_by"] == office.person("head").name
    facts = filing_papers.catalogue(db.session(), builders.dossier(number), kept.filed_number)
    assert [row["note"] for row in facts["items"]] == ["", "误归，不计"]
    report = reading.last_report(db.session(), builders.dossier(number).id)
    assert report is not None
    said = filing_papers.examination(builders.dossier(number), kept, report)
    assert (said["occasion"], said["by"]) == ("归档检测", office.person("head").name)
    unseen = [one["result"] for one in said["checks"] if one["what"] == "病毒查杀"]
    assert (unseen, said["conclusion"]) == (["未检测"], "合格，1项未检测")


def _document_of(version_id):
    from archive.documents.models import Version

    return db.session.get_one(Version, version_id).document_id

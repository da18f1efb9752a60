"""What comes between asking that a wrong file be taken out, its bytes going, and the end of it."""

import io
import operator
import uuid

import pytest
from docx import Document as WordDocument
from sqlalchemy import select

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import RuleBroken
from archive.core.ports import Ports
from archive.disposal import filing_papers
from archive.documents import blobs, striking
from archive.documents import operations as documents
from archive.documents.kinds import Reading, RemovalState
from archive.documents.models import Document, Removal, Version
from archive.dossiers import access, moving
from archive.dossiers.states import State
from archive.retention import recalling, removing
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to, told


def a_word_file() -> bytes:
    made, out = WordDocument(), io.BytesIO()
    made.add_paragraph("别人的材料")
    made.save(out)
    return out.getvalue()


@pytest.fixture
def number(office: Office, clock: FixedClock, ports: Ports) -> str:
    disposal.marked(clock, disposal.present())
    found = brought_to(office, State.ANSWERED, received_at=clock.moment)
    builders.deposited(office, found)
    return found


def struck(office: Office, number: str, content: bytes, name: str) -> uuid.UUID:
    version_id = builders.deposited(office, number, content, name)
    with acting(office.person("officer")) as act:
        document = act.session.get_one(Version, version_id).document
        striking.strike(document, reason="误存", act=act)
        return document.id


def asked(office: Office, document_id: uuid.UUID) -> uuid.UUID:
    with acting(office.person("officer")) as act:
        return removing.ask(act.session.get_one(Document, document_id), reason="误存", act=act).id


def confirmed(office: Office, document_id: uuid.UUID) -> uuid.UUID:
    removal_id = asked(office, document_id)
    with acting(office.person("head")) as act:
        removing.decide(act.session.get_one(Document, document_id), confirm=True, act=act)
    return removal_id


def close(office: Office, number: str) -> None:
    told(office, number)
    head = office.person("head")
    with acting(head) as act:
        moving.close(access.find(act.session, number, head), act=act)


def removal(removal_id: uuid.UUID) -> Removal:
    db.session.rollback()
    return db.session.get_one(Removal, removal_id)


def test_a_dossier_with_a_word_file_taken_out_gets_its_papers(office: Office, number: str) -> None:
    removal_id = confirmed(office, struck(office, number, a_word_file(), "别人.docx"))
    removing.run(removal_id)
    assert removal(removal_id).state is RemovalState.DONE
    close(office, number)
    assert filing_papers.make(builders.dossier(number).id) == 3


def test_what_is_unpacked_at_the_last_moment_goes_too(
    office: Office, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = struck(office, number, b"PK", "材料.zip")
    removal_id, look, late = confirmed(office, document_id), removing._next, list[uuid.UUID]()

    def unpacking(one: uuid.UUID) -> uuid.UUID | None:
        found = look(one)
        if found is None and not late:
            late.append(one)
            blob = blobs.keep(io.BytesIO("别人".encode()), "b.txt", dossier_id=builders.dossier(number).id)
            container = select(Version).where(Version.document_id == document_id)
            with acting(office.person("officer")) as act:
                documents.deposit_found(act.session.scalars(container).one(), 1, blob, "b.txt", None, act=act)
        return found

    monkeypatch.setattr(removing, "_next", unpacking)
    removing.run(removal_id)
    assert removal(removal_id).trouble == ""
    left = db.session.scalars(select(Version).where(Version.reading != Reading.TAKEN_OUT)).all()
    assert (len(left), late) == (1, [removal_id])


@pytest.mark.parametrize("step", ["_remove", "removal_records.keep"])
def test_killed_when_the_bytes_were_gone_the_row_follows_whenever_and_the_dossier_can_be_closed(
    office: Office, number: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    removal_id, real = confirmed(office, struck(office, number, b"x", "a.txt")), operator.attrgetter(step)(removing)

    def killed(*given: object, **named: object) -> None:
        real(*given, **named)
        raise RuntimeError("killed")

    monkeypatch.setattr(f"archive.retention.removing.{step}", killed)
    with pytest.raises(RuntimeError):
        removing.run(removal_id)
    monkeypatch.undo()
    assert removal(removal_id).state is RemovalState.CONFIRMED
    # Too late to begin, and held meanwhile: neither brings the bytes back.
    builders.days_later(clock)
    builders.a_hold(office, number)
    removing.resume()
    assert (removal(removal_id).state, removal(removal_id).trouble) == (RemovalState.DONE, "")
    assert recalling.pending() == []
    close(office, number)


def test_what_two_persons_have_not_seen_is_not_added_to_what_leaves(office: Office, number: str) -> None:
    document_id = struck(office, number, b"x", "a.txt")
    removal_id = confirmed(office, document_id)
    with pytest.raises(RuleBroken, match=r"version\.leaving"), acting(office.person("officer")) as act:
        documents.add_version(act.session.get_one(Document, document_id), io.BytesIO(b"right"), "b.txt", act=act)
    removing.run(removal_id)
    assert removal(removal_id).state is RemovalState.DONE


def test_what_stopped_half_way_is_asked_for_again_and_never_counts_again(
    office: Office, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document_id = struck(office, number, b"x", "a.txt")
    with acting(office.person("officer")) as act:
        documents.add_version(act.session.get_one(Document, document_id), io.BytesIO(b"second"), "2.txt", act=act)
    first, erase, begun = confirmed(office, document_id), removing._erase, list[int]()

    def stopping(*given: object) -> None:
        begun.append(1)
        if len(begun) == 2:
            raise removing.Stopped("案卷已冻结")
        erase(*given)

    monkeypatch.setattr(removing, "_erase", stopping)
    removing.run(first)
    assert removal(first).trouble == "案卷已冻结"
    again = confirmed(office, document_id)
    removing.run(again)
    assert (removal(again).state, removal(again).trouble) == (RemovalState.DONE, "")
    with pytest.raises(RuleBroken, match=r"strike\.removal"), acting(office.person("officer")) as act:
        striking.lift(act.session.get_one(Document, document_id), reason="误标", act=act)

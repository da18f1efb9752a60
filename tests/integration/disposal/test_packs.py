"""Evidence packs to order: made by the worker, gone on with after a kill, closed and removed when they must be."""

import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, RuleBroken
from archive.disposal import packing, packs
from archive.disposal.kinds import PackState
from archive.disposal.models import Pack
from archive.dossiers import access, guarding, selections
from archive.jobs.models import Job, JobState
from archive.worker import Worker
from tests import disposal_builders as lists
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import account, dossier, registered, ungranted


def ordered(office: Office, numbers: list[str], by: str = "auditor") -> Pack:
    who = office.person(by)
    with acting(who) as act:
        found = [access.find(act.session, number, who) for number in numbers]
        return packs.order(found, title="抽查", reason="审字〔2026〕3号", act=act)


def state_of(pack: Pack) -> PackState:
    db.session.rollback()
    return db.session.get_one(Pack, pack.id).state


def fetched(office: Office, pack: Pack) -> Path:
    who = office.person("auditor")
    with acting(who) as act:
        return packs.fetch(packs.find(act.session, pack.id, who), who, begins=True, act=act)


def test_a_pack_of_several_checks_itself_and_is_recorded(app: Flask, office: Office, tmp_path: Path) -> None:
    numbers = [builders.a_closed_dossier(office, files=2) for _ in range(2)]
    client = office.client("auditor")
    asked = {"numbers": numbers, "title": "抽查", "reason": "审字〔2026〕3号"}
    answer = client.post("/api/v1/packs", json=asked)
    assert answer.status_code == 202
    url = f"/packs/{answer.json['id']}"  # type: ignore[index]
    assert "正在制作" in client.get(url).text or "排队中" in client.get(url).text
    Worker(app).run_until_idle()
    db.session.rollback()
    assert "下载 ZIP" in client.get(url).text
    whole = client.get(f"{url}/file")
    (tmp_path / "pack.zip").write_bytes(whole.data)
    rest = client.get(f"{url}/file", headers={"Range": "bytes=100-199"})
    assert (rest.status_code, rest.data) == (206, whole.data[100:200])
    whole.close()
    rest.close()
    with zipfile.ZipFile(tmp_path / "pack.zip") as file:
        file.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "evidence/verify.py")], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "OK: complete and unchanged"
    exported = db.session.scalars(select(Entry).where(Entry.action == "dossier:export")).all()
    assert sorted(one.facts["number"] for one in exported) == numbers
    for login, status in (("head", 404), ("officer", 403)):
        assert office.client(login).get(url).status_code == status
        assert office.client(login).get(f"{url}/file").status_code == status


def test_a_killed_run_goes_on_with_the_next_dossier(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [builders.a_closed_dossier(office, files=1) for _ in range(3)]
    pack = ordered(office, numbers)
    gathered: list[str] = []
    real = packing.gather

    def gather(session, found, root, now, progress=None):  # type: ignore[no-untyped-def]
        number = found.number
        if len(gathered) == 1 and number == numbers[1] and "killed" not in gathered:
            gathered.append("killed")
            (root / "part").mkdir()
            (root / "part" / "half").write_text("?")
            raise KeyboardInterrupt
        before = os.path.exists(root / "lines" / number)
        real(session, found, root, now, progress)
        gathered.append(f"{number} {'kept' if before else 'made'}")

    monkeypatch.setattr(packing, "gather", gather)
    with pytest.raises(KeyboardInterrupt):
        packs.make(pack.id)
    assert state_of(pack) is PackState.GATHERING
    packs.make(pack.id)
    assert gathered == [
        f"{numbers[0]} made",
        "killed",
        f"{numbers[0]} kept",
        f"{numbers[1]} made",
        f"{numbers[2]} made",
    ]
    assert state_of(pack) is PackState.READY


def test_a_pack_that_nobody_makes_any_more_has_failed(office: Office) -> None:
    made = ordered(office, [builders.a_closed_dossier(office, files=1)])
    client = office.client("auditor")
    assert client.get(f"/api/v1/packs/{made.id}").json["state"] == "waiting"
    db.session.query(Job).filter_by(kind="disposal.make_pack").update({"state": JobState.FAILED})
    db.session.query(Pack).update({"state": PackState.GATHERING})
    db.session.commit()
    assert client.get(f"/api/v1/packs/{made.id}").json["state"] == "failed"
    page = client.get(f"/packs/{made.id}").text
    assert "请重新制作" in page
    assert "data-pack" not in page


def test_a_pack_is_closed_once_the_grant_is_over_and_gone_after_its_time(office: Office, clock: FixedClock) -> None:
    numbers = [builders.a_closed_dossier(office, files=1)]
    pack, late = ordered(office, numbers), ordered(office, numbers)
    packs.make(pack.id)
    assert fetched(office, pack).exists()
    ungranted(office)
    with pytest.raises(RuleBroken, match=r"pack\.closed"):
        fetched(office, pack)
    packs.make(late.id)
    assert state_of(late) is PackState.FAILED, "what began under a grant does not end without it"
    clock.moment += packs.KEPT
    with pytest.raises(RuleBroken, match=r"pack\.not_there"):
        fetched(office, pack)
    (packs.file_of(pack.id).parent / "stray.zip").write_text("?")
    assert packs.sweep() == 1
    assert state_of(pack) is PackState.GONE
    assert list(packs.file_of(pack.id).parent.iterdir()) == []


def test_a_pack_goes_with_the_first_of_its_dossiers_that_is_destroyed(office: Office, clock: FixedClock) -> None:
    numbers = lists.expired(office, clock, 2, files=1)
    pack = ordered(office, numbers)
    packs.make(pack.id)
    db.session.execute(update(Pack).values(expires_at=clock.moment + timedelta(days=60)))
    db.session.commit()
    path = fetched(office, pack)
    lists.destroyed(office, lists.ready(office, clock, numbers[:1]))
    assert state_of(pack) is PackState.GONE
    assert not path.exists()


def test_only_closed_dossiers_of_ones_own_are_packed(office: Office) -> None:
    number, other = builders.a_closed_dossier(office), registered(office)
    with pytest.raises(BadInput) as refused:
        ordered(office, [number, other], by="head")
    assert [one.code for one in refused.value.problems] == ["pack.open"]
    with pytest.raises(BadInput, match=r"pack\.count"):
        ordered(office, [])
    with pytest.raises(NotAllowed):
        ordered(office, [number], by="officer")


def test_a_selection_is_packed_by_page(office: Office) -> None:
    number, other = builders.a_closed_dossier(office), registered(office)
    head = office.person("head")
    with acting(head) as act:
        ids = [dossier(number).id, dossier(other).id]
        selection = selections.choose(head, ids, "两件", act, purpose="packs").id
    client = office.client("head")
    page = client.get(f"/packs/new?selection={selection}").text
    assert "将放入 <strong>1</strong> 件" in page
    assert f"1 件还没有办结，不会放入：{other}" in page
    assert client.post("/packs/", data={"selection": selection, "title": "x"}).status_code == 422
    done = client.post("/packs/", data={"selection": selection, "title": "x", "reason": "法院调卷"})
    assert done.status_code == 303
    assert "x" in client.get("/packs/").text
    with acting(head) as act:
        guarding.recuse(dossier(number), account(office, "head"), reason="亲属", act=act)
    assert client.get(f"/packs/new?selection={selection}").text.count(number) == 0


def test_what_was_handed_out_stays_known(office: Office) -> None:
    pack = ordered(office, [builders.a_closed_dossier(office)])
    for statement in ("DELETE FROM pack_member", "DELETE FROM pack", "UPDATE pack SET reason = 'x'"):
        with pytest.raises(DBAPIError, match="pack"):
            db.session.execute(text(statement))
        db.session.rollback()
    assert state_of(pack) is PackState.WAITING

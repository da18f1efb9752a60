"""Profiles on pages: drawn, proposed whole or refused whole with line and reason, signed by another."""

from io import BytesIO

from flask import Flask

from archive.core.db import db
from archive.dossiers.states import Source
from archive.procedures import queries
from archive.procedures.loading import shipped_texts
from tests.builders import Office
from tests.dossier_builders import registered


def second(changes: tuple[str, str] = ("limit: 15 day", "limit: 10 day")) -> str:
    return shipped_texts()["PBC5"].replace("version: 1", "version: 2", 1).replace(*changes, 1)


def propose(office: Office, text: str, by: str = "legal"):  # type: ignore[no-untyped-def]
    data = {"note": "修订", "file": (BytesIO(text.encode()), "PBC5.yaml")}
    return office.client(by).post("/procedures/", data=data, content_type="multipart/form-data")


def test_a_profile_is_drawn_with_its_limits_articles_and_what_the_source_lacks(app: Flask, office: Office) -> None:
    page = office.client("officer").get("/procedures/WQZX/1").text
    assert "原文残缺" in page
    assert "办理流程" in page
    assert "分办单位反馈办理结果" in page
    assert office.client("officer").get("/procedures/WQZX/9").status_code == 404


def test_a_bad_profile_is_refused_whole_with_line_and_reason(app: Flask, office: Office) -> None:
    bad = second().replace("approver: complaint_head", "approver: nobody_here", 1).replace("to: 60 day", "to: 6 day", 1)
    refused = propose(office, bad)
    assert refused.status_code == 422
    line = next(no for no, text in enumerate(bad.splitlines(), 1) if "nobody_here" in text)
    assert f"第 {line} 行" in refused.text
    assert "角色“nobody_here”没有在 roles 中列出" in refused.text
    assert [row.version for row in queries.versions(db.session(), "PBC5")] == [1]
    assert propose(office, shipped_texts()["PBC5"]).status_code == 422  # a version is never given twice


def test_what_if_tells_the_dates_and_another_signs(app: Flask, office: Office) -> None:
    office.client("records_manager").post(
        "/procedures/choices",
        data={"unit": "root", "subject": "institution", "value": "payment", "reason": "收单机构"},
    )
    [choice] = queries.choices(db.session())
    assert office.client("head").post(f"/procedures/choices/{choice.id}/decide").status_code == 302
    number = registered(office, source=Source.PBC)
    assert propose(office, second()).status_code == 302
    page = office.client("head").get("/procedures/PBC5/2/what-if").text
    assert number in page
    assert "2026-03-20 周五" in page
    assert "2026-03-15 周日" in page
    assert "条文：第 1 版 → 第 2 版" in page
    assert "15 日" in page
    assert "10 日" in page
    assert "条文：" not in office.client("head").get("/procedures/PBC5/1/what-if").text
    assert office.client("legal").post("/procedures/PBC5/2/sign").status_code == 409
    assert office.client("head").post("/procedures/PBC5/2/sign").status_code == 302
    db.session.expire_all()
    assert queries.version(db.session(), "PBC5", 2).signed_by_name == "head甲"


def test_an_officer_proposes_nothing(app: Flask, office: Office) -> None:
    assert propose(office, second(), by="officer").status_code == 403

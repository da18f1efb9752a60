"""The three administrators at their own pages, and nowhere else."""

import re

from playwright.sync_api import expect

from tests.journeys.browsing import Desks
from tests.journeys.conftest import Service


def test_the_security_administrator_makes_an_account_that_must_choose_its_password(desks: Desks) -> None:
    page = desks.of("security_admin")
    page.goto("/people/")
    page.get_by_role("link", name="新增用户").click()
    page.get_by_label("登录名").fill("gu_xin")
    page.get_by_label("姓名").fill("顾新")
    page.get_by_role("button", name="新增用户").click()
    password = page.locator("main code.number").inner_text()

    fresh = desks.visitor()
    fresh.goto("/login")
    fresh.get_by_label("登录名").fill("gu_xin")
    fresh.get_by_label("密码").fill(password)
    fresh.get_by_role("button", name="登录").click()
    expect(fresh).to_have_url(re.compile("/me/password"))
    fresh.goto("/me/")
    expect(fresh).to_have_url(re.compile("/me/password"))


def test_an_administrator_is_shown_no_dossier(desks: Desks, service: Service) -> None:
    number = service.number("closed")
    desks.refused(403)
    desks.refused(404)
    for login in ("security_admin", "system_admin"):
        page = desks.of(login)
        page.goto("/")
        expect(
            page.get_by_role("navigation", name="主导航").get_by_role("link", name="案卷", exact=True)
        ).to_have_count(0)
        answer = page.goto(f"/dossiers/{number}")
        assert answer is not None
        assert answer.status in (403, 404)
        expect(page.locator(".error-sentence")).to_be_visible()


def test_the_system_administrator_sees_jobs_and_health(desks: Desks) -> None:
    page = desks.of("system_admin")
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="后台任务").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/health/")
    expect(page.locator("main")).to_contain_text("数据库")
    expect(page.locator("main")).to_contain_text("磁盘")


def test_the_auditor_finds_an_entry_and_verifies_the_trail(desks: Desks, service: Service) -> None:
    page = desks.of("auditor")
    page.goto("/audit/")
    page.get_by_label("何人（登录名）").fill("head")
    page.get_by_label("何事").fill("dossier:close")
    page.get_by_role("button", name="筛选").click()
    rows = page.locator("tbody tr")
    expect(rows.first).to_contain_text("王主任")
    expect(rows.first).to_contain_text("办结")
    page.get_by_role("button", name="校验全部记录").click()
    expect(page.locator("main")).to_contain_text("校验通过")

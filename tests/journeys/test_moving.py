"""A dossier on its way through the office: each person does their part on their own page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from archive.dossiers import registering
from archive.dossiers.states import Channel
from archive.dossiers.values import Complaint, PartyValue
from tests.journeys.browsing import Desks
from tests.journeys.conftest import Service


@pytest.fixture
def number(service: Service) -> str:
    complaint = Complaint(
        title="转账限额未告知即下调", received_at=datetime.now(UTC) - timedelta(hours=1), channel=Channel.PHONE, parties=(PartyValue("柳如烟"),),
        respondent="演示村镇银行", category="loan", cause="fee", facts="手机银行转账限额被下调。", request="恢复限额。",
    )  # fmt: skip
    return service.do("intake", lambda act: registering.register(complaint, act=act).number)


def move(page: Page, name: str, **fields: str) -> None:
    """Press a move among the next steps, fill its form, do it."""
    page.get_by_role("complementary", name="下一步").get_by_role("link", name=name, exact=True).click()
    for label, value in fields.items():
        field = page.get_by_label(label).first
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    page.locator("main form").get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".cover")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def state(page: Page, word: str) -> None:
    expect(page.locator(".cover .state")).to_have_text(word)


def test_from_acceptance_to_the_closed_dossier(desks: Desks, number: str) -> None:
    head, officer = desks.of("head"), desks.of("officer2")
    head.goto("/")
    head.get_by_role("link", name=number).first.click()
    move(head, "受理", 说明="属于受理范围")
    state(head, "已受理")
    move(head, "分办", 主办单位="调查调解科", 转办说明="请五日内联系投诉人")
    state(head, "已分办待接收")

    officer.goto("/")
    slip = officer.locator(".slip", has_text=number)
    expect(slip).to_contain_text("请五日内联系投诉人")
    slip.get_by_role("link", name="接收").click()
    officer.locator("main form").get_by_role("button", name="接收转办").click()
    state(officer, "调查中")
    # What cannot be done yet says why.
    officer.get_by_text("现在不能办理的事项").click()
    expect(officer.locator(".far")).to_contain_text("办结")
    move(officer, "形成处理结果", 处理结果="经查，机构已恢复限额并致歉。")
    state(officer, "已答复")

    # Closing before the complainant was told is refused, with the reason.
    head.goto(f"/dossiers/{number}/moves/close")
    expect(head.locator("main")).to_contain_text("告知")
    move(officer, "告知投诉人", 方式="电话", 告知内容="处理结果告知")
    head.goto(f"/dossiers/{number}")
    head.get_by_role("complementary", name="下一步").get_by_role("link", name="办结", exact=True).click()
    button = head.locator("main form").get_by_role("button", name="办结")
    expect(button).to_be_disabled()
    head.get_by_label(re.compile("输入案号")).fill(number)
    button.click()
    state(head, "已办结")

    officer.goto(f"/dossiers/{number}/documents/")
    expect(officer.locator("main")).to_contain_text("材料只读")
    expect(officer.get_by_role("link", name="上传材料")).to_have_count(0)
    expect(officer.get_by_role("link", name="更正登记事项")).to_have_count(0)
    officer.goto(f"/dossiers/{number}/documents/add")
    expect(officer.locator("[data-upload]")).to_have_count(0)
    expect(officer.locator(".notice-warning")).to_be_visible()
    officer.goto(f"/dossiers/{number}/timeline")
    for word in ("登记", "受理", "分办", "接收转办", "形成处理结果", "告知投诉人", "办结"):
        expect(officer.locator("ol.steps")).to_contain_text(word)
    expect(officer.locator(".time-figure svg")).to_be_visible()

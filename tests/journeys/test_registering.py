"""A contact becomes a complaint; nothing typed is lost."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.browsing import Desks, sign_in

PHONE_NUMBER = "13900001234"


def record_contact(page: Page, name: str, summary: str) -> None:
    page.get_by_role("link", name="登记接待").first.click()
    page.get_by_label("渠道").select_option(label="来访")
    page.get_by_label("来访（电、信）人").fill(name)
    page.get_by_label("联系电话").fill(PHONE_NUMBER)
    page.get_by_label("事项摘要").fill(summary)
    page.get_by_role("button", name="登记，并转为投诉").click()


def fill_complaint(page: Page, institution: str) -> None:
    page.get_by_label("联系电话").fill(PHONE_NUMBER)
    page.get_by_label("被投诉机构").fill(institution)
    page.get_by_label("业务类别").select_option(index=1)
    page.get_by_label("投诉原因").select_option(index=1)
    page.get_by_label("涉及金额（元）").fill("1,280.50")
    page.get_by_label("事实和理由").fill("年费未经同意扣收三年。")
    page.get_by_label("投诉诉求").fill("退还年费。")


def test_a_contact_becomes_a_complaint_and_the_second_one_is_pointed_out(desks: Desks) -> None:
    page = desks.visitor()
    page.goto("/contacts/")
    expect(page).to_have_url(f"{desks.url}/login?next=/contacts/")
    sign_in(page, "intake")
    expect(page.get_by_role("heading", level=1)).to_have_text("接待登记簿")
    record_contact(page, "柳如烟", "信用卡年费未经同意扣收")
    expect(page.get_by_role("status").first).to_contain_text("号接待")
    expect(page.get_by_label("姓名或名称")).to_have_value("柳如烟")
    expect(page.get_by_label("投诉事项")).to_have_value("信用卡年费未经同意扣收")
    fill_complaint(page, "演示商业银行股份有限公司张家港保税区金港大道支行")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已登记，案号")
    number = page.locator(".cover-number").inner_text()
    expect(page.locator(".cover")).to_contain_text("待受理")
    # The phone number is on no page in full.
    page.get_by_role("link", name="当事人").click()
    expect(page.locator("main")).to_contain_text("139****1234")
    assert PHONE_NUMBER not in page.content()

    page.goto("/")
    record_contact(page, "柳如烟", "再次反映年费")
    hints = page.get_by_role("complementary")
    expect(hints.get_by_role("link", name=number)).to_be_visible()
    page.get_by_label("姓名或名称").fill("某某")
    expect(hints.get_by_role("link")).to_have_count(0)
    page.get_by_label("联系电话").fill(PHONE_NUMBER)
    expect(hints.get_by_role("link", name=number)).to_be_visible()


def test_a_refused_form_says_why_beside_the_field_and_keeps_what_was_typed(desks: Desks) -> None:
    page = desks.of("intake")
    page.goto("/dossiers/new")
    page.get_by_label("投诉事项").fill("账户被限额")
    page.get_by_label("投诉方式").select_option(label="来电")
    page.get_by_label("姓名或名称").fill("柳如烟")
    page.get_by_label("涉及金额（元）").fill("很多")
    desks.refused(422)
    page.get_by_role("button", name="登记", exact=True).click()
    problems = page.get_by_role("alert")
    expect(problems).to_be_focused()
    problems.get_by_role("link").first.click()
    field = page.get_by_label("涉及金额（元）")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("很多")
    expect(page.get_by_label("投诉事项")).to_have_value("账户被限额")


def test_what_was_typed_outlives_the_session(desks: Desks) -> None:
    page = desks.visitor()
    page.goto("/login?next=/dossiers/new")
    sign_in(page, "intake")
    earlier = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")  # two hours ago in Shanghai
    page.get_by_label("投诉时间").fill(earlier)
    page.get_by_label("投诉方式").select_option(label="来电")
    page.get_by_label("投诉事项").fill("理财产品到期不能赎回")
    page.get_by_label("姓名或名称").fill("柳如烟")
    page.get_by_label("联系电话").fill(PHONE_NUMBER)
    page.get_by_role("button", name="再加一位当事人").click()
    page.get_by_label("姓名或名称").nth(1).fill("柳代理")
    page.get_by_label("事实和理由").fill("两次到期均被自动续期。")
    page.context.clear_cookies()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page).to_have_url(f"{desks.url}/login?next=/dossiers/new")
    sign_in(page, "intake")
    expect(page.get_by_role("status").first).to_contain_text("已恢复您上次没有提交的内容")
    expect(page.get_by_label("投诉时间")).to_have_value(earlier)
    expect(page.get_by_label("投诉方式")).to_have_value("phone")
    expect(page.get_by_label("姓名或名称").nth(0)).to_have_value("柳如烟")
    expect(page.get_by_label("姓名或名称").nth(1)).to_have_value("柳代理")
    expect(page.get_by_label("事实和理由")).to_have_value("两次到期均被自动续期。")
    # Personal numbers are not left in the browser.
    expect(page.get_by_label("联系电话").nth(0)).to_have_value("")
    assert PHONE_NUMBER not in page.evaluate("JSON.stringify(sessionStorage)")

    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已登记，案号")
    page.goto("/dossiers/new")
    expect(page.get_by_label("投诉事项")).to_have_value("")


def test_a_draft_is_not_shown_to_who_signs_in_next(desks: Desks) -> None:
    page = desks.visitor()
    page.goto("/login?next=/dossiers/new")
    sign_in(page, "intake")
    page.get_by_label("事实和理由").fill("只给收件员看的话。")
    page.context.clear_cookies()
    page.goto("/dossiers/new")
    sign_in(page, "officer")
    expect(page.get_by_label("事实和理由")).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0

"""Everything with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.journeys.browsing import Desks
from tests.journeys.conftest import Service


def focused(page: Page) -> str:
    """Return the words of what the keyboard stands on."""
    script = "(e => e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent || '')(document.activeElement)"
    return str(page.evaluate(script)).strip()


def tab_to(page: Page, words: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            return
    raise AssertionError(f"{words} is not reached by {most} tabs; now at {focused(page)}")


def test_slash_goes_to_the_search_box_and_arrows_walk_the_results(desks: Desks, service: Service) -> None:
    page = desks.of("legal")
    page.goto("/dossiers/")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="全文检索")).to_be_focused()
    page.keyboard.type(f"{service.number('closed')[:4]} OR 贷款")
    page.keyboard.press("Enter")
    links = page.locator(".hits a.row-link")
    links.first.wait_for()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cover")).to_be_visible()


def test_slash_typed_into_a_field_stays_there(desks: Desks) -> None:
    page = desks.of("intake")
    page.goto("/contacts/new")
    page.get_by_label("事项摘要").press_sequentially("退费/退款")
    expect(page.get_by_label("事项摘要")).to_have_value("退费/退款")


def test_a_contact_is_recorded_without_a_mouse(desks: Desks) -> None:
    page = desks.of("intake")
    page.goto("/")
    page.keyboard.press("Tab")
    assert focused(page) == "跳到正文"
    page.keyboard.press("Enter")
    tab_to(page, "登记接待", 4)
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts/new")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the way past rail and search
    tab_to(page, "渠道")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    tab_to(page, "来访（电、信）人")
    page.keyboard.type("键盘客户")
    tab_to(page, "事项摘要")
    page.keyboard.type("询问存单挂失")
    tab_to(page, "登记")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("号接待")
    expect(page.locator("main")).to_contain_text("键盘客户")
    expect(page.locator("main")).to_contain_text("来电")


def test_the_first_next_step_of_a_dossier_is_reached_by_tab(desks: Desks, service: Service) -> None:
    page = desks.of("head")
    page.goto(f"/dossiers/{service.number('registered')}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    tab_to(page, "受理")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moves/accept")
    # Where the keyboard stands is seen.
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"

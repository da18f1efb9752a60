"""People at their desks: pages of a real browser, signed in, watched for what a browser complains about."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from archive.people.demo import PASSWORD

WIDE, PHONE = 1280, 390
HEIGHT = 800


def sign_in(page: Page, login: str) -> None:
    """Sign in on the page that asks for it."""
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()


@dataclass
class Desks:
    """Opens pages for people by login. What a browser complains of (scripts' errors, breaches of the CSP) is kept."""

    browser: Browser
    url: str
    sessions: dict[str, Any]  # the cookies of who signed in before, shared by the tests
    complaints: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)  # statuses that this test brings about

    def visitor(self, width: int = WIDE) -> Page:
        """Return the page of somebody who is not signed in."""
        return self._page(width, None)

    def of(self, login: str, width: int = WIDE) -> Page:
        """Return a page of a person who signed in."""
        if login not in self.sessions:
            page = self.visitor()
            page.goto("/login")
            sign_in(page, login)
            self.sessions[login] = page.context.storage_state()
            page.context.close()
        return self._page(width, self.sessions[login])

    def refused(self, status: int) -> None:
        """Expect an answer of this status; a browser remarks on it in its console."""
        self.refusals.add(status)

    def close(self) -> None:
        """Close all pages; the browser may have complained of nothing but the expected refusals."""
        for context in self.contexts:
            context.close()
        expected = tuple(f"responded with a status of {status}" for status in self.refusals)
        left = [text for text in self.complaints if not any(words in text for words in expected)]
        assert left == []

    def _page(self, width: int, session: Any) -> Page:
        context = self.browser.new_context(
            base_url=self.url, storage_state=session, viewport={"width": width, "height": HEIGHT},
            locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.contexts.append(context)
        return context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def too_wide(page: Page) -> list[str]:
    """Name what sticks out on the right, for the message of a failing test."""
    script = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 8).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 30))"""
    found: list[str] = page.evaluate(script)
    return found

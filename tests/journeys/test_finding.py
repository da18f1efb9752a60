"""Words inside a zip and words in a picture are found, and shown where they stand."""

import io
import re
import time

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from archive.core.act import Act
from archive.core.db import db
from archive.documents import operations as documents
from archive.documents.kinds import Reading
from archive.documents.models import Document, Version
from archive.dossiers.models import Dossier
from tests.journeys import papers
from tests.journeys.browsing import Desks
from tests.journeys.conftest import Service

IN_ZIP = "冒用他人身份证办理分期"
ON_SCAN = "保险费自动划转授权凭证"
FINDABLE_SECONDS = 5


@pytest.fixture(scope="module")
def number(service: Service) -> str:
    """A dossier with a zip and a scan that the worker has read; findable within seconds of that."""
    number = service.number("reviewing")
    contents = {"证据包.zip": papers.gbk_zip(IN_ZIP), "授权凭证.png": papers.scan(ON_SCAN)}

    def deposit(act: Act) -> None:
        dossier = act.session.query(Dossier).filter_by(number=number).one()
        for name, content in contents.items():
            documents.deposit(dossier, io.BytesIO(content), name, act=act)

    service.do("officer2", deposit)
    end = time.monotonic() + 90
    while not _read(service, number, 4):
        assert time.monotonic() < end, "not read in time"
        time.sleep(0.2)
    return number


def _read(service: Service, number: str, files: int) -> bool:
    with service.app.app_context():
        query = select(Version.reading).join(Document, Version.document_id == Document.id).join(Dossier)
        states = db.session.scalars(query.where(Dossier.number == number)).all()
        return len(states) == files and Reading.WAITING not in states


def search(page: Page, words: str) -> None:
    page.goto("/search/")
    page.get_by_role("combobox", name="检索词").fill(words)
    page.get_by_role("button", name="检索", exact=True).click()


def findable(page: Page, words: str) -> None:
    """Search until there is a hit, for as long as new text may take."""
    end = time.monotonic() + FINDABLE_SECONDS
    search(page, words)
    while page.locator(".hit").count() == 0 and time.monotonic() < end:
        time.sleep(0.3)
        search(page, words)


def test_a_phrase_from_inside_a_zip_leads_to_the_file_in_it(desks: Desks, number: str) -> None:
    page = desks.of("legal")
    findable(page, IN_ZIP)
    hit = page.locator(".hit")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text(number)
    expect(hit.locator("mark").first).to_have_text(IN_ZIP)
    hit.locator("a.where").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("催收记录")  # a name in GBK
    expect(page.locator(".crumbs")).to_contain_text("证据包")
    expect(page.locator(".viewer mark").first).to_have_text(IN_ZIP)


def test_the_words_of_a_scan_are_boxed_on_its_picture(desks: Desks, number: str) -> None:
    page = desks.of("legal")
    findable(page, ON_SCAN)
    page.locator(".hit a.where").first.click()
    image = page.locator(".viewer-pages img").first
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.viewer-pages img').naturalWidth > 0")
    box, paper = page.locator(".viewer-marks rect").first.bounding_box(), image.bounding_box()
    assert box is not None
    assert paper is not None
    # The line was drawn from a third of the width of the sheet on, at a third of its height.
    centre = (
        (box["x"] + box["width"] / 2 - paper["x"]) / paper["width"],
        (box["y"] + box["height"] / 2 - paper["y"]) / paper["height"],
    )
    assert centre == pytest.approx((0.36, 0.37), abs=0.06)
    pane = page.get_by_role("complementary", name="本页文字")
    if not pane.is_visible():
        page.keyboard.press("t")
    expect(pane).to_contain_text(ON_SCAN)
    expect(pane).to_contain_text("文字识别")


def test_pictures_are_zoomed_by_key(desks: Desks, number: str) -> None:
    page = desks.of("legal")
    page.goto(f"/dossiers/{number}/documents/")
    page.get_by_role("link", name="授权凭证").click()
    page.locator(".viewer-pages img").first.wait_for()
    page.wait_for_load_state()  # keys mean something once the script is there
    wide = _width(page)
    page.keyboard.press("+")
    expect(page.locator("[data-zoom-now]")).to_have_text("125%")
    assert _width(page) == pytest.approx(wide * 1.25, rel=0.02)
    page.keyboard.press("0")
    assert _width(page) == pytest.approx(wide, rel=0.02)


def _width(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.viewer-pages img').getBoundingClientRect().width"))


def test_a_query_that_means_nothing_is_explained(desks: Desks, number: str) -> None:
    page = desks.of("legal")
    desks.refused(422)
    search(page, '(退费 OR "盗刷')
    expect(page.get_by_role("alert")).to_contain_text("这条检索无法执行")
    expect(page.get_by_role("combobox", name="检索词")).to_have_value('(退费 OR "盗刷')
    search(page, "从来没有人写过的一句话")
    expect(page.locator("main")).to_contain_text("没有案卷含有这些内容")
    search(page, number)
    expect(page.locator(".hit").first).to_contain_text(re.compile(number))

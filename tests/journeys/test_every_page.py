"""Every main page, for who may open it: not wider than its window, and readable by everybody (axe)."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from archive.core.act import Act
from archive.documents import operations as documents
from archive.dossiers import registering
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel, PartyKind
from archive.dossiers.values import Complaint, PartyValue
from tests.databases import Databases
from tests.journeys import papers
from tests.journeys.browsing import HEIGHT, PHONE, WIDE, Desks, overflow, too_wide
from tests.journeys.conftest import Service

FIRM = "中国（江苏）自由贸易试验区苏州片区跨境金融消费服务与融资担保信息咨询股份有限公司张家港保税区金港大道中心营业部第二综合业务分理处"
TITLE = "手机银行转账限额未经告知即被下调导致无法按期支付货款产生违约金并影响个人征信记录的投诉" * 2
TEXT = "https://example.invalid/" + "a1b2c3d4" * 30

# {long}: a dossier with names of every length; {closed}: one that ended; {scan}: a page with pictures.
PAGES = {
    "intake": (
        "/", "/contacts/", "/contacts/new", "/dossiers/new", "/dossiers/?respondent=没有这家", "/dossiers/{long}/edit", "/me/",
        "/me/tokens/", "/me/password",
    ),
    "officer3": (
        "/dossiers/{long}", "/dossiers/{long}/documents/", "/dossiers/{long}/documents/add", "/dossiers/{long}/timeline",
        "/dossiers/{long}/parties", "/dossiers/{long}/responses/", "/dossiers/{long}/moves/notify",
        "/dossiers/{long}/handling/", "/dossiers/{long}/handling/tasks/new", "/dossiers/{long}/settling/", "/follow-ups/",
    ),
    "head": (
        "/", "/dossiers/", "/file-room/", "/reports/", "/dossiers/{long}/limits", "/dossiers/{long}/access",
        "/dossiers/{long}/trail", "/dossiers/{long}/moves/assign", "/dossiers/{closed}", "/dossiers/{closed}/retention",
        "/dossiers/{closed}/timeline", "/groups/", "/third-parties/", "/letters/", "/letters/templates/inquiry",
    ),
    "legal": ("/search/", "/search/?q=贷款 OR 投诉", "/search/?q=(", "{scan}", "/no-such-page"),
    "records_manager": ("/retention/", "/retention/alarms", "/retention/rules"),
    "auditor": ("/inspection/", "/audit/"),
    "security_admin": ("/people/", "/people/new", "/units/"),
    "system_admin": ("/jobs/", "/health/"),
    "": ("/login", "/progress"),
}  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# Of a second look at the same words only what changed: the colours in the dark; all but the colours on the phone.
LOOKS: tuple[tuple[int, Literal["light", "dark"], dict[str, object]], ...] = (
    (WIDE, "light", {"runOnly": RULES}),
    (WIDE, "dark", {"runOnly": ["color-contrast"]}),
    (PHONE, "light", {"runOnly": RULES, "rules": {"color-contrast": {"enabled": False}}}),
)
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def places(service: Service) -> Iterator[dict[str, str]]:
    complaint = Complaint(
        title=TITLE[:200], received_at=datetime.now(UTC), channel=Channel.TRANSFER, respondent=FIRM[:120],
        parties=(
            PartyValue(FIRM[:60], kind=PartyKind.ORGANISATION, phone="13900005678"),
            *(PartyValue(f"共同投诉人{n}") for n in range(3)),
        ),
        category="", cause="", facts=TEXT, request=TEXT, amount=Decimal("123456789.01"), contract_no="HT" + "7" * 60,
    )  # fmt: skip
    number = service.do("intake", lambda act: registering.register(complaint, act=act).number)

    def deposit(act: Act) -> str:
        dossier = act.session.query(Dossier).filter_by(number=number).one()
        for n in range(30):
            name = f"{TITLE[:60]}{n}.txt" if n % 2 else f"{'scan_' * 12}{n}.txt"
            documents.deposit(dossier, io.BytesIO(f"{n} {TEXT}".encode()), name, source=FIRM[:40], act=act)
        return str(documents.deposit(dossier, io.BytesIO(papers.scan()), "扫描.png", act=act).document_id)

    scan = service.do("intake", deposit)
    yield {"long": number, "closed": service.number("closed"), "scan": f"/dossiers/{number}/documents/{scan}"}


def grave(page: Page, options: dict[str, object]) -> list[str]:
    """Return the serious violations: the rule, and where."""
    options = {**options, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(options).then(results => results.violations)", options)
    return [
        f"{one['id']} ({one['impact']}): " + "; ".join(node["html"][:140] for node in one["nodes"][:3])
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("login", PAGES)
def test_pages_fit_their_window_and_are_readable(
    login: str, desks: Desks, places: dict[str, str], databases: Databases
) -> None:
    page = desks.of(login) if login else desks.visitor()
    axe = Axe().axe_script
    desks.refused(404)  # the page of a wrong address
    desks.refused(422)  # the page of a query that means nothing
    faults: list[str] = []
    for place in PAGES[login]:
        page.set_viewport_size({"width": WIDE, "height": HEIGHT})
        page.emulate_media(color_scheme="light")
        page.goto(place.format(**places))
        page.evaluate(axe)
        for width, colours, options in LOOKS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=colours)
            # Which database a page's words came from changes nothing of how they are read.
            if databases.kind == "sqlite":
                faults += [f"{place} at {width}, {colours}: {one}" for one in grave(page, options)]
            if overflow(page) > 0:
                faults.append(f"{place} at {width} is {overflow(page)} px too wide: {too_wide(page)}")
    assert not faults, "\n".join(faults)

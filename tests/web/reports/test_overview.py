"""The overview: pictures with their figures, of what the reader may see."""

from archive.core.act import acting
from archive.dossiers import guarding
from archive.dossiers.states import State
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import account, brought_to, dossier, registered


def test_what_came_in_and_what_ended_is_drawn_and_tabled(office: Office) -> None:
    registered(office)
    registered(office, category="card")
    brought_to(office, State.WITHDRAWN)
    page = office.client("head").get("/reports/").get_data(as_text=True)
    assert "共 <strong>3</strong> 件，其中未结 <strong>2</strong> 件" in page
    assert page.count("<svg") >= 4
    assert "银行卡" in page
    assert "2026-03" in page


def test_only_what_one_may_see_is_counted(office: Office) -> None:
    number = registered(office)
    registered(office)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "legal"), reason="亲属", act=act)
    assert "共 <strong>1</strong> 件" in office.client("legal").get("/reports/").get_data(as_text=True)


def test_an_empty_archive_says_what_will_stand_here(office: Office) -> None:
    assert "还没有案卷" in office.client("head").get("/reports/").get_data(as_text=True)


def test_the_page_costs_a_fixed_number_of_statements(office: Office) -> None:
    for _ in range(5):
        registered(office)
    client = office.client("head")
    with counting(10):
        assert client.get("/reports/").status_code == 200

"""What is suggested, on both engines: near words, names while typing, and nothing that only hidden dossiers hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from archive.config import Settings
from archive.core.db import db
from archive.search import queries
from archive.search.queries import Asked
from tests.builders import Office
from tests.dossier_builders import WANG, registered
from tests.integration.search.conftest import filed


@pytest.fixture(params=["whoosh", "tantivy"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return replace(settings, search_engine=request.param)


def offers(office: Office, query: str, login: str = "head", **filters: str) -> list[tuple[str, int]]:
    asked = Asked(query, {name: frozenset({value}) for name, value in filters.items()})
    found = queries.answer(db.session(), office.person(login), asked)
    return [(one.query, one.total) for one in found.offers]


def completed(office: Office, typed: str, login: str = "head") -> list[str]:
    return queries.completed(db.session(), office.person(login), typed)


def test_a_word_misspelt_is_offered_as_it_stands_and_only_to_who_may_read_it(
    office: Office, catch_up: Callable[[], None]
) -> None:
    hidden = registered(office, unit="desk", parties=(replace(WANG, name="欧阳铁锤"),), respondent="无锡隐秘村镇银行")
    filed(office, hidden, "客户称柜员冒签赎回申请单。")
    open_one = registered(office, unit="field", facts="柜员代填风险评估表，未尽告知义务。")
    catch_up()
    assert offers(office, "冒签赎会申请单") == [("冒签赎回申请单", 1)]
    assert offers(office, "投诉人:欧阳铁垂 柜员") == [("投诉人:欧阳铁锤 柜员", 1)]
    assert offers(office, "代添风险评估表") == [("代填风险评估表", 1)]
    assert offers(office, "王小名 贷款") == [("王小明 贷款", 1)]
    assert completed(office, "柜员 欧阳") == ["柜员 欧阳铁锤"]
    assert completed(office, "村镇银") == ["无锡隐秘村镇银行"]
    # What stands in the hidden dossier only is offered to nobody else, however it is asked.
    for query in ("冒签赎会申请单", "投诉人:欧阳铁垂", "无锡隐密村镇银行", "欧阳铁锤 代添"):
        assert offers(office, query, "officer-field") == [], query
    for typed in ("欧阳", "村镇银", "隐秘", "无锡"):
        assert completed(office, typed, "officer-field") == [], typed
    assert offers(office, "代添风险评估表", "officer-field") == [("代填风险评估表", 1)]
    assert completed(office, "王小", "officer-field") == ["王小明"]
    assert offers(office, "王小名", "nobody") == []
    assert open_one


def test_a_condition_too_many_is_told_with_what_would_be_found(office: Office, catch_up: Callable[[], None]) -> None:
    for _ in range(2):
        registered(office, facts="柜员代填风险评估表")
    registered(office, facts="收取账户管理费")
    catch_up()
    found = offers(office, "代填 账户管理费")
    assert found == [("代填", 2), ("账户管理费", 1)]
    assert offers(office, "代填 状态:已办结 账户管理费") == found
    # What is clicked finds what was promised, however the word stands in the query.
    assert offers(office, "账户 账户管理费 代填") == [("账户 账户管理费", 1)]
    grouped = '"账户管理费" 投诉人:无此人 (代填 OR 账户)'
    assert offers(office, grouped) == [('"账户管理费" (代填 OR 账户)', 1)]
    assert offers(office, "13800135679") == []
    assert offers(office, "代填", state="closed") == []

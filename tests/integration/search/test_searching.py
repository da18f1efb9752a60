"""What a person finds, from the deposited file to the marked page; and what nobody may find out."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.documents import weighing
from archive.documents.models import Document, PageText, Version
from archive.dossiers import guarding
from archive.dossiers.states import State
from archive.jobs.models import Job, JobState
from archive.responses import operations as responses
from archive.responses.kinds import Outcome, Sender
from archive.search import analysis, engine, excerpts, operations, queries, snippets
from archive.search.models import SearchText
from archive.search.queries import Asked
from tests.builders import Office
from tests.dossier_builders import account, brought_to, dossier, registered
from tests.integration.search.conftest import filed
from tests.letter_builders import issued

Find = Callable[..., list[str]]


def test_every_field_and_every_file_is_found_and_nothing_else(office: Office, find: Find) -> None:
    one = registered(office, title="手续费争议", facts="柜员误将汇票背书连续性审查遗漏", contract_no="KX-7B2-05")
    two = registered(office, title="利率争议", facts="合同与扣款不符")
    filed(office, two, "账户于2026年3月1日被扣收12,345.67元。", "流水.txt")
    assert find("票背书连") == [one]
    assert find("背书 遗漏") == [one]
    assert find("背书遗漏") == []
    assert find("7B2") == [one] == find("kx7b205")
    assert find("2026-03-01") == [two] == find("12345.67")
    assert find("流水.txt") == [two]
    assert find(one) == [one]
    assert find("某某银行") == sorted([one, two])
    assert find("争议 -利率") == [one]


def test_a_change_is_found_and_what_it_replaced_is_not(office: Office, find: Find) -> None:
    number = registered(office, facts="旧的说法")
    assert find("旧的说法") == [number]
    from archive.dossiers import registering
    from tests.dossier_builders import complaint

    with acting(office.person("intake")) as act:
        registering.edit(dossier(number), complaint(facts="新的说法"), act=act)
    assert find("旧的说法") == []
    assert find("新的说法") == [number]


def test_letters_and_replies_are_found_by_their_numbers(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    letter = issued(office, number).number
    filed(office, number, "答复正文", "答复函.txt")
    with acting(office.person("officer")) as act:
        document = act.session.scalars(select(Document).where(Document.dossier_id == dossier(number).id)).one()
        said = {
            "sender": Sender.INSTITUTION, "sender_name": "某某银行", "reference": "苏银函〔2026〕8号", "dated_on": None,
            "received_on": act.moment.date(), "answers": letter, "outcome": Outcome.AGREED, "summary": "同意退费",
        }  # fmt: skip
        responses.record(document, said, act=act)
    operations.put([dossier(number).id])

    def numbers(query: str) -> list[str]:
        found = queries.answer(db.session(), office.person("head"), Asked(query, {}))
        return [hit.dossier.number for hit in found.hits]

    assert numbers(f"文号:{letter}") == [number] == numbers("文号:2026")
    assert numbers("文号:苏银函(2026)8号") == [number] == numbers("苏银函〔2026〕8号") == numbers("同意退费")
    assert numbers("文号:第9号") == []


def test_personal_numbers_are_found_whole_or_by_their_tail_by_who_may(office: Office, find: Find) -> None:
    number = registered(office)
    assert find("证件:320582198001010019") == [number] == find("证件:0019") == find("电话:135678", "intake")
    assert find("13800135678") == [number]
    with pytest.raises(queries.QueryProblem, match="number_not_allowed"):
        find("证件:320582198001010019", "auditor")
    # Nor by the back door: the number itself stands nowhere in the index.
    assert find("13800135678", "auditor") == []


def test_who_may_not_see_a_dossier_does_not_find_it_nor_count_it(office: Office, find: Find) -> None:
    number = registered(office, facts="独一无二的事由")
    assert find("独一无二", "officer-field") == []
    assert find("独一无二", "system_admin") == []
    assert find("独一无二", "nobody") == []
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="亲属", act=act)
    assert find("独一无二", "officer") == []
    assert find("独一无二", "legal") == [number]


def test_a_closed_door_counts_at_once_even_before_the_index_knows(office: Office, find: Find) -> None:
    number = registered(office, facts="独一无二的事由")
    assert find("独一无二", "officer") == [number]
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "officer"), reason="亲属", act=act)
    found = queries.answer(db.session(), office.person("officer"), Asked("独一无二", {}))
    assert found.hits == []


def paged(office: Office, number: str, *pages: str) -> None:
    """File a document and give it these pages, as a PDF's reading would."""
    filed(office, number, "x", "合同.txt")
    with acting(Machine("test")) as act:
        version = act.session.scalars(select(Version).where(Version.dossier_id == dossier(number).id)).one()
        act.session.execute(
            insert(PageText),
            [
                {
                    "version_id": version.id,
                    "no": no,
                    "text": text,
                    "source": "text",
                    "boxes": [],
                    "width": 0,
                    "height": 0,
                    "label": "",
                }
                for no, text in enumerate(pages, start=1)
            ],
        )
        act.session.execute(update(Version).values(reading="read"))
        act.record("version:read", version)


def test_a_hit_names_its_page_and_marks_its_words(office: Office, find: Find) -> None:
    number = registered(office)
    paged(office, number, "第一页 前言", "第二页写明 違 約 金按日计收。", "第三页")
    assert find("违约金按日") == [number]
    found = queries.answer(db.session(), office.person("head"), Asked("违约金按日", {}))
    (excerpt,) = found.hits[0].excerpts
    assert excerpt.page == 2
    assert excerpt.mark is not None
    text = db.session.scalars(select(PageText.text).where(PageText.no == 2)).one()
    assert text[slice(*excerpt.mark)] == "違 約 金按日"


def test_a_sentence_that_runs_over_the_end_of_a_page_is_found(office: Office, find: Find) -> None:
    number = registered(office)
    paged(office, number, "银行应当提前三十日告", "知投诉人并征得同意。")
    assert find("告知投诉人并征得") == [number]
    found = queries.answer(db.session(), office.person("head"), Asked("告知投诉人", {}))
    assert found.hits[0].excerpts[0].page == 1


def test_long_numbers_are_masked_in_excerpts(office: Office, find: Find) -> None:
    number = registered(office)
    filed(office, number, "来电号码13911112222，反映重复扣费。")
    found = find("重复扣费")
    assert found == [number]
    answer = queries.answer(db.session(), office.person("head"), Asked("重复扣费", {}))
    shown = "".join(excerpt.text for excerpt in answer.hits[0].excerpts)
    assert "13911112222" not in shown
    assert "139****2222" in shown


def test_facets_count_what_is_seen_and_narrow(office: Office, find: Find) -> None:
    first, second = registered(office, category="loan"), registered(office, category="card")
    assert find("争议", category="card") == [second]
    assert find("争议") == sorted([first, second])
    answer = queries.answer(db.session(), office.person("head"), Asked("争议", {}))
    assert {(row.word, row.count) for row in answer.facets["category"]} == {("贷款", 1), ("银行卡", 1)}
    assert [(row.word, row.count) for row in answer.facets["state"]] == [("待受理", 2)]


def test_a_lost_index_is_built_again_by_the_worker(office: Office, find: Find, app: Flask) -> None:
    number = registered(office, facts="独一无二的事由")
    assert find("独一无二") == [number]
    root = engine.generations().root
    engine.forget()
    (root / "current").unlink()
    registered(office)
    assert find("独一无二") == [number]


def test_a_damaged_index_is_put_aside_and_built_again(office: Office, find: Find) -> None:
    number = registered(office, facts="独一无二的事由")
    assert find("独一无二") == [number]
    serving = engine.generations().current()
    assert serving is not None
    engine.forget()
    for path in serving.iterdir():
        if path.suffix != ".json" and path.is_file() and path.stat().st_size:
            path.write_bytes(b"\0" * path.stat().st_size)
    registered(office)
    assert find("独一无二") == [number]
    assert [path for path in engine.generations().root.iterdir() if path.name.startswith("damaged-")]


def test_differences_between_index_and_database_are_named_and_mended(office: Office, find: Find) -> None:
    number = registered(office, facts="独一无二的事由")
    assert find("独一无二") == [number]
    drift, lost = operations.differences()
    assert not drift
    assert not lost
    with acting(Machine("test")) as act:
        act.session.execute(update(SearchText).values(version=1))
    surplus = engine.index()
    surplus.apply([], upto_seq=surplus.applied_seq())
    drift, lost = operations.differences()
    assert drift.stale == {dossier(number).id.hex}
    operations.mend(drift, lost)
    assert not operations.differences()[0]


def test_a_rebuild_serves_the_same(office: Office, find: Find) -> None:
    numbers = sorted(registered(office, facts=f"事由第{serial}号") for serial in range(3))
    assert find("事由第") == numbers
    assert operations.rebuild() == 3
    assert find("事由第") == numbers
    assert find("事由第1号") == [numbers[1]]


def test_a_search_is_in_the_trail_with_its_numbers_masked(office: Office, find: Find) -> None:
    registered(office)
    find("争议")
    assert office.client("head").get("/search/?q=13800135678").status_code == 200
    entry = db.session.scalars(select(Entry).where(Entry.action == "search:query")).one()
    assert entry.facts["query"] == "138****5678"
    assert entry.facts["total"] == 1


def test_an_unknown_dossier_in_a_job_is_taken_out(office: Office, find: Find) -> None:
    operations.put([uuid.uuid4()])
    assert find("任何") == []


def test_a_text_that_cannot_be_read_keeps_out_its_own_dossier_only(
    office: Office, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [registered(office, facts=f"事由第{serial}号，2026年3月5日") for serial in range(5)]
    poisoned, others = numbers[2], numbers[:2] + numbers[3:]
    analyse = analysis.analyse

    def stumble(text: str) -> analysis.Analysed:
        if "事由第2号" in text:
            raise ValueError("Exceeds the limit")
        return analyse(text)

    monkeypatch.setattr(analysis, "analyse", stumble)
    assert find("事由第") == others
    jobs = db.session.scalars(select(Job).where(Job.lane == "index", Job.state != JobState.DONE)).all()
    assert [(job.dossier_id, job.last_error) for job in jobs] == [
        (dossier(poisoned).id, "ValueError: Exceeds the limit")
    ]
    with pytest.raises(operations.NotIndexed, match=poisoned) as told:
        operations.rebuild()
    assert told.value.facts["count"] == 1
    assert find("事由第") == others
    assert operations.differences()[1] == [dossier(poisoned).id]
    monkeypatch.undo()
    operations.mend(*operations.differences())
    assert find("事由第") == numbers


def test_of_a_dossier_with_too_much_text_the_first_files_are_searched_and_the_others_say_so(
    office: Office, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, other = registered(office), registered(office)
    filed(office, number, "先存入的约定", "甲.txt")
    filed(office, number, "后存入的约定", "乙.txt")
    filed(office, other, "另案的约定", "丙.txt")
    monkeypatch.setattr(weighing, "MOST", 10)
    monkeypatch.setattr(operations, "_TEXT_AT_ONCE", 10)
    assert find("的约定") == [number, other]
    assert find("先存入") == [number] == find("乙.txt")
    assert find("后存入") == []
    shown = {
        title: "没有编入检索" in office.client("officer").get(f"/dossiers/{number}/documents/{document_id}").text
        for document_id, title in db.session.execute(select(Document.id, Document.title))
        if title != "丙"
    }
    assert shown == {"甲": False, "乙": True}
    monkeypatch.undo()
    operations.rebuild()
    assert find("后存入") == [number]


def test_an_index_that_fails_is_no_dossiers_fault(office: Office, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    number = registered(office, facts="独一无二的事由")

    def full(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(engine, "index", full)
    with pytest.raises(OSError, match="No space"):
        operations.put([dossier(number).id])
    monkeypatch.undo()
    assert find("独一无二") == [number]


def test_a_passage_that_cannot_be_looked_at_is_a_hit_without_an_excerpt(
    office: Office, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = registered(office, facts="自2026年3月5日起")
    assert find("2026-03-05") == [number]

    def stumble(_text: str) -> None:
        raise ValueError("Exceeds the limit")

    monkeypatch.setattr(excerpts, "analyse", stumble)
    monkeypatch.setattr(snippets, "fold_with_map", stumble)
    assert number in office.client("head").get("/search/?q=2026-03-05").text
    found = queries.answer(db.session(), office.person("head"), Asked("自2026", {})).hits
    assert [(hit.dossier.number, list(hit.excerpts)) for hit in found] == [(number, [])]

"""What every search engine promises, tried on each: `archive.search.port.SearchIndex`."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.bench.cards import card_of
from archive.bench.corpus import JUDGED, Judged, dossier, number_of
from archive.core.errors import BadInput
from archive.search.analysis import Analysed, analyse, fold_passages, needle
from archive.search.folding import HARD_BREAK, fold
from archive.search.language import parse
from archive.search.memory_index import MemoryIndex, MemoryTexts
from archive.search.port import (
    AccessTerms,
    Card,
    Delete,
    Drift,
    SearchIndex,
    SearchPage,
    SearchRequest,
    Sort,
    Upsert,
)
from archive.search.query import All, Any, Not, Text
from archive.search.tantivy_index import TantivyIndex
from archive.search.whoosh_index import WhooshIndex

ENGINES = {
    "memory": lambda folder, texts: MemoryIndex(),
    "whoosh": lambda folder, texts: WhooshIndex(folder, texts, create=True),
    "tantivy": lambda folder, texts: TantivyIndex(folder, texts, create=True),
}
PLACES = sorted({*range(1, 231), 402, 555, 640})
ALL = AccessTerms(frozenset({"unit:root"}))
Make = Callable[[], tuple[SearchIndex, MemoryTexts]]


@pytest.fixture(params=ENGINES, scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(engine: str, tmp_path: Path) -> Iterator[Make]:
    made: list[SearchIndex] = []

    def new() -> tuple[SearchIndex, MemoryTexts]:
        texts = MemoryTexts()
        index: SearchIndex = ENGINES[engine](tmp_path / f"index{len(made)}", texts)
        made.append(index)
        return index, texts

    yield new
    for index in made:
        index.close()


@pytest.fixture(scope="session")
def cards() -> dict[str, Card]:
    return {card.id: card for card in (card_of(dossier(place)) for place in PLACES)}


@pytest.fixture(scope="session")
def full(engine: str, cards: dict[str, Card], tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """An index of invented dossiers, written in batches, some of them twice; read only."""
    texts = MemoryTexts({id_: card.text for id_, card in cards.items()})
    index: SearchIndex = ENGINES[engine](tmp_path_factory.mktemp("search") / "index", texts)
    everything = list(cards.values())
    index.apply([Upsert(replace(card, text="旧", version=0)) for card in everything[:60]], upto_seq=1)
    for at in range(0, len(everything), 40):
        index.apply([Upsert(card) for card in everything[at : at + 40]], upto_seq=2 + at)
    index.refresh()
    yield index
    index.close()


def put(index: SearchIndex, texts: MemoryTexts, *cards: Card, seq: int = 1) -> None:
    texts.update({card.id: card.text for card in cards})
    index.apply([Upsert(card) for card in cards], upto_seq=seq)
    index.refresh()


def a_card(id_: str, text: str, **more: object) -> Card:
    return replace(Card(id_, 1, fold_passages([text]), frozenset({"unit:root"})), **more)  # type: ignore[arg-type]


def ids(index: SearchIndex, query: str, **more: object) -> set[str]:
    return {hit.id for hit in ask(index, query, **more).hits}


def ask(index: SearchIndex, query: str | None, **more: object) -> SearchPage:
    node = parse(query, seal=lambda kind, number: f"{kind}#{number}").root if query else None
    return index.search(SearchRequest(node, **{"readers": ALL, "limit": 1000, **more}))  # type: ignore[arg-type]


@pytest.mark.parametrize("judged", JUDGED, ids=[f"{judged.of}-{judged.query}" for judged in JUDGED])
def test_a_judged_query_finds_exactly_its_dossiers(full: SearchIndex, judged: Judged) -> None:
    page = ask(full, judged.query)
    assert {hit.id for hit in page.hits} == {number_of(place) for place in judged.answer}
    assert page.total == len(judged.answer)


def test_several_mentions_rank_above_one(full: SearchIndex) -> None:
    assert ask(full, "红隼卡").hits[0].id == number_of(201)


def test_random_parts_of_random_texts_are_found_and_nothing_else(full: SearchIndex, cards: dict[str, Card]) -> None:
    """Parts of 1 to 12 characters, across punctuation too, found in exactly the dossiers that hold them."""
    chance = random.Random(20261122)
    analysed = {id_: analyse(card.text) for id_, card in cards.items()}
    for _ in range(150):
        id_, card = chance.choice(list(cards.items()))
        start = chance.randrange(len(card.text))
        part = card.text[start : start + chance.randint(1, 12)].split(HARD_BREAK)[0].strip()
        if not part:
            continue
        found = {hit.id for hit in full.search(SearchRequest(Text(part), ALL, limit=1000)).hits}
        assert found == {other for other, text in analysed.items() if needle(part).is_in(text)}, part
        assert id_ in found, part


def test_random_parts_of_texts_as_written_are_found(full: SearchIndex) -> None:
    """As a reader would mark them with the mouse: full-width marks, line breaks, separators in numbers and all."""
    chance = random.Random(7)
    for _ in range(150):
        made = dossier(chance.choice(PLACES))
        text = made["documents"][0]["text"]
        start = chance.randrange(len(text))
        part = text[start : start + chance.randint(1, 12)]
        cut_number = fold(part) not in fold(text) and sum(character.isdigit() for character in part) < 6
        if fold(part) and not cut_number:
            hits = full.search(SearchRequest(Text(part), ALL, limit=1000)).hits
            assert made["number"] in {hit.id for hit in hits}, part


def test_near_misses_of_random_texts_are_not_found(full: SearchIndex, cards: dict[str, Card]) -> None:
    """Two neighbours swapped, or one character put in: found only where it truly stands."""
    chance = random.Random(11)
    analysed = {id_: analyse(card.text) for id_, card in cards.items()}
    for _ in range(100):
        text = chance.choice(list(cards.values())).text.replace(HARD_BREAK, "。")
        start = chance.randrange(len(text) - 12)
        part = text[start : start + chance.randint(3, 12)]
        at = chance.randrange(len(part) - 1)
        missed = chance.choice((f"{part[:at]}{part[at + 1]}{part[at]}{part[at + 2 :]}", f"{part[:at]}龘{part[at:]}"))
        if not fold(missed):
            continue
        found = {hit.id for hit in full.search(SearchRequest(Text(missed), ALL, limit=1000)).hits}
        assert found == {id_ for id_, held in analysed.items() if needle(missed).is_in(held)}, missed


@pytest.fixture(scope="session")
def muddle(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SearchIndex, dict[str, Analysed]]]:
    """Short texts of few characters, so that nearly everything is nearly everywhere."""
    chance = random.Random(3)
    texts = MemoryTexts()
    for number in range(120):
        text = "".join(chance.choices(MUDDLE, k=chance.randint(1, 30)))
        texts[f"m{number}"] = fold_passages(text.split("|"))
    index: SearchIndex = ENGINES[engine](tmp_path_factory.mktemp("muddle") / "index", texts)
    index.apply([Upsert(Card(id_, 1, text, frozenset({"unit:root"}))) for id_, text in texts.items()], upto_seq=1)
    index.refresh()
    yield index, {id_: analyse(text) for id_, text in texts.items()}
    index.close()


MUDDLE = [
    "甲",
    "乙",
    "甲乙",
    "a",
    "b7",
    "1",
    "23",
    "2026",
    "-",
    ",",
    ".",
    " ",
    "年",
    "月5日",
    "元",
    "万",
    "¥",
    "。",
    "|",
]
CHUNKS = st.lists(st.sampled_from(MUDDLE[:-1]), min_size=1, max_size=6).map("".join)


@given(chunks=st.lists(st.tuples(st.booleans(), CHUNKS), min_size=1, max_size=3), either=st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_query_finds_what_the_definition_says(
    muddle: tuple[SearchIndex, dict[str, Analysed]], chunks: list[tuple[bool, str]], either: bool
) -> None:
    index, analysed = muddle
    chunks = [(negated, chunk) for negated, chunk in chunks if fold(chunk)]
    if not chunks:
        return
    parts = tuple(Not(Text(chunk)) if negated else Text(chunk) for negated, chunk in chunks)
    holding = any if either else all
    expected = {
        id_
        for id_, text in analysed.items()
        if holding(needle(chunk).is_in(text) != negated for negated, chunk in chunks)
    }
    page = index.search(SearchRequest(Any(parts) if either else All(parts), ALL, limit=1000))
    assert {hit.id for hit in page.hits} == expected


def test_conditions_on_fields_are_exact(full: SearchIndex, cards: dict[str, Card]) -> None:
    sought = next(iter(cards.values()))
    state, person = sought.values["state"][0], sought.values["complainant"][0]
    assert ids(full, f"状态:{state}") == {card.id for card in cards.values() if state in card.values["state"]}
    assert ids(full, f"投诉人:{person}") == {c.id for c in cards.values() if person in c.values["complainant"][0]}
    assert ids(full, f"案号:{sought.id[5:]}") == {c.id for c in cards.values() if sought.id[5:].lower() in c.id.lower()}
    assert ids(full, "案号:ts000011") == {number_of(11)}
    assert ids(full, f"案号:2026-*-*-{'?' * 30}") == set()
    assert ids(full, "案号:20*TS-0000?1") == {number_of(place) for place in range(1, 100, 10)}
    half = {card.id for card in cards.values() if date(2025, 1, 1) <= card.dates["filed"] <= date(2025, 6, 30)}
    assert ids(full, "日期:2025-01..2025-06") == half
    assert ids(full, "金额:>20万") == {card.id for card in cards.values() if (card.amount or 0) > 20_000_000}
    assert ids(full, f"-状态:{state}") == {card.id for card in cards.values() if state not in card.values["state"]}


def test_a_sealed_number_is_found_by_its_token_only(make: Make) -> None:
    index, texts = make()
    card = a_card("a", "电话已隐去", values={"phone": ("phone#19900007731", "phone#7731")})
    put(index, texts, card, a_card("b", "电话19900007731"))
    assert ids(index, "电话:19900007731") == {"a"}
    assert ids(index, "电话:7731") == {"a"}
    assert ids(index, "19900007731") == {"a", "b"}


def test_facets_count_all_hits_exactly(full: SearchIndex, cards: dict[str, Card]) -> None:
    page = ask(full, "投诉人", facets=("state", "respondent", "kind", "year"), limit=5)
    assert page.total == len(cards)
    for name, counts in page.facets.items():
        expected: dict[str, int] = {}
        for card in cards.values():
            for value in card.values[name]:
                expected[value] = expected.get(value, 0) + 1
        assert dict(counts) == expected
    assert ask(full, "没有这句话的", facets=("state",)).facets == {"state": {}}


def test_filters_narrow_the_hits(full: SearchIndex, cards: dict[str, Card]) -> None:
    wanted = frozenset({"来电", "来信"})
    page = ask(full, "投诉人", filters={"channel": wanted, "year": frozenset({"2025"})}, facets=("channel",))
    assert {hit.id for hit in page.hits} == {
        card.id for card in cards.values() if card.values["channel"][0] in wanted and card.values["year"] == ("2025",)
    }
    assert set(page.facets["channel"]) == wanted
    assert ask(full, None, filters={"channel": frozenset()}).total == 0


@pytest.mark.parametrize("query", ["投诉人", None, "投诉人 -状态:已办结", "经办0", "投诉人 OR 2025"])
def test_readers_see_exactly_what_their_terms_admit(
    full: SearchIndex, cards: dict[str, Card], query: str | None
) -> None:
    everything = {hit.id for hit in ask(full, query).hits}
    for readers in (
        AccessTerms(frozenset({"unit:3"})),
        AccessTerms(frozenset({"unit:4.14", "user:7", "user:unknown"})),
        AccessTerms(frozenset({"unit:root"}), frozenset({"restricted", "recused:1"})),
        AccessTerms(frozenset({"unit:0"}), frozenset({"recused:0", "recused:2"})),
        AccessTerms(frozenset()),
    ):
        page = ask(full, query, readers=readers, facets=("state", "year"))
        seen = {id_ for id_ in everything if readers.admit(cards[id_].acl)}
        assert {hit.id for hit in page.hits} == seen
        assert page.total == len(seen)
        assert sum(page.facets["year"].values()) == len(seen)


def test_a_card_without_terms_is_seen_by_nobody(make: Make) -> None:
    index, texts = make()
    put(index, texts, a_card("a", "甲乙", acl=frozenset()))
    assert ids(index, "甲乙") == set()
    assert ask(index, None).total == 0


@pytest.mark.parametrize("sort", [Sort.DATE, Sort.AMOUNT])
def test_hits_are_sorted_by_date_and_amount_without_a_value_last(make: Make, sort: Sort) -> None:
    index, texts = make()
    days = {"a": date(2026, 1, 2), "b": date(2026, 3, 1), "d": date(2025, 12, 31), "e": date(2026, 1, 2)}
    put(index, texts, *(a_card(id_, "同文", dates={"filed": day}, amount=day.toordinal()) for id_, day in days.items()))
    put(index, texts, a_card("c", "同文"), seq=2)
    assert [hit.id for hit in ask(index, "同文", sort=sort).hits] == ["b", "a", "e", "d", "c"]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("query", ["投诉人", "冻结 OR 停用", None])
def test_paging_by_cursor_shows_every_hit_once_in_order(full: SearchIndex, sort: Sort, query: str | None) -> None:
    whole = [hit.id for hit in ask(full, query, sort=sort).hits]
    paged: list[str] = []
    cursor = None
    while True:
        page = ask(full, query, sort=sort, limit=17, cursor=cursor)
        paged += [hit.id for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            break
    assert page.total == len(whole)
    assert paged == whole


def test_paging_goes_on_behind_the_last_hit_when_the_index_changes(make: Make) -> None:
    index, texts = make()
    days = [a_card(f"d{n}", "同文", dates={"filed": date(2026, 1, 28 - n)}) for n in range(0, 20, 2)]
    put(index, texts, *days)
    first = ask(index, "同文", sort=Sort.DATE, limit=4)
    index.apply([Delete("d6"), Upsert(a_card("x", "同文", dates={"filed": date(2026, 2, 1)}))], upto_seq=2)
    index.refresh()
    second = ask(index, "同文", sort=Sort.DATE, limit=4, cursor=first.cursor)
    assert [hit.id for hit in first.hits] == ["d0", "d2", "d4", "d6"]
    assert [hit.id for hit in second.hits] == ["d8", "d10", "d12", "d14"]


def test_a_cursor_of_another_order_or_none_at_all_is_refused(full: SearchIndex) -> None:
    cursor = ask(full, "投诉人", sort=Sort.DATE, limit=3).cursor
    for wrong in (cursor, "x", "bm90IGpzb24"):
        with pytest.raises(BadInput, match=r"query\.cursor"):
            ask(full, "投诉人", sort=Sort.AMOUNT, limit=3, cursor=wrong)


def test_a_change_replaces_and_a_deletion_removes(make: Make) -> None:
    index, texts = make()
    put(index, texts, a_card("a", "原先的话"), a_card("b", "别的话"))
    put(index, texts, a_card("a", "后来的话", version=2), seq=2)
    assert (ids(index, "原先"), ids(index, "后来")) == (set(), {"a"})
    index.apply([Delete("a"), Delete("never"), Upsert(a_card("b", "x")), Delete("b")], upto_seq=3)
    index.refresh()
    assert ask(index, None).total == 0
    assert index.stats().cards == 0


def test_what_is_applied_is_seen_after_refresh_only_and_its_sequence_kept(make: Make) -> None:
    index, texts = make()
    assert index.applied_seq() == 0
    card = a_card("a", "甲乙")
    texts["a"] = card.text
    index.apply([Upsert(card)], upto_seq=41)
    assert index.applied_seq() == 41
    assert (ids(index, "甲乙"), ask(index, None).applied_seq) == (set(), 0)
    index.refresh()
    assert (ids(index, "甲乙"), ask(index, None).applied_seq) == ({"a"}, 41)
    index.apply([], upto_seq=43)
    index.refresh()
    assert (ids(index, "甲乙"), index.applied_seq(), index.stats().applied_seq) == ({"a"}, 43, 43)


def test_verify_tells_the_drift_both_ways(make: Make) -> None:
    index, texts = make()
    put(index, texts, a_card("a", "甲"), a_card("b", "乙"), a_card("c", "丙", version=7))
    assert not index.verify({"a": 1, "b": 1, "c": 7})
    assert index.verify({"a": 1, "c": 8, "d": 1}) == Drift(frozenset({"d"}), frozenset({"b"}), frozenset({"c"}))


def test_joining_parts_changes_no_answer(make: Make) -> None:
    index, texts = make()
    for n in range(12):
        put(index, texts, a_card(f"d{n}", f"共同的话 第{n}号", dates={"filed": date(2026, 1, n + 1)}), seq=n + 1)
    index.apply([Delete("d3"), Upsert(a_card("d4", "改了"))], upto_seq=20)
    index.refresh()
    before = [ask(index, query, sort=Sort.DATE) for query in ("共同的话", "第7号", "改了", None)]
    index.optimise()
    index.refresh()
    assert [ask(index, query, sort=Sort.DATE) for query in ("共同的话", "第7号", "改了", None)] == before
    assert index.stats().cards == 11


def test_a_text_of_any_characters_is_taken(make: Make) -> None:
    index, texts = make()
    odd = "甲\x00乙\ud800丙\ufdd0丁\ufdd1 𠮷野家 👍🏽 e\u0301 \u202e反\u202c ｶﾞ \u3000末"
    put(index, texts, a_card("a", odd), a_card("b", ""))
    for part in ("𠮷野", "👍", "é", "反", "ガ", "末"):
        assert ids(index, part) == {"a"}, part
    assert ask(index, None).total == 2

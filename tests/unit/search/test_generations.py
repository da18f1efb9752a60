import os
from datetime import date
from pathlib import Path

import pytest

from archive.search.analysis import fold_passages
from archive.search.generations import Generations, Rebuild, ServedIndex
from archive.search.language import parse
from archive.search.locks import WriterLock
from archive.search.memory_index import MemoryTexts
from archive.search.opening import ENGINES, create_index, open_index
from archive.search.port import AccessTerms, Card, IndexBusy, IndexUnusable, SearchRequest, TextSource, Upsert

ALL = AccessTerms(frozenset({"unit:root"}))


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "search")


@pytest.fixture
def texts() -> MemoryTexts:
    return MemoryTexts()


def card(texts: MemoryTexts, id_: str, text: str, version: int = 1) -> Upsert:
    texts[id_] = fold_passages([text])
    return Upsert(Card(id_, version, texts[id_], frozenset({"unit:root"}), dates={"filed": date(2026, 1, 1)}))


def found(index: ServedIndex, query: str) -> set[str]:
    index.refresh()
    return {hit.id for hit in index.search(SearchRequest(parse(query).root, ALL)).hits}


def built(generations: Generations, texts: MemoryTexts, *words: str, engine: str = "whoosh") -> Path:
    with Rebuild(generations, engine, texts) as rebuild:
        rebuild.apply([card(texts, word, word) for word in words], upto_seq=len(words))
        rebuild.publish()
    serving = generations.current()
    assert serving is not None
    return serving


def test_nothing_serves_before_the_first_generation_is_published(generations: Generations, texts: TextSource) -> None:
    assert generations.current() is None
    with pytest.raises(IndexUnusable, match="index_absent"):
        ServedIndex(generations, texts)


def test_the_old_generation_serves_and_takes_changes_while_a_new_one_is_built(
    generations: Generations, texts: MemoryTexts
) -> None:
    built(generations, texts, "甲文", "乙文")
    served = ServedIndex(generations, texts)
    with Rebuild(generations, "tantivy", texts) as rebuild:
        rebuild.apply([card(texts, "甲文", "甲文"), card(texts, "新文", "新文")], upto_seq=5)
        served.apply([card(texts, "丙文", "丙文")], upto_seq=6)
        assert found(served, "文章 OR 丙文 OR 新文") == {"丙文"}
        rebuild.publish()
    assert found(served, "甲文 OR 丙文 OR 新文") == {"甲文", "新文"}
    served.apply([card(texts, "丙文", "丙文")], upto_seq=6)
    assert found(served, "丙文") == {"丙文"}
    assert served.applied_seq() == 6
    assert served.stats().cards == 3
    served.close()


def test_a_rebuild_that_is_left_changes_nothing(generations: Generations, texts: MemoryTexts) -> None:
    serving = built(generations, texts, "甲文")
    with pytest.raises(RuntimeError), Rebuild(generations, "whoosh", texts) as rebuild:
        rebuild.apply([card(texts, "乙文", "乙文")], upto_seq=2)
        raise RuntimeError
    assert generations.current() == serving
    assert [path.name for path in generations.root.iterdir() if path.is_dir()] == [serving.name]


def test_only_one_rebuild_at_a_time(generations: Generations, texts: MemoryTexts) -> None:
    with Rebuild(generations, "whoosh", texts), pytest.raises(IndexBusy):
        Rebuild(generations, "whoosh", texts)


def test_superseded_generations_go_but_for_the_last_one(generations: Generations, texts: MemoryTexts) -> None:
    folders = [built(generations, texts, "甲文") for _ in range(4)]
    assert [folder.is_dir() for folder in folders] == [False, False, True, True]


def test_what_a_killed_rebuild_left_goes_at_the_next_one(generations: Generations, texts: MemoryTexts) -> None:
    (generations.root / "building-g000007-tantivy").mkdir()
    built(generations, texts, "甲文")
    assert not (generations.root / "building-g000007-tantivy").exists()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_generation_is_put_aside_and_kept(generations: Generations, texts: MemoryTexts, engine: str) -> None:
    serving = built(generations, texts, "甲文", engine=engine)
    for path in serving.rglob("*"):
        if path.suffix in {".row", ".toc"} or path.name == "meta.json":
            path.write_bytes(b"\x80\x04broken")
    with pytest.raises(IndexUnusable, match="damaged"):
        ServedIndex(generations, texts)
    aside = generations.quarantine(serving)
    assert aside.is_dir()
    assert generations.current() is None
    for _ in range(3):
        built(generations, texts, "甲文", engine=engine)
    assert aside.is_dir()
    assert found(ServedIndex(generations, texts), "甲文") == {"甲文"}


def test_a_generation_of_another_analyser_is_refused(generations: Generations, texts: MemoryTexts) -> None:
    serving = built(generations, texts, "甲文")
    manifest = serving / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"analyser": "', '"analyser": "0.'))
    with pytest.raises(IndexUnusable, match="outdated"):
        ServedIndex(generations, texts)


@pytest.mark.parametrize("pointer", ["../../etc", "g000009-whoosh", "", "g000001-whoosh/../x"])
def test_the_pointer_leads_nowhere_but_to_a_generation(generations: Generations, pointer: str) -> None:
    (generations.root / "current").write_text(pointer)
    assert generations.current() is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_second_writer_is_refused_while_the_first_holds_the_lock(
    tmp_path: Path, texts: MemoryTexts, engine: str
) -> None:
    folder = tmp_path / "index"
    create_index(engine, folder, texts).close()
    lock = WriterLock(folder / "writer.lock")
    with lock, open_index(folder, texts) as index, pytest.raises(IndexBusy):
        index.apply([card(texts, "a", "甲")], upto_seq=1)
    with open_index(folder, texts) as index:
        index.apply([card(texts, "a", "甲")], upto_seq=1)
        assert index.applied_seq() == 1


def test_a_lock_let_go_is_free_though_a_child_was_started_meanwhile(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "writer.lock")
    lock.acquire()
    inherited = os.dup(lock._file.fileno())  # type: ignore[union-attr]
    lock.release()
    with WriterLock(tmp_path / "writer.lock"):
        os.close(inherited)


def test_no_pickle_is_read_from_the_folder_of_the_whoosh_engine(
    tmp_path: Path, texts: MemoryTexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoosh unpickles its table of contents, term tables and postings; this engine must never."""
    import pickle

    import whoosh.codec.whoosh3
    import whoosh.filedb.structfile
    import whoosh.index

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("something was unpickled")

    for module, name in (
        (pickle, "loads"),
        (pickle, "load"),
        (whoosh.codec.whoosh3, "loads"),
        (whoosh.filedb.structfile, "load_pickle"),
        (whoosh.index.pickle, "loads"),
    ):
        monkeypatch.setattr(module, name, refuse)
    index = create_index("whoosh", tmp_path / "index", texts)
    for number in range(20):
        index.apply([card(texts, f"d{number}", f"第{number}件 冻结账户")], upto_seq=number + 1)
    index.optimise()
    with open_index(tmp_path / "index", texts) as again:
        assert again.search(SearchRequest(parse("冻结账户").root, ALL)).total == 20
        assert again.search(SearchRequest(parse("件").root, ALL)).total == 20

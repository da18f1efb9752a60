"""Real processes: a killed writer loses nothing it acknowledged, two writers take turns, readers are not disturbed."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO

import pytest

from archive.search.memory_index import MemoryTexts
from archive.search.opening import ENGINES, create_index, open_index
from archive.search.port import AccessTerms, Card, SearchRequest, Sort, Upsert
from archive.search.query import Text

ALL = AccessTerms(frozenset({"all"}))
WRITER = """
import sys
from pathlib import Path
from archive.search.memory_index import MemoryTexts
from archive.search.opening import open_index
from tests.contract.test_search_crash import card
index = open_index(Path(sys.argv[1]), MemoryTexts())
seq = index.applied_seq()
while True:
    seq += 1
    index.apply([card(seq), card(seq % 5)], upto_seq=seq)
    print(seq, flush=True)
"""

PERSISTENT = """
import sys, time
from pathlib import Path
from archive.search.memory_index import MemoryTexts
from archive.search.opening import open_index
from archive.search.port import IndexBusy
from tests.contract.test_search_crash import card
numbers = list(range(int(sys.argv[2]), int(sys.argv[3])))
while numbers:
    try:
        with open_index(Path(sys.argv[1]), MemoryTexts()) as index:
            index.apply([card(numbers[0])], upto_seq=index.applied_seq() + 1)
        numbers.pop(0)
    except IndexBusy:
        time.sleep(0.01)
"""
ROOT = Path(__file__).parents[2]


def card(number: int) -> Upsert:
    return Upsert(Card(f"d{number:06}", 1, f"第{number}号案卷冻结账户", frozenset({"all"}), amount=number))


@contextmanager
def writing(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """A process that writes without end, and the lines in which it says what it has written; killed on leaving."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        try:
            yield writer, writer.stdout
        finally:
            writer.kill()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_writer_loses_nothing_it_acknowledged(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    create_index(engine, folder, MemoryTexts()).close()
    chance = random.Random(engine)
    acknowledged = 0
    for _ in range(5):
        with writing(folder) as (writer, lines):
            said = [lines.readline()]
            time.sleep(chance.uniform(0, 0.25))
            writer.kill()
            said += lines.readlines()
        acknowledged = int([line for line in said if line.endswith(b"\n")][-1])
        with open_index(folder, _texts(acknowledged + 1)) as index:
            applied = index.applied_seq()
            assert acknowledged <= applied <= acknowledged + 1
            page = index.search(SearchRequest(Text("号案卷冻结"), ALL, sort=Sort.AMOUNT, limit=applied + 10))
            written = {n for seq in range(1, applied + 1) for n in (seq, seq % 5)}
            assert {hit.id for hit in page.hits} == {f"d{number:06}" for number in written}
    assert acknowledged >= 5
    with open_index(folder, _texts(acknowledged + 2)) as index:
        index.apply([card(999_999)], upto_seq=999_999)
        assert index.applied_seq() == 999_999


@pytest.mark.parametrize("engine", ENGINES)
def test_two_writers_take_turns_and_lose_nothing(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    create_index(engine, folder, MemoryTexts()).close()
    writers = [
        subprocess.Popen([sys.executable, "-c", PERSISTENT, str(folder), str(first), str(first + 12)], cwd=ROOT)
        for first in (0, 12)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    with open_index(folder, _texts(24)) as index:
        assert not index.verify({f"d{number:06}": 1 for number in range(24)})
        assert index.search(SearchRequest(Text("冻结账户"), ALL)).total == 24


@pytest.mark.parametrize("engine", ENGINES)
def test_a_reader_sees_every_commit_and_is_never_disturbed(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    create_index(engine, folder, MemoryTexts()).close()
    with writing(folder) as (_, lines), open_index(folder, _texts(500)) as index:
        for line in islice(lines, 25):
            index.refresh()
            page = index.search(SearchRequest(Text("冻结"), ALL, sort=Sort.AMOUNT, limit=500))
            assert page.applied_seq >= int(line)
            assert len(page.hits) == page.total >= page.applied_seq


def _texts(upto: int) -> MemoryTexts:
    return MemoryTexts({card(number).card.id: card(number).card.text for number in range(upto + 1)})

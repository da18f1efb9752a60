"""Real processes: a killed writer loses nothing it acknowledged; two writers do not spoil each other's work."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

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


@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_writer_loses_nothing_it_acknowledged(engine: str, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    create_index(engine, folder, MemoryTexts()).close()
    chance = random.Random(engine)
    acknowledged = 0
    for _ in range(5):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, cwd=ROOT)
        assert writer.stdout is not None
        lines = [writer.stdout.readline()]
        time.sleep(chance.uniform(0, 0.25))
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
        writer.stdout.close()
        writer.wait()
        acknowledged = int([line for line in lines if line.endswith(b"\n")][-1])
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


def _texts(upto: int) -> MemoryTexts:
    return MemoryTexts({card(number).card.id: card(number).card.text for number in range(upto + 1)})

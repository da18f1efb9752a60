"""What search costs: an index of invented dossiers is built, asked the mix, written to, and measured.

Building happens in a process of its own, as in the archive, where the worker builds and the web server searches. The
texts lie in an SQLite file, as they lie in the archive's database. CPU is of the whole process, threads of the engine
included; wall times are as busy as the machine was. Resident memory is Linux's: of the builder VmHWM (the most it ever
had), of the searcher VmRSS and RssAnon (without the index's files, mapped, which Linux takes back when it needs room)
after the mix, before the first commit.
"""

import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import asdict, astuple, dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.bench.cards import card_of
from archive.bench.corpus import JUDGED, dossier, dossiers, number_of
from archive.bench.search_queries import HEAD, Asked, mix
from archive.search import analysis
from archive.search.language import parse
from archive.search.opening import create_index, open_index
from archive.search.port import CardId, SearchIndex, SearchRequest, Upsert
from archive.search.snippets import needles, snippet

_BATCH = 1000  # dossiers of one commit while building, as a rebuild does
_EACH = 60  # searches of each kind
_COMMITS = 40
Say = Callable[[str], None]


@dataclass(frozen=True)
class Latency:
    """Milliseconds at the 50th, 95th and 99th percentile: wall, and CPU of the whole process, which others' work on the
    machine hardly changes."""

    p50: float
    p95: float
    p99: float
    cpu_p50: float
    cpu_p95: float
    cpu_p99: float
    cpu_mean: float


@dataclass(frozen=True)
class Report:
    """What was measured. Sizes in bytes; `wrong`: judged queries that did not find exactly their dossiers."""

    engine: str
    documents: int
    raw: int
    analysed_mb_per_cpu_second: float
    built_per_cpu_second: float
    built_per_second: float
    size: int
    files: int
    build_memory: int
    memory: int
    own_memory: int
    open_ms: float
    latencies: Mapping[str, Latency]
    wrong: tuple[str, ...]
    machine: Mapping[str, str]

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def as_table(self) -> str:
        """Return the figures for people, in Markdown."""
        head = (
            f"{self.engine}, {self.documents:,} dossiers ({self.raw / 1e6:.0f} MB of text, "
            f"analysed at {self.analysed_mb_per_cpu_second:.1f} MB a CPU second): "
            f"built {self.built_per_cpu_second:.0f} a CPU second ({self.built_per_second:.0f} a second), "
            f"index {self.size / 1e6:.0f} MB in {self.files} files ({self.size / self.raw:.2f} of the text), "
            f"memory {self.memory / 1e6:.0f} MB searching (but mapped files: {self.own_memory / 1e6:.0f}), "
            f"{self.build_memory / 1e6:.0f} MB building, "
            f"opened in {self.open_ms:.0f} ms; "
            f"judged queries {len(JUDGED) - len(self.wrong)} of {len(JUDGED)} right"
        )
        lines = ["| ms | p50 | p95 | p99 | CPU p50 | p95 | p99 | mean |", "|---|---|---|---|---|---|---|---|"]
        for kind, took in self.latencies.items():
            lines.append(f"| {kind} | {' | '.join(f'{figure:.1f}' for figure in astuple(took))} |")
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        return "\n".join((head, "", *lines, "", machine))


def _silent(_: str) -> None:
    pass


def run(documents: int, engine: str, *, folder: Path | None = None, say: Say = _silent) -> Report:
    """Build an index of so many dossiers (at least 1,000) in a folder, or a temporary one, and measure it.

    say: told what is being done; a function of a module, since the builder calls it from its own process.
    """
    with TemporaryDirectory(dir=folder) as name:
        place = Path(name)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as builder:
            raw, cpu, wall, build_memory = builder.submit(_build, place, engine, documents, say).result()
        with closing(_FileTexts(place / "texts.db")) as texts:
            began = time.perf_counter()
            with open_index(place / "index", texts) as index:
                open_ms = (time.perf_counter() - began) * 1000
                stats = index.stats()
                wrong = tuple(_wrong(index))
                taken = {}
                for kind, asked in mix(_EACH).items():
                    say(kind)
                    taken[kind] = [_search(index, texts, one) for one in asked]
                latencies = {kind: _latency(times) for kind, times in taken.items()}
                latencies["all kinds"] = _latency([time for times in taken.values() for time in times])
                memory, own_memory = _memory("VmRSS"), _memory("RssAnon")
                say("commit")
                latencies["commit"] = _latency([_commit(index, at) for at in range(1, _COMMITS + 1)])
    return Report(
        engine=engine,
        documents=documents,
        raw=raw,
        analysed_mb_per_cpu_second=_analysis_rate(),
        built_per_cpu_second=documents / cpu,
        built_per_second=documents / wall,
        size=stats.size,
        files=stats.files,
        build_memory=build_memory,
        memory=memory,
        own_memory=own_memory,
        open_ms=open_ms,
        latencies=latencies,
        wrong=wrong,
        machine=_machine(engine),
    )


def _build(place: Path, engine: str, documents: int, say: Say) -> tuple[int, float, float, int]:
    """Index everything; returns bytes of text, CPU and wall seconds of analysis and indexing, memory."""
    raw, cpu, wall = 0, 0.0, 0.0
    with closing(_FileTexts(place / "texts.db")) as texts, create_index(engine, place / "index", texts) as index:
        for first in range(1, documents + 1, _BATCH):
            batch = list(dossiers(min(_BATCH, documents + 1 - first), first=first))
            raw += sum(len(part["text"].encode()) for one in batch for part in one["documents"])
            cpu_began, wall_began = time.process_time(), time.perf_counter()
            cards = [card_of(one) for one in batch]
            index.apply([Upsert(card) for card in cards], upto_seq=first + len(cards))
            cpu += time.process_time() - cpu_began
            wall += time.perf_counter() - wall_began
            texts.put({card.id: card.text for card in cards})
            say(f"{first + len(cards) - 1:,} of {documents:,}")
        cpu_began, wall_began = time.process_time(), time.perf_counter()
        index.optimise()
        cpu += time.process_time() - cpu_began
        wall += time.perf_counter() - wall_began
    return raw, cpu, wall, _memory("VmHWM")


def _analysis_rate() -> float:
    """Return megabytes of UTF-8 text analysed in a CPU second: folding, codes, dates, amounts, bigrams, grams."""
    texts = [one["documents"][0]["text"] for one in dossiers(1000)]
    began = time.process_time()
    for text in texts:
        analysed = analysis.analyse(analysis.fold_passages([text]))
        analysis.bigram_stream(analysed.text)
        analysis.grams(analysed.text, analysed.codes)
    return sum(len(text.encode()) for text in texts) / 1e6 / (time.process_time() - began)


def _wrong(index: SearchIndex) -> list[str]:
    wrong = []
    for judged in JUDGED:
        page = index.search(SearchRequest(parse(judged.query).root, HEAD, limit=100))
        planted = {number_of(place) for place in judged.answer}
        # In a large corpus a part of a number may truly stand elsewhere; words were made up to stand nowhere else.
        if {hit.id for hit in page.hits} != planted:
            wrong.append(judged.query)
    return wrong


def _search(index: SearchIndex, texts: "_FileTexts", asked: Asked) -> tuple[float, float]:
    return _timed(lambda: _answer(index, texts, asked))


def _answer(index: SearchIndex, texts: "_FileTexts", asked: Asked) -> None:
    index.refresh()
    page = index.search(asked.request)
    if asked.snippets:
        sought = needles(asked.request.query)
        for text in texts.texts([hit.id for hit in page.hits]).values():
            snippet(text, sought)


def _commit(index: SearchIndex, place: int) -> tuple[float, float]:
    """One dossier changed, committed, and seen by readers."""
    card = card_of(dossier(place), version=2)

    def write() -> None:
        index.apply([Upsert(card)], upto_seq=10**9 + place)
        index.refresh()

    return _timed(write)


def _timed(what: Callable[[], None]) -> tuple[float, float]:
    """Return wall and CPU milliseconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    what()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _latency(times: Sequence[tuple[float, float]]) -> Latency:
    def at(figures: Sequence[float], part: float) -> float:
        return sorted(figures)[min(len(figures) - 1, int(len(figures) * part))]

    walls, cpus = [wall for wall, _ in times], [cpu for _, cpu in times]
    return Latency(
        at(walls, 0.5), at(walls, 0.95), at(walls, 0.99),
        at(cpus, 0.5), at(cpus, 0.95), at(cpus, 0.99), sum(cpus) / len(cpus),
    )  # fmt: skip


def _memory(name: str) -> int:
    """Return a figure of /proc/self/status in bytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"no {name} on this system")


def _machine(engine: str) -> dict[str, str]:
    models = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if "model name" in line]
    return {
        "CPU": models[0].partition(": ")[2] if models else platform.machine(),
        "cores": str(os.cpu_count()),
        "Linux": platform.release(),
        "Python": platform.python_version(),
        engine: version(engine),
        "opencc": version("opencc"),
    }


class _FileTexts:
    """Texts in an SQLite file. Implements `archive.search.port.TextSource`."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path)
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"
        )

    def put(self, texts: Mapping[CardId, str]) -> None:
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?)", texts.items())

    def texts(self, ids: Sequence[CardId]) -> Mapping[CardId, str]:
        marks = ",".join("?" * len(ids))
        return dict(self._database.execute(f"SELECT id, text FROM texts WHERE id IN ({marks})", ids))  # noqa: S608

    def close(self) -> None:
        self._database.close()

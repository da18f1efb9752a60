"""Texts of dossiers at hand: a bounded memory in front of a `TextSource`, shared by threads."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence

from archive.search.port import CardId, TextSource

_ASKED_AT_ONCE = 500  # dossiers


class TextMemory:
    """Keeps the texts used last, up to `limit` characters in all. A card's version tells an old text from a new one."""

    def __init__(self, source: TextSource, limit: int = 24_000_000) -> None:
        self._source = source
        self._limit = limit
        self._held = 0
        self._texts: OrderedDict[CardId, tuple[int, str]] = OrderedDict()
        self._lock = threading.Lock()

    def texts(self, cards: Sequence[tuple[CardId, int]]) -> Iterator[tuple[CardId, str]]:
        """Yield the texts of these cards (id, version); one that is gone from the source yields an empty text."""
        for at in range(0, len(cards), _ASKED_AT_ONCE):
            part = cards[at : at + _ASKED_AT_ONCE]
            known = self._known(part)
            missing = [card for card in part if card[0] not in known]
            read = self._source.texts([id_ for id_, _ in missing]) if missing else {}
            self._remember([(id_, version, read.get(id_, "")) for id_, version in missing])
            for id_, _ in part:
                yield id_, known[id_] if id_ in known else read.get(id_, "")

    def _known(self, cards: Sequence[tuple[CardId, int]]) -> dict[CardId, str]:
        with self._lock:
            known = {}
            for id_, version in cards:
                held = self._texts.get(id_)
                if held and held[0] == version:
                    self._texts.move_to_end(id_)
                    known[id_] = held[1]
            return known

    def _remember(self, read: Sequence[tuple[CardId, int, str]]) -> None:
        with self._lock:
            for id_, version, text in read:
                old = self._texts.pop(id_, None)
                self._texts[id_] = (version, text)
                self._held += len(text) - (len(old[1]) if old else 0)
            while self._held > self._limit:
                _, (_, text) = self._texts.popitem(last=False)
                self._held -= len(text)

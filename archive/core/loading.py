"""Starting fast: what a process loads at its start stays, so nobody need look through it for rings of dead objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import modules or join an application inside.

    Collecting garbage in between, and once more at the exit, takes as much CPU as the loading itself; and later each
    full collection would hold up whoever is being served.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was:
            gc.enable()

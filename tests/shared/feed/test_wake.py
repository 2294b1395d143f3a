"""What one process appends wakes the relay that is active in another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from shared.feed import wake
from shared.store import Database

SECONDS_MAX = 10


@contextmanager
def listening(database: Database, woken: threading.Event) -> Iterator[threading.Thread]:
    ended = threading.Event()
    thread = threading.Thread(target=wake.listen, args=(database, woken.set, ended.is_set))
    thread.start()
    try:
        yield thread
    finally:
        ended.set()
        thread.join(SECONDS_MAX)
        assert not thread.is_alive()


def test_whoever_listens_is_woken_each_time(database: Database) -> None:
    woken = threading.Event()
    with listening(database, woken) as thread:
        if database.dialect == "sqlite":
            thread.join(SECONDS_MAX)
            assert not woken.is_set(), "SQLite has one process: there is nobody to listen to"
            return
        assert woken.wait(SECONDS_MAX), "what was told before it listened is looked for"
        for _ in range(3):
            woken.clear()
            wake.tell(database)
            assert woken.wait(SECONDS_MAX)
        woken.clear()
        assert not woken.wait(0.3), "nobody told it anything"
        wake.tell(database)
        wake.tell(database)
        assert woken.wait(SECONDS_MAX)

"""What is appended wakes the relay, also the one that is active in another process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.bounds import PG_ANSWER_SECONDS
from shared.feed import wake
from shared.store import Database
from tests.shared.feed.site import a_site, eventually

SECONDS_MAX = 60
TEXTS = [f"n{number}" for number in range(1, 6)]


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


def test_whoever_is_told_without_end_or_nothing_at_all_stops_listening_when_it_should(database: Database) -> None:
    count = 0

    def woken() -> None:
        nonlocal count
        count += 1
        if count < 20:
            wake.tell(database)

    wake.listen(database, woken, lambda: count >= 4)
    assert count == (0 if database.dialect == "sqlite" else 4)
    ends = iter([False, True])
    silent = threading.Thread(target=wake.listen, args=(database, lambda: None, lambda: next(ends)), daemon=True)
    silent.start()
    silent.join(PG_ANSWER_SECONDS / 2)
    assert not silent.is_alive(), "it waits for the line's own deadline"


def test_what_a_process_that_stands_by_appends_is_published_by_the_active_relay_of_another(tmp_path: Path) -> None:
    with a_site("rabbitmq", tmp_path) as site:
        assert site.waiting() == 0  # the queue is there before the first page: none is announced again
        active = site.start(reading=False, asleep=True)
        active.wait_for("relay_active")
        reader = site.start(producing=False)
        report = site.run(append=TEXTS, apart=True, asleep=True, reading=False)
        assert report["relay"] == "stand-by", "it published what it had appended itself"
        assert report["relayed"] == report["head"] == len(TEXTS)
        eventually(lambda: site.read_up_to() == len(TEXTS), SECONDS_MAX, reader.text)
        assert len(active.logged("page_published")) == len(TEXTS)


def test_what_the_one_process_on_sqlite_appends_wakes_its_own_relay(tmp_path: Path) -> None:
    with a_site("embedded", tmp_path) as site:
        report = site.run(append=TEXTS, apart=True, asleep=True)
    assert report["relay"] == "active"
    assert report["relayed"] == report["cursor"] == len(TEXTS)

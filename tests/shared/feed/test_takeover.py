"""Two relays of one service, of which the active one is killed or stalls: the other goes on, and what wakes up does no harm."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from shared.bounds import RELAY_LEASE_RETRY_SECONDS, RELAY_LEASE_SECONDS
from shared.event import Context, NewEvent
from shared.store import ANY, Append, EventStore
from tests.shared.feed.site import Process, Site, a_site, eventually
from tests.support.relayed import cursor

SECONDS_MAX = 12 * (RELAY_LEASE_SECONDS + RELAY_LEASE_RETRY_SECONDS)
"""Many times what a takeover may take by its bounds: the machine of a test is busy at times."""

MOVES = """
CREATE TABLE moves (number bigserial, fence bigint, since bigint, position bigint);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO moves (fence, since, position) VALUES (NEW.fence, OLD.position, NEW.position); RETURN NEW;
END $$;
CREATE TRIGGER moves AFTER UPDATE ON relay FOR EACH ROW EXECUTE FUNCTION note_move();
"""
"""Has the database itself keep every change of the relay's row, in the order of their commits: the row's lock makes it one."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site("rabbitmq", tmp_path) as made:
        yield made


def test_the_stand_by_takes_over_from_a_relay_that_is_killed_or_stalls_and_what_wakes_up_moves_nothing(site: Site) -> None:
    relays = [site.start(reading=False)]
    relays[0].wait_for("relay_active")
    relays.append(site.start(reading=False))
    relays[1].wait_for("relay_stands_by")
    reader = site.start(producing=False)
    with site.store() as store, store.database.write() as connection:
        connection.execute(sa.text(MOVES))
    with site.store() as store, _appending(store):
        active, other = relays
        for turn in range(2):
            _passes(store, active)
            active.signal(signal.SIGSTOP)
            other.wait_for("relay_active", times=len(other.logged("relay_active")) + 1, seconds=SECONDS_MAX)
            _passes(store, other)
            active.signal(signal.SIGCONT)
            active.wait_for("relay_stepped_down", times=turn // 2 + 1)
            active, other = other, active
        active.signal(signal.SIGKILL)
        other.wait_for("relay_active", times=len(other.logged("relay_active")) + 1, seconds=SECONDS_MAX)
        _passes(store, other)
    with site.store() as store:
        head = store.head()
        eventually(lambda: cursor(store.database) == head, SECONDS_MAX, other.text)
        eventually(lambda: site.read_up_to() == head, SECONDS_MAX, reader.text)
        with store.database.read() as connection:
            moves = connection.execute(sa.text("SELECT fence, since, position FROM moves ORDER BY number")).all()
    assert (other.stop(), reader.stop()) == (0, 0)
    fences = [move.fence for move in moves]
    assert fences == sorted(fences)
    assert set(fences) >= {2, 3, 4}, "each takeover raised the fence"
    forward = [move for move in moves if move.position != move.since]
    assert [move.since for move in forward] == [0, *(move.position for move in forward[:-1])], "the cursor went forward, and only so"
    assert forward[-1].position == head
    assert site.run()["pages"] == {page: [texts, len(texts)] for page, texts in site.noted().items()}


@contextmanager
def _appending(store: EventStore) -> Iterator[None]:
    """Somebody notes all the time."""
    ended = threading.Event()

    def append() -> None:
        number = 0
        while not ended.wait(0.01):
            number += 1
            event = NewEvent(f"{store.service}.Noted", 1, {"text": f"n{number}"})
            store.append(Append("ab"[number % 2], ANY, [event]), Context("office", "course", "command"))

    thread = threading.Thread(target=append)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _passes(store: EventStore, active: Process) -> None:
    """What is appended now is published."""
    head = store.head() + 1
    eventually(lambda: cursor(store.database) >= head, SECONDS_MAX, active.text)

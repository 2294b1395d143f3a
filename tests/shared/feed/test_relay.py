"""The relay moves on only when the broker has confirmed, and only while it holds the lease, on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa

from shared.bounds import PAGE_BYTES_MAX, PAGE_EVENTS_MAX, RELAY_LEASE_SECONDS
from shared.event import NewEvent
from shared.feed import lease
from shared.feed.lease import Fenced, Lease, contending
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.store import ANY, NONE, Append, Database
from tests.shared.store.given import CONTEXT, a_store, to
from tests.support.relayed import cursor


class Refused(Exception):
    """What a broker does that does not confirm."""


class Contenders:
    """Processes that want the lease, each over a session of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open = ExitStack()

    def another(self) -> ExitStack:
        """One that comes; closed, its session is gone."""
        return self._open.enter_context(ExitStack())

    def take(self, contender: ExitStack | None = None) -> Lease | None:
        return (contender or self.another()).enter_context(contending(self._database))()

    def active(self, contender: ExitStack | None = None) -> Lease:
        """The lease, which the server gives when it has noticed that the session before is gone."""
        contend = (contender or self.another()).enter_context(contending(self._database))
        until = time.monotonic() + 10
        while (taken := contend()) is None:
            assert time.monotonic() < until
            time.sleep(0.02)
        return taken

    def close(self) -> None:
        self._open.close()


@pytest.fixture
def contenders(database: Database) -> Iterator[Contenders]:
    made = Contenders(database)
    try:
        yield made
    finally:
        made.close()


def test_the_log_is_published_page_by_page_in_order(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *["x"] * (PAGE_EVENTS_MAX + 2)), CONTEXT)
    pages: list[Page] = []
    relay = Relay(store, contenders.active(), pages.append)
    assert [relay.publish_next(), relay.publish_next(), relay.publish_next()] == [PAGE_EVENTS_MAX, 2, 0]
    assert [(page.first, page.last) for page in pages] == [(1, PAGE_EVENTS_MAX), (PAGE_EVENTS_MAX + 1, PAGE_EVENTS_MAX + 2)]
    assert [event for page in pages for event in page.events] == [*store.feed(0), *store.feed(PAGE_EVENTS_MAX)]
    assert cursor(database) == PAGE_EVENTS_MAX + 2


def test_a_page_is_cut_before_it_holds_too_many_bytes(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    text = "x" * 50_000
    fitting = PAGE_BYTES_MAX // len(text)
    store.append(Append("a", NONE, [NewEvent("diary.Noted", 1, {"text": text})] * (fitting + 1)), CONTEXT)
    pages: list[Page] = []
    relay = Relay(store, contenders.active(), pages.append)
    assert sum(iter(relay.publish_next, 0)) == fitting + 1
    assert len(pages) == 2
    assert all(sum(len(event.data["text"]) for event in page.events) <= PAGE_BYTES_MAX for page in pages)


def test_a_page_that_was_not_confirmed_is_published_again(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    published: list[Page] = []

    def broken(page: Page) -> None:
        published.append(page)
        raise Refused

    contender = contenders.another()
    relay = Relay(store, contenders.active(contender), broken)
    for _ in range(2):
        with pytest.raises(Refused):
            relay.publish_next()
        assert cursor(database) == 0
    contender.close()
    assert Relay(store, contenders.active(), published.append).publish_next() == 2
    assert [(page.first, page.last) for page in published] == [(1, 2)] * 3
    assert cursor(database) == 2


def test_the_cursor_is_not_moved_before_the_broker_has_confirmed(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    seen: list[int] = []
    Relay(store, contenders.active(), lambda _page: seen.append(cursor(database))).publish_next()
    assert (seen, cursor(database)) == ([0], 1)


def test_another_relay_goes_on_where_the_first_stood(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    pages: list[Page] = []
    first = contenders.another()
    Relay(store, contenders.active(first), pages.append).publish_next()
    first.close()
    store.append(to("a", ANY, "two"), CONTEXT)
    Relay(a_store(database), contenders.active(), pages.append).publish_next()
    assert [(page.first, page.last) for page in pages] == [(1, 1), (2, 2)]


def test_a_relay_that_stalled_moves_nothing_and_learns_that_it_is_fenced(
    database: Database, contenders: Contenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    pages: list[Page] = []

    def stall(page: Page) -> None:
        pages.append(page)
        _age_lease(database, monkeypatch)
        other = Relay(store, contenders.active(), pages.append)
        other.publish_next()
        store.append(to("a", ANY, "two"), CONTEXT)
        other.publish_next()

    stalled = Relay(store, contenders.active(), stall)
    with pytest.raises(Fenced):
        stalled.publish_next()
    assert cursor(database) == 2
    assert [(page.first, page.last) for page in pages] == [(1, 1), (1, 1), (2, 2)]
    with pytest.raises(Fenced):
        stalled.announce()
    with pytest.raises(Fenced):  # it knows of one page only, but may not say it again
        stalled.publish_next()
    assert len(pages) == 3


def test_a_relay_that_slept_longer_than_its_lease_looks_before_it_publishes(
    database: Database, contenders: Contenders, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    pages: list[Page] = []
    asleep = Relay(store, contenders.active(), pages.append)
    _age_lease(database, monkeypatch)
    contenders.active()
    with pytest.raises(Fenced):
        asleep.publish_next()
    assert pages == []


def test_a_lease_that_is_renewed_is_not_taken(contenders: Contenders, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one process, which takes the lease at its start")
    a_store(database)
    held = contenders.active()
    assert contenders.take() is None
    _age_lease(database, monkeypatch)
    held.renew()
    assert contenders.take() is None


def test_of_many_that_see_the_lease_abandoned_one_takes_it(database: Database, contenders: Contenders) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one process, which takes the lease at its start")
    a_store(database)
    first = contenders.another()
    fence = contenders.active(first).fence
    first.close()
    taken = [one.fence for one in [contenders.take() for _ in range(4)] if one is not None]
    assert taken == [fence + 1]


def test_an_announcement_says_where_the_feed_ends_and_moves_nothing(database: Database, contenders: Contenders) -> None:
    store = a_store(database)
    pages: list[Page] = []
    relay = Relay(store, contenders.active(), pages.append)
    relay.announce()
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    relay.announce()
    assert pages == [Page.announcement("vn", "diary", 0), Page.announcement("vn", "diary", 2)]
    assert cursor(database) == 0


def _age_lease(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if nothing had been heard of the holder for longer than a lease lasts, by its own clock and the database's."""
    monkeypatch.setattr(lease, "time", _Later)
    with database.write() as connection:
        late = sa.text("UPDATE relay SET renewed_at = :then")
        assert connection.execute(late, {"then": "2025-01-01 00:00:00+00"}).rowcount == 1


class _Later:
    """A clock that is ahead of the one by which the lease was last held."""

    @staticmethod
    def monotonic() -> float:
        import time

        return time.monotonic() + 2 * RELAY_LEASE_SECONDS

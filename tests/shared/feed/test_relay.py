"""The relay moves on only when the broker has confirmed, on both databases."""

from __future__ import annotations

import pytest

from shared.bounds import PAGE_EVENTS_MAX
from shared.feed.page import Page
from shared.feed.relay import Relay
from shared.store import ANY, NONE, Database
from tests.shared.store.given import CONTEXT, a_store, to


class Refused(Exception):
    """What a broker does that does not confirm."""


def test_the_log_is_published_page_by_page_in_order(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *["x"] * (PAGE_EVENTS_MAX + 2)), CONTEXT)
    pages: list[Page] = []
    relay = Relay(store, pages.append)
    assert [relay.publish_next(), relay.publish_next(), relay.publish_next()] == [PAGE_EVENTS_MAX, 2, 0]
    assert [(page.first, page.last) for page in pages] == [(1, PAGE_EVENTS_MAX), (PAGE_EVENTS_MAX + 1, PAGE_EVENTS_MAX + 2)]
    assert [event for page in pages for event in page.events] == [*store.feed(0), *store.feed(PAGE_EVENTS_MAX)]
    assert relay.cursor() == PAGE_EVENTS_MAX + 2


def test_a_page_that_was_not_confirmed_is_published_again(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    published: list[Page] = []

    def broken(page: Page) -> None:
        published.append(page)
        raise Refused

    relay = Relay(store, broken)
    for _ in range(2):
        with pytest.raises(Refused):
            relay.publish_next()
        assert relay.cursor() == 0
    assert Relay(store, published.append).publish_next() == 2
    assert [(page.first, page.last) for page in published] == [(1, 2)] * 3
    assert relay.cursor() == 2


def test_the_cursor_is_not_moved_before_the_broker_has_confirmed(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    seen: list[int] = []
    relay = Relay(store, lambda _page: seen.append(relay.cursor()))
    relay.publish_next()
    assert (seen, relay.cursor()) == ([0], 1)


def test_another_relay_goes_on_where_the_first_stood(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    pages: list[Page] = []
    Relay(store, pages.append).publish_next()
    store.append(to("a", ANY, "two"), CONTEXT)
    Relay(a_store(database), pages.append).publish_next()
    assert [(page.first, page.last) for page in pages] == [(1, 1), (2, 2)]


def test_a_relay_that_stalled_moves_nothing_back(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    pages: list[Page] = []
    other = Relay(store, pages.append)

    def stall(page: Page) -> None:
        pages.append(page)
        other.publish_next()
        store.append(to("a", ANY, "two"), CONTEXT)
        other.publish_next()

    Relay(store, stall).publish_next()
    assert other.cursor() == 2
    assert [(page.first, page.last) for page in pages] == [(1, 1), (1, 1), (2, 2)]


def test_an_announcement_says_where_the_feed_ends_and_moves_nothing(database: Database) -> None:
    store = a_store(database)
    pages: list[Page] = []
    relay = Relay(store, pages.append)
    relay.announce()
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    relay.announce()
    assert pages == [Page.announcement("vn", "diary", 0), Page.announcement("vn", "diary", 2)]
    assert relay.cursor() == 0

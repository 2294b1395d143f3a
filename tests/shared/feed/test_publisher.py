"""The running relay counts as published only what the broker has confirmed; how it sends pages and announcements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu import Connection, Queue

from shared.bounds import ANNOUNCE_SECONDS
from shared.broker.topology import FEEDS, feed_key
from shared.feed.page import Page
from shared.feed.publisher import FeedRelay
from shared.store import NONE
from tests.shared.feed.site import Site, a_site, eventually
from tests.shared.given import an_event
from tests.shared.store.given import CONTEXT, to
from tests.support.feed_process import Plan
from tests.support.relayed import cursor

SECONDS_MAX = 60


@contextmanager
def a_full_queue(site: Site) -> Iterator[None]:
    """One beside the subscriber's that takes nothing: and says so: the broker confirms no page of the producer."""
    with Connection(site.broker_url) as connection:
        queue = Queue(
            f"full.{site.name}",
            FEEDS,
            routing_key=feed_key(f"s{site.name}", Plan(site.name).producer),
            queue_arguments={"x-max-length": 0, "x-overflow": "reject-publish"},
        )(connection.channel())
        queue.declare()
        try:
            yield
        finally:
            queue.delete()


def test_what_the_broker_refuses_is_not_published_until_it_takes_it(tmp_path: Path) -> None:
    with a_site("rabbitmq", tmp_path) as site:
        assert site.waiting() == 0  # the subscriber's queue is there
        relay = site.start(reading=False)
        relay.wait_for("relay_active")
        with site.store() as store:
            with a_full_queue(site):
                store.append(to("a", NONE, "n1"), CONTEXT)
                eventually(lambda: bool(relay.logged("relay_waits") or relay.logged("page_published")), SECONDS_MAX, relay.text)
                assert cursor(store.database) == 0, "the relay has moved on over a page that the broker refused"
                assert "MessageNacked" in relay.logged("relay_waits")[0]["error"]
            eventually(lambda: cursor(store.database) == 1, SECONDS_MAX, relay.text)
        assert {"first": 1, "last": 1} in site.under_way()


def test_a_page_outlives_the_broker_and_an_announcement_not_even_the_next_one() -> None:
    sent: list[tuple[dict[str, Any], dict[str, Any]]] = []

    class Sending:
        def publish(self, body: str, **options: Any) -> None:
            sent.append((json.loads(body), options))

    page, announcement = Page.of([an_event(3), an_event(4)]), Page.announcement("vn", "diary", 4)
    for one in (page, announcement):
        FeedRelay()._send(Sending(), one)
    common = {"content_type": "application/json", "content_encoding": "utf-8", "routing_key": feed_key("vn", "diary")}
    assert sent == [
        (page.to_data(), {**common, "delivery_mode": 2}),
        (announcement.to_data(), {**common, "delivery_mode": 1, "expiration": ANNOUNCE_SECONDS}),
    ]

"""The relay: reads a service's log after its cursor and publishes it, page by page; the log itself is the outbox."""

from __future__ import annotations

from collections.abc import Callable

from shared.failpoints import reached
from shared.feed.lease import Lease
from shared.feed.page import Page
from shared.store import EventStore


class Relay:
    """Publishes what the log holds beyond the cursor. The cursor moves only after the broker has confirmed a page.

    A crash between the two publishes the page again: subscribers drop what they have folded. So do two relays of which one has stalled and
    does not yet know that the other took over: it may publish a page that was published before, and then learns that it is fenced.
    """

    def __init__(self, store: EventStore, lease: Lease, publish: Callable[[Page], None]) -> None:
        self._store = store
        self._lease = lease
        self._publish = publish

    def publish_next(self) -> int:
        """Publish the next page, if there is one; the number of its events. Raises Fenced, and has moved nothing then."""
        events = self._store.feed(self._lease.position)
        if not events:
            return 0
        page = Page.of(events)
        self._lease.check()
        self._publish(page)
        reached("relay.after_publish")
        self._lease.move(page.last)
        return len(events)

    def announce(self) -> None:
        """Say where the feed ends, so that whoever missed a page notices. Raises Fenced, and has said nothing then."""
        self._publish(Page.announcement(self._store.site, self._store.service, self._lease.renew()))

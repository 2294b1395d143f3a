"""The relay: reads a service's log after its cursor and publishes it, page by page; the log itself is the outbox."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from shared.failpoints import reached
from shared.feed.page import Page
from shared.store import EventStore, tables


class Relay:
    """Publishes what the log holds beyond the cursor. The cursor moves only after the broker has confirmed a page.

    A crash between the two publishes the page again: subscribers drop what they have folded.
    """

    def __init__(self, store: EventStore, publish: Callable[[Page], None]) -> None:
        self._store = store
        self._publish = publish

    def cursor(self) -> int:
        """The last position that the broker has confirmed."""
        with self._store.database.read() as connection:
            return int(connection.execute(sa.select(tables.relay.c.position)).scalar_one())

    def publish_next(self) -> int:
        """Publish the next page, if there is one; the number of its events."""
        cursor = self.cursor()
        events = self._store.feed(cursor)
        if not events:
            return 0
        page = Page.of(events)
        self._publish(page)
        reached("relay.after_publish")
        with self._store.database.write() as connection:
            # only forward, and only from where this relay stood: one that stalled and wakes up moves nothing back
            connection.execute(tables.relay.update().where(tables.relay.c.position == cursor).values(position=page.last))
        return len(events)

    def announce(self) -> None:
        """Say where the feed ends, so that whoever missed a page notices."""
        self._publish(Page.announcement(self._store.site, self._store.service, self._store.head()))

"""A page: a contiguous run of one feed, as it travels over the broker and as it is fetched from the producer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.event import Event


@dataclass(frozen=True, slots=True)
class Page:
    """Events `first` to `last` of one site and service; an announcement has no events and says only where the feed ends.

    An announcement of head h has first = h + 1 and last = h.
    """

    site: str
    service: str
    first: int
    last: int
    events: tuple[Event, ...]

    @staticmethod
    def of(events: Sequence[Event]) -> Page:
        return Page(events[0].site, events[0].service, events[0].position, events[-1].position, tuple(events))

    @staticmethod
    def announcement(site: str, service: str, head: int) -> Page:
        return Page(site, service, head + 1, head, ())

    def after(self, position: int) -> Page:
        """What of this page lies after a position that has been folded already."""
        return Page(
            self.site,
            self.service,
            max(self.first, position + 1),
            self.last,
            tuple(event for event in self.events if event.position > position),
        )

    def to_data(self) -> dict[str, Any]:
        return {
            "site": self.site,
            "service": self.service,
            "first": self.first,
            "last": self.last,
            "events": [event.to_cloudevent() for event in self.events],
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Page:
        return Page(
            str(data["site"]),
            str(data["service"]),
            int(data["first"]),
            int(data["last"]),
            tuple(Event.from_cloudevent(event) for event in data["events"]),
        )

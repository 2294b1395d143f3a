"""The feeds of services as a read model gets them, without stores and broker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector
from shared.schema import Catalogue

MORNING = datetime(2025, 3, 1, 8, tzinfo=UTC)


class Feeds:
    """Tells a projector facts of several services, in pages that went over the wire."""

    def __init__(self, projector: Projector, catalogues: Mapping[str, Catalogue]) -> None:
        self.projector = projector
        self._catalogues = catalogues
        self.logs: dict[str, list[Event]] = {service: [] for service in catalogues}

    def tell(self, service: str, *facts: Any, stream: str = "stream", at: datetime = MORNING, on: date = date(2025, 3, 1)) -> list[Event]:
        """Facts of one stream, one page; fails where one cannot be folded."""
        log = self.logs[service]
        page = []
        for fact in facts:
            stored = self._catalogues[service].encode(fact)
            event = Event(
                id=f"{service}-{len(log) + 1}",
                site="vn",
                service=service,
                position=len(log) + 1,
                stream=stream,
                version=1 + sum(one.stream == stream for one in log),
                type=stored.type,
                schema=stored.schema,
                data=stored.data,
                recorded_at=at,
                effective_on=stored.effective_on or on,
                actor="office",
                correlation="course",
                causation="command",
            )
            log.append(event)
            page.append(Event.from_cloudevent(json.loads(event.canonical())))
        self.projector.receive(Page.of(page), lambda _service, _after: [])
        assert self.projector.parked() == []
        return page

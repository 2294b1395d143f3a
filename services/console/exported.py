"""An export read back: the logs of all services, and what of them a final result rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.campaigns.domain import CampaignFinalised
from services.campaigns.schemas import EVENTS
from shared.calendar import legal_date, utc_now
from shared.event import Event


@dataclass(frozen=True, slots=True)
class Final:
    """A campaign that was made final: what its event says, and the day."""

    result: CampaignFinalised
    on: date


@dataclass(frozen=True, slots=True)
class Log:
    """The events of an export, of each service in the order of its log."""

    events: tuple[Event, ...]

    @staticmethod
    def read(lines: Iterable[str]) -> Log:
        """From CloudEvents, one JSON a line. Raises EventMalformed."""
        found = (Event.from_cloudevent(json.loads(line)) for line in lines if line.strip())
        return Log(tuple(sorted(found, key=lambda event: (event.site, event.service, event.position))))

    def campaigns(self) -> list[str]:
        """In the order in which they were launched."""
        return [event.data["campaign"] for event in self.events if event.type == "campaigns.CampaignLaunched"]

    def final(self, campaign: str) -> Final | None:
        for event in self.events:
            if event.type == "campaigns.CampaignFinalised" and event.data["campaign"] == campaign:
                return Final(EVENTS.decode(event), legal_date(event.recorded_at))
        return None

    def resting_on(self, final: Final | None) -> list[Event]:
        """The events up to the positions of a final result; all without one, or where it names no positions."""
        if final is None or not final.result.positions:
            return list(self.events)
        reached = {(place.site, place.service): place.position for place in final.result.positions}
        return [event for event in self.events if event.position <= reached.get((event.site, event.service), 0)]

    @staticmethod
    def day(final: Final | None) -> date:
        """The day on which boards are looked at: that on which they were made final, or today."""
        return legal_date(utc_now()) if final is None else final.on

"""Entrypoints for seals: the digests of boards, and the same boards made from the logs anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import eventlet

from services.rankings import boards, seals, second, views
from services.rankings.service.base import Part
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import Unavailable
from shared.event import Event
from shared.ground import configuration
from shared.plain import plain
from shared.rpc import Request, rpc

EVENTS_AT_ONCE = 2_000
"""Events between two pauses: some tenths of a second of work, which nobody who asks meanwhile feels."""

LOOKS_MAX = 3
"""Looks at boards and positions before saying that they move: between two events there are milliseconds."""


class Seals(Part):
    """What a final result is compared with before it is sealed."""

    @rpc
    def seals(self, request: Request) -> dict[str, Any]:
        """The boards that a result consists of as they are shown: {boards: [{board, digest}], positions: [{site, service, position}],
        pending: sheets that a freeze keeps from them}."""
        self.permit(request)
        return self._seals(str(request.data["campaign"]))

    @rpc
    def recompute(self, request: Request) -> dict[str, Any]:
        """As `seals`, and of the same boards made from the logs anew, up to the same positions: `recomputed` {board, digest}, and
        `second`, where the second opinion on them differs: {board, count, differences: the first of them}.

        Raises Unavailable where the feeds do not rest, or the replay takes longer than anybody waits.
        """
        self.permit(request)
        campaign, breathe = str(request.data["campaign"]), _breathing(time.monotonic() + RECOMPUTE_SECONDS_MAX)
        told = self._seals(campaign)
        breathe()
        left_out = {(row["site"], row["service"], row["position"]) for row in self.views.projector.discarded()}
        logs = self._events(campaign, told["positions"], breathe)
        events = [one for one in logs if (one.site, one.service, one.position) not in left_out]
        today = legal_date(utc_now())
        with seals.replayed(_at_ease(events, breathe), campaign) as reading:
            anew = seals.sealed(reading, campaign, today)
        breathe()
        recomputed = [{"board": name, "digest": seals.digest_of(board)} for name, board in anew.items()]
        differing = second.compared(anew, [event.to_cloudevent() for event in _at_ease(events, breathe)], campaign, today)
        return {**told, "recomputed": recomputed, "second": plain([one for one in differing if one.count])}

    def _seals(self, campaign: str) -> dict[str, Any]:
        for _ in range(LOOKS_MAX):
            positions = self._positions()
            with self.views.reading() as reading:
                found = seals.digests(reading, campaign)
                pending = boards.pending(reading, campaign)
            if self._positions() == positions:
                return {"boards": found, "positions": positions, "pending": pending}
        raise Unavailable("Events come in all the time; ask again when the feeds are at rest.")

    def _positions(self) -> list[dict[str, Any]]:
        return [row for row in self.views.projector.cursors(configuration().site) if row["service"] in seals.RESTS_ON]

    def _events(self, campaign: str, positions: Sequence[Mapping[str, Any]], breathe: Callable[[], None]) -> Iterator[Event]:
        """What the boards of a campaign rest on, of these feeds up to these positions, from the producers."""
        with self.views.reading() as reading:
            found = views.campaign_of(reading, campaign) or {}
        sieves = seals.sieves(campaign, str(found.get("rubric")))
        for place in positions:
            after = 0
            while page := self.fetch(place["service"], after, sieves[place["service"]]):
                breathe()
                yield from (event for event in page if event.position <= place["position"])
                after = page[-1].position
                if after >= place["position"]:
                    break


def _breathing(until: float) -> Callable[[], None]:
    """Called between two stretches of work: lets the process answer others and its broker, and raises Unavailable once it is late."""

    def breathe() -> None:
        eventlet.sleep(0)
        if time.monotonic() > until:
            raise Unavailable(f"The boards could not be made anew from the logs within {RECOMPUTE_SECONDS_MAX:g} seconds.")

    return breathe


def _at_ease(events: Sequence[Event], breathe: Callable[[], None]) -> Iterator[Event]:
    """The events, a pause after each stretch of them."""
    for first in range(0, len(events), EVENTS_AT_ONCE):
        breathe()
        yield from events[first : first + EVENTS_AT_ONCE]

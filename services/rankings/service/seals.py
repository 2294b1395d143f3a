"""Entrypoints for seals: the digests of boards, and the same boards made from the logs anew."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.rankings import boards, seals
from services.rankings.service.base import Part
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.errors import Unavailable
from shared.event import Event
from shared.ground import configuration
from shared.rpc import Request, rpc

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
        """As `seals`, and `recomputed`: the same boards made from the logs anew, up to the same positions.

        Raises Unavailable where the feeds do not rest, or the replay takes longer than anybody waits.
        """
        self.permit(request)
        campaign = str(request.data["campaign"])
        told = self._seals(campaign)
        left_out = {(row["site"], row["service"], row["position"]) for row in self.views.projector.discarded()}
        with seals.replayed(self._events(told["positions"]), campaign, left_out) as reading:
            return {**told, "recomputed": seals.digests(reading, campaign)}

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

    def _events(self, positions: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
        """The events of these feeds up to these positions, from the producers."""
        until = time.monotonic() + RECOMPUTE_SECONDS_MAX
        for place in positions:
            after = 0
            while after < place["position"]:
                page = self.fetch(place["service"], after)
                if not page or time.monotonic() > until:
                    raise Unavailable(f"The log of {place['service']} could not be replayed within {RECOMPUTE_SECONDS_MAX:g} seconds.")
                yield from (event for event in page if event.position <= place["position"])
                after = page[-1].position

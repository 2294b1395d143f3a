"""Entrypoints for seals: the digests of boards, and the same boards made from the logs anew."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.rankings import boards, seals, second, views
from services.rankings.service.base import Part
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import Unavailable
from shared.event import Event
from shared.ground import configuration
from shared.plain import plain
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
        """As `seals`, and of the same boards made from the logs anew, up to the same positions: `recomputed` {board, digest}, and
        `second`, where the second opinion on them differs: {board, count, differences: the first of them}.

        Raises Unavailable where the feeds do not rest, or the replay takes longer than anybody waits.
        """
        self.permit(request)
        campaign = str(request.data["campaign"])
        told = self._seals(campaign)
        left_out = {(row["site"], row["service"], row["position"]) for row in self.views.projector.discarded()}
        events = [one for one in self._events(campaign, told["positions"]) if (one.site, one.service, one.position) not in left_out]
        today = legal_date(utc_now())
        with seals.replayed(events, campaign) as reading:
            anew = seals.sealed(reading, campaign, today)
        recomputed = [{"board": name, "digest": seals.digest_of(board)} for name, board in anew.items()]
        differing = second.compared(anew, [event.to_cloudevent() for event in events], campaign, today)
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

    def _events(self, campaign: str, positions: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
        """What the boards of a campaign rest on, of these feeds up to these positions, from the producers."""
        with self.views.reading() as reading:
            found = views.campaign_of(reading, campaign) or {}
        sieves = seals.sieves(campaign, str(found.get("rubric")))
        until = time.monotonic() + RECOMPUTE_SECONDS_MAX
        for place in positions:
            after = 0
            while page := self.fetch(place["service"], after, sieves[place["service"]]):
                if time.monotonic() > until:
                    raise Unavailable(f"The log of {place['service']} could not be replayed within {RECOMPUTE_SECONDS_MAX:g} seconds.")
                yield from (event for event in page if event.position <= place["position"])
                after = page[-1].position
                if after >= place["position"]:
                    break

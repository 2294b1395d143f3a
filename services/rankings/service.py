"""Rankings as a nameko service: entrypoints only. It owns no facts; its read model follows the feeds of the others."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.rankings import boards, seals, views
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.errors import Unavailable, ValidationFailed
from shared.event import Event
from shared.ground import configuration
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import Catalogue
from shared.service import FactsProvider, Service, ViewsProvider

LOOKS_MAX = 3
"""Looks at boards and positions before saying that they move: between two events there are milliseconds."""


class RankingsService(Service):
    """Standings, rotation-flag board, cluster-leader board, why each row stands where it stands, and the seals of final boards."""

    name = "rankings"
    model = views.MODEL
    facts = FactsProvider(Catalogue("rankings"))
    views = ViewsProvider(views.MODEL)

    @rpc
    def boards(self, request: Request) -> list[dict[str, Any]]:
        """The campaigns that have boards."""
        self.permit(request)
        names = ("campaign", "title", "season", "cluster", "cluster_name", "illustrative", "final")
        with self.views.reading() as reading:
            return plain([{name: row[name] for name in names} for row in views.all_campaigns(reading)])

    @rpc
    def board(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(boards.board(reading, str(request.data["campaign"]), _board_of(request), _as_of(request)))

    @rpc
    def pending_board(self, request: Request) -> dict[str, Any]:
        """A board of a frozen campaign with what came after the freeze: for those who may know it before the others."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(boards.board(reading, str(request.data["campaign"]), _board_of(request), with_pending=True))

    @rpc
    def explain(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(boards.explanation(reading, str(request.data["campaign"]), str(request.data["unit"]), _as_of(request)))

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


def _board_of(request: Request) -> boards.BoardName:
    name = str(request.data["board"])
    if name not in list(boards.BoardName):
        raise ValidationFailed(f"There is no board {name!r}; ask for {', '.join(boards.BoardName)}.")
    return boards.BoardName(name)


def _as_of(request: Request) -> datetime | None:
    text = request.data.get("as_of")
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValidationFailed(f"as_of is {text!r}; give an instant with its zone, such as 2024-04-10T09:00:00+07:00.")
    return instant

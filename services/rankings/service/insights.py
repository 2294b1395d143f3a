"""Entrypoints for questions about boards: what if, what changed, who can still win, how firm, how honest."""

from __future__ import annotations

from typing import Any

from services.rankings import hints, insights, outlook, schemas
from services.rankings.service.base import Part, as_of
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Insights(Part):
    """Nothing that is answered here is kept, and what only supposes says so: `hypothetical`."""

    @rpc
    def board_under(self, request: Request) -> dict[str, Any]:
        """The standings as they would be under another published version of the rules."""
        self.permit(request)
        asked = load(schemas.Under, request.data)
        with self.views.reading() as reading:
            return plain(insights.board_under(reading, asked["campaign"], asked["rubric"], asked["as_of"]))

    @rpc
    def what_if(self, request: Request) -> dict[str, Any]:
        """The standings under other weights, another version of the rules, or without some scorers, beside those that are shown."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(insights.what_if(reading, load(schemas.Supposition, request.data)))

    @rpc
    def firmness(self, request: Request) -> dict[str, Any]:
        """By how much all weights may change before another unit overtakes the first."""
        self.permit(request)
        asked = load(schemas.Firmness, request.data)
        with self.views.reading() as reading:
            return plain(outlook.firmness(reading, asked["campaign"], asked["percent"]))

    @rpc
    def compare(self, request: Request) -> dict[str, Any]:
        """Two boards: of two instants, campaigns or versions of the rules."""
        self.permit(request)
        asked = load(schemas.Compared, request.data)
        with self.views.reading() as reading:
            return plain(insights.compare(reading, asked["before"], asked["after"], asked["limit"], asked["start"]))

    @rpc
    def history(self, request: Request) -> dict[str, Any]:
        """A unit over its seasons, with those of the organisations that it goes on from."""
        self.permit(request)
        asked = load(schemas.History, request.data)
        with self.views.reading() as reading:
            return plain(insights.history(reading, asked["unit"], asked["before"]))

    @rpc
    def prospects(self, request: Request) -> dict[str, Any]:
        """The best and the worst place still possible for each unit."""
        self.permit(request)
        asked = load(schemas.Prospects, request.data)
        with self.views.reading() as reading:
            return plain(outlook.prospects(reading, **asked))

    @rpc
    def proofs(self, request: Request) -> list[dict[str, Any]]:
        """The evidence behind the scores of a unit, by its digest."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(insights.proofs(reading, str(request.data["campaign"]), str(request.data["unit"]), as_of(request)))

    @rpc
    def honesty(self, request: Request) -> dict[str, Any]:
        """Hints about scoring over the seasons of a cluster, with their arithmetic; no finding and no penalty."""
        self.permit(request)
        asked = load(schemas.Honesty, request.data)
        with self.views.reading() as reading:
            return plain(hints.honesty(reading, asked.pop("cluster"), hints.Part(**asked)))

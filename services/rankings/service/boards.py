"""Entrypoints for boards and for why a unit stands where it stands."""

from __future__ import annotations

from typing import Any

from services.rankings import boards, views
from services.rankings.service.base import Part, as_of, board_of
from shared.plain import plain
from shared.rpc import Request, rpc


class Boards(Part):
    """Standings, rotation-flag board, cluster-leader board, each row with its explanation."""

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
            return plain(boards.board(reading, str(request.data["campaign"]), board_of(request), as_of(request)))

    @rpc
    def pending_board(self, request: Request) -> dict[str, Any]:
        """A board of a frozen campaign with what came after the freeze: for those who may know it before the others."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(boards.board(reading, str(request.data["campaign"]), board_of(request), with_pending=True))

    @rpc
    def explain(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(boards.explanation(reading, str(request.data["campaign"]), str(request.data["unit"]), as_of(request)))

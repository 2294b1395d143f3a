"""Entrypoints for boards and for why a unit stands where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.rankings import boards, kept, parts, views
from services.rankings.service.base import Part, as_of, board_of, part_of
from shared.bounds import BOARD_ROWS_PAGE_MAX, BOARD_ROWS_WHOLE_MAX
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
        """A board; whole where it has no more than BOARD_ROWS_WHOLE_MAX units and no part of it is asked for by `limit`, `after`, `search`.

        `known`: the `revision` of a part that whoever asks has; where it is still that, the answer is {revision, unchanged}.
        """
        self.permit(request)
        return self._board(request, as_of(request))

    @rpc
    def pending_board(self, request: Request) -> dict[str, Any]:
        """A board of a frozen campaign with what came after the freeze: for those who may know it before the others."""
        self.permit(request)
        return self._board(request, None, with_pending=True)

    @rpc
    def explain(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            return parts.explanation(reading, str(request.data["campaign"]), str(request.data["unit"]), as_of(request))

    def _board(self, request: Request, at: datetime | None, *, with_pending: bool = False) -> dict[str, Any]:
        campaign, name, part = str(request.data["campaign"]), board_of(request), part_of(request)
        with self.views.reading() as reading:
            if part is None and views.units_of(reading, campaign) <= BOARD_ROWS_WHOLE_MAX:
                return plain(boards.board(reading, campaign, name, at, with_pending=with_pending))
            asked = part or parts.Part(BOARD_ROWS_PAGE_MAX)
            told = kept.answered(
                reading,
                (campaign, name, asked, at, with_pending),
                lambda: parts.marked(parts.page(reading, campaign, name, asked, at, with_pending=with_pending)),
            )
        unchanged = request.data.get("known") == told["revision"]
        return {"revision": told["revision"], "unchanged": True} if unchanged else told

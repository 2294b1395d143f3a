"""Rankings as a nameko service: entrypoints only. It owns no facts; its read model follows the feeds of the others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.rankings import boards, views
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import Catalogue
from shared.service import FactsProvider, Service, ViewsProvider


class RankingsService(Service):
    """Standings, rotation-flag board, cluster-leader board, and why each row stands where it stands."""

    name = "rankings"
    model = views.MODEL
    facts = FactsProvider(Catalogue("rankings"))
    views = ViewsProvider(views.MODEL)

    @rpc
    def boards(self, request: Request) -> list[dict[str, Any]]:
        """The campaigns that have boards."""
        names = ("campaign", "title", "season", "cluster", "cluster_name", "illustrative", "final")
        with self.views.reading() as reading:
            return plain([{name: row[name] for name in names} for row in views.all_campaigns(reading)])

    @rpc
    def board(self, request: Request) -> dict[str, Any]:
        name = str(request.data["board"])
        if name not in list(boards.BoardName):
            raise ValidationFailed(f"There is no board {name!r}; ask for {', '.join(boards.BoardName)}.")
        with self.views.reading() as reading:
            return plain(boards.board(reading, str(request.data["campaign"]), boards.BoardName(name), _as_of(request)))

    @rpc
    def explain(self, request: Request) -> dict[str, Any]:
        with self.views.reading() as reading:
            return plain(boards.explanation(reading, str(request.data["campaign"]), str(request.data["unit"]), _as_of(request)))


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

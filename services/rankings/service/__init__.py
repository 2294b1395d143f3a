"""Rankings as a nameko service: entrypoints only."""

from __future__ import annotations

from services.rankings.service.boards import Boards
from services.rankings.service.insights import Insights
from services.rankings.service.records import Records
from services.rankings.service.seals import Seals


class RankingsService(Boards, Insights, Records, Seals):
    """Standings, rotation-flag board, cluster-leader board, why each row stands where it stands, and the seals of final boards."""

"""Standings as JSON data."""

from typing import Any

from services.rankings.domain.board import Standings
from shared.plain import plain


def standings_data(standings: Standings) -> dict[str, Any]:
    """The board with the rubric named, not repeated."""
    return {
        "rubric": standings.rubric.key,
        "season": standings.rubric.season,
        "scale": plain(standings.rubric.scale),
        "as_of": plain(standings.as_of),
        "rows": [{**plain(row), "complete": row.complete} for row in standings.rows],
        "ignored": plain(standings.ignored),
    }

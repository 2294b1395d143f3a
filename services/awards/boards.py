"""The flag board of a campaign as rankings answers it, part by part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.awards.domain import FlagBoard, Standing
from shared.bounds import BOARD_PAGES_MAX, BOARD_ROWS_PAGE_MAX
from shared.errors import Unavailable


def flag_board(ask: Callable[[dict[str, Any]], Mapping[str, Any]]) -> FlagBoard:
    """The board with the standing of each candidate, however far down its row stands: a large campaign is answered a part at a time.

    ask(part): puts the question for a part, {} for the first. Raises what `ask` raises, Unavailable where a candidate has no row.
    """
    answer = ask({})
    candidates = list(answer.get("candidates", ()))
    standings = _standings(answer)
    for _ in range(BOARD_PAGES_MAX):
        after = answer.get("after")
        if after is None or standings.keys() >= set(candidates):
            break
        answer = ask({"limit": BOARD_ROWS_PAGE_MAX, "after": after})
        standings |= _standings(answer)
    missing = [unit for unit in candidates if unit not in standings]
    if missing:
        raise Unavailable(f"The flag board names {missing[0]} as a candidate and has no row of it; try again in a moment.")
    return FlagBoard(
        season=int(answer["season"]),
        cluster=str(answer["cluster"]),
        title=str(answer["title"]),
        final=answer["state"] == "final",
        illustrative=bool(answer.get("illustrative", False)),
        candidates={unit: standings[unit] for unit in candidates},
    )


def _standings(answer: Mapping[str, Any]) -> dict[str, Standing]:
    ranked = (row for row in answer["rows"] if row["rank"] is not None and row["total"] is not None)
    return {row["unit"]: Standing(int(row["rank"]), Decimal(str(row["total"]))) for row in ranked}

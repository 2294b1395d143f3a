"""What every question about a campaign begins with: which campaign it is, whether it is not too large for it, and what is said of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from services.rankings import boards
from shared.bounds import INSIGHT_LINES_CELLS_MAX
from shared.errors import DomainError
from shared.projection import Reading


class BoardTooLarge(DomainError):
    """A board is too large for a question."""

    code: ClassVar[str] = "rankings.board_too_large"


def breathe() -> None:
    """Let whoever else waits in this process have a turn: what is asked of thousands of units takes seconds."""
    time.sleep(0)


def known(reading: Reading, campaign: str, cells_max: int | None = None) -> dict[str, Any]:
    """A campaign as `views.campaign_of` has it, of so many units x items at most. Raises NotFound, BoardTooLarge."""
    most = INSIGHT_LINES_CELLS_MAX if cells_max is None else cells_max
    found = boards.campaign_or_refusal(reading, campaign)
    items = items_of(found)
    if len(found["audience"]) * items > most:
        raise BoardTooLarge(
            f"{found['title']} has {len(found['audience'])} units of {items} items each; this question is answered up to "
            f"{most} in all. Export the board and compute elsewhere.",
            cells=most,
        )
    return found


def items_of(found: Mapping[str, Any]) -> int:
    """How many items the rules of a campaign have."""
    return sum(len(group["items"]) for group in found["content"]["groups"])


def head(found: Mapping[str, Any], as_of: datetime | None = None) -> dict[str, Any]:
    """What every answer says about the campaign it is of."""
    names = ("campaign", "title", "season", "cluster", "cluster_name", "illustrative")
    return {
        **{name: found[name] for name in names},
        "state": "final" if found["final"] else "open",
        "frozen": {name: found["frozen"][name] for name in ("since", "reason")} if found["frozen"] else None,
        "as_of": as_of,
    }

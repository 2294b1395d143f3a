"""What of a frozen campaign is shown: facts up to the freeze, to whoever does not see what is pending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def is_shown(frozen: Sequence[dict[str, Any]] | None, site: str, position: int | None) -> bool:
    """Whether a fact of evaluations counts; frozen: the positions of the freeze ({site, service, position}), None while there is none."""
    if position is None or frozen is None:
        return position is not None
    reached = {row["site"]: row["position"] for row in frozen if row["service"] == "evaluations"}
    return position <= int(reached.get(site, 0))

"""The ceremony (lễ công bố): the standings opened from the last place to the first, on a projector.

A page holds what has been opened so far and nothing of what comes: neither a look into its source nor a copy of it tells the winner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import render_template, request

from services.gateway.exports import standings, state_of
from services.gateway.pages import common
from services.gateway.visitors import holds
from shared.access import Role
from shared.errors import DomainError, NotAllowed

pages = common.blueprint("ceremony")

PLACES_MAX = 60
"""Places that a ceremony opens: at one in ten seconds these take ten minutes."""

SHOWN_MAX = 9
"""Units that were opened before and still stand below the one that was opened last: more do not fit on a projector."""


class NothingToOpen(DomainError):
    """The boards are frozen, or passes are still open: what is shown would not be the result."""

    code = "ceremony.not_ready"


@pages.get("/campaigns/<campaign>/ceremony")
def ceremony(campaign: str) -> str:
    """`opened`: how many places have been opened; `best`: of which to open only so many. Raises NotAllowed, NothingToOpen."""
    if not holds(Role.OFFICE):
        raise NotAllowed("The ceremony is for the standing office.")
    run = common.campaign_or_404(campaign)
    board = standings(campaign, {})
    if state_of(board) != "final" and (board["frozen"] or any(one["state"] != "closed" for one in run["passes"])):
        raise NothingToOpen("The standings are opened when they are final, or thawed with every pass closed.", campaign=campaign)
    every = _places(board["rows"])
    best = min(_count("best") or len(every), len(every), PLACES_MAX)
    places = every[:best]
    opened = min(_count("opened"), len(places))
    # from the last place to the first: what has been opened, the latest of it first
    shown = places[len(places) - opened :]
    earlier = [row for place in shown[1:] for row in place]
    return render_template(
        "ceremony.html",
        board={name: value for name, value in board.items() if name not in ("rows", "names")},
        state=state_of(board),
        opened=opened,
        best=best,
        places=len(places),
        latest=shown[0] if shown else [],
        earlier=earlier[:SHOWN_MAX],
        hidden=len(earlier) - len(earlier[:SHOWN_MAX]),
        unranked=sum(row["rank"] is None for row in board["rows"]),
    )


def _places(rows: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The ranked rows, those who share a place together, the first place first."""
    ranked = sorted((row for row in rows if row["rank"] is not None), key=lambda row: row["rank"])
    return [list(sharing) for _, sharing in groupby(ranked, key=lambda row: row["rank"])]


def _count(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

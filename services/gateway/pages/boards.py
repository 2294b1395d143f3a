"""The boards, each a page of its own: standings, flag, leader; and why a unit stands where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import render_template, request

from services.gateway import proofs
from services.gateway.answers import query_shared
from services.gateway.formats import short, typed_moment
from services.gateway.i18n import t
from services.gateway.network import query
from services.gateway.pages import common
from shared.bounds import BOARD_ROWS_PAGE, NAME_MAX, YEARS
from shared.calendar import HANOI
from shared.errors import CommendationError, Unavailable
from shared.event import instant_text

TIED_SHOWN_MAX = 20
"""Units of equal total with whose values a unit's are compared: of hundreds nobody reads a row of numbers."""

pages = common.blueprint("boards")


@pages.get("/boards")
def overview() -> str:
    return render_template("boards.html", boards=query("rankings", "boards"))


@pages.get("/campaigns/<campaign>/boards/<any(standings, flag, leader):name>")
def board(campaign: str, name: str, error: CommendationError | None = None) -> str:
    at, words = as_of()
    pending = "pending" in request.args
    part = _part()
    asked = {"campaign": campaign, "board": name, **part}
    found = query("rankings", "pending_board", **asked) if pending else query_shared("rankings", "board", **asked, **at).said
    return render_template(
        f"board_{name}.html",
        board=found,
        places=_places(found["rows"]),
        current=name,
        as_of=request.args.get("as_of", ""),
        words=words,
        pending=pending,
        part=part,
        error=error,
    )


@pages.get("/campaigns/<campaign>/boards/standings/<unit>")
def explanation(campaign: str, unit: str) -> str:
    at, words = as_of()
    found = query("rankings", "explain", campaign=campaign, unit=unit, **at)
    items: dict[str, list[dict[str, Any]]] = {}
    for item in found["items"]:
        items.setdefault(item["group"], []).append(item)
    evidence: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for proof in query("rankings", "proofs", campaign=campaign, unit=unit, **at):
        evidence.setdefault((proof["item"], proof["pass_key"], proof["scorer"]), []).append(proof)
    around = _around(found, at)
    return render_template(
        "explanation.html",
        why=found,
        items=items,
        names=found["names"],
        neighbours=_neighbours(found, around),
        steps=_compared(found, around),
        proofs=evidence,
        proved=_proved_by(),
        as_of=request.args.get("as_of", ""),
        words=words,
    )


def _around(why: Mapping[str, Any], at: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows about the unit's: those of equal total, of many the nearest, the one above and the one below."""
    if why["rank"] is None:
        return []
    tied = min(len(why["tied_with"]), TIED_SHOWN_MAX)
    # from before those of equal total that are ranked above, to after those that share the rank or are ranked below
    part = {"after": max(why["rank"] - 2 - tied, 0), "limit": 3 * tied + 3}
    found = query("rankings", "board", campaign=why["campaign"], board="standings", **part, **at)
    return [row for row in found["rows"] if row["rank"]]


def _compared(why: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps of the unit's tie chain, each with `others`: what it compared them with, of those who were equal until then."""
    left = [row for row in rows if row["unit"] in why["tied_with"]]
    steps = []
    for place, step in enumerate(why["tie_steps"]):
        left = [row for row in left if len(row["tie_steps"]) > place]
        steps.append({**step, "others": [{**row["tie_steps"][place], "name": row["name"]} for row in left]})
        left = [row for row in left if all(row["tie_steps"][place][name] == step[name] for name in ("value", "marks"))]
    return steps


def _neighbours(why: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The units next above and next below: {unit, name, rank, ahead: the unit's total less theirs, groups: the same of each}."""
    own = next((row for row in rows if row["unit"] == why["unit"]), None)
    if own is None:
        return []
    above, below = ([row for row in rows if (row["rank"] - own["rank"]) * side > 0] for side in (-1, 1))
    return [
        {
            **{name: row[name] for name in ("unit", "name", "rank")},
            "ahead": Decimal(own["total"]) - Decimal(row["total"]),
            "groups": [
                (key, Decimal(value) - Decimal(row["groups"][key]))
                for key, value in own["groups"].items()
                if value is not None and row["groups"].get(key) is not None
            ],
        }
        for row in [*above[-1:], *below[:1]]
    ]


def _proved_by() -> dict[str, Any] | None:
    """The heads by which the events of an explanation are proved, of the latest `checkpoint` or, before there is one, as they stand.

    None where the audit is away: an explanation stands without.
    """
    try:
        latest = query("audit", "checkpoints", limit=1)
    except Unavailable:
        return None
    return {"checkpoint": latest[0], "heads": latest[0]["heads"]} if latest else proofs.heads()


def _part() -> dict[str, Any]:
    """Which rows are asked for: a page of them, of those that are searched for."""
    after, search = request.args.get("after", ""), request.args.get("search", "").strip()[:NAME_MAX]
    passed_over = int(after) if after.isdecimal() and len(after) < 9 else 0
    return {"limit": BOARD_ROWS_PAGE, "after": passed_over, **({"search": search} if search else {})}


def _places(rows: list[dict[str, Any]]) -> int:
    """Decimals of the longest number of a board, so that its columns line up; nothing is rounded."""
    shown = [row.get(name) for row in rows for name in ("total", "content", "bonus", "penalty")]
    shown += [value for row in rows for value in (row.get("groups") or {}).values()]
    return max((len(short(value).partition(",")[2]) for value in shown), default=0)


def as_of(field: str = "as_of") -> tuple[dict[str, Any], str]:
    """The instant asked for, typed as local time in Hanoi, as an argument of the question; and words where it cannot be read."""
    given = request.args.get(field, "").strip()
    if not given:
        return {}, ""
    local = typed_moment(given)
    if local is None or local.year not in YEARS:
        return {}, t("board.as_of_unclear")
    return {"as_of": instant_text(local if local.tzinfo else local.replace(tzinfo=HANOI))}, ""

"""The boards, each a page of its own: standings, flag, leader; and why a unit stands where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, request

from services.gateway.answers import query_shared
from services.gateway.formats import short
from services.gateway.i18n import t
from services.gateway.network import query
from services.gateway.pages import common
from shared.bounds import BOARD_ROWS_PAGE, NAME_MAX
from shared.calendar import HANOI
from shared.errors import CommendationError
from shared.event import instant_text

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
    proofs: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for proof in query("rankings", "proofs", campaign=campaign, unit=unit, **at):
        proofs.setdefault((proof["item"], proof["pass_key"], proof["scorer"]), []).append(proof)
    return render_template(
        "explanation.html", why=found, items=items, names=found["names"], proofs=proofs, as_of=request.args.get("as_of", ""), words=words
    )


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
    try:
        local = datetime.fromisoformat(given)
    except ValueError:
        return {}, t("board.as_of_unclear")
    return {"as_of": instant_text(local if local.tzinfo else local.replace(tzinfo=HANOI))}, ""

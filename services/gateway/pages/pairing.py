"""Who checks whom in a campaign's passes: drawn, seen with its rules and seed, corrected by hand with a reason."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.network import query
from services.gateway.pages import common
from shared.access import Role
from shared.errors import CommendationError

pages = common.blueprint("pairing")
Shown = Response | tuple[str, int]

RULES = ("not_kin", "not_last_year")
CHECKERS_MAX = 3


@pages.get("/campaigns/<campaign>/pairing")
def show(campaign: str, error: CommendationError | None = None) -> str:
    """A pass that is drawn, and those that still can be: every one but the first, in which each unit scores itself."""
    run = common.campaign_or_404(campaign)
    drawn = {one["pass_key"]: one for one in query("campaigns", "pairings", campaign=campaign)}
    return render_template(
        "pairing.html",
        run=run,
        passes=[{**one, "pairing": _shown(drawn.get(one["pass_key"]))} for one in run["passes"][1:]],
        units=[(row["unit"], common.name_of(row["unit"])) for row in run["units"]],
        leads=run["state"] != "final" and visitors.holds(Role.OFFICE, Role.LEADER, scope=run["cluster"]),
        rules=RULES,
        checkers_max=CHECKERS_MAX,
        error=error,
    )


def _shown(pairing: dict[str, Any] | None) -> dict[str, Any] | None:
    """A pairing with how many units each unit checks, and per unit why its checkers are not as drawn."""
    if pairing is None:
        return None
    checked = [checker for pair in pairing["pairs"] for checker in pair["by"]]
    return {
        **pairing,
        "checks": {pair["unit"]: checked.count(pair["unit"]) for pair in pairing["pairs"]},
        "reasons": {one["unit"]: one["reason"] for one in pairing["corrected"]},
    }


@pages.post("/campaigns/<campaign>/passes/<pass_key>/pairing")
def draw(campaign: str, pass_key: str) -> Shown:
    data = {"pass_key": pass_key, "rules": request.form.getlist("rules"), **common.filled("reason", whole=("checks_each",))}
    return _act(campaign, "draw_pairing", data, done="flash.drawn")


@pages.post("/campaigns/<campaign>/passes/<pass_key>/pairing/<unit>")
def correct(campaign: str, pass_key: str, unit: str) -> Shown:
    given = [request.form.get(f"checker-{at}", "") for at in range(1, CHECKERS_MAX + 1)]
    data = {"pass_key": pass_key, "unit": unit, "checkers": [one for one in given if one], "reason": "", **common.filled("reason")}
    return _act(campaign, "correct_pair", data, done="flash.pair_corrected", unit=common.name_of(unit))


def _act(campaign: str, method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    return common.act(
        "campaigns",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("pairing.show", campaign=campaign),
        again=lambda error: show(campaign, error),
        **values,
    )

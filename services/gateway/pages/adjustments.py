"""Adjustments of a campaign: bonus, penalty and exclusion beside the sheets, made and reversed by the office, seen by all."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import formats, i18n, visitors
from services.gateway.network import command_id, query
from services.gateway.pages import common
from services.gateway.problems import status_of
from services.gateway.schemas.adjustments import ADJUSTMENT_KINDS
from shared.access import NETWORK, Role
from shared.errors import CommendationError
from shared.ids import derived_id

pages = common.blueprint("adjustments")
Shown = Response | tuple[str, int]


@pages.get("/campaigns/<campaign>/adjustments")
def show(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    rules = query("evaluations", "adjustment_rules")
    return render_template(
        "adjustments.html",
        run=run,
        rows=query("evaluations", "adjustments", campaign=campaign),
        acts=visitors.holds(Role.OFFICE, scope=NETWORK) and run["state"] != "final",
        units=common.taking_part([run]),
        rules=rules,
        bases={rule["rule"]: rule for rule in rules},
        choices=[(rule["rule"], _words(rule)) for rule in rules],
        kinds=[(kind, i18n.t(f"adjustment_kind.{kind}")) for kind in ADJUSTMENT_KINDS],
        error=error,
    )


@pages.post("/campaigns/<campaign>/adjustments")
def make(campaign: str) -> Shown:
    try:
        points = formats.typed_number(request.form.get("points", ""))
    except formats.NumberUnclear as error:
        return show(campaign, error), status_of(error)
    fields = common.filled("unit", "rule", "kind", "title", "reason", "authority", "document", "effective_on", "expires_on")
    data: dict[str, Any] = {"adjustment": derived_id("adjustment", command_id()), "evidence": request.form.get("evidence", "").split()}
    if points is not None:
        data["points"] = format(points, "f")
    return _act(campaign, "make_adjustment", {**data, **fields}, done="flash.adjustment_made")


@pages.post("/campaigns/<campaign>/adjustments/<adjustment>/reversal")
def reverse(campaign: str, adjustment: str) -> Shown:
    data = {"adjustment": adjustment, **common.filled("unit", "reason", "authority")}
    return _act(campaign, "reverse_adjustment", data, done="flash.adjustment_reversed")


def _act(campaign: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "evaluations",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("adjustments.show", campaign=campaign),
        again=lambda error: show(campaign, error),
    )


def _words(rule: dict[str, Any]) -> str:
    """A rule as one chooses it: its title, and what it gives or takes."""
    if rule["points"] is None:
        return f"{rule['title']} ({i18n.t('adjustments.excludes')})"
    sign = "+" if rule["kind"] == "bonus" else "−"
    return f"{rule['title']} ({sign}{formats.short(rule['points'])})"

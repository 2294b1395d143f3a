"""Appeals: lodged and withdrawn by a unit's secretary, answered by the office or the cluster's leader."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import formats, i18n, visitors
from services.gateway.network import command_id, query
from services.gateway.pages import common
from services.gateway.problems import status_of
from services.gateway.schemas.appeals import OUTCOMES
from shared.access import NETWORK, Role
from shared.errors import CommendationError
from shared.ids import derived_id

pages = common.blueprint("appeals")
Shown = Response | tuple[str, int]


@pages.get("/campaigns/<campaign>/appeals")
def show(campaign: str, error: CommendationError | None = None) -> str:
    """All appeals of the campaign, for whoever answers or inspects."""
    return _page(campaign, None, error)


@pages.get("/campaigns/<campaign>/units/<unit>/appeals")
def lodge(campaign: str, unit: str, error: CommendationError | None = None) -> str:
    """The appeals of one unit, with the form to lodge another."""
    return _page(campaign, unit, error)


@pages.post("/campaigns/<campaign>/units/<unit>/appeals")
def lodged(campaign: str, unit: str) -> Shown:
    data = {"appeal": derived_id("appeal", command_id()), "items": request.form.getlist("items"), **common.filled("text")}
    return _act(campaign, unit, "lodge_appeal", data, done="flash.appeal_lodged")


@pages.post("/campaigns/<campaign>/units/<unit>/appeals/<appeal>/withdrawal")
def withdraw(campaign: str, unit: str, appeal: str) -> Shown:
    return _act(campaign, unit, "withdraw_appeal", {"appeal": appeal, **common.filled("reason")}, done="flash.appeal_withdrawn")


@pages.post("/campaigns/<campaign>/units/<unit>/appeals/<appeal>/answer")
def answer(campaign: str, unit: str, appeal: str) -> Shown:
    try:
        scores = [
            {"item": item, "score": format(given, "f"), "reason": request.form.get(f"reason:{item}", "").strip() or None}
            for item in request.form.getlist("items")
            if (given := formats.typed_number(request.form.get(f"score:{item}", ""))) is not None
        ]
    except formats.NumberUnclear as error:
        return lodge(campaign, unit, error), status_of(error)
    data = {"appeal": appeal, "scores": scores, **common.filled("outcome", "answer")}
    return _act(campaign, unit, "answer_appeal", data, done="flash.appeal_answered")


def _act(campaign: str, unit: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "evaluations",
        method,
        {"campaign": campaign, "unit": unit, **data},
        done=done,
        back=url_for("appeals.lodge", campaign=campaign, unit=unit),
        again=lambda error: lodge(campaign, unit, error),
    )


def _page(campaign: str, unit: str | None, error: CommendationError | None) -> str:
    run = common.campaign_or_404(campaign)
    rubric = query("campaigns", "rubric", rubric=run["rubric"])
    told = query("evaluations", "appeals", campaign=campaign, unit=unit)
    office = visitors.holds(Role.OFFICE, scope=NETWORK)
    return render_template(
        "appeals.html",
        run=run,
        unit=unit,
        told=told,
        items={item["key"]: item for group in rubric["groups"] for item in group["items"]},
        groups=rubric["groups"],
        titles={one["pass_key"]: one["title"] for one in run["passes"]},
        speaks=run["state"] != "final" and unit is not None and (office or visitors.holds(Role.SECRETARY, scope=unit)),
        answers=run["state"] != "final" and (office or visitors.holds(Role.LEADER, scope=run["cluster"])),
        outcomes=[(outcome, i18n.t(f"appeal_outcome.{outcome}")) for outcome in OUTCOMES],
        error=error,
    )

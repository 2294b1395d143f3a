"""Campaigns: launching, registering, covenants, passes; for the office, the cluster's leader and the secretaries of units."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.pages.home import progress_of
from shared.access import Role
from shared.errors import CommendationError

pages = common.blueprint("campaigns")
Shown = Response | tuple[str, int]


@pages.get("/campaigns")
def overview(error: CommendationError | None = None) -> str:
    offers = visitors.holds(Role.OFFICE)
    return render_template(
        "campaigns.html",
        campaigns=query("campaigns", "campaigns"),
        rubrics=query("campaigns", "rubrics"),
        clusters=query("registry", "clusters") if offers else [],
        offers=offers,
        error=error,
    )


@pages.post("/campaigns")
def launch() -> Shown:
    data = common.filled(
        "campaign", "title", "cluster", "rubric", "starts_on", "ends_on", "registration_due_on", "legal_basis", whole=("season",)
    )
    return common.act("campaigns", "launch_campaign", data, done="flash.launched", back=url_for("campaigns.overview"), again=overview)


@pages.get("/rubrics/<rubric>")
def rubric(rubric: str) -> str:
    return render_template("rubric.html", rubric=query("campaigns", "rubric", rubric=rubric))


@pages.get("/campaigns/<campaign>")
def show(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    sheets = query("evaluations", "sheets", campaign=campaign)
    waiting = [one["pass_key"] for one in run["passes"] if one["state"] == "waiting"]
    leads = visitors.holds(Role.OFFICE, Role.LEADER, scope=run["cluster"])
    return render_template(
        "campaign.html",
        run=run,
        passes=progress_of(run),
        sheets=_by_unit(run, sheets),
        next_pass=waiting[0] if waiting and all(one["state"] != "open" for one in run["passes"]) else None,
        leads=leads,
        final_possible=not waiting and all(one["state"] == "closed" for one in run["passes"]),
        open_now=any(one["state"] == "open" for one in run["passes"]),
        error=error,
    )


def _by_unit(run: dict[str, Any], sheets: list[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The sheets by unit and pass."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {row["unit"]: {} for row in run["units"]}
    for sheet in sheets:
        found.setdefault(sheet["unit"], {}).setdefault(sheet["pass_key"], []).append(sheet)
    return found


@pages.post("/campaigns/<campaign>/units/<unit>/registration")
def register(campaign: str, unit: str) -> Shown:
    return _act(campaign, "register_unit", {"unit": unit}, done="flash.registered", unit=common.name_of(unit))


@pages.post("/campaigns/<campaign>/units/<unit>/covenant")
def covenant(campaign: str, unit: str) -> Shown:
    data = {"unit": unit, **common.filled("signatory", "signed_on")}
    return _act(campaign, "sign_covenant", data, done="flash.covenant", unit=common.name_of(unit))


@pages.post("/campaigns/<campaign>/passes/<pass_key>/opening")
def open_pass(campaign: str, pass_key: str) -> Shown:
    data = {"pass_key": pass_key, "assignments": [], **common.filled("due_on")}
    return _act(campaign, "open_pass", data, done="flash.opened")


@pages.post("/campaigns/<campaign>/passes/<pass_key>/closing")
def close_pass(campaign: str, pass_key: str) -> Shown:
    return _act(campaign, "close_pass", {"pass_key": pass_key}, done="flash.closed")


@pages.post("/campaigns/<campaign>/finalisation")
def finalise(campaign: str) -> Shown:
    return _act(campaign, "finalise", {}, done="flash.finalised")


def _act(campaign: str, method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    return common.act(
        "campaigns",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("campaigns.show", campaign=campaign),
        again=lambda error: show(campaign, error),
        **values,
    )

"""Inspections: planned and recorded by the office and inspectors; what units did about findings said by their secretaries."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import i18n, visitors
from services.gateway.network import command_id, query
from services.gateway.pages import common
from shared.access import NETWORK, Role
from shared.errors import CommendationError
from shared.ids import derived_id

pages = common.blueprint("inspections")
Shown = Response | tuple[str, int]

SEVERITIES = ("remark", "shortcoming", "violation")


def _inspects() -> bool:
    return visitors.holds(Role.OFFICE, Role.INSPECTOR, scope=NETWORK)


@pages.get("/inspections")
def overview(error: CommendationError | None = None) -> str:
    """All inspections for those who inspect, those of their units for secretaries."""
    inspects = _inspects()
    asked: list[dict[str, Any]] = [{}] if inspects else [{"unit": unit} for unit in visitors.scopes(Role.SECRETARY)]
    found = [row for one in asked for row in query("campaigns", "inspections", **one)]
    campaigns = query("campaigns", "campaigns") if inspects else []
    return render_template(
        "inspections.html",
        inspections=found,
        offers=inspects,
        units=common.taking_part(campaigns),
        campaigns=[(run["campaign"], run["title"]) for run in campaigns if run["state"] != "final"],
        error=error,
    )


@pages.post("/inspections")
def plan() -> Shown:
    inspection = derived_id("inspection", command_id())
    team = [line.strip() for line in request.form.get("team", "").splitlines() if line.strip()]
    data = {"inspection": inspection, "team": team, **common.filled("unit", "campaign", "planned_on", "document")}
    back = url_for("inspections.show", inspection=inspection)
    return common.act("campaigns", "plan_inspection", data, done="flash.inspection_planned", back=back, again=overview)


@pages.get("/inspections/<inspection>")
def show(inspection: str, error: CommendationError | None = None) -> str:
    found = query("campaigns", "inspection", inspection=inspection)
    return render_template(
        "inspection.html",
        inspection=found,
        inspects=_inspects(),
        answers=_inspects() or visitors.holds(Role.SECRETARY, scope=found["unit"]),
        severities=[(severity, i18n.t(f"severity.{severity}")) for severity in SEVERITIES],
        error=error,
    )


@pages.post("/inspections/<inspection>/holding")
def hold(inspection: str) -> Shown:
    return _act(inspection, "hold_inspection", common.filled("effective_on"), done="flash.inspection_held")


@pages.post("/inspections/<inspection>/findings")
def record(inspection: str) -> Shown:
    data = {"finding": derived_id("finding", command_id()), **common.filled("text", "severity", "follow_up_due_on")}
    return _act(inspection, "record_finding", data, done="flash.finding_recorded")


@pages.post("/inspections/<inspection>/findings/<finding>/follow-ups")
def follow_up(inspection: str, finding: str) -> Shown:
    data = {"finding": finding, **common.filled("text", "effective_on")}
    return _act(inspection, "follow_up_finding", data, done="flash.finding_followed_up")


@pages.post("/inspections/<inspection>/conclusion")
def conclude(inspection: str) -> Shown:
    return _act(
        inspection, "conclude_inspection", common.filled("conclusion", "document", "effective_on"), done="flash.inspection_concluded"
    )


@pages.post("/inspections/<inspection>/cancellation")
def cancel(inspection: str) -> Shown:
    return _act(inspection, "cancel_inspection", common.filled("reason"), done="flash.inspection_cancelled")


def _act(inspection: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "campaigns",
        method,
        {"inspection": inspection, **data},
        done=done,
        back=url_for("inspections.show", inspection=inspection),
        again=lambda error: show(inspection, error),
    )

"""A campaign through its year: the plan of its phases and their terms, the covenant, target titles, freezing and thawing its boards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import i18n, visitors
from services.gateway.network import query
from services.gateway.pages import campaigns, common
from services.gateway.pages.choosing import key_from
from services.gateway.problems import code_of
from shared.access import Role
from shared.errors import CommendationError, NotAllowed

pages = common.blueprint("year")
UNITS_MAX = 30
"""Units whose people are offered for a target title: an office sees all of a campaign, and each is a question to the registry."""

Shown = Response | tuple[str, int]

CUSTOMARY = ("covenant", "midyear_review"), ("ballot", "final_review")
"""Phases that a plan offers before and after the passes of the rubric. Source: the yearly cycle of the central blocks, 2018 to 2026."""

OTHERS = 3
"""Lines of a plan for phases of one's own."""


@pages.get("/campaigns/<campaign>/plan")
def plan(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    return render_template("plan.html", run=run, lines=_lines(run), error=error)


@pages.post("/campaigns/<campaign>/plan")
def replace_plan(campaign: str) -> Shown:
    """The lines that have both days, by their first day; a line without a key of its own gets one from its title."""
    planned = []
    for number in range(len(_lines(common.campaign_or_404(campaign)))):
        given = common.filled(*(f"{name}-{number}" for name in ("key", "title", "from_on", "due_on")))
        line = {name.rpartition("-")[0]: value for name, value in given.items()}
        if "from_on" in line or "due_on" in line:
            planned.append({"key": key_from(line.get("title", "")), **line})
    planned.sort(key=lambda line: line.get("from_on", ""))
    return common.act(
        "campaigns",
        "plan_phases",
        {"campaign": campaign, "phases": planned, **common.filled("reason")},
        done="flash.planned",
        back=url_for("campaigns.show", campaign=campaign),
        again=lambda error: plan(campaign, error),
    )


def _lines(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the form: what is planned, what is customary, the rubric's passes, and some for phases of one's own."""
    known = {one["phase"]: one for one in run["phases"] if one["phase"] != "registration"}
    before, after = CUSTOMARY
    keys = dict.fromkeys([*before, *(one["pass_key"] for one in run["passes"]), *after, *known])
    planned = {one["key"]: one for one in run["plan"]}
    lines = []
    for key in keys:
        said, shown = planned.get(key, {}), known.get(key, {})
        title = said.get("title") or shown.get("title") or i18n.t(f"phase.{key}")
        lines.append({"key": key, "title": title, "from_on": said.get("from_on", ""), "due_on": said.get("due_on", "")})
    return [*lines, *({"key": "", "title": "", "from_on": "", "due_on": ""} for _ in range(OTHERS))]


@pages.post("/campaigns/<campaign>/phases/<phase>/opening")
def open_phase(campaign: str, phase: str) -> Shown:
    return campaigns.act(campaign, "open_phase", {"phase": phase, **common.filled("on")}, done="flash.phase_opened")


@pages.post("/campaigns/<campaign>/phases/<phase>/extension")
def extend(campaign: str, phase: str) -> Shown:
    return campaigns.act(campaign, "extend_phase", {"phase": phase, **common.filled("due_on", "reason")}, done="flash.extended")


@pages.post("/campaigns/<campaign>/phases/<phase>/grace")
def give_grace(campaign: str, phase: str) -> Shown:
    data = {"phase": phase, "units": request.form.getlist("units"), **common.filled("until_on", "reason")}
    return campaigns.act(campaign, "give_grace", data, done="flash.grace")


@pages.post("/campaigns/<campaign>/phases/<phase>/closing")
def close_phase(campaign: str, phase: str) -> Shown:
    return campaigns.act(campaign, "close_phase", {"phase": phase, **common.filled("on", "reason")}, done="flash.phase_closed")


@pages.post("/campaigns/<campaign>/phases/<phase>/reopening")
def reopen(campaign: str, phase: str) -> Shown:
    return campaigns.act(campaign, "reopen_phase", {"phase": phase, **common.filled("due_on", "reason")}, done="flash.reopened")


@pages.post("/campaigns/<campaign>/compact")
def issue_compact(campaign: str) -> Shown:
    return campaigns.act(campaign, "issue_compact", common.filled("title", "text", "issued_on"), done="flash.compact")


@pages.post("/campaigns/<campaign>/freeze")
def freeze(campaign: str) -> Shown:
    return campaigns.act(campaign, "freeze", common.filled("reason"), done="flash.frozen")


@pages.post("/campaigns/<campaign>/thaw")
def thaw(campaign: str) -> Shown:
    return campaigns.act(campaign, "thaw", common.filled("reason"), done="flash.thawed")


@pages.get("/campaigns/<campaign>/targets")
def targets(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    titles = query("campaigns", "titles")
    mine = [row["unit"] for row in run["units"] if row["registered_on"] and visitors.holds(Role.OFFICE, Role.SECRETARY, scope=row["unit"])]
    by_unit: dict[str, list[dict[str, Any]]] = {row["unit"]: [] for row in run["units"]}
    for target in query("campaigns", "targets", campaign=campaign):
        by_unit[target["unit"]].append(target)
    return render_template(
        "targets.html",
        run=run,
        mine=mine if run["state"] != "final" else [],
        targets=by_unit,
        people=_people(mine),
        names={title["code"]: title["name"] for title in titles},
        titles={subject: [title for title in titles if title["subject"] == subject] for subject in ("person", "collective")},
        error=error,
    )


def _people(units: Sequence[str]) -> dict[str, str]:
    """Who is in a post of these units today, by key: name, post and unit, for whom the registry tells of them.

    Of more than UNITS_MAX units nobody: one types the key, as the page says.
    """
    found: dict[str, str] = {}
    for unit in units if len(units) <= UNITS_MAX else ():
        try:
            rows = query("registry", "people", unit=unit, on=common.today().isoformat())
        except CommendationError as error:
            if code_of(error) != NotAllowed.code:
                raise
            continue
        found |= {row["person"]: f"{row['full_name']} – {row['post']}, {common.name_of(unit)}" for row in rows}
    return found


@pages.post("/campaigns/<campaign>/targets")
def register_target(campaign: str) -> Shown:
    """Of a person where one is named, else of the unit itself."""
    data = common.filled("unit", "person", "title", "registered_on")
    method = "register_person_target" if "person" in request.form else "register_unit_target"
    return _aim(campaign, method, data, done="flash.target")


@pages.post("/campaigns/<campaign>/targets/withdrawal")
def withdraw_target(campaign: str) -> Shown:
    data = common.filled("unit", "person", "title", "reason")
    method = "withdraw_person_target" if "person" in data else "withdraw_unit_target"
    return _aim(campaign, method, data, done="flash.target_withdrawn")


def _aim(campaign: str, method: str, data: dict[str, Any], *, done: str) -> Shown:
    return common.act(
        "campaigns",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("year.targets", campaign=campaign),
        again=lambda error: targets(campaign, error),
    )

"""Campaigns: launching, registering, covenants, passes; for the office, the cluster's leader and the secretaries of units."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import proofs, visitors
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.pages.choosing import key_from, keys_of_lines
from services.gateway.pages.home import progress_of
from services.gateway.problems import status_of
from shared.access import Role
from shared.errors import CommendationError, ValidationFailed

pages = common.blueprint("campaigns")
Shown = Response | tuple[str, int]

VOTES = "votes:"
"""Prefix of the fields that hold the votes of tied units."""


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
    fields = ("campaign", "title", "kind", "cluster", "rubric", "starts_on", "ends_on", "registration_due_on", "legal_basis")
    data = common.filled(*fields, "plan_document", "parent", whole=("season",))
    try:
        named = keys_of_lines(request.form.get("units", ""), common.names())
    except ValidationFailed as error:
        return overview(error), status_of(error)
    if named:
        data["units"] = named
    if "campaign" not in data and (key := key_from(data.get("title", ""))):
        data["campaign"] = key
    return common.act("campaigns", "launch_campaign", data, done="flash.launched", back=url_for("campaigns.overview"), again=overview)


@pages.get("/campaigns/<campaign>")
def show(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    sheets = query("evaluations", "sheets", campaign=campaign)
    waiting = [one["pass_key"] for one in run["passes"] if one["state"] == "waiting"]
    leads = visitors.holds(Role.OFFICE, Role.LEADER, scope=run["cluster"])
    final_possible = not waiting and all(one["state"] == "closed" for one in run["passes"])
    passes = progress_of(run)
    return render_template(
        "campaign.html",
        run=run,
        passes=passes,
        year=_year(run, passes),
        coming=next((one for one in run["phases"] if one["state"] == "waiting"), None),
        tree=query("campaigns", "campaign_tree", campaign=campaign),
        sheets=_by_unit(run, sheets),
        next_pass=waiting[0] if waiting and all(one["state"] != "open" for one in run["passes"]) else None,
        leads=leads,
        final_possible=final_possible,
        tie=_tie(run) if leads and final_possible and run["state"] != "final" else None,
        open_now=any(one["state"] == "open" for one in run["passes"]),
        logs=proofs.heads(run["seal"]["positions"]) if run["seal"] else None,
        checkpoint=proofs.of_result(campaign) if run["state"] == "final" else None,
        error=error,
    )


def _year(run: dict[str, Any], passes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The phases in their order, with the sheets of those that are passes, and whether a closed one may open again."""
    sheets = {one["pass_key"]: one for one in passes}
    begun = [one["pass_key"] for one in passes if one["state"] != "waiting"]
    return [dict(one, sheets=sheets.get(one["phase"]), reopens=not one["is_pass"] or begun[-1:] == [one["phase"]]) for one in run["phases"]]


def _tie(run: dict[str, Any]) -> dict[str, Any] | None:
    """Units that share the top of the flag board before the result is made final.

    {units, votes: whether the rubric asks for a vote, ballots: those from which it may be taken over}.
    """
    board = query("rankings", "board", campaign=run["campaign"], board="flag")
    if not board["needs_vote"]:
        return None
    chain = query("campaigns", "rubric", rubric=run["rubric"]).get("tie_breaks") or []
    votes = any(step["by"] == "vote" for step in chain)
    ballots = query("campaigns", "tie_ballots", campaign=run["campaign"]) if votes else []
    return {"units": board["candidates"], "votes": votes, "ballots": ballots}


def _by_unit(run: dict[str, Any], sheets: list[dict[str, Any]]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The sheets by unit and pass."""
    found: dict[str, dict[str, list[dict[str, Any]]]] = {row["unit"]: {} for row in run["units"]}
    for sheet in sheets:
        found.setdefault(sheet["unit"], {}).setdefault(sheet["pass_key"], []).append(sheet)
    return found


@pages.post("/campaigns/<campaign>/units/<unit>/registration")
def register(campaign: str, unit: str) -> Shown:
    """With a day where it came on paper: only the office may say one."""
    on_paper = common.filled("registered_on")
    method = "record_registration" if on_paper else "register_unit"
    return act(campaign, method, {"unit": unit, **on_paper}, done="flash.registered", unit=common.name_of(unit))


@pages.post("/campaigns/<campaign>/units/<unit>/covenant")
def covenant(campaign: str, unit: str) -> Shown:
    data = {"unit": unit, **common.filled("signatory", "signed_on")}
    return act(campaign, "sign_covenant", data, done="flash.covenant", unit=common.name_of(unit))


@pages.post("/campaigns/<campaign>/passes/<pass_key>/opening")
def open_pass(campaign: str, pass_key: str) -> Shown:
    data = {"pass_key": pass_key, "assignments": [], **common.filled("due_on")}
    return act(campaign, "open_pass", data, done="flash.opened")


@pages.post("/campaigns/<campaign>/passes/<pass_key>/closing")
def close_pass(campaign: str, pass_key: str) -> Shown:
    return act(campaign, "close_pass", {"pass_key": pass_key, **common.filled("reason")}, done="flash.closed")


@pages.post("/campaigns/<campaign>/tie-vote")
def record_tie_vote(campaign: str) -> Shown:
    given = {name.removeprefix(VOTES): value.strip() for name, value in request.form.items() if name.startswith(VOTES)}
    wrong = [unit for unit, value in given.items() if not (value.isascii() and value.isdigit() and len(value) < 7)]
    if wrong:
        places = [{"at": common.name_of(unit), "message": "Not a valid integer."} for unit in wrong]
        error = ValidationFailed("Give the votes of each unit as a whole number.", errors=places)
        return show(campaign, error), status_of(error)
    counts = [{"unit": unit, "votes": int(value)} for unit, value in given.items()]
    return act(campaign, "record_tie_vote", {"counts": counts, **common.filled("held_on", "minutes")}, done="flash.tie_voted")


@pages.post("/campaigns/<campaign>/tie-vote/ballot")
def take_tie_ballot(campaign: str) -> Shown:
    return act(campaign, "take_tie_ballot", common.filled("ballot", "minutes"), done="flash.tie_voted")


@pages.post("/campaigns/<campaign>/finalisation")
def finalise(campaign: str) -> Shown:
    return act(campaign, "finalise", {}, done="flash.finalised")


def act(campaign: str, method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    return common.act(
        "campaigns",
        method,
        {"campaign": campaign, **data},
        done=done,
        back=url_for("campaigns.show", campaign=campaign),
        again=lambda error: show(campaign, error),
        **values,
    )

"""Campaigns: launching, registering, covenants, passes; for the office, the cluster's leader and the secretaries of units."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.network import query
from services.gateway.pages import common
from services.gateway.pages.home import progress_of
from services.gateway.pages.registry import key_from
from services.gateway.problems import status_of
from shared import rubric as rubrics
from shared.access import Role
from shared.errors import CommendationError, ValidationFailed

pages = common.blueprint("campaigns")
Shown = Response | tuple[str, int]

VOTES = "votes:"
"""Prefix of the fields that hold the votes of tied units."""


@pages.get("/campaigns")
def overview(error: CommendationError | None = None, text: str = "") -> str:
    """text: a rubric as it was typed or uploaded, when it is shown again."""
    offers = visitors.holds(Role.OFFICE)
    return render_template(
        "campaigns.html",
        campaigns=query("campaigns", "campaigns"),
        rubrics=query("campaigns", "rubrics"),
        clusters=query("registry", "clusters") if offers else [],
        offers=offers,
        text=text,
        error=error,
    )


@pages.post("/campaigns")
def launch() -> Shown:
    data = common.filled(
        "campaign", "title", "cluster", "rubric", "starts_on", "ends_on", "registration_due_on", "legal_basis", whole=("season",)
    )
    if "campaign" not in data and (key := key_from(data.get("title", ""))):
        data["campaign"] = key
    return common.act("campaigns", "launch_campaign", data, done="flash.launched", back=url_for("campaigns.overview"), again=overview)


@pages.post("/rubrics")
def publish() -> Shown:
    """Publish the rubric of a file or of the text field; refused, the text stands in the field for correction."""
    text = ""
    try:
        text = _rubric_text()
        read = rubrics.load_yaml(text)
        rubrics.check(read)
    except CommendationError as error:
        return overview(error, text), status_of(error)
    return common.act(
        "campaigns",
        "publish_rubric",
        {"rubric": rubrics.to_data(read)},
        done="flash.published",
        back=url_for("campaigns.rubric", rubric=read.key),
        again=lambda error: overview(error, text),
        title=read.title,
    )


def _rubric_text() -> str:
    """The uploaded file, else what was typed. Raises ValidationFailed for nothing and for what is no text."""
    given = request.files.get("file")
    if given is None or not given.filename:
        text = request.form.get("text", "").replace("\r\n", "\n")
        if not text.strip():
            raise ValidationFailed("No rubric was sent.", errors=[{"at": "rubric_text", "message": "Missing data for required field."}])
        return text
    try:
        return given.read().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        message = "Save the file as text in UTF-8."
        raise ValidationFailed(message, errors=[{"at": "rubric_file", "message": message}]) from error


@pages.get("/rubrics/<rubric>")
def rubric(rubric: str) -> str:
    return render_template("rubric.html", rubric=query("campaigns", "rubric", rubric=rubric))


@pages.get("/campaigns/<campaign>")
def show(campaign: str, error: CommendationError | None = None) -> str:
    run = common.campaign_or_404(campaign)
    sheets = query("evaluations", "sheets", campaign=campaign)
    waiting = [one["pass_key"] for one in run["passes"] if one["state"] == "waiting"]
    leads = visitors.holds(Role.OFFICE, Role.LEADER, scope=run["cluster"])
    final_possible = not waiting and all(one["state"] == "closed" for one in run["passes"])
    return render_template(
        "campaign.html",
        run=run,
        passes=progress_of(run),
        sheets=_by_unit(run, sheets),
        next_pass=waiting[0] if waiting and all(one["state"] != "open" for one in run["passes"]) else None,
        leads=leads,
        final_possible=final_possible,
        tie=_tie(run) if leads and final_possible and run["state"] != "final" else None,
        open_now=any(one["state"] == "open" for one in run["passes"]),
        error=error,
    )


def _tie(run: dict[str, Any]) -> dict[str, Any] | None:
    """Units that share the top of the flag board before the result is made final: {units, votes: whether the rubric asks for a vote}."""
    board = query("rankings", "board", campaign=run["campaign"], board="flag")
    if not board["needs_vote"]:
        return None
    chain = query("campaigns", "rubric", rubric=run["rubric"]).get("tie_breaks") or []
    return {"units": board["candidates"], "votes": any(step["by"] == "vote" for step in chain)}


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


@pages.post("/campaigns/<campaign>/tie-vote")
def record_tie_vote(campaign: str) -> Shown:
    given = {name.removeprefix(VOTES): value.strip() for name, value in request.form.items() if name.startswith(VOTES)}
    wrong = [unit for unit, value in given.items() if not (value.isascii() and value.isdigit() and len(value) < 7)]
    if wrong:
        places = [{"at": common.name_of(unit), "message": "Not a valid integer."} for unit in wrong]
        error = ValidationFailed("Give the votes of each unit as a whole number.", errors=places)
        return show(campaign, error), status_of(error)
    counts = [{"unit": unit, "votes": int(value)} for unit, value in given.items()]
    return _act(campaign, "record_tie_vote", {"counts": counts, **common.filled("held_on", "minutes")}, done="flash.tie_voted")


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

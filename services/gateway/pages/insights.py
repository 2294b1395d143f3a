"""Questions about boards: who can still win, what if, what changed, a unit over the years, hints about scoring, an event in the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway.formats import NumberUnclear, typed_number
from services.gateway.network import query
from services.gateway.pages import boards, common
from services.gateway.problems import code_of, status_of, words_of
from shared.bounds import BOARD_ROWS_PAGE, NAME_MAX
from shared.errors import CommendationError, NotFound, NotSignedIn

pages = common.blueprint("insights")
Shown = str | tuple[str, int]

PERCENT = "10"
"""By how much weights may change where nobody says otherwise: as the question is mostly asked."""

SCORERS_TICKED = 100
"""Scorers of whom each has a box to tick: of thousands nobody finds one, and they are named by their ids."""

TOO_LARGE = "rankings.board_too_large"

MARKABLE = ("leanings", "mutual", "own_favour")
HINTS = ("own", *MARKABLE, "late", "proofs")
"""The kinds of hints, and those of which some are marked."""

WEIGHT = "weight:"
"""In front of an item's key: the field of its weight."""


@pages.get("/campaigns/<campaign>/insights/prospects")
def prospects(campaign: str) -> str:
    """A page of the board's units, of all or of those that are searched for."""
    search = request.args.get("search", "").strip()[:NAME_MAX]
    found = query("rankings", "prospects", campaign=campaign, limit=BOARD_ROWS_PAGE, start=_whole("start"), search=search)
    return render_template("insights_prospects.html", current="prospects", found=found, search=search)


@pages.get("/campaigns/<campaign>/insights/what-if")
def what_if(campaign: str) -> Shown:
    """The board under what is typed; what cannot be read or is refused is said, beside the board as it is."""
    rubric = request.args.get("rubric") or None
    without = [named for one in request.args.getlist("without") if (named := one.strip())]
    part = {"start": _whole("start")}
    error: CommendationError | None = None
    try:
        rules = query("rankings", "what_if", campaign=campaign, rubric=rubric, **part)
        weights = _weights(rules)
        found = (
            query("rankings", "what_if", campaign=campaign, rubric=rubric, weights=weights, without=without, **part)
            if weights or without
            else rules
        )
        firm = _firmness(campaign, _percent())
    except (NotSignedIn, NotFound):
        raise
    except CommendationError as refused:
        error = refused
        found = query("rankings", "what_if", campaign=campaign)
        firm = _firmness(campaign, PERCENT)
    told = {"found": found, "firm": firm, "error": error, "without": without}
    shown = render_template("insights_what_if.html", current="what_if", weight=WEIGHT, percent=PERCENT, ticked=SCORERS_TICKED, **told)
    return shown if error is None else (shown, status_of(error))


def _firmness(campaign: str, percent: str) -> dict[str, Any]:
    """How firm the first place is, or in `refused` why that is not told of a board so large, of which the rest of the page still is."""
    try:
        return dict(query("rankings", "firmness", campaign=campaign, percent=percent))
    except CommendationError as error:
        if code_of(error) != TOO_LARGE:
            raise
        return {"firmness": None, "refused": words_of(error)}


def _whole(name: str) -> int:
    """A whole number of the address; 0 where there is none that can be read."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


def _weights(rules: Mapping[str, Any]) -> dict[str, str]:
    """The weights that were typed and are others than those of the rules. Raises NumberUnclear, which says at which item."""
    found = {}
    for item in rules["items"]:
        try:
            typed = typed_number(request.args.get(WEIGHT + item["item"], ""))
        except NumberUnclear as error:
            error.details["errors"] = [{"at": item["item"], "message": error.message}]
            raise
        if typed is not None and format(typed.normalize(), "f") != item["weight"]:
            found[item["item"]] = format(typed, "f")
    return found


def _percent() -> str:
    typed = typed_number(request.args.get("percent", PERCENT))
    return PERCENT if typed is None else format(typed, "f")


@pages.get("/campaigns/<campaign>/insights/compare")
def compare(campaign: str) -> Shown:
    """This campaign's board beside another, at first that of the season before: of an earlier instant, another season, other rules."""
    words = ""
    sides = []
    other = request.args.get("other") or (campaign if request.args else _season_before(campaign))
    for name, run in (("before", other), ("after", campaign)):
        at, unclear = boards.as_of(f"{name}_as_of")
        words = words or unclear
        sides.append({"campaign": run, "rubric": request.args.get(f"{name}_rubric") or None, **at})
    error: CommendationError | None = None
    try:
        found = query("rankings", "compare", before=sides[0], after=sides[1], start=_whole("start"))
    except (NotSignedIn, NotFound):
        raise
    except CommendationError as refused:
        error = refused
        found = query("rankings", "compare", before={"campaign": campaign}, after={"campaign": campaign})
    shown = render_template("insights_compare.html", current="compare", found=found, campaign=campaign, words=words, error=error)
    return shown if error is None else (shown, status_of(error))


def _season_before(campaign: str) -> str:
    """The campaign of the same cluster whose season was the last before; where there is none, the campaign itself."""
    runs = query("rankings", "boards")
    own = next((run for run in runs if run["campaign"] == campaign), None)
    earlier = [run for run in runs if own and run["cluster"] == own["cluster"] and run["season"] < own["season"]]
    return str(max(earlier, key=lambda run: int(run["season"]))["campaign"]) if earlier else campaign


@pages.get("/campaigns/<campaign>/insights/honesty")
def honesty(campaign: str) -> str:
    """The first hints of every kind, or a page of one kind; of those that are marked alone, where that is asked."""
    run = common.campaign_or_404(campaign)
    kind = request.args.get("kind")
    part: dict[str, Any] = {}
    if kind in HINTS:
        part = {"kind": kind, "start": _whole("start"), "marked": kind in MARKABLE and request.args.get("marked") == "1"}
    found = query("rankings", "honesty", cluster=run["cluster"], limit=BOARD_ROWS_PAGE, **part)
    return render_template("insights_honesty.html", current="honesty", run=run, found=found, part=part)


@pages.get("/units/<unit>/seasons")
def seasons(unit: str) -> str:
    """A unit over the years, with those of the organisations that it came from."""
    lineage = query("registry", "lineage", organisation=unit)
    before = list(dict.fromkeys(step["organisation"] for step in lineage["ancestors"]))
    return render_template("insights_seasons.html", found=query("rankings", "history", unit=unit, before=before))


@pages.get("/audit/events/<event>")
def event(event: str) -> str:
    """Where an event stands in the log, and the proof of it."""
    found = query("audit", "place", event=event)
    proof: dict[str, Any] | None = None
    error: CommendationError | None = None
    try:
        proof = query("audit", "proof", event=event)
    except NotSignedIn:
        raise
    except CommendationError as refused:
        error = refused
    return render_template("insights_event.html", found=found, posts=_posts(), proof=proof, error=error)


@pages.post("/campaigns/<campaign>/boards/leader/answers")
def answer(campaign: str) -> Response | tuple[str, int]:
    """A unit consents to lead next season, or declines."""
    board = query("rankings", "board", campaign=campaign, board="leader")
    data = {"cluster": board["cluster"], "season": board["next_season"], **common.filled("unit", "on", "reason")}
    consents = request.form.get("answer") != "decline"
    if consents:
        data.pop("reason", None)
    return common.act(
        "registry",
        "consent_to_lead" if consents else "decline_to_lead",
        data,
        done="flash.consented" if consents else "flash.declined",
        back=url_for("boards.board", campaign=campaign, name="leader"),
        again=lambda error: boards.board(campaign, "leader", error),
    )


def _posts() -> dict[str, str]:
    return {row["account"]: row["post"] for row in query("registry", "posts")}

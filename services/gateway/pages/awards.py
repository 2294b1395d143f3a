"""Awards: proposing the flag, the council's vote, the decision, the hand-over of the rotation flag, and the register."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.gateway import visitors
from services.gateway.network import command_id, query
from services.gateway.pages import common
from shared.access import Role
from shared.errors import CommendationError

pages = common.blueprint("awards")
Shown = Response | tuple[str, int]


@pages.get("/decisions")
def register() -> str:
    campaigns = {row["campaign"]: row["title"] for row in query("campaigns", "campaigns")}
    return render_template(
        "decisions.html", decisions=query("awards", "decisions"), handovers=query("awards", "handovers"), campaigns=campaigns
    )


@pages.get("/awards")
def awards(error: CommendationError | None = None) -> str:
    proposals = query("awards", "proposals")
    office = visitors.holds(Role.OFFICE)
    campaigns = {row["campaign"]: row for row in query("campaigns", "campaigns")}
    clusters = [query("registry", "cluster", cluster=row["cluster"]) for row in query("registry", "clusters")] if office else []
    return render_template(
        "awards.html",
        proposals=proposals,
        campaigns=campaigns,
        candidates=_candidates(campaigns, proposals) if office else [],
        forms=query("awards", "forms") if office else [],
        clusters=clusters,
        handovers=query("awards", "handovers"),
        office=office,
        council=visitors.holds(Role.OFFICE, Role.COUNCIL),
        error=error,
    )


def _candidates(campaigns: dict[str, dict[str, Any]], proposals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Campaigns and units that the flag board names and nobody has proposed."""
    proposed = {(row["campaign"], row["unit"]) for row in proposals}
    found = []
    for campaign in campaigns.values():
        if campaign["state"] != "final":
            continue
        board = query("rankings", "board", campaign=campaign["campaign"], board="flag", limit=1)  # candidates are named apart from the rows
        units = [unit for unit in board["candidates"] if (campaign["campaign"], unit) not in proposed]
        found += [{"campaign": campaign, "unit": unit} for unit in units]
    return found


@pages.post("/awards/proposals")
def propose() -> Shown:
    campaign, _, unit = request.form.get("candidate", "").partition(":")
    data = {"proposal": f"p-{command_id()}", "campaign": campaign, "unit": unit, **common.filled("form_of_award", "reason")}
    data["form"] = data.pop("form_of_award", "")
    return _act("propose_flag", data, done="flash.proposed", unit=common.name_of(unit))


@pages.post("/awards/proposals/<proposal>/vote")
def vote(proposal: str) -> Shown:
    counts = common.filled("held_on", "minutes", "corrects", whole=("members", "in_favour", "against", "blank", "absent"))
    return _act("record_vote", {"proposal": proposal, **counts}, done="flash.voted")


@pages.post("/awards/proposals/<proposal>/ballot")
def take_ballot(proposal: str) -> Shown:
    return _act("take_ballot", {"proposal": proposal, **common.filled("ballot", "minutes", "corrects")}, done="flash.voted")


@pages.post("/awards/proposals/<proposal>/decision")
def decide(proposal: str) -> Shown:
    data = common.filled("number", "decided_on", "signatory", "authority")
    return _act("decide", {"proposal": proposal, **data}, done="flash.decided")


@pages.post("/awards/handovers")
def hand_over() -> Shown:
    data = common.filled("cluster", "from_unit", "to_unit", "handed_on", "document", whole=("season",))
    return _act("hand_over_flag", {"handover": f"h-{command_id()}", "from_unit": None, **data}, done="flash.handed_over")


def _act(method: str, data: dict[str, Any], *, done: str, **values: Any) -> Shown:
    return common.act("awards", method, data, done=done, back=url_for("awards.awards"), again=awards, **values)

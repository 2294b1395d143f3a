"""From the rows of the projection to the three boards, kept apart: standings, rotation flag, cluster leader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.rankings import domain, views
from shared import rubric as rubrics
from shared.errors import NotFound
from shared.projection import Reading


class BoardName(StrEnum):
    """The boards of a campaign."""

    STANDINGS = "standings"
    FLAG = "flag"
    LEADER = "leader"


def board(reading: Reading, campaign: str, name: BoardName, as_of: datetime | None = None, *, with_pending: bool = False) -> dict[str, Any]:
    """One board as data, with the campaign it belongs to, the rules it was made by and the names of its units.

    with_pending: of a frozen campaign, with the sheets that came after the freeze, which others do not see.
    Raises NotFound for an unknown campaign.
    """
    made_of = inputs(reading, campaign, as_of, with_pending=with_pending)
    found, standings = made_of.found, made_of.standings()
    names = views.names_of(reading)
    made: dict[str, Any]
    match name:
        case BoardName.STANDINGS:
            made = domain.standings_data(standings)
        case BoardName.FLAG:
            made = domain.plain(domain.rotation_flag(standings, _eligibility(reading, found)))
        case BoardName.LEADER:
            made = domain.plain(_leader_board(reading, found, standings))
    return {
        **made,
        "campaign": campaign,
        "board": str(name),
        "title": found["title"],
        "season": found["season"],
        "cluster": found["cluster"],
        "cluster_name": found["cluster_name"],
        "state": "final" if found["final"] else "open",
        "illustrative": found["illustrative"],
        "frozen": _frozen(found),
        "seal": (found["seal"] or {}).get(str(name)),
        "as_of": None if as_of is None else domain.plain(as_of),
        "rules": found["content"],
        "names": {unit: names.get(unit, unit) for unit in found["audience"]},
        "rows": [{**row, "name": names.get(row["unit"], row["unit"])} for row in made["rows"]],
    }


def pending(reading: Reading, campaign: str) -> int:
    """How many sheets came after the campaign was frozen; 0 where it is not. Raises NotFound."""
    found = views.campaign_of(reading, campaign)
    if found is None:
        raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
    return views.sheets_after(reading, campaign, found["frozen"]["positions"]) if found["frozen"] else 0


def explanation(reading: Reading, campaign: str, unit: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Why a unit stands where it stands, down to the event behind each score."""
    made_of = inputs(reading, campaign, as_of)
    found, standings = made_of.found, made_of.standings()
    names = views.names_of(reading)
    told: dict[str, Any] = domain.plain(domain.explain(standings, unit))
    scorers = {score["scorer"] for item in told["items"] for one in item["passes"] for score in one["scores"]}
    return {
        **told,
        "campaign": campaign,
        "title": found["title"],
        "season": found["season"],
        "cluster": found["cluster"],
        "state": "final" if found["final"] else "open",
        "frozen": _frozen(found),
        "illustrative": found["illustrative"],
        "name": names.get(unit, unit),
        "names": {key: names.get(key, key) for key in {*scorers, *told["tied_with"]}},
    }


def _frozen(found: dict[str, Any]) -> dict[str, Any] | None:
    """Since when and why the boards of a campaign stand still."""
    return {name: found["frozen"][name] for name in ("since", "reason")} if found["frozen"] else None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the standings of a campaign are made of.

    found: the campaign as `views.campaign_of` has it; scores: every record of the sheets that count, in the order of recording; votes: by
    unit, for a rubric whose chain of tie-breaks ends in a vote.
    """

    found: dict[str, Any]
    rubric: rubrics.Rubric
    units: tuple[str, ...]
    scores: tuple[domain.Score, ...]
    votes: dict[str, int] | None
    as_of: datetime | None

    def standings(self) -> domain.Standings:
        return domain.standings(self.rubric, self.units, self.scores, as_of=self.as_of, votes=self.votes)


def inputs(reading: Reading, campaign: str, as_of: datetime | None = None, *, with_pending: bool = False) -> Inputs:
    """What the boards of a campaign are made of, as they are shown: of a frozen one without what came after the freeze.

    Raises NotFound for an unknown campaign.
    """
    found = views.campaign_of(reading, campaign)
    if found is None:
        raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
    frozen = found["frozen"]["positions"] if found["frozen"] and not with_pending else None
    records = [
        domain.Score(
            row["unit"], row["item"], row["pass_key"], row["scorer"], row["score"], row["recorded_at"], row["event"], row["reason"]
        )
        for row in views.submitted_scores(reading, campaign, as_of, frozen)
    ]
    vote = found["votes"]
    counted = vote is not None and (as_of is None or datetime.fromisoformat(vote["recorded_at"]) <= as_of)
    rubric = rubrics.from_data(found["content"])
    return Inputs(found, rubric, tuple(found["audience"]), tuple(records), vote["counts"] if counted else None, as_of)


def _eligibility(reading: Reading, found: dict[str, Any]) -> dict[str, domain.Eligibility]:
    known = views.participants_of(reading, found["campaign"])
    # who ended later did take part to the end: whether an award still goes to it is decided when it is proposed
    dissolved = views.ended_by(reading, date(found["season"], 12, 31))
    return {
        unit: domain.Eligibility(
            registered=row["registered"] is not None, covenant_signed=row["covenant"] is not None, dissolved=unit in dissolved
        )
        for unit, row in known.items()
    }


def _leader_board(reading: Reading, found: dict[str, Any], standings: domain.Standings) -> domain.LeaderBoard:
    designations = views.leaders_of(reading, found["cluster"])
    led = {
        unit: domain.Led(
            tuple(row["season"] for row in designations if row["leader"] == unit),
            tuple(row["season"] for row in designations if unit in row["deputies"]),
        )
        for unit in found["audience"]
    }
    following = next((row for row in designations if row["season"] == found["season"] + 1), None)
    designated = None
    if following is not None:
        designated = domain.Designation(following["leader"], tuple(following["deputies"]), following["basis"], following["document"])
    rule = domain.LeaderRule(found["leader_rule"] or domain.LeaderRule.ELECTED)
    return domain.cluster_leader(found["audience"], led, found["season"], rule, standings, designated)

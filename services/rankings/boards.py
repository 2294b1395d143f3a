"""From the rows of the projection to the three boards, kept apart: standings, rotation flag, cluster leader."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.rankings import domain, views
from shared import rubric as rubrics
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.projection import Reading


class BoardName(StrEnum):
    """The boards of a campaign."""

    STANDINGS = "standings"
    FLAG = "flag"
    LEADER = "leader"


def board(
    reading: Reading,
    campaign: str,
    name: BoardName,
    as_of: datetime | None = None,
    *,
    with_pending: bool = False,
    today: date | None = None,
) -> dict[str, Any]:
    """One board as data, with the campaign it belongs to, the rules it was made by and the names of its units.

    with_pending: of a frozen campaign, with what came after the freeze, which others do not see; today: as `inputs` has it.
    Raises NotFound for an unknown campaign.
    """
    made_of = inputs(reading, campaign, as_of, with_pending=with_pending, today=today)
    found, standings = made_of.found, made_of.standings()
    made = domain.standings_data(standings) if name is BoardName.STANDINGS else beside(reading, found, made_of.units, standings, name)
    names = views.names_of(reading)
    return {
        **made,
        **about(found, name, as_of),
        "rules": found["content"],
        "names": {unit: names.get(unit, unit) for unit in found["audience"]},
        "rows": [{**row, "name": names.get(row["unit"], row["unit"])} for row in made["rows"]],
    }


def beside(
    reading: Reading, found: Mapping[str, Any], units: Sequence[str], standings: domain.Standings, name: BoardName
) -> dict[str, Any]:
    """The board of the flag or of the leader, which stand beside the standings, as data."""
    if name is BoardName.FLAG:
        return domain.plain(domain.rotation_flag(standings, eligibility(reading, found, standings.as_of)))  # type: ignore[no-any-return]
    return domain.plain(_leader_board(reading, found, units, standings))  # type: ignore[no-any-return]


def about(found: Mapping[str, Any], name: BoardName, as_of: datetime | None) -> dict[str, Any]:
    """Which board it is, of which campaign, and what is said about the board itself."""
    return {
        "campaign": found["campaign"],
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
    }


def pending(reading: Reading, campaign: str) -> int:
    """How many hand-ins, returns, recusals and adjustments came after the campaign was frozen; 0 where it is not. Raises NotFound."""
    found = campaign_or_refusal(reading, campaign)
    cut = cut_of(found)
    return views.sheets.after(reading, campaign, cut) + views.adjustments.after(reading, campaign, cut) if found["frozen"] else 0


def _frozen(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Since when and why the boards of a campaign stand still."""
    return {name: found["frozen"][name] for name in ("since", "reason")} if found["frozen"] else None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the standings of a campaign are made of.

    found: the campaign as `views.campaign_of` has it; scores: every record of the sheets that count, in the order of recording; votes: by
    unit, for a rubric whose chain of tie-breaks ends in a vote; adjustments: those that stand.
    """

    found: dict[str, Any]
    rubric: rubrics.Rubric
    units: tuple[str, ...]
    scores: tuple[domain.Score, ...]
    votes: dict[str, int] | None
    as_of: datetime | None
    adjustments: tuple[domain.Adjustment, ...] = ()

    def standings(self) -> domain.Standings:
        return domain.standings(self.rubric, self.units, self.scores, as_of=self.as_of, votes=self.votes, adjustments=self.adjustments)


def inputs(
    reading: Reading, campaign: str, as_of: datetime | None = None, *, with_pending: bool = False, today: date | None = None
) -> Inputs:
    """What the boards of a campaign are made of, as they are shown: of a frozen one without what came after the freeze.

    today: the day by which adjustments expire while the campaign goes on, where it is not the day that it is.
    Raises NotFound for an unknown campaign.
    """
    found = campaign_or_refusal(reading, campaign)
    cut, on = cut_of(found, as_of, with_pending=with_pending), day_of(found, as_of, with_pending=with_pending, today=today)
    counted = views.Counted(reading, campaign, cut).whole()
    standing = views.adjustments.standing(reading, campaign, cut, on)
    return Inputs(
        found,
        rubrics.from_data(found["content"]),
        tuple(found["audience"]),
        tuple(views.scores_of(sheet for sheets in counted.values() for sheet in sheets)),
        votes_of(found, as_of),
        as_of,
        tuple(sorted((one for made in standing.values() for one in made), key=lambda one: (one.recorded_at, one.adjustment))),
    )


def campaign_or_refusal(reading: Reading, campaign: str) -> dict[str, Any]:
    """A campaign as `views.campaign_of` has it. Raises NotFound."""
    found = views.campaign_of(reading, campaign)
    if found is None:
        raise NotFound(f"There is no campaign {campaign}.", campaign=campaign)
    return found


def cut_of(found: Mapping[str, Any], as_of: datetime | None = None, *, with_pending: bool = False) -> views.Cut:
    """What the boards of a campaign leave out."""
    return views.Cut.of(as_of, found["frozen"]["positions"] if found["frozen"] and not with_pending else None)


def day_of(found: Mapping[str, Any], as_of: datetime | None = None, *, with_pending: bool = False, today: date | None = None) -> date:
    """The day by which adjustments of a campaign expire: no later than the season's end, the freeze, and the day it was made final.

    So what was frozen or sealed says the same on every later day.
    """
    day = legal_date(as_of) if as_of is not None else today or legal_date(utc_now())
    ends = [date(found["season"], 12, 31)]
    if found["finalised_at"] is not None:
        ends.append(legal_date(found["finalised_at"]))
    if found["frozen"] and not with_pending:
        ends.append(legal_date(datetime.fromisoformat(found["frozen"]["since"])))
    return min(day, *ends)


def votes_of(found: Mapping[str, Any], as_of: datetime | None) -> dict[str, int] | None:
    """The recorded votes for each unit, where they were recorded by then."""
    vote = found["votes"]
    return vote["counts"] if vote is not None and views.Cut(as_of).holds("campaigns", vote) else None


def eligibility(
    reading: Reading, found: Mapping[str, Any], as_of: datetime | None, units: Collection[str] | None = None
) -> dict[str, domain.Eligibility]:
    """What is known of the units that take part, besides their scores; units: of these alone."""
    known, cut = views.participants_of(reading, found["campaign"], units), views.Cut(as_of)
    # who ended later did take part to the end: whether an award still goes to it is decided when it is proposed
    dissolved = views.ended_by(reading, date(found["season"], 12, 31))
    return {
        unit: domain.Eligibility(
            registered=row["registered"] is not None and cut.holds("campaigns", row["registered"]),
            covenant_signed=row["covenant"] is not None and cut.holds("campaigns", row["covenant"]),
            dissolved=unit in dissolved,
        )
        for unit, row in known.items()
    }


def _leader_board(reading: Reading, found: Mapping[str, Any], units: Sequence[str], standings: domain.Standings) -> domain.LeaderBoard:
    designations = views.leaders_of(reading, found["cluster"])
    led = {
        unit: domain.Led(
            tuple(row["season"] for row in designations if row["leader"] == unit),
            tuple(row["season"] for row in designations if unit in row["deputies"]),
        )
        for unit in units
    }
    following = next((row for row in designations if row["season"] == found["season"] + 1), None)
    designated = None
    if following is not None:
        designated = domain.Designation(following["leader"], tuple(following["deputies"]), following["basis"], following["document"])
    rule = domain.LeaderRule(found["leader_rule"] or domain.LeaderRule.ELECTED)
    answers = {
        unit: domain.LeaderAnswer(said["consents"], said["said_on"], said["reason"])
        for unit, said in views.insights.answers_of(reading, found["cluster"], found["season"] + 1).items()
    }
    return domain.cluster_leader(units, led, found["season"], rule, standings, designated, answers)

"""What exported events say of one campaign: its rules, who takes part, and the scores that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

Json = Mapping[str, Any]

APPEAL = "appeal"
"""The pass of the answers to appeals: it comes after every pass of the rubric."""

AHEAD_OF_UTC = timedelta(hours=7)
"""Viet Nam's clocks, which know no summer time; every event says its time in UTC."""

NEVER = "9999-12-31"
"""The last day of what goes on."""

_ENDED = ("registry.OrganisationMerged", "registry.OrganisationDissolved", "registry.OrganisationSplit")


@dataclass(slots=True)
class Sheet:
    """A score sheet: what was entered so far, and what counts of it: nothing while it is open."""

    entered: dict[str, str | None] = field(default_factory=dict)
    counts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """A campaign as its events leave it.

    scores: by unit, item and pass the score of each scorer; adjustments: those that stand, by id, as their event says them;
    ended: of organisations the first day on which they were no more, as ISO text.
    """

    rubric: Json
    season: int
    units: tuple[str, ...]
    scores: Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]
    adjustments: Mapping[str, Json]
    votes: Mapping[str, int]
    registered: frozenset[str]
    covenants: frozenset[str]
    ended: Mapping[str, str]


def observed(events: Iterable[Json], campaign: str, today: date) -> Record | None:
    """The record of a campaign from CloudEvents as an export has them, in any order; None where they do not launch it.

    today: the day by which adjustments expire, or an earlier one at which the boards came to rest: the season's end, a freeze, the day
    on which the result was made final.
    """
    by_service: dict[str, list[Json]] = defaultdict(list)
    for event in sorted(events, key=lambda one: (str(one["source"]), int(one["position"]))):
        by_service[str(event["source"]).rsplit("/", 1)[1]].append(event)
    rubrics: dict[str, Json] = {}
    launched: Json | None = None
    registered, covenants = set(), set()
    votes: dict[str, int] = {}
    frozen: Json | None = None
    rests = [today]
    for event in by_service["campaigns"]:
        data = event["data"]
        if event["type"] == "campaigns.RubricPublished":
            rubrics[data["rubric"]] = data["content"]
        if data.get("campaign") != campaign:
            continue
        match event["type"]:
            case "campaigns.CampaignLaunched":
                launched = data
            case "campaigns.UnitRegistered":
                registered.add(data["unit"])
            case "campaigns.CovenantSigned":
                covenants.add(data["unit"])
            case "campaigns.TieVoteRecorded":
                votes = {count["unit"]: count["votes"] for count in data["counts"]}
            case "campaigns.CampaignFrozen":
                frozen = event
            case "campaigns.CampaignFinalised":
                rests.append(_day(event))
            case "campaigns.CampaignThawed":
                frozen = None
    if launched is None:
        return None
    rests += [date(launched["season"], 12, 31), *([_day(frozen)] if frozen else [])]
    judged = [event for event in by_service["evaluations"] if event["data"].get("campaign") == campaign and _before(event, frozen)]
    return Record(
        rubric=rubrics[launched["rubric"]],
        season=launched["season"],
        units=tuple(launched["audience"]),
        scores=_scores(judged),
        adjustments=_adjustments(judged, min(rests).isoformat()),
        votes=votes,
        registered=frozenset(registered),
        covenants=frozenset(covenants),
        ended=_ended(by_service["registry"]),
    )


def _before(event: Json, frozen: Json | None) -> bool:
    """Whether the event lies within the positions at which the boards stand; all do while nothing is frozen."""
    if frozen is None:
        return True
    reached = {(place["site"], place["service"]): place["position"] for place in frozen["data"]["positions"]}
    _, _, site, _, service = str(event["source"]).split("/")
    return bool(int(event["position"]) <= reached.get((site, service), 0))


def _scores(events: Iterable[Json]) -> dict[str, dict[str, dict[str, dict[str, str]]]]:
    sheets: dict[tuple[str, str, str], Sheet] = defaultdict(Sheet)
    recused: set[tuple[str, str, str]] = set()
    for event in events:
        data = event["data"]
        match event["type"]:
            case "evaluations.ItemsScored":
                sheets[_sheet(data)].entered |= {score["item"]: score["score"] for score in data["scores"]}
            case "evaluations.SheetSubmitted":
                sheets[_sheet(data)].counts = dict(sheets[_sheet(data)].entered)
            case "evaluations.SheetReturned":
                sheets[_sheet(data)].counts = {}
            case "evaluations.ScorerRecused":
                recused.add(_sheet(data))
            case "evaluations.RecusalWithdrawn":
                recused.discard(_sheet(data))
            case "evaluations.AppealAnswered":
                answer = sheets[data["unit"], APPEAL, APPEAL]
                answer.counts = {**answer.counts, **{score["item"]: score["score"] for score in data["scores"]}}
    found: dict[str, dict[str, dict[str, dict[str, str]]]] = {}
    for (unit, pass_key, scorer), sheet in sheets.items():
        if (unit, pass_key, scorer) in recused:
            continue
        for item, score in sheet.counts.items():
            if score is not None:
                found.setdefault(unit, {}).setdefault(item, {}).setdefault(pass_key, {})[scorer] = score
    return found


def _sheet(data: Json) -> tuple[str, str, str]:
    return data["unit"], data["pass_key"], data["scorer"]


def _day(event: Json) -> date:
    """The day in Viet Nam on which it was recorded."""
    return (datetime.fromisoformat(event["time"]) + AHEAD_OF_UTC).date()


def _adjustments(events: Iterable[Json], day: str) -> dict[str, Json]:
    """Those that were not reversed and had not expired before this day."""
    made: dict[str, Json] = {}
    for event in events:
        match event["type"]:
            case "evaluations.AdjustmentMade":
                made[event["data"]["adjustment"]] = event["data"]
            case "evaluations.AdjustmentReversed":
                made.pop(event["data"]["adjustment"], None)
    return {key: one for key, one in made.items() if (one["expires_on"] or NEVER) >= day}


def _ended(events: Iterable[Json]) -> dict[str, str]:
    ended: dict[str, str] = {}
    for event in events:
        data = event["data"]
        if event["type"] in _ENDED and not any(heir["organisation"] == data["organisation"] for heir in data.get("heirs", ())):
            ended[data["organisation"]] = data["effective_on"]
        corrected = (event["type"], data.get("attribute")) == ("registry.OrganisationCorrected", "succession")
        if corrected and ended.get(data["organisation"], NEVER) == data["held_from"]:
            ended[data["organisation"]] = data["value"] or NEVER
    return ended

"""What exported events say of one campaign: its rules, who takes part, and the scores that count."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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


Scores = tuple[tuple[str, ...], tuple[str | None, ...]]
"""What was entered at once: the items, and the mark of each."""

Breathe = Callable[[], None]
"""Called between two stretches of work, which are short: whoever else waits in the process may be let in."""


def at_once() -> None:
    """Nobody else waits."""


@dataclass(slots=True)
class Sheet:
    """A score sheet: what was entered so far, and what counts of it: nothing while it is open."""

    entered: tuple[Scores, ...] = ()
    counts: tuple[Scores, ...] = ()


@dataclass(slots=True)
class Record:
    """A campaign as its events leave it.

    sheets: by unit, those that count, by pass and scorer; adjustments: by unit those that stand, as their events say them;
    ended: of organisations the first day on which they were no more, as ISO text.
    """

    rubric: Json
    season: int
    units: tuple[str, ...]
    sheets: Mapping[str, Mapping[tuple[str, str], tuple[Scores, ...]]]
    adjustments: Mapping[str, Sequence[Json]]
    votes: Mapping[str, int]
    registered: frozenset[str]
    covenants: frozenset[str]
    ended: Mapping[str, str]

    def scores(self, unit: str) -> dict[str, dict[str, dict[str, str | None]]]:
        """Of a unit, by pass and scorer the mark of each item that was entered last; None where it was withdrawn."""
        found: dict[str, dict[str, dict[str, str | None]]] = {}
        for (pass_key, scorer), entered in self.sheets.get(unit, {}).items():
            marks = found.setdefault(pass_key, {}).setdefault(scorer, {})
            for at_once in entered:
                marks.update(zip(*at_once, strict=True))
        return found


_OF_SHEETS = frozenset(
    {
        "evaluations.ItemsScored",
        "evaluations.SheetSubmitted",
        "evaluations.SheetReturned",
        "evaluations.ScorerRecused",
        "evaluations.RecusalWithdrawn",
    }
)
_KNOWN = frozenset(
    {
        "campaigns.RubricPublished",
        "campaigns.CampaignLaunched",
        "campaigns.UnitRegistered",
        "campaigns.CovenantSigned",
        "campaigns.TieVoteRecorded",
        "campaigns.CampaignFrozen",
        "campaigns.CampaignThawed",
        "campaigns.CampaignFinalised",
        "evaluations.AppealAnswered",
        "evaluations.AdjustmentMade",
        "evaluations.AdjustmentReversed",
        "registry.OrganisationCorrected",
        *_ENDED,
        *_OF_SHEETS,
    }
)
"""What bears on a board."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of an event."""

    source: str
    position: int
    type: str
    data: Json
    time: str


class Notes:
    """What is noted of the events of a campaign as they come by, in any order: of millions of scores little more than the marks."""

    def __init__(self, campaign: str) -> None:
        self._campaign = campaign
        self._noted: dict[str, list[Noted]] = defaultdict(list)
        self._items: dict[tuple[str, ...], tuple[str, ...]] = {}

    def take(self, event: Json) -> None:
        """A CloudEvent, as an export has it."""
        kind, data = event["type"], event["data"]
        of_campaign = data.get("campaign") == self._campaign or kind == "campaigns.RubricPublished" or kind.startswith("registry.")
        if kind in _KNOWN and of_campaign:
            told = self._of_sheet(kind, data) if kind in _OF_SHEETS else data
            noted = Noted(sys.intern(event["source"]), int(event["position"]), sys.intern(kind), told, event["time"])
            self._noted[noted.source.rsplit("/", 1)[1]].append(noted)

    def _of_sheet(self, kind: str, data: Json) -> Json:
        """What an event says of a sheet; words and lists of items, of which there are few, are kept once however many sheets have them."""
        told: dict[str, Any] = {name: sys.intern(data[name]) for name in ("unit", "pass_key", "scorer")}
        if kind == "evaluations.ItemsScored":
            items, marks = _marks(data["scores"])
            told["scores"] = self._items.setdefault(items, items), marks
        return told

    def record(self, today: date, breathe: Breathe = at_once) -> Record | None:
        """The record of the campaign; None where the events do not launch it.

        today: the day by which adjustments expire, or an earlier one at which the boards came to rest: the season's end, a freeze, the
        day on which the result was made final.
        """
        by_service = defaultdict(list, {name: sorted(events, key=_place) for name, events in self._noted.items()})
        breathe()
        rubrics: dict[str, Json] = {}
        launched: Json | None = None
        registered, covenants = set(), set()
        votes: dict[str, int] = {}
        frozen: Noted | None = None
        rests = [today]
        for event in by_service["campaigns"]:
            data = event.data
            match event.type:
                case "campaigns.RubricPublished":
                    rubrics[data["rubric"]] = data["content"]
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
        judged = [event for event in by_service["evaluations"] if _before(event, frozen)]
        return Record(
            rubric=rubrics[launched["rubric"]],
            season=launched["season"],
            units=tuple(launched["audience"]),
            sheets=_sheets(judged, breathe),
            adjustments=_adjustments(judged, min(rests).isoformat(), breathe),
            votes=votes,
            registered=frozenset(registered),
            covenants=frozenset(covenants),
            ended=_ended(by_service["registry"]),
        )


def observed(events: Iterable[Json], campaign: str, today: date) -> Record | None:
    """The record of a campaign from CloudEvents in any order, as `Notes.record` has it."""
    notes = Notes(campaign)
    for event in events:
        notes.take(event)
    return notes.record(today)


def _place(event: Noted) -> tuple[str, int]:
    return event.source, event.position


def _marks(entered: Iterable[Json]) -> Scores:
    entered = list(entered)
    items = tuple(sys.intern(one["item"]) for one in entered)
    return items, tuple(None if one["score"] is None else sys.intern(one["score"]) for one in entered)


def _before(event: Noted, frozen: Noted | None) -> bool:
    """Whether the event lies within the positions at which the boards stand; all do while nothing is frozen."""
    if frozen is None:
        return True
    reached = {(place["site"], place["service"]): place["position"] for place in frozen.data["positions"]}
    _, _, site, _, service = event.source.split("/")
    return bool(event.position <= reached.get((site, service), 0))


def _sheets(events: Iterable[Noted], breathe: Breathe) -> dict[str, dict[tuple[str, str], tuple[Scores, ...]]]:
    sheets: dict[tuple[str, str, str], Sheet] = defaultdict(Sheet)
    recused: set[tuple[str, str, str]] = set()
    for event in events:
        data = event.data
        match event.type:
            case "evaluations.ItemsScored":
                sheets[_sheet(data)].entered += (data["scores"],)
            case "evaluations.SheetSubmitted":
                sheets[_sheet(data)].counts = sheets[_sheet(data)].entered
            case "evaluations.SheetReturned":
                sheets[_sheet(data)].counts = ()
            case "evaluations.ScorerRecused":
                recused.add(_sheet(data))
            case "evaluations.RecusalWithdrawn":
                recused.discard(_sheet(data))
            case "evaluations.AppealAnswered":
                sheets[data["unit"], APPEAL, APPEAL].counts += (_marks(data["scores"]),)
        breathe()
    found: dict[str, dict[tuple[str, str], tuple[Scores, ...]]] = defaultdict(dict)
    for (unit, pass_key, scorer), sheet in sheets.items():
        if sheet.counts and (unit, pass_key, scorer) not in recused:
            found[unit][pass_key, scorer] = sheet.counts
    return found


def _sheet(data: Json) -> tuple[str, str, str]:
    return data["unit"], data["pass_key"], data["scorer"]


def _day(event: Noted) -> date:
    """The day in Viet Nam on which it was recorded."""
    return (datetime.fromisoformat(event.time) + AHEAD_OF_UTC).date()


def _adjustments(events: Iterable[Noted], day: str, breathe: Breathe) -> dict[str, list[Json]]:
    """By unit those that were not reversed and had not expired before this day."""
    made: dict[str, Json] = {}
    for event in events:
        match event.type:
            case "evaluations.AdjustmentMade":
                made[event.data["adjustment"]] = event.data
            case "evaluations.AdjustmentReversed":
                made.pop(event.data["adjustment"], None)
        breathe()
    found: dict[str, list[Json]] = defaultdict(list)
    for one in made.values():
        if (one["expires_on"] or NEVER) >= day:
            found[one["unit"]].append(one)
    return found


def _ended(events: Iterable[Noted]) -> dict[str, str]:
    ended: dict[str, str] = {}
    for event in events:
        data = event.data
        if event.type in _ENDED and not any(heir["organisation"] == data["organisation"] for heir in data.get("heirs", ())):
            ended[data["organisation"]] = data["effective_on"]
        corrected = (event.type, data.get("attribute")) == ("registry.OrganisationCorrected", "succession")
        if corrected and ended.get(data["organisation"], NEVER) == data["held_from"]:
            ended[data["organisation"]] = data["value"] or NEVER
    return ended

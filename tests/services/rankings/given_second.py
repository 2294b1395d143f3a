"""Rubrics and scores of every kind for both evaluators: as the engine takes them, and as the events that an export has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from services.rankings import domain
from services.rankings.second import Difference, differences, observed, opinion
from shared.event import instant_text
from shared.rubric import Cap, Item, Kind, PassRule, Rounding, RoundingMode, Rubric, Statistic, TieBreak, TieBy, to_data
from tests.services.rankings.given import START
from tests.shared.rubric.given import a_group, a_rubric, an_item

UNITS = ("u1", "u2", "u3", "u4")
SCORERS = ("J1", "J2", "J3", "J4", "J5")

# few distinct marks, so that ties are common; thirds and sevenths come of their means and weights
marks = st.sampled_from([Decimal(mark) for mark in ("0", "0.05", "2.5", "3.33", "5", "9.99", "10")])
weights = st.sampled_from([Decimal(weight) for weight in ("1", "0.8", "3", "0.125", "0")])
roundings = st.none() | st.builds(Rounding, st.integers(0, 3), st.sampled_from(RoundingMode))
kinds = st.sampled_from([Kind.CONTENT, Kind.CONTENT, Kind.BONUS, Kind.PENALTY, Kind.GATE])


@dataclass(slots=True)
class Told:
    """A campaign told in events, one after another; `position` counts for each service."""

    rubric: Rubric
    units: Sequence[str] = UNITS
    events: list[dict[str, Any]] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tell("campaigns.RubricPublished", rubric=self.rubric.key, content=to_data(self.rubric), campaign=None)
        self.tell("campaigns.CampaignLaunched", rubric=self.rubric.key, season=2024, audience=list(self.units))

    def tell(self, event: str, /, **data: Any) -> None:
        service = event.partition(".")[0]
        position = self.positions[service] = self.positions.get(service, 0) + 1
        self.events.append(
            {
                "source": f"/sites/vn/services/{service}",
                "position": str(position),
                "type": event,
                "time": instant_text(START + timedelta(minutes=len(self.events))),
                "data": {"campaign": "c1", **data},
            }
        )

    def score(self, score: domain.Score) -> None:
        text = None if score.score is None else format(score.score, "f")
        scores = [{"item": score.item, "score": text, "reason": None}]
        self.tell("evaluations.ItemsScored", unit=score.unit, pass_key=score.pass_key, scorer=score.scorer, scores=scores)

    def submit(self, *sheets: tuple[str, str, str]) -> None:
        for unit, pass_key, scorer in sheets:
            self.tell("evaluations.SheetSubmitted", unit=unit, pass_key=pass_key, scorer=scorer)

    def opinion(self, today: date = date(2024, 12, 15)) -> dict[str, dict[str, Any]]:
        record = observed(reversed(self.events), "c1", today)
        assert record is not None
        return opinion(record)


def told(
    rubric: Rubric,
    scores: Sequence[domain.Score],
    votes: dict[str, int] | None = None,
    units: Sequence[str] = UNITS,
    adjustments: Sequence[domain.Adjustment] = (),
) -> Told:
    """The scores as sheets that were all handed in, with the vote and the adjustments."""
    events = Told(rubric, units)
    for score in scores:
        events.score(score)
    events.submit(*dict.fromkeys((score.unit, score.pass_key, score.scorer) for score in scores))
    if votes:
        events.tell("campaigns.TieVoteRecorded", counts=[{"unit": unit, "votes": count} for unit, count in votes.items()])
    for one in adjustments:
        events.tell("evaluations.AdjustmentMade", **domain.plain(one))
    return events


def disagreements(
    rubric: Rubric,
    scores: Sequence[domain.Score],
    votes: dict[str, int] | None,
    units: Sequence[str],
    adjustments: Sequence[domain.Adjustment] = (),
) -> list[Difference]:
    """What the engine and the second opinion do not agree on, standings and flag."""
    board = domain.standings(rubric, units, scores, votes=votes, adjustments=adjustments)
    second = told(rubric, scores, votes, units, adjustments).opinion()
    flag = domain.plain(domain.rotation_flag(board, {}))
    return [*differences(domain.standings_data(board), second["standings"]), *differences(flag, second["flag"])]


def adjustment(key: str, unit: str, kind: domain.AdjustmentKind, points: Decimal | None, until: date | None = None) -> domain.Adjustment:
    said = {"title": "Cờ", "reason": "QĐ", "authority": "Bộ", "document": "QĐ 1"}
    magnitude = None if kind is domain.AdjustmentKind.GATE else points
    return domain.Adjustment(key, unit, kind, magnitude, **said, effective_on=START.date(), expires_on=until, recorded_at=START)


@st.composite
def _items(draw: st.DrawFn, key: str) -> Item:
    kind = draw(kinds)
    statistic = draw(st.sampled_from(Statistic))
    threshold = marks.filter(bool) if kind is Kind.GATE else st.none() | marks if kind is Kind.CONTENT else st.none()
    return an_item(
        key,
        kind=kind,
        statistic=statistic,
        dropped=draw(st.integers(1, 2)) if statistic is Statistic.TRIMMED_MEAN else 0,
        weight=draw(weights),
        panel_rounding=draw(roundings),
        item_rounding=draw(roundings),
        threshold=draw(threshold),
    )


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    """A rubric with every statistic, rounding, cap, threshold and step of a tie chain there is."""
    groups = [a_group(name, *(draw(_items(f"{name}.{n}")) for n in range(draw(st.integers(1, 3))))) for name in ("A", "B")]
    caps = draw(st.lists(st.sampled_from(["bonus", "penalty", "total", "group:A", "group:B"]), unique=True, max_size=4))
    named = [TieBreak(TieBy.GROUP, "A"), TieBreak(TieBy.GROUP, "B"), TieBreak(TieBy.ITEM, "A.0"), TieBreak(TieBy.ITEM, "B.0")]
    every = [*named, *(TieBreak(by) for by in TieBy if by not in (TieBy.GROUP, TieBy.ITEM))]
    return a_rubric(
        *groups,
        passes=(PassRule("self", "Self"), PassRule("cluster", "Cluster")),
        total_rounding=draw(roundings),
        caps=tuple(Cap(over, draw(marks)) for over in caps),
        tie_breaks=tuple(draw(st.lists(st.sampled_from(every), unique=True, max_size=5))),
    )


Season = tuple[Rubric, list[domain.Score], dict[str, int], list[domain.Adjustment]]


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """A rubric, score records in the order of their recording, votes, and adjustments."""
    rubric = draw(rubrics())
    record = st.tuples(
        st.sampled_from(UNITS),
        st.sampled_from([item.key for item in rubric.items()]),
        st.sampled_from(rubric.pass_keys()),
        st.sampled_from(SCORERS),
        st.none() | marks | marks | marks,
    )
    records = draw(st.lists(record, max_size=60))
    scores = [domain.Score(*said, recorded_at=START + timedelta(minutes=minute)) for minute, said in enumerate(records)]
    decided = draw(st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(domain.AdjustmentKind), marks), max_size=3))
    adjustments = [adjustment(f"a{place}", *said) for place, said in enumerate(decided)]
    return rubric, scores, draw(st.dictionaries(st.sampled_from(UNITS), st.integers(0, 2))), adjustments

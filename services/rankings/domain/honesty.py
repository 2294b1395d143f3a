"""Honesty of scoring (độ trung thực): how scorers score, held against what others gave for the same.

These are hints with their arithmetic: what was compared, how often, and which figure comes out. None is a finding of fault, none changes a
score. Deviations are shares of an item's maximum, so that items of 5 and of 300 points can be laid together; medians and the median
absolute deviation (MAD) stand in for mean and standard deviation, which one outlier moves as far as it likes. Below a minimum of cases
there is no figure but the number of cases.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from services.rankings.domain.board import APPEAL, Row, Score, Standings
from shared.rubric.model import Item, Rounding, Statistic
from shared.rubric.panel import as_decimal

CASES_MIN = 8
"""Cases before a scorer's median is told: of eight, three may be wild and the median still lies among the other five."""

MUTUAL_CASES_MIN = 4
"""Cases in each direction before two units are held against each other: they check one another on few sheets, of some items each."""

PANEL_MIN = 3
"""Scores of one item in one pass before their median says what the panel thought; of two it lies half-way, and both deviate alike."""

FAR = 3
"""MADs from the median of all scorers at which one is marked: of normal deviations, one in twenty lies so far out."""

LATE = timedelta(hours=6)
"""Before a pass is closed: the afternoon of its last day."""

LATE_CHANGES_MIN = 10
"""Changed scores in that time that are told: to correct a few at the end is what the last day is for."""

LIMITS = {
    "cases": CASES_MIN,
    "mutual_cases": MUTUAL_CASES_MIN,
    "panel": PANEL_MIN,
    "far": FAR,
    "late_hours": LATE // timedelta(hours=1),
    "late_changes": LATE_CHANGES_MIN,
}
"""The figures above, for whoever shows the hints."""

_SHOWN = Rounding(4)


@dataclass(frozen=True, slots=True)
class Season:
    """What is known of one campaign: its board, the year, every record of its sheets, and when each pass was closed, by key."""

    campaign: str
    season: int
    board: Standings
    scores: Sequence[Score]
    closed_at: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Proof:
    """A file (minh chứng) that stands with an item of a sheet."""

    campaign: str
    season: int
    unit: str
    item: str
    pass_key: str
    scorer: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OwnAgainstFinal:
    """What a unit gave itself and what it came to, over the items that both scored: sums in points of the items, weights aside."""

    campaign: str
    season: int
    unit: str
    cases: int
    own: Decimal
    final: Decimal
    difference: Decimal
    share: Decimal  # of the maximum of these items


@dataclass(frozen=True, slots=True)
class OwnByItem:
    """The same for one criterion."""

    campaign: str
    season: int
    unit: str
    item: str
    title: str
    maximum: Decimal
    own: Decimal
    final: Decimal
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Leaning:
    """How far a scorer's scores for others lie from what these came to: `median` and `mad` of its deviations, None below CASES_MIN.

    `marked`: further than FAR x `all_mad` from `all_median`, the median and MAD of the medians of all scorers with enough cases.
    """

    scorer: str
    cases: int
    median: Decimal | None
    mad: Decimal | None
    all_median: Decimal | None
    all_mad: Decimal | None
    marked: bool


@dataclass(frozen=True, slots=True)
class OwnFavour:
    """A scorer who also scored its own unit in a pass of others: the median of its deviations there and elsewhere.

    None below MUTUAL_CASES_MIN. `marked`: higher for its own.
    """

    scorer: str
    own_cases: int
    own: Decimal | None
    other_cases: int
    others: Decimal | None
    marked: bool


@dataclass(frozen=True, slots=True)
class Mutual:
    """Two units that scored each other: the median of the deviations each way, None below MUTUAL_CASES_MIN.

    `general`: the median of all scores that units gave others. `marked`: both are above it.
    """

    units: tuple[str, str]
    cases: tuple[int, int]
    medians: tuple[Decimal | None, Decimal | None]
    general: Decimal | None
    marked: bool


@dataclass(frozen=True, slots=True)
class LateChanges:
    """Scores that a scorer changed within LATE before the pass was closed, LATE_CHANGES_MIN or more."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    changes: int
    records: int
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class ProofTwice:
    """One file that stands with several items, units or years."""

    sha256: str
    places: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Honesty:
    """All hints, each kind in an order of its own that says nothing about fault."""

    own: tuple[OwnAgainstFinal, ...]
    own_by_item: tuple[OwnByItem, ...]
    leanings: tuple[Leaning, ...]
    own_favour: tuple[OwnFavour, ...]
    mutual: tuple[Mutual, ...]
    late: tuple[LateChanges, ...]
    proofs: tuple[ProofTwice, ...]


def honesty(seasons: Sequence[Season], proofs: Iterable[Proof] = ()) -> Honesty:
    """The hints that these seasons give, together."""
    cases = [case for season in seasons for case in _cases(season)]
    by_item = tuple(one for season in seasons for one in _own_by_item(season))
    return Honesty(
        own=tuple(_own(by_item)),
        own_by_item=by_item,
        leanings=tuple(_leanings(cases)),
        own_favour=tuple(_own_favour(cases)),
        mutual=tuple(_mutual(cases)),
        late=tuple(one for season in seasons for one in _late(season)),
        proofs=tuple(_twice(proofs)),
    )


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle one, or the mean of the two in the middle."""
    order = sorted(values)
    middle = len(order) // 2
    return order[middle] if len(order) % 2 else (order[middle - 1] + order[middle]) / 2


def mad(values: Sequence[Fraction]) -> Fraction:
    """The median absolute deviation (độ lệch tuyệt đối trung vị): the median of the distances from the median."""
    centre = median(values)
    return median([abs(value - centre) for value in values])


@dataclass(frozen=True, slots=True)
class _Case:
    """One score of one scorer, and how far it lies from what it is held against, as a share of the item's maximum."""

    scorer: str
    unit: str
    deviation: Fraction


def _cases(season: Season) -> Iterator[_Case]:
    """The scores by which units were checked: against the median of the panel where there is one, else against the pass that counts.

    A unit's own first account is another matter (`OwnAgainstFinal`), and so is an answer to an appeal.
    """
    items = {item.key: item for item in season.board.rubric.items()}
    for row in season.board.rows:
        own_pass = _own_pass(season.board, row.unit)
        for key, given, final in _turns(row):
            maximum = Fraction(items[key].maximum)
            for pass_key, scores in given.items():
                if not maximum or pass_key in (own_pass, APPEAL):
                    continue
                baseline = _baseline(items[key], scores, pass_key, final)
                if baseline is not None:
                    for scorer, score in scores.items():
                        yield _Case(scorer, row.unit, (score - baseline) / maximum)


def _baseline(item: Item, scores: Mapping[str, Fraction], pass_key: str, final: tuple[str, Fraction] | None) -> Fraction | None:
    if len(scores) >= PANEL_MIN:
        return median(list(scores.values()))
    # one score is no measure of a sum of several
    return final[1] if final is not None and final[0] != pass_key and item.statistic is not Statistic.SUM else None


def _turns(row: Row) -> Iterator[tuple[str, dict[str, dict[str, Fraction]], tuple[str, Fraction] | None]]:
    """Of each item: the scores that stand as {pass: {scorer: score}}, and the pass that counts with its panel score."""
    for item in row.items:
        turns = [(one.pass_key, one.contributions) for one in item.history]
        if item.pass_key is not None:
            turns.append((item.pass_key, item.contributions))
        given = {
            key: {one.score.scorer: Fraction(one.score.score) for one in several if one.score.score is not None} for key, several in turns
        }
        final = (item.pass_key, Fraction(item.panel)) if item.pass_key is not None and item.panel is not None else None
        yield item.key, {key: scores for key, scores in given.items() if scores}, final


def _own_pass(board: Standings, unit: str) -> str | None:
    """The first pass in which a unit gave its own account."""
    row = board.row(unit)
    found = {key for _, given, _ in _turns(row) for key, scores in given.items() if unit in scores} if row is not None else set()
    return next((key for key in board.rubric.pass_keys() if key in found), None)


def _own_by_item(season: Season) -> Iterator[OwnByItem]:
    items: dict[str, Item] = {item.key: item for item in season.board.rubric.items()}
    for row in sorted(season.board.rows, key=lambda one: one.unit):
        own_pass = _own_pass(season.board, row.unit)
        for key, given, final in _turns(row):
            own = given.get(own_pass or "", {}).get(row.unit)
            item = items[key]
            if own is None or final is None or final[0] == own_pass or item.statistic is Statistic.SUM:
                continue
            shown, came_to = as_decimal(own), as_decimal(final[1])
            yield OwnByItem(season.campaign, season.season, row.unit, key, item.title, item.maximum, shown, came_to, shown - came_to)


def _own(by_item: Iterable[OwnByItem]) -> Iterator[OwnAgainstFinal]:
    of_unit: dict[tuple[int, str, str], list[OwnByItem]] = defaultdict(list)
    for one in by_item:
        of_unit[one.season, one.campaign, one.unit].append(one)
    for (season, campaign, unit), several in sorted(of_unit.items()):
        own, final, maximum = (sum((getattr(one, name) for one in several), Decimal(0)) for name in ("own", "final", "maximum"))
        share = as_decimal(Fraction(own - final) / Fraction(maximum), _SHOWN) if maximum else Decimal(0)
        yield OwnAgainstFinal(campaign, season, unit, len(several), own, final, own - final, share)


def _leanings(cases: Iterable[_Case]) -> Iterator[Leaning]:
    of_scorer: dict[str, list[Fraction]] = defaultdict(list)
    for case in cases:
        if case.scorer != case.unit:
            of_scorer[case.scorer].append(case.deviation)
    medians = {scorer: median(several) for scorer, several in of_scorer.items() if len(several) >= CASES_MIN}
    general = (median(list(medians.values())), mad(list(medians.values()))) if medians else None
    for scorer, several in sorted(of_scorer.items()):
        own = medians.get(scorer)
        if own is None or general is None:
            yield Leaning(scorer, len(several), None, None, None, None, False)
            continue
        # with two scorers one is as far from the middle as the other, and a MAD of zero makes every distance infinite
        far = len(medians) >= PANEL_MIN and general[1] > 0 and abs(own - general[0]) > FAR * general[1]
        spread, (all_median, all_mad) = mad(several), general
        yield Leaning(scorer, len(several), _shown(own), _shown(spread), _shown(all_median), _shown(all_mad), far)


def _own_favour(cases: Iterable[_Case]) -> Iterator[OwnFavour]:
    own: dict[str, list[Fraction]] = defaultdict(list)
    others: dict[str, list[Fraction]] = defaultdict(list)
    for case in cases:
        (own if case.scorer == case.unit else others)[case.scorer].append(case.deviation)
    for scorer, several in sorted(own.items()):
        mine, theirs = _told(several), _told(others[scorer])
        marked = mine is not None and theirs is not None and mine > theirs
        yield OwnFavour(scorer, len(several), _shown(mine), len(others[scorer]), _shown(theirs), marked)


def _mutual(cases: Sequence[_Case]) -> Iterator[Mutual]:
    given: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    units = {case.unit for case in cases}
    for case in cases:
        if case.scorer in units and case.scorer != case.unit:
            given[case.scorer, case.unit].append(case.deviation)
    every = [deviation for several in given.values() for deviation in several]
    general = median(every) if every else None
    for one, other in sorted(given):
        if one < other and (other, one) in given:
            there, back = given[one, other], given[other, one]
            medians = (_told(there), _told(back))
            marked = all(found is not None and general is not None and found > general for found in medians)
            shown = (_shown(medians[0]), _shown(medians[1]))
            yield Mutual((one, other), (len(there), len(back)), shown, _shown(general), marked)


def _told(deviations: Sequence[Fraction]) -> Fraction | None:
    return median(deviations) if len(deviations) >= MUTUAL_CASES_MIN else None


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else as_decimal(value, _SHOWN)


def _late(season: Season) -> Iterator[LateChanges]:
    of_sheet: dict[tuple[str, str, str], list[Score]] = defaultdict(list)
    for score in season.scores:
        if score.pass_key in season.closed_at:
            of_sheet[score.unit, score.pass_key, score.scorer].append(score)
    for (unit, pass_key, scorer), records in sorted(of_sheet.items()):
        closed_at = season.closed_at[pass_key]
        seen: set[str] = set()
        changes = 0
        for record in sorted(records, key=lambda one: one.recorded_at):
            changes += record.item in seen and closed_at - LATE <= record.recorded_at <= closed_at
            seen.add(record.item)
        if changes >= LATE_CHANGES_MIN:
            yield LateChanges(season.campaign, unit, pass_key, scorer, changes, len(records), closed_at)


def _twice(proofs: Iterable[Proof]) -> Iterator[ProofTwice]:
    of_file: dict[str, list[Proof]] = defaultdict(list)
    for proof in proofs:
        of_file[proof.sha256].append(proof)
    for sha256, places in sorted(of_file.items()):
        if len({(one.campaign, one.unit, one.item) for one in places}) > 1:
            yield ProofTwice(
                sha256, tuple(sorted(places, key=lambda one: (one.season, one.campaign, one.unit, one.item, one.pass_key, one.scorer)))
            )

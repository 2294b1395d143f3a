"""Honesty of scoring (độ trung thực): how scorers score, held against what others gave for the same.

These are hints with their arithmetic: what was compared, how often, and which figure comes out. None is a finding of fault, none changes a
score. Deviations are shares of an item's maximum, so that items of 5 and of 300 points can be laid together; medians and the median
absolute deviation (MAD) stand in for mean and standard deviation, which one outlier moves as far as it likes. Below a minimum of cases
there is no figure but the number of cases.

Seasons are gone through unit by unit, and of a score is kept how far it deviates: as the place in a list of all deviations that were met,
for a median needs all of them, and of ten thousand units there are millions.
"""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Any, Protocol

from services.rankings.domain.board import APPEAL
from services.rankings.domain.lines import Sheet
from services.rankings.domain.standings import passes_of
from services.rankings.domain.turns import Turn, turns
from shared.rubric.model import Item, Rounding, Rubric, Statistic
from shared.rubric.panel import as_decimal, panel_of

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

_POINT = 4 * 10**24
"""What a point is counted in, so that all arithmetic is of whole numbers: more places than any score or panel has, and a quarter of each,
for the middle between two scores and the middle between two deviations from it."""

_SCORERS_AT_ONCE = 100
"""Scorers whose medians are taken before others in the process have their turn."""


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
    """The hints, each kind in an order of its own that says nothing about fault."""

    own: tuple[OwnAgainstFinal, ...]
    leanings: tuple[Leaning, ...]
    own_favour: tuple[OwnFavour, ...]
    mutual: tuple[Mutual, ...]
    late: tuple[LateChanges, ...]


class Saved(Sheet, Protocol):
    """A sheet with its saves."""

    def saves(self) -> Sequence[tuple[datetime, Collection[str]]]:
        """When each was recorded and which items it scored, in the order of recording."""


class Season:
    """What the sheets of one campaign tell, taken in unit by unit; closed_at: by pass when it was closed, of those that are."""

    def __init__(self, campaign: str, season: int, rubric: Rubric, closed_at: Mapping[str, datetime]) -> None:
        self.campaign, self.season, self._closed_at = campaign, season, closed_at
        self._items = {item.key: item for item in rubric.items()}
        self._passes, self._own_passes = passes_of(rubric), rubric.pass_keys()
        self._points = _Points()
        self._met = _Met()
        self._bare = frozenset(key for key, item in self._items.items() if not item.dropped and item.panel_rounding is None)
        self._sums = frozenset(key for key, item in self._items.items() if item.statistic is Statistic.SUM)
        self._most = {key: _whole(item.maximum) for key, item in self._items.items()}
        maximums = {key: Fraction(item.maximum) for key, item in self._items.items() if item.maximum}
        self.whole = lcm(*(maximum.numerator for maximum in maximums.values()))
        """What a whole maximum is counted in: deviations are whole numbers of points times this over the maximum."""
        self._shares = {key: int(self.whole / maximum) for key, maximum in maximums.items()}
        self.deviations: dict[tuple[str, str], array[int]] = {}
        """By scorer and unit the scores by which the unit was checked, as places in `met`."""
        self.own: list[OwnAgainstFinal] = []
        self.late: list[LateChanges] = []

    @property
    def met(self) -> Sequence[int]:
        """Every deviation that was met, once."""
        return tuple(self._met)

    def put(self, unit: str, sheets: Sequence[Saved]) -> None:
        """Take in a unit by the sheets that count."""
        account = self._account(unit, sheets)
        for scorer, deviations in self._deviations(account):
            kept = self.deviations.setdefault((scorer, unit), array("I"))
            kept.extend(map(self._met.__getitem__, deviations))
        self.own.extend(self._own(account))
        self.late.extend(self._late(unit, sheets))

    def own_by_item(self, unit: str, sheets: Sequence[Sheet]) -> Iterator[OwnByItem]:
        """What a unit gave itself and what it came to, for each item that both scored."""
        for item, own, final in self._both(self._account(unit, sheets)):
            shown, came_to = _in_points(own), _in_points(final)
            at = (self.campaign, self.season, unit, item.key, item.title, item.maximum)
            yield OwnByItem(*at, shown, came_to, _in_points(own - final))

    def _account(self, unit: str, sheets: Sequence[Sheet]) -> "_Account":
        given = {key: {scorer: self._known(scores) for scorer, scores in turn.items()} for key, turn in turns(sheets, self._passes)}
        finals: dict[str, tuple[str, int | None]] = {}
        for key, turn in given.items():
            alone = self._bare if len(turn) == 1 else ()
            for scores in turn.values():
                for item, score in scores.items():
                    if item not in finals:
                        finals[item] = key, self._points[score] if item in alone else self._panel(item, turn)
        own_pass = next((key for key in self._own_passes if given.get(key, {}).get(unit)), None)
        return _Account(unit, given, finals, own_pass)

    def _known(self, scores: Mapping[str, str]) -> Mapping[str, str]:
        """The scores of items that the rules have."""
        if scores.keys() <= self._items.keys():
            return scores
        return {item: score for item, score in scores.items() if item in self._items}

    def _panel(self, item: str, turn: Turn) -> int | None:
        """The panel score as a row of a board shows it."""
        value = panel_of(self._items[item], [Decimal(scores[item]) for scores in turn.values() if item in scores]).value
        return None if value is None else _whole(as_decimal(value, self._items[item].panel_rounding))

    def _deviations(self, account: "_Account") -> Iterator[tuple[str, list[int]]]:
        """By scorer how far its scores lie from what these are held against, as shares of the items' maximums.

        Against the median of the panel where there is one, else against the pass that counts. A unit's own first account is another matter
        (`OwnAgainstFinal`), and so is an answer to an appeal.
        """
        counting = {counts for counts, _ in account.finals.values()}
        # one score is no measure of a sum of several
        finals = {item: final for item, (_, final) in account.finals.items() if final is not None and item not in self._sums}
        for key, turn in account.given.items():
            if key in (account.own_pass, APPEAL):
                continue
            held_against = finals
            if key in counting:
                held_against = {item: final for item, final in finals.items() if account.finals[item][0] != key}
            if len(turn) >= PANEL_MIN:
                held_against = held_against | self._middles(turn)
            points, shares = self._points, self._shares
            for scorer, scores in turn.items():
                deviations = [
                    (points[score] - held_against[item]) * shares[item]
                    for item, score in scores.items()
                    if item in held_against and item in shares
                ]
                if deviations:
                    yield scorer, deviations

    def _middles(self, turn: Turn) -> dict[str, int]:
        """The median of each item that a panel scored."""
        by_item: dict[str, list[int]] = {}
        for scores in turn.values():
            for item, score in scores.items():
                by_item.setdefault(item, []).append(self._points[score])
        return {item: _middle(sorted(given)) for item, given in by_item.items() if len(given) >= PANEL_MIN}

    def _both(self, account: "_Account") -> Iterator[tuple[Item, int, int]]:
        """The items that the unit scored for itself and that were then scored in a later pass, each with both scores."""
        if account.own_pass is None:
            return
        mine = account.given[account.own_pass][account.unit]
        for key, item in self._items.items():
            counts, final = account.finals.get(key, (None, None))
            if key in mine and counts != account.own_pass and final is not None and key not in self._sums:
                yield item, self._points[mine[key]], final

    def _own(self, account: "_Account") -> Iterator[OwnAgainstFinal]:
        both = list(self._both(account))
        if both:
            own, final = sum(own for _, own, _ in both), sum(final for _, _, final in both)
            most = sum(self._most[item.key] for item, _, _ in both)
            share = as_decimal(Fraction(own - final, most), _SHOWN) if most else Decimal(0)
            sums = (_in_points(own), _in_points(final), _in_points(own - final))
            yield OwnAgainstFinal(self.campaign, self.season, account.unit, len(both), *sums, share)

    def _late(self, unit: str, sheets: Sequence[Saved]) -> Iterator[LateChanges]:
        for sheet in sheets:
            closed_at = self._closed_at.get(sheet.pass_key)
            if closed_at is None:
                continue
            seen: set[str] = set()
            changes = records = 0
            for recorded_at, items in sheet.saves():
                records += len(items)
                changes += len(seen.intersection(items)) if closed_at - LATE <= recorded_at <= closed_at else 0
                seen.update(items)
            if changes >= LATE_CHANGES_MIN:
                yield LateChanges(self.campaign, unit, sheet.pass_key, sheet.scorer, changes, records, closed_at)


@dataclass(frozen=True, slots=True)
class _Account:
    """What the passes gave a unit, the last first; by item the pass that counts and its panel score, None where it is too small to trim;
    and the first pass in which the unit gave its own account.
    """

    unit: str
    given: Mapping[str, Turn]
    finals: Mapping[str, tuple[str, int | None]]
    own_pass: str | None


class _Points(dict[str, int]):
    """Scores as they are written, in whole numbers of points."""

    def __missing__(self, text: str) -> int:
        self[text] = points = _whole(Decimal(text))
        return points


class _Met(dict[int, int]):
    """By deviation its place among those that were met."""

    def __missing__(self, deviation: int) -> int:
        self[deviation] = place = len(self)
        return place


def _whole(points: Decimal) -> int:
    top, bottom = points.as_integer_ratio()
    whole, rest = divmod(top * _POINT, bottom)
    if rest:
        raise ValueError(f"{points} has more places than are counted")
    return whole


def _in_points(whole: int) -> Decimal:
    return as_decimal(Fraction(whole, _POINT))


def honesty(seasons: Sequence[Season], pause: Callable[[], None] = lambda: None) -> Honesty:
    """The hints that these seasons give, together; pause: called after some scorers each."""
    found = _Deviations(seasons)
    return Honesty(
        own=tuple(sorted((one for season in seasons for one in season.own), key=lambda one: (one.season, one.campaign, one.unit))),
        leanings=tuple(_leanings(found, pause)),
        own_favour=tuple(_own_favour(found, pause)),
        mutual=tuple(_mutual(found, pause)),
        late=tuple(one for season in seasons for one in sorted(season.late, key=lambda one: (one.unit, one.pass_key, one.scorer))),
    )


def _middle(order: Sequence[int]) -> int:
    """The middle one, or the mean of the two in the middle."""
    middle = len(order) // 2
    return order[middle] if len(order) % 2 else (order[middle - 1] + order[middle]) // 2


Counts = Mapping[Any, int]
"""How many times each value was met, a whole number or a fraction."""


def median(counts: Counts) -> Fraction:
    """The middle one, or the mean of the two in the middle."""
    size = sum(counts.values())
    order = sorted(counts)
    passed = list(accumulate(counts[value] for value in order))
    lower, upper = (order[bisect_right(passed, place)] for place in ((size - 1) // 2, size // 2))
    return Fraction(lower + upper) / 2


def mad(counts: Counts, centre: Fraction | None = None) -> Fraction:
    """The median absolute deviation (độ lệch tuyệt đối trung vị): the median of the distances from the median."""
    middle = median(counts) if centre is None else centre
    distances: Counter[Any] = Counter()
    at = middle.numerator if middle.denominator == 1 else middle  # to reckon with whole numbers takes a fraction of the time
    for value, times in counts.items():
        distances[abs(value - at)] += times
    return median(distances)


class _Deviations:
    """The deviations of several seasons, counted in one unit: `share` makes a share of the maximum of one."""

    def __init__(self, seasons: Sequence[Season]) -> None:
        self._whole = lcm(*(season.whole for season in seasons))
        self._met = [[value * (self._whole // season.whole) for value in season.met] for season in seasons]
        self._seasons = seasons
        self._of: dict[str, dict[str, None]] = {}
        for season in seasons:
            for scorer, unit in season.deviations:
                self._of.setdefault(scorer, {})[unit] = None
        self.units = {unit for units in self._of.values() for unit in units}

    def scorers(self) -> list[str]:
        return sorted(self._of)

    def scored_by(self, scorer: str) -> Collection[str]:
        return self._of.get(scorer, {})

    def of(self, scorer: str, units: Collection[str]) -> Counter[int]:
        """How many times a scorer deviated so far from the results of these units."""
        found: Counter[int] = Counter()
        for met, season in zip(self._met, self._seasons, strict=True):
            places: Counter[int] = Counter()
            for unit in units:
                places.update(season.deviations.get((scorer, unit), ()))
            for place, times in places.items():
                found[met[place]] += times
        return found

    def share(self, value: Fraction) -> Fraction:
        return value / (self._whole * _POINT)


def _unhurried(scorers: Iterable[str], pause: Callable[[], None]) -> Iterator[str]:
    for number, scorer in enumerate(scorers):
        if number % _SCORERS_AT_ONCE == 0:
            pause()
        yield scorer


def _leanings(found: _Deviations, pause: Callable[[], None]) -> Iterator[Leaning]:
    cases: dict[str, int] = {}
    told: dict[str, tuple[Fraction, Fraction]] = {}
    for scorer in _unhurried(found.scorers(), pause):
        given = found.of(scorer, [unit for unit in found.scored_by(scorer) if unit != scorer])
        if given:
            cases[scorer] = given.total()
        if given.total() >= CASES_MIN:
            centre = median(given)
            told[scorer] = found.share(centre), found.share(mad(given, centre))
    medians = Counter(centre for centre, _ in told.values())
    general = (median(medians), mad(medians)) if medians else (Fraction(0), Fraction(0))
    for scorer in _unhurried(cases, pause):
        if scorer not in told:
            yield Leaning(scorer, cases[scorer], None, None, None, None, False)
            continue
        own, spread = told[scorer]
        figures = (_shown(own), _shown(spread), _shown(general[0]), _shown(general[1]))
        # with two scorers one is as far from the middle as the other, and a MAD of zero makes every distance infinite
        far = len(told) >= PANEL_MIN and general[1] > 0 and abs(own - general[0]) > FAR * general[1]
        yield Leaning(scorer, cases[scorer], *figures, far)


def _own_favour(found: _Deviations, pause: Callable[[], None]) -> Iterator[OwnFavour]:
    for scorer in _unhurried((one for one in found.scorers() if one in found.scored_by(one)), pause):
        own = found.of(scorer, [scorer])
        others = found.of(scorer, [unit for unit in found.scored_by(scorer) if unit != scorer])
        mine, theirs = (_told(found, several) for several in (own, others))
        marked = mine is not None and theirs is not None and mine > theirs
        yield OwnFavour(scorer, own.total(), _shown(mine), others.total(), _shown(theirs), marked)


def _mutual(found: _Deviations, pause: Callable[[], None]) -> Iterator[Mutual]:
    among = [scorer for scorer in found.scorers() if scorer in found.units]
    every: Counter[int] = Counter()
    for scorer in _unhurried(among, pause):
        every.update(found.of(scorer, [unit for unit in found.scored_by(scorer) if unit != scorer]))
    general = found.share(median(every)) if every else None
    for one in _unhurried(among, pause):
        for other in sorted(unit for unit in found.scored_by(one) if one < unit and one in found.scored_by(unit)):
            there, back = found.of(one, [other]), found.of(other, [one])
            medians = (_told(found, there), _told(found, back))
            marked = all(said is not None and general is not None and said > general for said in medians)
            shown = (_shown(medians[0]), _shown(medians[1]))
            yield Mutual((one, other), (there.total(), back.total()), shown, _shown(general), marked)


def _told(found: _Deviations, deviations: Counter[int]) -> Fraction | None:
    return found.share(median(deviations)) if deviations.total() >= MUTUAL_CASES_MIN else None


def _shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else as_decimal(value, _SHOWN)


def proofs_twice(proofs: Iterable[Proof]) -> Iterator[ProofTwice]:
    """The files that stand with several items, units or years; one that goes through the passes of an item is not such a file."""
    of_file: dict[str, list[Proof]] = {}
    for proof in proofs:
        of_file.setdefault(proof.sha256, []).append(proof)
    for sha256, places in sorted(of_file.items()):
        if len({(one.campaign, one.unit, one.item) for one in places}) > 1:
            in_order = sorted(places, key=lambda one: (one.season, one.campaign, one.unit, one.item, one.pass_key, one.scorer))
            yield ProofTwice(sha256, tuple(in_order))

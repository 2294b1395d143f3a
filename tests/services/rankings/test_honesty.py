"""Hints about scoring: medians that one outlier does not move, a minimum of cases, and nothing said below it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.rankings.domain import OwnByItem, Proof, Score, Season, honesty, proofs_twice
from services.rankings.domain.honesty import (
    CASES_MIN,
    LATE,
    LATE_CHANGES_MIN,
    MUTUAL_CASES_MIN,
    Honesty,
    mad,
    median,
)
from shared.rubric import PassRule, Rubric, Statistic
from tests.services.rankings.given import a_score, at, figures, scores_of
from tests.services.rankings.test_lines import Sheet, sheets_of
from tests.shared.rubric.given import a_group, a_rubric, an_item

UNITS = ("a", "b", "c")
ITEMS = tuple(f"A.{place}" for place in range(1, CASES_MIN + 1))
RUBRIC = a_rubric(
    a_group("A", *(an_item(key) for key in ITEMS)), passes=tuple(PassRule(key, key) for key in ("self", "cross_check", "central"))
)


@dataclass(frozen=True)
class Saved(Sheet):
    """A sheet of which every record is a save."""

    def saves(self) -> list[tuple[datetime, Collection[str]]]:
        return [(one.recorded_at, [one.item]) for one in self.records]


def _saved(unit: str, scores: Sequence[Score]) -> list[Saved]:
    return [Saved(sheet.pass_key, sheet.scorer, sheet.records) for sheet in sheets_of(unit, scores)]


def _season(scores: Sequence[Score], closed_at: dict[str, datetime] | None = None, rubric: Rubric = RUBRIC) -> Season:
    season = Season("c1", 2024, rubric, closed_at or {})
    for unit in UNITS:
        season.put(unit, _saved(unit, scores))
    return season


def _hints(scores: Sequence[Score], closed_at: dict[str, datetime] | None = None) -> Honesty:
    return honesty([_season(scores, closed_at)])


def _by_item(scores: Sequence[Score]) -> list[OwnByItem]:
    return [one for unit in UNITS for one in _season([]).own_by_item(unit, _saved(unit, scores))]


def _all(unit: str, score: str, *, by: str, in_pass: str, items: Sequence[str] = ITEMS) -> list[Score]:
    return [a_score(unit, item, score, by=by, in_pass=in_pass) for item in items]


def test_the_median_and_the_mad_are_those_of_the_book_and_an_outlier_moves_neither_far() -> None:
    given_ = [Fraction(one) for one in (1, 1, 2, 2, 4, 6, 9)]
    for values_ in (given_, [*given_[:-1], Fraction(900)]):
        assert median(Counter(values_)) == 2
        assert mad(Counter(values_)) == 1
    assert median(Counter([Fraction(1), Fraction(2)])) == Fraction(3, 2)


def test_own_scores_against_what_they_came_to_are_summed_over_the_items_that_both_scored() -> None:
    scores = [*scores_of("a", "self", A_1="9", A_2="8", A_3="7"), *scores_of("a", "central", A_1="7", A_2="8")]
    own = [
        a_score(one.unit, one.item, str(one.score), by="a" if one.pass_key == "self" else "head", in_pass=one.pass_key) for one in scores
    ]
    (found,) = _hints(own).own
    assert figures(found, "cases", "own", "final", "difference", "share") == (2, 17, 15, 2, Decimal("0.1"))
    assert [figures(one, "item", "difference") for one in _by_item(own)] == [("A.1", 2), ("A.2", 0)]


def test_a_scorer_far_from_the_panel_is_marked_with_its_arithmetic() -> None:
    seats = {"J1": "5", "J2": "5.2", "J3": "5", "J4": "4.9", "J5": "9"}
    scores = [one for seat, score in seats.items() for one in _all("a", score, by=seat, in_pass="central")]
    found = {one.scorer: one for one in _hints(scores).leanings}
    assert [scorer for scorer, one in found.items() if one.marked] == ["J5"]
    assert figures(found["J5"], "cases", "median", "mad") == (CASES_MIN, Decimal("0.4"), 0)
    assert figures(found["J5"], "all_median", "all_mad") == (0, Decimal("0.01"))


def test_below_the_minimum_of_cases_there_is_no_figure() -> None:
    seats = {"J1": "5", "J2": "5", "J3": "9"}
    scores = [one for seat, score in seats.items() for one in _all("a", score, by=seat, in_pass="central", items=ITEMS[:-1])]
    assert all(one.median is None and one.cases == CASES_MIN - 1 and not one.marked for one in _hints(scores).leanings)


def test_seasons_of_other_maximums_are_laid_together_by_shares() -> None:
    given_ = [*_all("a", "9", by="b", in_pass="cross_check"), *_all("a", "6", by="head", in_pass="central")]
    small = replace(RUBRIC, groups=(a_group("A", *(an_item(key, "3") for key in (*ITEMS, "A.9"))),))
    later = [
        one
        for item in (*ITEMS, "A.9")
        for one in (a_score("a", item, "2", by="b", in_pass="cross_check"), a_score("a", item, "1", in_pass="central"))
    ]
    (found,) = honesty([_season(given_), _season(later, rubric=small)]).leanings
    assert figures(found, "cases", "median", "mad") == (2 * CASES_MIN + 1, Decimal("0.3333"), 0)
    (found,) = honesty([_season(given_), _season(later[2:], rubric=small)]).leanings
    assert figures(found, "median", "mad") == (Decimal("0.3167"), Decimal("0.0167")), "between 3 of 10 and 1 of 3"


def test_without_a_panel_a_scorer_is_held_against_the_pass_that_counts_and_the_last_word_against_nothing() -> None:
    scores = [*_all("a", "9", by="b", in_pass="cross_check"), *_all("a", "6", by="head", in_pass="central")]
    (found,) = _hints(scores).leanings
    assert (found.scorer, found.median) == ("b", Decimal("0.3"))


def test_units_that_score_each_other_above_all_others_are_marked() -> None:
    given_ = {("a", "b"): "9", ("b", "a"): "9", ("a", "c"): "6", ("c", "a"): "6", ("b", "c"): "5", ("c", "b"): "6"}
    cross = [one for (scorer, unit), score in given_.items() for one in _all(unit, score, by=scorer, in_pass="cross_check")]
    final = [one for unit in UNITS for one in _all(unit, "6", by="head", in_pass="central")]
    found = {one.units: one for one in _hints([*cross, *final]).mutual}
    assert [units for units, one in found.items() if one.marked] == [("a", "b")]
    assert figures(found["a", "b"], "medians", "general") == ((Decimal("0.3"), Decimal("0.3")), 0)
    few = [one for one in cross if one.item in ITEMS[: MUTUAL_CASES_MIN - 1]]
    assert all(one.medians == (None, None) and not one.marked for one in _hints([*few, *final]).mutual)


def test_a_scorer_who_favours_its_own_unit_in_a_pass_of_others_is_marked() -> None:
    own = _all("a", "7", by="a", in_pass="self")
    cross = [*_all("a", "9", by="a", in_pass="cross_check"), *_all("b", "6", by="a", in_pass="cross_check")]
    final = [one for unit in ("a", "b") for one in _all(unit, "6", by="head", in_pass="central")]
    (found,) = _hints([*own, *cross, *final]).own_favour
    assert figures(found, "scorer", "own", "others", "marked") == ("a", Decimal("0.3"), 0, True)
    assert not [one for one in _hints([*own, *final]).own_favour if one.marked], "its own account is another matter"


def test_many_changes_shortly_before_the_close_are_told_and_first_entries_are_not() -> None:
    closed_at = at(600)
    late = [closed_at - timedelta(minutes=minute) for minute in range(LATE_CHANGES_MIN + 5)]

    def saved(when: datetime, item: str, score: str) -> Score:
        return Score("a", item, "self", "a", Decimal(score), when)

    first = [saved(closed_at - LATE - timedelta(hours=1), item, "1") for item in ITEMS]
    changes = [saved(when, ITEMS[place % len(ITEMS)], "2") for place, when in enumerate(late[:LATE_CHANGES_MIN])]
    (found,) = _hints([*first, *changes], closed_at={"self": closed_at}).late
    assert (found.changes, found.records) == (LATE_CHANGES_MIN, len(first) + LATE_CHANGES_MIN)
    assert not _hints([*first, *changes[1:]], closed_at={"self": closed_at}).late
    assert not _hints(changes[: len(ITEMS)], closed_at={"self": closed_at}).late
    assert not _hints([*first, *changes]).late, "a pass that is not closed has no last hours"


def test_a_file_that_stands_with_two_items_units_or_years_is_told_and_one_that_goes_through_the_passes_is_not() -> None:
    proof = Proof("c1", 2024, "a", "A.1", "self", "a", "f1")
    again = [Proof("c1", 2024, "a", "A.1", "central", "head", "f1"), Proof("c1", 2024, "a", "A.2", "self", "a", "f2")]
    assert list(proofs_twice([proof, *again])) == []
    (found,) = proofs_twice([proof, Proof("c0", 2023, "a", "A.1", "self", "a", "f1")])
    assert (found.sha256, [one.season for one in found.places]) == ("f1", [2023, 2024])


def test_one_score_is_no_measure_of_a_sum_of_several() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1", statistic=Statistic.SUM)), passes=RUBRIC.passes)
    scores = [
        a_score("a", "A.1", "5", by="a", in_pass="self"),
        *(a_score("a", "A.1", "4", by=by, in_pass="central") for by in ("J1", "J2")),
    ]
    found = honesty([_season(scores, rubric=rubric)])
    assert (found.own, found.leanings) == ((), ())


values = st.lists(st.fractions(min_value=-1, max_value=1, max_denominator=20), min_size=1, max_size=9)


@given(values, st.fractions(min_value=-1, max_value=1, max_denominator=20))
def test_the_median_moves_with_its_values_and_the_mad_does_not(given_: list[Fraction], by: Fraction) -> None:
    counts, moved = Counter(given_), Counter(value + by for value in given_)
    assert (median(moved), mad(moved)) == (median(counts) + by, mad(counts))
    assert median(counts) == statistics.median(given_)
    assert mad(counts) == statistics.median(abs(value - statistics.median(given_)) for value in given_)

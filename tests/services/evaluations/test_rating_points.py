"""The arithmetic of ratings against tables worked out by hand: points, grades, what takes a quarter off, steps, quotas, the year."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluations.domain.periods import PeriodKind
from services.evaluations.domain.rating_points import (
    Points,
    RatedRow,
    allowed,
    grade_of,
    points_of,
    quota_lines,
    row_faults,
    year_of,
)
from services.evaluations.domain.schemes import QuotaRounding, Scheme
from tests.services.evaluations import given_ratings as the


def points(row: RatedRow, scheme: Scheme = the.DECREE) -> Points:
    assert row_faults(scheme, row) == []
    found = points_of(scheme, row)
    assert found is not None
    return found


# Decree 335/2025


@pytest.mark.parametrize(
    ("total", "grade"),
    [("100", "HTXS"), ("90", "HTXS"), ("89.99", "HTT"), ("70", "HTT"), ("69.99", "HT"), ("50", "HT"), ("49.99", "KHT"), ("0", "KHT")],
)
def test_the_grades_begin_at_90_70_and_50(total: str, grade: str) -> None:
    found = points(the.a_row_of(total))
    assert (found.total, found.derived) == (Decimal(total), grade)


@pytest.mark.parametrize(
    ("figures", "quality", "progress", "total"),
    [
        ({}, "100.00", "100.00", "100.00"),
        ({"major_errors": 1}, "97.50", "100.00", "99.41"),  # 30 + 70 x (1 + 0.975 + 1) / 3 = 99.41666...
        ({"delays": 1}, "100.00", "97.50", "99.41"),
        ({"major_errors": 4}, "90.00", "100.00", "97.66"),  # four quarters: one of ten works gives no quality
        ({"major_errors": 2, "delays": 2}, "95.00", "95.00", "97.66"),
        ({"on_quality": 8, "major_errors": 1}, "77.50", "100.00", "94.75"),
        ({"completed": 0, "on_quality": 0, "on_progress": 0, "delays": 9}, "0.00", "0.00", "30.00"),  # never below nothing
    ],
)
def test_each_major_error_and_each_delay_takes_a_quarter_of_a_work(
    figures: dict[str, Any], quality: str, progress: str, total: str
) -> None:
    found = points(the.a_row(**figures))
    assert [str(value) for value in (found.shares["quality"], found.shares["progress"], found.total)] == [quality, progress, total]


@pytest.mark.parametrize(
    ("figures", "total"),
    [({}, "100.00"), ({"unit_result": 50}, "94.16"), ({"unit_result": 50, "unity": 50}, "88.33"), ({"organising": 70}, "96.50")],
)
def test_a_leaders_results_are_the_mean_of_six(figures: dict[str, Any], total: str) -> None:
    assert str(points(the.a_row(leads=True, **figures)).total) == total


def test_works_may_be_converted_into_parts() -> None:
    found = points(the.a_row(assigned="7.5", completed="6.25", on_quality="6.25", on_progress="7.5"))
    assert found.groups["results"] == Decimal("62.22")  # 70 x (0.8333... + 0.8333... + 1) / 3 = 62.222...


@pytest.mark.parametrize(("fact", "leads"), [("degradation", False), ("disciplined", True), ("corruption_in_unit", True)])
def test_a_fact_gives_the_lowest_grade_whatever_the_points(fact: str, leads: bool) -> None:
    found = points(the.a_row(leads=leads, more={"facts": (fact,)}))
    assert (found.total, found.derived, found.lowered) == (Decimal(100), "KHT", (fact,))


WORKS = st.fixed_dictionaries({name: st.integers(0, 20) for name in ("completed", "on_quality", "on_progress", "major_errors", "delays")})


@given(WORKS, st.sampled_from(["major_errors", "delays"]), st.integers(1, 5), st.booleans())
def test_one_more_error_or_delay_never_raises_the_points(figures: dict[str, Any], more: str, by: int, leads: bool) -> None:
    before = points(the.a_row(leads=leads, assigned=20, **figures))
    after = points(the.a_row(leads=leads, assigned=20, **{**figures, more: figures[more] + by}))
    assert after.total <= before.total
    assert the.DECREE.place(after.derived) >= the.DECREE.place(before.derived)


@given(WORKS, st.integers(0, 3000))
def test_the_rounding_of_the_total_never_changes_the_grade(figures: dict[str, Any], general: int) -> None:
    row = the.a_row(assigned=20, **{**figures, "general": str(Decimal(general) / 100)})
    shares = [
        max(Fraction(0), Fraction(figures[of]) - Fraction(figures.get(loss, 0), 4)) / 20
        for of, loss in (("completed", ""), ("on_quality", "major_errors"), ("on_progress", "delays"))
    ]
    exact = Fraction(general, 100) + 70 * sum(shares) / 3
    found = points(row)
    assert 0 <= exact - Fraction(found.total) < Fraction(1, 100)
    assert found.derived == next(grade for grade, least in (("HTXS", 90), ("HTT", 70), ("HT", 50), ("KHT", 0)) if exact >= least)


# Step tables: Mẫu 03


@pytest.mark.parametrize(
    ("percent", "quantity"),
    [(100, 20), (99, 15), (90, 15), (89, 10), (80, 10), (79, 5), (70, 5), (69, 1), (60, 1), (59, 0), (0, 0)],
)
def test_the_steps_of_quantity_and_progress(percent: int, quantity: int) -> None:
    found = points(_stepped(completed=percent, on_time=percent), the.STEPPED)
    assert [found.groups[group] for group in ("B.1", "B.2")] == [quantity] * 2


@pytest.mark.parametrize(
    ("percent", "quality"),
    [(100, 30), (95, 30), (94, 25), (90, 25), (89, 20), (80, 20), (79, 15), (70, 15), (69, 10), (60, 10), (59, 5), (50, 5), (49, 0)],
)
def test_the_steps_of_quality(percent: int, quality: int) -> None:
    assert points(_stepped(on_quality=percent), the.STEPPED).groups["B.3"] == quality


def test_bonus_comes_on_top_and_a_penalty_is_taken_off() -> None:
    assert points(_stepped(bonus=7), the.STEPPED).total == 107
    assert points(_stepped(penalty=5), the.STEPPED).total == 95
    assert points(_stepped(penalty=5, general=0, completed=0, on_time=0, on_quality=0), the.STEPPED).total == 0


def test_the_school_form_grades_from_90_80_and_50() -> None:
    graded = {general: points(_stepped(completed=90, general=general), the.STEPPED).derived for general in (25, 24, 15, 14)}
    assert graded == {25: "HTXS", 24: "HTT", 15: "HTT", 14: "HT"}


def _stepped(**figures: int) -> RatedRow:
    said = {"general": 30, "assigned": 100, "completed": 100, "on_time": 100, "on_quality": 100, **figures}
    return RatedRow("p1", "Giáo viên", False, {key: Decimal(value) for key, value in said.items()})


# The Treasury's months


@pytest.mark.parametrize("letter", ["A", "B", "C", "D"])
def test_a_month_of_the_treasury(letter: str) -> None:
    assert points(the.a_month(letter), the.TREASURY).derived == letter


@pytest.mark.parametrize(("signed_late", "leads", "grade"), [(0, True, "A"), (1, True, "B"), (9, True, "B"), (None, False, "A")])
def test_a_leader_who_signs_late_gets_at_most_b(signed_late: int | None, leads: bool, grade: str) -> None:
    row = replace(the.a_month("A"), leads=leads)
    figures = row.figures if signed_late is None else {**row.figures, "late_signings": Decimal(signed_late)}
    found = points(replace(row, figures=figures), the.TREASURY)
    assert (found.derived, found.lowered) == (grade, ("signed_late",) if grade == "B" else ())


def test_late_signing_does_not_lift_a_worse_month() -> None:
    row = replace(the.a_month("C"), leads=True)
    found = points(replace(row, figures={**row.figures, "late_signings": Decimal(1)}), the.TREASURY)
    assert (found.derived, found.lowered) == ("C", ())


def test_initiatives_weigh_15_of_100() -> None:
    row = the.a_month("A")
    with_all = replace(row, figures={**row.figures, "initiatives": Decimal(15)})
    without = replace(row, figures={**row.figures, "initiatives": Decimal(0)})
    assert points(with_all, the.TREASURY).total - points(without, the.TREASURY).total == 15


# Rows that cannot be


@pytest.mark.parametrize(
    ("row", "at", "code"),
    [
        (the.a_row(general="30.01"), "general", "above_maximum"),
        (the.a_row(general="-1"), "general", "below_zero"),
        (the.a_row(general="29.555"), "general", "too_precise"),
        (the.a_row(delays="1.5"), "delays", "too_precise"),
        (the.a_row(completed=11), "completed", "above_other"),
        (the.a_row(assigned=0, completed=0, on_quality=0, on_progress=0), "assigned", "nothing_assigned"),
        (the.a_row(leads=True, unity=75), "unity", "no_choice"),
        (the.a_row(unity=100), "unity", "leaders_only"),
        (the.a_row(quality=100), "quality", "unknown_figure"),
        (replace(the.a_row(), figures={}), "general", "missing"),
        (the.a_row(more={"facts": ("late",)}), "facts", "unknown_fact"),
        (the.a_row(more={"facts": ("corruption_in_unit",)}), "facts", "leaders_only"),
        (the.a_row(more={"decided": "A", "because": "Vì"}), "decided", "unknown_grade"),
        (the.a_row_of("80", decided="HTXS", because="Vì"), "decided", "grade_raised"),
        (the.a_row(more={"decided": "HTT"}), "because", "reason_missing"),
        (the.a_row(more={"decided": "HTT", "because": " "}), "because", "reason_missing"),
    ],
)
def test_a_row_that_cannot_be_says_where(row: RatedRow, at: str, code: str) -> None:
    assert (at, code) in {(fault.at, fault.code) for fault in row_faults(the.DECREE, row)}


def test_who_is_not_rated_owes_no_figures() -> None:
    row = RatedRow("p1", "Chuyên viên", leads=False, figures={}, unrated="Nghỉ thai sản")
    assert row_faults(the.DECREE, row) == []
    assert (points_of(the.DECREE, row), grade_of(row, None)) == (None, None)


def test_a_decided_grade_counts_and_may_only_be_lower() -> None:
    row = the.a_row(more={"decided": "HT", "because": "Chưa phối hợp"})
    assert grade_of(row, points(row)) == "HT"
    assert points(row).derived == "HTXS"


# Quotas


@pytest.mark.parametrize(
    ("percent", "base", "floor", "half_up", "ceiling", "min_one"),
    [
        (20, 37, 7, 7, 8, 7),  # 7,4
        (20, 38, 7, 8, 8, 7),  # 7,6
        (20, 40, 8, 8, 8, 8),
        (25, 38, 9, 10, 10, 9),  # 9,5
        (20, 4, 0, 1, 1, 1),  # 0,8
        (20, 2, 0, 0, 1, 1),  # 0,4
        (20, 0, 0, 0, 0, 0),
    ],
)
def test_how_many_a_percentage_allows(percent: int, base: int, floor: int, half_up: int, ceiling: int, min_one: int) -> None:
    found = [allowed(Decimal(percent), base, rounding) for rounding in QuotaRounding]
    assert found == [floor, half_up, ceiling, min_one]


def test_excellent_is_counted_against_good_in_the_unit_and_in_each_group() -> None:
    graded = [("Chuyên viên", "HTXS")] * 2 + [("Chuyên viên", "HTT")] * 5 + [("Lãnh đạo", "HTXS")] + [("Lãnh đạo", "HTT")] * 5
    lines = {line.group: line for line in quota_lines(the.DECREE, graded, PeriodKind.YEAR)}
    assert {group: (line.used, line.base, line.allowed, line.left) for group, line in lines.items()} == {
        None: (3, 10, 2, -1),
        "Chuyên viên": (2, 5, 1, -1),
        "Lãnh đạo": (1, 5, 1, 0),
    }
    assert lines[None].exact == 2
    assert quota_lines(the.DECREE, graded, PeriodKind.MONTH) == []


def test_the_higher_quota_takes_the_place_of_the_common_one() -> None:
    graded = [("Chuyên viên", "HTXS")] * 3 + [("Chuyên viên", "HTT")] * 12
    found = {variant: quota_lines(the.DECREE, graded, PeriodKind.YEAR, variant)[0] for variant in (None, "excellent_outstanding")}
    assert {variant: (line.quota, line.allowed) for variant, line in found.items()} == {
        None: ("excellent", 2),
        "excellent_outstanding": ("excellent_outstanding", 3),
    }


# The year


def test_the_year_is_graded_by_the_mean_of_its_periods() -> None:
    rows = [the.a_row_of(total) for total in ("95", "88", "87")]
    found = year_of(the.DECREE, [(row, points(row)) for row in rows])
    assert (found.periods, found.mean, found.grade) == (3, Decimal("90.00"), "HTXS")
    assert found.counts == {"HTXS": 1, "HTT": 2, "HT": 0, "KHT": 0}


def test_a_fact_of_one_period_grades_the_whole_year() -> None:
    rows = [the.a_row(), the.a_row(more={"facts": ("disciplined",)}), the.a_row()]
    found = year_of(the.DECREE, [(row, points(row)) for row in rows])
    assert (found.grade, found.forced_by) == ("KHT", ("disciplined",))


@pytest.mark.parametrize(
    ("months", "grade"),
    [
        ("AAAAAAAAAAAA", "HTXS"),
        ("AAAAAAAAAABB", "HTXS"),
        ("AAAAAAAAABBB", "HTT"),
        ("AAAAAAAAAAAC", "HTT"),
        ("BBBBBBBBBBCC", "HTT"),
        ("BBBBBBBBBCCC", "HT"),
        ("AAAAAAAAAAAD", "HT"),
        ("AAAAAAAAADDD", "KHT"),
        ("AAAAAAAAA", None),
    ],
)
def test_the_treasurys_year_counts_its_months(months: str, grade: str | None) -> None:
    rows = [the.a_month(letter) for letter in months]
    assert year_of(the.TREASURY, [(row, points_of(the.TREASURY, row)) for row in rows]).grade == grade


def test_a_month_that_is_not_rated_counts_for_nothing() -> None:
    away = RatedRow("p1", "Chuyên viên", leads=False, figures={}, unrated="Nghỉ ốm dài ngày")
    found = year_of(the.DECREE, [(away, None), (the.a_row(), points(the.a_row()))])
    assert (found.periods, found.grade) == (1, "HTXS")
    assert year_of(the.DECREE, [(away, None)]).grade is None

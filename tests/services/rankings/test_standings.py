"""From recorded scores to places: which records count, what they come to, and who stands where."""

from decimal import Decimal

import pytest

from services.rankings.domain import Note, Score, Status, UnitRepeated, standings
from shared.rubric import Cap, Kind, Rounding, RoundingMode, Rubric, Statistic
from tests.services.rankings.given import a_score, at, joined, places, row_of, scores_of, sums
from tests.shared.rubric.given import a_group, a_rubric, an_item


@pytest.fixture
def rubric() -> Rubric:
    """100 points: two content items in A, bonus and penalty in B, a gate in C."""
    return a_rubric(
        a_group("A", an_item("A.1", "60"), an_item("A.2", "30")),
        a_group("B", an_item("B.1", "10", kind=Kind.BONUS), an_item("B.2", "8", kind=Kind.PENALTY)),
        a_group("C", an_item("C.1", "10", kind=Kind.GATE, threshold=Decimal(5))),
    )


def test_units_rank_by_total_and_equals_share_a_place(rubric: Rubric) -> None:
    scores = joined(
        scores_of("a", A_1="40", A_2="20"),
        scores_of("b", A_1="50", A_2="20"),
        scores_of("c", A_1="40", A_2="20"),
        scores_of("d", A_1="10", A_2="10"),
    )
    board = standings(rubric, ["a", "b", "c", "d"], scores)
    assert places(board) == [(1, "b"), (2, "a"), (2, "c"), (4, "d")]
    assert row_of(board, "a").tied_with == ("c",)
    assert row_of(board, "b").tied_with == ()


def test_the_given_order_lists_equals_and_never_ranks_them(rubric: Rubric) -> None:
    scores = joined(scores_of("a", A_1="40"), scores_of("b", A_1="40"))
    assert places(standings(rubric, ["b", "a"], scores)) == [(1, "b"), (1, "a")]
    assert places(standings(rubric, ["a", "b"], scores)) == [(1, "a"), (1, "b")]


def test_content_and_bonus_are_added_and_penalty_is_subtracted(rubric: Rubric) -> None:
    board = standings(rubric, ["a"], scores_of("a", A_1="60", A_2="25.5", B_1="10", B_2="8", C_1="9"))
    row = row_of(board, "a")
    assert sums(row) == ("87.5", "85.5", "10", "8")
    assert {key: str(value) for key, value in row.groups.items()} == {"A": "85.5", "B": "2", "C": "None"}
    assert row.complete


def test_an_absent_item_is_not_zero(rubric: Rubric) -> None:
    row = row_of(standings(rubric, ["a"], scores_of("a", A_1="0")), "a")
    assert (row.item("A.1").value, row.item("A.1").pass_key) == (Decimal(0), "cluster")
    assert (row.item("A.2").value, row.item("A.2").points, row.item("A.2").pass_key) == (None, None, None)
    assert (row.missing, row.complete) == (("A.2", "C.1"), False)
    assert row.groups == {"A": Decimal(0), "B": None, "C": None}


def test_a_unit_without_any_score_has_no_place(rubric: Rubric) -> None:
    board = standings(rubric, ["a", "b"], scores_of("b", A_1="0"))
    assert places(board) == [(1, "b"), (None, "a")]
    assert row_of(board, "a").status is Status.NO_SCORES
    assert sums(row_of(board, "a")) == ("none",) * 4


def test_of_every_item_the_last_pass_with_a_score_counts(rubric: Rubric) -> None:
    scores = joined(
        scores_of("a", "self", A_1="60", A_2="30"),
        scores_of("a", "cluster", A_1="55"),
        scores_of("a", "central", A_1="50"),
    )
    row = row_of(standings(rubric, ["a"], scores), "a")
    assert sums(row)[0] == "80"
    first, second = row.item("A.1"), row.item("A.2")
    assert (first.pass_key, second.pass_key) == ("central", "self")
    assert [(one.pass_key, str(one.value)) for one in first.history] == [("self", "60"), ("cluster", "55")]


def test_the_order_of_passes_is_the_rubrics_not_that_of_the_clock(rubric: Rubric) -> None:
    scores = [
        a_score("a", "A.1", "50", in_pass="central", minute=1),
        a_score("a", "A.1", "60", in_pass="self", minute=9),
    ]
    row = row_of(standings(rubric, ["a"], scores), "a")
    assert (row.item("A.1").pass_key, row.item("A.1").value) == ("central", Decimal(50))


def test_a_later_record_of_the_same_scorer_replaces_the_earlier_in_whatever_order_they_come(rubric: Rubric) -> None:
    scores = [a_score("a", "A.1", "50", minute=2), a_score("a", "A.1", "40", minute=1)]
    row = row_of(standings(rubric, ["a"], scores), "a")
    assert row.item("A.1").value == Decimal(50)
    assert [one.score for one in row.item("A.1").superseded] == [Decimal(40)]


def test_of_records_at_the_same_instant_the_one_given_last_counts(rubric: Rubric) -> None:
    scores = [a_score("a", "A.1", "50"), a_score("a", "A.1", "40")]
    assert row_of(standings(rubric, ["a"], scores), "a").item("A.1").value == Decimal(40)


def test_a_withdrawn_score_gives_way_to_the_pass_before(rubric: Rubric) -> None:
    scores = [
        a_score("a", "A.1", "60", in_pass="self", minute=1),
        a_score("a", "A.1", "50", in_pass="cluster", minute=2),
        a_score("a", "A.1", None, in_pass="cluster", minute=3),
    ]
    item = row_of(standings(rubric, ["a"], scores), "a").item("A.1")
    assert (item.pass_key, item.value) == ("self", Decimal(60))
    (withdrawn,) = item.history
    assert (withdrawn.pass_key, withdrawn.value) == ("cluster", None)
    assert [one.score for one in withdrawn.superseded] == [Decimal(50), None]


def test_a_unit_whose_only_score_was_withdrawn_has_no_scores(rubric: Rubric) -> None:
    scores = [a_score("a", "A.1", "50", minute=1), a_score("a", "A.1", None, minute=2)]
    assert row_of(standings(rubric, ["a"], scores), "a").status is Status.NO_SCORES


def test_as_of_shows_the_board_as_it_stood_that_instant_included(rubric: Rubric) -> None:
    scores = [a_score("a", "A.1", "40", minute=1), a_score("a", "A.1", "50", minute=2)]
    totals = [row_of(standings(rubric, ["a"], scores, as_of=at(minute)), "a").total for minute in (0, 1, 2)]
    assert totals == [None, Decimal(40), Decimal(50)]


def test_a_gate_below_its_threshold_takes_the_unit_out_of_the_ranking(rubric: Rubric) -> None:
    scores = joined(scores_of("best", A_1="60", C_1="4.99"), scores_of("other", A_1="10", C_1="5"), scores_of("open", A_1="5"))
    board = standings(rubric, ["best", "silent", "other", "open"], scores)
    assert places(board) == [(1, "other"), (2, "open"), (None, "best"), (None, "silent")]
    row = row_of(board, "best")
    assert row.status is Status.DISQUALIFIED
    assert [(one.item, one.panel, one.threshold) for one in row.disqualified] == [("C.1", Decimal("4.99"), Decimal(5))]
    assert sums(row)[0] == "60"


def test_a_content_item_with_a_threshold_counts_and_excludes() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1", threshold=Decimal(3))))
    board = standings(rubric, ["a", "b"], joined(scores_of("a", A_1="3"), scores_of("b", A_1="2")))
    assert places(board) == [(1, "a"), (None, "b")]
    assert [sums(row)[0] for row in board.rows] == ["3", "2"]


def _panel(unit: str, item: str, *given: str) -> list[Score]:
    return [a_score(unit, item, score, by=f"J{n}") for n, score in enumerate(given, 1)]


def test_a_panel_is_rounded_before_it_is_weighted_and_the_total_last() -> None:
    item = an_item("A.1", weight=Decimal("0.8"), panel_rounding=Rounding(2), item_rounding=Rounding(2))
    rubric = a_rubric(a_group("A", item), total_rounding=Rounding(1, RoundingMode.UP))
    row = row_of(standings(rubric, ["a"], _panel("a", "A.1", "8.25", "8.5", "8.5")), "a")
    result = row.item("A.1")
    # 25.25 / 3 = 8.4166.. -> 8.42; 8.42 x 0.8 = 6.736 -> 6.74; -> 6.8
    assert (str(result.panel), str(result.value), str(row.total)) == ("8.42", "6.74", "6.8")


def test_without_roundings_thirds_stay_thirds() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1", weight=Decimal(3)), an_item("A.2")))
    row = row_of(standings(rubric, ["a"], _panel("a", "A.1", "8", "8", "9")), "a")
    assert (str(row.item("A.1").panel), str(row.total)) == ("8.333333333333", "25")


def test_a_trimmed_mean_names_who_was_left_out() -> None:
    item = an_item("A.1", statistic=Statistic.TRIMMED_MEAN, dropped=1)
    row = row_of(standings(a_rubric(a_group("A", item)), ["a"], _panel("a", "A.1", "7", "9", "8", "2")), "a")
    given = row.item("A.1").contributions
    assert [(one.score.scorer, one.dropped) for one in given] == [
        ("J1", False),
        ("J2", True),
        ("J3", False),
        ("J4", True),
    ]
    assert row.total == Decimal("7.5")


def test_a_panel_too_small_to_trim_is_missing_and_says_so() -> None:
    item = an_item("A.1", statistic=Statistic.TRIMMED_MEAN, dropped=1)
    row = row_of(standings(a_rubric(a_group("A", item)), ["a"], _panel("a", "A.1", "7", "9")), "a")
    assert (row.item("A.1").value, row.item("A.1").note, row.missing) == (None, Note.TOO_FEW_SCORES, ("A.1",))
    assert (row.rank, row.status, row.total) == (None, Status.NO_SCORES, None)


def test_a_total_may_exceed_the_scale_through_bonus() -> None:
    rubric = a_rubric(
        a_group("A", an_item("A.1", "100")),
        a_group("F", an_item("F.1", "10", kind=Kind.BONUS), an_item("F.2", "15", kind=Kind.BONUS), beyond_scale=True),
    )
    # The education office of District 5, Ho Chi Minh City, 2008: 97 and the City's flag.
    row = row_of(standings(rubric, ["Q5"], scores_of("Q5", A_1="97", F_1="10")), "Q5")
    assert (rubric.scale, row.total) == (Decimal(100), Decimal(107))


def test_caps_trim_and_are_shown() -> None:
    rubric = a_rubric(
        a_group("A", an_item("A.1", "90"), an_item("A.2", "20", kind=Kind.BONUS)),
        a_group("B", an_item("B.1", "30", kind=Kind.BONUS), an_item("B.2", "30", kind=Kind.PENALTY)),
        caps=tuple(Cap(over, Decimal(most)) for over, most in (("group:A", 100), ("bonus", 25), ("penalty", 10), ("total", 101))),
    )
    row = row_of(standings(rubric, ["a"], scores_of("a", A_1="90", A_2="20", B_1="30", B_2="30")), "a")
    assert sums(row) == ("101", "90", "25", "10")
    assert {key: str(value) for key, value in row.groups.items()} == {"A": "100", "B": "0"}
    assert [(cap.over, str(cap.before), str(cap.after)) for cap in row.caps] == [
        ("group:A", "110", "100"),
        ("bonus", "40", "25"),
        ("penalty", "30", "10"),
        ("total", "105", "101"),
    ]


def test_a_groups_cap_trims_bonus_before_content() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1", "90"), an_item("A.2", "20", kind=Kind.BONUS)), caps=(Cap("group:A", Decimal(80)),))
    row = row_of(standings(rubric, ["a"], scores_of("a", A_1="85", A_2="20")), "a")
    assert sums(row) == ("80", "80", "0", "0")


def test_scores_of_other_boards_are_ignored_and_shown(rubric: Rubric) -> None:
    strange = [
        a_score("z", "A.1", "60"),
        a_score("a", "Z.9", "60"),
        a_score("a", "A.1", "60", in_pass="final"),
    ]
    board = standings(rubric, ["a"], [*strange, a_score("a", "A.1", "10")])
    assert row_of(board, "a").total == Decimal(10)
    assert board.ignored == tuple(strange)


def test_a_unit_named_twice_is_refused(rubric: Rubric) -> None:
    with pytest.raises(UnitRepeated, match="more than once: a"):
        standings(rubric, ["a", "b", "a"], [])

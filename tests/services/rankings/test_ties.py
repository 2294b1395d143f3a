"""The chain of tie-breaks: in the declared order, showing what was compared, and no further."""

from collections.abc import Mapping
from decimal import Decimal

import pytest

from services.rankings.domain import Row, Score, Standings, standings
from shared.rubric import Kind, Rubric, TieBreak, TieBy
from tests.services.rankings.given import a_score, joined, places, row_of, scores_of
from tests.shared.rubric.given import a_group, a_rubric, an_item


def _rubric(*chain: TieBreak) -> Rubric:
    return a_rubric(
        a_group("A", an_item("A.1"), an_item("A.2"), an_item("A.3")),
        a_group("B", an_item("B.1", kind=Kind.BONUS), an_item("B.2", kind=Kind.PENALTY)),
        tie_breaks=chain,
    )


def _steps(row: Row) -> list[tuple[str, str, bool]]:
    return [(str(step.by), str(step.value), step.decided) for step in row.tie_steps]


@pytest.mark.parametrize(
    ("step", "better", "worse", "values"),
    [
        (TieBreak(TieBy.GROUP, "A"), {"A_1": "9", "B_1": "1"}, {"A_1": "8", "B_1": "2"}, ("9", "8")),
        (TieBreak(TieBy.ITEM, "A.2"), {"A_1": "5", "A_2": "5"}, {"A_1": "6", "A_2": "4"}, ("5", "4")),
        (TieBreak(TieBy.ITEM, "A.2"), {"A_1": "5", "A_2": "0"}, {"A_1": "5"}, ("0", "None")),
        (TieBreak(TieBy.ITEM, "B.2"), {"A_1": "5", "B_2": "1"}, {"A_1": "6", "B_2": "2"}, ("-1", "-2")),
        (TieBreak(TieBy.CONTENT), {"A_1": "9", "B_1": "1"}, {"A_1": "8", "B_1": "2"}, ("9", "8")),
        (TieBreak(TieBy.BONUS), {"A_1": "8", "B_1": "2"}, {"A_1": "9", "B_1": "1"}, ("2", "1")),
        (TieBreak(TieBy.PENALTIES), {"A_1": "8"}, {"A_1": "9", "B_2": "1"}, ("0", "1")),
    ],
)
def test_each_step_separates_and_shows_its_values(
    step: TieBreak, better: Mapping[str, str], worse: Mapping[str, str], values: tuple[str, str]
) -> None:
    board = standings(_rubric(step), ["w", "b"], joined(scores_of("w", **worse), scores_of("b", **better)))
    assert places(board) == [(1, "b"), (2, "w")]
    assert tuple(str(row.tie_steps[0].value) for row in board.rows) == values
    assert all(row.tie_steps[0].decided for row in board.rows)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"A_1": "9", "A_2": "9", "A_3": "3"}, {"A_1": "9", "A_2": "8", "A_3": "4"}),
        ({"A_1": "9", "A_2": "8", "A_3": "4"}, {"A_1": "9", "A_2": "7", "A_3": "5"}),
        ({"A_1": "9", "A_2": "0"}, {"A_1": "9"}),
    ],
)
def test_highest_marks_are_counted_downward(better: Mapping[str, str], worse: Mapping[str, str]) -> None:
    chain = TieBreak(TieBy.COUNT_HIGHEST)
    board = standings(_rubric(chain), ["w", "b"], joined(scores_of("w", **worse), scores_of("b", **better)))
    assert places(board) == [(1, "b"), (2, "w")]


def test_the_counted_marks_are_shown_with_how_often_they_were_given() -> None:
    scores = joined(scores_of("a", A_1="9", A_2="9.00", A_3="3"), scores_of("b", A_1="9", A_2="8", A_3="4"))
    board = standings(_rubric(TieBreak(TieBy.COUNT_HIGHEST)), ["a", "b"], scores)
    assert row_of(board, "a").tie_steps[0].marks == ((Decimal(9), 2), (Decimal(3), 1))


def test_more_scorers_come_first() -> None:
    scores = [a_score("a", "A.1", "5"), a_score("b", "A.1", "5", by="J1"), a_score("b", "A.1", "5", by="J2")]
    board = standings(_rubric(TieBreak(TieBy.SCORERS)), ["a", "b"], scores)
    assert places(board) == [(1, "b"), (2, "a")]
    assert _steps(row_of(board, "b")) == [("scorers", "2", True)]


def _tied(*units: str) -> list[Score]:
    return joined(*(scores_of(unit, A_1="5") for unit in units))


def _voted(votes: Mapping[str, int] | None) -> Standings:
    return standings(_rubric(TieBreak(TieBy.VOTE)), ["a", "b"], _tied("a", "b"), votes=votes)


def test_a_recorded_vote_decides() -> None:
    assert places(_voted({"a": 3, "b": 5})) == [(1, "b"), (2, "a")]


def test_an_even_vote_decides_nothing() -> None:
    assert places(_voted({"a": 4, "b": 4})) == [(1, "a"), (1, "b")]


@pytest.mark.parametrize("votes", [None, {}, {"a": 5}])
def test_no_vote_or_one_that_left_a_tied_unit_out_decides_nothing(votes: Mapping[str, int] | None) -> None:
    board = _voted(votes)
    assert places(board) == [(1, "a"), (1, "b")]
    assert not any(step.decided for row in board.rows for step in row.tie_steps)


def test_a_vote_never_lifts_a_unit_over_a_higher_total() -> None:
    board = standings(
        _rubric(TieBreak(TieBy.VOTE)),
        ["a", "b"],
        joined(scores_of("a", A_1="6"), scores_of("b", A_1="5")),
        votes={"a": 0, "b": 9},
    )
    assert places(board) == [(1, "a"), (2, "b")]
    assert not row_of(board, "a").tie_steps


def test_the_chain_goes_on_only_for_those_still_tied() -> None:
    chain = (TieBreak(TieBy.CONTENT), TieBreak(TieBy.GROUP, "A"), TieBreak(TieBy.ITEM, "A.1"))
    scores = joined(
        scores_of("a", A_1="8", B_1="2"),
        scores_of("b", A_1="4", A_2="5", B_1="1"),
        scores_of("c", A_1="5", A_2="4", B_1="1"),
    )
    board = standings(_rubric(*chain), ["a", "b", "c"], scores)
    assert places(board) == [(1, "c"), (2, "b"), (3, "a")]
    assert _steps(row_of(board, "a")) == [("content", "8", True)]
    assert _steps(row_of(board, "b")) == [("content", "9", True), ("group", "9", False), ("item", "4", True)]
    assert row_of(board, "b").tied_with == ("a", "c")


def test_units_equal_to_the_end_of_the_chain_share_their_place() -> None:
    chain = (TieBreak(TieBy.CONTENT), TieBreak(TieBy.PENALTIES))
    board = standings(_rubric(*chain), ["a", "b", "c", "d"], _tied("a", "b", "c") + scores_of("d", A_1="1"))
    assert places(board) == [(1, "a"), (1, "b"), (1, "c"), (4, "d")]
    assert _steps(row_of(board, "a")) == [("content", "5", False), ("penalties", "0", False)]

"""Two boards beside each other: the arrows, and what moved each unit to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given

from services.rankings.domain import (
    Adjustment,
    AdjustmentKind,
    Direction,
    Score,
    Standings,
    UnitMoved,
    compare,
    standings,
)
from services.rankings.domain.comparison import ITEMS_SHOWN
from shared.rubric import Rubric
from tests.services.rankings.given import a_score, at, figures, scores_of
from tests.services.rankings.test_properties import UNITS, boards
from tests.shared.rubric.given import a_group, a_rubric, an_item, unhurried

RUBRIC = a_rubric(a_group("A", *(an_item(f"A.{place}") for place in range(1, ITEMS_SHOWN + 3))))
BEFORE = standings(RUBRIC, ["a", "b", "c"], [*scores_of("a", A_1="5", A_2="5"), *scores_of("b", A_1="7")])


def _moved(unit: str, before: Standings, after: Standings) -> UnitMoved:
    return next(one for one in compare(before, after) if one.unit == unit)


def test_arrows_say_who_went_up_down_onto_the_board_and_off_it() -> None:
    after = standings(RUBRIC, ["a", "b", "c", "d"], [*scores_of("a", A_1="5"), *scores_of("b", A_1="7"), *scores_of("d", A_1="9")])
    assert {one.unit: one.direction for one in compare(BEFORE, after)} == {
        "d": Direction.ENTERED,
        "b": Direction.SAME,
        "a": Direction.DOWN,
        "c": Direction.SAME,
    }
    back = {one.unit: one.direction for one in compare(after, BEFORE)}
    assert (back["a"], back["d"]) == (Direction.UP, Direction.LEFT)


def test_what_moved_a_unit_most_is_named_first_with_its_new_events() -> None:
    given_ = [a_score("a", "A.1", "6", event="e1"), a_score("a", "A.2", "1", in_pass="central", event="e2"), *scores_of("b", A_1="7")]
    after = standings(RUBRIC, ["a", "b", "c"], given_)
    found = _moved("a", BEFORE, after)
    assert [figures(one, "item", "before", "after", "difference", "passes", "events") for one in found.items] == [
        ("A.2", 5, 1, -4, ("cluster", "central"), ("e2",)),
        ("A.1", 5, 6, 1, ("cluster", "cluster"), ("e1",)),
    ]
    assert figures(found, "difference", "rest", "others_count") == (-3, 0, 0)
    assert _moved("b", BEFORE, after).items == ()


def test_items_past_the_first_are_summed_and_decisions_stand_apart() -> None:
    every = {f"A_{place}": str(place) for place in range(1, ITEMS_SHOWN + 3)}
    fine = Adjustment(
        "x", "c", AdjustmentKind.PENALTY, Decimal(2), "Chậm báo cáo", "…", "Bộ", "QĐ 1", date(2024, 12, 1), None, recorded_at=at(0)
    )
    first = standings(RUBRIC, ["c"], scores_of("c", A_1="0"))
    after = standings(RUBRIC, ["c"], scores_of("c", **every), adjustments=[fine])
    found = _moved("c", first, after)
    assert len(found.items) == ITEMS_SHOWN
    assert figures(found, "others", "others_count") == (1 + 2, 2)
    assert figures(found, "difference", "rest", "adjustments_gained", "adjustments_lost") == (28 - 2, -2, ("Chậm báo cáo",), ())
    assert _moved("c", after, first).adjustments_lost == ("Chậm báo cáo",)


def test_a_board_beside_itself_has_not_moved() -> None:
    for one in compare(BEFORE, BEFORE):
        assert figures(one, "direction", "items", "rest") == (Direction.SAME, (), 0)
        assert not one.difference


@unhurried
@given(boards(), boards())
def test_what_is_told_adds_up_to_the_difference_and_back_again(
    one: tuple[Rubric, list[Score], dict[str, int]], other: tuple[Rubric, list[Score], dict[str, int]]
) -> None:
    before, after = (standings(rubric, UNITS, scores, votes=votes) for rubric, scores, votes in (one, other))
    back = {moved.unit: moved for moved in compare(after, before)}
    for moved in compare(before, after):
        if moved.difference is not None:
            assert sum((item.difference for item in moved.items), moved.others + moved.rest) == moved.difference
            assert back[moved.unit].difference == -moved.difference
        opposite = {Direction.UP: Direction.DOWN, Direction.ENTERED: Direction.LEFT}
        pairs = {**opposite, **{there: here for here, there in opposite.items()}, Direction.SAME: Direction.SAME}
        assert back[moved.unit].direction is pairs[moved.direction]


def test_a_unit_that_is_no_more_on_the_later_board_comes_last() -> None:
    later = replace(BEFORE, rows=tuple(row for row in BEFORE.rows if row.unit != "a"))
    assert [one.unit for one in compare(BEFORE, later)] == ["b", "c", "a"]

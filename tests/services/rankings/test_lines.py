"""A board of lines is the board: property by property the same rows as `standings`, but for the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.rankings.domain import Adjustment, AdjustmentKind, Lines, Ranking, Row, Score, standings
from shared.rubric import Rubric
from tests.services.rankings.given import at
from tests.services.rankings.test_properties import UNITS, boards, marks
from tests.shared.rubric.given import unhurried


@dataclass(frozen=True)
class Sheet:
    """A sheet by the records of a scorer, in the order of recording."""

    pass_key: str
    scorer: str
    records: tuple[Score, ...]

    def standing(self) -> Mapping[str, str | None]:
        return {one.item: None if one.score is None else f"{one.score:f}" for one in self.records}


def sheets_of(unit: str, scores: Sequence[Score]) -> list[Sheet]:
    keys = dict.fromkeys((one.pass_key, one.scorer) for one in scores if one.unit == unit)
    return [Sheet(*key, tuple(one for one in scores if (one.unit, one.pass_key, one.scorer) == (unit, *key))) for key in keys]


adjustments = st.lists(
    st.builds(
        lambda number, unit, kind, points: Adjustment(
            f"a{number}",
            unit,
            kind,
            None if kind is AdjustmentKind.GATE else points,
            "Thưởng",
            "Cờ thi đua",
            "Hội đồng",
            "QĐ 1",
            date(2024, 12, 1),
            None,
            at(number),
        ),
        st.integers(0, 40),
        st.sampled_from(UNITS),
        st.sampled_from([AdjustmentKind.BONUS, AdjustmentKind.BONUS, AdjustmentKind.PENALTY, AdjustmentKind.GATE]),
        marks,
    ),
    max_size=4,
    unique_by=lambda one: one.adjustment,
)
World = tuple[Rubric, list[Score], dict[str, int]]


def without_items(rows: Sequence[Row]) -> list[Row]:
    return [replace(row, items=()) for row in rows]


def ranking_of(world: World, made: Sequence[Adjustment] = ()) -> Ranking:
    rubric, scores, votes = world
    lines, ranking = Lines(rubric), Ranking(rubric, UNITS)
    in_order = sorted(made, key=lambda one: (one.recorded_at, one.adjustment))
    ranking.put(lines.of(unit, sheets_of(unit, scores), [one for one in in_order if one.unit == unit]) for unit in UNITS)
    ranking.vote(votes)
    return ranking


@unhurried
@given(boards(), adjustments)
def test_the_board_of_lines_is_the_board(world: World, made: list[Adjustment]) -> None:
    rubric, scores, votes = world
    board = standings(rubric, UNITS, scores, votes=votes, adjustments=made)
    assert ranking_of(world, made).rows() == without_items(board.rows)


@unhurried
@given(boards(), boards(), st.integers(0, 5), st.integers(0, 5))
def test_a_board_changed_unit_by_unit_is_the_board_made_at_once(before: World, after: World, start: int, end: int) -> None:
    rubric, scores, votes = after
    ranking = Ranking(rubric, UNITS)
    lines = Lines(rubric)
    known = {item.key for item in rubric.items()}
    ranking.put(lines.of(unit, sheets_of(unit, [one for one in before[1] if one.item in known]), ()) for unit in UNITS)
    ranking.vote(before[2])
    ranking.rows()
    for unit in UNITS:
        ranking.put([lines.of(unit, sheets_of(unit, scores), ())])
        assert [ranking.row(row.unit) for row in ranking.rows()] == ranking.rows()
    ranking.vote(votes)
    whole = without_items(standings(rubric, UNITS, scores, votes=votes).rows)
    assert ranking.rows() == whole
    assert ranking.rows(start, end) == whole[start:end]
    assert [ranking.index(row.unit) for row in whole] == list(range(len(UNITS)))
    assert ranking.ranked() == sum(row.rank is not None for row in whole)


@unhurried
@given(boards(), st.sampled_from(UNITS), marks)
def test_a_bonus_never_lowers_a_total_nor_a_penalty_raises_it(world: World, unit: str, points: Decimal) -> None:
    rubric, scores, votes = world
    before = standings(rubric, UNITS, scores, votes=votes).row(unit)
    for kind in (AdjustmentKind.BONUS, AdjustmentKind.PENALTY):
        made = Adjustment("a", unit, kind, points, "", "", "", "", date(2024, 12, 1), None, at(0), "e-1")
        after = standings(rubric, UNITS, scores, votes=votes, adjustments=[made]).row(unit)
        assert before is not None
        assert after is not None
        assert after.adjustments == (made,)
        if before.total is not None and after.total is not None:
            assert after.total >= before.total if kind is AdjustmentKind.BONUS else after.total <= before.total

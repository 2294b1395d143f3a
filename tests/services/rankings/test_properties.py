"""What holds for every board, whatever the rubric and the scores."""

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.rankings.domain import Row, Score, Standings, Status, explain, plain, standings, standings_data
from shared.rubric import Cap, Item, Kind, Rounding, RoundingMode, Rubric, Statistic, TieBreak, TieBy
from tests.services.rankings.given import at, row_of
from tests.shared.rubric.given import a_group, a_rubric, an_item, unhurried

UNITS = ("u1", "u2", "u3", "u4", "u5")
# Few distinct marks, so that ties are common.
marks = st.sampled_from([Decimal(mark) for mark in ("0", "2.5", "5", "9.99", "10")])
roundings = st.none() | st.builds(Rounding, st.integers(0, 3), st.sampled_from(RoundingMode))


@st.composite
def _items(draw: st.DrawFn, key: str) -> Item:
    statistic = draw(st.sampled_from(Statistic))
    kind = draw(st.sampled_from([Kind.CONTENT, Kind.CONTENT, Kind.BONUS, Kind.PENALTY, Kind.GATE]))
    return an_item(
        key,
        kind=kind,
        statistic=statistic,
        dropped=1 if statistic is Statistic.TRIMMED_MEAN else 0,
        weight=draw(st.sampled_from([Decimal(1), Decimal("0.8"), Decimal(3)])),
        panel_rounding=draw(roundings),
        item_rounding=draw(roundings),
        threshold=Decimal(1) if kind is Kind.GATE else None,
    )


@st.composite
def _rubrics(draw: st.DrawFn) -> Rubric:
    groups = [a_group(name, *(draw(_items(f"{name}.{n}")) for n in range(draw(st.integers(1, 2))))) for name in ("A", "B")]
    caps = draw(st.lists(st.sampled_from(["bonus", "penalty", "total", "group:A"]), unique=True, max_size=2))
    steps = (TieBreak(by) for by in TieBy if by not in (TieBy.GROUP, TieBy.ITEM))
    every = [TieBreak(TieBy.GROUP, "A"), TieBreak(TieBy.ITEM, "B.0"), *steps]
    return a_rubric(
        *groups,
        total_rounding=draw(roundings),
        caps=tuple(Cap(over, draw(marks)) for over in caps),
        tie_breaks=tuple(draw(st.lists(st.sampled_from(every), unique=True, max_size=4))),
    )


@st.composite
def boards(draw: st.DrawFn) -> tuple[Rubric, list[Score], dict[str, int]]:
    rubric = draw(_rubrics())
    records = draw(
        st.lists(
            st.tuples(
                st.sampled_from(UNITS),
                st.sampled_from([item.key for item in rubric.items()]),
                st.sampled_from(rubric.pass_keys()),
                st.sampled_from(["J1", "J2", "J3"]),
                st.none() | marks,
            ),
            max_size=40,
        )
    )
    scores = [Score(*record, recorded_at=at(minute)) for minute, record in enumerate(records)]
    return rubric, scores, draw(st.dictionaries(st.sampled_from(UNITS), st.integers(0, 2)))


def _board(given_: tuple[Rubric, list[Score], dict[str, int]]) -> Standings:
    rubric, scores, votes = given_
    return standings(rubric, UNITS, scores, votes=votes)


@unhurried
@given(boards(), st.randoms(use_true_random=False))
def test_the_order_in_which_scores_arrive_changes_nothing(given_: tuple[Rubric, list[Score], dict[str, int]], rng: random.Random) -> None:
    rubric, scores, votes = given_
    shuffled = list(scores)
    rng.shuffle(shuffled)
    assert _board((rubric, shuffled, votes)) == _board(given_)


@unhurried
@given(boards(), st.permutations(UNITS))
def test_the_order_of_the_units_changes_no_row(given_: tuple[Rubric, list[Score], dict[str, int]], order: list[str]) -> None:
    rubric, scores, votes = given_
    other = standings(rubric, order, scores, votes=votes)
    for row in _board(given_).rows:
        assert replace(row_of(other, row.unit), tied_with=()) == replace(row, tied_with=())


@unhurried
@given(boards())
def test_ranks_are_competition_ranks(given_: tuple[Rubric, list[Score], dict[str, int]]) -> None:
    ranks = [row.rank for row in _board(given_).rows if row.rank is not None]
    assert ranks == sorted(ranks)
    for rank in ranks:
        assert rank == 1 + sum(other < rank for other in ranks)


def _shown_key(row: Row) -> tuple[Any, ...]:
    """Total and tie steps as displayed, greater first."""
    key: list[Any] = [row.total]
    for step in row.tie_steps:
        if not step.decided:
            continue
        if step.by is TieBy.COUNT_HIGHEST:
            key.append(step.marks)
        elif step.value is None:
            key.append((0, Decimal(0)))
        else:
            key.append((1, -step.value if step.by is TieBy.PENALTIES else step.value))
    return tuple(key)


@unhurried
@given(boards())
def test_the_displayed_values_alone_give_the_ranks(given_: tuple[Rubric, list[Score], dict[str, int]]) -> None:
    ranked = [row for row in _board(given_).rows if row.rank is not None]
    for above, below in pairwise(ranked):
        if above.rank == below.rank:
            assert _shown_key(above) == _shown_key(below)
        else:
            assert _shown_key(above) > _shown_key(below)


@unhurried
@given(boards())
def test_ranked_rows_come_first_then_disqualified_then_unscored(
    given_: tuple[Rubric, list[Score], dict[str, int]],
) -> None:
    board = _board(given_)
    order = [list(Status).index(row.status) for row in board.rows]
    assert order == sorted(order)
    assert sorted(row.unit for row in board.rows) == sorted(UNITS)
    assert all((row.rank is not None) == (row.status is Status.RANKED) for row in board.rows)


@unhurried
@given(boards())
def test_the_sums_of_a_row_are_those_of_its_items(given_: tuple[Rubric, list[Score], dict[str, int]]) -> None:
    rubric, scores, votes = given_
    plain_rubric = replace(rubric, caps=(), total_rounding=None)
    for row in _board((plain_rubric, scores, votes)).rows:
        if row.total is None or row.content is None or row.bonus is None or row.penalty is None:
            continue
        close = Fraction(1, 10**9)  # thirds are shown to twelve places
        points = sum((Fraction(item.points) for item in row.items if item.points is not None), Fraction(0))
        parts = Fraction(row.content) + Fraction(row.bonus) - Fraction(row.penalty)
        groups = sum((Fraction(value) for value in row.groups.values() if value is not None), Fraction(0))
        assert max(abs(Fraction(row.total) - one) for one in (points, parts, groups)) < close


@unhurried
@given(boards(), st.integers(0, 40), marks)
def test_a_higher_content_or_bonus_score_never_lowers_the_total(
    given_: tuple[Rubric, list[Score], dict[str, int]], which: int, mark: Decimal
) -> None:
    rubric, scores, votes = given_
    raisable = [
        index
        for index, score in enumerate(scores)
        if score.score is not None and rubric.item(score.item).kind in (Kind.CONTENT, Kind.BONUS)
    ]
    if not raisable:
        return
    index = raisable[which % len(raisable)]
    before = scores[index]
    assert before.score is not None
    raised = [*scores]
    raised[index] = replace(before, score=max(mark, before.score))
    old, new = row_of(_board(given_), before.unit), row_of(_board((rubric, raised, votes)), before.unit)
    assert (old.total is None) == (new.total is None)
    if old.total is not None and new.total is not None:
        assert new.total >= old.total


@unhurried
@given(boards(), st.integers(-1, 40))
def test_as_of_is_the_board_of_the_scores_until_then(given_: tuple[Rubric, list[Score], dict[str, int]], minute: int) -> None:
    rubric, scores, _ = given_
    earlier = [score for score in scores if score.recorded_at <= at(minute)]
    assert standings(rubric, UNITS, scores, as_of=at(minute)).rows == standings(rubric, UNITS, earlier).rows


@unhurried
@given(boards())
def test_every_record_of_the_board_appears_once_in_the_explanations(
    given_: tuple[Rubric, list[Score], dict[str, int]],
) -> None:
    _, scores, _ = given_
    board = _board(given_)
    explained = sorted(
        (unit, item.key, turn.key, one.scorer, one.recorded_at)
        for unit in UNITS
        for item in explain(board, unit).items
        for turn in item.passes
        for one in turn.scores
    )
    assert explained == sorted((s.unit, s.item, s.pass_key, s.scorer, s.recorded_at) for s in scores)


def _floats(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_floats, value.values()))
    return any(map(_floats, value)) if isinstance(value, list) else isinstance(value, float)


@unhurried
@given(boards())
def test_no_float_comes_out(given_: tuple[Rubric, list[Score], dict[str, int]]) -> None:
    board = _board(given_)
    assert not _floats(standings_data(board))
    assert not any(_floats(plain(explain(board, unit))) for unit in UNITS)

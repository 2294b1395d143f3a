"""What if: other weights, a scorer left out; and how firm the first place is, held against boards computed anew."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rankings.domain import (
    Adjustment,
    AdjustmentKind,
    Firmness,
    Lines,
    Margins,
    Method,
    Ranking,
    Row,
    Score,
    Standings,
    SuppositionRefused,
    check_scorers,
    reweighted,
    standings,
)
from services.rankings.domain.sensitivity import RIVALS_MAX
from shared.rubric import Cap, ItemUnknown, Kind, Rounding, RoundingMode, Rubric, TieBreak, TieBy, check
from tests.services.rankings.given import a_score, at, figures, places, row_of, scores_of, without
from tests.services.rankings.test_lines import sheets_of
from tests.shared.rubric.given import a_group, a_rubric, an_item

UNITS = ("a", "b", "c")
RUBRIC = a_rubric(
    a_group("A", an_item("A.1"), an_item("A.2")),
    a_group("B", an_item("B.1", kind=Kind.BONUS), beyond_scale=True),
    a_group("C", an_item("C.1", kind=Kind.PENALTY)),
)
SCORES = [*scores_of("a", A_1="9", A_2="5"), *scores_of("b", A_1="5", A_2="8"), *scores_of("c", A_1="1", A_2="1")]


def _board(rubric: Rubric = RUBRIC, scores: Sequence[Score] = SCORES, adjustments: Sequence[Adjustment] = ()) -> Standings:
    return standings(rubric, UNITS, scores, adjustments=adjustments)


def _firmness(
    percent: str,
    rubric: Rubric = RUBRIC,
    scores: Sequence[Score] = SCORES,
    adjustments: Sequence[Adjustment] = (),
    units: Sequence[str] = UNITS,
    votes: Mapping[str, int] | None = None,
) -> Firmness:
    """Rival by rival, and under other rules some rows or all of them."""
    board = standings(rubric, units, scores, adjustments=adjustments, votes=votes)
    ranked = [replace(row, items=()) for row in board.rows if row.rank is not None]
    margins = Margins(rubric, ranked, sheets_of(ranked[0].unit, scores))
    for row in sorted(ranked[1:], key=lambda one: one.unit):
        margins.put(row.unit, sheets_of(row.unit, scores))

    def under(rules: Rubric, rows: Sequence[Row] | None) -> Sequence[Row]:
        asked = board.rows if rows is None else rows
        lines, ranking = Lines(rules), Ranking(rules, [row.unit for row in asked])
        ranking.put([lines.of(row.unit, sheets_of(row.unit, scores), row.adjustments) for row in asked])
        ranking.vote(votes)
        return ranking.rows()

    return margins.firmness(Decimal(percent), lambda units: {unit: sheets_of(unit, scores) for unit in units}, under)


def test_other_weights_give_other_maximums_and_a_rubric_that_adds_up() -> None:
    other = reweighted(RUBRIC, {"A.1": Decimal("0.5"), "B.1": Decimal(2), "C.1": Decimal(3)})
    check(other)
    assert other.scale == 15
    assert [group.maximum for group in other.groups] == [Decimal(15), Decimal(20), Decimal(0)]
    assert places(_board(other)) == [(1, "b"), (2, "a"), (3, "c")]


def test_no_other_weight_is_the_same_board() -> None:
    assert reweighted(RUBRIC, {}) == RUBRIC
    assert _board(reweighted(RUBRIC, {"A.1": Decimal(1)})).rows == _board().rows


def test_an_item_of_weight_zero_counts_no_more() -> None:
    assert row_of(_board(reweighted(RUBRIC, {"A.1": Decimal(0)})), "a").total == 5


def test_what_is_no_weight_and_what_is_no_item_is_refused() -> None:
    with pytest.raises(SuppositionRefused, match="0 or more"):
        reweighted(RUBRIC, {"A.1": Decimal(-1)})
    with pytest.raises(ItemUnknown):
        reweighted(RUBRIC, {"Z": Decimal(1)})


def test_a_scorer_is_left_out_everywhere_and_one_who_gave_nothing_is_refused() -> None:
    scores = [a_score("a", "A.1", score, by=scorer) for scorer, score in (("J1", "2"), ("J2", "4"), ("J3", "9"))]
    assert row_of(_board(scores=without(scores, ["J3"])), "a").total == 3
    with pytest.raises(SuppositionRefused, match="it has J1, J2, J3"):
        check_scorers(["J4"], {one.scorer for one in scores})
    with pytest.raises(SuppositionRefused, match=r"J00, .*, J49 and 2 others\.$"):
        check_scorers(["J99"], {f"J{number:02}" for number in range(52)})


def test_the_margin_is_the_share_of_all_weights_at_which_the_lead_is_gone() -> None:
    # a leads b by 4 - 3 points, over differences of 4 + 3: gone when A.1 loses a seventh and A.2 gains one
    found = _firmness("10")
    assert (found.first, found.method, found.stands, found.overtaken_by) == (("a",), Method.EXACT, True, ())
    assert [figures(one, "unit", "lead", "spread", "margin") for one in found.rivals] == [
        ("b", 1, 7, Decimal("14.28")),
        ("c", 12, 12, Decimal(100)),
    ]
    assert found.margin == Decimal("14.28")
    beyond = _firmness("15")
    assert (beyond.stands, beyond.overtaken_by) == (False, ("b",))


def test_points_by_decision_move_with_no_weight() -> None:
    bonus = Adjustment(
        "x", "a", AdjustmentKind.BONUS, Decimal(6), "Cờ", "Được tặng cờ", "Bộ", "QĐ 1", date(2024, 12, 1), None, recorded_at=at(0)
    )
    found = _firmness("10", adjustments=[bonus])
    assert figures(found.rivals[0], "lead", "spread", "margin") == (7, 7, Decimal(100))


def test_a_shared_first_place_is_not_firm() -> None:
    scores = [*scores_of("a", A_1="9", A_2="5"), *scores_of("b", A_1="5", A_2="9")]
    found = _firmness("1", scores=scores)
    assert figures(found, "first", "stands", "margin") == (("a", "b"), False, 0)


@pytest.mark.parametrize(
    "rules",
    [
        replace(RUBRIC, groups=(a_group("A", an_item("A.1", item_rounding=Rounding(0)), an_item("A.2")), *RUBRIC.groups[1:])),
        replace(RUBRIC, caps=(Cap("group:A", Decimal(14)),)),
    ],
    ids=["a rounding of an item", "a cap within reach"],
)
def test_where_totals_are_not_linear_the_worst_weights_are_computed_anew(rules: Rubric) -> None:
    found = _firmness("5", rules)
    assert (found.method, found.stands, found.margin) == (Method.RECOMPUTED, True, None)
    beyond = _firmness("20", rules)
    assert beyond.overtaken_by == ("b",)


def test_a_rounding_may_overtake_where_the_formula_alone_would_not() -> None:
    # at 10 % A.1 is worth 8.1 to a and 4.5 to b, which rounds to 8 and 5: 13.5 against 13.8
    rules = replace(RUBRIC, groups=(a_group("A", an_item("A.1", item_rounding=Rounding(0)), an_item("A.2")), *RUBRIC.groups[1:]))
    found = _firmness("10", rules)
    assert (found.overtaken_by, found.rivals[0].margin) == (("b",), Decimal("14.28"))


def test_a_cap_out_of_reach_and_a_rounded_total_leave_the_formula_exact() -> None:
    rules = replace(RUBRIC, caps=(Cap("total", Decimal(40)),), total_rounding=Rounding(1, RoundingMode.DOWN))
    found = _firmness("10", rules)
    assert (found.method, found.margin) == (Method.EXACT, Decimal("14.28"))


def test_of_many_rivals_the_nearest_are_named_and_all_are_counted() -> None:
    many = [f"u{number:02}" for number in range(RIVALS_MAX + 5)]
    scores = [one for number, unit in enumerate(many) for one in scores_of(unit, A_1="9", A_2=f"{9 - number * 0.1:.1f}")]
    found = _firmness("10", scores=scores, units=many)
    assert (found.first, found.sharing, found.others, len(found.rivals)) == (("u00",), 1, RIVALS_MAX + 4, RIVALS_MAX)
    assert (found.rivals[0].unit, found.overtaking, found.overtaken_by) == ("u01", 0, ()), "ahead in A.2 by all that it is ahead"
    level = [one for unit in many for one in scores_of(unit, A_1="9")]
    shared = _firmness("10", scores=level, units=many)
    assert (len(shared.first), shared.sharing) == (RIVALS_MAX, len(many))
    assert (len(shared.overtaken_by), shared.overtaking) == (RIVALS_MAX, len(many) - 1)


def test_whether_a_vote_parts_two_hangs_on_who_else_is_their_equal() -> None:
    """At the worst weights three have 12, and the vote left the third out: it was not about this tie."""
    rules = replace(RUBRIC, groups=(a_group("A", an_item("A.1", item_rounding=Rounding(0)), an_item("A.2")), *RUBRIC.groups[1:]))
    rules = replace(rules, tie_breaks=(TieBreak(TieBy.VOTE),))
    scores = [*scores_of("a", A_1="9", A_2="4"), *scores_of("b", A_1="8.4", A_2="4"), *scores_of("c", A_1="8.4", A_2="4")]
    votes = {"a": 9, "b": 1}
    assert _firmness("10", rules, scores, votes={**votes, "c": 0}).overtaken_by == ()
    assert _firmness("10", rules, scores, votes=votes).overtaken_by == ("b", "c")


marks = st.sampled_from([Decimal(mark) for mark in ("0", "3", "7.5", "10")])


@settings(deadline=None, max_examples=40)
@given(st.lists(marks, min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_within_the_margin_no_weights_overtake_and_beyond_it_the_worst_ones_do(given_: list[Decimal], rng: random.Random) -> None:
    keys = [(unit, item.key) for unit in UNITS for item in RUBRIC.items()]
    scores = [Score(unit, item, "cluster", "head", mark, at(0)) for (unit, item), mark in zip(keys, given_, strict=True)]
    board = _board(scores=scores)
    found = _firmness("0", scores=scores)
    if found.margin is None or len(found.first) > 1:
        return
    share, first = Fraction(found.margin) / 100, found.first[0]
    for _ in range(8):
        weights = {item.key: 1 + share * rng.randint(-99, 99) / 100 for item in RUBRIC.items()}
        if found.margin > 0:
            moved = _board(_weighted(weights), scores)
            assert row_of(moved, first).rank == 1
            assert all(row.rank != 1 for row in moved.rows if row.unit != first)
    rival = found.rivals[0].unit
    beyond = min(share + Fraction(2, 100), Fraction(1))
    worst = {item.key: 1 - beyond if _ahead(board, first, rival, item.key) > 0 else 1 + beyond for item in RUBRIC.items()}
    over = _board(_weighted(worst), scores)
    assert (row_of(over, rival).total or 0) >= (row_of(over, first).total or 0)


def _weighted(weights: dict[str, Fraction]) -> Rubric:
    return reweighted(RUBRIC, {key: Decimal(value.numerator) / Decimal(value.denominator) for key, value in weights.items()})


def _ahead(board: Standings, first: str, rival: str, item: str) -> Decimal:
    mine, theirs = (row_of(board, unit).item(item).points or Decimal(0) for unit in (first, rival))
    return mine - theirs

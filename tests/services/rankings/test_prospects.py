"""Who can still win: what is said to be possible is, and what is said to be impossible is not, tried out against every way it may go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rankings.domain import Adjustment, AdjustmentKind, Awaited, Outlook, Prospect, Score, Standings, standings
from shared.rubric import Cap, Item, Kind, PassRule, Rounding, Rubric, Statistic, TieBreak, TieBy
from tests.services.rankings.given import a_score, at, figures, scores_of
from tests.services.rankings.prospects_at_once import prospects_at_once
from tests.services.rankings.test_lines import sheets_of
from tests.shared.rubric.given import a_group, a_rubric, an_item

UNITS = ("a", "b", "c")
MARKS = (Decimal(0), Decimal(3))
"""The ends of the scale, for units reach their extremes there; a mark between them is among the scores that stand."""


def _of(found: Sequence[Prospect], unit: str) -> Prospect:
    return next(one for one in found if one.unit == unit)


def _prospects(
    rubric: Rubric, scores: Sequence[Score], awaited: Awaited, units: Sequence[str] = UNITS, **options: object
) -> tuple[Prospect, ...]:
    """Unit by unit, taken in by name, and told in the order of the board."""
    board = standings(rubric, units, scores, **options)  # type: ignore[arg-type]
    outlook = Outlook(rubric, awaited)
    for row in sorted(board.rows, key=lambda one: one.unit):
        outlook.put(replace(row, items=()), sheets_of(row.unit, scores))
    found = tuple(outlook.of(row.unit) for row in board.rows)
    assert outlook.may_win == sum(one.best == 1 for one in found)
    return found


def _places(found: Sequence[Prospect]) -> dict[str, tuple[int | None, int | None]]:
    return {one.unit: (one.best, one.worst) for one in found}


RUBRIC = a_rubric(
    a_group("A", an_item("A.1", "10"), an_item("A.2", "10")), passes=(PassRule("self", "Self"), PassRule("central", "Central"))
)
SELF = [*scores_of("a", "self", A_1="9", A_2="8"), *scores_of("b", "self", A_1="9", A_2="5"), *scores_of("c", "self", A_1="2", A_2="1")]


def test_when_all_passes_are_closed_everybody_has_the_place_that_he_has() -> None:
    found = _prospects(RUBRIC, SELF, {})
    assert _places(found) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}
    assert all(one.best_exact and one.worst_exact and not one.open_items for one in found)


def test_a_pass_that_is_still_to_come_opens_everything() -> None:
    found = _prospects(RUBRIC, SELF, {"central": None})
    assert _places(found) == dict.fromkeys(UNITS, (1, 3))
    assert _of(found, "c").open_items == ("A.1", "A.2")
    assert figures(_of(found, "c"), "lowest", "highest") == (0, 20)


def test_sheets_handed_in_stand_and_those_awaited_decide_who_may_still_win() -> None:
    central = [*scores_of("a", "central", A_1="9", A_2="9"), *scores_of("b", "central", A_1="5", A_2="5")]
    found = _prospects(RUBRIC, [*SELF, *central], {"central": {"c": ["head"]}})
    assert _places(found) == {"a": (1, 2), "b": (2, 3), "c": (1, 3)}


def test_an_item_that_the_pass_does_not_score_stands() -> None:
    items = (an_item("A.1", "10", passes=("self",)), an_item("A.2", "2"))
    rubric = replace(RUBRIC, groups=(a_group("A", *items),))
    scores = [
        *scores_of("a", "self", A_1="9", A_2="1"),
        *scores_of("b", "self", A_1="5", A_2="2"),
        *scores_of("c", "self", A_1="8", A_2="1"),
    ]
    found = _prospects(rubric, scores, {"central": None})
    assert _places(found) == {"a": (1, 2), "b": (3, 3), "c": (1, 2)}
    assert _of(found, "b").open_items == ("A.2",)


def test_a_bonus_cap_bounds_what_may_still_be_gained() -> None:
    groups = (a_group("A", an_item("A.1", "10", passes=("self",))), a_group("B", an_item("B.1", "10", kind=Kind.BONUS)))
    scores = [a_score(unit, "A.1", score, in_pass="self", by=unit) for unit, score in (("a", "9"), ("b", "8"), ("c", "5"))]
    capped = replace(RUBRIC, groups=groups, caps=(Cap("bonus", Decimal(2)),))
    assert _places(_prospects(capped, scores, {"central": None})) == {"a": (1, 2), "b": (1, 2), "c": (3, 3)}


def test_who_may_fall_below_a_threshold_may_end_unranked_and_above_nobody_for_certain() -> None:
    rubric = replace(RUBRIC, groups=(a_group("A", an_item("A.1", "10", threshold=Decimal(5)), an_item("A.2", "10", passes=("self",))),))
    scores = [
        *scores_of("a", "self", A_1="9", A_2="9"),
        *scores_of("b", "self", A_1="6", A_2="1"),
        *scores_of("c", "self", A_1="1", A_2="9"),
    ]
    found = _prospects(rubric, scores, {"central": {"a": ["head"]}})
    assert _places(found) == {"a": (1, None), "b": (1, 2), "c": (None, None)}


def test_who_is_excluded_by_decision_cannot_come_back_by_points() -> None:
    gate = Adjustment(
        "x", "a", AdjustmentKind.GATE, None, "Kỷ luật", "Kết luận", "Hội đồng", "QĐ 1", date(2024, 12, 1), None, recorded_at=at(0)
    )
    found = _prospects(RUBRIC, SELF, {"central": None}, adjustments=[gate])
    assert (_of(found, "a").best, _of(found, "a").worst) == (None, None)
    assert _of(found, "b").worst == 2


def test_equal_totals_under_a_chain_of_tie_breaks_make_a_bound_and_without_one_a_shared_place() -> None:
    scores = [*scores_of("a", "self", A_1="10", A_2="10"), *scores_of("b", "self", A_1="10", A_2="1")]
    awaited = {"central": {"b": ["head"]}}
    shared = _prospects(RUBRIC, scores, awaited)
    assert (_of(shared, "b").best, _of(shared, "b").best_exact) == (1, True)
    chained = _prospects(replace(RUBRIC, tie_breaks=(TieBreak(TieBy.SCORERS),)), scores, awaited)
    assert (_of(chained, "b").best, _of(chained, "b").best_exact) == (1, False)
    assert (_of(chained, "a").worst, _of(chained, "a").worst_exact) == (2, False)


def test_two_units_of_equal_total_of_which_nothing_is_open_keep_the_order_of_the_chain_but_a_vote_may_come() -> None:
    scores = [*scores_of("a", "self", A_1="5", A_2="4"), *scores_of("b", "self", A_1="4", A_2="5")]
    by_item = _prospects(replace(RUBRIC, tie_breaks=(TieBreak(TieBy.ITEM, "A.1"), TieBreak(TieBy.VOTE))), scores, {})
    assert _places(by_item) == {"a": (1, 1), "b": (2, 2), "c": (None, None)}
    by_vote = _prospects(replace(RUBRIC, tie_breaks=(TieBreak(TieBy.VOTE),)), scores, {})
    assert _places(by_vote) == {"a": (1, 2), "b": (1, 2), "c": (None, None)}


def test_an_item_settled_by_an_appeal_is_not_open_to_a_pass_before_it() -> None:
    scores = [*SELF, a_score("c", "A.1", "10", in_pass="appeal", by="appeal", minute=5)]
    assert _of(_prospects(RUBRIC, scores, {"central": None}), "c").lowest == 10


def test_nobody_knows_how_much_a_sum_over_unknown_scorers_may_bring() -> None:
    rubric = replace(RUBRIC, groups=(a_group("A", an_item("A.1", "10", statistic=Statistic.SUM), an_item("A.2", "10")),))
    found = _of(_prospects(rubric, SELF, {"central": None}), "c")
    assert (found.best, found.best_exact, found.worst, found.worst_exact, found.highest) == (1, False, 3, False, None)


@st.composite
def _items(draw: st.DrawFn, key: str) -> Item:
    statistic = draw(st.sampled_from([Statistic.MEAN, Statistic.MEDIAN, Statistic.TRIMMED_MEAN, Statistic.SUM]))
    kind = draw(st.sampled_from([Kind.CONTENT, Kind.CONTENT, Kind.BONUS, Kind.PENALTY, Kind.GATE]))
    return an_item(
        key,
        "3",
        kind=kind,
        statistic=statistic,
        dropped=1 if statistic is Statistic.TRIMMED_MEAN else 0,
        weight=draw(st.sampled_from([Decimal(1), Decimal("0.5"), Decimal(2)])),
        item_rounding=draw(st.none() | st.just(Rounding(0))),
        threshold=Decimal(1) if kind is Kind.GATE or (kind is Kind.CONTENT and draw(st.booleans())) else None,
        passes=draw(st.sampled_from([(), ("self",), ("central",)])),
    )


@st.composite
def _seasons(draw: st.DrawFn) -> tuple[Rubric, list[Score], dict[str, dict[str, list[str]]]]:
    """A rubric of two items, scores that stand, and at most three sheets awaited."""
    rubric = a_rubric(
        a_group("A", draw(_items("A.1"))),
        a_group("B", draw(_items("B.1"))),
        passes=(PassRule("self", "Self"), PassRule("central", "Central")),
        caps=tuple(
            draw(st.lists(st.sampled_from([Cap("bonus", Decimal(2)), Cap("total", Decimal(4)), Cap("group:A", Decimal(2))]), max_size=2))
        ),
        total_rounding=draw(st.none() | st.just(Rounding(0))),
        tie_breaks=tuple(draw(st.lists(st.sampled_from([TieBreak(TieBy.CONTENT), TieBreak(TieBy.SCORERS)]), unique=True, max_size=2))),
    )
    records = draw(
        st.lists(
            st.tuples(
                st.sampled_from(UNITS),
                st.sampled_from(["A.1", "B.1"]),
                st.sampled_from(["self", "central"]),
                st.sampled_from(["J1", "J2", "J3"]),
                st.sampled_from([*MARKS, Decimal("1.5")]),
            ),
            max_size=10,
        )
    )
    scores = [Score(*record, recorded_at=at(minute)) for minute, record in enumerate(records)]
    sheets = draw(st.lists(st.tuples(st.sampled_from(["self", "central"]), st.sampled_from(UNITS)), unique=True, min_size=1, max_size=3))
    awaited: dict[str, dict[str, list[str]]] = {}
    for pass_key, unit in sheets:
        awaited.setdefault(pass_key, {})[unit] = ["new"]
    return rubric, scores, awaited


def _ways(rubric: Rubric, scores: list[Score], awaited: dict[str, dict[str, list[str]]]) -> Iterator[Standings]:
    """The board of every way in which the awaited sheets may come in: each item scored at an end, or left out."""
    places = [
        (unit, item.key, pass_key, scorer)
        for pass_key, units in awaited.items()
        for unit, scorers in units.items()
        for scorer in scorers
        for item in rubric.items()
        if item.scored_in(pass_key)
    ]
    for marks in product((None, *MARKS), repeat=len(places)):
        given_ = [Score(*place, mark, at(99)) for place, mark in zip(places, marks, strict=True) if mark is not None]
        yield standings(rubric, UNITS, [*scores, *given_])


@settings(deadline=None, max_examples=40)
@given(_seasons())
def test_against_every_way_it_may_go(season: tuple[Rubric, list[Score], dict[str, dict[str, list[str]]]]) -> None:
    rubric, scores, awaited = season
    ranks: dict[str, set[int | None]] = {unit: set() for unit in UNITS}
    for board in _ways(rubric, scores, awaited):
        for row in board.rows:
            ranks[row.unit].add(row.rank)
    for one in _prospects(rubric, scores, awaited):
        seen = ranks[one.unit]
        held = [rank for rank in seen if rank is not None]
        assert (one.best is None) == (not held), "ranked in some way, or in none"
        assert (one.worst is None) == (None in seen), "unranked in some way, or in none"
        if one.best is not None:
            assert one.best <= min(held)
            assert not one.best_exact or one.best == min(held)
        if one.worst is not None:
            assert one.worst >= max(held)
            assert not one.worst_exact or one.worst == max(held)


@settings(deadline=None, max_examples=60)
@given(_seasons(), st.lists(st.sampled_from(UNITS), unique=True), st.booleans())
def test_unit_by_unit_is_as_all_at_once(
    season: tuple[Rubric, list[Score], dict[str, dict[str, list[str]]]], voted: list[str], unopened: bool
) -> None:
    rubric, scores, sheets = season
    rubric = replace(rubric, tie_breaks=(*rubric.tie_breaks, TieBreak(TieBy.VOTE)) if voted else rubric.tie_breaks)
    awaited: Awaited = {**sheets, "central": None} if unopened else sheets
    votes = {unit: place for place, unit in enumerate(voted)}

    def board(given_: Sequence[Score]) -> Standings:
        return standings(rubric, UNITS, given_, votes=votes)

    assert _prospects(rubric, scores, awaited, votes=votes) == prospects_at_once(board(scores), scores, awaited, board)


MANY = ("a", "b", "c", "d", "e", "f")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["1", "2"]), st.sampled_from(["1", "2"])), min_size=len(MANY), max_size=len(MANY)),
    st.lists(st.sampled_from([TieBreak(TieBy.ITEM, "A.1"), TieBreak(TieBy.VOTE), TieBreak(TieBy.SCORERS)]), unique=True),
    st.none() | st.permutations(MANY),
    st.lists(st.sampled_from(MANY), unique=True, max_size=2),
)
def test_of_many_units_of_equal_total_each_is_held_against_each(
    given_: list[tuple[str, str]], chain: list[TieBreak], voted: Sequence[str] | None, late: list[str]
) -> None:
    rubric = replace(RUBRIC, tie_breaks=tuple(chain))
    scores = [one for unit, (first, second) in zip(MANY, given_, strict=True) for one in scores_of(unit, "self", A_1=first, A_2=second)]
    awaited = {"self": {unit: ["new"] for unit in late}}
    votes = {unit: place // 2 for place, unit in enumerate(voted or ())}

    def board(given_: Sequence[Score]) -> Standings:
        return standings(rubric, MANY, given_, votes=votes)

    assert _prospects(rubric, scores, awaited, MANY, votes=votes) == prospects_at_once(board(scores), scores, awaited, board)


@pytest.mark.parametrize("mark", ["0", "1.5", "3"])
def test_a_mark_between_the_ends_reaches_no_further_than_the_ends(mark: str) -> None:
    awaited = {"central": {"c": ["head"]}}
    best = _of(_prospects(RUBRIC, SELF, awaited), "c")
    board = standings(RUBRIC, UNITS, [*SELF, *scores_of("c", "central", A_1=mark, A_2=mark)])
    row = board.row("c")
    assert row is not None
    assert row.total is not None
    assert best.lowest is not None
    assert best.highest is not None
    assert best.lowest <= row.total <= best.highest

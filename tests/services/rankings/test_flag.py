"""The flag board names who may be proposed, says why others may not, and decides nothing."""

import pytest

from services.rankings.domain import (
    Designation,
    Eligibility,
    Ineligible,
    LeaderRule,
    Standings,
    cluster_leader,
    rotation_flag,
    standings,
)
from tests.services.rankings.given import joined, scores_of
from tests.shared.rubric.given import a_group, a_rubric, an_item

FIT = Eligibility(registered=True, covenant_signed=True)


def _board(**totals: str) -> Standings:
    rubric = a_rubric(a_group("A", an_item("A.1", "100")))
    scored = joined(*(scores_of(unit, A_1=score) for unit, score in totals.items() if score))
    return standings(rubric, list(totals), scored)


def test_the_best_eligible_unit_is_the_candidate() -> None:
    board = rotation_flag(_board(a="90", b="80"), {"a": FIT, "b": FIT})
    assert (board.candidates, board.needs_vote) == (("a",), False)
    assert [(row.unit, row.eligible, row.candidate) for row in board.rows] == [("a", True, True), ("b", True, False)]


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        (Eligibility(covenant_signed=True), (Ineligible.NOT_REGISTERED,)),
        (Eligibility(registered=True), (Ineligible.COVENANT_UNSIGNED,)),
        (Eligibility(registered=True, covenant_signed=True, dissolved=True), (Ineligible.DISSOLVED,)),
        (Eligibility(registered=True, covenant_signed=True, disqualified=True), (Ineligible.DISQUALIFIED,)),
        (None, (Ineligible.NOT_REGISTERED, Ineligible.COVENANT_UNSIGNED)),
    ],
)
def test_the_next_in_rank_is_the_candidate_where_the_first_is_not_eligible(
    known: Eligibility | None, reasons: tuple[Ineligible, ...]
) -> None:
    board = rotation_flag(_board(a="90", b="80"), {"b": FIT} if known is None else {"a": known, "b": FIT})
    assert board.candidates == ("b",)
    first = board.rows[0]
    assert (first.unit, first.rank, first.eligible, first.reasons) == ("a", 1, False, reasons)


def test_tied_candidates_need_a_vote() -> None:
    board = rotation_flag(_board(a="90", b="90", c="80"), {"a": FIT, "b": FIT, "c": FIT})
    assert (board.candidates, board.needs_vote) == (("a", "b"), True)


def test_a_tie_with_an_ineligible_unit_needs_no_vote() -> None:
    board = rotation_flag(_board(a="90", b="90"), {"a": Eligibility(), "b": FIT})
    assert (board.candidates, board.needs_vote) == (("b",), False)


def test_an_incomplete_or_unscored_unit_is_not_eligible() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1", "100"), an_item("A.2", "100")))
    half = standings(rubric, ["a", "b"], scores_of("a", A_1="90"))
    board = rotation_flag(half, {"a": FIT, "b": FIT})
    assert [row.reasons for row in board.rows] == [(Ineligible.INCOMPLETE,), (Ineligible.NO_SCORES,)]
    assert (board.candidates, board.needs_vote) == ((), False)


def test_the_winner_of_the_flag_does_not_become_the_next_leader() -> None:
    scored = _board(a="90", b="80")
    assert rotation_flag(scored, {"a": FIT, "b": FIT}).candidates == ("a",)
    for rule in (LeaderRule.ELECTED, LeaderRule.ROTATION):
        leader = cluster_leader(["a", "b"], {}, 2024, rule, scored)
        assert leader.designated is None
        assert len({row.rank for row in leader.rows}) == 1
    chosen = Designation("b", ("a",), "elected", "12/BB-KTD")
    assert cluster_leader(["a", "b"], {}, 2024, LeaderRule.RANK, scored, chosen).designated == chosen

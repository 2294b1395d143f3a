"""The leader board shows the order that the cluster's rule gives, and the designation beside it."""

from datetime import date

from services.rankings.domain import Designation, LeaderAnswer, LeaderBoard, LeaderRule, Led, cluster_leader, standings
from tests.services.rankings.given import joined, scores_of
from tests.shared.rubric.given import a_group, a_rubric, an_item

MEMBERS = ["a", "b", "c", "d"]
LED = {"a": Led((2020, 2023)), "b": Led((2021,), deputy=(2023,)), "c": Led(deputy=(2020,)), "d": Led()}


def _order(board: LeaderBoard) -> list[tuple[int | None, str]]:
    return [(row.rank, row.unit) for row in board.rows]


def test_rotation_puts_first_who_never_led_then_who_led_longest_ago() -> None:
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION)
    assert _order(board) == [(1, "c"), (1, "d"), (3, "b"), (4, "a")]
    assert (board.season, board.next_season) == (2023, 2024)
    now = [row.unit for row in board.rows if row.leads_now]
    assert now == ["a"]


def test_the_deputy_does_not_follow_by_right() -> None:
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION)
    deputy = next(row for row in board.rows if 2023 in row.deputised)
    assert (deputy.unit, deputy.rank) == ("b", 3)


def test_seasons_to_come_do_not_count_as_led() -> None:
    led = {**LED, "c": Led((2024,))}
    assert _order(cluster_leader(MEMBERS, led, 2023, LeaderRule.ROTATION))[0] == (1, "c")


def test_an_election_has_no_order_before_it_is_held() -> None:
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ELECTED)
    assert _order(board) == [(None, "a"), (None, "b"), (None, "c"), (None, "d")]
    assert board.designated is None


def test_by_rank_the_order_is_that_of_the_standings_and_the_unranked_come_last() -> None:
    rubric = a_rubric(a_group("A", an_item("A.1")))
    scores = joined(scores_of("b", A_1="5"), scores_of("c", A_1="7"), scores_of("d", A_1="5"))
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.RANK, standings(rubric, MEMBERS, scores))
    assert _order(board) == [(1, "c"), (2, "b"), (2, "d"), (None, "a")]
    assert [row.standing for row in board.rows] == [1, 2, 2, None]


def test_the_designation_is_shown_with_its_basis_and_changes_no_order() -> None:
    chosen = Designation("d", ("b",), basis="elected", document="01/BB-KTD of 10/04/2024")
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION, designated=chosen)
    assert board.designated == chosen
    assert board.rows == cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION).rows


def test_the_block_of_internal_affairs_did_not_pass_to_the_deputy() -> None:
    # Heads of the block of central internal-affairs agencies: 2022 Ministry of Justice, 2023 State Audit Office; the
    # deputy of 2022 was the Management Board of the Ho Chi Minh Mausoleum.
    led = {"BTP": Led((2022,)), "BQLL": Led(deputy=(2022,)), "KTNN": Led((2023,))}
    board = cluster_leader(["BTP", "BQLL", "KTNN"], led, 2022, LeaderRule.ELECTED, designated=Designation("KTNN"))
    assert all(row.rank is None for row in board.rows)
    assert board.designated is not None
    assert board.designated.leader == "KTNN"


def test_who_declines_is_no_candidate_and_keeps_its_place_in_the_order() -> None:
    answers = {"c": LeaderAnswer(False, date(2023, 12, 20), "Đang sắp xếp"), "d": LeaderAnswer(True, date(2023, 12, 21))}
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION, answers=answers)
    assert _order(board) == _order(cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION))
    assert [row.unit for row in board.rows if row.candidate] == ["d"]
    assert {row.unit: row.answer for row in board.rows} == {"c": answers["c"], "d": answers["d"], "b": None, "a": None}


def test_when_the_first_of_the_order_decline_the_next_are_candidates() -> None:
    answers = {unit: LeaderAnswer(False, date(2023, 12, 20), "…") for unit in ("c", "d")}
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ROTATION, answers=answers)
    assert [row.unit for row in board.rows if row.candidate] == ["b"]


def test_of_an_election_everyone_who_has_not_declined_is_a_candidate_and_nobody_is_designated() -> None:
    answers = {"a": LeaderAnswer(False, date(2023, 12, 20), "…"), "b": LeaderAnswer(True, date(2023, 12, 20))}
    board = cluster_leader(MEMBERS, LED, 2023, LeaderRule.ELECTED, answers=answers)
    assert [row.unit for row in board.rows if row.candidate] == ["b", "c", "d"]
    assert board.designated is None

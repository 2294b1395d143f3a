"""The flag board of awards, taken from the answers of rankings, however many there are."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.awards.boards import flag_board
from services.awards.domain import Standing
from shared.bounds import BOARD_PAGES_MAX
from shared.errors import Unavailable
from tests.services.awards import given as the


class Rankings:
    """Answers a board of some units a part at a time, and remembers what it was asked."""

    def __init__(self, units: int, *candidates: str, page: int = 2) -> None:
        self.rows: list[dict[str, Any]] = [{"unit": f"u{at}", "rank": at + 1, "total": "985.50"} for at in range(units)]
        self.candidates, self.page = candidates, page
        self.asked: list[dict[str, Any]] = []

    def __call__(self, part: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(part)
        first = part.get("after", 0)
        end = first + self.page
        said = {"season": 2024, "cluster": "noi-chinh", "title": "Khối nội chính 2024", "state": "final", "illustrative": True}
        return {
            **said,
            "candidates": list(self.candidates),
            "rows": self.rows[first:end],
            "after": end if end < len(self.rows) else None,
        }


def test_a_board_that_is_answered_whole_is_asked_for_once() -> None:
    rows = [{"unit": "kiem-toan", "rank": 1, "total": "985.50"}, {"unit": "toa-an", "rank": None, "total": None}]
    whole = {"season": 2024, "cluster": "noi-chinh", "title": "Khối", "state": "open", "rows": rows, "candidates": ["kiem-toan"]}
    board = flag_board(lambda part: whole if part == {} else {})
    assert (board.season, board.cluster, board.title, board.final, board.illustrative) == (2024, "noi-chinh", "Khối", False, False)
    assert board.candidates == {"kiem-toan": the.TOP}


def test_candidates_of_every_part_are_found_with_their_standing() -> None:
    rankings = Rankings(7, "u1", "u4")
    board = flag_board(rankings)
    assert board.candidates == {"u1": Standing(2, Decimal("985.50")), "u4": Standing(5, Decimal("985.50"))}
    assert (board.final, board.illustrative) == (True, True)
    assert [part.get("after") for part in rankings.asked] == [None, 2, 4]


def test_parts_without_candidates_are_not_asked_for() -> None:
    rankings = Rankings(7, "u1")
    assert list(flag_board(rankings).candidates) == ["u1"]
    assert len(rankings.asked) == 1


def test_a_candidate_without_a_row_is_no_standing_to_invent() -> None:
    with pytest.raises(Unavailable, match="u9"):
        flag_board(Rankings(5, "u9"))


def test_a_board_that_never_ends_is_given_up() -> None:
    asked = []

    def endless(part: dict[str, Any]) -> dict[str, Any]:
        asked.append(part)
        return {"rows": [], "candidates": ["u1"], "after": len(asked)}

    with pytest.raises(Unavailable):
        flag_board(endless)
    assert len(asked) == 1 + BOARD_PAGES_MAX

"""A page of a board and the explanation of a row, from kept lines: the same as the whole board says, whatever happened before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from services.rankings import boards, domain, kept, parts
from services.rankings.boards import BoardName
from services.rankings.domain import explain
from services.rankings.views import counting
from shared.plain import plain
from shared.store import Database
from tests.services.campaigns.given import UNITS
from tests.services.rankings.world import CAMPAIGN, World

SHEET = ("toa-an", "cluster", "kiem-toan")


def whole(world: World, as_of: datetime | None = None, **options: Any) -> dict[str, Any]:
    with world.projector.reading() as reading:
        return plain(boards.board(reading, CAMPAIGN, BoardName.STANDINGS, as_of, **options))


def part(world: World, as_of: datetime | None = None, *, start: int = 0, limit: int = 10, search: str = "", **options: Any) -> Any:
    with world.projector.reading() as reading:
        return parts.page(reading, CAMPAIGN, BoardName.STANDINGS, parts.Part(limit, start, search), as_of, **options)


def told(board: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of a whole board as a page has them."""
    ranks = [row["rank"] for row in board["rows"]]
    return [
        {
            **{name: value for name, value in row.items() if name not in ("items", "tied_with")},
            "tied": len(row["tied_with"]),
            "shared": row["rank"] is not None and ranks.count(row["rank"]) > 1,
        }
        for row in board["rows"]
    ]


def explained(world: World, unit: str, as_of: datetime | None = None) -> dict[str, Any]:
    """What the engine says of a unit from all rows of the campaign."""
    with world.projector.reading() as reading:
        return plain(explain(boards.inputs(reading, CAMPAIGN, as_of).standings(), unit))


def check(world: World, as_of: datetime | None = None) -> None:
    """Page and explanations against the whole board, live and, where it is frozen, with what is pending."""
    for pending in (False, True):
        assert part(world, as_of, with_pending=pending)["rows"] == told(whole(world, as_of, with_pending=pending))
    for unit in UNITS:
        with world.projector.reading() as reading:
            found = parts.explanation(reading, CAMPAIGN, unit, as_of)
        assert {name: found[name] for name in explained(world, unit, as_of)} == explained(world, unit, as_of)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def totals(world: World, as_of: datetime | None = None, **options: Any) -> dict[str, str | None]:
    return {row["unit"]: row["total"] for row in part(world, as_of, **options)["rows"]}


@pytest.mark.parametrize("at_once", [1, 500])
def test_page_and_explanation_follow_every_event(world: World, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (kept, counting):
        monkeypatch.setattr(module, "BOARD_UNITS_AT_ONCE", at_once)
    steps = [
        lambda: world.score("toa-an", A1="8"),
        lambda: world.hand_in("toa-an", A1="7.5", A2="15.50"),
        lambda: world.hand_in("kiem-toan", A1="9", A2="14"),
        lambda: world.hand_in("toa-an", "cluster", "ban-tdkt", A1="9", A2=None),
        lambda: world.hand_in("toa-an", "cluster", "kiem-toan", A1="8"),
        lambda: world.adjust("kiem-toan", "bonus", "1.5", expires_on="2024-11-30"),
        lambda: world.adjust("kiem-toan", "penalty", "0.5", key="a2"),
        lambda: world.freeze(),
        lambda: world.give_back("toa-an"),
        lambda: world.adjust("toa-an", "gate", None, key="a3"),
        lambda: world.hand_in("toa-an", A1="10"),
        lambda: world.lodge("kiem-toan"),
        lambda: world.answer("kiem-toan", A1="9.5", A2="15"),
        lambda: world.reverse("toa-an", "a3"),
        lambda: world.thaw(),
        lambda: world.recuse("toa-an", "cluster", "kiem-toan"),
        lambda: world.resume("toa-an", "cluster", "kiem-toan"),
        lambda: world.recuse("toa-an", "cluster", "kiem-toan"),
        lambda: world.answer("kiem-toan", "k2", A2="15.5"),
        lambda: world.reverse("kiem-toan", "a2"),
    ]
    moments = []
    for step in steps:
        step()
        check(world)
        moments.append((world.now(), None if world.logs["campaigns"][-1].type.endswith("Frozen") else totals(world)))
    for moment, then in moments:
        check(world, moment)
        if then is not None:
            assert totals(world, moment) == then, "as of a moment is what was shown at that moment"


def test_a_returned_sheet_counts_until_its_return_and_again_from_when_it_is_handed_in(world: World) -> None:
    world.hand_in("toa-an", A1="8", A2="15")
    before = world.now()
    world.give_back("toa-an")
    between = world.now()
    world.score("toa-an", A1="9")
    assert totals(world)["toa-an"] is None
    world.hand_in("toa-an")
    assert (totals(world)["toa-an"], totals(world, before)["toa-an"], totals(world, between)["toa-an"]) == ("24", "23", None)


def test_a_recusal_counts_until_it_is_taken_back(world: World) -> None:
    world.hand_in("toa-an", A1="8", A2="15")
    world.hand_in("toa-an", "cluster", "kiem-toan", A1="9")
    taken = []
    for step in (lambda: None, lambda: world.recuse(*SHEET), lambda: world.resume(*SHEET), lambda: world.recuse(*SHEET)):
        step()
        taken.append((world.now(), totals(world)["toa-an"]))
    assert [total for _, total in taken] == ["24", "23", "24", "23"]
    assert [totals(world, moment)["toa-an"] for moment, _ in taken] == ["24", "23", "24", "23"]


def test_a_board_frozen_before_a_recusal_is_taken_back_keeps_it(world: World) -> None:
    world.hand_in("toa-an", A1="8", A2="15")
    world.hand_in("toa-an", "cluster", "kiem-toan", A1="9")
    world.recuse(*SHEET)
    world.freeze()
    world.resume(*SHEET)
    assert totals(world)["toa-an"] == "23"
    world.thaw()
    assert totals(world)["toa-an"] == "24"


def test_a_board_frozen_before_a_return_keeps_what_was_handed_in(world: World) -> None:
    world.hand_in("toa-an", A1="8", A2="15")
    world.freeze()
    frozen = part(world)
    world.give_back("toa-an")
    world.hand_in("toa-an", A1="10")
    world.adjust("toa-an", "gate", None)
    world.answer("toa-an", A2="20")
    assert part(world)["rows"] == frozen["rows"]
    with world.projector.reading() as reading:
        assert boards.pending(reading, CAMPAIGN) == 4
    assert part(world, with_pending=True)["rows"][0]["status"] == "disqualified"


def test_an_adjustment_counts_through_the_day_on_which_it_expires(world: World) -> None:
    world.hand_in("toa-an", A1="8")
    world.adjust("toa-an", "bonus", "2", expires_on="2024-12-10")
    days = {day: totals_on(world, date(2024, 12, day)) for day in (9, 10, 11, 10)}
    assert days == {9: "10", 10: "10", 11: "8"}
    assert totals_on(world, date(2025, 3, 1)) == "8"
    world.adjust("toa-an", "bonus", "1", key="a2", expires_on="2024-12-31")
    assert totals_on(world, date(2025, 3, 1)) == "9", "the season ended with the year"


def totals_on(world: World, day: date) -> str | None:
    with world.projector.reading() as reading:
        found = boards.inputs(reading, CAMPAIGN, today=day).standings().row("toa-an")
        with kept.made(reading, boards.campaign_or_refusal(reading, CAMPAIGN), today=day) as made:
            row = made.ranking.row("toa-an")
    assert found is not None
    assert row.total == found.total
    return None if row.total is None else f"{row.total:f}"


def test_pages_follow_one_another_and_a_search_keeps_the_ranks(world: World) -> None:
    for unit, score in zip(UNITS, ("7", "9", "7"), strict=True):
        world.hand_in(unit, A1=score)
    rows = told(whole(world))
    assert [(row["rank"], row["shared"], row["tied"]) for row in rows] == [(1, False, 0), (2, True, 1), (2, True, 1)]
    first, second = part(world, limit=2), part(world, limit=2, start=2)
    assert (first["rows"] + second["rows"], first["after"], second["after"]) == (rows, 2, None)
    found = part(world, search="VIEN")
    assert ([row["rank"] for row in found["rows"]], found["found"], found["units"], found["ranked"]) == ([2], 1, 3, 3)


def test_the_service_says_when_nothing_has_changed(world: World) -> None:
    world.hand_in("toa-an", A1="7")
    asked: dict[str, Any] = {"campaign": CAMPAIGN, "board": "standings", "limit": 50}
    told = world.ask("board", **asked)["result"]
    assert world.ask("board", **asked, known=told["revision"])["result"] == {"revision": told["revision"], "unchanged": True}
    world.score("toa-an", "cluster", "ban-tdkt", A1="8")
    assert world.ask("board", **asked, known=told["revision"])["result"]["unchanged"]
    world.hand_in("toa-an", "cluster", "ban-tdkt")
    assert "rows" in world.ask("board", **asked, known=told["revision"])["result"]
    assert "items" in world.ask("board", campaign=CAMPAIGN, board="standings")["result"]["rows"][0]
    for wrong in ({"limit": 0}, {"limit": 501}, {"limit": "5"}, {"after": -1}):
        assert world.ask("board", **{**asked, **wrong})["error"]["code"] == "validation"


def test_of_an_unknown_campaign_or_unit_nothing_is_said(world: World) -> None:
    assert world.ask("board", campaign="c9", board="standings", limit=5)["error"]["code"] == "not_found"
    assert world.ask("explain", campaign="c9", unit="toa-an")["error"]["code"] == "not_found"
    assert world.ask("explain", campaign=CAMPAIGN, unit="x")["error"]["code"] == domain.UnitNotRanked.code


def test_the_boards_beside_the_standings_come_in_parts_as_well(world: World) -> None:
    world.hand_in("toa-an", A1="8", A2="8")
    for name in ("flag", "leader"):
        at_once = world.ask("board", campaign=CAMPAIGN, board=name)["result"]
        in_part = world.ask("board", campaign=CAMPAIGN, board=name, limit=50)["result"]
        assert in_part["rows"] == at_once["rows"]

"""Boards under seal: the digest of what a board says, the freeze that keeps it, and the same board made from the logs anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import domain as evaluations
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.rankings import boards, parts, seals, views
from services.rankings.boards import BoardName
from services.rankings.replay import replayed
from services.rankings.second import Compared, compared, observed
from services.registry import domain as registries
from services.registry.schemas import EVENTS as REGISTRY
from shared.event import Event
from shared.plain import plain
from shared.projection import Projector, Reading
from shared.store import Database
from tests.services.campaigns import given as the
from tests.support.feeds import Feeds

DAY = date(2024, 11, 20)


def scored(unit: str, *scores: str) -> list[Any]:
    """A unit's own sheet of items A1, A2, handed in."""
    key = {"campaign": "c1", "unit": unit, "pass_key": "self", "scorer": unit}
    given = tuple(evaluations.ItemScore(f"A{place}", Decimal(score)) for place, score in enumerate(scores, start=1))
    handed_in = evaluations.SheetSubmitted(**key, handed_in_on=DAY, late=False, within_grace=False)
    return [evaluations.ItemsScored(**key, scores=given), handed_in]


def digests(reading: Reading) -> list[dict[str, str]]:
    (found,) = seals.digests(seals.Sealing(reading, "c1"))
    return found


class Season:
    """A campaign of which two units have handed in, folded into the live rows."""

    def __init__(self, database: Database) -> None:
        projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        projector.prepare()
        self.feeds = Feeds(projector, {"registry": REGISTRY, "campaigns": CAMPAIGNS, "evaluations": EVALUATIONS})
        self.feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.registered("toa-an"), the.signed("toa-an"))
        self.feeds.tell("campaigns", the.opened("self"))
        for unit, scores in (("toa-an", ("8", "15.5")), ("kiem-toan", ("9", "12"))):
            self.feeds.tell("evaluations", *scored(unit, *scores), stream=f"sheet-{unit}")

    def freeze(self) -> None:
        positions = tuple(campaigns.FeedPosition("vn", name, len(log)) for name, log in self.feeds.logs.items())
        self.feeds.tell("campaigns", campaigns.CampaignFrozen("c1", "Chờ bỏ phiếu", positions))

    def late(self) -> None:
        self.feeds.tell("evaluations", *scored("vien-kiem-sat", "10", "20"), stream="sheet-late")

    def board(self, **options: Any) -> dict[str, Any]:
        with self.feeds.projector.reading() as reading:
            return boards.board(reading, "c1", BoardName.STANDINGS, **options)

    def second(self) -> list[Compared]:
        """The boards that are shown, beside the second opinion."""
        events = [event.to_cloudevent() for log in self.feeds.logs.values() for event in log]
        with self.feeds.projector.reading() as reading:
            return compared(seals.Sealing(reading, "c1").figures(), observed(events, "c1", DAY))

    def digests(self) -> list[dict[str, str]]:
        with self.feeds.projector.reading() as reading:
            return digests(reading)

    def anew(self, **options: Any) -> list[dict[str, str]]:
        events: list[Event] = [event for log in self.feeds.logs.values() for event in log]
        with replayed(events, "c1", **options) as reading:
            return digests(reading)


@pytest.fixture
def season(database: Database) -> Season:
    return Season(database)


def first(board: dict[str, Any]) -> str | None:
    return next((row["unit"] for row in board["rows"] if row["rank"] == 1), None)


def test_the_logs_give_the_boards_that_are_shown(season: Season) -> None:
    assert [one["board"] for one in season.digests()] == ["standings", "flag"]
    assert season.anew() == season.digests()
    season.freeze()
    season.late()
    assert season.anew() == season.digests()
    assert [(one.board, one.count) for one in season.second()] == [("standings", 0), ("flag", 0)]


def test_a_unit_that_ended_before_the_season_did_gets_no_flag_from_the_logs_either(season: Season) -> None:
    before = season.digests()
    registered = registries.OrganisationRegistered("toa-an", "Toà án", "Trung ương", None, None, None, None, None)
    season.feeds.tell("registry", registered, registries.OrganisationDissolved("toa-an", DAY, "QĐ 1"), stream="organisation-toa-an")
    assert season.digests()[1] != before[1]
    assert season.anew() == season.digests()
    assert [(one.board, one.count) for one in season.second()] == [("standings", 0), ("flag", 0)]


def test_rows_that_were_tampered_with_are_found_out(season: Season) -> None:
    with season.feeds.projector.database.write() as connection, season.feeds.projector.reading() as reading:
        table = reading[views.sheets.hand_ins]
        (save,) = connection.execute(sa.select(table.c.saves).where(table.c.unit == "toa-an")).scalar_one()
        tampered = [{**save, "scores": {**save["scores"], "A1": "10"}}]
        connection.execute(table.update().where(table.c.unit == "toa-an").values(saves=tampered))
    before = season.anew()
    assert season.digests()[0] != before[0]


def test_a_frozen_board_stands_while_sheets_come_in(season: Season) -> None:
    season.freeze()
    frozen = season.board()
    season.late()
    assert season.board() == frozen
    assert frozen["frozen"]["reason"] == "Chờ bỏ phiếu"
    assert (first(frozen), first(season.board(with_pending=True))) == ("toa-an", "vien-kiem-sat")
    with season.feeds.projector.reading() as reading:
        assert boards.pending(reading, "c1") == 1
        assert parts.explanation(reading, "c1", "vien-kiem-sat")["status"] == "no_scores"


def test_a_thawed_board_shows_what_came_meanwhile(season: Season) -> None:
    season.freeze()
    season.late()
    season.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã bỏ phiếu"))
    assert (season.board()["frozen"], first(season.board())) == (None, "vien-kiem-sat")
    with season.feeds.projector.reading() as reading:
        assert boards.pending(reading, "c1") == 0


def test_freezing_or_final_the_board_says_the_same_and_so_does_its_digest(season: Season) -> None:
    before = season.digests()
    season.freeze()
    assert season.digests() == before
    season.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã bỏ phiếu"))
    sealed = tuple(campaigns.BoardSeal(one["board"], one["digest"]) for one in before)
    season.feeds.tell("campaigns", campaigns.CampaignFinalised("c1", sealed, ()))
    assert (season.digests(), season.board()["state"], season.board()["seal"]) == (before, "final", before[0]["digest"])


def test_the_digest_of_an_export_is_that_of_the_board(season: Season) -> None:
    assert seals.digest_of(plain(season.board())) == season.digests()[0]["digest"]


def test_another_score_is_another_digest_and_another_name_is_not(season: Season) -> None:
    shown = plain(season.board())
    renamed = {**shown, "title": "Tên khác", "rows": [{**row, "name": "Tên khác"} for row in shown["rows"]]}
    assert seals.digest_of(renamed) == seals.digest_of(shown)
    changed = {**shown, "rows": [{**shown["rows"][0], "total": "23.49"}, *shown["rows"][1:]]}
    assert seals.digest_of(changed) != seals.digest_of(shown)


def test_what_operators_discarded_is_left_out_and_other_campaigns_are_passed_over(season: Season) -> None:
    complete = season.anew()
    season.feeds.tell("campaigns", the.launched(campaign="c2"), stream="campaign-c2")
    assert season.anew() == complete
    last = season.feeds.logs["evaluations"][-1]
    assert season.anew(left_out={(last.site, last.service, last.position)}) != complete


def test_a_replay_keeps_to_the_positions_it_is_given(season: Season) -> None:
    before = season.digests()
    heads = {name: len(log) for name, log in season.feeds.logs.items()}
    season.late()
    events = [event for name, log in season.feeds.logs.items() for event in log[: heads[name]]]
    with replayed(events, "c1") as reading:
        assert digests(reading) == before
    assert season.digests() != before


def test_a_final_result_of_the_first_version_has_no_seal(season: Season) -> None:
    season.feeds.tell("campaigns", replace(the.FINAL[-1], boards=(), positions=()))
    assert (season.board()["state"], season.board()["seal"]) == ("final", None)

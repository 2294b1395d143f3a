"""Frozen, thawed, final: three facts, each with what it is refused for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.campaigns import domain
from services.campaigns.domain import (
    BoardSeal,
    CampaignFinal,
    CampaignFrozen,
    CampaignThawed,
    ClosePass,
    FinaliseCampaign,
    FreezeCampaign,
    Matter,
    MattersOpen,
    NotReady,
    ReasonMissing,
    StandsFrozen,
    ThawCampaign,
)
from tests.services.campaigns import given as the
from tests.support.deciding import decided

ASKED = the.on(inquiry=the.AT_REST)
FROZEN = CampaignFrozen("c1", "Chờ bỏ phiếu", the.POSITIONS)
THAWED = CampaignThawed("c1", "Đã bỏ phiếu")
DONE = the.through(*the.PASSES)


def test_a_freeze_keeps_the_positions_that_the_boards_rest_on() -> None:
    assert decided(ASKED, [the.launched()], FreezeCampaign("c1", "Chờ bỏ phiếu")) == [FROZEN]
    assert decided(ASKED, [the.launched(), FROZEN], FreezeCampaign("c1", "Lần nữa")) == []
    with pytest.raises(ReasonMissing):
        decided(ASKED, [the.launched()], FreezeCampaign("c1", " "))
    with pytest.raises(NotReady, match="Rankings has not said"):
        decided(the.CAMPAIGN, [the.launched()], FreezeCampaign("c1", "Chờ bỏ phiếu"))


def test_what_is_frozen_is_thawed_and_may_be_frozen_again() -> None:
    assert decided(ASKED, [the.launched(), FROZEN], ThawCampaign("c1", "Đã bỏ phiếu")) == [THAWED]
    assert decided(ASKED, [the.launched()], ThawCampaign("c1", "Đã bỏ phiếu")) == []
    with pytest.raises(ReasonMissing):
        decided(ASKED, [the.launched(), FROZEN], ThawCampaign("c1", ""))
    assert decided(ASKED, [the.launched(), FROZEN, THAWED], FreezeCampaign("c1", "Chờ bỏ phiếu")) == [FROZEN]


@pytest.mark.parametrize(
    "command",
    [the.register("toa-an"), the.sign("toa-an"), the.open_pass("self"), the.vote(toa_an=2, kiem_toan=1), the.plan()],
    ids=lambda command: type(command).__name__,
)
def test_nothing_that_a_frozen_board_rests_on_is_decided(command: object) -> None:
    with pytest.raises(StandsFrozen, match="thaw them first"):
        decided(ASKED, [the.launched(), FROZEN], command)


def test_a_pass_may_be_closed_while_the_boards_stand_still() -> None:
    assert decided(ASKED, [the.launched(), the.opened("self"), FROZEN], ClosePass("c1", "self")) == [the.closed("self")]


def test_a_final_campaign_keeps_the_digests_and_positions_of_its_boards() -> None:
    (sealed,) = decided(ASKED, DONE, FinaliseCampaign("c1"))
    assert (sealed.boards, sealed.positions) == (the.SEALS, the.POSITIONS)
    assert decided(ASKED, [*DONE, FROZEN], FinaliseCampaign("c1")) == [sealed]


@pytest.mark.parametrize("command", [FreezeCampaign("c1", "x"), ThawCampaign("c1", "x")], ids=lambda command: type(command).__name__)
def test_a_final_campaign_is_neither_frozen_nor_thawed(command: object) -> None:
    with pytest.raises(CampaignFinal):
        decided(ASKED, the.FINAL, command)


def test_without_an_answer_of_the_network_nothing_is_final() -> None:
    with pytest.raises(NotReady, match="has not been asked"):
        decided(the.CAMPAIGN, DONE, FinaliseCampaign("c1"))


@pytest.mark.parametrize(
    ("matter", "words"),
    [
        (Matter("sheet", "central", 2), "Sheets on 2 units were given back in central"),
        (Matter("appeal", "central", 1), "1 appeals of central are unanswered"),
        (Matter("parked", "rankings", 3), "3 events are parked in rankings"),
        (Matter("behind", "audit", 40), "audit is 40 events behind"),
        (Matter("away", "awards"), "awards does not answer"),
        (Matter("second", "flag", 2), "The second opinion on board flag differs in 2 figures"),
        (Matter("pending", "c1", 1), "1 sheets or decisions came after the boards of c1 were frozen"),
    ],
    ids=lambda value: value.kind if isinstance(value, Matter) else "",
)
def test_each_thing_in_the_way_is_named_with_what_to_do(matter: Matter, words: str) -> None:
    with pytest.raises(MattersOpen, match=words) as refused:
        decided(the.on(inquiry=replace(the.AT_REST, matters=(matter,))), DONE, FinaliseCampaign("c1"))
    title = {"title": "Pass central"} if matter.kind == "sheet" else {}
    assert refused.value.details["matters"] == [{"kind": matter.kind, "at": matter.at, "count": matter.count, **title}]


@pytest.mark.parametrize(
    ("past", "sheets", "named"),
    [
        ([the.launched()], (), [("unopened", key, 3) for key in the.PASSES]),
        (the.through("self", "cross_check", "cluster"), (), [("unopened", "central", 3)]),
        (
            [*the.through("self", "cross_check"), the.opened("cluster")],
            (Matter("sheet", "cluster", 1), Matter("sheet", "self", 2)),
            [("open", "cluster", 1), ("unopened", "central", 3), ("sheet", "self", 2)],
        ),
        ([*the.through("self", "cross_check", "cluster"), the.opened("central")], (), [("open", "central", 0)]),
    ],
)
def test_every_pass_that_is_not_closed_is_named_with_the_units_it_waits_for(
    past: list[object], sheets: tuple[Matter, ...], named: list[tuple[str, str, int]]
) -> None:
    with pytest.raises(MattersOpen, match=r"is not closed|has not been opened") as refused:
        decided(the.on(inquiry=replace(the.AT_REST, matters=sheets)), past, FinaliseCampaign("c1"))
    found = refused.value.details["matters"]
    assert [(one["kind"], one["at"], one["count"]) for one in found] == named
    assert [one["title"] for one in found] == [f"Pass {at}" for _, at, _ in named]


def test_a_board_that_the_logs_do_not_give_is_refused_and_all_is_named_at_once() -> None:
    differing = replace(the.AT_REST, recomputed=(the.SEALS[0], BoardSeal("flag", "c" * 64)), matters=(Matter("behind", "audit"),))
    with pytest.raises(MattersOpen, match="Board flag as shown is not what the logs give") as refused:
        decided(the.on(inquiry=differing), DONE, FinaliseCampaign("c1"))
    assert [(one["kind"], one["at"]) for one in refused.value.details["matters"]] == [("behind", "audit"), ("board", "flag")]
    missing = replace(the.AT_REST, recomputed=())
    with pytest.raises(MattersOpen, match="standings"):
        decided(the.on(inquiry=missing), DONE, FinaliseCampaign("c1"))


def test_a_compact_stays_as_it_is_once_signed() -> None:
    issued = domain.CompactIssued("c1", 1, "Giao ước", "Điều 1", the.IN_TIME)
    command = domain.IssueCompact("c1", "Giao ước", "Điều 1", the.IN_TIME)
    assert decided(the.CAMPAIGN, [the.launched()], command) == [issued]
    second = replace(command, text="Điều 1, sửa")
    assert decided(the.CAMPAIGN, [the.launched(), issued], second) == [replace(issued, version=2, text="Điều 1, sửa")]
    signed = [the.launched(), issued, the.registered("toa-an"), the.signed("toa-an")]
    assert decided(the.CAMPAIGN, signed, command) == []
    with pytest.raises(domain.CampaignConflict, match="1 units have signed already"):
        decided(the.CAMPAIGN, signed, second)

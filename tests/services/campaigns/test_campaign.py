"""A campaign from launch to final result, with every refusal: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.campaigns import domain
from services.campaigns.domain import (
    Assignment,
    CampaignConflict,
    CampaignFinal,
    CampaignFinalised,
    ClosePass,
    FinaliseCampaign,
    NotInAudience,
    NotReady,
    NotRegistered,
    PassOrder,
    TieVoteRecorded,
    VoteCount,
)
from shared.ballots import Ballot, BallotElsewhere, BallotUncounted, BallotUnknown, BallotUntold, ChoiceResult
from shared.errors import DomainError, NotFound
from tests.services.campaigns import given as the
from tests.support.deciding import decided

# Launch


def test_a_campaign_is_launched_for_the_members_of_its_season() -> None:
    assert decided(the.CAMPAIGN, [], the.launch()) == [the.launched()]


def test_its_audience_stays_as_it_was_when_the_cluster_changes() -> None:
    assert decided(the.on(members=("bo-cong-an",)), [the.launched()], the.launch()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"cluster": "kinh-te"},
        {"rubric": "R2"},
        {"ends_on": date(2025, 1, 1)},
        {"legal_basis": ""},
        {"illustrative": True},
    ],
)
def test_the_same_key_with_other_particulars_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CampaignConflict, match="Phong trào 2024"):
        decided(the.CAMPAIGN, [the.launched()], the.launch(**change))


def test_a_cluster_without_members_launches_nothing() -> None:
    with pytest.raises(NotReady, match="no member in 2024"):
        decided(the.on(members=()), [], the.launch())


@pytest.mark.parametrize(
    "dates",
    [
        {"ends_on": date(2023, 12, 31)},
        {"registration_due_on": date(2023, 12, 31)},
        {"registration_due_on": date(2025, 1, 1)},
        {"starts_on": date(2025, 1, 1)},
    ],
)
def test_dates_must_follow_one_another(dates: dict[str, date]) -> None:
    with pytest.raises(CampaignConflict, match="dates do not follow"):
        decided(the.CAMPAIGN, [], the.launch(**dates))


def test_a_day_may_be_start_due_and_end_at_once() -> None:
    day = date(2024, 5, 1)
    dates = {"starts_on": day, "registration_due_on": day, "ends_on": day}
    assert decided(the.CAMPAIGN, [], the.launch(**dates)) == [the.launched(**dates)]


def test_the_rubric_must_be_of_the_season() -> None:
    with pytest.raises(CampaignConflict, match="for season 2024, the campaign for 2025"):
        decided(the.CAMPAIGN, [], the.launch(season=2025))


@pytest.mark.parametrize(
    "command",
    [
        the.register("toa-an"),
        the.sign("toa-an"),
        the.open_pass("self"),
        ClosePass("c1", "self"),
        the.vote(toa_an=2, kiem_toan=1),
        FinaliseCampaign("c1"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_what_was_not_launched_takes_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="launch it first"):
        decided(the.CAMPAIGN, [], command)


# Registration and covenant


def test_a_member_registers_once() -> None:
    command = the.register("toa-an")
    assert decided(the.CAMPAIGN, [the.launched()], command) == [the.registered("toa-an")]
    assert decided(the.CAMPAIGN, [*the.through("self"), the.registered("toa-an")], command) == []


def test_only_a_member_registers() -> None:
    with pytest.raises(NotInAudience, match="bo-cong-an is no member of noi-chinh in 2024"):
        decided(the.CAMPAIGN, [the.launched()], the.register("bo-cong-an"))


def test_nobody_registers_once_scoring_has_begun() -> None:
    with pytest.raises(PassOrder, match="before the first pass opens"):
        decided(the.CAMPAIGN, [the.launched(), the.opened("self")], the.register("toa-an"))


def test_who_is_registered_signs_the_covenant_once() -> None:
    past = [the.launched(), the.registered("toa-an")]
    assert decided(the.CAMPAIGN, past, the.sign("toa-an")) == [the.signed("toa-an")]
    assert decided(the.CAMPAIGN, [*past, the.signed("toa-an")], the.sign("toa-an")) == []


def test_a_covenant_needs_a_registration_and_stays_as_it_was_signed() -> None:
    past = [the.launched(), the.registered("toa-an"), the.signed("toa-an")]
    with pytest.raises(NotRegistered, match="kiem-toan has not registered"):
        decided(the.CAMPAIGN, past, the.sign("kiem-toan"))
    for change in ({"signatory": "Phó Chánh án"}, {"signed_on": date(2024, 3, 2)}):
        with pytest.raises(CampaignConflict, match="signed on 2024-03-01 by Chánh án"):
            decided(the.CAMPAIGN, past, the.sign("toa-an", **change))


# Passes


def test_without_assignments_the_custom_of_the_pass_is_followed() -> None:
    """Each itself; the next of the list; the leader, whom the organiser checks; the organiser."""
    customs = {
        "self": the.EACH_ITSELF,
        "cross_check": the.assigned(kiem_toan="toa-an", toa_an="vien-kiem-sat", vien_kiem_sat="kiem-toan"),
        "cluster": the.assigned(kiem_toan="toa-an", toa_an="ban-tdkt", vien_kiem_sat="toa-an"),
        "central": the.assigned(kiem_toan="ban-tdkt", toa_an="ban-tdkt", vien_kiem_sat="ban-tdkt"),
    }
    for number, (key, assignments) in enumerate(customs.items()):
        past = the.through(*the.PASSES[:number])
        assert decided(the.CAMPAIGN, past, the.open_pass(key)) == [the.opened(key, assignments)]


def test_a_cluster_of_one_is_cross_checked_by_its_organiser() -> None:
    alone = replace(the.launched(), audience=("toa-an",))
    past = [alone, the.opened("self", the.assigned(toa_an="toa-an")), the.closed("self")]
    assert decided(the.CAMPAIGN, past, the.open_pass("cross_check")) == [the.opened("cross_check", the.assigned(toa_an="ban-tdkt"))]


def test_the_cluster_pass_needs_a_leader_unless_its_scorers_are_named() -> None:
    past = the.through("self", "cross_check")
    with pytest.raises(NotReady, match="no leader for this season"):
        decided(the.on(leader=None), past, the.open_pass("cluster"))
    named = the.assigned(toa_an="kiem-toan")
    assert decided(the.on(leader=None), past, the.open_pass("cluster", *named)) == [the.opened("cluster", named)]


def test_a_panel_may_score_and_units_may_be_left_out() -> None:
    panel = Assignment("toa-an", ("J1", "J2", "J3"))
    assert decided(the.CAMPAIGN, [the.launched()], the.open_pass("self", panel)) == [the.opened("self", (panel,))]


@pytest.mark.parametrize(
    "assignments",
    [
        (Assignment("toa-an", ("J1",)), Assignment("toa-an", ("J2",))),
        (Assignment("toa-an", ("J1", "J1")),),
        (Assignment("toa-an", ()),),
    ],
    ids=["unit twice", "scorer twice", "no scorer"],
)
def test_a_unit_is_named_once_with_each_of_its_scorers_once(assignments: tuple[Assignment, ...]) -> None:
    with pytest.raises(CampaignConflict, match="Name toa-an once"):
        decided(the.CAMPAIGN, [the.launched()], the.open_pass("self", *assignments))


def test_who_is_no_member_is_not_scored() -> None:
    with pytest.raises(NotInAudience, match="bo-cong-an"):
        decided(the.CAMPAIGN, [the.launched()], the.open_pass("self", Assignment("bo-cong-an", ("J1",))))


def test_a_pass_that_the_rubric_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(NotFound, match="self, cross_check, cluster, central"):
        decided(the.CAMPAIGN, [the.launched()], the.open_pass("province"))


def test_passes_are_opened_in_the_rubrics_order() -> None:
    with pytest.raises(PassOrder, match="next pass of the rubric is self"):
        decided(the.CAMPAIGN, [the.launched()], the.open_pass("cross_check"))
    with pytest.raises(PassOrder, match="next pass of the rubric is cross_check"):
        decided(the.CAMPAIGN, the.through("self"), the.open_pass("central"))


def test_one_pass_is_open_at_a_time() -> None:
    with pytest.raises(PassOrder, match="Pass self is still open"):
        decided(the.CAMPAIGN, [the.launched(), the.opened("self")], the.open_pass("cross_check"))


def test_a_pass_is_opened_once() -> None:
    past = [the.launched(), the.opened("self")]
    assert decided(the.CAMPAIGN, past, the.open_pass("self")) == []
    for again in (replace(the.open_pass("self"), due_on=date(2024, 12, 1)), the.open_pass("self", Assignment("toa-an", ("J1",)))):
        with pytest.raises(PassOrder, match="opened already"):
            decided(the.CAMPAIGN, past, again)
    with pytest.raises(PassOrder, match="opened already"):
        decided(the.CAMPAIGN, the.through("self"), the.open_pass("self"))
    with pytest.raises(PassOrder, match="opened already"):
        decided(the.CAMPAIGN, the.through(*the.PASSES), the.open_pass("central"))


def test_a_pass_is_closed_once_and_only_after_it_was_opened() -> None:
    command = ClosePass("c1", "self")
    assert decided(the.CAMPAIGN, [the.launched(), the.opened("self")], command) == [the.closed("self")]
    assert decided(the.CAMPAIGN, the.through("self"), command) == []
    with pytest.raises(PassOrder, match="cluster is not open"):
        decided(the.CAMPAIGN, the.through("self"), ClosePass("c1", "cluster"))


# Vote between tied units


def test_a_vote_between_tied_units_is_recorded_and_a_later_one_replaces_it() -> None:
    counts = (VoteCount("toa-an", 5), VoteCount("kiem-toan", 2))
    recorded = TieVoteRecorded("c1", counts, date(2025, 1, 10), "Biên bản 5", None)
    past = the.through("self")
    assert decided(the.CAMPAIGN, past, the.vote(toa_an=5, kiem_toan=2)) == [recorded]
    assert decided(the.CAMPAIGN, [*past, recorded], the.vote(toa_an=5, kiem_toan=2)) == []
    (second,) = decided(the.CAMPAIGN, [*past, recorded], the.vote(toa_an=4, kiem_toan=3))
    assert decided(the.CAMPAIGN, [*past, recorded, second], the.vote(toa_an=5, kiem_toan=2)) == [recorded]


def test_a_vote_is_between_members_each_named_once_with_no_less_than_no_votes() -> None:
    with pytest.raises(NotInAudience, match="bo-cong-an"):
        decided(the.CAMPAIGN, the.through("self"), the.vote(toa_an=1, bo_cong_an=1))
    twice = domain.RecordTieVote("c1", (VoteCount("toa-an", 1), VoteCount("toa-an", 2)), date(2025, 1, 10), "BB")
    with pytest.raises(NotInAudience, match="once"):
        decided(the.CAMPAIGN, the.through("self"), twice)
    with pytest.raises(CampaignConflict, match="-1 votes"):
        decided(the.CAMPAIGN, the.through("self"), the.vote(toa_an=-1, kiem_toan=1))


@pytest.mark.parametrize("votes", [{}, {"toa_an": 5}])
def test_a_vote_on_fewer_than_two_units_is_none(votes: dict[str, int]) -> None:
    with pytest.raises(CampaignConflict, match="at least two"):
        decided(the.CAMPAIGN, the.through("self"), the.vote(**votes))


def held(*results: ChoiceResult, **changes: Any) -> Ballot:
    """A ballot between tied units."""
    made = Ballot("b1", "c1", "tie", "Bỏ phiếu khi bằng điểm", "counted", 9, date(2025, 1, 10), 9, "decided", results)
    return replace(made, **changes)


WON, LOST = ChoiceResult("toa-an", "unit", 6, 0, "passed"), ChoiceResult("kiem-toan", "unit", 3, 0, "failed")
TAKE = domain.TakeTieBallot("c1", "b1", "Biên bản kiểm phiếu 5")


def test_the_vote_between_tied_units_is_taken_over_from_its_ballot() -> None:
    counts = (VoteCount("toa-an", 6), VoteCount("kiem-toan", 3))
    recorded = TieVoteRecorded("c1", counts, date(2025, 1, 10), "Biên bản kiểm phiếu 5", "b1")
    assert decided(the.on(ballot=held(WON, LOST)), the.through("self"), TAKE) == [recorded]


@pytest.mark.parametrize(
    ("ballot", "refusal"),
    [
        (None, BallotUnknown),
        (held(WON, LOST, state="open"), BallotUncounted),
        (held(WON, LOST, campaign="c2"), BallotElsewhere),
        (held(WON, LOST, purpose="council"), BallotElsewhere),
        (held(WON, LOST, outcome="undecided"), BallotUntold),
        (held(WON, ChoiceResult("kiem-toan", "unit", None, None, "untold")), BallotUntold),
        (held(WON, ChoiceResult("bo-cong-an", "unit", 3, 0, "failed")), NotInAudience),
        (held(WON), CampaignConflict),
    ],
    ids=["unknown", "open", "another campaign", "a council's", "undecided", "untold", "no member", "one unit"],
)
def test_a_ballot_that_decides_nothing_between_members_is_refused(ballot: Ballot | None, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        decided(the.on(ballot=ballot), the.through("self"), TAKE)


# Final


def test_a_campaign_is_final_when_every_pass_was_closed() -> None:
    sealed = CampaignFinalised("c1", the.SEALS, the.POSITIONS)
    assert decided(the.on(inquiry=the.AT_REST), the.through(*the.PASSES), FinaliseCampaign("c1")) == [sealed]


@pytest.mark.parametrize(
    "command",
    [the.register("toa-an"), the.sign("toa-an"), the.open_pass("self"), ClosePass("c1", "self"), the.vote(toa_an=2, kiem_toan=1)],
    ids=lambda command: type(command).__name__,
)
def test_nothing_changes_in_a_final_campaign(command: object) -> None:
    assert decided(the.CAMPAIGN, the.FINAL, FinaliseCampaign("c1")) == []
    with pytest.raises(CampaignFinal, match="Phong trào 2024 is final"):
        decided(the.CAMPAIGN, the.FINAL, command)


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        the.CAMPAIGN.decide(the.CAMPAIGN.fold([the.launched()]), object())

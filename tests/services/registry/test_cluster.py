"""Clusters, dated memberships and leaders by season: given, when, then."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import CLUSTER, AlreadyThere, Basis, Cluster, LeaderNotMember, LeaderRule, Membership, MembershipConflict
from shared.errors import DomainError, NotFound
from tests.services.registry import given as the
from tests.support.deciding import decided

MID_2022, END_2022 = date(2022, 6, 30), date(2022, 12, 31)


def test_a_cluster_is_formed() -> None:
    assert decided(CLUSTER, [], the.form()) == [the.formed()]
    assert decided(CLUSTER, [], the.form(leader_rule=LeaderRule.ROTATION)) == [the.formed(leader_rule=LeaderRule.ROTATION)]


def test_forming_it_again_changes_nothing_but_with_other_particulars_is_refused() -> None:
    assert decided(CLUSTER, the.CLUSTER, the.form()) == []
    with pytest.raises(AlreadyThere, match="Khối nội chính"):
        decided(CLUSTER, the.CLUSTER, the.form(name="Another"))


@pytest.mark.parametrize("command", [the.admit("toa-an"), the.release("toa-an", END_2022), the.designate("toa-an")])
def test_what_is_not_formed_takes_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="form it first"):
        decided(CLUSTER, [], command)


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        CLUSTER.decide(CLUSTER.fold(the.CLUSTER), object())


# Memberships


def test_a_unit_is_admitted_from_a_date() -> None:
    assert decided(CLUSTER, the.CLUSTER, the.admit("bo-cong-an", MID_2022)) == [the.admitted("bo-cong-an", MID_2022)]


def test_who_is_a_member_cannot_become_one() -> None:
    assert decided(CLUSTER, the.CLUSTER, the.admit("toa-an")) == []
    with pytest.raises(MembershipConflict, match="from 2020-01-01 to now"):
        decided(CLUSTER, the.CLUSTER, the.admit("toa-an", MID_2022))


def test_who_left_may_come_back_from_the_day_after() -> None:
    past = [*the.CLUSTER, the.released("toa-an", MID_2022)]
    with pytest.raises(MembershipConflict, match="to 2022-06-30"):
        decided(CLUSTER, past, the.admit("toa-an", MID_2022))
    back = MID_2022 + timedelta(days=1)
    assert decided(CLUSTER, past, the.admit("toa-an", back)) == [the.admitted("toa-an", back)]


def test_a_member_is_released_and_that_day_still_counts() -> None:
    assert decided(CLUSTER, the.CLUSTER, the.release("toa-an", END_2022)) == [the.released("toa-an", END_2022)]
    state = CLUSTER.fold([*the.CLUSTER, the.released("toa-an", END_2022)])
    (period,) = [one for one in state.memberships if one.unit == "toa-an"]
    assert (period.holds_in(2019), period.holds_in(2020), period.holds_in(2022), period.holds_in(2023)) == (False, True, True, False)


def test_the_last_day_may_be_the_first_but_not_before() -> None:
    assert decided(CLUSTER, the.CLUSTER, the.release("toa-an", the.FORMED_ON)) == [the.released("toa-an", the.FORMED_ON)]
    with pytest.raises(MembershipConflict, match="became a member on 2020-01-01"):
        decided(CLUSTER, the.CLUSTER, the.release("toa-an", date(2019, 12, 31)))


def test_only_a_member_is_released_and_the_same_release_again_changes_nothing() -> None:
    with pytest.raises(NotFound, match="bo-cong-an is no member"):
        decided(CLUSTER, the.CLUSTER, the.release("bo-cong-an", END_2022))
    past = [*the.CLUSTER, the.released("toa-an", END_2022)]
    assert decided(CLUSTER, past, the.release("toa-an", END_2022)) == []
    with pytest.raises(NotFound, match="toa-an is no member"):
        decided(CLUSTER, past, the.release("toa-an", MID_2022))


def test_a_release_ends_the_current_period_only() -> None:
    back = date(2024, 1, 1)
    past = [*the.CLUSTER, the.released("toa-an", END_2022), the.admitted("toa-an", back)]
    state = CLUSTER.fold([*past, *decided(CLUSTER, past, the.release("toa-an", date(2025, 6, 30)))])
    assert [one for one in state.memberships if one.unit == "toa-an"] == [
        Membership("toa-an", the.FORMED_ON, END_2022),
        Membership("toa-an", back, date(2025, 6, 30)),
    ]


days = st.dates(date(2020, 1, 1), date(2022, 1, 1))


@given(st.lists(st.tuples(st.sampled_from(["toa-an", "kiem-toan"]), st.booleans(), days), max_size=15))
def test_periods_of_a_unit_never_overlap_and_at_most_one_lasts(commands: list[tuple[str, bool, date]]) -> None:
    state: Cluster = CLUSTER.fold([the.formed()])
    for unit, admits, day in commands:
        try:
            events = CLUSTER.decide(state, the.admit(unit, day) if admits else the.release(unit, day))
        except DomainError:
            continue
        for event in events:
            state = CLUSTER.evolve(state, event)
    for unit in ("toa-an", "kiem-toan"):
        periods = sorted((one.from_on, one.until_on or date.max) for one in state.memberships if one.unit == unit)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(periods))
        assert all(first <= last for first, last in periods)


# Leader and deputy of a season


def test_leader_and_deputy_are_designated_from_the_seasons_members() -> None:
    command = the.designate("toa-an", "vien-kiem-sat", basis=Basis.APPOINTED)
    assert decided(CLUSTER, the.CLUSTER, command) == [the.designated("toa-an", "vien-kiem-sat", basis=Basis.APPOINTED)]


@pytest.mark.parametrize(
    ("leader", "deputy", "season"),
    [("bo-cong-an", None, 2024), ("toa-an", "bo-cong-an", 2024), ("vien-kiem-sat", None, 2022), ("toa-an", None, 2019)],
)
def test_who_is_no_member_in_that_season_leads_nothing(leader: str, deputy: str | None, season: int) -> None:
    with pytest.raises(LeaderNotMember, match=f"no member of noi-chinh in {season}"):
        decided(CLUSTER, the.CLUSTER, the.designate(leader, deputy, season))


def test_who_left_in_the_season_may_still_lead_it() -> None:
    past = [*the.CLUSTER, the.released("toa-an", MID_2022)]
    assert decided(CLUSTER, past, the.designate("toa-an", season=2022)) == [the.designated("toa-an", season=2022)]
    with pytest.raises(LeaderNotMember):
        decided(CLUSTER, past, the.designate("toa-an", season=2023))


def test_nobody_is_leader_and_deputy_at_once() -> None:
    with pytest.raises(LeaderNotMember, match="leader and deputy"):
        decided(CLUSTER, the.CLUSTER, the.designate("toa-an", "toa-an"))


def test_a_later_designation_replaces_and_may_be_taken_back() -> None:
    past = [*the.CLUSTER, the.designated("toa-an")]
    assert decided(CLUSTER, past, the.designate("toa-an")) == []
    assert decided(CLUSTER, past, the.designate("kiem-toan")) == [the.designated("kiem-toan")]
    assert decided(CLUSTER, past, the.designate("toa-an", document="Biên bản 2")) == [the.designated("toa-an", document="Biên bản 2")]
    assert decided(CLUSTER, [*past, the.designated("kiem-toan")], the.designate("toa-an")) == [the.designated("toa-an")]


def test_seasons_do_not_disturb_one_another() -> None:
    past = [*the.CLUSTER, the.designated("toa-an", season=2024), the.designated("kiem-toan", season=2025)]
    assert decided(CLUSTER, past, the.designate("toa-an", season=2024)) == []

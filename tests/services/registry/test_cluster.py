"""Clusters, dated memberships and leaders by season: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import domain
from services.registry.domain import (
    CLUSTER,
    AlreadyThere,
    Basis,
    Cluster,
    ClusterEnded,
    LeaderNotMember,
    LeaderRule,
    Membership,
    MembershipConflict,
    NotOpen,
)
from shared.errors import DomainError, NotFound
from tests.services.registry import given as the
from tests.support.deciding import decided

MID_2022, END_2022 = date(2022, 6, 30), date(2022, 12, 31)
END_2024 = date(2024, 12, 31)
GROUND = the.on_ground(bo_cong_an=(None, None), nganh_moi=(date(2023, 3, 1), None), nganh_cu=(None, date(2022, 3, 1)))
DISSOLVED = domain.ClusterDissolved("noi-chinh", date(2025, 3, 1), "QĐ 9")


def test_a_cluster_is_formed() -> None:
    assert decided(GROUND, [], the.form()) == [the.formed()]
    assert decided(GROUND, [], the.form(leader_rule=LeaderRule.ROTATION)) == [the.formed(leader_rule=LeaderRule.ROTATION)]


def test_forming_it_again_changes_nothing_but_with_other_particulars_is_refused() -> None:
    assert decided(GROUND, the.CLUSTER, the.form()) == []
    with pytest.raises(AlreadyThere, match="Khối nội chính"):
        decided(GROUND, the.CLUSTER, the.form(name="Another"))


@pytest.mark.parametrize("command", [the.admit("toa-an"), the.release("toa-an", END_2022), the.designate("toa-an")])
def test_what_is_not_formed_takes_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="form it first"):
        decided(GROUND, [], command)


def test_the_organiser_is_there_when_the_cluster_is_formed() -> None:
    assert decided(GROUND, [], the.form(organiser="nganh-moi", formed_on=date(2023, 3, 1)))
    for organiser in ("nganh-moi", "nganh-cu"):
        with pytest.raises(NotOpen) as refused:
            decided(GROUND, [], the.form(organiser=organiser, formed_on=END_2022))
        assert [place["at"] for place in refused.value.details["errors"]] == ["organiser"]
    with pytest.raises(NotFound, match="register it first"):
        decided(GROUND, [], the.form(organiser="bo-nao-do"))


def test_a_cluster_does_not_take_the_key_of_an_organisation() -> None:
    with pytest.raises(AlreadyThere, match="the key of an organisation"):
        decided(GROUND, [], the.form(cluster="toa-an"))


def test_a_list_is_described_by_its_source_and_anew_when_more_is_known() -> None:
    partial = domain.DescribeList("noi-chinh", domain.Completeness.PARTIAL, "Báo Pháp luật, 5/8/2022", date(2022, 8, 5))
    described = domain.ClusterListDescribed("noi-chinh", domain.Completeness.PARTIAL, "Báo Pháp luật, 5/8/2022", date(2022, 8, 5))
    assert decided(GROUND, the.CLUSTER, partial) == [described]
    complete = domain.DescribeList("noi-chinh", domain.Completeness.COMPLETE, "HD 2746")
    assert decided(GROUND, [*the.CLUSTER, described], complete) == [
        domain.ClusterListDescribed("noi-chinh", domain.Completeness.COMPLETE, "HD 2746", None)
    ]


def test_a_cluster_is_renamed_from_a_day_after_it_was_formed() -> None:
    rename = domain.RenameCluster("noi-chinh", "Khối tư pháp", MID_2022, "QĐ 5")
    assert decided(GROUND, the.CLUSTER, rename) == [domain.ClusterRenamed("noi-chinh", "Khối tư pháp", MID_2022, "QĐ 5")]
    with pytest.raises(ClusterEnded, match="later day"):
        decided(GROUND, the.CLUSTER, replace(rename, effective_on=the.FORMED_ON))
    with pytest.raises(ClusterEnded, match="dissolved from 2025-03-01"):
        decided(GROUND, [*the.CLUSTER, DISSOLVED], replace(rename, effective_on=date(2025, 3, 1)))


def test_a_dissolved_cluster_releases_its_members_and_takes_nothing_more() -> None:
    past = [*the.CLUSTER, the.released("toa-an", MID_2022)]
    dissolve = domain.DissolveCluster("noi-chinh", date(2025, 3, 1), "QĐ 9")
    last = date(2025, 2, 28)
    assert decided(GROUND, past, dissolve) == [the.released("kiem-toan", last), the.released("vien-kiem-sat", last), DISSOLVED]
    ended = [*past, *decided(GROUND, past, dissolve)]
    for command in (the.admit("toa-an", MID_2022), the.designate("kiem-toan", season=2026), replace(dissolve, document="QĐ 10")):
        with pytest.raises(ClusterEnded, match="QĐ 9"):
            decided(GROUND, ended, command)
    assert decided(GROUND, ended, the.designate("kiem-toan", season=2024))


def test_a_cluster_does_not_end_before_its_memberships() -> None:
    with pytest.raises(MembershipConflict, match="vien-kiem-sat is a member on 2023-07-01"):
        decided(GROUND, the.CLUSTER, domain.DissolveCluster("noi-chinh", MID_2022, "QĐ 9"))
    with pytest.raises(MembershipConflict, match="toa-an is a member on 2024-12-31"):
        decided(GROUND, [*the.CLUSTER, the.released("toa-an", END_2024)], domain.DissolveCluster("noi-chinh", END_2024, "QĐ 9"))
    with pytest.raises(ClusterEnded, match="formed on 2020-01-01"):
        decided(GROUND, [the.formed()], domain.DissolveCluster("noi-chinh", the.FORMED_ON, "QĐ 9"))


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        CLUSTER.decide(CLUSTER.fold(the.CLUSTER), object())


# Memberships


def test_a_unit_is_admitted_from_a_date() -> None:
    assert decided(GROUND, the.CLUSTER, the.admit("bo-cong-an", MID_2022)) == [the.admitted("bo-cong-an", MID_2022)]


@pytest.mark.parametrize(
    ("unit", "day"), [("nganh-moi", date(2023, 2, 28)), ("nganh-cu", date(2022, 3, 1))], ids=["not open yet", "dissolved"]
)
def test_a_unit_is_admitted_only_while_it_is_there(unit: str, day: date) -> None:
    with pytest.raises(NotOpen, match=unit):
        decided(GROUND, the.CLUSTER, the.admit(unit, day))
    with pytest.raises(NotOpen, match=unit):
        decided(GROUND, the.CLUSTER, domain.AdmitMembers("noi-chinh", ("bo-cong-an", unit), day))
    nearest = day + timedelta(days=1 if unit == "nganh-moi" else -1)
    assert decided(GROUND, the.CLUSTER, the.admit(unit, nearest)) == [the.admitted(unit, nearest)]


def test_an_unknown_unit_is_not_admitted() -> None:
    with pytest.raises(NotFound, match="register it first"):
        decided(GROUND, the.CLUSTER, the.admit("bo-nao-do"))


def test_several_are_admitted_together_and_who_is_a_member_stays_one() -> None:
    several = domain.AdmitMembers("noi-chinh", ("bo-cong-an", "toa-an", "bo-cong-an", "tu-phap"), the.FORMED_ON)
    assert decided(GROUND, the.CLUSTER, several) == [the.admitted("bo-cong-an"), the.admitted("tu-phap")]


def test_who_is_a_member_cannot_become_one() -> None:
    assert decided(GROUND, the.CLUSTER, the.admit("toa-an")) == []
    with pytest.raises(MembershipConflict, match="from 2020-01-01 to now"):
        decided(GROUND, the.CLUSTER, the.admit("toa-an", MID_2022))


def test_who_left_may_come_back_from_the_day_after() -> None:
    past = [*the.CLUSTER, the.released("toa-an", MID_2022)]
    with pytest.raises(MembershipConflict, match="to 2022-06-30"):
        decided(GROUND, past, the.admit("toa-an", MID_2022))
    back = MID_2022 + timedelta(days=1)
    assert decided(GROUND, past, the.admit("toa-an", back)) == [the.admitted("toa-an", back)]


def test_a_member_is_released_and_that_day_still_counts() -> None:
    assert decided(GROUND, the.CLUSTER, the.release("toa-an", END_2022)) == [the.released("toa-an", END_2022)]
    state = CLUSTER.fold([*the.CLUSTER, the.released("toa-an", END_2022)])
    (period,) = [one for one in state.memberships if one.unit == "toa-an"]
    assert (period.holds_in(2019), period.holds_in(2020), period.holds_in(2022), period.holds_in(2023)) == (False, True, True, False)


def test_the_last_day_may_be_the_first_but_not_before() -> None:
    assert decided(GROUND, the.CLUSTER, the.release("toa-an", the.FORMED_ON)) == [the.released("toa-an", the.FORMED_ON)]
    with pytest.raises(MembershipConflict, match="became a member on 2020-01-01"):
        decided(GROUND, the.CLUSTER, the.release("toa-an", date(2019, 12, 31)))


def test_only_a_member_is_released_and_the_same_release_again_changes_nothing() -> None:
    with pytest.raises(NotFound, match="bo-cong-an is no member"):
        decided(GROUND, the.CLUSTER, the.release("bo-cong-an", END_2022))
    past = [*the.CLUSTER, the.released("toa-an", END_2022)]
    assert decided(GROUND, past, the.release("toa-an", END_2022)) == []
    with pytest.raises(NotFound, match="toa-an is no member"):
        decided(GROUND, past, the.release("toa-an", MID_2022))


def test_a_release_ends_the_current_period_only() -> None:
    back = date(2024, 1, 1)
    past = [*the.CLUSTER, the.released("toa-an", END_2022), the.admitted("toa-an", back)]
    state = CLUSTER.fold([*past, *decided(GROUND, past, the.release("toa-an", date(2025, 6, 30)))])
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
            events = GROUND.decide(state, the.admit(unit, day) if admits else the.release(unit, day))
        except DomainError:
            continue
        for event in events:
            state = CLUSTER.evolve(state, event)
    for unit in ("toa-an", "kiem-toan"):
        periods = sorted((one.from_on, one.until_on or date.max) for one in state.memberships if one.unit == unit)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(periods))
        assert all(first <= last for first, last in periods)


# Leader and deputy of a season


@pytest.mark.parametrize("deputies", [(), ("vien-kiem-sat",), ("vien-kiem-sat", "kiem-toan")])
def test_leader_and_deputies_are_designated_from_the_seasons_members(deputies: tuple[str, ...]) -> None:
    command = the.designate("toa-an", *deputies, basis=Basis.APPOINTED)
    assert decided(GROUND, the.CLUSTER, command) == [the.designated("toa-an", *deputies, basis=Basis.APPOINTED)]


@pytest.mark.parametrize(
    ("units", "season"),
    [(["bo-cong-an"], 2024), (["toa-an", "kiem-toan", "bo-cong-an"], 2024), (["vien-kiem-sat"], 2022), (["toa-an"], 2019)],
)
def test_who_is_no_member_in_that_season_leads_nothing(units: list[str], season: int) -> None:
    with pytest.raises(LeaderNotMember, match=f"no member of noi-chinh in {season}"):
        decided(GROUND, the.CLUSTER, the.designate(*units, season=season))


def test_who_left_in_the_season_may_still_lead_it() -> None:
    past = [*the.CLUSTER, the.released("toa-an", MID_2022)]
    assert decided(GROUND, past, the.designate("toa-an", season=2022)) == [the.designated("toa-an", season=2022)]
    with pytest.raises(LeaderNotMember):
        decided(GROUND, past, the.designate("toa-an", season=2023))


@pytest.mark.parametrize("units", [["toa-an", "toa-an"], ["toa-an", "kiem-toan", "kiem-toan"]])
def test_nobody_is_leader_and_deputy_at_once_or_deputy_twice(units: list[str]) -> None:
    with pytest.raises(LeaderNotMember, match="name each of them once"):
        decided(GROUND, the.CLUSTER, the.designate(*units))


def test_a_later_designation_replaces_and_may_be_taken_back() -> None:
    past = [*the.CLUSTER, the.designated("toa-an")]
    assert decided(GROUND, past, the.designate("toa-an")) == []
    assert decided(GROUND, past, the.designate("kiem-toan")) == [the.designated("kiem-toan")]
    assert decided(GROUND, past, the.designate("toa-an", document="Biên bản 2")) == [the.designated("toa-an", document="Biên bản 2")]
    assert decided(GROUND, [*past, the.designated("kiem-toan")], the.designate("toa-an")) == [the.designated("toa-an")]


def test_seasons_do_not_disturb_one_another() -> None:
    past = [*the.CLUSTER, the.designated("toa-an", season=2024), the.designated("kiem-toan", season=2025)]
    assert decided(GROUND, past, the.designate("toa-an", season=2024)) == []


CONSENT = domain.ConsentToLead("noi-chinh", 2025, "toa-an", date(2024, 12, 20))
CONSENTED = domain.LeadershipConsented("noi-chinh", 2025, "toa-an", date(2024, 12, 20))
DECLINE = domain.DeclineToLead("noi-chinh", 2025, "toa-an", date(2024, 12, 21), "Đang sắp xếp tổ chức")
DECLINED = domain.LeadershipDeclined("noi-chinh", 2025, "toa-an", date(2024, 12, 21), "Đang sắp xếp tổ chức")


def test_a_member_consents_to_lead_a_season_and_may_think_better_of_it() -> None:
    assert decided(GROUND, the.CLUSTER, CONSENT) == [CONSENTED]
    assert decided(GROUND, [*the.CLUSTER, CONSENTED], DECLINE) == [DECLINED]
    again = replace(CONSENT, on=date(2024, 12, 28))
    assert decided(GROUND, [*the.CLUSTER, CONSENTED, DECLINED], again) == [replace(CONSENTED, on=date(2024, 12, 28))]


def test_what_was_said_before_it_was_replaced_may_be_said_again() -> None:
    assert decided(GROUND, [*the.CLUSTER, CONSENTED, DECLINED], CONSENT) == [CONSENTED]


def test_who_is_no_member_in_the_season_answers_nothing_about_it() -> None:
    for command in (CONSENT, DECLINE):
        with pytest.raises(LeaderNotMember, match="no member"):
            decided(GROUND, the.CLUSTER, replace(command, unit="tu-phap"))
    with pytest.raises(LeaderNotMember):
        decided(GROUND, [*the.CLUSTER, the.released("toa-an", END_2024)], CONSENT)
    with pytest.raises(ClusterEnded):
        decided(GROUND, [*the.CLUSTER, domain.ClusterDissolved("noi-chinh", date(2025, 1, 1), "QĐ 9")], CONSENT)


def test_an_answer_designates_nobody_and_keeps_nobody_from_being_designated() -> None:
    assert CLUSTER.fold([*the.CLUSTER, CONSENTED]).leaders == ()
    assert decided(GROUND, [*the.CLUSTER, DECLINED], the.designate("toa-an", season=2025)) == [the.designated("toa-an", season=2025)]


def test_answers_of_other_units_and_for_other_seasons_stand() -> None:
    other = replace(CONSENTED, unit="kiem-toan")
    later = replace(CONSENTED, season=2026)
    state = CLUSTER.fold([*the.CLUSTER, CONSENTED, other, later, DECLINED])
    assert (state.consented, state.declined) == ((other, later), (DECLINED,))

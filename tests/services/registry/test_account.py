"""Accounts, sign-in names, roles with their days, delegations, and the founding of the network: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import (
    ACCOUNT,
    LOGIN,
    NETWORK,
    Account,
    AccountGround,
    AccountOpened,
    AlreadyThere,
    DelegateRole,
    DelegationEnded,
    EndDelegation,
    FoundNetwork,
    GrantRole,
    KeepAdministering,
    LastAdministrator,
    LoginReserved,
    NetworkFounded,
    NotDelegable,
    OpenAccount,
    RevokeRole,
    RoleDates,
    RoleDelegated,
    RoleGranted,
    RoleNotHeld,
    RoleRevoked,
    ScopeKind,
    ScopeRefused,
    account,
)
from shared.access import Role
from shared.decider import Decider
from shared.errors import DomainError, NotFound
from tests.support.deciding import decided

TODAY = date(2025, 6, 16)
LAST_YEAR, END_JUNE, END_YEAR, NEXT_YEAR = date(2024, 1, 1), date(2025, 6, 30), date(2025, 12, 31), date(2026, 1, 1)
OPEN = OpenAccount("a1", "thu-ky.toa-an", "Thư ký", "toa-an")
OPENED = AccountOpened("a1", "thu-ky.toa-an", "Thư ký", "toa-an")
GRANT = GrantRole("a1", Role.SECRETARY, "toa-an")
GRANTED = RoleGranted("a1", "secretary", "toa-an", TODAY, None, None)
OF_OLD = RoleGranted("a1", "secretary", "toa-an", None, None, None)
REVOKE = RevokeRole("a1", Role.SECRETARY, "toa-an", reason="Chuyển công tác")
REVOKED = RoleRevoked("a1", "secretary", "toa-an", TODAY, "Chuyển công tác")
LEND = DelegateRole("a1", Role.SECRETARY, "toa-an", "a2", END_JUNE, "Đi công tác")
LENT = RoleDelegated("a1", "secretary", "toa-an", "a2", TODAY, END_JUNE, "Đi công tác")
RETURN = EndDelegation("a1", Role.SECRETARY, "toa-an", "a2", "Về sớm")


def here(scope: ScopeKind | None = ScopeKind.ORGANISATION, today: date = TODAY, *, stand_in: bool = True) -> Decider[Account]:
    return account(AccountGround(today, scope, stand_in))


def test_an_account_is_opened_once() -> None:
    assert decided(ACCOUNT, [], OPEN) == [OPENED]
    assert decided(ACCOUNT, [OPENED, GRANTED], OPEN) == []
    with pytest.raises(AlreadyThere, match="'Thư ký'"):
        decided(ACCOUNT, [OPENED], replace(OPEN, post="Trưởng ban"))


@pytest.mark.parametrize("command", [GRANT, REVOKE, LEND, RETURN, KeepAdministering("a1")])
def test_an_account_that_is_not_there_holds_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="no account a1"):
        decided(here(), [], command)


# Roles and their days


def test_a_role_is_granted_from_today_and_revoked_within_its_scope() -> None:
    assert decided(here(), [OPENED], GRANT) == [GRANTED]
    assert decided(here(), [OPENED, GRANTED], GRANT) == []
    assert decided(here(), [OPENED, OF_OLD], GRANT) == []
    assert decided(here(), [OPENED, GRANTED], replace(GRANT, scope="kiem-toan")) == [replace(GRANTED, scope="kiem-toan")]
    assert decided(here(), [OPENED, GRANTED], REVOKE) == [REVOKED]
    assert decided(here(), [OPENED, GRANTED, REVOKED], GRANT) == [GRANTED]


def test_a_grant_has_its_days_and_its_document() -> None:
    dated = replace(GRANT, from_on=LAST_YEAR, until_on=END_YEAR, document="QĐ 12")
    granted = replace(GRANTED, from_on=LAST_YEAR, until_on=END_YEAR, document="QĐ 12")
    assert decided(here(), [OPENED], dated) == [granted]
    assert granted.effective_on == LAST_YEAR
    to_come = replace(GRANT, from_on=NEXT_YEAR)
    assert decided(here(), [OPENED], to_come) == [replace(GRANTED, from_on=NEXT_YEAR)]
    after_its_end = here(today=date(2026, 3, 1))
    assert decided(after_its_end, [OPENED, granted], GRANT) == [replace(GRANTED, from_on=date(2026, 3, 1))]


@pytest.mark.parametrize(
    ("days", "at"),
    [
        ({"from_on": END_JUNE, "until_on": TODAY}, "until_on"),
        ({"from_on": LAST_YEAR, "until_on": TODAY - timedelta(days=1)}, "until_on"),
        ({"from_on": NEXT_YEAR}, "from_on"),
    ],
    ids=["ends before it begins", "is over", "would rest until then"],
)
def test_days_that_cannot_be_are_named(days: dict[str, Any], at: str) -> None:
    with pytest.raises(RoleDates) as refused:
        decided(here(), [OPENED, GRANTED], replace(GRANT, **days))
    assert [place["at"] for place in refused.value.details["errors"]] == [at]


def test_what_is_not_held_is_not_revoked() -> None:
    assert decided(here(), [OPENED], REVOKE) == []
    assert decided(here(), [OPENED, GRANTED], replace(REVOKE, scope="*")) == []
    assert decided(here(), [OPENED, GRANTED, REVOKED], REVOKE) == []
    over = replace(GRANTED, from_on=LAST_YEAR, until_on=TODAY - timedelta(days=1))
    assert decided(here(), [OPENED, over], REVOKE) == []


def test_a_role_is_taken_away_from_a_day_on_and_never_for_days_that_are_past() -> None:
    leaving = replace(REVOKE, effective_on=NEXT_YEAR)
    assert decided(here(), [OPENED, GRANTED], leaving) == [replace(REVOKED, effective_on=NEXT_YEAR)]
    state = ACCOUNT.fold([OPENED, GRANTED, replace(REVOKED, effective_on=NEXT_YEAR)])
    held = state.holding("secretary", "toa-an")
    assert held is not None
    assert held.until_on == END_YEAR
    with pytest.raises(RoleDates, match="days that are past"):
        decided(here(), [OPENED, GRANTED], replace(REVOKE, effective_on=TODAY - timedelta(days=1)))


def test_what_was_recorded_before_revocations_had_days_took_effect_at_once() -> None:
    state = ACCOUNT.fold([OPENED, OF_OLD, RoleRevoked("a1", "secretary", "toa-an", None, None)])
    assert state.held == ()


MEANT = {
    Role.ADMINISTRATOR: {ScopeKind.NETWORK},
    Role.OFFICE: {ScopeKind.NETWORK, ScopeKind.ORGANISATION, ScopeKind.CLUSTER},
    Role.LEADER: {ScopeKind.CLUSTER},
    Role.SECRETARY: {ScopeKind.ORGANISATION},
    Role.COUNCIL: {ScopeKind.NETWORK},
    Role.INSPECTOR: {ScopeKind.NETWORK},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", [*ScopeKind, None])
def test_a_role_is_granted_only_where_it_means_something(role: Role, kind: ScopeKind | None) -> None:
    if kind in MEANT[role]:
        assert decided(here(kind), [OPENED], GrantRole("a1", role, "s"))
        return
    with pytest.raises(ScopeRefused) as refused:
        decided(here(kind), [OPENED], GrantRole("a1", role, "s"))
    assert [place["at"] for place in refused.value.details["errors"]] == ["scope"]


def test_another_administrator_is_one_who_holds_it_now_and_without_end() -> None:
    administers = RoleGranted("a1", "administrator", "*", LAST_YEAR, None, None)
    question = KeepAdministering("a1")
    assert decided(here(), [OPENED, administers], question) == []
    for past in ([OPENED], [OPENED, replace(administers, until_on=END_YEAR)], [OPENED, replace(administers, from_on=NEXT_YEAR)]):
        with pytest.raises(LastAdministrator):
            decided(here(), past, question)


# Delegations


def test_what_one_holds_one_lends_for_a_time() -> None:
    assert decided(here(), [OPENED, GRANTED], LEND) == [LENT]
    assert decided(here(), [OPENED, GRANTED, LENT], LEND) == []
    longer = replace(LEND, until_on=END_YEAR)
    assert decided(here(), [OPENED, GRANTED, LENT], longer) == [replace(LENT, until_on=END_YEAR)]
    assert decided(here(today=END_JUNE), [OPENED, GRANTED, LENT], LEND) == []


@pytest.mark.parametrize(
    "past",
    [
        [OPENED],
        [OPENED, GRANTED, REVOKED],
        [OPENED, replace(GRANTED, until_on=END_JUNE - timedelta(days=1))],
        [OPENED, replace(GRANTED, from_on=TODAY + timedelta(days=1))],
        [OPENED, replace(GRANTED, scope="kiem-toan")],
    ],
    ids=["never", "no more", "not to the end", "not from the beginning", "elsewhere"],
)
def test_what_one_does_not_hold_oneself_all_that_time_is_not_lent(past: list[Any]) -> None:
    with pytest.raises(RoleNotHeld, match="not lent on"):
        decided(here(), past, LEND)


def test_administration_is_not_lent_and_nobody_stands_in_for_themselves() -> None:
    administers = RoleGranted("a1", "administrator", "*", LAST_YEAR, None, None)
    with pytest.raises(NotDelegable):
        decided(here(), [OPENED, administers], replace(LEND, role=Role.ADMINISTRATOR, scope="*"))
    for command, decider in ((replace(LEND, to_account="a1"), here()), (LEND, here(stand_in=False))):
        with pytest.raises(NotFound, match="to stand in"):
            decided(decider, [OPENED, GRANTED], command)


@pytest.mark.parametrize("days", [{"until_on": TODAY - timedelta(days=1)}, {"from_on": LAST_YEAR}, {"from_on": END_YEAR}])
def test_a_delegation_is_of_days_to_come(days: dict[str, Any]) -> None:
    with pytest.raises(RoleDates):
        decided(here(), [OPENED, GRANTED], replace(LEND, **days))


def test_a_delegation_is_ended_early_once() -> None:
    ended = DelegationEnded("a1", "secretary", "toa-an", "a2", TODAY, "Về sớm")
    assert decided(here(), [OPENED, GRANTED, LENT], RETURN) == [ended]
    assert decided(here(), [OPENED, GRANTED, LENT, ended], RETURN) == []
    assert decided(here(), [OPENED, GRANTED], RETURN) == []
    assert decided(here(today=NEXT_YEAR), [OPENED, GRANTED, LENT], RETURN) == []


def test_a_delegation_ends_with_what_was_lent() -> None:
    past = [OPENED, GRANTED, LENT, replace(LENT, to_account="a3", until_on=END_YEAR), replace(GRANTED, role="office", scope="*")]
    ended = DelegationEnded("a1", "secretary", "toa-an", "a2", TODAY, "Chuyển công tác")
    assert decided(here(), past, REVOKE) == [REVOKED, ended, replace(ended, to_account="a3")]
    shorter = replace(GRANT, until_on=END_JUNE)
    assert decided(here(), past, shorter) == [
        replace(GRANTED, until_on=END_JUNE),
        DelegationEnded("a1", "secretary", "toa-an", "a3", END_JUNE + timedelta(days=1), None),
    ]


def test_a_grant_that_begins_later_ends_what_was_lent_of_the_earlier_days() -> None:
    soon, later = TODAY + timedelta(days=5), TODAY + timedelta(days=8)
    past = [OPENED, replace(GRANTED, from_on=soon), replace(LENT, from_on=soon)]
    assert decided(here(), past, replace(GRANT, from_on=later)) == [
        replace(GRANTED, from_on=later),
        DelegationEnded("a1", "secretary", "toa-an", "a2", soon, None),
    ]


days = st.integers(-5, 40).map(lambda number: TODAY + timedelta(days=number))
ours = (st.just("a1"), st.just(Role.SECRETARY), st.just("toa-an"))
another = st.sampled_from(["a2", "a3"])
steps = st.one_of(
    st.builds(GrantRole, *ours, st.none() | days, st.none() | days),
    st.builds(RevokeRole, *ours, st.none() | days),
    st.builds(DelegateRole, *ours, another, days, st.just("r"), days),
    st.builds(EndDelegation, *ours, another, st.just("r"), days),
)


@given(st.lists(st.tuples(steps, st.integers(0, 5)), max_size=15))
def test_nothing_is_lent_on_a_day_on_which_it_is_not_held(commands: list[tuple[Any, int]]) -> None:
    state, today = ACCOUNT.fold([OPENED]), TODAY
    for command, later in commands:
        today += timedelta(days=later)
        try:
            events = here(today=today).decide(state, command)
        except DomainError:
            continue
        for event in events:
            state = ACCOUNT.evolve(state, event)
        for lent in state.lent:
            held = state.holding(lent.role, lent.scope)
            first = max(lent.from_on, today)
            assert first > lent.until_on or (held is not None and held.covers(first, lent.until_on)), (command, lent, held)


# Sign-in names and the network


def test_a_sign_in_name_belongs_to_one_account_for_good() -> None:
    reserved = LoginReserved("thu-ky.toa-an", "a1")
    assert decided(LOGIN, [], OPEN) == [reserved]
    assert decided(LOGIN, [reserved], OPEN) == []
    with pytest.raises(AlreadyThere, match="is taken"):
        decided(LOGIN, [reserved], replace(OPEN, account="a2"))


def test_a_network_is_founded_once() -> None:
    founded = NetworkFounded("a1", sample=False)
    assert decided(NETWORK, [], FoundNetwork("a1", sample=False)) == [founded]
    assert decided(NETWORK, [founded], FoundNetwork("a1", sample=False)) == []
    for other in (FoundNetwork("a2", sample=False), FoundNetwork("a1", sample=True)):
        with pytest.raises(AlreadyThere, match="founded already"):
            decided(NETWORK, [founded], other)

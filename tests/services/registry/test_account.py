"""Accounts, sign-in names, roles and the founding of the network: given, when, then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.registry.domain import (
    ACCOUNT,
    LOGIN,
    NETWORK,
    AccountOpened,
    AlreadyThere,
    FoundNetwork,
    GrantRole,
    LoginReserved,
    NetworkFounded,
    OpenAccount,
    RevokeRole,
    RoleGranted,
    RoleRevoked,
)
from shared.errors import NotFound
from tests.support.deciding import decided

OPEN = OpenAccount("a1", "thu-ky.toa-an", "Thư ký", "toa-an")
OPENED = AccountOpened("a1", "thu-ky.toa-an", "Thư ký", "toa-an")
GRANT, GRANTED = GrantRole("a1", "secretary", "toa-an"), RoleGranted("a1", "secretary", "toa-an")
REVOKE, REVOKED = RevokeRole("a1", "secretary", "toa-an"), RoleRevoked("a1", "secretary", "toa-an")


def test_an_account_is_opened_once() -> None:
    assert decided(ACCOUNT, [], OPEN) == [OPENED]
    assert decided(ACCOUNT, [OPENED, GRANTED], OPEN) == []
    with pytest.raises(AlreadyThere, match="'Thư ký'"):
        decided(ACCOUNT, [OPENED], replace(OPEN, post="Trưởng ban"))


def test_a_role_is_granted_and_revoked_within_its_scope() -> None:
    assert decided(ACCOUNT, [OPENED], GRANT) == [GRANTED]
    assert decided(ACCOUNT, [OPENED, GRANTED], GRANT) == []
    assert decided(ACCOUNT, [OPENED, GRANTED], replace(GRANT, scope="kiem-toan")) == [replace(GRANTED, scope="kiem-toan")]
    assert decided(ACCOUNT, [OPENED, GRANTED], REVOKE) == [REVOKED]
    assert decided(ACCOUNT, [OPENED, GRANTED, REVOKED], GRANT) == [GRANTED]


def test_what_is_not_held_is_not_revoked() -> None:
    assert decided(ACCOUNT, [OPENED], REVOKE) == []
    assert decided(ACCOUNT, [OPENED, GRANTED], replace(REVOKE, scope="*")) == []
    assert decided(ACCOUNT, [OPENED, GRANTED, REVOKED], REVOKE) == []


@pytest.mark.parametrize("command", [GRANT, REVOKE])
def test_an_account_that_is_not_there_holds_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="no account a1"):
        decided(ACCOUNT, [], command)


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

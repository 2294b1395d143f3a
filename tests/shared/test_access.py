"""Roles as every service learns them from the registry's events, and the check at the service that takes the command."""

from __future__ import annotations

import pytest

from shared.access import GRANTS, NETWORK, Grant, Role, grants_of, require
from shared.errors import NotAllowed
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, ReadModel
from shared.store import Database
from tests.shared.given import an_event

SECRETARY = Grant(Role.SECRETARY, "toa-an")


@pytest.mark.parametrize(
    ("held", "roles", "scopes"),
    [
        ([Grant(Role.OFFICE, NETWORK)], [Role.OFFICE], []),
        ([Grant(Role.OFFICE, NETWORK)], [Role.ADMINISTRATOR, Role.OFFICE], ["toa-an"]),
        ([SECRETARY], [Role.OFFICE, Role.SECRETARY], ["kiem-toan", "toa-an"]),
        ([Grant(Role.LEADER, "noi-chinh"), SECRETARY], [Role.SECRETARY], ["toa-an"]),
    ],
)
def test_who_holds_a_role_in_the_network_or_in_a_scope_passes(held: list[Grant], roles: list[Role], scopes: list[str]) -> None:
    require(held, *roles, scopes=scopes)


@pytest.mark.parametrize(
    ("held", "roles", "scopes"),
    [
        ([], [Role.OFFICE], []),
        ([SECRETARY], [Role.SECRETARY], []),
        ([SECRETARY], [Role.SECRETARY], ["kiem-toan"]),
        ([SECRETARY], [Role.LEADER], ["toa-an"]),
        ([Grant(Role.ADMINISTRATOR, NETWORK)], [Role.OFFICE], ["toa-an"]),
        ([Grant(Role.OFFICE, "toa-an")], [Role.OFFICE], []),
    ],
)
def test_who_does_not_is_refused_and_told_what_would_do(held: list[Grant], roles: list[Role], scopes: list[str]) -> None:
    with pytest.raises(NotAllowed, match=str(roles[-1])) as refused:
        require(held, *roles, scopes=scopes)
    assert refused.value.details == {"roles": [str(role) for role in roles], "scopes": sorted(scopes)}


def _granted(position: int, kind: str, account: str, role: str, scope: str) -> Event:
    data = {"account": account, "role": role, "scope": scope}
    return an_event(position, service="registry", type=f"registry.{kind}", stream=f"account-{account}", data=data)


def test_grants_follow_the_registry(database: Database) -> None:
    model = ReadModel(name="anything", version=1)
    model.include(GRANTS)
    views = Projector(database, model)
    views.prepare()
    events = [
        _granted(1, "RoleGranted", "an", "secretary", "toa-an"),
        _granted(2, "RoleGranted", "an", "leader", "noi-chinh"),
        _granted(3, "RoleGranted", "binh", "office", NETWORK),
        _granted(4, "RoleRevoked", "an", "secretary", "toa-an"),
        _granted(5, "RoleGranted", "an", "leader", "noi-chinh"),
    ]
    views.receive(Page.of(events[:1]), lambda _service, _after: [])
    assert grants_of(views, "an") == (SECRETARY,)
    views.receive(Page.of(events[1:]), lambda _service, _after: [])
    assert grants_of(views, "an") == (Grant(Role.LEADER, "noi-chinh"),)
    assert grants_of(views, "binh") == (Grant(Role.OFFICE, NETWORK),)
    assert grants_of(views, "nobody") == ()

"""Roles as every service learns them from the registry's events, and the days on which they hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from shared.access import GRANTS, NETWORK, Grant, Role, grants_of
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, ReadModel
from shared.store import Database
from tests.shared.given import an_event

SECRETARY = Grant(Role.SECRETARY, "toa-an")


def _told(position: int, kind: str, schema: int = 2, **said: Any) -> Event:
    data = {"account": "an", "role": "secretary", "scope": "toa-an", **said}
    return an_event(position, service="registry", type=f"registry.{kind}", schema=schema, stream=f"account-{data['account']}", data=data)


def _granted(position: int, from_on: str | None = "2025-01-01", until_on: str | None = None, **said: Any) -> Event:
    return _told(position, "RoleGranted", from_on=from_on, until_on=until_on, document=None, **said)


def _lent(position: int, from_on: str, until_on: str, **said: Any) -> Event:
    lent = {"to_account": "binh", "from_on": from_on, "until_on": until_on, "reason": "Đi công tác"}
    return _told(position, "RoleDelegated", 1, **{**lent, **said})


@pytest.fixture
def views(database: Database) -> Projector:
    model = ReadModel(name="anything", version=1)
    model.include(GRANTS)
    made = Projector(database, model)
    made.prepare()
    return made


def _tell(views: Projector, *events: Event) -> None:
    views.receive(Page.of(list(events)), lambda _service, _after: [])


def _on(views: Projector, account: str, day: str) -> tuple[Grant, ...]:
    return grants_of(views, account, date.fromisoformat(day))


def test_grants_of_the_first_version_hold_from_their_recording_to_their_revocation(views: Projector) -> None:
    leader = {"role": "leader", "scope": "noi-chinh"}
    _tell(views, _told(1, "RoleGranted", 1))
    assert _on(views, "an", "2020-01-01") == (SECRETARY,)
    _tell(views, _told(2, "RoleGranted", 1, **leader), _told(3, "RoleGranted", 1, account="binh", role="office", scope=NETWORK))
    _tell(views, _told(4, "RoleRevoked", 1), _told(5, "RoleGranted", 1, **leader))
    assert _on(views, "an", "2025-06-16") == (Grant(Role.LEADER, "noi-chinh"),)
    assert _on(views, "binh", "2025-06-16") == (Grant(Role.OFFICE, NETWORK),)
    assert _on(views, "nobody", "2025-06-16") == ()


def test_a_grant_of_the_first_version_that_is_revoked_from_a_day_on_holds_until_then(views: Projector) -> None:
    _tell(views, _told(1, "RoleGranted", 1), _told(2, "RoleRevoked", effective_on="2025-04-01", reason=None))
    assert _held_on(views, "an", "2020-01-01", "2025-03-31", "2025-04-01") == [True, True, False]


def test_roles_are_told_in_one_order_however_they_were_granted(views: Projector) -> None:
    held = [("secretary", "toa-an"), ("leader", "b"), ("council", NETWORK), ("leader", "a")]
    _tell(views, *(_granted(position, role=role, scope=scope) for position, (role, scope) in enumerate(held, 1)))
    assert _on(views, "an", "2025-06-16") == tuple(Grant(Role(role), scope) for role, scope in sorted(held))


def _held_on(views: Projector, account: str, *days: str) -> list[bool]:
    return [_on(views, account, day) == (SECRETARY,) for day in days]


def test_a_grant_holds_from_its_first_to_its_last_day(views: Projector) -> None:
    _tell(views, _granted(1, "2025-03-01", "2025-03-31"))
    assert _held_on(views, "an", "2025-02-28", "2025-03-01", "2025-03-31", "2025-04-01") == [False, True, True, False]
    _tell(views, _granted(2, "2025-03-01"))
    assert _held_on(views, "an", "2025-02-28", "2030-01-01") == [False, True]


def test_a_revocation_ends_a_grant_from_its_day_on(views: Projector) -> None:
    _tell(views, _granted(1), _told(2, "RoleRevoked", effective_on="2025-04-01", reason="Chuyển công tác"))
    assert _held_on(views, "an", "2025-03-31", "2025-04-01") == [True, False]
    _tell(views, _told(3, "RoleRevoked", effective_on="2025-01-01", reason=None))
    assert _held_on(views, "an", "2025-01-01", "2025-03-31") == [False, False]


def test_a_stand_in_holds_the_role_for_the_days_of_the_delegation(views: Projector) -> None:
    _tell(views, _granted(1), _lent(2, "2025-03-01", "2025-03-31"))
    assert _held_on(views, "binh", "2025-02-28", "2025-03-01", "2025-03-31", "2025-04-01") == [False, True, True, False]
    assert _held_on(views, "an", "2025-03-15") == [True]
    assert _on(views, "chi", "2025-03-15") == (), "it was not lent to this one"
    ended = {"to_account": "binh", "effective_on": "2025-03-10", "reason": None}
    _tell(views, _told(3, "DelegationEnded", 1, **ended))
    assert _held_on(views, "binh", "2025-03-09", "2025-03-10") == [True, False]


def test_nobody_stands_in_for_what_is_not_held(views: Projector) -> None:
    _tell(views, _granted(1, "2025-01-01", "2025-03-10"), _lent(2, "2025-03-01", "2025-03-31"))
    assert _held_on(views, "binh", "2025-03-10", "2025-03-11") == [True, False]
    _tell(views, _granted(3, account="chi", scope="kiem-toan"), _lent(4, "2025-03-01", "2025-03-31", account="chi", to_account="an"))
    assert _held_on(views, "an", "2025-03-20") == [False]

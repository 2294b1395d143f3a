"""Who enters does not approve: the decider that looks at who entered what is to be approved."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared import service
from shared.decider import Decider
from shared.event import Event
from shared.permissions import OwnWork, read
from shared.rpc import Request
from shared.service import Service
from tests.shared.given import an_event

TABLE = read("""
diary:
  commands:
    approve: {office: network}
separation of duties:
  - {approves: diary.approve, entered: [diary.Noted], basis: custom}
""")


@pytest.fixture(autouse=True)
def _table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "table", lambda: TABLE)


def approved(actor: str, *log: Event, decided: Sequence[Any] = ("approved",), method: str = "approve") -> Sequence[Any]:
    streams = {"page": list(log)}
    diary: Any = SimpleNamespace(name="diary", facts=SimpleNamespace(store=SimpleNamespace(stream=streams.__getitem__)))
    decider: Decider[str] = Decider(
        "empty", lambda state, command: decided if (state, command) == ("full", "it") else (), lambda state, _event: state
    )
    return Service.apart(diary, Request(actor, method=method), decider, "page").decide("full", "it")


def test_the_account_that_entered_does_not_approve_and_any_other_does() -> None:
    log = an_event(1, actor="binh"), an_event(2, actor="an")
    with pytest.raises(OwnWork, match=r"entered what is to be approved \(diary\.Noted of .*\); another account with the role") as refused:
        approved("an", *log)
    assert refused.value.details == {"stream": "page", "event": log[1].id}
    assert approved("chi", *log) == ("approved",)


def test_what_is_entered_otherwise_or_approved_otherwise_keeps_nobody_apart() -> None:
    assert approved("an", an_event(1, actor="an", type="diary.Read")) == ("approved",)
    assert approved("an", an_event(1, actor="an"), method="read") == ("approved",)


def test_a_command_that_changes_nothing_is_not_refused() -> None:
    assert approved("an", an_event(1, actor="an"), decided=()) == ()

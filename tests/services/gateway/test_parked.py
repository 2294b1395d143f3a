"""Parked events over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.errors import NotAllowed
from tests.services.gateway.world import FakeNetwork

Headers = Callable[[str], dict[str, str]]
ROW = {
    "site": "vn",
    "position": 3,
    "stream": "s",
    "attempts": 5,
    "first_error": "KeyError()",
    "last_error": "ValueError()",
    "parked_at": "2025-03-01T08:00:00Z",
    "tried_at": "2025-03-02T08:00:00Z",
}
GONE = {
    "site": "vn",
    "service": "campaigns",
    "position": 9,
    "stream": "s",
    "event": "e9",
    "reason": "R",
    "actor": "a-2",
    "discarded_at": "2025-03-01T08:00:00Z",
}
PATH = "/api/v1/parked/awards/campaigns/3"


@pytest.fixture
def parked(network: FakeNetwork) -> FakeNetwork:
    for service in ("registry", "campaigns", "evaluations", "awards", "rankings", "audit"):
        network.answers[service, "parked"] = {"parked": [], "discarded": []}
    network.answers["awards", "parked"] = {"parked": [{**ROW, "service": "campaigns"}], "discarded": [GONE]}
    network.answers["awards", "parked_event"] = {
        **ROW,
        "service": "campaigns",
        "event": {"id": "e3"},
        "first_trace": "T1",
        "last_trace": "T2",
    }
    network.answers["awards", "retry_parked"] = {"freed": 2, "left": 0}
    network.answers["awards", "discard_parked"] = {"freed": 1, "left": 0, "repeated": False}
    return network


def test_the_list_names_service_and_producer_and_who_does_not_answer(parked: FakeNetwork, client: FlaskClient, token: Headers) -> None:
    parked.away = {"audit"}
    told: dict[str, Any] = client.get("/api/v1/parked", headers=token("thuky")).get_json()
    assert [(row["service"], row["producer"], row["position"]) for row in told["parked"]] == [("awards", "campaigns", 3)]
    assert [(row["service"], row["producer"], row["reason"]) for row in told["discarded"]] == [("awards", "campaigns", "R")]
    assert told["missing"] == ["audit"]


def test_one_is_shown(parked: FakeNetwork, client: FlaskClient, token: Headers) -> None:
    told = client.get(PATH, headers=token("thuky")).get_json()
    assert (told["service"], told["producer"], told["event"]) == ("awards", "campaigns", {"id": "e3"})
    assert [told[name] for name in ("first_error", "last_error", "first_trace", "last_trace")] == ["KeyError()", "ValueError()", "T1", "T2"]


def test_one_is_retried_and_discarded_in_the_name_of_the_account(parked: FakeNetwork, client: FlaskClient, token: Headers) -> None:
    headers = token("thuky")
    assert client.post(f"{PATH}/retry", headers=headers).get_json() == {"freed": 2, "left": 0}
    answer = client.post(f"{PATH}/discard", json={"reason": "sent twice"}, headers=headers)
    assert answer.get_json() == {"freed": 1, "left": 0, "repeated": False}
    place = {"producer": "campaigns", "position": 3}
    assert [(call.data, call.actor) for call in parked.told("awards", "retry_parked")] == [(place, "a-1")]
    assert [(call.data, call.actor) for call in parked.told("awards", "discard_parked")] == [({**place, "reason": "sent twice"}, "a-1")]


def test_a_discard_without_reason_and_a_service_without_views_are_refused(parked: FakeNetwork, client: FlaskClient, token: Headers) -> None:
    headers = token("thuky")
    for body in ({}, {"reason": ""}):
        assert client.post(f"{PATH}/discard", json=body, headers=headers).status_code == 422
    for service in ("gateway", "nobody"):
        assert client.post(f"/api/v1/parked/{service}/campaigns/3/retry", headers=headers).status_code == 404
    assert parked.told("awards", "discard_parked") == []


def test_who_is_no_administrator_is_refused_by_the_service(parked: FakeNetwork, client: FlaskClient, token: Headers) -> None:
    parked.answers["registry", "parked"] = NotAllowed("This needs the role administrator here.")
    assert client.get("/api/v1/parked", headers=token("thuky")).status_code == 403
    assert client.get("/api/v1/parked").status_code == 401

"""Errors over HTTP: problem details for programs, words for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.gateway import network as wire
from shared.errors import CommendationError, DomainError, NotFound, Unavailable
from shared.readiness import missing, untold
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork

Headers = Callable[[str], dict[str, str]]
DEEP: dict[str, Any] = {}
for _ in range(600):
    DEEP = {"a": DEEP}
CLUSTER = {"cluster": "k2", "name": "Khối 2", "organiser": "ban", "formed_on": "2024-01-01"}


def test_an_error_of_a_service_is_a_problem(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    network.answers["registry", "cluster"] = NotFound("There is no cluster x.", cluster="x")
    answer = client.get("/api/v1/clusters/x", headers={**token("office"), "X-Correlation-ID": "c-1"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json() == {
        "type": "/problems/not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no cluster x.",
        "code": "not_found",
        "correlation": "c-1",
        "details": {"cluster": "x"},
    }


def test_an_error_whose_class_only_the_service_knows_keeps_code_and_status(
    client: FlaskClient, token: Headers, network: FakeNetwork
) -> None:
    told = {"code": "registry.odd", "message": "Odd.", "status": 409, "details": {"errors": [{"at": "name", "message": "odd"}]}}
    network.answers["registry", "form_cluster"] = CommendationError.from_data(told)
    answer = client.post("/api/v1/clusters", json=CLUSTER, headers=token("office"))
    assert answer.status_code == 409
    assert (answer.get_json()["code"], answer.get_json()["errors"]) == ("registry.odd", [{"at": "name", "message": "odd"}])


def test_a_body_that_cannot_be_read_names_every_place(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    body = {"scores": [{"item": "I.1", "score": 12.5}, {"itm": "I.2", "score": "1"}], "more": 1}
    answer = client.patch("/api/v1/campaigns/c/sheets/u/self/u", json=body, headers=token("thuky"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "validation")
    places = {place["at"]: place["message"] for place in answer.get_json()["errors"]}
    assert set(places) == {"scores[0].score", "scores[1].item", "scores[1].itm", "more"}
    assert "floats lose digits" in places["scores[0].score"]
    assert not network.told("evaluations", "score_items")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ('{"reason": "one", "scores": [], "reason": "two"}', "reason"),
        ('{"scores": [{"item": "I.1", "score": "7"}, {"item": "I.2", "score": "1", "score": "9"}]}', "score"),
        ('{"scores": [], "scores": []}', "scores"),
        ('{"a": 1, "\\u0061": 1}', "a"),
        (f'{{"{"k" * 500}": 1, "{"k" * 500}": 2}}', "k" * 300),
    ],
    ids=["top", "nested", "alike", "escaped", "long"],
)
def test_a_key_that_stands_twice_is_refused_by_its_name(
    client: FlaskClient, token: Headers, network: FakeNetwork, text: str, at: str
) -> None:
    answer = client.patch("/api/v1/campaigns/c/sheets/u/self/u", data=text, content_type="application/json", headers=token("thuky"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "validation")
    assert answer.get_json()["errors"] == [{"at": at, "message": "This key stands twice in one object; give it once."}]
    assert not network.told("evaluations", "score_items")


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("GET", "/api/v1/nowhere", {}, 404, "not_found"),
        ("DELETE", "/api/v1/organisations", {}, 405, "method_not_allowed"),
        ("POST", "/api/v1/sessions", {"data": "{", "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/api/v1/sessions", {"data": b"\xff", "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/api/v1/sessions", {"data": "[" * 100_000, "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/api/v1/sessions", {"data": "9" * 5_000, "content_type": "application/json"}, 400, "malformed"),
        ("POST", "/api/v1/sessions", {"data": '{"\\ud800": 1}', "content_type": "application/json"}, 422, "validation"),
        ("POST", "/api/v1/sessions", {"data": '{"\\ud800": 1, "\\ud800": 1}', "content_type": "application/json"}, 422, "validation"),
        ("POST", "/api/v1/sessions", {"data": '{"login": "a"}', "content_type": "text/plain"}, 415, "media_type"),
        ("POST", "/api/v1/sessions", {"data": {"login": "a", "password": "b"}}, 415, "media_type"),
        ("GET", "/api/v1/tasks", {}, 401, "not_signed_in"),
    ],
)
def test_what_http_refuses_is_a_problem_too(
    client: FlaskClient, method: str, path: str, options: dict[str, Any], status: int, code: str
) -> None:
    answer = client.open(path, method=method, **options)
    assert (answer.status_code, answer.mimetype, answer.get_json()["code"]) == (status, "application/problem+json", code)


@pytest.mark.parametrize(
    ("content", "told"),
    [({"scale": 12.5}, "a JSON fraction"), (DEEP, "too deep")],
    ids=["fraction", "nested"],
)
@pytest.mark.parametrize(
    ("method", "path", "field"),
    [("PUT", "/api/v1/rubric-drafts/d1", "content"), ("POST", "/api/v1/organisations/changes", "changes")],
    ids=["draft", "changes"],
)
def test_what_a_free_body_cannot_say_exactly_is_refused(
    client: FlaskClient, token: Headers, network: FakeNetwork, method: str, path: str, field: str, content: dict[str, Any], told: str
) -> None:
    body = {"content": content, "edition": 0} if field == "content" else {"changes": [{"change": "rename", "organisation": "o", **content}]}
    answer = client.open(path, method=method, json=body, headers=token("office"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "validation")
    assert told in answer.get_json()["detail"]
    assert not {call.method for call in network.calls} & {"draft_rubric", "record_organisations"}


@pytest.mark.parametrize("instant", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize(
    "path", ["boards/standings", "boards/standings/btp", "exports/scores", "exports/scores.csv", "insights/comparison"]
)
def test_an_instant_out_of_our_time_is_refused(client: FlaskClient, token: Headers, path: str, instant: str) -> None:
    name = "before_as_of" if path.endswith("comparison") else "as_of"
    answer = client.get(f"/api/v1/campaigns/c/{path}", query_string={name: instant}, headers=token("office"))
    assert (answer.status_code, answer.get_json()["errors"][0]["at"]) == (422, name)


def test_a_page_asked_for_as_of_no_year_says_so(browser: Callable[[str], Browser]) -> None:
    answer = browser("office").get("/campaigns/td-2023/boards/standings?as_of=0001-01-01T00:00")
    assert answer.status_code == 200
    assert "Không đọc được thời điểm" in answer.text


def test_a_body_beyond_the_bound_is_refused(app: Flask, token: Headers, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = token("office")
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100)
    answer = app.test_client().post("/api/v1/clusters", json={**CLUSTER, "name": "x" * 200}, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")


def test_a_service_that_is_away_is_said_with_retry_after(
    client: FlaskClient, token: Headers, network: FakeNetwork, browser: Callable[[str], Browser]
) -> None:
    headers, here = token("office"), browser("office")
    network.away = {"campaigns", "registry"}
    api = client.get("/api/v1/campaigns", headers=headers)
    page = here.get("/campaigns")
    assert (api.status_code, page.status_code) == (503, 503)
    assert api.headers["Retry-After"] == page.headers["Retry-After"] == "5"
    assert "tạm thời chưa trả lời" in page.text


def test_a_defect_tells_nothing_of_the_inside(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    def broken(_data: dict[str, Any]) -> Any:
        raise RuntimeError("postgresql://user:secret@db")

    network.answers["campaigns", "campaigns"] = broken
    answer = client.get("/api/v1/campaigns", headers={**token("office"), "X-Correlation-ID": "c-9"})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "c-9" in answer.get_json()["detail"]


def test_a_page_says_an_error_in_the_words_of_the_catalogue(browser: Callable[[str], Browser], network: FakeNetwork) -> None:
    told = {"code": "awards.vote_miscounted", "message": "…", "status": 409, "details": {"members": 15, "counted": 14}}
    network.answers["awards", "record_vote"] = CommendationError.from_data(told)
    answer = browser("office").post("/awards/proposals/p0/vote", {"form": "vote-p0", "members": "15", "in_favour": "12"})
    assert answer.status_code == 409
    assert "cộng lại được 14, hội đồng có 15 thành viên" in answer.text


def test_an_error_without_words_keeps_the_services_own(browser: Callable[[str], Browser], network: FakeNetwork) -> None:
    network.answers["awards", "record_vote"] = DomainError("Something rare & odd.", language="shadows nothing")
    answer = browser("office").post("/awards/proposals/p0/vote", {"members": "15"})
    assert "Yêu cầu bị từ chối: Something rare &amp; odd." in answer.text


def test_pages_that_are_not_there_say_so_in_words(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text


def test_ready_names_what_is_missing(client: FlaskClient, network: FakeNetwork) -> None:
    assert client.get("/ready").get_json() == {"status": "ready", "missing": [], "reasons": {}}
    network.away = {"audit"}
    answer = client.get("/api/v1/ready")
    assert answer.status_code == 503
    assert answer.get_json() == {"status": "not ready", "missing": ["audit"], "reasons": {"audit": ["does not answer"]}}
    assert client.get("/health").status_code == 200


def test_ready_says_in_words_what_a_service_lacks_and_nothing_of_addresses(client: FlaskClient, network: FakeNetwork) -> None:
    away = untold("awards", "vn", 'connection to "10.1.2.3" failed')
    away |= {"relay": {"state": "waiting", "reason": "10.1.2.3 refused"}, "feed": {"state": "active", "reason": ""}}
    network.answers["awards", "health"] = {**away, "missing": missing(away)}
    answer = client.get("/ready")
    assert answer.status_code == 503
    lacks = ["the database does not answer", "the relay waits for the broker or the database"]
    assert answer.get_json()["reasons"] == {"awards": lacks}
    assert "10.1.2.3" not in answer.text


def test_ready_has_figures_for_an_administrator_only(client: FlaskClient, network: FakeNetwork, token: Headers) -> None:
    """From a head that moves during a freeze one would see that something was recorded."""
    found = network.ask("rankings", "health", {}, actor="", command="", correlation="", seconds=1)
    found |= {"database": {"state": "ok"}, "model": {"name": "s", "version": 1, "state": "building", "position": 40, "of": 100}}
    found["faults"] = ["differences: 40"]
    network.answers["rankings", "health"] = {**found, "missing": missing(found)}
    for path in ("/ready", "/api/v1/ready"):
        for headers in ({}, {"Authorization": "Bearer nobody"}, token("thuky")):
            told = client.get(path, headers=headers)
            assert told.get_json()["missing"] == ["rankings"]
            assert not re.search(r"40|100|parked|services", told.text)
        told = client.get(path, headers=token("office")).get_json()
        found = told["services"]["rankings"]
        assert (found["head"], found["cursors"][0]["position"], told["parked"]) == (100, 100, 0)
        assert found["faults"] == ["differences: 40"]


def test_ready_is_told_without_figures_while_nobody_knows_who_is_an_administrator(
    client: FlaskClient, network: FakeNetwork, token: Headers
) -> None:
    headers = token("office")
    network.away = {"registry"}
    answer = client.get("/ready", headers=headers)
    assert (answer.status_code, answer.get_json()["missing"], "services" in answer.get_json()) == (503, ["registry"], False)


def test_unavailable_while_views_follow_is_no_failure(
    browser: Callable[[str], Browser], network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = browser("thuky")
    network.answers["rankings", "health"] = Unavailable("away")
    monkeypatch.setattr(wire, "SETTLE_SECONDS", 0.05)
    answer = here.post("/campaigns/td-2024/units/btp/registration")
    assert answer.status_code == 303
    assert "Đã ghi nhận. Số liệu trên trang sẽ cập nhật" in here.get("/campaigns/td-2024").text

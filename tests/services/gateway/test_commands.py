"""Commands over the API: who gives them, under which id, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork, recorded

Headers = Callable[[str], dict[str, str]]
DAY = "2024-01-01"
RUBRIC = {"key": "r", "title": "R", "season": 2024, "scale": "10", "passes": [], "groups": [], "caps": []}
COPY = {"draft": "d", "key": "r2", "title": "R", "season": 2025, "in_force_from": DAY}
CAMPAIGN = {
    "campaign": "c",
    "title": "C",
    "cluster": "k",
    "season": 2024,
    "rubric": "r",
    "starts_on": DAY,
    "ends_on": DAY,
    "registration_due_on": DAY,
    "legal_basis": "HD",
    "illustrative": True,
}
VOTE = {"members": 3, "in_favour": 2, "against": 0, "blank": 0, "absent": 1, "held_on": DAY, "minutes": "BB"}
KEY = {"campaign": "c", "unit": "u", "pass_key": "self", "scorer": "s"}

COMMANDS: list[tuple[str, str, dict[str, Any] | None, tuple[str, str], dict[str, Any]]] = [
    (
        "POST",
        "/organisations",
        {"organisation": "o", "name": "O", "level": "TW", "opened_on": DAY},
        ("registry", "register_organisation"),
        {},
    ),
    ("POST", "/clusters", {"cluster": "k", "name": "K", "organiser": "o", "formed_on": DAY}, ("registry", "form_cluster"), {}),
    ("POST", "/clusters/k/members", {"unit": "u", "from_on": DAY}, ("registry", "admit_member"), {"cluster": "k"}),
    ("POST", "/clusters/k/members/u/release", {"until_on": DAY}, ("registry", "release_member"), {"cluster": "k", "unit": "u"}),
    (
        "POST",
        "/clusters/k/leaders",
        {"season": 2024, "leader": "u", "deputies": ["v", "w"], "basis": "elected", "document": "BB"},
        ("registry", "designate_leader"),
        {"cluster": "k"},
    ),
    (
        "PUT",
        "/clusters/k/list",
        {"completeness": "partial", "source": "Báo", "as_of": DAY},
        ("registry", "describe_list"),
        {"cluster": "k"},
    ),
    ("POST", "/clusters/k/names", {"name": "K2", "effective_on": DAY, "document": "QĐ"}, ("registry", "rename_cluster"), {"cluster": "k"}),
    ("POST", "/clusters/k/dissolution", {"effective_on": DAY, "document": "QĐ"}, ("registry", "dissolve_cluster"), {"cluster": "k"}),
    ("POST", "/clusters/k/admissions", {"units": ["u", "v"], "from_on": DAY}, ("registry", "admit_members"), {"cluster": "k"}),
    ("POST", "/accounts", {"account": "a-9", "login": "chin", "post": "P"}, ("registry", "open_account"), {}),
    ("POST", "/accounts/a/roles", {"role": "office", "scope": "*"}, ("registry", "grant_role"), {"account": "a"}),
    (
        "POST",
        "/accounts/a/revocations",
        {"role": "office", "scope": "*", "effective_on": DAY, "reason": "R"},
        ("registry", "revoke_role"),
        {"account": "a"},
    ),
    (
        "POST",
        "/accounts/a/delegations",
        {"role": "office", "scope": "*", "to_account": "b", "from_on": DAY, "until_on": DAY, "reason": "R"},
        ("registry", "delegate_role"),
        {"account": "a"},
    ),
    (
        "POST",
        "/accounts/a/delegations/end",
        {"role": "office", "scope": "*", "to_account": "b", "reason": "R"},
        ("registry", "end_delegation"),
        {"account": "a"},
    ),
    ("DELETE", "/accounts/a/roles/office/*", None, ("registry", "revoke_role"), {"account": "a", "role": "office", "scope": "*"}),
    ("POST", "/rubrics", RUBRIC, ("campaigns", "publish_rubric"), {"rubric": RUBRIC}),
    ("POST", "/rubrics/r/withdrawal", {"reason": "vì"}, ("campaigns", "withdraw_rubric"), {"rubric": "r"}),
    ("POST", "/rubrics/r/copies", COPY, ("campaigns", "copy_rubric"), {"rubric": "r"}),
    ("POST", "/rubric-templates/t/copies", COPY, ("campaigns", "copy_rubric"), {"template": "t"}),
    ("PUT", "/rubric-drafts/d", {"content": {"key": "r"}, "edition": 2}, ("campaigns", "draft_rubric"), {"draft": "d"}),
    ("POST", "/rubric-drafts/d/publication", {"edition": 2}, ("campaigns", "publish_draft"), {"draft": "d"}),
    ("POST", "/rubric-drafts/d/discarding", {"edition": 2}, ("campaigns", "discard_draft"), {"draft": "d"}),
    ("POST", "/campaigns", CAMPAIGN, ("campaigns", "launch_campaign"), {}),
    ("PUT", "/campaigns/c/units/u/registration", None, ("campaigns", "register_unit"), {"campaign": "c", "unit": "u"}),
    (
        "PUT",
        "/campaigns/c/units/u/covenant",
        {"signatory": "S", "signed_on": DAY},
        ("campaigns", "sign_covenant"),
        {"campaign": "c", "unit": "u"},
    ),
    (
        "POST",
        "/campaigns/c/passes/self/opening",
        {"due_on": DAY, "assignments": [{"unit": "u", "scorers": ["J1"]}]},
        ("campaigns", "open_pass"),
        {"campaign": "c", "pass_key": "self"},
    ),
    ("POST", "/campaigns/c/passes/self/closing", None, ("campaigns", "close_pass"), {"campaign": "c", "pass_key": "self"}),
    (
        "POST",
        "/campaigns/c/tie-vote",
        {"counts": [{"unit": "u", "votes": 2}, {"unit": "v", "votes": 1}], "held_on": DAY, "minutes": "BB"},
        ("campaigns", "record_tie_vote"),
        {"campaign": "c"},
    ),
    (
        "POST",
        "/campaigns/c/tie-vote/ballot",
        {"ballot": "b", "minutes": "BB"},
        ("campaigns", "take_tie_ballot"),
        {"campaign": "c"},
    ),
    ("POST", "/campaigns/c/finalisation", None, ("campaigns", "finalise"), {"campaign": "c"}),
    (
        "POST",
        "/campaigns/c/sheet-imports",
        {"pass_key": "self", "sheets": [{"unit": "u", "scorer": "J1", "scores": [{"item": "I", "score": "7.25", "reason": None}]}]},
        ("evaluations", "import_sheets"),
        {"campaign": "c"},
    ),
    (
        "PATCH",
        "/campaigns/c/sheets/u/self/s",
        {"scores": [{"item": "I", "score": "12.50", "reason": "vì"}], "version": 3},
        ("evaluations", "score_items"),
        KEY,
    ),
    ("POST", "/campaigns/c/sheets/u/self/s/submission", None, ("evaluations", "submit_sheet"), KEY),
    ("POST", "/campaigns/c/sheets/u/self/s/submission", {"version": 3}, ("evaluations", "submit_sheet"), KEY),
    (
        "POST",
        "/proposals",
        {"proposal": "p", "campaign": "c", "unit": "u", "form": "Cờ thi đua", "reason": "vì"},
        ("awards", "propose_flag"),
        {},
    ),
    ("POST", "/proposals/p/vote", VOTE, ("awards", "record_vote"), {"proposal": "p"}),
    ("POST", "/proposals/p/vote/ballot", {"ballot": "b", "minutes": "BB"}, ("awards", "take_ballot"), {"proposal": "p"}),
    (
        "POST",
        "/proposals/p/decision",
        {"number": "1/QĐ", "decided_on": DAY, "signatory": "S", "authority": "A"},
        ("awards", "decide"),
        {"proposal": "p"},
    ),
    (
        "POST",
        "/handovers",
        {"handover": "h", "cluster": "k", "season": 2024, "from_unit": None, "to_unit": "u", "handed_on": DAY, "document": "BB"},
        ("awards", "hand_over_flag"),
        {},
    ),
]


@pytest.mark.parametrize(("method", "path", "body", "command", "more"), COMMANDS, ids=[f"{row[3][0]}.{row[3][1]}" for row in COMMANDS])
def test_a_command_reaches_its_service_as_given(
    client: FlaskClient,
    token: Headers,
    network: FakeNetwork,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    command: tuple[str, str],
    more: dict[str, Any],
) -> None:
    headers = {**token("office"), "Idempotency-Key": "k-1", "X-Correlation-ID": "c-1"}
    answer = client.open(f"/api/v1{path}", method=method, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    (call,) = network.told(*command)
    assert call.data == (more if more == {"rubric": RUBRIC} else {**(body or {}), **more})
    assert (call.actor, call.command, call.correlation) == ("a-2", "k-1", "c-1")
    assert answer.get_json()["position"] == 7
    assert answer.headers["X-Correlation-ID"] == "c-1"


def test_a_repeated_command_is_answered_with_200(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    network.answers["campaigns", "finalise"] = recorded(repeated=True)
    answer = client.post("/api/v1/campaigns/c/finalisation", headers=token("office"))
    assert (answer.status_code, answer.get_json()["repeated"]) == (200, True)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/campaigns/c/units/u/registration"), ("DELETE", "/accounts/a/roles/office/*")])
def test_a_command_that_says_what_already_holds_is_answered_with_200(
    client: FlaskClient, token: Headers, network: FakeNetwork, method: str, path: str
) -> None:
    nothing = {**recorded(), "events": []}
    network.answers["campaigns", "register_unit"] = network.answers["registry", "revoke_role"] = nothing
    answer = client.open(f"/api/v1{path}", method=method, headers=token("office"))
    assert (answer.status_code, answer.get_json()["events"], answer.get_json()["repeated"]) == (200, [], False)


@pytest.mark.parametrize(
    ("sheets", "status"),
    [
        ([{**recorded(), "events": []}, recorded()], 201),
        ([{**recorded(), "events": []}, recorded(repeated=True)], 200),
    ],
)
def test_of_several_sheets_one_that_is_new_is_enough(
    client: FlaskClient, token: Headers, network: FakeNetwork, sheets: list[dict[str, Any]], status: int
) -> None:
    network.answers["evaluations", "import_sheets"] = {"sheets": sheets, "position": 7}
    body = next(row[2] for row in COMMANDS if row[3] == ("evaluations", "import_sheets"))
    assert client.post("/api/v1/campaigns/c/sheet-imports", json=body, headers=token("office")).status_code == status


def test_without_a_key_each_request_is_a_command_of_its_own(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    headers = token("office")
    for _ in range(2):
        client.post("/api/v1/campaigns/c/finalisation", headers=headers)
    first, second = network.told("campaigns", "finalise")
    assert first.command != second.command
    assert first.correlation != second.correlation


@pytest.mark.parametrize("key", ["a b", "x" * 81, "é", "a/b"])
def test_a_key_that_cannot_be_taken_is_refused(client: FlaskClient, token: Headers, network: FakeNetwork, key: str) -> None:
    answer = client.post("/api/v1/campaigns/c/finalisation", headers={**token("office"), "Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["at"] == "Idempotency-Key"
    assert not network.told("campaigns", "finalise")


@pytest.mark.parametrize("given", ["", "x" * 101, "a b", "é"])
def test_a_correlation_that_cannot_be_taken_is_replaced(client: FlaskClient, given: str) -> None:
    assert client.get("/health", headers={"X-Correlation-ID": given}).headers["X-Correlation-ID"] not in ("", given)


def test_an_account_with_its_first_password_can_sign_in(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    body = {"account": "a-9", "login": "moi", "post": "Thư ký mới", "password": "mật khẩu đầu tiên"}
    assert client.post("/api/v1/accounts", json=body, headers=token("office")).status_code == 201
    assert "password" not in network.told("registry", "open_account")[0].data
    account: dict[str, Any] = {**body, "organisation": None, "roles": []}
    network.answers["registry", "account_by_login"] = account
    assert client.post("/api/v1/sessions", json={"login": "moi", "password": body["password"]}).status_code == 201


def test_the_form_carries_the_command_id_it_was_shown_with(browser: Callable[[str], Browser], network: FakeNetwork) -> None:
    here = browser("thuky")
    for _ in range(2):
        here.post("/campaigns/td-2024/units/btp/registration", {"command": "shown-1"})
    assert [call.command for call in network.told("campaigns", "register_unit")] == ["shown-1", "shown-1"]


def test_as_of_is_asked_in_utc(client: FlaskClient, token: Headers, network: FakeNetwork, browser: Callable[[str], Browser]) -> None:
    path = "/campaigns/td-2024/boards/standings"
    client.get(f"/api/v1{path}", query_string={"as_of": "2024-04-10T09:00:00+07:00"}, headers=token("office"))
    browser("office").get(f"{path}?as_of=2024-04-10T09:00")
    assert [call.data["as_of"] for call in network.told("rankings", "board")] == ["2024-04-10T02:00:00.000000Z"] * 2
    assert client.get(f"/api/v1{path}?as_of=2024-04-10T09:00", headers=token("office")).status_code == 422  # no zone


def test_tasks_are_asked_for_the_units_one_fills_for(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    client.get("/api/v1/tasks", headers=token("thuky"))
    client.get("/api/v1/tasks", headers=token("office"))
    assert [call.data["units"] for call in network.told("evaluations", "tasks")] == [["btp"], ["ban"]]

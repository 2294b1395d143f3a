"""The sample season as its people see it: the boards of a finished year, a year under way, and who may do what."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
import requests
from pypdf import PdfReader

from services.console.sample.season import sample_password
from shared.blobs import digest_of
from tests.support.network import RunningNetwork

DONE, UNDER_WAY = "noi-chinh-2023", "noi-chinh-2024"


def test_three_boards_are_three_things(network: RunningNetwork) -> None:
    standings, flag, leader = (network.board(DONE, name) for name in ("standings", "flag", "leader"))
    assert [row["rank"] for row in standings["rows"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert standings["state"] == "final"
    assert standings["illustrative"] is True
    first = standings["rows"][0]
    assert flag["candidates"] == [first["unit"]]
    # who won the flag is not who leads next: the designation is a fact of its own
    assert leader["designated"]["leader"] == "tandtc" != first["unit"]
    assert {row["unit"]: row["led"] for row in leader["rows"]}["btp"] == [2022]


def test_equal_totals_are_separated_by_the_declared_chain_only(network: RunningNetwork) -> None:
    rows = {row["unit"]: row for row in network.board(DONE, "standings")["rows"]}
    tied, other = rows["bqllang"], rows["ttcp"]
    assert tied["total"] == other["total"]
    assert tied["tied_with"] == ["ttcp"]
    assert [(step["by"], step["decided"]) for step in tied["tie_steps"]] == [("content", True)]
    assert tied["rank"] + 1 == other["rank"]


def test_every_point_leads_to_the_event_behind_it(network: RunningNetwork) -> None:
    told = network.api("thanhtra").get(f"/campaigns/{DONE}/boards/standings/ktnn")
    exported = network.cli("export", "--service", "evaluations")
    assert exported.returncode == 0, exported.stderr
    events = {event["id"]: event for event in map(json.loads, exported.stdout.splitlines())}
    counted = 0
    for item in told["items"]:
        for one in item["passes"]:
            for score in one["scores"]:
                given = {entry["item"]: entry["score"] for entry in events[score["event"]]["data"]["scores"]}
                assert given[item["key"]] == score["score"]
                counted += 1
    assert counted > len(told["items"])
    assert sum(1 for item in told["items"] if any(one["key"] != "self" and one["counts"] for one in item["passes"])) >= 1


def test_award_and_hand_over_are_recorded_apart(network: RunningNetwork) -> None:
    api = network.api("thuongtruc")
    (decision,) = [row for row in api.get("/decisions") if row["campaign"] == DONE]
    assert decision["number"] == "01/QĐ-MH"
    assert decision["unit"] == network.board(DONE, "standings")["rows"][0]["unit"]
    (handover,) = api.get("/handovers")
    assert (handover["from_unit"], handover["to_unit"], handover["handed_on"]) == ("ktnn", "tandtc", "2024-04-10")


def test_a_sheet_has_evidence_was_given_back_and_came_again_and_an_appeal_is_answered(network: RunningNetwork) -> None:
    api = network.api("khoitruong")
    sheet = f"/campaigns/{UNDER_WAY}/sheets/bqllang/self/bqllang"
    told = api.get(sheet)
    items = {item["key"]: item for group in told["groups"] for item in group["items"]}
    assert (told["state"], told["version"]) == ("submitted", 5), "scored, handed in, given back, corrected, handed in"
    assert items["I.2"]["score"] == "142.75"
    (file,) = items["I.1"]["evidence"]
    content = api.session.get(f"{network.url}/api/v1{sheet}/items/I.1/evidence/{file['sha256']}", timeout=30).content
    assert digest_of(content) == file["sha256"]
    assert "MINH HOA" in PdfReader(io.BytesIO(content)).pages[0].extract_text()
    swept = network.cli("evidence", "sweep", "--remove", "--older-than", "1")
    assert (swept.returncode, file["sha256"] in swept.stdout) == (0, False), swept.stderr
    (appeal,) = api.get(f"/campaigns/{DONE}/appeals")["appeals"]
    assert (appeal["unit"], appeal["answered"]["outcome"]) == ("vksndtc", "rejected")


def test_a_secretary_fills_and_submits_a_sheet_and_the_board_changes(network: RunningNetwork) -> None:
    """The walk of the README: fill, be refused with every fault named, mend, submit, see the board."""
    api = network.api("thuky.btp")
    sheet = f"/campaigns/{UNDER_WAY}/sheets/btp/self/btp"
    items = [item for group in api.get(sheet)["groups"] for item in group["items"]]
    refused = api.call("PATCH", sheet, {"scores": [{"item": "I.1", "score": "300.01"}, {"item": "I.2", "score": "1.234"}]}, status=409)
    assert [error["at"] for error in refused["errors"]] == ["I.1", "I.2"]
    scores = [{"item": item["key"], "score": item["maximum"]} for item in items if item["kind"] == "content"]
    api.call("PATCH", sheet, {"scores": scores[:-1]})
    incomplete = api.post(f"{sheet}/submission", status=409)
    assert "III.6" in incomplete["detail"]
    before = {row["unit"]: row["rank"] for row in network.board(UNDER_WAY, "standings")["rows"]}
    assert before["btp"] is None
    api.call("PATCH", sheet, {"scores": scores[-1:]})
    api.post(f"{sheet}/submission", Idempotency_Key="submit-btp")
    again = api.post(f"{sheet}/submission", status=200, Idempotency_Key="submit-btp")
    assert again["repeated"] is True
    network.settle()
    rows = {row["unit"]: row for row in network.board(UNDER_WAY, "standings")["rows"]}
    assert rows["btp"]["total"] == "950.00"
    assert rows["btp"]["rank"] == 1 + sum(row["rank"] is not None and Decimal(row["total"]) > 950 for row in rows.values())


@pytest.mark.parametrize(
    ("login", "method", "path", "body"),
    [
        ("thuky.btp", "PATCH", f"/campaigns/{UNDER_WAY}/sheets/bqp/self/bqp", {"scores": [{"item": "I.1", "score": "1"}]}),
        ("thuky.btp", "POST", f"/campaigns/{UNDER_WAY}/finalisation", {}),
        ("thuky.btp", "POST", "/organisations", {"organisation": "x", "name": "X", "level": "Y"}),
        ("thanhtra", "POST", f"/campaigns/{UNDER_WAY}/passes/self/closing", {}),
        ("hoidong", "POST", "/proposals", {"proposal": "p", "campaign": DONE, "unit": "btp", "form": "Cờ thi đua", "reason": "x"}),
    ],
)
def test_roles_are_checked_where_the_command_is_taken(network: RunningNetwork, login: str, method: str, path: str, body: object) -> None:
    refused = network.api(login).call(method, path, body, status=403)
    assert refused["code"] == "not_allowed"
    assert "role" in refused["detail"]


def test_a_final_campaign_takes_nothing_more(network: RunningNetwork) -> None:
    refused = network.api("thuongtruc").post(f"/campaigns/{DONE}/passes/self/opening", {"due_on": "2030-01-01"}, status=409)
    assert refused["code"] == "campaigns.final"


def test_a_correlation_id_is_followed_from_the_request_to_the_rows(network: RunningNetwork) -> None:
    name = f"follow-me-{network.backend}"
    sheet = f"/campaigns/{UNDER_WAY}/sheets/bqp/self/bqp"
    network.api("thuky.bqp").call("PATCH", sheet, {"scores": [{"item": "I.1", "score": "280"}]}, X_Correlation_ID=name)
    network.settle()
    lines = [json.loads(line) for line in network.log_text().splitlines() if line.startswith("{") and name in line]
    seen = {line["event"] for line in lines}
    assert {"request_answered", "page_published", "page_folded"} <= seen
    folded = {line["model"] for line in lines if line["event"] == "page_folded"}
    assert {"evaluations", "standings"} <= folded


def test_wrong_password_and_no_session_are_refused(network: RunningNetwork) -> None:
    wrong = requests.post(f"{network.url}/api/v1/sessions", json={"login": "quantri", "password": "not the password"}, timeout=30)
    assert wrong.status_code == 401
    assert wrong.headers["Content-Type"].startswith("application/problem+json")
    assert requests.get(f"{network.url}/api/v1/accounts", timeout=30).status_code == 401
    assert sample_password() not in network.log_text().replace("Sample accounts", "").split("Listening on")[-1]

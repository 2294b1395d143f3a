"""Proofs of place, checkpoints and what is proved between them, on pages, as files and over the API."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from services.audit.domain import EvidenceDiffers, NotInTree
from tests.services.gateway import insights, world
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork

Browsers = Callable[[str], Browser]
Tokens = Callable[[str], dict[str, str]]
CHECKPOINT = insights.CHECKPOINT
EVENT = "/audit/events/0190-event"


def test_the_page_of_an_event_shows_index_size_root_path_and_checkpoint(browser: Browsers) -> None:
    page = browser("thuky").get(EVENT).text
    for words in ("chỉ số 11 trong 14 lá", "1f" * 32, "a2" * 32, "b1" * 32, "b2" * 32, "chốt lúc 10:00 01/12/2024", CHECKPOINT["digest"]):
        assert words in page
    assert f'href="{EVENT}/proof"' in page


def test_an_event_without_a_checkpoint_is_proved_in_the_tree_as_it_stands(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["audit", "proof"] = lambda data: {**insights.proved(data), "checkpoint": None, "size": 1, "index": 0, "path": []}
    page = browser("thuky").get(EVENT).text
    for words in ("chỉ số 0 trong 1 lá", "lá này chính là gốc", "chưa có mốc nào"):
        assert words in page


@pytest.mark.parametrize(("refused", "words"), [(NotInTree, "chưa nằm trong cây"), (EvidenceDiffers, "đã có người sửa")])
def test_where_nothing_is_proved_the_page_says_why(browser: Browsers, network: FakeNetwork, refused: type[NotInTree], words: str) -> None:
    network.answers["audit", "proof"] = refused("not proved")
    answer = browser("thuky").get(EVENT)
    assert answer.status_code == 200
    assert words in answer.text
    assert f"{EVENT}/proof" not in answer.text


def test_a_proof_is_kept_as_a_file_with_the_event_for_who_may_read_it(browser: Browsers, network: FakeNetwork) -> None:
    assert "with_event" not in browser("thuky").get(EVENT).text
    assert f'href="{EVENT}/proof?with_event=1"' in browser("office").get(EVENT).text
    kept = browser("thuky").get(f"{EVENT}/proof")
    assert kept.headers["Content-Disposition"] == 'attachment; filename="vi-tri-0190-event.json"'
    assert json.loads(kept.text) == insights.proved({"event": "0190-event"})
    assert not network.told("audit", "entries")
    whole = json.loads(browser("office").get(f"{EVENT}/proof?with_event=1&checkpoint=k1").text)
    assert whole["body"] == '{"id":"0190-event"}'
    assert network.told("audit", "entries")[-1].data == {"site": "vn", "service": "evaluations", "after": 11, "limit": 1}
    assert network.told("audit", "proof")[-1].data == {"event": "0190-event", "checkpoint": "k1"}


def test_an_explanation_shows_what_its_events_are_proved_by(browser: Browsers, network: FakeNetwork) -> None:
    address = "/campaigns/td-2024/boards/standings/btp"
    page = browser("thuky").get(address).text
    for words in ("14 sự kiện chấm điểm tại vn", "a2" * 32, CHECKPOINT["digest"], "Chứng minh vị trí trong nhật ký"):
        assert words in page
    assert "a1" * 32 not in page, "scores stand in the log of evaluations"
    network.answers["audit", "checkpoints"] = []
    as_it_stands = browser("thuky").get(address).text
    for words in ("chưa có mốc nào", "a2" * 32):
        assert words in as_it_stands
    network.away = {"audit"}
    without = browser("thuky").get(address)
    assert (without.status_code, "chưa có mốc nào" in without.text) == (200, False)


def test_a_final_result_shows_the_heads_of_the_logs_that_it_rests_on(browser: Browsers, network: FakeNetwork) -> None:
    places = [{"site": "vn", "service": "evaluations", "position": 14}]
    run = {**world.CAMPAIGN, "units": world.UNITS, "passes": world.PASSES, "phases": world.PHASES}
    network.answers["campaigns", "campaign"] = {**run, "state": "final", "seal": {"boards": [], "positions": places}}
    page = browser("thuky").get("/campaigns/td-2024").text
    for words in (CHECKPOINT["digest"], "Chấm điểm (evaluations) tại vn, 14 sự kiện", "a2" * 32):
        assert words in page
    assert network.told("audit", "heads")[-1].data == {"positions": places}
    assert "chốt lúc 10:00 01/12/2024" in page
    assert 'href="/audit/checkpoints/k1"' in page
    assert network.told("audit", "result_checkpoint")[-1].data == {"campaign": "td-2024"}
    network.answers["audit", "heads"] = network.answers["audit", "result_checkpoint"] = NotInTree("behind")
    assert browser("thuky").get("/campaigns/td-2024").status_code == 200


def test_checkpoints_are_shown_to_all_and_taken_by_who_may(browser: Browsers, network: FakeNetwork) -> None:
    seen = browser("thuky").get("/audit").text
    assert CHECKPOINT["digest"] in seen
    assert "Người chốt: Thư ký &lt;b&gt;" in seen
    assert 'action="/audit/checkpoints"' not in seen
    here = browser("office")
    assert 'action="/audit/checkpoints"' in here.get("/audit").text
    assert "Đã chốt mốc" in here.post("/audit/checkpoints", follow_redirects=True).text
    network.answers["audit", "take_checkpoint"] = EvidenceDiffers("changed")
    refused = here.post("/audit/checkpoints")
    assert (refused.status_code, "đã có người sửa" in refused.text) == (409, True)


def test_what_the_audit_did_of_itself_is_said_so(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["audit", "checkpoints"] = [{**CHECKPOINT, "actor": "system"}]
    page = browser("thuky").get("/audit").text
    assert "Người chốt: hệ thống" in page
    assert not network.told("audit", "verifications"), "verifications are for who may run one"
    assert "gần nhất: 10:05 01/12/2024 (hệ thống), đã đối chiếu 21 sự kiện" in browser("office").get("/audit").text


def test_what_the_latest_verification_found_is_seen_by_who_opens_the_page(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["audit", "verifications"] = [{**insights.VERIFICATION, "found": 3}]
    page = browser("office").get("/audit").text
    assert "thấy 3 điểm không khớp trong 21 sự kiện" in page
    assert 'href="/audit?verification=v1"' in page
    assert "gần nhất" not in browser("thuky").get("/audit").text
    network.answers["audit", "verifications"] = []
    assert "gần nhất" not in browser("office").get("/audit").text


def test_from_each_checkpoint_to_the_next_a_proof_is_kept(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["audit", "checkpoints"] = [{**CHECKPOINT, "checkpoint": "k2"}, CHECKPOINT]
    here = browser("thuky")
    page = here.get("/audit").text
    assert page.count("after=") == 1
    assert 'href="/audit/checkpoints/k1/consistency?after=k2"' in page
    assert here.get("/audit/checkpoints/k1/consistency?after=k2").status_code == 200
    assert network.told("audit", "consistency")[-1].data == {"before": "k1", "after": "k2"}


def test_checkpoints_and_what_is_proved_since_are_kept_as_files(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    assert json.loads(here.get("/audit/checkpoints/k1").text) == CHECKPOINT
    since = here.get("/audit/checkpoints/k1/consistency")
    assert since.headers["Content-Disposition"] == 'attachment; filename="noi-tiep-k1.json"'
    assert json.loads(since.text) == insights.consistent({})
    assert network.told("audit", "consistency")[-1].data == {"before": "k1", "after": None}


def test_all_of_it_over_the_api(client: FlaskClient, token: Tokens, network: FakeNetwork) -> None:
    def get(path: str, login: str = "thuky") -> object:
        answer = client.get(f"/api/v1{path}", headers=token(login))
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    assert get(f"{EVENT}/proof") == insights.proved({"event": "0190-event"})
    assert get(f"{EVENT}/proof?with_event=true", "office") == insights.proved({"event": "0190-event"}) | {"body": '{"id":"0190-event"}'}
    assert get("/audit/checkpoints?limit=1") == [CHECKPOINT]
    assert get("/audit/checkpoints/k1") == CHECKPOINT
    assert get("/audit/verifications?limit=5", "office") == [insights.VERIFICATION]
    assert network.told("audit", "verifications")[-1].data == {"limit": 5}
    assert get("/audit/results/td-2024/checkpoint") == CHECKPOINT
    network.answers["audit", "result_checkpoint"] = None
    assert client.get("/api/v1/audit/results/td-2024/checkpoint", headers=token("thuky")).status_code == 404
    assert get("/audit/checkpoints/k1/consistency?after=k2") == insights.consistent({"after": "k2"})
    assert client.post("/api/v1/audit/checkpoints", headers=token("office")).status_code == 201
    assert [call.actor for call in network.told("audit", "take_checkpoint")] == ["a-2"]
    why = client.get("/api/v1/campaigns/td-2024/boards/standings/btp", headers=token("thuky")).get_json()
    assert why["proof_of_place"] == "/api/v1/audit/events/{event}/proof"

"""Questions about boards as pages and over the API: what only supposes says so, what is refused is said and stays as it was typed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.rankings.asked import BoardTooLarge
from shared.errors import ValidationFailed
from tests.services.gateway import insights
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork, board

Browsers = Callable[[str], Browser]
WHAT_IF = "/campaigns/td-2024/insights/what-if"
MARK = "Giả định – không phải kết quả"


def test_prospects_say_who_may_still_win_what_is_a_bound_and_what_is_left_aside(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/insights/prospects").text
    assert "còn có thể đứng đầu" in page
    assert "giới hạn: không thể vượt quá" in page
    assert "không thể xếp hạng nữa" in page
    assert "Tự chấm (đang mở), Khối (chưa mở)" in page
    assert MARK not in page


def test_of_a_board_of_thousands_prospects_are_shown_in_pages_and_searched(browser: Browsers, network: FakeNetwork) -> None:
    path = "/campaigns/td-2024/insights/prospects"
    here = browser("thuky")
    assert 'role="search"' not in here.get(path).text, "all of two units are on the page"
    network.answers["rankings", "prospects"] = lambda data: {
        **insights.prospects(data),
        "units": 10_000,
        "may_win": 2001,
        "found": 120,
        "next": data["start"] + 50 if data["start"] < 100 else None,
    }
    page = here.get(path, query_string={"search": " bộ ", "start": "50"}).text
    assert {name: network.told("rankings", "prospects")[-1].data[name] for name in ("limit", "start", "search")} == {
        "limit": 50,
        "start": 50,
        "search": "bộ",
    }
    assert "2001 trong 10000 đơn vị còn có thể đứng đầu." in page
    assert "Đơn vị 51–52 trong 120." in page
    assert 'value="bộ"' in page
    (address,) = re.findall(r'href="([^"]*start=100[^"]*)"', page)
    last = here.get(html.unescape(address)).text
    assert network.told("rankings", "prospects")[-1].data["search"].strip() == "bộ"
    assert "Trang sau" not in last
    network.answers["rankings", "prospects"] = lambda data: {**insights.prospects(data), "units": 10_000, "found": 0, "rows": []}
    assert "Không có đơn vị nào như vậy." in here.get(path, query_string={"search": "nobody"}).text


def test_of_thousands_of_rivals_the_nearest_are_named_and_the_others_counted(browser: Browsers, network: FakeNetwork) -> None:
    def many(data: dict[str, Any]) -> dict[str, Any]:
        told = insights.firm(data)
        return {**told, "firmness": {**told["firmness"], "sharing": 4, "others": 9999, "overtaking": 30}}

    network.answers["rankings", "firmness"] = many
    page = browser("thuky").get(WHAT_IF).text
    assert "<strong>Bộ Tư pháp</strong> và 3 đơn vị khác:" in page
    assert "Bộ Công an và 29 đơn vị khác." in page
    assert "Từng đơn vị (2 đơn vị sát nhất trong 9999)" in page


def test_what_is_supposed_is_marked_and_asked_as_it_was_typed(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get(WHAT_IF, query_string={"weight:I.1": "1,5", "without": "J1", "percent": "7,5", "rubric": "r-2025"}).text
    assert MARK in page
    asked = network.told("rankings", "what_if")[-1].data
    assert (asked["weights"], asked["without"], asked["rubric"]) == ({"I.1": "1.5"}, ["J1"], "r-2025")
    assert network.told("rankings", "firmness")[-1].data["percent"] == "7.5"
    assert 'value="1,5"' in page
    assert "Giới hạn: ±14,28 %" in page
    assert "2 điểm không có chỗ trong thang điểm này" in page


def test_of_thousands_of_scorers_those_left_out_are_named_and_stay_ticked(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    assert "Mã người chấm" not in here.get(WHAT_IF).text
    many = [{"scorer": f"J{number}", "name": f"J{number}"} for number in range(5_000)]
    network.answers["rankings", "what_if"] = lambda data: {**insights.supposed(data), "scorers": many}
    page = here.get(WHAT_IF, query_string={"without": ["J7", " J8 ", ""]}).text
    assert network.told("rankings", "what_if")[-1].data["without"] == ["J7", "J8"]
    assert re.findall(r'name="without" value="(J\d+)" checked', page) == ["J7", "J8"]
    assert page.count('name="without"') == 3, "and a field for the next"
    assert "Phong trào có 5000 người chấm" in page
    assert 'value="nobody" maxlength' in here.get(WHAT_IF, query_string={"without": "nobody"}).text


def test_a_weight_that_is_as_it_was_is_not_asked(browser: Browsers, network: FakeNetwork) -> None:
    browser("thuky").get(WHAT_IF, query_string={"weight:I.1": "1"})
    assert all(not call.data.get("weights") for call in network.told("rankings", "what_if"))


def test_a_weight_that_cannot_be_read_is_said_at_its_item_and_stays_typed(browser: Browsers) -> None:
    answer = browser("thuky").get(WHAT_IF, query_string={"weight:I.1": "1.000"})
    assert answer.status_code == 422
    assert "<li>I.1:" in answer.text
    assert 'value="1.000"' in answer.text


def test_two_boards_show_arrows_and_reasons_with_their_events(browser: Browsers, network: FakeNetwork) -> None:
    at = {"other": "td-2023", "before_as_of": "2024-01-31T17:00"}
    page = browser("thuky").get("/campaigns/td-2024/insights/compare", query_string=at).text
    sent = network.told("rankings", "compare")[-1].data
    assert sent["before"] == {"campaign": "td-2023", "rubric": None, "as_of": "2024-01-31T10:00:00.000000Z"}
    assert sent["after"] == {"campaign": "td-2024", "rubric": None}
    for words in ("▲", 'href="/audit/events/0190-event"', "2 tiêu chí khác: 6", "+ Cờ", "Thang điểm của hai bảng khác nhau ở 1 chỗ"):
        assert words in page


def test_a_board_is_first_laid_beside_that_of_the_season_before(browser: Browsers, network: FakeNetwork) -> None:
    run = {"title": "x", "cluster": "khoi", "cluster_name": "Khối", "illustrative": True, "final": True}
    seasons = [(2021, "khoi"), (2024, "khoi"), (2023, "other"), (2022, "khoi"), (2025, "khoi")]
    network.answers["rankings", "boards"] = [
        {**run, "campaign": f"td-{season}", "season": season, "cluster": cluster} for season, cluster in seasons
    ]
    here = browser("thuky")
    compared = {}
    for campaign in ("td-2024", "td-2021", "td-unknown"):
        here.get(f"/campaigns/{campaign}/insights/compare")
        compared[campaign] = network.told("rankings", "compare")[-1].data["before"]["campaign"]
    assert compared == {"td-2024": "td-2022", "td-2021": "td-2021", "td-unknown": "td-unknown"}


def test_an_instant_that_cannot_be_read_is_said(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/insights/compare", query_string={"after_as_of": "hôm qua"}).text
    assert "Không đọc được thời điểm" in page


@pytest.mark.parametrize(("path", "question"), [(WHAT_IF, "what_if"), ("/campaigns/td-2024/insights/compare", "compare")])
def test_of_a_board_of_thousands_the_rows_are_shown_in_parts(browser: Browsers, network: FakeNetwork, path: str, question: str) -> None:
    told = {"what_if": insights.supposed, "compare": insights.compared}[question]
    network.answers["rankings", question] = lambda data: {**told(data), "units": 1000, "next": 500 if not data.get("start") else None}
    here = browser("thuky")
    asked = {"weight:I.1": "1,5", "without": ["J1", "J2"], "before_as_of": "2024-01-31T17:00"}
    first = here.get(path, query_string=asked)
    assert "Đơn vị 1–2 trong 1000." in first.text
    (address,) = re.findall(r'href="([^"]*start=500[^"]*)"', first.text)
    second = here.get(html.unescape(address))
    assert "Đơn vị 501–502 trong 1000." in second.text
    assert 'start=500"' not in second.text
    last = network.told("rankings", question)[-1].data
    assert last["start"] == 500
    if question == "what_if":
        assert (last["weights"], last["without"]) == ({"I.1": "1.5"}, ["J1", "J2"])
    else:
        assert last["before"]["as_of"] == "2024-01-31T10:00:00.000000Z"
    assert here.get(path, query_string={"start": "-1"}).status_code == 200
    assert network.told("rankings", question)[-1].data["start"] == 0


def test_what_a_board_is_too_large_for_is_said_beside_what_is_told(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "firmness"] = BoardTooLarge("too large", cells=20_000)
    answer = browser("thuky").get(WHAT_IF)
    assert answer.status_code == 200
    assert "Độ vững của hạng nhất: Bảng quá lớn cho câu hỏi này (trả lời đến 20000 ô" in answer.text
    assert "Bộ Công an" in answer.text


def test_the_seasons_of_a_unit_follow_its_lineage(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "lineage"] = {
        "ancestors": [{"organisation": "bca", "depth": 1}, {"organisation": "bca", "depth": 2}],
        "heirs": [],
        "complete": True,
    }
    page = browser("thuky").get("/units/btp/seasons").text
    assert network.told("rankings", "history")[-1].data == {"unit": "btp", "before": ["bca"]}
    assert "Tiếp nối, theo sổ đăng ký: Bộ Công an." in page


def test_hints_say_that_they_are_hints_and_where_there_is_not_enough_history(browser: Browsers) -> None:
    page = browser("office").get("/campaigns/td-2024/insights/honesty").text
    assert "không phải kết luận" in page
    assert "chưa đủ lịch sử" in page
    assert page.count("nên xem lại") == 2
    assert '<td class="num">5 %</td>' in page
    assert "10 điểm được sửa trong 6 giờ" in page
    assert "<td>Phong trào 2024</td>" in page
    assert "<td>Tự chấm</td>" in page
    assert 'insights/honesty"' not in browser("thuky").get("/campaigns/td-2024/boards/standings").text


def test_hints_of_a_kind_are_shown_in_pages_and_those_worth_a_look_alone(browser: Browsers, network: FakeNetwork) -> None:
    def many(data: dict[str, Any]) -> dict[str, Any]:
        told = insights.honesty(data)
        counts = {kind: {"all": 10_032, "marked": 34 if one["marked"] is not None else None} for kind, one in told["counts"].items()}
        return {**told, "counts": counts, "next": dict.fromkeys(told["next"], data.get("start", 0) + 50)}

    network.answers["rankings", "honesty"] = many
    here, path = browser("office"), "/campaigns/td-2024/insights/honesty"
    first = here.get(path).text
    assert network.told("rankings", "honesty")[-1].data == {"cluster": "khoi", "limit": 50}
    assert first.count("trong 10032.") == 6
    assert first.count("Chỉ 34 dòng nên xem lại") == 3
    (address,) = re.findall(r'href="([^"]*kind=leanings[^"]*marked=1[^"]*|[^"]*marked=1[^"]*kind=leanings[^"]*)"', first)
    marked = here.get(html.unescape(address)).text
    asked = {"kind": "leanings", "start": 0, "marked": True}
    assert network.told("rankings", "honesty")[-1].data == {"cluster": "khoi", "limit": 50, **asked}
    assert marked.count("<section") == 1
    assert "trong 34." in marked
    assert "Tất cả các loại dấu hiệu" in marked
    (address,) = re.findall(r'href="([^"]*start=50[^"]*)"', marked)
    here.get(html.unescape(address))
    assert network.told("rankings", "honesty")[-1].data == {"cluster": "khoi", "limit": 50, **asked, "start": 50}
    here.get(path, query_string={"kind": "own", "marked": "1", "start": "x"})
    assert network.told("rankings", "honesty")[-1].data == {"cluster": "khoi", "limit": 50, "kind": "own", "start": 0, "marked": False}
    assert here.get(path, query_string={"kind": "what"}).status_code == 200


def test_an_explanation_leads_to_the_place_of_each_event_and_to_the_evidence(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/boards/standings/btp").text
    assert 'href="/audit/events/0190-event"' in page
    assert 'href="/audit/events/0190-proof"' in page
    assert f'title="SHA-256 {insights.PROOF["sha256"]}"' in page
    placed = browser("thuky").get("/audit/events/0190-event").text
    assert "số 12 trong nhật ký evaluations tại vn" in placed
    assert "Thư ký đơn vị (Bộ Tư pháp)" in placed


def _leader(**more: Any) -> Any:
    rows: list[dict[str, Any]] = [
        {
            "unit": "btp",
            "name": "Bộ Tư pháp",
            "rank": None,
            "led": [],
            "deputised": [],
            "standing": 1,
            "leads_now": False,
            "candidate": True,
        },
        {
            "unit": "bca",
            "name": "Bộ Công an",
            "rank": None,
            "led": [],
            "deputised": [],
            "standing": 2,
            "leads_now": True,
            "candidate": False,
        },
    ]
    rows[0]["answer"] = None
    rows[1]["answer"] = {"consents": False, "on": "2024-11-19", "reason": "Đang <sắp> xếp"}
    return lambda data: {**board(data), "rows": rows, "designated": None, **more}


def test_the_leader_board_shows_who_declined_and_lets_a_unit_answer_for_itself(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = _leader()
    here = browser("thuky")
    page = here.get("/campaigns/td-2024/boards/leader").text
    assert "từ chối ngày 19/11/2024" in page
    assert "Đang &lt;sắp&gt; xếp" in page
    assert 'value="bca"' not in page
    fields = {"unit": "btp", "on": "2024-11-20", "reason": "Bận", "form": "leading"}
    assert here.post("/campaigns/td-2024/boards/leader/answers", {**fields, "answer": "decline"}).status_code == 303
    (call,) = network.told("registry", "decline_to_lead")
    assert call.data == {"cluster": "khoi", "season": 2025, "unit": "btp", "on": "2024-11-20", "reason": "Bận"}
    assert here.post("/campaigns/td-2024/boards/leader/answers", {**fields, "answer": "consent"}).status_code == 303
    (call,) = network.told("registry", "consent_to_lead")
    assert "reason" not in call.data


def test_a_refused_answer_stays_typed(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = _leader()
    errors = [{"at": "reason", "message": "Missing data for required field."}]
    network.answers["registry", "decline_to_lead"] = ValidationFailed("DeclineToLead cannot be read", errors=errors)
    fields = {"unit": "btp", "on": "2024-11-18", "form": "leading", "answer": "decline"}
    answer = browser("thuky").post("/campaigns/td-2024/boards/leader/answers", fields)
    assert answer.status_code == 422
    assert 'value="18/11/2024"' in answer.text
    assert "Lý do: chưa điền." in answer.text


READS = [
    ("/campaigns/td-2024/insights/prospects?limit=50&start=100&search=x", "prospects"),
    ("/campaigns/td-2024/insights/firmness?percent=5", "firmness"),
    ("/campaigns/td-2024/insights/board?rubric=r-2025", "board_under"),
    ("/campaigns/td-2024/insights/comparison?other=td-2023&before_rubric=r-2025", "compare"),
    ("/campaigns/td-2024/insights/units/btp/evidence", "proofs"),
    ("/units/btp/seasons", "history"),
    ("/clusters/khoi/honesty?kind=leanings&marked=true&limit=5&start=5", "honesty"),
]


@pytest.mark.parametrize(("path", "method"), READS, ids=[method for _, method in READS])
def test_the_api_asks_the_same_questions(
    client: FlaskClient, token: Callable[[str], dict[str, str]], network: FakeNetwork, path: str, method: str
) -> None:
    answer = client.get(f"/api/v1{path}", headers=token("office"))
    assert answer.status_code == 200, answer.text
    assert len(network.told("rankings", method)) == 1


def test_what_is_supposed_over_the_api_is_marked_and_read_exactly(
    client: FlaskClient, token: Callable[[str], dict[str, str]], network: FakeNetwork
) -> None:
    asked = {"weights": {"I.1": "1.50"}, "without": ["J1"]}
    answer = client.post("/api/v1/campaigns/td-2024/insights/what-if", json=asked, headers=token("thuky"))
    assert (answer.status_code, answer.get_json()["hypothetical"]) == (200, True)
    assert network.told("rankings", "what_if")[-1].data == {"campaign": "td-2024", **asked}
    assert client.get("/api/v1/audit/events/0190-event", headers=token("thuky")).get_json()["position"] == 12


def test_a_unit_answers_over_the_api(client: FlaskClient, token: Callable[[str], dict[str, str]], network: FakeNetwork) -> None:
    path = "/api/v1/clusters/khoi/seasons/2025/answers/btp"
    assert client.put(path, json={"consents": True, "on": "2024-11-20"}, headers=token("thuky")).status_code == 201
    (call,) = network.told("registry", "consent_to_lead")
    assert call.data == {"cluster": "khoi", "season": 2025, "unit": "btp", "on": "2024-11-20"}

"""Exports, print, charts and the ceremony: what they show is what the board shows, and they say in what state."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from services.gateway import exports
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import CAMPAIGN, FINAL, PASSES, FakeNetwork, board

SignIn = Callable[[str], Browser]
RUN = "/campaigns/td-2024"
FROZEN = {"since": "2024-11-19T03:00:00Z", "reason": "Chờ bỏ phiếu"}


def score(**more: Any) -> dict[str, Any]:
    said = {"scorer": "btp", "score": "16.25", "recorded_at": "2024-11-20T03:00:00Z", "reason": None, "event": "0190-e", "use": "counted"}
    return {**said, **more}


def item(key: str, *passes: dict[str, Any], kind: str = "content", points: str | None = None, group: str = "I") -> dict[str, Any]:
    said = {"key": key, "title": f"Tiêu chí {key}", "group": group, "kind": kind, "maximum": "20", "weight": "2", "points": points}
    return {**said, "passes": list(passes)}


def a_pass(key: str, title: str, value: str | None, *scores: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "title": title, "counts": True, "panel": value, "value": value, "note": None, "scores": list(scores)}


def records(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Two passes over one item, with a reason that would be a formula; a penalty; an answer to an appeal."""
    first = a_pass("self", "Tự chấm", "32.5", score(), score(score="15", use="superseded", event="0190-d"))
    second = a_pass("cluster", "Khối chấm", "30", score(scorer="bca", score="15", reason="=HYPERLINK(1)"))
    appeal = a_pass("appeal", "appeal", "31", score(scorer="appeal", score="15.5", reason="-Bổ sung"))
    items = [
        item("I.1", first, second, appeal, points="31"),
        item("I.2", a_pass("cluster", "Khối chấm", "2", score(score="2")), kind="penalty"),
    ]
    names = {"btp": "Bộ Tư pháp", "bca": "Bộ Công an", "appeal": "appeal"}
    return [{"unit": unit, "name": f"Tên {unit}", "items": items if unit == "btp" else [], "names": names} for unit in data["units"]]


FLAG = {
    "adjustment": "a1",
    "unit": "btp",
    "kind": "bonus",
    "points": "10",
    "title": "Cờ của bộ",
    "reason": "Dẫn đầu khối",
    "authority": "Bộ trưởng",
    "document": "QĐ 12",
    "effective_on": "2024-10-01",
    "expires_on": None,
    "recorded_at": "2024-11-20T04:00:00Z",
    "event": "0190-f",
}


def adjusted(data: dict[str, Any]) -> dict[str, Any]:
    found = board(data)
    found["rows"][0]["adjustments"] = [FLAG, {**FLAG, "kind": "penalty", "points": "2", "title": "Nộp muộn"}]
    return found


@pytest.fixture(autouse=True)
def _records(network: FakeNetwork) -> None:
    network.answers["rankings", "records"] = records


def frozen(data: dict[str, Any]) -> dict[str, Any]:
    return {**board(data), "frozen": FROZEN}


def lines_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_line_for_every_unit_item_pass_and_scorer(browser: SignIn) -> None:
    told = lines_of(browser("thuky").get(f"{RUN}/exports/scores.csv").data)
    assert [(one["item"], one["pass_key"], one["scorer"], one["score"], one["use"]) for one in told] == [
        ("I.1", "self", "btp", "16.25", "counted"),
        ("I.1", "self", "btp", "15", "superseded"),
        ("I.1", "cluster", "bca", "15", "counted"),
        ("I.1", "appeal", "appeal", "15.5", "counted"),
        ("I.2", "cluster", "btp", "2", "counted"),
    ]
    assert {(one["campaign"], one["state"], one["as_of"][:10], one["illustrative"]) for one in told} == {
        ("td-2024", "provisional", "2024-11-20", "True")
    }
    assert told[0]["event"] == "0190-e"


def test_no_cell_of_the_csv_is_a_formula_and_numbers_stay_numbers(browser: SignIn) -> None:
    told = lines_of(browser("thuky").get(f"{RUN}/exports/scores.csv").data)
    assert [one["reason"] for one in told[2:4]] == ["'=HYPERLINK(1)", "'-Bổ sung"]
    assert exports._safe("-3.5") == "-3.5"
    assert [exports._safe(text) for text in ("+84", "@x", "-3.5.1")] == ["'+84", "'@x", "'-3.5.1"]


def test_what_was_decided_apart_from_the_sheets_stands_on_lines_of_its_own(browser: SignIn, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = adjusted
    here = browser("thuky")
    told = [one for one in lines_of(here.get(f"{RUN}/exports/scores.csv").data) if one["pass_key"] == "adjustment"]
    assert [(one["kind"], one["score"], one["title"], one["scorer_name"], one["reason"]) for one in told] == [
        ("bonus", "10", "Cờ của bộ", "Bộ trưởng", "QĐ 12: Dẫn đầu khối"),
        ("penalty", "2", "Nộp muộn", "Bộ trưởng", "QĐ 12: Dẫn đầu khối"),
    ]
    book = load_workbook(io.BytesIO(here.get(f"{RUN}/exports/standings.xlsx").data))
    decided = [row for row in book["1. btp"].iter_rows(values_only=True) if row[1] in ("Cờ của bộ", "Nộp muộn")]
    assert [row[-2:] for row in decided] == [(10, "Bộ trưởng, QĐ 12: Dẫn đầu khối"), (-2, "Bộ trưởng, QĐ 12: Dẫn đầu khối")]
    assert "Bộ trưởng, QĐ 12: Dẫn đầu khối" in here.get(f"{RUN}/exports/units/btp").text


def test_the_workbook_holds_board_scores_and_summaries_and_says_its_state(browser: SignIn) -> None:
    answer = browser("thuky").get(f"{RUN}/exports/standings.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Bảng điểm", "Từng điểm đã cho", "1. btp", "2. bca", "3. ktnn", "4. ttcp"]
    for sheet in book:
        head = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(max_row=8, values_only=True)]
        assert ["Tình trạng", "Kết quả tạm thời"] in head
        assert ["Số liệu minh hoạ – không phải kết quả chính thức"] in head
        assert ["Tại thời điểm", "10:00 20/11/2024"] in head
    standings = [row for row in book["Bảng điểm"].iter_rows(values_only=True) if row[1] in ("Tên btp", "Tên ttcp")]
    assert [standings[0][0], standings[0][-2], standings[1][-1]] == [1, 30.5, "chưa có điểm"]
    scores = [row for row in book["Từng điểm đã cho"].iter_rows(values_only=True) if row[0] == "Tên btp"]
    in_hanoi = datetime.fromisoformat("2024-11-20T10:00")  # a cell knows no zone
    assert scores[2][7:] == (15, "tính", "=HYPERLINK(1)", in_hanoi, "0190-e")
    formula = [cell for row in book["Từng điểm đã cho"].iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"]
    assert [cell.data_type for cell in formula] == ["s"]
    summary = list(book["1. btp"].iter_rows(values_only=True))
    assert next(row[:3] for row in summary if row[0] == "STT") == ("STT", "Nội dung, tiêu chí", "Điểm chuẩn")
    first = next(row for row in summary if row[0] == "I.1")
    assert first == ("I.1", "Tiêu chí I.1", 40, 32.5, 30, 31, 31, "Bộ Công an: =HYPERLINK(1)\nappeal: -Bổ sung")
    assert next(row for row in summary if row[0] == "I.2")[3:6] == (None, -2, None)
    assert next(row for row in summary if row[0] == "I")[3:6] == (32.5, 30, 31), "of a group, as the board has it, without the penalty"
    assert next(row for row in summary if row[1] == "Tổng điểm")[3:6] == (32.5, 28, 29), "what a pass leaves blank stands as before"


@pytest.mark.parametrize("path", ["/exports/standings.xlsx", "/exports/scores.csv", "/exports/print", "/exports/units/btp"])
def test_what_is_frozen_is_frozen_in_every_form_and_says_so(browser: SignIn, network: FakeNetwork, path: str) -> None:
    network.answers["rankings", "board"] = frozen
    network.answers["rankings", "pending_board"] = AssertionError("no export asks for what is pending")
    answer = browser("office").get(f"{RUN}{path}")
    assert answer.status_code == 200
    if path.endswith(".xlsx"):
        cells = [cell for row in load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True) for cell in row]
        assert "Đóng băng – chưa phải kết quả chính thức" in cells
        assert "10:00 19/11/2024 – Chờ bỏ phiếu" in cells
    elif path.endswith(".csv"):
        assert {one["state"] for one in lines_of(answer.data)} == {"frozen"}
    else:
        assert "Đóng băng – chưa phải kết quả chính thức" in answer.text
    asked = {call.method for call in network.calls if call.service == "rankings"}
    assert asked == {"board", "records"}


def test_an_export_of_an_earlier_instant_asks_for_that_instant(browser: SignIn, network: FakeNetwork) -> None:
    told = lines_of(browser("thuky").get(f"{RUN}/exports/scores.csv?as_of=2024-11-01T08:00").data)
    assert {one["as_of"] for one in told} == {"2024-11-01T01:00:00.000000Z"}
    assert {call.data["as_of"] for call in network.calls if call.service == "rankings"} == {"2024-11-01T01:00:00.000000Z"}


def test_a_final_result_carries_its_seal(browser: SignIn) -> None:
    page = browser("thuky").get("/campaigns/td-2023/exports/print").text
    assert "Kết quả chính thức" in page
    assert "5ea1" * 16 in page


def test_the_printed_board_and_the_summary_of_each_unit(browser: SignIn) -> None:
    office = browser("office")
    alone, whole = office.get(f"{RUN}/exports/print").text, office.get(f"{RUN}/exports/print?sheets=1").text
    assert (alone.count("<section"), whole.count("<section")) == (1, 5)
    unit = office.get(f"{RUN}/exports/units/btp").text
    assert (unit.count("<section"), "=HYPERLINK(1)" in unit, "Trả lời khiếu nại" in unit) == (1, True, True)
    total = unit[unit.index("<tfoot>") :]
    assert re.findall(r'<td class="num">([^<]+)</td>', total[total.index("Tổng điểm") :])[:3] == ["32,5", "28", "29"]
    assert office.get(f"{RUN}/exports/units/none").status_code == 404


def test_more_records_than_a_file_takes_are_refused_in_words(
    browser: SignIn, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "EXPORT_ROWS_MAX", 4)
    answer = browser("thuky").get(f"{RUN}/exports/scores.csv")
    assert answer.status_code == 422
    assert "hơn 4 điểm đã cho" in answer.text


def test_units_are_asked_for_some_at_a_time(browser: SignIn, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "RECORD_UNITS_MAX", 3)
    assert len(lines_of(browser("thuky").get(f"{RUN}/exports/scores.csv").data)) == 5
    assert [call.data["units"] for call in network.told("rankings", "records")] == [["btp", "bca", "ktnn"], ["ttcp"]]


def test_the_api_gives_the_same_rows(client: Any, token: Callable[[str], dict[str, str]]) -> None:
    told = client.get(f"/api/v1{RUN}/exports/scores", headers=token("thuky")).get_json()
    assert (told["state"], told["as_of"], len(told["rows"])) == ("provisional", "2024-11-20T03:00:00.000000Z", 5)
    assert told["rows"][1]["use"] == "superseded"
    assert client.get(f"/api/v1{RUN}/exports/scores.csv", headers=token("thuky")).mimetype == "text/csv"
    assert client.get(f"/api/v1{RUN}/exports/standings.xlsx", headers=token("thuky")).data[:2] == b"PK"


# The flag board and the leader board

STEPS = [
    {"by": "content", "key": None, "value": "30.50", "marks": [], "decided": False},
    {"by": "count_highest", "key": None, "value": None, "marks": [["10", 3], ["9.5", 1]], "decided": True},
]
LED = [
    {
        "unit": "bca",
        "name": "=Bộ Công an",
        "rank": 1,
        "led": [2019, 2023],
        "deputised": [],
        "standing": 2,
        "leads_now": False,
        "candidate": False,
        "answer": {"consents": False, "on": "2024-11-18", "reason": "@Bận nhiệm kỳ"},
    },
    {
        "unit": "btp",
        "name": "Bộ Tư pháp",
        "rank": 2,
        "led": [],
        "deputised": [2022],
        "standing": 1,
        "leads_now": True,
        "candidate": True,
        "answer": {"consents": True, "on": "2024-11-19", "reason": None},
    },
]


def tied(data: dict[str, Any]) -> dict[str, Any]:
    found = board(data)
    if data["board"] == "standings":
        found["rows"][0]["tie_steps"] = STEPS
    if data["board"] == "leader":
        found["rows"], found["rule"] = LED, "rotation"
    found["rules"] = {**found["rules"], "tie_breaks": [{"by": "content"}, {"by": "item", "key": "I.1"}]}
    return found


@pytest.fixture
def answering(network: FakeNetwork) -> FakeNetwork:
    network.answers["rankings", "board"] = tied
    return network


def sheet_of(content: bytes) -> list[tuple[Any, ...]]:
    (sheet,) = load_workbook(io.BytesIO(content)).worksheets
    return [tuple(cell for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True)]


def test_the_flag_board_leaves_with_each_reason_and_each_step_of_ties(browser: SignIn, answering: FakeNetwork) -> None:
    here = browser("thuky")
    first, second = lines_of(here.get(f"{RUN}/exports/flag.csv").data)
    assert [first[name] for name in ("rank", "unit", "total", "eligible", "reasons", "candidate", "state")] == [
        *("1", "btp", "30.50", "True", "", "True", "provisional")
    ]
    assert first["tie_steps"] == "content=30.50; count_highest=10x3,9.5x1 decided"
    assert (second["eligible"], second["reasons"], second["tie_steps"]) == ("False", "not_registered; no_scores", "")
    rows = sheet_of(here.get(f"{RUN}/exports/flag.xlsx").data)
    assert ("Khi bằng điểm, xét lần lượt:", "điểm nội dung → điểm tiêu chí I.1") in rows
    steps = "điểm nội dung: 30,5 – vẫn bằng nhau\nsố điểm cao nhất: 10 × 3, 9,5 × 1 – quyết định thứ tự"
    assert (1, "Bộ Tư pháp", "btp", 30.5, "đủ điều kiện", steps, "đứng đầu") in rows
    assert ("Thanh tra", "ttcp", "chưa đủ", "chưa đăng ký thi đua\nchưa có điểm") in rows
    page = here.get(f"{RUN}/exports/flag/print").text
    assert all(words in page for words in ("chưa đăng ký thi đua; chưa có điểm", "số điểm cao nhất: 10 × 3, 9,5 × 1", "Kết quả tạm thời"))


def test_the_leader_board_leaves_with_who_led_who_refuses_and_who_is_designated(browser: SignIn, answering: FakeNetwork) -> None:
    here = browser("thuky")
    first, second = lines_of(here.get(f"{RUN}/exports/leader.csv").data)
    assert [first[name] for name in ("order", "unit", "led", "standing", "answer", "answered_on", "reason", "designated")] == [
        *("1", "bca", "2019, 2023", "2", "declines", "2024-11-18", "'@Bận nhiệm kỳ", "leader")
    ]
    assert [second[name] for name in ("deputised", "leads_now", "answer", "candidate", "designated")] == [
        *("2022", "True", "consents", "True", "deputy")
    ]
    assert {tuple(one[name] for name in ("next_season", "rule", "basis", "document")) for one in (first, second)} == {
        ("2025", "rotation", "elected", "BB 1")
    }
    rows = sheet_of(here.get(f"{RUN}/exports/leader.xlsx").data)
    assert ("Khối trưởng năm 2025:", "Bộ Công an") in rows
    assert ("Văn bản", "BB 1") in rows
    assert any(row[:4] == (1, "=Bộ Công an", "bca", "2019, 2023") and "khối trưởng 2025" in row for row in rows)
    page = here.get(f"{RUN}/exports/leader/print").text
    assert all(words in page for words in ("2019, 2023", "@Bận nhiệm kỳ", "BB 1", "luân phiên", "<p>khối phó 2025</p>"))


def test_nobody_designated_is_said_so(browser: SignIn, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = lambda data: {**tied(data), "designated": None}
    here = browser("thuky")
    assert {one["document"] for one in lines_of(here.get(f"{RUN}/exports/leader.csv").data)} == {""}
    assert "Chưa ghi nhận khối trưởng năm 2025." in here.get(f"{RUN}/exports/leader/print").text


@pytest.mark.parametrize("name", ["flag", "leader"])
def test_no_cell_of_a_board_is_a_formula(browser: SignIn, network: FakeNetwork, name: str) -> None:
    hostile = ("=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "＝1")
    network.answers["rankings", "board"] = lambda data: {
        **(board(data) | {"title": "=TITLE()"}),
        "rows": [{**row, "name": text} for text in hostile for row in board(data)["rows"][:1]],
    }
    here = browser("thuky")
    told = lines_of(here.get(f"{RUN}/exports/{name}.csv").data)
    assert [one["name"] for one in told] == [f"'{text}" for text in hostile]
    (sheet,) = load_workbook(io.BytesIO(here.get(f"{RUN}/exports/{name}.xlsx").data)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert {"=TITLE()", "=1+1"} <= {cell.value for cell in cells}


@pytest.mark.parametrize("path", [f"/exports/{name}{form}" for name in ("flag", "leader") for form in (".xlsx", ".csv", "/print")])
def test_the_other_boards_are_frozen_in_every_form_and_of_the_instant_that_is_asked_for(
    browser: SignIn, network: FakeNetwork, path: str
) -> None:
    network.answers["rankings", "board"] = frozen
    network.answers["rankings", "pending_board"] = AssertionError("no export asks for what is pending")
    answer = browser("office").get(f"{RUN}{path}?as_of=2024-11-01T08:00")
    assert answer.status_code == 200
    if path.endswith(".xlsx"):
        assert ("Tình trạng", "Đóng băng – chưa phải kết quả chính thức") in sheet_of(answer.data)
    elif path.endswith(".csv"):
        assert {one["state"] for one in lines_of(answer.data)} == {"frozen"}
    else:
        assert "Đóng băng – chưa phải kết quả chính thức" in answer.text
    asked = [call for call in network.calls if call.service == "rankings"]
    assert {call.method for call in asked} == {"board"}
    assert {call.data["as_of"] for call in asked} == {"2024-11-01T01:00:00.000000Z"}


@pytest.mark.parametrize("name", ["standings", "flag", "leader"])
def test_a_board_of_several_pages_leaves_whole(
    client: Any, token: Callable[[str], dict[str, str]], network: FakeNetwork, name: str
) -> None:
    def paged(data: dict[str, Any]) -> dict[str, Any]:
        found = board(data)
        rows = [{**found["rows"][0], "unit": f"u{at}"} for at in range(5)]
        end = data["after"] + 2
        return {**found, "rows": rows[data["after"] : end], "after": end if end < len(rows) else None}

    network.answers["rankings", "board"] = paged
    told = client.get(f"/api/v1{RUN}/exports/{name}", headers=token("thuky")).get_json()
    assert [row["unit"] for row in told["rows"]] == ["u0", "u1", "u2", "u3", "u4"]
    if name != "standings":
        csv_lines = lines_of(client.get(f"/api/v1{RUN}/exports/{name}.csv", headers=token("thuky")).data)
        assert [one["unit"] for one in csv_lines] == ["u0", "u1", "u2", "u3", "u4"]
        assert client.get(f"/api/v1{RUN}/exports/{name}.xlsx", headers=token("thuky")).data[:2] == b"PK"


def test_a_board_that_never_ends_is_given_up(client: Any, token: Callable[[str], dict[str, str]], network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = lambda data: {**board(data), "rows": [], "after": data["after"] + 1}
    answer = client.get(f"/api/v1{RUN}/exports/leader", headers=token("thuky"))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "export_too_large")


@pytest.mark.parametrize("name", ["standings", "flag", "leader"])
def test_each_board_leads_to_its_files(browser: SignIn, name: str) -> None:
    here = browser("thuky")
    assert f'href="{RUN}/exports"' in here.get(f"{RUN}/boards/{name}").text
    page = here.get(f"{RUN}/exports").text
    ways = re.findall(rf'href="([^"]*{RUN}/exports/{name}[^"]*)"', page)
    assert len(ways) == (2 if name == "standings" else 4)
    assert {here.get(way).status_code for way in ways} == {200}


def test_charts_stand_beside_their_numbers(browser: SignIn, network: FakeNetwork) -> None:
    run = {"title": "x", "cluster": "khoi", "cluster_name": "Khối", "illustrative": True, "final": True}
    seasons = [{**run, "campaign": "td-2024", "season": 2024}, {**run, "campaign": "td-2023", "season": 2023}]
    network.answers["rankings", "boards"] = [*seasons, {**run, "campaign": "other", "cluster": "other", "season": 2022}]
    page = browser("thuky").get(f"{RUN}/charts?unit=ktnn").text
    assert page.count("<svg") == 2  # one group and one content item: too few criteria for a radar
    assert "Cần ít nhất ba tiêu chí" in page
    assert page.count('role="img"') == 2
    assert page.count("<summary>Số liệu của biểu đồ</summary>") == 3
    assert "style=" not in page


def test_a_radar_sets_a_unit_against_the_middle_of_those_that_are_ranked(browser: SignIn, network: FakeNetwork) -> None:
    groups: list[dict[str, Any]] = [{"key": key, "title": f"Nhóm {key}", "maximum": "10", "items": []} for key in ("I", "II", "III")]

    def three(data: dict[str, Any]) -> dict[str, Any]:
        found = board(data)
        found["rules"] = {**found["rules"], "groups": groups}
        for place, row in enumerate(found["rows"]):
            row["groups"] = {"I": str(place), "II": "5", "III": None}
        return found

    network.answers["rankings", "board"] = three
    page = browser("thuky").get(f"{RUN}/charts?unit=ktnn").text
    assert "Nhóm I: 2 / 1; Nhóm II: 5 / 5; Nhóm III: – / –." in page


def passes(state: str) -> list[dict[str, Any]]:
    every: list[Any] = PASSES
    return [{**one, "state": state} for one in every]


def ready(network: FakeNetwork) -> None:
    network.answers["campaigns", "campaign"] = lambda data: {**CAMPAIGN, "campaign": data["campaign"], "passes": passes("closed")}


def test_the_ceremony_opens_the_last_place_first_and_ties_together(browser: SignIn, network: FakeNetwork) -> None:
    ready(network)
    office = browser("office")
    begin, first, last = (office.get(f"{RUN}/ceremony?opened={count}").text for count in (0, 1, 2))
    assert ("Tên" not in begin, "2 thứ hạng" in begin, "1 đơn vị không được xếp hạng" in begin) == (True, True, True)
    assert ("Tên ktnn" in first, "Tên btp" in first, "Hạng 3" in first) == (True, False, True)
    assert ("Tên btp" in last, "Tên bca" in last, "đồng hạng" in last, "won" in last) == (True, True, True, True)
    assert "Tên ttcp" not in begin + first + last
    assert 'rel="next"' not in last


def test_what_has_not_been_opened_is_nowhere_in_the_page(browser: SignIn, network: FakeNetwork) -> None:
    ready(network)
    page = browser("office").get(f"{RUN}/ceremony?opened=1").text
    for secret in ("btp", "bca", "Bộ Tư pháp", "30,5", "30.50"):
        assert secret not in page


def test_only_the_best_places_are_opened_where_so_many_are_asked_for(browser: SignIn, network: FakeNetwork) -> None:
    ready(network)
    page = browser("office").get(f"{RUN}/ceremony?best=1&opened=1").text
    assert ("Tên btp" in page, "Tên ktnn" in page, "won" in page) == (True, False, True)
    assert browser("office").get(f"{RUN}/ceremony?best=x&opened=99999999").status_code == 200


@pytest.mark.parametrize(("state", "of_board"), [("open", board), ("closed", frozen)])
def test_an_open_or_frozen_board_is_not_opened(browser: SignIn, network: FakeNetwork, state: str, of_board: Any) -> None:
    network.answers["campaigns", "campaign"] = {**CAMPAIGN, "passes": passes(state)}
    network.answers["rankings", "board"] = of_board
    answer = browser("office").get(f"{RUN}/ceremony")
    assert answer.status_code == 409
    assert "Chưa thể công bố" in answer.text


def test_a_final_result_is_opened_though_it_was_frozen_when_it_was_made_final(browser: SignIn, network: FakeNetwork) -> None:
    network.answers["campaigns", "campaign"] = {**FINAL, "passes": passes("closed")}
    network.answers["rankings", "board"] = lambda data: {**frozen(data), "state": "final"}
    assert "Kết quả chính thức" in browser("office").get("/campaigns/td-2023/ceremony").text


def test_the_ceremony_is_for_the_office(browser: SignIn, network: FakeNetwork) -> None:
    ready(network)
    assert browser("thuky").get(f"{RUN}/ceremony").status_code == 403
    assert "ceremony" not in browser("thuky").get(f"{RUN}/exports").text
    assert f"{RUN}/ceremony" in browser("office").get(f"{RUN}/exports").text


def test_a_summary_counts_points_as_they_enter_the_total() -> None:
    row = exports._summary_row(
        item("I.2", a_pass("cluster", "Khối", "2", score(reason="Muộn")), kind="penalty", points="-2"), ["self", "cluster"], {}
    )
    assert (row.points, row.counted, row.maximum, row.notes) == ([None, Decimal(-2)], Decimal(-2), Decimal(40), ["btp: Muộn"])


def test_a_penalty_of_nothing_is_nothing() -> None:
    row = exports._summary_row(item("I.2", a_pass("cluster", "Khối", "0", score()), kind="penalty", points="0"), ["cluster"], {})
    assert [str(points) for points in row.points] == ["0"]

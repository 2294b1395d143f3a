"""Score sheets by workbook on the pages and the API: download, look, choose, record all or nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from services.gateway.downloads import XLSX
from shared.errors import CommendationError
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import SHEET_URL, FakeNetwork, recorded, sheet

AT = "/campaigns/td-2024/sheet-workbooks/self/btp"
API = "/api/v1/campaigns/td-2024/sheet-workbooks/self/btp"
KEY = {"campaign": "td-2024", "pass_key": "self", "scorer": "btp"}


@pytest.fixture
def secretary(network: FakeNetwork, browser: Callable[[str], Browser]) -> Browser:
    network.answers["evaluations", "rehearse_sheets"] = {"refused": []}
    network.answers["evaluations", "score_sheets"] = {**recorded(), "events": 1}
    return browser("thuky")


def downloaded(secretary: Browser, query: str = "?unit=btp") -> bytes:
    answer = secretary.get(f"{AT}.xlsx{query}")
    assert answer.status_code == 200
    assert 'filename="phieu-td-2024-self-btp.xlsx"' in answer.headers["Content-Disposition"]
    return answer.data


def edited(content: bytes, **cells: Any) -> bytes:
    opened = load_workbook(io.BytesIO(content))
    for cell, value in cells.items():
        opened.worksheets[0][cell] = value
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def upload(secretary: Browser, content: bytes, unit: str = "btp") -> Any:
    data = {"file": (io.BytesIO(content), "phieu.xlsx"), "unit": unit}
    return secretary.post(AT, data, content_type="multipart/form-data")


def hidden(page: str) -> dict[str, str]:
    """What the preview carries to the recording."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("content", "digest", "unit")}  # type: ignore[index]


def test_the_page_of_a_sheet_leads_there(secretary: Browser) -> None:
    assert f'href="{AT}?unit=btp"' in secretary.get(SHEET_URL).text
    page = secretary.get(f"{AT}?unit=btp").text
    assert f'href="{AT}.xlsx?unit=btp"' in page
    assert f'href="{AT}.xlsx"' in page


def test_all_open_sheets_of_a_scorer_come_in_one_workbook(secretary: Browser, network: FakeNetwork) -> None:
    rows = [
        ("btp", "self", "btp", "open"),
        ("bca", "self", "btp", "submitted"),
        ("tandtc", "self", "btp", "open"),
        ("x", "self", "y", "open"),
    ]
    names = ("unit", "pass_key", "scorer", "state")
    network.answers["evaluations", "sheets"] = [dict(zip(names, row, strict=True)) for row in rows]
    network.answers["evaluations", "sheet"] = lambda data: sheet(unit=data["unit"])
    assert load_workbook(io.BytesIO(downloaded(secretary, ""))).sheetnames[:3] == ["Bộ Tư pháp", "tandtc", "Hướng dẫn"]
    network.answers["evaluations", "sheets"] = []
    assert secretary.get(f"{AT}.xlsx").status_code == 404


def test_nothing_edited_says_nothing_changed(secretary: Browser, network: FakeNetwork) -> None:
    answer = upload(secretary, downloaded(secretary))
    assert answer.status_code == 200
    assert "Không có gì thay đổi" in answer.text
    assert "Ghi vào bản nháp" not in answer.text
    assert not network.told("evaluations", "rehearse_sheets")


def test_a_change_is_shown_and_then_recorded(secretary: Browser, network: FakeNetwork) -> None:
    shown = upload(secretary, edited(downloaded(secretary), D8=12.5, E8="Báo cáo 12"))
    assert shown.status_code == 200
    assert "1 thay đổi, 0 dòng cần chọn, 0 lỗi" in shown.text
    assert "<strong>12,5</strong>" in shown.text
    assert not network.told("evaluations", "score_sheets")
    done = secretary.post(f"{AT}/changes", {**hidden(shown.text), "command": "c-1"})
    assert (done.status_code, done.headers["Location"]) == (303, SHEET_URL)
    (call,) = network.told("evaluations", "score_sheets")
    assert call.command == "c-1"
    scores = [{"item": "I.2", "score": "12.5", "reason": "Báo cáo 12"}]
    assert call.data == {**KEY, "sheets": [{"unit": "btp", "version": 3, "scores": scores}]}
    assert "Đã ghi 1 dòng từ tệp Excel" in secretary.get("/").text


def test_mistakes_are_named_by_cell_and_nothing_is_recorded(secretary: Browser, network: FakeNetwork) -> None:
    errors = [{"at": "I.2", "message": "?", "code": "rubric.score_out_of_range"}]
    told = {"code": "evaluations.scores_refused", "message": "?", "status": 409, "details": {"errors": errors}}
    network.answers["evaluations", "rehearse_sheets"] = {"refused": [{"unit": "btp", "error": told}]}
    shown = upload(secretary, edited(downloaded(secretary), D8=21, D9="mười"))
    assert shown.status_code == 422
    assert "Tờ Bộ Tư pháp, ô D8: Điểm phải từ 0 đến 20." in shown.text
    assert "Tờ Bộ Tư pháp, ô D9: Không đọc được số này" in shown.text
    assert "Ghi vào bản nháp" not in shown.text
    forced = secretary.post(f"{AT}/changes", hidden(shown.text))
    assert forced.status_code == 422
    assert not network.told("evaluations", "score_sheets")


def test_the_faulty_rows_are_given_back(secretary: Browser, network: FakeNetwork) -> None:
    content = edited(downloaded(secretary), D8=12, D9="mười")
    shown = upload(secretary, content).text
    assert "Tải các dòng có lỗi" in shown
    answer = secretary.post(f"{AT}/faults.xlsx", hidden(shown))
    assert 'filename="phieu-can-sua-td-2024-self.xlsx"' in answer.headers["Content-Disposition"]
    tab = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [tab.row_dimensions[number].hidden for number in (8, 9)] == [True, False]
    assert (tab["D8"].value, tab["D9"].value) == (12, "mười")
    assert "1 thay đổi, 0 dòng cần chọn, 1 lỗi" in upload(secretary, answer.data).text
    assert "2 thay đổi, 0 dòng cần chọn, 0 lỗi" in upload(secretary, edited(answer.data, D9=10)).text
    assert not network.told("evaluations", "score_sheets")


def test_a_workbook_without_mistakes_is_not_given_back(secretary: Browser) -> None:
    page = upload(secretary, edited(downloaded(secretary), D8=12)).text
    assert "Tải các dòng có lỗi" not in page
    assert secretary.post(f"{AT}/faults.xlsx", hidden(page)).status_code == 404


def test_a_stale_workbook_is_merged_and_a_row_of_two_waits_for_a_choice(secretary: Browser, network: FakeNetwork) -> None:
    content = edited(downloaded(secretary), D7=9, D8=5)
    now = sheet(version=4)
    now["groups"][0]["items"][0].update(score="8", reason="họ")
    network.answers["evaluations", "sheet"] = now
    shown = upload(secretary, content)
    assert shown.status_code == 409
    assert "1 thay đổi, 1 dòng cần chọn, 0 lỗi" in shown.text
    assert "Giữ điểm đã lưu: <strong>8</strong>" in shown.text
    carried = hidden(shown.text)
    undecided = secretary.post(f"{AT}/changes", carried)
    assert undecided.status_code == 409
    assert "còn dòng chưa chọn" in undecided.text
    assert not network.told("evaluations", "score_sheets")
    assert secretary.post(f"{AT}/changes", {**carried, "choice:btp:I.1": "mine"}).status_code == 303
    assert secretary.post(f"{AT}/changes", {**carried, "choice:btp:I.1": "theirs"}).status_code == 303
    mine, theirs = (call.data["sheets"] for call in network.told("evaluations", "score_sheets"))
    second = {"item": "I.2", "score": "5", "reason": None}
    assert theirs == [{"unit": "btp", "version": 4, "scores": [second]}]
    assert mine == [{"unit": "btp", "version": 4, "scores": [second, {"item": "I.1", "score": "9", "reason": "có"}]}]


def test_if_the_sheet_moved_on_meanwhile_it_is_shown_anew_and_nothing_recorded(secretary: Browser, network: FakeNetwork) -> None:
    shown = upload(secretary, edited(downloaded(secretary), D8=5))
    now = sheet(version=4)
    now["groups"][0]["items"][1].update(score="6")
    network.answers["evaluations", "sheet"] = now
    again = secretary.post(f"{AT}/changes", hidden(shown.text))
    assert again.status_code == 409
    assert "Trong khi bạn xem, dữ liệu đã thay đổi" in again.text
    assert not network.told("evaluations", "score_sheets")


def test_a_file_that_is_none_or_anothers_is_refused_with_what_to_do(secretary: Browser, network: FakeNetwork) -> None:
    for content, words in [(b"PK rubbish", "không mở được"), (downloaded(secretary), "phiếu chấm Bộ Tư pháp, không phải Bộ Công an")]:
        answer = upload(secretary, content, unit="bca")
        assert answer.status_code == 422
        assert words in answer.text
    assert "hãy chọn một tệp" in secretary.post(AT, {}).text
    assert secretary.post(AT, {}).status_code == 422


def test_what_the_service_refuses_when_it_comes_to_it_is_said(secretary: Browser, network: FakeNetwork) -> None:
    shown = upload(secretary, edited(downloaded(secretary), D8=5))
    told = {"code": "evaluations.sheet_closed", "message": "?", "status": 409}
    network.answers["evaluations", "score_sheets"] = CommendationError.from_data(told)
    answer = secretary.post(f"{AT}/changes", hidden(shown.text))
    assert answer.status_code == 409
    assert "không nhận điểm nữa" in answer.text


@pytest.fixture
def ask(client: FlaskClient, network: FakeNetwork, token: Callable[[str], dict[str, str]]) -> Callable[[str, bytes], Any]:
    network.answers["evaluations", "rehearse_sheets"] = {"refused": []}
    network.answers["evaluations", "score_sheets"] = {**recorded(), "events": 1}
    headers = token("thuky")

    def post(path: str, content: bytes) -> Any:
        return client.post(
            f"{API}{path}", data={"file": (io.BytesIO(content), "x.xlsx")}, headers=headers, content_type="multipart/form-data"
        )

    return post


def test_the_api_gives_and_takes_the_same(ask: Callable[[str, bytes], Any], secretary: Browser, network: FakeNetwork) -> None:
    content = secretary.get(f"{API}?unit=btp").data
    assert ask("", content).status_code == 200  # nothing changed
    content = edited(content, D7=9, D8=5)
    shown = ask("/preview", content).get_json()
    assert [(row["item"], row["cell"], row["before"]["score"], row["after"]["score"]) for row in shown["changes"]] == [
        ("I.1", "D7", "7,5", "9"),
        ("I.2", "D8", "", "5"),
    ]
    assert ask(f"?digest={shown['digest']}", content).status_code == 201
    assert len(network.told("evaluations", "score_sheets")) == 1
    now = sheet(version=4)
    now["groups"][0]["items"][0].update(score="8")
    network.answers["evaluations", "sheet"] = now
    assert ask(f"?digest={shown['digest']}", content).get_json()["code"] == "gateway.preview_stale"
    contested = ask("", content)
    assert (contested.status_code, contested.get_json()["details"]["rows"]) == (409, [{"unit": "btp", "item": "I.1"}])
    assert ask("?contested=theirs", content).status_code == 201
    wrong = ask("", edited(content, D7=8, D8="mười"))
    assert wrong.status_code == 422
    (fault,) = wrong.get_json()["errors"]
    assert (fault["at"], fault["code"]) == ("'Bộ Tư pháp'!D8", "number_unclear")


def test_the_api_gives_the_faulty_rows_back_as_the_page_does(
    ask: Callable[[str, bytes], Any], secretary: Browser, network: FakeNetwork
) -> None:
    content = edited(secretary.get(f"{API}?unit=btp").data, D7=8, D8="mười", D9=99)
    row = {"at": "I.3", "message": "?", "code": "rubric.above_maximum"}
    told = {"code": "evaluations.scores_refused", "message": "?", "status": 422, "details": {"errors": [row]}}
    network.answers["evaluations", "rehearse_sheets"] = {"refused": [{"unit": "btp", "error": told}]}
    faults = ask("/preview?unit=btp", content).get_json()["faults"]
    assert [(one["at"], one["code"]) for one in faults] == [
        ("'Bộ Tư pháp'!D8", "number_unclear"),
        ("'Bộ Tư pháp'!D9", "rubric.above_maximum"),
    ]
    answer = ask("/faults?unit=btp", content)
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    tab = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [tab.row_dimensions[number].hidden for number in (7, 8, 9)] == [True, False, False]
    assert (tab["D7"].value, tab["D8"].value, tab["D9"].value) == (8, "mười", 99)
    assert [tab[cell].comment is not None for cell in ("D7", "D8", "D9")] == [False, True, True]
    assert not network.told("evaluations", "score_sheets")
    assert ask("/faults?unit=bca", content).status_code == 422, "a workbook of another unit"
    network.answers["evaluations", "rehearse_sheets"] = {"refused": []}
    assert ask("/faults", edited(content, D8=5)).status_code == 404


def test_the_api_takes_for_a_sheet_no_workbook_of_another(ask: Callable[[str, bytes], Any], secretary: Browser) -> None:
    content = edited(secretary.get(f"{API}?unit=btp").data, D8=5)
    assert ask("?unit=bca", content).status_code == 422
    assert ask("?unit=btp", content).status_code == 201

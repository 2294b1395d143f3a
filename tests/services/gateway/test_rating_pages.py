"""The pages of ratings and initiatives over the service that they ask: filled by hand and by workbook, approved, corrected, recognised."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.services.evaluations import given_ratings as the
from tests.services.evaluations.test_ratings_service import Evaluations
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork
from tests.support.databases import fresh_database

AT = "/ratings/btp/2026-03/nd-335-2025"
YEAR = "/ratings/btp/years/2026/nd-335-2025"
PEOPLE = [
    {"person": f"p{number}", "full_name": name, "post": post, "unit": "btp", "from_on": "2020-01-01", "until_on": until_on}
    for number, name, post, until_on in [
        (1, "Nguyễn <Văn> Mẫu", "Chuyên viên", None),
        (2, "Trần Thị Mẫu", "Vụ trưởng", None),
        (3, "Lê Văn Mẫu", "Chuyên viên", "2025-12-31"),
    ]
]
METHODS = (
    "rating_schemes rating_periods ratings rehearse_ratings year_ratings enter_ratings submit_ratings return_ratings approve_ratings "
    "correct_rating decide_year_grade recognise_year initiatives initiative usable_initiatives submit_initiative examine_initiative "
    "year_grades recognise_initiative refuse_initiative withdraw_initiative"
)


@pytest.fixture
def evaluations(tmp_path: Path, network: FakeNetwork) -> Iterator[Evaluations]:
    """The real service behind the pages; `actor` says in whose name it is asked."""
    (tmp_path / "evaluations").mkdir()
    with fresh_database("sqlite", tmp_path / "evaluations") as database:
        made = Evaluations(database)
        network.answers["registry", "people"] = lambda data: PEOPLE if data["unit"] == "btp" else []
        network.answers["registry", "councils"] = [{"council": "hd", "name": "Hội đồng sáng kiến"}]
        for method in METHODS.split():
            network.answers["evaluations", method] = partial(_answer, made, method)
        yield made


@pytest.fixture
def office(evaluations: Evaluations, browser: Callable[[str], Browser]) -> Browser:
    return browser("office")


def _answer(evaluations: Evaluations, method: str, data: dict[str, Any]) -> Any:
    return evaluations.ask(evaluations.actor, method, **data)


def fields(subject: str = "p1", **changed: str) -> dict[str, str]:
    """The fields of a row in which everything was done."""
    said = {"general": "28,5", "assigned": "10", "completed": "10", "on_quality": "10", "on_progress": "10", **changed}
    figures = {f"figure:{key}:{subject}": value for key, value in said.items() if key not in ("group", "unrated", "decided", "because")}
    others = {f"{key}:{subject}": value for key, value in said.items() if key in ("unrated", "decided", "because")}
    return {f"group:{subject}": said.get("group", "Chuyên viên"), **figures, **others}


def test_the_grid_has_who_is_in_a_post_on_the_last_day_and_says_what_is_unverified(office: Browser) -> None:
    page = office.get(AT).text
    assert "Nguyễn &lt;Văn&gt; Mẫu" in page
    assert "Trần Thị Mẫu" in page
    assert "Lê Văn Mẫu" not in page
    assert 'name="group:p1" value="Chuyên viên"' in page
    assert "công thức chưa đối chiếu được nguyên văn" in page
    assert "HTXS, cả đơn vị: đã dùng 0; 20 % của 0 = 0 → 0, làm tròn xuống" in page


def test_rows_are_saved_and_shown_with_points_grade_and_how_the_points_came_about(office: Browser, network: FakeNetwork) -> None:
    answer = office.post(AT, fields(delays="1"))
    assert answer.status_code == 303
    (call,) = network.told("evaluations", "enter_ratings")
    (row,) = call.data["rows"]
    assert (row["subject"], row["figures"]["general"], row["figures"]["delays"]) == ("p1", "28.5", "1")
    page = office.get(AT).text
    assert "97,91" in page  # 28.5 + 70 x (1 + 1 + 0.975) / 3 = 97.916...
    assert "Tiêu chí chung 28,5/30; Kết quả thực hiện nhiệm vụ 69,41/70" in page
    assert '<output id="entered">1</output>/2' in page
    office.post(AT, {"seen:p1": seen_in(page)["p1"]})
    assert [call.data["removed"] for call in network.told("evaluations", "enter_ratings")] == [[], ["p1"]]


def seen_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="seen:(\w+)" value="(\w*)"', page))


def test_rows_of_two_who_type_at_once_are_both_kept_and_one_row_of_both_is_shown(office: Browser, evaluations: Evaluations) -> None:
    seen = {f"seen:{subject}": mark for subject, mark in seen_in(office.get(AT).text).items()}
    evaluations.ask("clerk", "enter_ratings", **the.AT, rows=[the.a_row("p2", general="20")])
    assert office.post(AT, {**seen, **fields()}).status_code == 303
    rows = {row["subject"]: row["figures"]["general"] for row in evaluations.ask("head", "ratings", **the.AT)["rows"]}
    assert rows == {"p1": "28.5", "p2": "20"}
    both = office.post(AT, {**seen, **fields(), **fields("p2", general="21,5")})
    assert both.status_code == 409
    assert "người khác vừa sửa dòng này" in both.text
    assert 'value="21,5"' in both.text
    again = {f"seen:{subject}": mark for subject, mark in seen_in(both.text).items()}
    assert office.post(AT, {**again, **fields(), **fields("p2", general="21,5")}).status_code == 303
    rows = {row["subject"]: row["figures"]["general"] for row in evaluations.ask("head", "ratings", **the.AT)["rows"]}
    assert rows == {"p1": "28.5", "p2": "21.5"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"completed": "11"}, "11 lớn hơn “Việc được giao (đã quy đổi)” (10)"),
        ({"general": "1.000"}, "“1.000” không phải là số"),
        ({"general": ""}, "chưa điền"),
        ({"general": "30,5"}, "30,5 vượt mức tối đa 30"),
        ({"decided": "HT"}, "hạ mức thì phải ghi lý do"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    office: Browser, evaluations: Evaluations, changed: dict[str, str], words: str
) -> None:
    answer = office.post(AT, {**fields(**changed), **fields("p2", general="29,75")})
    assert answer.status_code in (409, 422)
    assert words in answer.text
    assert "1 dòng có lỗi" in answer.text
    assert 'value="29,75"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in changed.values() if value and "decided" not in changed)
    assert evaluations.ask("head", "ratings", **the.AT)["rows"] == []


def test_ratings_are_submitted_and_approved_by_another_account(office: Browser, evaluations: Evaluations) -> None:
    assert office.post(AT, {**fields(), "action": "submit"}).status_code == 303
    page = office.get(AT).text
    assert "chờ duyệt" in page
    assert 'name="figure:general:p1"' not in page
    approval = {"form": "approve", "effective_on": "2026-04-02", "document": "12/QĐ-BTP"}
    refused = office.post(f"{AT}/approval", approval)
    assert refused.status_code == 409
    assert 'value="12/QĐ-BTP"' in refused.text
    evaluations.actor = "deputy"
    assert office.post(f"{AT}/approval", approval).status_code == 303
    assert "12/QĐ-BTP" in office.get("/ratings?unit=btp").text
    shown = office.get(f"{AT}/corrections/p1").text
    assert 'value="28,5"' in shown
    faulty = office.post(f"{AT}/corrections/p1", {**fields(general="31"), "form": "correct", "reason": "Ghi nhầm"})
    assert "31 vượt mức tối đa 30" in faulty.text
    assert "Ghi nhầm" in faulty.text
    assert office.post(f"{AT}/corrections/p1", {**fields(general="27"), "reason": "Ghi nhầm"}).status_code == 303
    assert evaluations.ask("head", "ratings", **the.AT)["rows"][0]["figures"]["general"] == "27"
    returned = office.post(f"{AT}/return", {"reason": "Thiếu minh chứng"})
    assert returned.status_code == 303
    assert "Thiếu minh chứng" in office.get("/ratings?unit=btp").text


def test_a_form_typed_leads_to_the_period_or_the_year(office: Browser) -> None:
    asked = {"unit": "btp", "scheme": "nd-335-2025"}
    month = office.get("/ratings/open", query_string={**asked, "period": "2026-03"})
    year = office.get("/ratings/open", query_string={**asked, "period": "2026"})
    assert [answer.headers["Location"] for answer in (month, year)] == [AT, YEAR]
    assert office.get("/ratings/open", query_string={**asked, "period": "tháng 3/2026"}).headers["Location"] == AT
    unclear = office.get("/ratings/open", query_string={**asked, "period": "13/2026"})
    assert (unclear.status_code, 'value="13/2026"' in unclear.text, "ghi 03/2026" in unclear.text) == (422, True, True)
    assert office.get("/ratings/btp/2026-13/nd-335-2025").status_code == 409


# The workbook


def downloaded(office: Browser) -> bytes:
    answer = office.get(f"{AT}/workbook.xlsx")
    assert answer.status_code == 200
    return answer.data


def edited(content: bytes, rows: dict[int, dict[str, Any]]) -> bytes:
    """The workbook with these cells by the row and the head of their column."""
    opened = load_workbook(io.BytesIO(content))
    sheet = opened["Xếp loại"]
    heads = {str(cell.value): at for at, cell in enumerate(sheet[1], 1)}
    for number, cells in rows.items():
        for head, value in cells.items():
            sheet.cell(number, heads[head]).value = value
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


DONE: dict[str, Any] = {
    "Điểm tiêu chí chung": 28.125,
    "Việc được giao (đã quy đổi)": 10,
    "Việc hoàn thành": "9,5",
    "Đạt chất lượng, kể cả việc đạt sau khi sửa": 9.5,
    "Bảo đảm tiến độ, kể cả việc có lần chậm": 10,
}


def upload(office: Browser, content: bytes) -> Any:
    return office.post(f"{AT}/workbook", {"file": (io.BytesIO(content), "x.xlsx")}, content_type="multipart/form-data")


def again(page: str) -> dict[str, str]:
    return {name: str(re.findall(rf'name="{name}" value="([^"]*)"', page)[-1]) for name in ("content", "digest")}


def test_a_workbook_is_filled_shown_and_recorded_whole(office: Browser, evaluations: Evaluations) -> None:
    content = edited(downloaded(office), {2: {**DONE, "Điểm tiêu chí chung": 28.5}, 3: {"Lý do không đánh giá": "Nghỉ thai sản"}})
    shown = upload(office, content)
    assert shown.status_code == 200
    assert "2 dòng, 2 thay đổi, 0 lỗi" in shown.text
    assert "96,16" in shown.text  # 28.5 + 70 x (0.95 + 0.95 + 1) / 3 = 96.166...
    assert evaluations.ask("head", "ratings", **the.AT)["rows"] == []
    assert office.post(f"{AT}/workbook/rows", again(shown.text)).status_code == 303
    rows = {row["subject"]: row for row in evaluations.ask("head", "ratings", **the.AT)["rows"]}
    assert (rows["p1"]["figures"]["completed"], rows["p1"]["group"], rows["p2"]["unrated"]) == ("9.5", "Chuyên viên", "Nghỉ thai sản")
    assert "Không có gì thay đổi" in upload(office, downloaded(office)).text


def test_mistakes_are_told_by_cell_and_nothing_is_recorded(office: Browser, evaluations: Evaluations) -> None:
    faulty = edited(downloaded(office), {2: DONE, 3: {**DONE, "Điểm tiêu chí chung": "một", "Lãnh đạo": "Có"}})
    shown = upload(office, faulty)
    assert shown.status_code == 422
    assert "Ô E2 (Điểm tiêu chí chung): 28,125 có quá 2 chữ số thập phân." in shown.text
    assert "Ô E3 (Điểm tiêu chí chung): “một” không phải là số" in shown.text
    assert 'name="digest"' not in shown.text
    back = office.post(f"{AT}/workbook/faults.xlsx", {"content": re.findall(r'name="content" value="([^"]*)"', shown.text)[0]})
    told = load_workbook(io.BytesIO(back.data))["Xếp loại"]
    assert [told.cell(row, 1).value for row in (2, 3)] == ["Nguyễn <Văn> Mẫu", "Trần Thị Mẫu"]
    assert "28,125" in str(told["E2"].comment.text)
    assert evaluations.ask("head", "ratings", **the.AT)["rows"] == []


def test_a_row_recorded_meanwhile_or_of_nobody_is_refused(office: Browser) -> None:
    content = downloaded(office)
    office.post(AT, fields())
    shown = upload(office, edited(content, {2: {**DONE, "Điểm tiêu chí chung": 28}, 4: {"Họ và tên, đơn vị": "Người lạ"}}))
    assert "số liệu của người này đã thay đổi" in shown.text
    assert "dòng này không của ai trong đơn vị" in shown.text


# The year


def test_a_year_over_its_quota_is_marked_lowered_and_recognised(office: Browser, evaluations: Evaluations) -> None:
    rows = [the.a_row_of("95", "p1"), the.a_row_of("94", "p2"), *(the.a_row_of("80", f"g{one}") for one in range(5))]
    evaluations.approved("2026-03", *rows)
    page = office.get(YEAR).text
    assert "vượt 1 so với 1 chỉ tiêu" in page
    assert "HTXS, cả đơn vị: đã dùng 2; 20 % của 5 = 1 → 1, làm tròn xuống" in page
    assert page.count("vượt chỉ tiêu") == 2
    recognition = {"form": "approve", "document": "99/QĐ-BTP", "effective_on": "2026-04-30"}
    evaluations.actor = "deputy"
    refused = office.post(f"{YEAR}/recognition", recognition)
    assert refused.status_code == 409
    assert "Vượt chỉ tiêu" in refused.text
    assert 'value="99/QĐ-BTP"' in refused.text
    evaluations.actor = "head"
    assert office.post(f"{YEAR}/grades/p2", {"grade": "HTT", "reason": "Hết chỉ tiêu"}).status_code == 303
    assert "HTXS → HTT: Hết chỉ tiêu" in office.get(YEAR).text
    evaluations.actor = "deputy"
    assert office.post(f"{YEAR}/recognition", recognition).status_code == 303
    assert "Đã công nhận theo 99/QĐ-BTP ngày 30/04/2026." in office.get(YEAR).text


# Initiatives


def test_an_initiative_goes_through_its_pages(office: Browser, evaluations: Evaluations) -> None:
    said = {"title": "Số hoá <hồ sơ>", "summary": "Nhanh hơn", "year": "2026", "submitted_on": "2026-02-01"}
    form = {"form": "initiative", "unit": "btp", **said}
    refused = office.post("/initiatives", {**form, "authors": []})
    assert refused.status_code == 422
    assert 'value="Số hoá &lt;hồ sơ&gt;"' in refused.text
    sent = office.post("/initiatives", {**form, "authors": ["p1", "p3"]})
    assert sent.status_code == 303
    at = sent.headers["Location"]
    assert "Lê Văn Mẫu – Chuyên viên" in office.get(at).text
    examined = {"council": "hd", "scope": "grassroots", "finding": "passed", "minutes": "BB 3", "effective_on": "2026-02-20"}
    assert office.post(f"{at}/examinations", examined).status_code == 303
    recognised = {"form": "recognise", "scope": "grassroots", "authority": "btp", "certificate": "Số 7", "effective_on": "2026-03-01"}
    refused = office.post(f"{at}/recognitions", recognised)
    assert refused.status_code == 409
    assert 'value="Số 7"' in refused.text
    evaluations.actor = "deputy"
    assert office.post(f"{at}/recognitions", recognised).status_code == 303
    page = office.get(at).text
    assert all(words in page for words in ("Hội đồng sáng kiến", "Số 7", "đã công nhận"))
    shown = office.get("/initiatives?unit=btp&year=2026").text
    assert "trong 0 năm sau năm áp dụng" in shown
    assert "chưa đối chiếu" in shown
    assert "Không có sáng kiến nào dùng được năm 2027" in office.get("/initiatives?unit=btp&year=2027").text
    assert office.post(f"{at}/withdrawal", {"reason": "Muộn"}).status_code == 409


def test_the_secretary_sees_the_own_unit_and_no_approval(evaluations: Evaluations, browser: Callable[[str], Browser]) -> None:
    evaluations.actor = "clerk"
    secretary = browser("thuky")
    assert secretary.post(AT, {**fields(), "action": "submit"}).status_code == 303
    page = secretary.get(AT).text
    assert "/approval" not in page
    assert "2026-03" in secretary.get("/ratings").text
    assert "Nộp sáng kiến" in secretary.get("/initiatives").text


# The API


def test_the_api_says_the_same(evaluations: Evaluations, client: Any, token: Callable[[str], dict[str, str]]) -> None:
    headers = token("office")
    row = {"subject": "p1", "group": "Chuyên viên", "leads": False, "figures": {**the.WHOLE, "delays": "1"}}
    assert client.patch(f"/api/v1{AT}", json={"rows": [row]}, headers=headers).status_code == 201
    told = client.get(f"/api/v1{AT}", headers=headers).get_json()
    assert (told["rows"][0]["points"]["total"], told["rows"][0]["grade"], told["quotas"][0]["exact"]) == ("99.41", "HTXS", "0")
    refused = client.patch(f"/api/v1{AT}", json={"rows": [{**row, "figures": {"general": "31"}}]}, headers=headers)
    assert refused.status_code == 409
    assert "p1.general" in {error["at"] for error in refused.get_json()["errors"]}
    assert client.post(f"/api/v1{AT}/submission", json={}, headers=headers).status_code == 201
    assert {scheme["key"] for scheme in client.get("/api/v1/rating-schemes", headers=headers).get_json()} >= {"nd-335-2025", "kbnn-abc"}
    assert client.get(f"/api/v1{YEAR}", headers=headers).get_json()["waiting"] == ["2026-03"]
    said = {"title": "SK", "summary": "x", "year": 2026, "submitted_on": "2026-02-01"}
    asked = {"initiative": "sk-9", "unit": "btp", "authors": ["p1"], **said}
    assert client.post("/api/v1/initiatives", json=asked, headers=headers).status_code == 201
    assert client.get("/api/v1/initiatives?person=p1", headers=headers).get_json()[0]["initiative"] == "sk-9"
    assert client.get("/api/v1/usable-initiatives?year=2026&unit=btp", headers=headers).get_json()["initiatives"] == []

"""The score sheet: decimal comma in and out, only what changed is sent, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.errors import CommendationError
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import PASSWORD, SHEET_URL, FakeNetwork, item, recorded, sheet

Browsers = Callable[[str], Browser]


def fields_of(page: str) -> dict[str, str]:
    """The fields of the sheet's form as a browser would send them."""
    form = page[page.index('id="sheet"') :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is not None:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>([^<]*)</textarea>', form):
        found[name] = unescape(text)
    return found


def fill(here: Browser, **typed: str) -> Any:
    fields = fields_of(here.get(SHEET_URL).text)
    return here.post(SHEET_URL, {**fields, **{name.replace("__", ":").replace("_", "."): value for name, value in typed.items()}})


def test_scores_are_shown_with_a_comma(browser: Browsers) -> None:
    fields = fields_of(browser("thuky").get(SHEET_URL).text)
    assert (fields["score:I.1"], fields["reason:I.1"], fields["score:I.2"], fields["version"]) == ("7,5", "có", "", "3")


def test_only_what_changed_is_sent_exactly_as_typed(browser: Browsers, network: FakeNetwork) -> None:
    answer = fill(browser("thuky"), score__I_2="12,50", reason__I_2="đạt")
    assert answer.status_code == 303
    (call,) = network.told("evaluations", "score_items")
    assert call.data == {
        "campaign": "td-2024",
        "unit": "btp",
        "pass_key": "self",
        "scorer": "btp",
        "scores": [{"item": "I.2", "score": "12.50", "reason": "đạt"}],
        "version": 3,
    }
    assert not network.told("evaluations", "submit_sheet")


def test_an_emptied_field_takes_the_score_back(browser: Browsers, network: FakeNetwork) -> None:
    fill(browser("thuky"), score__I_1="", reason__I_1="")
    assert network.told("evaluations", "score_items")[0].data["scores"] == [{"item": "I.1", "score": None, "reason": None}]


@pytest.mark.parametrize("same", ["7,5", "7.5", "7,50", " 7,5 "])
def test_the_same_number_written_otherwise_is_no_change(browser: Browsers, network: FakeNetwork, same: str) -> None:
    here = browser("thuky")
    assert fill(here, score__I_1=same).status_code == 303
    assert not network.told("evaluations", "score_items")
    assert "Không có gì thay đổi" in here.get("/").text


def test_submit_saves_first_and_then_hands_in(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    answer = fill(here, score__I_2="3", action="submit", command="c-1")
    calls = [call for call in network.calls if call.service == "evaluations" and call.method in ("score_items", "submit_sheet")]
    assert [(call.method, call.command) for call in calls] == [("score_items", "c-1:scores"), ("submit_sheet", "c-1:submit")]
    assert (answer.status_code, answer.headers["Location"]) == (303, SHEET_URL)
    assert "Đã nộp phiếu" in here.get(SHEET_URL).text


@pytest.mark.parametrize("typed", ["1.000", "mười", "1,2,3", "12.345.678", "1e3", "NaN", "٣"])
def test_a_number_that_cannot_be_read_is_said_at_its_row_and_stays(browser: Browsers, network: FakeNetwork, typed: str) -> None:
    answer = fill(browser("thuky"), score__I_2=typed, reason__I_2="lý do dài", score__I_3="4")
    assert answer.status_code == 422
    fields = fields_of(answer.text)
    assert (fields["score:I.2"], fields["reason:I.2"], fields["score:I.3"]) == (typed, "lý do dài", "4")
    assert re.search(r'id="error-I\.2"[^>]*><span[^>]*>!</span> Không đọc được số này', answer.text)
    assert 'id="error-I.3" aria-live="polite"></p>' in answer.text
    assert not network.told("evaluations", "score_items")


def test_what_the_service_refuses_is_said_at_the_row_in_words(browser: Browsers, network: FakeNetwork) -> None:
    errors = [
        {"at": "I.2", "message": "Item I.2: 21 is outside 0 to 20", "code": "rubric.score_out_of_range"},
        {"at": "I.3", "message": "A new rule.", "code": "rubric.unheard_of"},
    ]
    told = {"code": "evaluations.scores_refused", "message": "2 of 2", "status": 409, "details": {"errors": errors}}
    network.answers["evaluations", "score_items"] = CommendationError.from_data(told)
    answer = fill(browser("thuky"), score__I_2="21", score__I_3="1,234")
    assert answer.status_code == 409
    assert "Điểm phải từ 0 đến 20." in answer.text
    assert "A new rule." in answer.text
    assert (fields_of(answer.text)["score:I.2"], fields_of(answer.text)["score:I.3"]) == ("21", "1,234")


def test_missing_items_are_said_and_the_draft_is_kept(browser: Browsers, network: FakeNetwork) -> None:
    told = {"code": "evaluations.sheet_incomplete", "message": "1 item", "status": 409, "details": {"missing": ["I.2"]}}
    network.answers["evaluations", "submit_sheet"] = CommendationError.from_data(told)

    def saved(_data: dict[str, Any]) -> dict[str, Any]:
        network.answers["evaluations", "sheet"] = sheet(version=4)
        return recorded()

    network.answers["evaluations", "score_items"] = saved
    answer = fill(browser("thuky"), score__I_3="1", action="submit")
    assert answer.status_code == 409
    assert "Chưa chấm tiêu chí này" in answer.text
    assert "đã được lưu vào bản nháp" in answer.text
    assert fields_of(answer.text)["version"] == "4"


def test_a_sheet_that_somebody_else_saved_says_so_and_loses_nothing(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = fields_of(here.get(SHEET_URL).text)
    theirs = [item("I.1", score="8", reason="họ"), item("I.2", score="5"), item("I.3", "penalty")]
    now = sheet(version=4)
    now["groups"][0]["items"] = theirs
    network.answers["evaluations", "sheet"] = now
    answer = here.post(SHEET_URL, {**fields, "score:I.2": "6,5"})
    assert answer.status_code == 409
    assert "người khác vừa lưu phiếu này" in answer.text
    shown = fields_of(answer.text)
    assert (shown["score:I.1"], shown["reason:I.1"]) == ("8", "họ")  # not touched here: theirs
    assert shown["score:I.2"] == "6,5"  # touched here: kept
    assert "Người khác vừa lưu điểm 5 ở dòng này." in answer.text
    assert not network.told("evaluations", "score_items")
    assert here.post(SHEET_URL, shown).status_code == 303
    (call,) = network.told("evaluations", "score_items")
    assert (call.data["version"], call.data["scores"]) == (4, [{"item": "I.2", "score": "6.5", "reason": None}])


def test_the_service_has_the_last_word_on_staleness(browser: Browsers, network: FakeNetwork) -> None:
    told = {"code": "evaluations.sheet_stale", "message": "stale", "status": 409, "details": {"version": 4}}
    network.answers["evaluations", "score_items"] = CommendationError.from_data(told)
    answer = fill(browser("thuky"), score__I_2="6,5")
    assert answer.status_code == 409
    assert "người khác vừa lưu phiếu này" in answer.text
    assert fields_of(answer.text)["score:I.2"] == "6,5"


def test_what_was_typed_travels_through_the_sign_in(browser: Browsers, client: FlaskClient, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = {**fields_of(here.get(SHEET_URL).text), "score:I.2": "9,25", "reason:I.2": 'dài "lắm"', "action": "save"}
    client.delete_cookie("session")
    asked = here.post(SHEET_URL, fields)
    assert asked.status_code == 401
    carried = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(carried\.[^"]*)" value="([^"]*)">', asked.text)
    }
    assert carried["carried.score:I.2"] == "9,25"
    assert "carried.csrf" not in carried
    page = client.post("/sign-in", data={"login": "thuky", "password": PASSWORD, "next": SHEET_URL, **carried})
    assert f'action="{SHEET_URL}"' in page.text
    again = {
        unescape(name): unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
    }
    assert client.post(SHEET_URL, data=again).status_code == 303
    assert network.told("evaluations", "score_items")[0].data["scores"] == [{"item": "I.2", "score": "9.25", "reason": 'dài "lắm"'}]


def test_earlier_passes_have_their_columns(browser: Browsers, network: FakeNetwork) -> None:
    before = [
        {"pass_key": "self", "scorer": "btp", "score": "18.5", "reason": None},
        {"pass_key": "self", "scorer": "J2", "score": "17", "reason": "vì thế"},
    ]
    now = sheet(pass_key="cluster", scorer="bca")
    now["groups"][0]["items"] = [item("I.1", previous=before, baseline="17.75"), item("I.2", weight="2.5"), item("I.3", "bonus")]
    network.answers["evaluations", "sheet"] = now
    page = browser("thuky").get("/campaigns/td-2024/sheets/btp/cluster/bca").text
    assert '<th scope="col" class="num">Tự chấm</th>' in page
    assert "18,5" in page
    assert "J2" in page
    assert "vì thế" in page
    assert "hệ số 2,5" in page
    assert "Để trống là giữ điểm của lượt trước" in page


def test_a_sheet_that_is_handed_in_has_no_fields(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(state="submitted", editable=False)
    page = browser("thuky").get(SHEET_URL).text
    assert 'name="score:' not in page
    assert "<button" not in page[page.index('id="sheet"') : page.index("</main>")]
    assert "7,5" in page

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
from tests.services.gateway.world import ACCOUNTS, PASSWORD, SHEET_URL, TASK, FakeNetwork, item, recorded, sheet

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


def holding(key: str, *, version: int, **more: Any) -> dict[str, Any]:
    """The sheet with one row as somebody else has saved it."""
    found = sheet(version=version)
    for row in found["groups"][0]["items"]:
        if row["key"] == key:
            row.update(more)
    return found


def refusal(code: str, **details: Any) -> CommendationError:
    return CommendationError.from_data({"code": code, "message": code, "status": 409, "details": details})


def test_scores_are_shown_with_a_comma(browser: Browsers) -> None:
    fields = fields_of(browser("thuky").get(SHEET_URL).text)
    assert (fields["score:I.1"], fields["reason:I.1"], fields["seen:I.1"], fields["score:I.2"]) == ("7,5", "có", "7,5|có", "")


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
    assert [(call.method, call.command) for call in calls] == [("score_items", "c-1:scores"), ("submit_sheet", "c-1:submit-4")]
    assert [call.data["version"] for call in calls] == [3, 4]  # as it is once the scores are saved
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
    network.answers["evaluations", "score_items"] = refusal("evaluations.scores_refused", errors=errors)
    answer = fill(browser("thuky"), score__I_2="21", score__I_3="1,234")
    assert answer.status_code == 409
    assert "Điểm phải từ 0 đến 20." in answer.text
    assert "A new rule." in answer.text
    assert (fields_of(answer.text)["score:I.2"], fields_of(answer.text)["score:I.3"]) == ("21", "1,234")


def test_missing_items_are_said_and_the_draft_is_kept(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "submit_sheet"] = refusal("evaluations.sheet_incomplete", missing=["I.2"])

    def saved(_data: dict[str, Any]) -> dict[str, Any]:
        network.answers["evaluations", "sheet"] = holding("I.3", score="1", version=4)
        return recorded()

    network.answers["evaluations", "score_items"] = saved
    answer = fill(browser("thuky"), score__I_3="1", action="submit")
    assert answer.status_code == 409
    assert "Chưa chấm tiêu chí này" in answer.text
    assert '<a href="#score-I.2">I.2</a></p>' in answer.text
    assert "đã được lưu vào bản nháp" in answer.text
    assert fields_of(answer.text)["seen:I.3"] == "1|"


def test_a_row_that_two_windows_changed_is_shown_and_waits_for_a_choice(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = {**fields_of(here.get(SHEET_URL).text), "score:I.2": "6,5"}
    now = holding("I.2", score="5", reason="họ", version=4)
    network.answers["evaluations", "sheet"] = now
    answer = here.post(SHEET_URL, fields)
    assert answer.status_code == 409
    assert "người khác vừa lưu phiếu này" in answer.text
    shown = fields_of(answer.text)
    assert (shown["score:I.2"], shown["theirs:I.2"]) == ("6,5", "5|họ")
    assert re.search(r"Lấy điểm đã lưu: <strong>5</strong> <span>họ</span>", answer.text)
    del shown["choice:I.2"]
    assert here.post(SHEET_URL, shown).status_code == 409  # nothing is overwritten by pressing save again
    assert not network.told("evaluations", "score_items")
    assert here.post(SHEET_URL, {**shown, "choice:I.2": "mine"}).status_code == 303
    (call,) = network.told("evaluations", "score_items")
    assert (call.data["version"], call.data["scores"]) == (4, [{"item": "I.2", "score": "6.5", "reason": None}])


def test_rows_that_only_somebody_else_changed_are_taken_over_and_named(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = fields_of(here.get(SHEET_URL).text)
    network.answers["evaluations", "sheet"] = holding("I.1", score="8", reason="họ", version=4)
    assert here.post(SHEET_URL, {**fields, "score:I.2": "6,5"}).status_code == 303
    (call,) = network.told("evaluations", "score_items")
    assert (call.data["version"], call.data["scores"]) == (4, [{"item": "I.2", "score": "6.5", "reason": None}])
    assert "Trong khi bạn nhập, người khác đã lưu các dòng I.1" in here.get(SHEET_URL).text


def test_a_sheet_is_not_handed_in_with_scores_of_others_unseen(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = fields_of(here.get(SHEET_URL).text)
    network.answers["evaluations", "sheet"] = holding("I.1", score="8", reason="họ", version=4)
    answer = here.post(SHEET_URL, {**fields, "score:I.2": "6,5", "action": "submit"})
    assert answer.status_code == 409
    assert "Chưa nộp: người khác vừa lưu các dòng I.1." in answer.text
    assert "Người khác vừa lưu điểm 8 ở dòng này." in answer.text
    shown = fields_of(answer.text)
    assert (shown["score:I.1"], shown["score:I.2"]) == ("8", "6,5")
    assert not network.told("evaluations", "score_items")
    assert here.post(SHEET_URL, {**shown, "action": "submit"}).status_code == 303
    assert network.told("evaluations", "submit_sheet")


def test_who_saves_while_a_sheet_is_handed_in_is_shown_row_by_row(browser: Browsers, network: FakeNetwork) -> None:
    def submitted(_data: dict[str, Any]) -> Any:
        network.answers["evaluations", "sheet"] = holding("I.1", score="8", reason="họ", version=4)
        raise refusal("evaluations.sheet_stale", version=4)

    network.answers["evaluations", "submit_sheet"] = submitted
    here = browser("thuky")
    answer = fill(here, action="submit")
    assert answer.status_code == 409
    assert "người khác vừa lưu phiếu này" in answer.text
    assert "Người khác vừa lưu điểm 8 ở dòng này." in answer.text
    network.answers["evaluations", "submit_sheet"] = recorded()
    assert here.post(SHEET_URL, {**fields_of(answer.text), "action": "submit"}).status_code == 303
    assert [call.data["version"] for call in network.told("evaluations", "submit_sheet")] == [3, 4]


def test_the_service_has_the_last_word_on_staleness(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "score_items"] = refusal("evaluations.sheet_stale", version=4)
    answer = fill(browser("thuky"), score__I_2="6,5")
    assert answer.status_code == 409
    assert "người khác vừa lưu phiếu này" in answer.text
    assert fields_of(answer.text)["score:I.2"] == "6,5"


def test_when_the_service_is_away_what_was_typed_can_be_sent_again(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = {**fields_of(here.get(SHEET_URL).text), "score:I.2": "6,5", "action": "submit"}
    network.away.add("evaluations")
    answer = here.post(SHEET_URL, fields)
    assert answer.status_code == 503
    assert "Những gì bạn nhập vẫn còn nguyên trong trang này." in answer.text
    kept = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text))
    network.away.clear()
    assert here.post(SHEET_URL, {**kept, "csrf": here.csrf}).status_code == 303
    calls = {call.method: call for call in network.calls if call.method in ("score_items", "submit_sheet")}
    assert calls["score_items"].command == f"{fields['command']}:scores"
    assert calls["score_items"].data["scores"] == [{"item": "I.2", "score": "6.5", "reason": None}]
    assert "submit_sheet" in calls


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
    page = browser("office").get("/campaigns/td-2024/sheets/btp/cluster/bca").text
    assert '<th scope="col" class="num">Tự chấm</th>' in page
    assert "18,5" in page
    assert "J2" in page
    assert "vì thế" in page
    assert "hệ số 2,5" in page
    assert "Để trống là giữ điểm của lượt trước" in page
    assert page.count('href="/campaigns/td-2024/sheets/btp/self/btp/items/I.1/evidence"') == 1, "what the unit itself shows for it"


def test_who_scores_many_units_is_led_from_one_to_the_next(browser: Browsers, network: FakeNetwork) -> None:
    task = {**TASK, "pass_key": "cluster", "scorer": "btp"}
    waiting = [{**task, "unit": unit} for unit in ("a1", "m5", "z9")]
    network.answers["evaluations", "tasks"] = [
        *waiting,
        {**task, "unit": "n1", "state": "submitted"},
        {**task, "unit": "n2", "pass_key": "x"},
    ]
    at = {"unit": "m5", "pass_key": "cluster", "scorer": "btp"}
    url = "/campaigns/td-2024/sheets/{unit}/{pass_key}/{scorer}".format
    network.answers["evaluations", "sheet"] = sheet(**at, state="submitted", editable=False)
    page = browser("thuky").get(url(**at)).text
    assert "còn 2 phiếu chưa nộp" in page
    assert f'href="{url(**{**at, "unit": "z9"})}">z9</a>' in page
    network.answers["evaluations", "sheet"] = sheet(**at)
    assert f'Phiếu tiếp theo: <a href="{url(**{**at, "unit": "z9"})}">' in browser("thuky").get(url(**at)).text
    others = {**at, "scorer": "bca"}
    network.answers["evaluations", "sheet"] = sheet(**others, state="submitted", editable=False)
    assert "phiếu chưa nộp" not in browser("thuky").get(url(**others)).text


def test_a_sheet_that_is_handed_in_has_no_fields(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(state="submitted", editable=False)
    page = browser("thuky").get(SHEET_URL).text
    assert 'name="score:' not in page
    assert "<button" not in page[page.index('id="sheet"') : page.index("</main>")]
    assert "7,5" in page


RECUSED = {"ground": "interest", "reason": "Cùng một <đề án>"}


def test_the_sheet_of_who_stepped_back_is_read_only_and_says_why_and_what_to_do(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(editable=False, recused=RECUSED)
    page = browser("thuky").get(SHEET_URL).text
    assert 'name="score:' not in page
    assert "Người chấm đã thôi chấm đơn vị này (lợi ích liên quan)" in page
    assert "Cùng một &lt;đề án&gt;" in page
    assert "rút lại việc thôi chấm" in page
    assert 'href="/campaigns/td-2024/conflicts"' in page
    assert "Phiếu này do đơn vị khác chấm" not in page


@pytest.mark.parametrize("gone", [{"editable": False, "recused": RECUSED}, {"returned": {"reason": "…", "items": ["I.1"]}}])
def test_what_was_typed_until_the_rows_were_filled_no_more_is_shown_again(
    browser: Browsers, network: FakeNetwork, gone: dict[str, Any]
) -> None:
    here = browser("thuky")
    fields = fields_of(here.get(SHEET_URL).text)
    network.answers["evaluations", "sheet"] = sheet(**gone)
    answer = here.post(SHEET_URL, {**fields, "score:I.2": "6,5", "reason:I.2": "vì <thế>", "action": "submit"})
    assert answer.status_code == 409
    assert "<li>I.2: <strong>6,5</strong>" in answer.text
    assert "vì &lt;thế&gt;" in answer.text
    heard = here.post(SHEET_URL, {**fields, "score:I.2": "6,5"}, headers=AS_SCRIPT)
    assert (heard.status_code, "Chưa ghi" in heard.get_json()["words"]) == (409, True)
    assert not network.told("evaluations", "score_items")
    assert not network.told("evaluations", "submit_sheet")


AS_SCRIPT = {"Accept": "application/json", "Idempotency-Key": "k-1"}


def save_by_script(here: Browser, **typed: str) -> Any:
    fields = fields_of(here.get(SHEET_URL).text)
    typed = {name.replace("__", ":").replace("_", "."): value for name, value in typed.items()}
    return here.post(SHEET_URL, {**fields, **typed}, headers=AS_SCRIPT)


def test_the_script_saves_what_is_sound_and_hears_what_waits(browser: Browsers, network: FakeNetwork) -> None:
    answer = save_by_script(browser("thuky"), score__I_1="mười", score__I_2="12,50")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    told = answer.get_json()
    assert told["at"] == "10:00"  # in Hanoi
    assert told["rows"]["I.2"] == {"seen": "12,5|", "taken": None, "theirs": None, "words": ""}
    assert told["rows"]["I.1"]["seen"] is None
    assert "Không đọc được số này" in told["rows"]["I.1"]["words"]
    (call,) = network.told("evaluations", "score_items")
    assert (call.command, call.data["scores"]) == ("k-1:scores", [{"item": "I.2", "score": "12.50", "reason": None}])


def test_rows_that_the_service_refuses_do_not_hold_up_the_others(browser: Browsers, network: FakeNetwork) -> None:
    def scored(data: dict[str, Any]) -> Any:
        wrong = [one["item"] for one in data["scores"] if one["score"] == "21"]
        if wrong:
            raise refusal(
                "evaluations.scores_refused", errors=[{"at": at, "message": "?", "code": "rubric.score_out_of_range"} for at in wrong]
            )
        return recorded()

    network.answers["evaluations", "score_items"] = scored
    rows = save_by_script(browser("thuky"), score__I_2="21", score__I_3="4").get_json()["rows"]
    assert (rows["I.2"]["seen"], rows["I.2"]["words"]) == (None, "Điểm phải từ 0 đến 20.")
    assert rows["I.3"]["seen"] == "4|"
    last = network.told("evaluations", "score_items")[-1]
    assert (last.command, last.data["scores"]) == ("k-1:sound", [{"item": "I.3", "score": "4", "reason": None}])


def test_the_script_hears_what_somebody_else_saved(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    fields = {**fields_of(here.get(SHEET_URL).text), "score:I.2": "6,5"}
    now = holding("I.2", score="5", reason="họ", version=4)
    now["groups"][0]["items"][0].update(score="8", reason=None)
    network.answers["evaluations", "sheet"] = now
    rows = here.post(SHEET_URL, fields, headers=AS_SCRIPT).get_json()["rows"]
    assert rows["I.1"] == {"seen": "8|", "taken": ["8", ""], "theirs": None, "words": ""}
    assert (rows["I.2"]["seen"], rows["I.2"]["theirs"]) == (None, {"score": "5", "reason": "họ", "mark": "5|họ"})
    chosen = {**fields, "theirs:I.2": "5|họ", "choice:I.2": "theirs"}
    rows = here.post(SHEET_URL, chosen, headers=AS_SCRIPT).get_json()["rows"]
    assert rows["I.2"] == {"seen": "5|họ", "taken": ["5", "họ"], "theirs": None, "words": ""}
    assert not network.told("evaluations", "score_items")


def test_who_saves_between_two_questions_is_merged_too(browser: Browsers, network: FakeNetwork) -> None:
    def scored(data: dict[str, Any]) -> Any:
        if data["version"] == 3:
            network.answers["evaluations", "sheet"] = holding("I.1", score="8", version=4)
            raise refusal("evaluations.sheet_stale", version=4)
        return recorded()

    network.answers["evaluations", "score_items"] = scored
    rows = save_by_script(browser("thuky"), score__I_2="6,5").get_json()["rows"]
    assert (rows["I.1"]["taken"], rows["I.2"]["seen"]) == (["8", "có"], "6,5|")


def test_the_script_is_told_why_nothing_could_be_saved(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("thuky")
    network.answers["evaluations", "score_items"] = refusal("evaluations.sheet_closed")
    answer = save_by_script(here, score__I_2="6,5")
    assert (answer.status_code, list(answer.get_json())) == (409, ["words"])
    assert "không nhận điểm nữa" in answer.get_json()["words"]
    fields = fields_of(here.get(SHEET_URL).text)
    network.away.add("evaluations")
    answer = here.post(SHEET_URL, fields, headers=AS_SCRIPT)
    assert (answer.status_code, list(answer.get_json())) == (503, ["words"])


def test_a_returned_sheet_says_why_and_opens_only_what_it_is_returned_for(browser: Browsers, network: FakeNetwork) -> None:
    returned = {"reason": "Thiếu minh chứng cho nội dung này", "items": ["I.2"]}
    network.answers["evaluations", "sheet"] = sheet(returned=returned, grace_until="2024-11-29", extended=True)
    here = browser("thuky")
    page = here.get(SHEET_URL).text
    assert "Thiếu minh chứng cho nội dung này" in page
    assert "được chậm đến hết 29/11/2024" in page
    assert "đã gia hạn" in page
    assert [name for name in fields_of(page) if name.startswith("score:")] == ["score:I.2"]
    refused = here.post(SHEET_URL, {**fields_of(page), "score:I.2": "5", "score:I.1": "1", "seen:I.1": "7,5|có"})
    assert (refused.status_code, network.told("evaluations", "score_items")) == (409, [])
    here.post(SHEET_URL, {**fields_of(page), "score:I.2": "5"})
    (call,) = network.told("evaluations", "score_items")
    assert [one["item"] for one in call.data["scores"]] == ["I.2"]  # what was not opened is not taken either


def test_the_rows_of_a_returned_sheet_are_each_a_way_to_them(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(returned={"reason": "Thiếu minh chứng", "items": ["I.1", "I.2"]})
    page = browser("thuky").get(SHEET_URL).text
    assert 'Chỉ sửa được các dòng: <a href="#score-I.1">I.1</a>, <a href="#score-I.2">I.2</a>' in page


@pytest.mark.parametrize(
    ("who", "words"), [("thuky", "chưa nộp; điểm hiện ra ở đây khi phiếu được nộp"), ("inspector", "bạn chỉ xem được")]
)
def test_whoever_does_not_fill_a_sheet_is_shown_no_fields(
    browser: Browsers, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch, who: str, words: str
) -> None:
    network.answers["evaluations", "sheet"] = sheet(pass_key="cluster", scorer="bca")
    if who == "inspector":
        monkeypatch.setitem(ACCOUNTS, "thuky", {**ACCOUNTS["thuky"], "roles": [{"role": "inspector", "scope": "*"}]})
    page = browser("thuky").get("/campaigns/td-2024/sheets/btp/cluster/bca").text
    assert words in page
    assert not [name for name in fields_of(page) if name.startswith("score:")]
    assert "Nộp phiếu</button>" not in page


HANDED_IN = {"state": "submitted", "editable": False}


def test_who_checks_gives_a_sheet_back_for_the_rows_that_are_ticked(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(**HANDED_IN)
    network.answers["evaluations", "return_sheet"] = recorded()
    office = browser("office")
    page = office.get(SHEET_URL).text
    assert page.count('name="item"') == 3
    typed = {"form": "return", "item": ["I.1", "I.3"], "reason": "Thiếu số liệu quý IV, đề nghị bổ sung", "due_on": "2024-11-30"}
    assert office.post(f"{SHEET_URL}/return", typed).status_code == 303
    (call,) = network.told("evaluations", "return_sheet")
    assert call.data == {
        "campaign": "td-2024",
        "unit": "btp",
        "pass_key": "self",
        "scorer": "btp",
        "items": ["I.1", "I.3"],
        "reason": typed["reason"],
        "due_on": "2024-11-30",
    }


def test_a_return_that_is_refused_keeps_ticks_and_reason(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "sheet"] = sheet(**HANDED_IN)
    network.answers["evaluations", "return_sheet"] = refusal("evaluations.reason_too_short", letters=5, least=20)
    answer = browser("office").post(f"{SHEET_URL}/return", {"form": "return", "item": "I.3", "reason": "Thiếu"})
    assert answer.status_code == 409
    assert re.findall(r'value="([^"]*)" form="return" checked', answer.text) == ["I.3"]
    assert re.search(r'<textarea id="return-reason"[^>]*>Thiếu</textarea>', answer.text)


@pytest.mark.parametrize(("login", "state"), [("thuky", "submitted"), ("office", "open"), ("office", "closed")])
def test_only_who_checks_is_offered_to_return_and_only_what_was_handed_in(
    browser: Browsers, network: FakeNetwork, login: str, state: str
) -> None:
    network.answers["evaluations", "sheet"] = sheet(state=state, editable=False)
    assert 'id="return"' not in browser(login).get(SHEET_URL).text


def test_each_row_leads_to_its_evidence_and_what_was_said_of_it(browser: Browsers, network: FakeNetwork) -> None:
    files = [{"sha256": "a" * 64, "name": "bc.pdf", "media_type": "application/pdf", "size": 1}]
    said = [{"comment": "Rõ", "by": "a-2", "at": "2024-11-20T03:00:00Z"}]
    now = sheet(evidence_missing=["I.2"])
    now["groups"][0]["items"][0].update(evidence=files, comments=said)
    network.answers["evaluations", "sheet"] = now
    page = browser("thuky").get(SHEET_URL).text
    assert re.search(rf'<a href="{SHEET_URL}/items/I\.1/evidence"[^>]*>Minh chứng \(1\) · nhận xét \(1\)</a></p>', page)
    assert re.search(rf'<a href="{SHEET_URL}/items/I\.2/evidence"[^>]*>Minh chứng \(0\)</a> <span class="tag warn">', page)


def test_points_without_evidence_are_said_at_their_row(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "submit_sheet"] = refusal("evaluations.evidence_missing", missing=["I.1"])
    answer = fill(browser("thuky"), action="submit")
    assert answer.status_code == 409
    assert re.search(r'id="error-I\.1"[^>]*><span[^>]*>!</span> Chưa có minh chứng\.', answer.text)

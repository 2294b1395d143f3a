"""The pages of pairing, inspections and urging: what they show, what they ask, and what they keep when it is refused."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.gateway import i18n
from shared.errors import CommendationError
from tests.services.gateway.checking import FOLLOW_UP, owed
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import ACCOUNTS, CAMPAIGN, FakeNetwork

Browsers = Callable[[str], Browser]
Headers = Callable[[str], dict[str, str]]
SHEET = json.dumps(["btp", "sheet", "td-2024", "self/btp"])
GONE = json.dumps(["bca", "registration", "td-2024", None])


def refusal(code: str, **details: Any) -> CommendationError:
    return CommendationError.from_data({"code": code, "message": "Refused.", "status": 409, "details": details})


def test_a_draw_is_shown_with_seed_rules_corrections_and_whether_it_can_be_drawn_again(browser: Browsers) -> None:
    page = browser("office").get("/campaigns/td-2024/pairing").text
    assert "0f" * 16 in page
    assert "kết quả như đã ghi" in page
    assert "không chấm cấp trên, cấp dưới trực tiếp của mình" in page
    assert "Vì &lt;b&gt;" in page
    assert "Kiểm toán: là cấp trên hoặc cấp dưới trực tiếp" in page
    assert page.count("không đều") == 2, "one checks twice, one nobody"
    assert "Bốc thăm lại" in page


def test_who_does_not_lead_sees_the_pairing_and_no_form(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/pairing").text
    assert "Kiểm toán" in page
    assert "Bốc thăm lại" not in page
    assert "checker-1" not in page


def test_a_draw_and_a_correction_are_asked_as_the_form_says(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    drawn = office.post(
        "/campaigns/td-2024/passes/cluster/pairing", {"form": "draw-cluster", "rules": ["not_kin"], "checks_each": "2", "reason": "Lại"}
    )
    assert drawn.status_code == 303
    (call,) = network.told("campaigns", "draw_pairing")
    assert call.data == {"campaign": "td-2024", "pass_key": "cluster", "rules": ["not_kin"], "checks_each": 2, "reason": "Lại"}
    office.post("/campaigns/td-2024/passes/cluster/pairing/btp", {"checker-1": "bca", "checker-2": "", "checker-3": "ktnn", "reason": "Vì"})
    (call,) = network.told("campaigns", "correct_pair")
    assert call.data == {"campaign": "td-2024", "pass_key": "cluster", "unit": "btp", "checkers": ["bca", "ktnn"], "reason": "Vì"}


def test_a_draw_that_is_impossible_names_its_rules_and_units_and_keeps_the_form(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["campaigns", "draw_pairing"] = refusal(
        "campaigns.pairing_impossible", rules=["not_last_year"], units=["btp"], checkers=["bca"]
    )
    answer = browser("office").post(
        "/campaigns/td-2024/passes/cluster/pairing", {"form": "draw-cluster", "rules": ["not_last_year"], "checks_each": "3"}
    )
    assert answer.status_code == 409
    assert "không lặp lại cặp của năm trước" in answer.text
    assert "Chỉ còn có thể chấm họ: Bộ Công an" in answer.text
    assert 'value="3"' in answer.text
    assert 'value="not_last_year" checked' in answer.text
    assert 'value="not_kin" checked' not in answer.text


def test_inspections_are_listed_for_all_units_or_ones_own(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("office").get("/inspections").text
    assert "KH 12" in page
    assert "Lập kế hoạch kiểm tra" in page
    assert network.told("campaigns", "inspections")[-1].data == {}
    page = browser("thuky").get("/inspections").text
    assert "Lập kế hoạch kiểm tra" not in page
    assert network.told("campaigns", "inspections")[-1].data == {"unit": "btp"}


def test_an_inspection_is_planned_with_a_post_a_line(browser: Browsers, network: FakeNetwork) -> None:
    data = {
        "form": "inspection",
        "unit": "btp",
        "planned_on": "2024-10-15",
        "document": "KH 12",
        "team": " Phó ban \r\n\r\nChuyên viên\r\n",
    }
    office = browser("office")
    first, again = (office.post("/inspections", {**data, "command": "k-1"}) for _ in range(2))
    assert first.status_code == 303
    assert first.location == again.location, "the same form sent twice means the same inspection"
    call = network.told("campaigns", "plan_inspection")[0]
    assert call.data["team"] == ["Phó ban", "Chuyên viên"]
    assert call.data["inspection"] in first.location


@pytest.mark.parametrize(
    ("path", "data", "method", "asked"),
    [
        ("holding", {"effective_on": "2024-10-15"}, "hold_inspection", {"effective_on": "2024-10-15"}),
        ("findings/1/follow-ups", {"text": "Xong", "effective_on": "2024-11-01"}, "follow_up_finding", {"finding": "1", "text": "Xong"}),
        (
            "conclusion",
            {"conclusion": "Đạt", "document": "KL 3", "effective_on": "2024-11-01"},
            "conclude_inspection",
            {"conclusion": "Đạt", "document": "KL 3", "effective_on": "2024-11-01"},
        ),
        ("cancellation", {"reason": "Trùng"}, "cancel_inspection", {"reason": "Trùng"}),
        ("findings", {"text": "Thiếu", "severity": "remark"}, "record_finding", {"text": "Thiếu", "severity": "remark"}),
    ],
)
def test_each_step_of_an_inspection(
    browser: Browsers, network: FakeNetwork, path: str, data: dict[str, str], method: str, asked: dict[str, str]
) -> None:
    assert browser("office").post(f"/inspections/kt-1/{path}", data).status_code == 303
    (call,) = network.told("campaigns", method)
    assert {"inspection": "kt-1", **asked}.items() <= call.data.items()


def test_a_secretary_answers_a_finding_and_records_none(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get("/inspections/kt-1").text
    assert "Chưa lập sổ &lt;i&gt;" in page
    assert "Báo cáo khắc phục" in page
    assert "Ghi nội dung phát hiện" not in page
    network.answers["campaigns", "follow_up_finding"] = refusal("campaigns.inspection_conflict")
    answer = browser("thuky").post(
        "/inspections/kt-1/findings/1/follow-ups", {"form": "follow-up-1", "text": "Đã lập sổ mới", "effective_on": "2024-12-31"}
    )
    assert answer.status_code == 409
    assert "Đã lập sổ mới" in answer.text


def test_who_has_not_is_listed_by_working_days_for_the_office(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("office").get("/urging?campaign=td-2024&about=sheet&late=1").text
    call = next(call for call in network.told("campaigns", "due") if "campaign" in call.data)
    assert call.data == {"campaign": "td-2024", "about": "sheet", "late": True}
    assert "quá hạn 3 ngày làm việc" in page
    assert "còn 7 ngày làm việc" in page
    assert "hết hạn hôm nay" in page
    assert "dự kiến: chưa có lịch nghỉ của năm" in page
    assert "2 lần, gần nhất 18/11/2024" in page
    assert "no such mailbox" in page
    assert "vanthu@btp.example.vn" in page
    ticked = page.split(html.escape(SHEET, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"))[1].split(">")[0]
    assert "checked" in ticked, "what is late is chosen from the start"


def test_a_secretary_sees_what_is_owed_and_the_reminder_but_reminds_nobody(browser: Browsers, network: FakeNetwork) -> None:
    page = browser("thuky").get("/urging").text
    assert network.told("campaigns", "due")[-1].data == {"unit": "btp", "late": False}
    assert "Sắp đến hạn." in page
    assert "Đăng ký thi đua" not in page.split("<table")[1], "of another unit"
    assert 'name="owed"' not in page
    assert "no such mailbox" not in page
    assert "Sắp đến hạn." in browser("thuky").get("/").text


def test_a_leader_is_told_that_sheets_of_a_frozen_campaign_are_not_shown(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["campaigns", "campaigns"] = [{**CAMPAIGN, "frozen": {"since": "2024-11-19T03:00:00Z", "reason": "Chờ lễ"}}]
    words = "Phong trào 2024 đang đóng băng"
    assert [words in browser(login).get("/urging").text for login in ("office", "thuky")] == [False, False]
    network.answers["registry", "account_by_login"] = {**ACCOUNTS["thuky"], "roles": [{"role": "leader", "scope": "khoi"}]}
    assert words in browser("thuky").get("/urging").text


def test_what_is_owed_leads_nobody_to_a_page_that_is_refused_them(browser: Browsers, network: FakeNetwork) -> None:
    rows = [
        owed("bca"),
        owed("bca", "follow_up", scored=None, inspection="kt-1", finding="1"),
        owed("bca", subject="self/btp", scored="btp"),
    ]
    network.answers["campaigns", "due"] = {"today": "2024-11-20", "rows": rows, "units": []}
    page = browser("thuky").get("/urging").text
    assert page.count('href="/campaigns/td-2024#unit-bca"') == 2
    assert 'href="/campaigns/td-2024/sheets/btp/self/bca"' in page
    assert "#unit-bca" not in browser("office").get("/urging").text


def test_ticked_rows_are_reminded_each_by_a_command(browser: Browsers, network: FakeNetwork) -> None:
    data = {"form": "remind", "owed": [SHEET, GONE], "text": "Đề nghị nộp.", "channel": "mail", "campaign": "td-2024", "command": "k-2"}
    answer = browser("office").post("/urging/reminders", data)
    assert (answer.status_code, answer.location) == (303, "/urging?campaign=td-2024")
    first, second = network.told("campaigns", "remind_unit")
    assert first.data == {
        "unit": "btp",
        "about": "sheet",
        "campaign": "td-2024",
        "subject": "self/btp",
        "text": "Đề nghị nộp.",
        "channel": "mail",
    }
    assert second.data["subject"] is None
    assert (first.command, second.command) == ("k-2:0", "k-2:1")


def test_a_row_that_is_refused_says_why_and_keeps_text_and_ticks(browser: Browsers, network: FakeNetwork) -> None:
    def remind(data: dict[str, Any]) -> Any:
        if data["unit"] == "bca":
            raise refusal("campaigns.no_mailbox")
        return {"position": 7, "events": ["e"], "repeated": False}

    network.answers["campaigns", "remind_unit"] = remind
    data = {"form": "remind", "owed": [GONE, SHEET], "text": "Lời nhắc riêng", "channel": "mail"}
    answer = browser("office").post("/urging/reminders", data)
    assert answer.status_code == 409
    assert "Lời nhắc riêng" in answer.text
    assert answer.text.count("Đơn vị chưa có hộp thư công vụ") == 2, "above, and at the row"
    assert len(network.told("campaigns", "remind_unit")) == 2, "the others are reminded all the same"
    assert 'value="mail" selected' in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"owed": [SHEET]}, "Nội dung"),
        ({"text": "x"}, "hãy chọn từ 1 đến 200 việc"),
        ({"owed": ["[1]"], "text": "x"}, "Có ô chưa đúng"),
        ({"owed": ["no json"], "text": "x"}, "Có ô chưa đúng"),
    ],
)
def test_a_reminder_of_nothing_or_without_words_is_refused(browser: Browsers, network: FakeNetwork, data: Any, words: str) -> None:
    answer = browser("office").post("/urging/reminders", {"form": "remind", **data})
    assert answer.status_code == 422
    assert words in answer.text
    assert network.told("campaigns", "remind_unit") == []


def test_a_mailbox_is_kept_or_taken_away_and_a_mail_sent_again(browser: Browsers, network: FakeNetwork) -> None:
    office = browser("office")
    office.post("/urging/mailboxes", {"form": "mailbox", "unit": "btp", "address": "vanthu@btp.example.vn"})
    office.post("/urging/mailboxes", {"form": "mailbox", "unit": "btp", "address": ""})
    assert [call.data["address"] for call in network.told("campaigns", "set_unit_mailbox")] == ["vanthu@btp.example.vn", None]
    assert office.post("/urging/mails/e-7/retry").status_code == 303
    assert network.told("campaigns", "retry_mail")[0].data == {"event": "e-7"}


@pytest.mark.parametrize("path", ["/urging", "/inspections", "/inspections/kt-1", "/campaigns/td-2024/pairing"])
def test_each_page_is_there_in_english(browser: Browsers, path: str) -> None:
    answer = browser("office").get(f"{path}?lang=en")
    assert answer.status_code == 200
    assert 'lang="en"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "body", "command", "asked"),
    [
        ("POST", "/campaigns/c/passes/x/pairing", {"rules": ["not_kin"]}, "draw_pairing", {"campaign": "c", "pass_key": "x"}),
        ("PUT", "/campaigns/c/passes/x/pairing/u", {"checkers": ["v"], "reason": "vì"}, "correct_pair", {"unit": "u", "checkers": ["v"]}),
        (
            "POST",
            "/inspections",
            {"inspection": "i", "unit": "u", "planned_on": "2024-01-01", "team": ["P"], "document": "D"},
            "plan_inspection",
            {"team": ["P"]},
        ),
        ("POST", "/inspections/i/holding", {"effective_on": "2024-01-01"}, "hold_inspection", {"inspection": "i"}),
        ("POST", "/inspections/i/findings", {"finding": "1", "text": "t", "severity": "remark"}, "record_finding", {"finding": "1"}),
        (
            "POST",
            "/inspections/i/findings/1/follow-ups",
            {"text": "t", "effective_on": "2024-01-01"},
            "follow_up_finding",
            {"finding": "1"},
        ),
        (
            "POST",
            "/inspections/i/conclusion",
            {"conclusion": "c", "document": "D", "effective_on": "2024-01-01"},
            "conclude_inspection",
            {"inspection": "i"},
        ),
        ("POST", "/inspections/i/cancellation", {"reason": "vì"}, "cancel_inspection", {"reason": "vì"}),
        (
            "POST",
            "/reminders",
            {"unit": "u", "about": "sheet", "campaign": "c", "subject": "x/u", "text": "t"},
            "remind_unit",
            {"unit": "u"},
        ),
        ("PUT", "/mailboxes/u", {"address": None}, "set_unit_mailbox", {"unit": "u", "address": None}),
    ],
)
def test_commands_over_the_api(
    client: FlaskClient, network: FakeNetwork, token: Headers, method: str, path: str, body: Any, command: str, asked: dict[str, Any]
) -> None:
    answer = client.open(f"/api/v1{path}", method=method, json=body, headers=token("office"))
    assert answer.status_code == 201, answer.text
    (call,) = network.told("campaigns", command)
    assert asked.items() <= call.data.items()


def test_words_that_hang_on_data_are_there() -> None:
    from services.campaigns.domain import About, Channel, Rule, Severity

    families = {"owed.": About, "channel.": Channel, "pairing_rule.": Rule, "pairing_breach.": Rule, "severity.": Severity}
    missing = [family + str(one.value) for family, kinds in families.items() for one in kinds if not i18n.known(family + one.value)]
    missing += [f"state.{state}" for state in ("planned", "held", "concluded", "cancelled") if not i18n.known(f"state.{state}")]
    missing += [word for word in ("pairing_rule.even_load", "pairing_rule.not_self") if not i18n.known(word)]
    assert not missing


def test_questions_over_the_api(client: FlaskClient, network: FakeNetwork, token: Headers) -> None:
    headers = token("office")
    due = client.get("/api/v1/due?late=true&unit=btp", headers=headers).get_json()
    assert due["rows"] == [owed(), FOLLOW_UP]
    assert network.told("campaigns", "due")[0].data == {"late": True, "unit": "btp"}
    assert client.get("/api/v1/working-days?first=2025-09-10&last=2025-09-23", headers=headers).get_json() == {
        "days": 10,
        "tentative": False,
    }
    assert network.told("campaigns", "working_days")[0].data == {"first": "2025-09-10", "last": "2025-09-23"}
    assert client.get("/api/v1/working-days?first=2025-09-10", headers=headers).status_code == 422
    assert client.get("/api/v1/campaigns/c/pairings", headers=headers).get_json()[0]["reproduced"] is True
    assert client.get("/api/v1/inspections/kt-1", headers=headers).get_json()["findings"][0]["open"] is True
    assert client.get("/api/v1/inspections?unit=btp", headers=headers).get_json()[0]["open"] == 1
    assert client.get("/api/v1/mailboxes", headers=headers).get_json() == [{"unit": "btp", "address": "vanthu@btp.example.vn"}]
    assert client.get("/api/v1/mails", headers=headers).get_json()["counts"]["failed"] == 1
    assert client.post("/api/v1/mails/e-7/retry", headers=headers).get_json() == {"retried": True}

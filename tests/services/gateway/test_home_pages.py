"""Home: everything that waits for the visitor is a task with its way to it, and nothing that does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.gateway import duties
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import ACCOUNTS, TASK, FakeNetwork

Browsers = Callable[[str], Browser]
APPEAL: dict[str, Any] = {
    "appeal": "k1",
    "unit": "btp",
    "items": ["I.1", "I.2"],
    "text": "Chưa tính",
    "lodged_on": "2024-11-18",
    "due_on": "2024-11-22",
    "state": "lodged",
    "withdrawn": None,
    "answered": None,
}
ANSWERED = {
    **APPEAL,
    "appeal": "k2",
    "state": "answered",
    "answered": {"outcome": "partly", "answer": "Đã xem lại", "scores": [], "on": "2024-11-19"},
}
CONFLICT: dict[str, Any] = {
    "unit": "bca",
    "scorer": "btp",
    "pass_key": "self",
    "ground": "parent",
    "state": "standing",
    "effect": "blocks",
}


def home(here: Browser) -> str:
    answer = here.get("/")
    assert answer.status_code == 200
    return answer.text


def told_of(network: FakeNetwork, *appeals: dict[str, Any]) -> None:
    network.answers["evaluations", "appeals"] = {"appeals": list(appeals), "term": None, "unfinished": []}


def holding(monkeypatch: pytest.MonkeyPatch, *roles: tuple[str, str]) -> None:
    """The secretary's account holds these roles instead."""
    monkeypatch.setitem(ACCOUNTS, "thuky", {**ACCOUNTS["thuky"], "roles": [{"role": role, "scope": scope} for role, scope in roles]})


@pytest.mark.parametrize(("role", "answers"), [(("office", "*"), True), (("leader", "khoi"), True), (("leader", "khac"), False)])
def test_appeals_wait_for_the_office_and_the_leader_of_the_cluster(
    browser: Browsers, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch, role: tuple[str, str], answers: bool
) -> None:
    holding(monkeypatch, role)
    told_of(network, APPEAL, ANSWERED)
    page = home(browser("thuky"))
    assert ("gửi ngày 18/11/2024, đã chờ 2 ngày" in page) == answers
    assert ('href="/campaigns/td-2024/appeals#appeal-k1"' in page) == answers
    assert "#appeal-k2" not in page


def test_who_lodged_an_appeal_finds_its_answer(browser: Browsers, network: FakeNetwork) -> None:
    told_of(network, APPEAL, ANSWERED, {**APPEAL, "appeal": "k3", "state": "withdrawn"})
    page = home(browser("thuky"))
    assert [call.data for call in network.told("evaluations", "appeals")] == [{"campaign": "td-2024", "unit": "btp"}]
    assert re.findall(r"units/btp/appeals#appeal-(k\d)", page) == ["k2", "k1"]
    assert "19/11/2024: chấp nhận một phần" in page
    assert "Khiếu nại chờ trả lời" not in page


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({}, True),
        ({"state": "recused"}, False),
        ({"state": "denied"}, False),
        ({"effect": "shows"}, False),
        ({"pass_key": "cluster"}, False),
        ({"unit": "ktnn"}, False),
    ],
)
def test_the_office_finds_the_conflicts_that_keep_sheets_from_being_filled(
    browser: Browsers, network: FakeNetwork, change: dict[str, Any], named: bool
) -> None:
    sheets = [{**TASK, "unit": "bca", "state": "open"}, {**TASK, "unit": "ktnn", "state": "submitted"}]
    network.answers["evaluations", "sheets"] = sheets
    network.answers["evaluations", "conflicts"] = [{**CONFLICT, **change}]
    page = home(browser("office"))
    assert ("Bộ Tư pháp → Bộ Công an: cấp trên trực tiếp" in page) == named
    assert ("Xung đột lợi ích chưa xử lý" in page) == named


def test_of_a_campaign_of_many_units_conflicts_are_not_looked_for_unasked(
    browser: Browsers, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "UNITS_LOOKED_THROUGH_MAX", 1)
    assert browser("office").get("/").status_code == 200
    assert not network.told("evaluations", "conflicts")


def test_a_scorer_finds_the_conflicts_on_its_own_sheets(browser: Browsers, network: FakeNetwork) -> None:
    others = [{**TASK, "unit": unit, "pass_key": "cluster"} for unit in ("bca", "ktnn")]
    network.answers["evaluations", "tasks"] = [TASK, *others, {**TASK, "unit": "ttcp", "pass_key": "cluster", "state": "submitted"}]
    of_cluster = {**CONFLICT, "pass_key": "cluster"}
    network.answers["evaluations", "check_conflicts"] = [of_cluster, {**of_cluster, "unit": "ttcp"}, {**of_cluster, "unit": "btp"}]
    page = home(browser("thuky"))
    (call,) = network.told("evaluations", "check_conflicts")
    assert call.data == {"campaign": "td-2024", "pass_key": "cluster", "scorer": "btp"}
    assert page.count("cấp trên trực tiếp") == 1
    assert not network.told("evaluations", "conflicts")


@pytest.mark.parametrize(
    ("known", "due"),
    [
        ([], []),
        ([("2024-09", "approved")], ["2024-10"]),
        ([("2024-10", "open"), ("2024-09", "approved")], ["2024-10"]),
        ([("2024-10", "submitted"), ("2024-09", "approved")], []),
        ([("2024-11", "open"), ("2024-10", "approved")], []),
        ([("2022-12", "approved")], []),
        ([("2024-Q2", "approved")], ["2024-Q3"]),
    ],
)
def test_the_ratings_of_the_period_that_ended_are_due_where_the_unit_is_rated(
    browser: Browsers, network: FakeNetwork, known: list[tuple[str, str]], due: list[str]
) -> None:
    network.answers["evaluations", "rating_periods"] = [{"scheme": "kbnn", "period": period, "state": state} for period, state in known]
    page = home(browser("thuky"))
    assert re.findall(r'href="/ratings/btp/([^/]+)/kbnn">Nhập và trình duyệt', page) == due


def test_ratings_that_were_handed_on_wait_for_the_office_of_the_unit(
    browser: Browsers, network: FakeNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(monkeypatch, ("office", "btp"))
    network.answers["evaluations", "rating_periods"] = [
        {"scheme": "kbnn", "period": "2024-10", "state": "submitted"},
        {"scheme": "nd-335", "period": "2024-10", "state": "open"},
    ]
    page = home(browser("thuky"))
    assert re.findall(r'href="/ratings/btp/2024-10/([^"]+)">Duyệt', page) == ["kbnn"]


@pytest.mark.parametrize(
    ("like", "today", "last"),
    [
        ("2024-08", date(2024, 11, 30), "2024-10"),
        ("2024-08", date(2025, 1, 1), "2024-12"),
        ("2024-08", date(2024, 12, 1), "2024-11"),
        ("2024-Q1", date(2024, 9, 30), "2024-Q2"),
        ("2024-Q1", date(2024, 10, 1), "2024-Q3"),
        ("2024-Q1", date(2025, 3, 31), "2024-Q4"),
    ],
)
def test_the_period_that_ended_last_is_of_the_kind_that_the_unit_is_rated_by(like: str, today: date, last: str) -> None:
    assert duties.ended(like, today) == last


def test_all_open_sheets_of_a_pass_are_offered_as_one_workbook(browser: Browsers, network: FakeNetwork) -> None:
    others = [{**TASK, "unit": unit, "pass_key": "cluster", "scorer": "btp"} for unit in ("bca", "ktnn")]
    network.answers["evaluations", "tasks"] = [TASK, *others, {**TASK, "unit": "ttcp", "pass_key": "cluster", "state": "submitted"}]
    page = home(browser("thuky"))
    offered = re.findall(
        r'href="/campaigns/td-2024/sheet-workbooks/(\w+)/btp">Chấm bằng Excel mọi phiếu của lượt [^<]* \((\d) phiếu\)', page
    )
    assert sorted(offered) == [("cluster", "2"), ("self", "1")]
    network.answers["evaluations", "tasks"] = []
    assert "Chấm bằng Excel" not in home(browser("thuky"))


def test_what_was_returned_comes_first(browser: Browsers, network: FakeNetwork) -> None:
    returned = {**TASK, "unit": "bca", "returned": True, "due_on": "2024-12-20"}
    network.answers["evaluations", "tasks"] = [TASK, returned]
    page = home(browser("thuky"))
    assert re.findall(r"/sheets/(\w+)/self/btp", page) == ["bca", "btp"]
    assert "được trả lại để sửa" in page


def test_where_nothing_waits_nothing_is_said(browser: Browsers) -> None:
    page = home(browser("thuky"))
    for title in ("Khiếu nại", "Xung đột", "Xếp loại kỳ"):
        assert title not in page[page.index("<main") :]


def test_an_administrator_is_shown_the_way_to_the_register_and_no_sheets(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "account_by_login"] = {**ACCOUNTS["thuky"], "roles": [{"role": "administrator", "scope": "*"}]}
    network.answers["evaluations", "tasks"] = []
    page = home(browser("thuky"))
    for address in ("/accounts", "/organisations", "/clusters", "/permissions"):
        assert f'<li><a href="{address}">' in page
    assert "Phiếu đang chờ chấm" not in page
    network.answers["registry", "account_by_login"] = ACCOUNTS["thuky"]
    page = home(browser("thuky"))
    assert "Công việc quản trị" not in page
    assert "Hiện không có phiếu nào chờ chấm" in page


def test_a_sheet_that_came_back_is_to_be_corrected_and_one_handed_in_says_no_count(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["evaluations", "tasks"] = [{**TASK, "returned": True}, {**TASK, "unit": "bca", "state": "submitted"}]
    page = home(browser("thuky"))
    assert "Sửa, nộp lại" in page
    assert page.count("tiêu chí</span>") + page.count("tiêu chí<br>") == 1


def test_who_leads_the_cluster_finds_the_sheets_that_were_handed_in(browser: Browsers, network: FakeNetwork) -> None:
    lines = [
        {**TASK, "unit": unit, "scorer": unit, "state": state, "returned": False} for unit, state in (("btp", "submitted"), ("bca", "open"))
    ]
    network.answers["evaluations", "sheets"] = lines
    network.answers["registry", "account_by_login"] = {**ACCOUNTS["thuky"], "roles": [{"role": "leader", "scope": "khoi"}]}
    page = browser("thuky").get("/campaigns/td-2024").text
    assert 'href="/campaigns/td-2024/sheets/btp/self/btp"' in page
    assert 'href="/campaigns/td-2024/sheets/bca/self/bca"' not in page
    network.answers["registry", "account_by_login"] = {**ACCOUNTS["thuky"], "roles": [{"role": "leader", "scope": "another"}]}
    assert "/sheets/btp/self/btp" not in browser("thuky").get("/campaigns/td-2024").text

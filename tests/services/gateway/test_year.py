"""A campaign's year on pages and over the API: what is sent, what is offered, and how refusals are said."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.campaigns.domain import MattersOpen, TooLate
from shared.errors import NotAllowed
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import CAMPAIGN, PASSES, PHASES, UNITS, FakeNetwork, board

Browsers = Callable[[str], Browser]
DAY, WHY = "2024-12-20", "Lũ lụt"
PHASE = {"campaign": "td-2024", "phase": "self"}
TARGET = {"campaign": "td-2024", "unit": "btp", "title": "TTLDXS"}
PERSON = {**TARGET, "person": "p-1"}
PLAN = [{"key": "ballot", "title": "Bình xét", "from_on": DAY, "due_on": DAY}]
COMPACT = {"title": "Giao ước", "text": "Điều 1", "issued_on": DAY}

COMMANDS: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    ("PUT", "phases", {"phases": PLAN, "reason": WHY}, "plan_phases", {"campaign": "td-2024"}),
    ("POST", "phases/self/opening", {"on": DAY}, "open_phase", PHASE),
    ("POST", "phases/self/extension", {"due_on": DAY, "reason": WHY}, "extend_phase", PHASE),
    ("POST", "phases/self/grace", {"until_on": DAY, "reason": WHY, "units": ["btp"]}, "give_grace", PHASE),
    ("POST", "phases/self/closing", {"on": DAY, "reason": WHY}, "close_phase", PHASE),
    ("POST", "phases/self/reopening", {"due_on": DAY, "reason": WHY}, "reopen_phase", PHASE),
    ("POST", "passes/self/closing", {"reason": WHY}, "close_pass", {"campaign": "td-2024", "pass_key": "self"}),
    ("PUT", "units/btp/paper-registration", {"registered_on": DAY}, "record_registration", {"campaign": "td-2024", "unit": "btp"}),
    ("PUT", "compact", COMPACT, "issue_compact", {"campaign": "td-2024"}),
    ("PUT", "units/btp/targets/TTLDXS", {"registered_on": DAY}, "register_unit_target", TARGET),
    ("POST", "units/btp/targets/TTLDXS/withdrawal", {"reason": WHY}, "withdraw_unit_target", TARGET),
    ("PUT", "units/btp/people/p-1/targets/TTLDXS", {}, "register_person_target", PERSON),
    ("POST", "units/btp/people/p-1/targets/TTLDXS/withdrawal", {"reason": WHY}, "withdraw_person_target", PERSON),
    ("POST", "freeze", {"reason": WHY}, "freeze", {"campaign": "td-2024"}),
    ("POST", "thaw", {"reason": WHY}, "thaw", {"campaign": "td-2024"}),
]


@pytest.mark.parametrize(("method", "path", "body", "command", "more"), COMMANDS, ids=[row[3] for row in COMMANDS])
def test_a_command_reaches_the_service_as_given(
    client: FlaskClient,
    token: Callable[[str], dict[str, str]],
    network: FakeNetwork,
    method: str,
    path: str,
    body: dict[str, Any],
    command: str,
    more: dict[str, Any],
) -> None:
    answer = client.open(f"/api/v1/campaigns/td-2024/{path}", method=method, json=body, headers=token("office"))
    assert answer.status_code == 201, answer.text
    (call,) = network.told("campaigns", command)
    assert call.data == {**body, **more}


QUERIES = [
    ("campaigns/td-2024/tree", "campaign_tree", {"campaign": "td-2024"}),
    ("campaigns/td-2024/targets", "targets", {"campaign": "td-2024"}),
    ("campaigns/td-2024/compact/unsigned", "unsigned", {"campaign": "td-2024"}),
    ("titles?on=2024-05-01", "titles", {"on": "2024-05-01"}),
]


@pytest.mark.parametrize(("path", "query", "asked"), QUERIES, ids=[row[1] for row in QUERIES])
def test_a_question_reaches_the_service(
    client: FlaskClient, token: Callable[[str], dict[str, str]], network: FakeNetwork, path: str, query: str, asked: dict[str, Any]
) -> None:
    answer = client.get(f"/api/v1/{path}", headers=token("thuky"))
    assert answer.status_code == 200, answer.text
    assert [call.data for call in network.told("campaigns", query)] == [asked]
    assert answer.get_json()


FORMS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("phases/midyear_review/opening", {"on": ""}, "open_phase", {"phase": "midyear_review"}),
    ("phases/self/extension", {"due_on": DAY, "reason": WHY}, "extend_phase", {"phase": "self", "due_on": DAY, "reason": WHY}),
    (
        "phases/self/grace",
        {"until_on": DAY, "reason": WHY, "units": ["btp", "bca"]},
        "give_grace",
        {"phase": "self", "until_on": DAY, "reason": WHY, "units": ["btp", "bca"]},
    ),
    ("phases/midyear_review/closing", {"reason": WHY}, "close_phase", {"phase": "midyear_review", "reason": WHY}),
    ("phases/self/reopening", {"due_on": DAY, "reason": WHY}, "reopen_phase", {"phase": "self", "due_on": DAY, "reason": WHY}),
    ("passes/self/closing", {"reason": WHY}, "close_pass", {"pass_key": "self", "reason": WHY}),
    ("compact", COMPACT, "issue_compact", COMPACT),
    ("freeze", {"reason": WHY}, "freeze", {"reason": WHY}),
    ("thaw", {"reason": WHY}, "thaw", {"reason": WHY}),
    ("targets", {"unit": "btp", "title": "TTLDXS"}, "register_unit_target", {"unit": "btp", "title": "TTLDXS"}),
    (
        "targets",
        {"unit": "btp", "title": "CSTDCS", "person": "p-1"},
        "register_person_target",
        {"unit": "btp", "title": "CSTDCS", "person": "p-1"},
    ),
    (
        "targets/withdrawal",
        {"unit": "btp", "title": "CSTDCS", "person": "p-1", "reason": WHY},
        "withdraw_person_target",
        {"unit": "btp", "title": "CSTDCS", "person": "p-1", "reason": WHY},
    ),
]


@pytest.mark.parametrize(("path", "fields", "command", "sent"), FORMS, ids=[f"{row[2]}" for row in FORMS])
def test_a_form_gives_its_command(
    browser: Browsers, network: FakeNetwork, path: str, fields: dict[str, Any], command: str, sent: dict[str, Any]
) -> None:
    answer = browser("office").post(f"/campaigns/td-2024/{path}", fields)
    assert answer.status_code == 303, answer.text
    (call,) = network.told("campaigns", command)
    assert call.data == {"campaign": "td-2024", **sent}


def test_a_plan_is_sent_by_its_first_days_without_the_lines_that_have_none(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    page = here.get("/campaigns/td-2024/plan").text
    assert 'name="key-0" value="covenant"' in page
    lines = {"key-1": "midyear_review", "title-1": "Sơ kết", "from_on-1": "2024-07-01", "due_on-1": "2024-07-31", "title-0": "Ký giao ước"}
    own = {"title-6": "Hội thao", "from_on-6": "2024-05-01", "due_on-6": "2024-05-02", "reason": WHY}
    assert here.post("/campaigns/td-2024/plan", {**lines, **own}).status_code == 303
    (call,) = network.told("campaigns", "plan_phases")
    assert call.data["phases"] == [
        {"key": "hoi-thao", "title": "Hội thao", "from_on": "2024-05-01", "due_on": "2024-05-02"},
        {"key": "midyear_review", "title": "Sơ kết", "from_on": "2024-07-01", "due_on": "2024-07-31"},
    ]


def test_the_year_shows_its_phases_what_is_next_and_what_changed(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024").text
    assert "Tiếp theo: Sơ kết 6 tháng." in page
    assert "30/03/2024: gia hạn đến hết 15/04/2024 – Lũ &lt;lụt&gt;" in page
    assert "Điều &lt;1&gt;" in page
    assert "Chưa ký:" in page
    assert 'href="/campaigns/td-2023">Đợt ngắn' in page
    assert "/phases/" not in page  # a secretary moves no terms
    office = browser("office").get("/campaigns/td-2024").text
    for action in ("phases/registration/reopening", "phases/midyear_review/opening", "phases/self/extension", "phases/self/grace"):
        assert f'action="/campaigns/td-2024/{action}"' in office
    assert 'action="/campaigns/td-2024/freeze"' in office


def test_a_frozen_board_says_so_and_the_office_may_look_at_what_is_pending(browser: Browsers, network: FakeNetwork) -> None:
    frozen = {"since": "2024-11-20T03:00:00Z", "reason": "Chờ <bỏ phiếu>"}
    for name in ("board", "pending_board"):
        network.answers["rankings", name] = lambda data: {**board(data), "frozen": frozen}
    page = browser("thuky").get("/campaigns/td-2024/boards/standings").text
    assert "Bảng điểm đóng băng từ 10:00 20/11/2024." in page
    assert "Chờ &lt;bỏ phiếu&gt;" in page
    assert "pending=1" not in page
    office = browser("office")
    assert "pending=1" in office.get("/campaigns/td-2024/boards/standings").text
    assert "Kết quả tạm tính" in office.get("/campaigns/td-2024/boards/standings?pending=1").text
    assert len(network.told("rankings", "pending_board")) == 1


def test_a_sealed_board_shows_its_seal(browser: Browsers) -> None:
    assert "5ea1" * 16 in browser("thuky").get("/campaigns/td-2023/boards/standings").text


def test_everything_in_the_way_of_a_final_result_is_said_in_words(browser: Browsers, network: FakeNetwork) -> None:
    kinds = ("sheet", "appeal", "parked", "behind", "away", "pending", "board")
    places = ("self", "self", "rankings", "audit", "awards", "td-2024", "flag")
    matters: list[dict[str, object]] = [{"kind": kind, "at": at, "count": 2} for kind, at in zip(kinds, places, strict=True)]
    matters += [{"kind": kind, "at": "central", "count": 3, "title": "Trung ương <chấm>"} for kind in ("unopened", "open")]
    network.answers["campaigns", "finalise"] = MattersOpen("not yet", matters=matters)
    answer = browser("office").post("/campaigns/td-2024/finalisation")
    assert answer.status_code == 409
    for words in (
        "Chưa thể chốt kết quả",
        "Xếp hạng (rankings): 2 sự kiện đang treo",
        "Kiểm chứng (audit): chậm 2 sự kiện",
        "Cờ thi đua: bảng",
        "Trung ương &lt;chấm&gt;: lượt chấm chưa mở cho 3 đơn vị",
        "Trung ương &lt;chấm&gt;: lượt chấm chưa đóng, còn phiếu của 3 đơn vị chưa nộp",
    ):
        assert words in answer.text


def test_a_registration_on_paper_is_recorded_with_its_day(browser: Browsers, network: FakeNetwork) -> None:
    browser("office").post("/campaigns/td-2024/units/bca/registration", {"registered_on": DAY})
    (call,) = network.told("campaigns", "record_registration")
    assert call.data == {"campaign": "td-2024", "unit": "bca", "registered_on": DAY}
    assert not network.told("campaigns", "register_unit")


def test_a_late_registration_is_refused_with_what_to_do_and_what_was_typed_stays(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["campaigns", "register_unit"] = TooLate("late", unit="bca", phase="registration", last_day="2024-03-31")
    assert "Đã hết hạn đối với đơn vị này" in browser("office").post("/campaigns/td-2024/units/bca/registration").text
    network.answers["campaigns", "extend_phase"] = TooLate("late", unit="bca", phase="registration", last_day="2024-03-31")
    again = browser("office").post("/campaigns/td-2024/phases/self/extension", {"form": "extend~self", "due_on": DAY, "reason": "Lũ <lụt>"})
    assert 'value="Lũ &lt;lụt&gt;"' in again.text


def test_a_final_campaign_offers_nothing_and_shows_its_seals(browser: Browsers, network: FakeNetwork) -> None:
    seal = {"boards": [{"board": "standings", "digest": "ab" * 32}], "positions": []}
    final = {**CAMPAIGN, "state": "final", "seal": seal, "units": UNITS, "passes": PASSES, "phases": PHASES}
    network.answers["campaigns", "campaign"] = final
    page = browser("office").get("/campaigns/td-2024").text
    assert "ab" * 32 in page
    assert "/phases/" not in page
    assert "/freeze" not in page


def test_a_person_for_a_target_title_is_chosen_by_name(browser: Browsers) -> None:
    page = browser("office").get("/campaigns/td-2024/targets").text
    assert re.search(r'<option value="p-btp">Nguyễn Văn Mẫu – Chuyên viên, [^<]+</option>', page)


def test_who_may_not_see_a_unit_s_people_types_the_key(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["registry", "people"] = NotAllowed("This needs the role secretary here.")
    page = browser("office").get("/campaigns/td-2024/targets").text
    assert "Mã của người trong danh bạ" in page

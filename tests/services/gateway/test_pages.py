"""Every page in both languages: it renders, says what it must, and shows names in place of ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from shared.errors import CommendationError
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import EXPLANATION, SHEET_URL, VOTE, FakeNetwork, board, proposal, row

Browsers = Callable[[str], Browser]
BANNER = {"vi": "Số liệu minh hoạ – không phải kết quả chính thức", "en": "Illustrative figures – not an official result"}
BOARDS = [f"/campaigns/td-2024/boards/{name}" for name in ("standings", "flag", "leader")]
PAGES = [
    "/",
    SHEET_URL,
    "/boards",
    *BOARDS,
    "/campaigns/td-2023/boards/flag",
    "/campaigns/td-2024/boards/standings/btp",
    *(f"/campaigns/td-2024/insights/{question}" for question in ("prospects", "what-if", "compare", "honesty")),
    "/units/btp/seasons",
    "/audit/events/0190-event",
    "/campaigns",
    "/campaigns/td-2024",
    "/campaigns/td-2023",
    "/campaigns/td-2024/plan",
    "/campaigns/td-2024/targets",
    "/rubrics",
    "/rubrics/r-2024",
    "/rubrics/r-2024/differences/r-2025",
    "/rubric-templates/mau",
    "/rubric-drafts/d1",
    "/awards",
    "/decisions",
    "/audit",
    "/password",
]


class Reader(HTMLParser):
    """Reads what matters for keyboard and screen reader: labels, ids, headings, tags left open."""

    VOID = {"meta", "link", "input", "img", "br", "col"}

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.headings = 0
        self.in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label":
            self.in_label += 1
            self.labels.add(str(found.get("for")))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden" and not self.in_label:
            self.fields.append(found)
        self.headings += tag == "h1"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another tag, at {self.getpos()}"
        self.in_label -= tag == "label"


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("login", ["thuky", "office"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_renders_whole_and_accessible(browser: Browsers, path: str, login: str, language: str) -> None:
    answer = browser(login).get(path, query_string={"lang": language})
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    reader = Reader()
    reader.feed(answer.text)
    assert not reader.open
    assert reader.headings == 1
    assert len(reader.ids) == len(set(reader.ids)), "an id stands twice"
    unlabelled = [field for field in reader.fields if field.get("id") not in reader.labels and "aria-label" not in field]
    assert not unlabelled
    assert "{{" not in answer.text
    assert "None" not in answer.text
    assert "Undefined" not in answer.text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "path", [SHEET_URL, *BOARDS, "/campaigns/td-2024/boards/standings/btp", "/campaigns/td-2024", "/decisions", "/awards"]
)
def test_illustrative_figures_are_marked_on_every_page_that_shows_them(browser: Browsers, path: str, language: str) -> None:
    assert BANNER[language] in browser("office").get(path, query_string={"lang": language}).text


def test_real_figures_are_not_marked(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = lambda data: {**board(data), "illustrative": False}
    assert BANNER["vi"] not in browser("office").get(BOARDS[0]).text


def test_the_language_is_kept(browser: Browsers) -> None:
    here = browser("thuky")
    assert "What is due" in here.get("/?lang=en").text
    assert "Campaigns" in here.get("/campaigns").text
    assert "Phong trào thi đua" in here.get("/campaigns?lang=vi").text
    assert "Bảng xếp hạng" in here.get("/boards?lang=xx").text


def test_home_shows_what_is_due_and_the_days_left(browser: Browsers) -> None:
    page = browser("thuky").get("/").text
    assert "22/11/2024" in page
    assert "còn 2 ngày" in page
    assert "đã chấm 1/3 tiêu chí" in page
    assert "2 mục thưởng, trừ để trống được" in page
    assert f'href="{SHEET_URL}"' in page
    assert "Bộ Tư pháp" in page


def test_home_of_the_office_shows_how_far_a_campaign_is(browser: Browsers) -> None:
    assert "1/1 phiếu" in browser("office").get("/").text
    assert "<progress" not in browser("thuky").get("/").text


def test_ties_are_shown_as_ties(browser: Browsers) -> None:
    page = browser("thuky").get(BOARDS[0]).text
    assert re.findall(r'class="num rank">([^<]*)<', page) == ["1", "1", "3", "–"]
    assert page.count("đồng hạng</span>") == 2
    assert "30,5" in page
    assert "29,0" in page  # as many decimals as the longest number, so that columns line up


def test_the_flag_board_says_who_is_not_eligible_and_why(browser: Browsers) -> None:
    page = browser("thuky").get(BOARDS[1]).text
    assert "chưa đăng ký thi đua; chưa có điểm" in " ".join(page.split())
    assert "Chỉ đề nghị sau khi chốt kết quả" in page
    assert "Cần biểu quyết" in browser("office").get("/campaigns/td-2023/boards/flag").text


def test_the_explanation_goes_down_to_the_event(browser: Browsers) -> None:
    page = browser("thuky").get("/campaigns/td-2024/boards/standings/btp").text
    for words in ("0190-event", "10:00 20/11/2024", "J1", "16,25", "Trung bình sau khi bỏ hai đầu", "× 2 = 32,5", "Chưa có điểm nào"):
        assert words in page
    assert "32,5 + 0 − 2" in page
    assert "quyết định thứ tự" in page


@pytest.mark.parametrize(
    ("own", "words", "asked"),
    [
        ({}, 'Hơn Tên ktnn (hạng 3) 1,5 điểm. <span class="aside">I: +1,5</span>', {"after": 0, "limit": 6}),
        (
            {"unit": "ktnn", "rank": 3, "tied_with": []},
            'Kém Tên bca (hạng 1) 1,5 điểm. <span class="aside">I: −1,5</span>',
            {"after": 1, "limit": 3},
        ),
    ],
)
def test_the_explanation_says_how_far_the_next_ones_are(
    browser: Browsers, network: FakeNetwork, own: dict[str, Any], words: str, asked: dict[str, int]
) -> None:
    network.answers["rankings", "explain"] = {**EXPLANATION, **own}
    page = browser("thuky").get("/campaigns/td-2024/boards/standings/btp").text
    assert words in " ".join(page.split())
    assert network.told("rankings", "board")[-1].data.items() >= {"board": "standings", **asked}.items()


def _step(by: str, value: str | None = None, marks: list[Any] | None = None, *, decided: bool = False) -> dict[str, Any]:
    return {"by": by, "key": None, "value": value, "marks": marks or [], "decided": decided}


def test_each_step_of_the_tie_chain_says_what_it_compared(browser: Browsers, network: FakeNetwork) -> None:
    """A value alone does not say why it was decided by it; who was separated before is not compared any more."""
    last = _step("count_highest", marks=[["10", 1]], decided=True)
    standing = board({"campaign": "td-2024", "board": "standings"})
    standing["rows"] = [
        row("btp", 1, "30.50", tie_steps=EXPLANATION["tie_steps"]),
        row("bca", 2, "30.50", tie_steps=[_step("content", "32.50"), last]),
        row("ktnn", 3, "30.50", tie_steps=[_step("content", "31", decided=True), _step("count_highest", marks=[["9", 1]])]),
        row("ttcp", 4, "29"),
    ]
    network.answers["rankings", "board"] = standing
    network.answers["rankings", "explain"] = {**EXPLANATION, "tied_with": ["bca", "ktnn"]}
    page = " ".join(browser("thuky").get("/campaigns/td-2024/boards/standings/btp").text.split())
    assert "<strong>32,5</strong>; Tên bca: 32,5; Tên ktnn: 31 – vẫn bằng nhau" in page
    assert "<strong>10 × 2</strong>; Tên bca: 10 × 1 – quyết định thứ tự" in page


def test_of_hundreds_with_equal_totals_the_nearest_are_compared(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "explain"] = {**EXPLANATION, "rank": 300, "tied_with": [f"u-{n}" for n in range(600)]}
    assert browser("thuky").get("/campaigns/td-2024/boards/standings/btp").status_code == 200
    asked = network.told("rankings", "board")[-1].data
    assert (asked["after"], asked["limit"]) == (278, 63)


def test_a_unit_without_a_rank_is_compared_with_nobody(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "explain"] = {**EXPLANATION, "rank": None, "total": None}
    assert browser("thuky").get("/campaigns/td-2024/boards/standings/btp").status_code == 200
    assert not network.told("rankings", "board")


def test_pages_offer_what_the_visitor_may_do(browser: Browsers) -> None:
    office = browser("office").get("/campaigns/td-2024").text
    assert "/passes/self/closing" in office
    secretary = browser("thuky").get("/campaigns/td-2024").text
    assert "/passes/self/closing" not in secretary
    assert 'action="/awards/proposals"' not in browser("thuky").get("/awards").text
    assert "/audit/verifications" not in browser("thuky").get("/audit").text


def test_the_verification_shows_its_findings(browser: Browsers) -> None:
    page = browser("office").post("/audit/verifications").text
    assert "event e3: data differs" in page
    assert "Có 1 điểm không khớp trong 5 sự kiện" in page
    assert "còn chậm 2 sự kiện" in page


def test_a_verification_that_takes_long_is_asked_for_later(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["audit", "verify"] = {"verification": "v7", "state": "running", "checked": 3, "progress": {}}
    network.answers["audit", "verification"] = {"verification": "v7", "state": "done", "checked": 9, "found": 0, "findings": []}
    here = browser("office")
    assert 'href="/audit?verification=v7"' in here.post("/audit/verifications").text
    assert "Đã đối chiếu 9 sự kiện: tất cả đều khớp" in here.get("/audit?verification=v7").text


FORMS = [
    ("/campaigns/td-2024/units/btp/covenant", {"signatory": "Bộ trưởng", "signed_on": "2024-03-02"}, ("campaigns", "sign_covenant")),
    ("/campaigns/td-2024/passes/cluster/opening", {"due_on": "2024-12-01"}, ("campaigns", "open_pass")),
    ("/campaigns/td-2024/passes/self/closing", {}, ("campaigns", "close_pass")),
    ("/campaigns/td-2024/finalisation", {}, ("campaigns", "finalise")),
    ("/campaigns", {"campaign": "c", "title": "C", "season": "2025"}, ("campaigns", "launch_campaign")),
    ("/awards/proposals", {"candidate": "td-2023:btp", "form_of_award": "Cờ thi đua", "reason": "vì"}, ("awards", "propose_flag")),
    ("/awards/proposals/p0/vote", {"members": "15", "in_favour": "15", "held_on": "2024-03-28"}, ("awards", "record_vote")),
    ("/awards/proposals/p0/ballot", {"ballot": "b1", "minutes": "BB 3"}, ("awards", "take_ballot")),
    ("/awards/proposals/p2/decision", {"number": "2/QĐ"}, ("awards", "decide")),
    ("/awards/handovers", {"season": "2025", "to_unit": "bca"}, ("awards", "hand_over_flag")),
]


@pytest.mark.parametrize(("path", "fields", "command"), FORMS, ids=[command[1] for _, _, command in FORMS])
def test_a_form_gives_its_command_and_goes_back_to_its_page(
    browser: Browsers, network: FakeNetwork, path: str, fields: dict[str, str], command: tuple[str, str]
) -> None:
    here = browser("office")
    answer = here.post(path, {**fields, "command": "c-1"})
    assert answer.status_code == 303, answer.text
    (call,) = network.told(*command)
    assert (call.actor, call.command) == ("a-2", "c-1")
    whole = {"season", "members", "in_favour"}
    for name, value in fields.items():
        sent = {"candidate": "unit", "form_of_award": "form"}.get(name, name)
        assert call.data[sent] == ("btp" if name == "candidate" else int(value) if name in whole else value)
    assert 'class="notice done"' in here.get(answer.headers["Location"]).text
    assert 'class="notice done"' not in here.get("/").text  # a message is shown once


def test_a_proposal_offers_the_ballots_that_speak_of_its_unit(browser: Browsers, network: FakeNetwork) -> None:
    held = {"ballot": "b1", "title": "Suy tôn", "closed_on": "2024-03-20", "members": 9, "in_favour": 8, "verdict": "passed"}
    taken = {**VOTE, "ballot": {"ballot": "b1", "passed": True}}
    network.answers["awards", "proposals"] = [proposal("p0", ballots=[held]), proposal("p1", vote=taken, ballots=[held])]
    page = browser("office").get("/awards").text
    assert page.count('<option value="b1">Suy tôn (20/03/2024): 8/9 tán thành, đạt</option>') == 2
    assert '<a href="/ballots/b1">Cuộc bỏ phiếu trên hệ thống</a>' in page
    assert 'value="b1"' not in browser("thuky").get("/awards").text
    network.answers["awards", "proposals"] = [proposal("p1", vote=VOTE)]
    page = browser("office").get("/awards").text
    assert ("Bỏ phiếu giấy" in page, 'name="ballot"' in page) == (True, False)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ballot_unknown", "Chưa có cuộc bỏ phiếu này"),
        ("ballot_uncounted", "chưa kiểm phiếu hoặc đã huỷ"),
        ("ballot_elsewhere", "thuộc phong trào khác"),
        ("ballot_untold", "không cho kết quả công bố được"),
    ],
)
def test_a_ballot_that_cannot_be_taken_is_said_and_the_form_kept(browser: Browsers, network: FakeNetwork, code: str, words: str) -> None:
    held = {"ballot": "b1", "title": "Suy tôn", "closed_on": "2024-03-20", "members": 9, "in_favour": 8, "verdict": "passed"}
    network.answers["awards", "proposals"] = [proposal("p0", ballots=[held])]
    told = {"code": code, "message": "…", "status": 409, "details": {"ballot": "b1"}}
    network.answers["awards", "take_ballot"] = CommendationError.from_data(told)
    answer = browser("office").post("/awards/proposals/p0/ballot", {"form": "ballot-p0", "ballot": "b1", "minutes": "BB 3"})
    assert answer.status_code == 409
    assert words in answer.text
    assert 'value="b1" selected' in answer.text
    assert 'value="BB 3"' in answer.text


def test_a_refused_form_keeps_what_was_typed(browser: Browsers, network: FakeNetwork) -> None:
    from shared.errors import ValidationFailed

    errors = [{"at": "decided_on", "message": "Missing data for required field."}]
    network.answers["awards", "decide"] = ValidationFailed("Decide cannot be read", errors=errors)
    answer = browser("office").post(
        "/awards/proposals/p2/decision", {"form": "decide-p2", "number": "2/QĐ <x>", "signatory": "Chủ tịch HĐ"}
    )
    assert answer.status_code == 422
    assert 'value="2/QĐ &lt;x&gt;"' in answer.text
    assert 'value="Chủ tịch HĐ"' in answer.text
    assert "Ngày quyết định: chưa điền." in answer.text

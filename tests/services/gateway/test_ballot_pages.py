"""The pages and the API of ballots: opened, voted in on three steps, closed. Of a secret vote only a sealed paper leaves the gateway."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask

from services.evaluations.domain import ballots as domain
from services.evaluations.domain.ballot_counting import Outcome, Verdict
from services.evaluations.domain.ballot_rules import BallotBase
from services.gateway import i18n
from services.gateway.network import UNLOGGED_ENDPOINTS
from shared.ballot_paper import new_secret, opened_paper, public_key_of
from shared.errors import CommendationError
from shared.telemetry import UNLOGGED
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork, recorded

Browsers = Callable[[str], Browser]
Headers = Callable[[str], dict[str, str]]
SECRET = new_secret()
RULE = {
    "rule": "council-80",
    "title": "Hội đồng xét",
    "percent": "80",
    "strictly": False,
    "base": "all",
    "quorum": "2/3",
    "absent_may_vote": True,
    "from_on": None,
    "basis": "Chưa đối chiếu",
    "verified": False,
}
LINE: dict[str, Any] = {
    "ballot": "b1",
    "campaign": None,
    "purpose": "council",
    "title": "Xét tặng Cờ <b>",
    "mode": "secret",
    "opened_on": "2024-11-20",
    "state": "open",
    "ended_on": None,
    "outcome": None,
    "run_off_of": None,
}
BALLOT: dict[str, Any] = {
    **LINE,
    "council": None,
    "cluster": None,
    "choices": [
        {"choice": "btp", "subject": "unit", "words": None},
        {"choice": "p-1", "subject": "person", "words": "Chánh Văn phòng"},
    ],
    "kind": "approve_each",
    "most": 1,
    "absent": ["a-5"],
    "rule": RULE,
    "opened_by": "a-2",
    "count": None,
    "reason": None,
    "electorate": ["a-1", "a-2", "a-3", "a-4", "a-5"],
    "votes": [],
    "run_offs": [],
    "may_vote": True,
    "voted": False,
    "public_key": public_key_of(SECRET),
    "cast": None,
    "entitled": 5,
    "run_off_between": [],
    "letters": [],
    "entered": [],
}
COUNTS = [
    {"choice": "btp", "in_favour": 4, "against": 1, "verdict": "passed"},
    {"choice": "p-1", "in_favour": None, "against": None, "verdict": "untold"},
]
COUNTED: dict[str, Any] = {
    **BALLOT,
    "state": "counted",
    "ended_on": "2024-11-21",
    "outcome": "decided",
    "count": {"of": 5, "cast": 5, "blank": 0, "invalid": 0, "counts": COUNTS},
    "may_vote": False,
    "public_key": None,
}


@pytest.fixture
def shown(network: FakeNetwork) -> dict[str, Any]:
    """The ballot as evaluations tells it; a test may change it."""
    ballot = dict(BALLOT)
    network.answers |= {
        ("registry", "councils"): [{"council": "hd", "name": "Hội đồng TĐKT"}],
        ("evaluations", "ballots"): [LINE],
        ("evaluations", "my_ballots"): [{"ballot": "b1", "title": "Xét tặng Cờ <b>", "mode": "secret", "campaign": None, "voted": False}],
        ("evaluations", "ballot_rules"): [RULE],
        ("evaluations", "ballot"): lambda _data: ballot,
        ("evaluations", "open_ballot"): recorded(),
        ("evaluations", "close_ballot"): recorded(),
        ("evaluations", "cancel_ballot"): recorded(),
        ("evaluations", "cast_vote"): {"ballot": "b1", "recorded": True},
        ("evaluations", "vote_by_name"): recorded(),
        ("evaluations", "record_letter"): recorded(),
        ("evaluations", "correct_letter"): recorded(),
        ("evaluations", "withdraw_letter"): recorded(),
    }
    return ballot


def refusal(code: str, **details: Any) -> CommendationError:
    return CommendationError.from_data({"code": code, "message": "Refused.", "status": 409, "details": details})


def marks_told(network: FakeNetwork) -> list[tuple[str, ...]]:
    return [opened_paper(SECRET, "b1", call.data["paper"]) for call in network.told("evaluations", "cast_vote")]


def test_a_voter_is_led_from_home_over_three_steps(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    voter = browser("thuky")
    assert "/ballots/b1/paper" in voter.get("/").text
    page = voter.get("/ballots/b1/paper").text
    assert "Xét tặng Cờ &lt;b&gt;" in page
    assert page.count('type="radio"') == 6
    chosen = {"mark.btp": "for", "mark.p-1": "against"}
    checking = voter.post("/ballots/b1/vote", {**chosen, "step": "check"})
    assert checking.status_code == 200
    assert "Phiếu chưa được bỏ" in checking.text
    assert 'name="mark.p-1" value="against"' in checking.text
    back = voter.post("/ballots/b1/vote", {**chosen, "step": "back"}).text
    assert back.count("checked") == 2
    assert marks_told(network) == []
    done = voter.post("/ballots/b1/vote", {**chosen, "step": "cast"})
    assert "Lá phiếu của bạn đã được ghi nhận." in done.text
    assert marks_told(network) == [("for", "against")]
    assert done.status_code == 200, "shown at once: a message kept for the next page would be a trace"


def test_a_blank_paper_is_said_to_be_blank_before_it_is_cast(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    voter = browser("thuky")
    assert "Phiếu trắng" in voter.post("/ballots/b1/vote", {"mark.btp": "", "step": "check"}).text
    voter.post("/ballots/b1/vote", {"mark.btp": "nonsense", "step": "cast"})
    assert marks_told(network) == [("", "")]


def test_who_chooses_more_than_may_be_chosen_is_told_and_loses_nothing(
    browser: Browsers, network: FakeNetwork, shown: dict[str, Any]
) -> None:
    shown |= {"kind": "choose_one"}
    voter = browser("thuky")
    answer = voter.client.post("/ballots/b1/vote", data={"csrf": voter.csrf, "chosen": ["btp", "p-1"], "step": "cast"})
    assert answer.status_code == 422
    assert "quá số được chọn" in answer.text
    assert answer.text.count("checked") == 2
    shown |= {"kind": "choose_up_to", "most": 2}
    voter.client.post("/ballots/b1/vote", data={"csrf": voter.csrf, "chosen": ["btp", "p-1", "stranger"], "step": "cast"})
    assert marks_told(network) == [("for", "for")]


def test_a_second_vote_says_that_one_has_voted_and_not_how(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    network.answers["evaluations", "cast_vote"] = refusal("evaluations.already_voted", ballot="b1")
    pages = set()
    voter = browser("thuky")
    for mark in ("for", "against", ""):
        answer = voter.post("/ballots/b1/vote", {"mark.btp": mark, "step": "cast"})
        assert answer.status_code == 409
        pages.add(answer.text)
    assert len(pages) == 1
    assert "Bạn đã bỏ phiếu" in pages.pop()
    shown |= {"voted": True}
    assert 'type="radio"' not in voter.get("/ballots/b1/paper").text


def test_a_refused_paper_is_kept(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    network.answers["evaluations", "cast_vote"] = refusal("evaluations.ballot_over")
    answer = browser("thuky").post("/ballots/b1/vote", {"mark.btp": "for", "step": "cast"})
    assert answer.status_code == 409
    assert "đã kết thúc" in answer.text
    assert 'name="mark.btp" value="for"' in answer.text


def test_who_may_not_vote_gets_no_paper(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    shown |= {"may_vote": False, "voted": None, "public_key": None}
    voter = browser("thuky")
    assert "không có trong danh sách" in voter.get("/ballots/b1/paper").text
    network.answers["evaluations", "cast_vote"] = refusal("evaluations.not_an_elector", ballot="b1")
    assert voter.post("/ballots/b1/vote", {"mark.btp": "for", "step": "cast"}).status_code == 409
    (call,) = network.told("evaluations", "cast_vote")
    assert call.data == {"ballot": "b1", "paper": "-"}


def test_of_voting_in_secret_no_line_is_logged_and_services_are_told_to_log_none(
    browser: Browsers, token: Headers, network: FakeNetwork, shown: dict[str, Any], app: Flask
) -> None:
    assert app.view_functions.keys() >= UNLOGGED_ENDPOINTS
    voter, headers = browser("thuky"), token("thuky")
    network.calls.clear()
    with structlog.testing.capture_logs() as lines:
        voter.get("/ballots/b1/paper")
        for step in ("check", "cast"):
            voter.post("/ballots/b1/vote", {"mark.btp": "for", "step": step})
        body = {"marks": [{"choice": "btp", "mark": "for"}]}
        assert voter.client.post("/api/v1/ballots/b1/secret-vote", json=body, headers=headers).status_code == 201
        assert lines == []
        assert {call.correlation for call in network.calls} == {UNLOGGED}
        voter.get("/ballots/b1", headers={"X-Correlation-ID": UNLOGGED})
    assert [line["path"] for line in lines] == ["/ballots/b1"], "nobody hides by giving that number"
    assert network.calls[-1].correlation != UNLOGGED


def test_of_a_vote_that_fails_only_that_it_failed_is_logged(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    def fail(_data: dict[str, Any]) -> None:
        raise RuntimeError("of what is in here nothing is written")

    network.answers["evaluations", "cast_vote"] = fail
    voter = browser("thuky")
    with structlog.testing.capture_logs() as lines:
        assert voter.post("/ballots/b1/vote", {"mark.btp": "for", "step": "cast"}).status_code == 500
    assert lines == [{"event": "page_failed", "error": "RuntimeError", "log_level": "error"}]


def test_answers_and_papers_over_the_api_do_not_differ_by_the_vote(
    token: Headers, network: FakeNetwork, shown: dict[str, Any], app: Flask
) -> None:
    headers = token("thuky")
    answers, lengths = set(), set()
    for marks in ([], [("btp", "for")], [("btp", "against"), ("p-1", "for")]):
        body = {"marks": [{"choice": choice, "mark": mark} for choice, mark in marks]}
        answer = app.test_client().post("/api/v1/ballots/b1/secret-vote", json=body, headers=headers)
        answers.add((answer.status_code, answer.text))
        lengths.add(len(json.dumps(network.told("evaluations", "cast_vote")[-1].data)))
    assert (len(answers), len(lengths), answers.pop()[0]) == (1, 1, 201)
    unknown = app.test_client().post("/api/v1/ballots/b1/secret-vote", json={"marks": [{"choice": "x", "mark": "for"}]}, headers=headers)
    assert unknown.status_code == 422


def test_votes_by_name_go_by_their_own_way(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    shown |= {"mode": "by_name", "public_key": None}
    voter = browser("thuky")
    assert "/ballots/b1/named-vote" in voter.get("/ballots/b1/paper").text
    assert "ghi nhận" in voter.post("/ballots/b1/named-vote", {"mark.btp": "for", "step": "cast"}).text
    (call,) = network.told("evaluations", "vote_by_name")
    assert call.data == {"ballot": "b1", "marks": [{"choice": "btp", "mark": "for"}]}
    assert call.correlation != UNLOGGED


def test_a_ballot_is_opened_as_the_form_says(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    office = browser("office")
    assert "Mở cuộc bỏ phiếu" in office.get("/ballots").text
    form = {"form": "ballot", "title": "Suy tôn", "purpose": "acclaim", "mode": "secret", "kind": "choose_one", "rule": "acclaim"}
    fields = {
        **form,
        "subject": "unit",
        "choices": "btp\nBộ Công an\n",
        "elector": ["a-1", "a-2"],
        "absent": ["a-2"],
        "most": "",
        "council": "hd",
    }
    answer = office.client.post("/ballots", data={"csrf": office.csrf, **fields})
    assert answer.status_code == 303, answer.text
    (call,) = network.told("evaluations", "open_ballot")
    assert call.data["choices"] == [{"choice": "btp", "subject": "unit"}, {"choice": "bca", "subject": "unit"}]
    assert call.data["council"] == "hd"
    assert (call.data["electorate"], call.data["absent"]) == (["a-1", "a-2"], ["a-2"])
    people = {**fields, "subject": "person", "choices": "p-1 | Chánh Văn phòng\nVụ trưởng"}
    office.client.post("/ballots", data={"csrf": office.csrf, **people})
    first, second = network.told("evaluations", "open_ballot")[-1].data["choices"]
    assert first == {"choice": "p-1", "subject": "person", "words": "Chánh Văn phòng"}
    assert second["words"] == "Vụ trưởng"


def test_a_refused_opening_says_what_is_wrong_where_and_keeps_what_was_typed(
    browser: Browsers, network: FakeNetwork, shown: dict[str, Any]
) -> None:
    office = browser("office")
    message = "A secret ballot takes five voters; of fewer no vote stays secret."
    network.answers["evaluations", "open_ballot"] = refusal(
        "evaluations.ballot_refused", fault="too_few_voters", errors=[{"at": "electorate", "message": message}]
    )
    fields = {"form": "ballot", "title": "Suy tôn", "subject": "unit", "choices": "btp", "elector": ["a-1"]}
    answer = office.client.post("/ballots", data={"csrf": office.csrf, **fields})
    assert answer.status_code == 409
    assert "Danh sách cử tri: bỏ phiếu kín cần ít nhất 5 người" in answer.text
    assert 'value="Suy tôn"' in answer.text
    unknown = office.client.post("/ballots", data={"csrf": office.csrf, **fields, "choices": "bộ nào đó"})
    assert unknown.status_code == 422
    assert "bộ nào đó" in unknown.text


def test_who_does_not_run_ballots_sees_no_forms(browser: Browsers, shown: dict[str, Any]) -> None:
    voter = browser("thuky")
    assert "Mở cuộc bỏ phiếu" not in voter.get("/ballots").text
    assert "Kết thúc và kiểm phiếu" not in voter.get("/ballots/b1").text


def test_while_it_is_open_the_page_has_no_count(browser: Browsers, shown: dict[str, Any]) -> None:
    shown |= {"cast": 3}
    page = browser("office").get("/ballots/b1").text
    assert "3/5" in page
    assert "Kết quả chỉ được kiểm khi kết thúc" in page
    assert "Kết quả kiểm phiếu" not in page


def test_a_counted_ballot_shows_what_may_be_told(browser: Browsers, shown: dict[str, Any]) -> None:
    shown |= COUNTED
    page = browser("thuky").get("/ballots/b1").text
    assert "80 %" in page
    assert page.count("không công bố") == 3, "two figures and the words about them"
    assert "tỷ lệ chưa được kiểm chứng" in page


def test_a_run_off_is_opened_between_those_left(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    failed = [{"choice": one["choice"], "in_favour": 2, "against": 0, "verdict": "failed"} for one in BALLOT["choices"]]
    count = {**COUNTED["count"], "counts": failed}
    shown |= {**COUNTED, "kind": "choose_one", "outcome": "undecided", "count": count, "run_off_between": ["btp", "p-1"]}
    office = browser("office")
    assert "Mở bỏ phiếu vòng hai" in office.get("/ballots/b1").text
    network.answers["evaluations", "ballot"] = lambda _data: shown
    assert office.post("/ballots/b1/run-off").status_code == 303
    (call,) = network.told("evaluations", "open_ballot")
    assert (call.data["run_off_of"], call.data["kind"], call.data["most"]) == ("b1", "choose_one", 1)
    assert call.data["electorate"] == BALLOT["electorate"]
    assert call.data["choices"] == [
        {"choice": "btp", "subject": "unit"},
        {"choice": "p-1", "subject": "person", "words": "Chánh Văn phòng"},
    ]


def test_the_letter_of_an_absent_voter_is_entered_by_who_opened_the_ballot(
    browser: Browsers, network: FakeNetwork, shown: dict[str, Any]
) -> None:
    office = browser("office")
    assert "Ghi ý kiến bằng văn bản" not in office.get("/ballots/b1").text, "a secret ballot takes none"
    shown |= {"mode": "by_name"}
    assert "Ghi ý kiến bằng văn bản" in office.get("/ballots/b1").text
    typed = {"form": "letter", "voter": "a-5", "document": "12/CV, 20/11/2024", "mark.btp": "against", "mark.p-1": ""}
    fault = {"at": "voter", "message": "This voter has voted."}
    network.answers["evaluations", "record_letter"] = refusal("evaluations.letter_refused", fault="voted", errors=[fault])
    answer = office.post("/ballots/b1/letters", typed)
    assert answer.status_code == 409
    assert "người này đã bỏ phiếu." in answer.text
    assert re.search(r'name="mark\.btp" value="against" checked', answer.text)
    assert 'value="12/CV, 20/11/2024"' in answer.text
    network.answers["evaluations", "record_letter"] = recorded()
    assert office.post("/ballots/b1/letters", typed).status_code == 303
    assert network.told("evaluations", "record_letter")[-1].data == {
        "ballot": "b1",
        "voter": "a-5",
        "document": "12/CV, 20/11/2024",
        "marks": [{"choice": "btp", "mark": "against"}],
    }
    shown |= {"letters": ["a-5"]}
    page = office.get("/ballots/b1").text
    assert "Ghi ý kiến bằng văn bản" not in page
    assert "đã ghi ý kiến" in page


def test_a_letter_is_put_right_in_a_form_that_holds_what_was_entered(
    browser: Browsers, network: FakeNetwork, shown: dict[str, Any]
) -> None:
    office = browser("office")
    entered = {"voter": "a-5", "marks": [{"choice": "btp", "mark": "against"}], "document": "12/CV", "sha256": "0" * 64}
    shown |= {"mode": "by_name", "letters": ["a-5"], "entered": [entered]}
    page = office.get("/ballots/b1").text
    assert "Sửa ý kiến đã ghi" in page
    assert re.search(r'name="mark\.btp" value="against" checked', page)
    assert 'value="12/CV"' in page
    typed = {"form": "correct-a-5", "document": "13/CV", "reason": "Đọc nhầm", "mark.btp": "for", "mark.p-1": "for"}
    fault = {"at": "voter", "message": "No letter of this voter is entered."}
    network.answers["evaluations", "correct_letter"] = refusal("evaluations.letter_refused", fault="none_entered", errors=[fault])
    answer = office.post("/ballots/b1/letters/a-5/correction", typed)
    assert answer.status_code == 409
    assert "chưa ghi ý kiến bằng văn bản của người này." in answer.text
    assert re.search(r'name="mark\.btp" value="for" checked', answer.text)
    assert 'value="13/CV"' in answer.text
    network.answers["evaluations", "correct_letter"] = recorded()
    assert office.post("/ballots/b1/letters/a-5/correction", typed).status_code == 303
    assert network.told("evaluations", "correct_letter")[-1].data == {
        "ballot": "b1",
        "voter": "a-5",
        "document": "13/CV",
        "reason": "Đọc nhầm",
        "marks": [{"choice": "btp", "mark": "for"}, {"choice": "p-1", "mark": "for"}],
        "sha256": "0" * 64,
    }
    assert office.post("/ballots/b1/letters/a-5/withdrawal", {"form": "withdraw-a-5", "reason": "Nhầm người"}).status_code == 303
    assert network.told("evaluations", "withdraw_letter")[-1].data == {"ballot": "b1", "voter": "a-5", "reason": "Nhầm người"}


def test_closing_asks_for_a_reason_or_for_the_hands(browser: Browsers, network: FakeNetwork, shown: dict[str, Any]) -> None:
    office = browser("office")
    office.post("/ballots/b1/closing", {"form": "close", "reason": "Hết giờ"})
    assert network.told("evaluations", "close_ballot")[-1].data == {"ballot": "b1", "reason": "Hết giờ"}
    shown |= {"mode": "hands"}
    assert "Số tay giơ" not in office.get("/ballots/b1").text
    figures = {"cast": "5", "in_favour.btp": "4", "against.btp": "1", "in_favour.p-1": "2", "against.p-1": ""}
    office.post("/ballots/b1/closing", {"form": "close", **figures})
    assert network.told("evaluations", "close_ballot")[-1].data == {
        "ballot": "b1",
        "cast": 5,
        "hands": [{"choice": "btp", "in_favour": 4, "against": 1}, {"choice": "p-1", "in_favour": 2}],
    }
    office.post("/ballots/b1/cancellation", {"form": "cancel", "reason": "Nhầm"})
    assert network.told("evaluations", "cancel_ballot")[-1].data == {"ballot": "b1", "reason": "Nhầm"}


def test_the_api_reads_and_gives_the_same(token: Headers, network: FakeNetwork, shown: dict[str, Any], app: Flask) -> None:
    client, headers = app.test_client(), token("office")
    for path, method in [("", "ballots"), ("/mine", "my_ballots"), ("/rules", "ballot_rules"), ("/b1", "ballot")]:
        answer = client.get(f"/api/v1/ballots{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        assert network.told("evaluations", method)
    body = {name: BALLOT[name] for name in ("ballot", "purpose", "title", "kind", "mode", "electorate")} | {"rule": "council-80"}
    body["choices"] = [{"choice": "btp", "subject": "unit"}]
    for path, asked, method in [
        ("", body, "open_ballot"),
        ("/b1/named-vote", {"marks": []}, "vote_by_name"),
        ("/b1/letters", {"voter": "a-5", "marks": [], "document": "12/CV"}, "record_letter"),
        ("/b1/letters/a-5/correction", {"marks": [], "document": "12/CV", "reason": "Nhầm"}, "correct_letter"),
        ("/b1/letters/a-5/withdrawal", {"reason": "Nhầm"}, "withdraw_letter"),
        ("/b1/closing", {"reason": "Hết giờ"}, "close_ballot"),
        ("/b1/cancellation", {"reason": "Nhầm"}, "cancel_ballot"),
    ]:
        answer = client.post(f"/api/v1/ballots{path}", json=asked, headers=headers)
        assert answer.status_code == 201, answer.text
        assert network.told("evaluations", method)


def test_every_word_of_a_ballot_and_of_its_refusals_is_there() -> None:
    families = {
        "ballot_purpose.": domain.BallotPurpose,
        "ballot_kind.": domain.BallotKind,
        "ballot_mode.": domain.BallotMode,
        "ballot_subject.": domain.Subject,
        "ballot_mark.": domain.Mark,
        "ballot_base.": BallotBase,
        "ballot_outcome.": Outcome,
        "ballot_outcome_words.": Outcome,
        "ballot_verdict.": Verdict,
    }
    words = [f"{family}{member.value}" for family, kinds in families.items() for member in kinds]
    refusals = re.findall(r'raise _(?:refused|not_closed|no_letter)\(\s*"\w+",\s*"\w+",\s*"([^"]+)"', inspect.getsource(domain))
    assert len(refusals) > 12
    missing = [word for word in [*words, *(f"field.{message}" for message in refusals)] if not i18n.known(word)]
    assert not missing

"""Boards in parts: what is asked for, what is answered when nothing changed, and one question for many who ask at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.gateway import answers as sharing
from services.gateway.answers import Answer, Answers
from shared.bounds import ANSWER_FRESH_SECONDS
from shared.errors import Unavailable
from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import FakeNetwork, board

Browsers = Callable[[str], Browser]
API = "/api/v1/campaigns/td-2024/boards/standings"
PAGE = "/campaigns/td-2024/boards/standings"


@pytest.fixture
def _none_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "ANSWER_FRESH_SECONDS", 0.0)


def in_parts(data: dict[str, Any]) -> dict[str, Any]:
    """Rankings with a board of 120 rows that says when nothing changed."""
    if data.get("known") == "r1":
        return {"revision": "r1", "unchanged": True}
    return {**board(data), "found": 120, "after": data.get("after", 0) + 50, "revision": "r1"}


@pytest.mark.usefixtures("_none_is_fresh")
def test_an_answer_that_is_still_held_is_not_sent_again(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = in_parts
    first = browser("thuky").get(f"{API}?limit=50")
    assert first.headers["ETag"] == 'W/"r1"'
    again = browser("office").get(f"{API}?limit=50", headers={"If-None-Match": 'W/"r1"'})
    assert (again.status_code, again.text) == (304, "")
    assert [call.data.get("known") for call in network.told("rankings", "board")] == [None, "r1"]
    other = browser("thuky").get(f"{API}?limit=50", headers={"If-None-Match": 'W/"r0"'})
    assert (other.status_code, other.json) == (200, first.json)


@pytest.mark.usefixtures("_none_is_fresh")
def test_a_whole_board_is_told_by_its_content(browser: Browsers, network: FakeNetwork) -> None:
    tag = browser("thuky").get(API).headers["ETag"]
    assert browser("thuky").get(API, headers={"If-None-Match": tag}).status_code == 304
    network.answers["rankings", "board"] = lambda data: {**board(data), "state": "final"}
    assert browser("thuky").get(API, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_of_a_long_board_leads_to_the_next_and_the_one_before(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = in_parts
    page = browser("thuky").get(f"{PAGE}?after=50&search=xã").text
    assert (
        network.told("rankings", "board")[-1].data | {"limit": 50, "after": 50, "search": "xã"}
        == network.told("rankings", "board")[-1].data
    )
    assert "Đơn vị 51–54 trong 120." in page
    assert "after=100" in page
    assert 'value="xã"' in page
    assert "Trang trước" in page


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "after=-1", "search=" + "x" * 301])
def test_a_part_that_cannot_be_is_refused(browser: Browsers, query: str) -> None:
    assert browser("thuky").get(f"{API}?{query}").status_code == 422


class Counted:
    """A lock that tells when somebody waits for it."""

    def __init__(self, lock: Any) -> None:
        self.lock = lock
        self.tried = threading.Semaphore(0)

    def __enter__(self) -> None:
        self.tried.release()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def test_who_asks_while_a_question_is_under_way_shares_the_next() -> None:
    answers, waiting, go = Answers(), threading.Event(), threading.Event()
    said: list[str | None] = []

    def ask(known: str | None) -> dict[str, Any]:
        said.append(known)
        if len(said) == 1:
            waiting.set()
            assert go.wait(10)
        return {"revision": f"r{len(said)}"}

    found: list[Answer] = []
    first = threading.Thread(target=lambda: found.append(answers.shared("k", ask)))
    first.start()
    assert waiting.wait(10)
    question = answers._questions["k"]
    question.lock = counted = Counted(question.lock)  # type: ignore[assignment]
    others = [threading.Thread(target=lambda: found.append(answers.shared("k", ask))) for _ in range(3)]
    for one in others:
        one.start()
    for _ in others:
        assert counted.tried.acquire(timeout=10)
    go.set()
    for one in (first, *others):
        one.join(10)
    assert said == [None, "r1"]
    assert [answer.revision for answer in found] == ["r1", "r2", "r2", "r2"]


def test_an_answer_is_given_again_while_it_is_fresh_and_nothing_was_changed_since() -> None:
    now = 100.0
    answers, said = Answers(clock=lambda: now), 0

    def ask(_known: str | None) -> dict[str, Any]:
        nonlocal said
        said += 1
        return {"revision": f"r{said}"}

    assert [answers.shared("k", ask, since=99.0).revision for _ in range(3)] == ["r1"] * 3
    assert answers.shared("other", ask).revision == "r2"
    assert answers.shared("k", ask, since=100.0).revision == "r3", "it was asked when the change was under way"
    now += ANSWER_FRESH_SECONDS / 2
    assert answers.shared("k", ask, since=99.0).revision == "r3"
    now += ANSWER_FRESH_SECONDS
    assert answers.shared("k", ask, since=99.0).revision == "r4"


def test_who_changes_something_is_not_shown_what_was_asked_before(browser: Browsers, network: FakeNetwork) -> None:
    network.answers["rankings", "board"] = in_parts
    office = browser("office")
    office.get(f"{API}?limit=50")
    office.post("/campaigns/td-2024/finalisation")
    office.get(f"{API}?limit=50")
    assert len(network.told("rankings", "board")) >= 2


def test_a_question_that_fails_is_put_again() -> None:
    answers = Answers()

    def away(_known: str | None) -> dict[str, Any]:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        answers.shared("k", away)
    assert answers.shared("k", lambda _known: {"revision": "r1"}).revision == "r1"

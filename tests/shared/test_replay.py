"""Pages of a rebuild, many in one transaction and the next taken meanwhile: nothing is lost, doubled or folded out of order."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from shared.bounds import REPLAY_PAGES_MAX
from shared.event import Event
from shared.feed.page import Page
from shared.projection.errors import RebuildAborted
from shared.projection.flush import COPY_ROWS_MIN
from shared.projection.folding import Folding
from shared.projection.replay import Replay
from shared.store import Database
from tests.shared.diary import Diary, feed_of, noted, torn_out

WAIT_SECONDS_MAX = 10


def page(number: int, service: str = "diary") -> Page:
    """One event."""
    return Page.of([noted(number, f"n{number}", service=service)])


class Told(Folding):
    """Folds nothing, but tells what it was given; waits for `go_on` where a batch is to take long."""

    def __init__(self, errors: Sequence[Exception] = ()) -> None:
        self.batches: list[tuple[str, int, int]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Semaphore(0)
        self._errors = list(errors)

    def fold(self, generation: int, page: Page, *, building: bool = False) -> int:
        assert (generation, building) == (7, True)
        self.batches.append((page.service, page.first, page.last))
        self.begun.release()
        assert self.go_on.wait(WAIT_SECONDS_MAX)
        if self._errors:
            raise self._errors.pop(0)
        return len(page.events)


# What is folded together


def test_so_many_pages_of_a_feed_are_one_batch() -> None:
    told = Told()
    replay = Replay(told, 7)
    assert [replay.take(page(number)) for number in range(1, REPLAY_PAGES_MAX + 3)] == [1] * (REPLAY_PAGES_MAX + 2)
    replay.settle()
    replay.settle()
    assert told.batches == [("diary", 1, REPLAY_PAGES_MAX), ("diary", REPLAY_PAGES_MAX + 1, REPLAY_PAGES_MAX + 2)]


def test_a_batch_is_of_one_feed() -> None:
    told = Told()
    replay = Replay(told, 7)
    for taken in (page(1), page(2), page(1, "letters")):
        replay.take(taken)
    replay.settle()
    assert told.batches == [("diary", 1, 2), ("letters", 1, 1)]


def test_pages_are_taken_while_a_batch_is_under_way_but_no_second_batch_is() -> None:
    told = Told()
    told.go_on.clear()
    replay = Replay(told, 7)
    for number in range(1, 2 * REPLAY_PAGES_MAX):
        replay.take(page(number))
    assert told.begun.acquire(timeout=WAIT_SECONDS_MAX)
    full = threading.Thread(target=replay.take, args=(page(2 * REPLAY_PAGES_MAX),))
    full.start()
    full.join(0.2)
    assert (full.is_alive(), told.batches) == (True, [("diary", 1, REPLAY_PAGES_MAX)])
    told.go_on.set()
    full.join(WAIT_SECONDS_MAX)
    replay.settle()
    assert told.batches == [("diary", 1, REPLAY_PAGES_MAX), ("diary", REPLAY_PAGES_MAX + 1, 2 * REPLAY_PAGES_MAX)]


def test_what_a_batch_raised_is_raised_once_and_what_comes_after_it_is_not_folded() -> None:
    told = Told([RebuildAborted("an operator has aborted it")])
    replay = Replay(told, 7)
    for number in range(1, REPLAY_PAGES_MAX + 2):
        replay.take(page(number))
    with pytest.raises(RebuildAborted, match="an operator"):
        replay.settle()
    replay.settle()
    assert told.batches == [("diary", 1, REPLAY_PAGES_MAX)]


# Into a real generation


@pytest.fixture
def log() -> list[Event]:
    """Batches of one event a stream, which come again in each: rows are added, changed, removed and added again, in bulk."""
    streams = [f"s{number}" for number in range(2 * COPY_ROWS_MIN)]
    made: list[Event] = []
    for turn in range(4):
        for stream in streams:
            at = len(made) + 1
            made.append(torn_out(at, stream=stream) if turn == 2 and stream < "s3" else noted(at, f"n{turn}", stream=stream))
    return made


@pytest.mark.parametrize("limit", [3, COPY_ROWS_MIN, 2 * COPY_ROWS_MIN])
def test_rows_that_come_again_in_later_batches_are_those_of_a_clean_run(
    database: Database, log: list[Event], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary = Diary()
    projector = diary.projector(database)
    for first in range(0, len(log), 7):
        projector.receive(Page.of(log[first : first + 7]), feed_of(*log))
    live = diary.notes(projector)
    assert (live["diary/s10"], live["diary/s9"]) == ("n3", "n0 n1 n2 n3")
    monkeypatch.setattr("shared.projection.replay.REPLAY_PAGES_MAX", 3)
    assert projector.rebuild("vn", feed_of(*log, limit=limit)) == 2
    assert diary.notes(projector) == live


def test_in_a_batch_an_event_that_cannot_be_folded_waits_alone(database: Database, log: list[Event]) -> None:
    diary = Diary()
    projector = diary.projector(database)
    broken = [noted(event.position, "bad", stream="bad") if event.position == 77 else event for event in log]
    diary.spoilt = {"bad"}
    projector.rebuilds.prepare()
    projector.rebuilds.go_live("vn", feed_of(*broken, limit=20), anyway=True)
    assert [row["position"] for row in projector.parked()] == [77]
    assert projector.cursor("vn", "diary") == len(log)
    assert len(diary.notes(projector)) == 2 * COPY_ROWS_MIN

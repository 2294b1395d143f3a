"""The boards made anew for a seal: others are answered meanwhile, it is given up in time, and leaves nothing half done."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import eventlet
import pytest
from structlog.testing import capture_logs

from services.rankings import boards, replay
from services.rankings import seals as sealing
from services.rankings.boards import BoardName
from services.rankings.service import seals
from shared.access import OPERATOR
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.event import Event
from shared.plain import plain
from shared.projection import Reading
from shared.store import open_database
from tests.services.campaigns.given import UNITS
from tests.services.rankings.world import CAMPAIGN, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = open_database(f"sqlite:///{tmp_path}/rankings.db")
    with capture_logs():
        made = World(database)
        made.hand_in("toa-an", A1="8", A2="15")
        made.hand_in("kiem-toan", A1="9", A2="15")
        yield made
    database.close()


@pytest.fixture
def breathless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every breath is a pause, however short the stretch before it."""
    monkeypatch.setattr(seals, "STRETCH_SECONDS", 0.0)


def recompute(world: World) -> Any:
    return world.ask("recompute", OPERATOR, campaign=CAMPAIGN)


def digest_of(world: World, name: BoardName) -> str:
    """Of the board made whole, as an export has it."""
    with world.projector.reading() as reading:
        return sealing.digest_of(plain(boards.board(reading, CAMPAIGN, name)))


def test_both_boards_are_told_as_they_are_shown_and_as_the_logs_give_them(world: World) -> None:
    told = recompute(world)["result"]
    assert told["boards"] == told["recomputed"] == [{"board": str(name), "digest": digest_of(world, name)} for name in sealing.SEALED]
    assert (told["second"], told["pending"]) == ([], 0)
    assert told["positions"] == world.ask("reached", OPERATOR, campaign=CAMPAIGN)["result"]["positions"]
    assert {row["service"]: row["position"] for row in told["positions"]} == {"registry": 0, "campaigns": 2, "evaluations": 4}


def test_what_the_rubric_or_the_campaign_does_not_know_is_sealed_as_ignored(world: World) -> None:
    before = digest_of(world, BoardName.STANDINGS)
    world.hand_in("toa-an", "elsewhere", A1="1")
    world.hand_in("somewhere", A1="2")
    world.hand_in("vien-kiem-sat", A1="3", Z9="4")
    told = recompute(world)["result"]
    assert told["boards"] == told["recomputed"]
    assert before != told["boards"][0]["digest"] == digest_of(world, BoardName.STANDINGS)


def test_panels_changes_and_answers_are_sealed_as_the_engine_has_them(world: World) -> None:
    world.score("vien-kiem-sat", A1="3")
    world.hand_in("vien-kiem-sat", A1="4", A2=None)
    for scorer, mark in (("J1", "7"), ("J2", "8")):
        world.hand_in("toa-an", "cross_check", scorer, A1=mark)
    world.give_back("kiem-toan")
    world.hand_in("kiem-toan", A2="16")
    world.adjust("toa-an")
    world.lodge("toa-an")
    world.answer("toa-an", A1="9")
    told = recompute(world)["result"]
    assert told["boards"] == told["recomputed"] == [{"board": str(name), "digest": digest_of(world, name)} for name in sealing.SEALED]
    assert told["second"] == []


def test_rows_are_found_again_by_later_events_however_few_are_folded_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.give_back("toa-an")
    world.hand_in("toa-an", A1="7")
    told = recompute(world)["result"]
    monkeypatch.setattr(replay, "EVENTS_AT_ONCE", 1)
    assert recompute(world)["result"] == told


@pytest.mark.usefixtures("breathless")
def test_others_are_answered_between_any_two_events_and_units(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(eventlet, "sleep", pauses.append)
    recompute(world)
    events = 2 + 4  # the rubric and the launch; two sheets filled and handed in
    lines, rows, flags, opinion, comparison = 2, 1, 2, 1, 2
    assert len(pauses) >= events + (lines + rows + flags + opinion + comparison) * len(UNITS)


def test_nobody_is_let_in_more_often_than_it_helps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(eventlet, "sleep", pauses.append)
    monkeypatch.setattr(seals, "STRETCH_SECONDS", 3_600.0)
    assert "result" in recompute(world)
    assert pauses == []


@pytest.mark.parametrize("breaths", [1, 7, 12, 20, 30])
def test_boards_that_take_too_long_are_given_up_wherever_it_stands(world: World, monkeypatch: pytest.MonkeyPatch, breaths: int) -> None:
    clock = itertools.chain(itertools.repeat(0.0, breaths), itertools.repeat(RECOMPUTE_SECONDS_MAX + 1))
    with monkeypatch.context() as late:
        late.setattr(time, "monotonic", lambda: next(clock))
        error = recompute(world)["error"]
    assert (error["code"], f"{RECOMPUTE_SECONDS_MAX:g} seconds" in error["message"]) == ("unavailable", True)
    told = recompute(world)["result"]
    assert told["boards"] == told["recomputed"]


@pytest.mark.usefixtures("breathless")
def test_two_who_ask_at_once_take_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    replaying = replay.replaying

    @contextmanager
    def watched(*asked: Any) -> Iterator[replay.Replay]:
        with replaying(*asked) as made:
            begun.append("begun")
            yield made
            begun.append("ended")

    monkeypatch.setattr(replay, "replaying", watched)
    both = [eventlet.spawn(recompute, world) for _ in range(2)]
    first, second = (one.wait()["result"] for one in both)
    assert first == second
    assert begun == ["begun", "ended", "begun", "ended"]


def test_who_waits_for_a_turn_waits_no_longer_than_for_the_boards(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "RECOMPUTE_SECONDS_MAX", 0.01)
    with seals._turn:
        assert recompute(world)["error"]["code"] == "unavailable"


class Watched(dict[str, list[Event]]):
    """Logs that note whether a transaction was open when they were read."""

    def __init__(self, world: World) -> None:
        super().__init__(world.logs)
        self.open = 0
        self.read_while_open: list[str] = []
        self.meanwhile: list[Any] = []
        inner = world.projector.reading

        @contextmanager
        def reading() -> Iterator[Reading]:
            self.open += 1
            with inner() as found:
                yield found
            self.open -= 1

        world.projector.reading = reading  # type: ignore[method-assign]

    def __getitem__(self, service: str) -> list[Event]:
        if self.open:
            self.read_while_open.append(service)
        elif self.meanwhile:
            self.meanwhile.pop()()
        return super().__getitem__(service)


def test_the_logs_are_read_before_a_transaction_is_opened_and_what_came_since_within_it(world: World) -> None:
    world.logs = logs = Watched(world)
    assert "result" in recompute(world)
    assert logs.read_while_open == []
    logs.meanwhile.append(lambda: world.hand_in("vien-kiem-sat", A1="10", A2="20"))
    told = recompute(world)["result"]
    assert logs.read_while_open == ["evaluations"]
    assert told["boards"] == told["recomputed"]
    assert {row["service"]: row["position"] for row in told["positions"]}["evaluations"] == 6

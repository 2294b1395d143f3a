"""The boards made anew for a seal: in stretches between which others are answered, and given up in time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import eventlet
import pytest
from structlog.testing import capture_logs

from services.rankings.service import seals
from shared.access import OPERATOR
from shared.bounds import RECOMPUTE_SECONDS_MAX
from shared.store import open_database
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


def test_others_are_answered_between_two_stretches_of_events(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(eventlet, "sleep", pauses.append)
    told = world.ask("recompute", OPERATOR, campaign=CAMPAIGN)["result"]
    assert told["recomputed"] == told["boards"]
    few = len(pauses)
    monkeypatch.setattr(seals, "EVENTS_AT_ONCE", 1)
    assert world.ask("recompute", OPERATOR, campaign=CAMPAIGN)["result"] == told
    events = 2 + 4  # the rubric and the launch; two sheets filled and handed in
    assert len(pauses) - few - few == 2 * (events - 1)


@pytest.mark.parametrize("pauses", [1, 3, 5])
def test_boards_that_take_too_long_are_given_up_wherever_it_stands(world: World, monkeypatch: pytest.MonkeyPatch, pauses: int) -> None:
    clock = itertools.chain(itertools.repeat(0.0, pauses + 1), itertools.repeat(RECOMPUTE_SECONDS_MAX + 1))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    error = world.ask("recompute", OPERATOR, campaign=CAMPAIGN)["error"]
    assert (error["code"], "100 seconds" in error["message"]) == ("unavailable", True)

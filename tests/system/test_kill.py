"""kill -9 during the sample season: started again and finished, it is the undisturbed season, event for event and board for board."""

from __future__ import annotations

import json
import random
import subprocess
import time
from pathlib import Path

import pytest

from services.console.process import is_running
from tests.support.accounting import Season, models_that_differ
from tests.support.network import BACKENDS, COMMENDATION, RunningNetwork

KILLS = 6
SEED = 20240410


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_season_killed_again_and_again_ends_as_an_undisturbed_one(undisturbed: Season, backend: str, tmp_path: Path) -> None:
    killed = RunningNetwork(backend, tmp_path / "var")
    try:
        kills = _kill_embedded(killed) if killed.backend == "embedded" else _kill_distributed(killed)
        assert kills == KILLS
        assert Season.of(killed) == undisturbed
        assert models_that_differ(killed, tmp_path / "clean") == []
        told = json.loads(killed.cli("verify", "--format", "json").stdout)
        assert (told["found"], told["behind"]) == (0, {})
    finally:
        killed.close()


def _kill_embedded(network: RunningNetwork) -> int:
    """Kill the one process at moments spread over the load; each start goes on where the last one stood."""
    moments = random.Random(SEED)
    kills = 0
    while kills < KILLS:
        network.spawn("network", "run", "--sample")
        _wait_until_loading(network)
        time.sleep(moments.uniform(0.0, 0.8))
        network.kill()
        kills += 1
    network.start(sample=True)
    return kills


def _wait_until_loading(network: RunningNetwork) -> None:
    """Until the process has opened its log, so that the kill meets work and not the interpreter's start."""
    deadline = time.monotonic() + 30
    while not is_running(network.var):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1.5)


def _kill_distributed(network: RunningNetwork) -> int:
    """Kill one service after another while the sample is loaded through the broker, and start it again."""
    moments = random.Random(SEED)
    network.start()
    victims = ["registry", "campaigns", "evaluations", "rankings", "awards", "audit"]
    kills = 0
    loader: subprocess.Popen[bytes] | None = None
    while kills < KILLS:
        if loader is None or loader.poll() is not None:
            loader = subprocess.Popen([COMMENDATION, "sample"], env=network.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(moments.uniform(1.0, 3.0))
        network.kill(victims[kills % len(victims)])
        kills += 1
        network.spawn(victims[(kills - 1) % len(victims)], "run", "--service", victims[(kills - 1) % len(victims)])
    if loader is not None:
        loader.wait(timeout=180)
    network.wait_ready()
    done = network.cli("sample")
    assert done.returncode == 0, done.stderr
    return kills

"""Processes that die between two steps: started again, the season is the undisturbed one, and every read model what its logs say."""

from __future__ import annotations

from pathlib import Path

from tests.support.accounting import Account, Season, models_that_differ
from tests.support.dying import WHILE_LOADING, WHILE_REBUILDING, load_until_dead, rebuild_until_dead
from tests.support.network import RunningNetwork

DEATHS = [*((point, 5) for point in WHILE_LOADING), ("relay.after_publish", 1), ("fold.after_commit", 2)]
"""The later ones strike when the process has hardly begun to catch up. `python -m tests.reliability` has hundreds of others."""

REBUILDS = zip(WHILE_REBUILDING, (3, 4, 3, 2), strict=True)


def test_a_season_that_dies_at_every_failpoint_loses_and_doubles_nothing(undisturbed: Season, tmp_path: Path) -> None:
    network = RunningNetwork("embedded", tmp_path / "var")
    try:
        died = [point for point, times in DEATHS if load_until_dead(network, point, times)]
        assert died == [point for point, _ in DEATHS], "a point was not reached: the season is too short for these times"
        network.start(sample=True)
        for point, times in REBUILDS:
            assert rebuild_until_dead(network, point, times), f"no rebuild got to {point}"
        found = Season.of(network)
        account = Account.of(found.facts, undisturbed.facts)
        assert (account.lost, account.doubled) == ([], [])
        assert found.boards == undisturbed.boards
        assert models_that_differ(network, tmp_path / "clean") == []
    finally:
        network.close()

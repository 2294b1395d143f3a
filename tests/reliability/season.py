"""The whole network, killed while it loads the sample season and while it rebuilds its read models, and accounted for."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.reliability.tally import Tally
from tests.support.accounting import Account, Season, models_that_differ
from tests.support.dying import (
    WHILE_LOADING,
    WHILE_REBUILDING,
    load_until_dead,
    rebuild_until_dead,
    rebuild_while_loading_until_dead,
)
from tests.support.network import RunningNetwork

BACKEND = "whole network"
TIMES_MAX = 12
"""A process dies at the first to this time that it gets to the point: a season then takes some fifteen deaths to load."""

SERVICES_REBUILT = 6
"""A process that rebuilds gets to each of its points at least once for each service that has a read model."""


def disturbed(folder: Path, wanted: Season, tally: Tally, chance: Random, kills_max: int) -> None:
    """One season, killed and rebuilt until it is loaded (or enough have been killed), rebuilt again under kills, and accounted for."""
    network = RunningNetwork("embedded", folder / "var")
    killed = 0

    def count(point: str, died: bool) -> bool:
        nonlocal killed
        killed += died
        tally.kills[point, BACKEND] += died
        return died

    try:
        loaded = False
        while not loaded and killed < kills_max:
            point = chance.choice((*WHILE_LOADING, *WHILE_REBUILDING))
            if point in WHILE_LOADING:
                loaded = not count(point, load_until_dead(network, point, chance.randint(1, TIMES_MAX)))
            else:
                count(point, rebuild_while_loading_until_dead(network, point, chance.randint(1, SERVICES_REBUILT)))
        network.start(sample=True)
        for point in WHILE_REBUILDING:
            if killed < kills_max:
                count(point, rebuild_until_dead(network, point, chance.randint(1, SERVICES_REBUILT)))
        found = Season.of(network)
        differing = models_that_differ(network, folder / "clean")
        differing += [] if found.boards == wanted.boards else ["boards"]
    finally:
        network.close()
    account = Account.of(found.facts, wanted.facts)
    tally.add(account, [f"read model {name} differs" for name in differing])
    print(f"  {BACKEND}: {killed} kills; {account}; read models that differ: {', '.join(differing) or 'none'}", flush=True)

"""Kills a network hundreds of times at its failpoints and accounts: `python -m tests.reliability --kills 300`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.accounting import Account, Season, models_that_differ
from tests.support.dying import WHILE_LOADING, WHILE_REBUILDING, load_until_dead, rebuild_until_dead
from tests.support.network import RunningNetwork

TIMES_MAX = 12
"""A process dies at the first to this time that it gets to the point: a season then takes some fifteen deaths to load."""


@dataclass
class Tally:
    """What all seasons of a run come to."""

    kills: Counter[str] = field(default_factory=Counter)
    seasons: int = 0
    written: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    @property
    def faultless(self) -> bool:
        return not (self.lost or self.doubled or self.differing)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="how often to kill (300)")
    parser.add_argument("--seed", type=int, default=20240410, help="of the points and times (20240410)")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    began = time.monotonic()
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="commendation-reliability-") as folder:
        wanted = undisturbed(Path(folder) / "undisturbed")
        print(f"An undisturbed season: {wanted.facts.total()} facts.", flush=True)
        while tally.kills.total() < asked.kills:
            tally.seasons += 1
            season(Path(folder) / f"season-{tally.seasons}", wanted, tally, chance, asked.kills)
    print(f"\n{tally.kills.total()} kills in {tally.seasons} seasons, {time.monotonic() - began:.0f} s, seed {asked.seed}")
    for point, count in sorted(tally.kills.items()):
        print(f"  {point:24}{count:6}")
    print(f"written {tally.written}, lost {len(tally.lost)}, doubled {len(tally.doubled)}, read models that differ {len(tally.differing)}")
    for what in ("lost", "doubled", "differing"):
        for line in getattr(tally, what)[:20]:
            print(f"  {what}: {line}")
    return 0 if tally.faultless else 1


def undisturbed(folder: Path) -> Season:
    network = RunningNetwork("embedded", folder / "var")
    try:
        network.start(sample=True)
        return Season.of(network)
    finally:
        network.close()


def season(folder: Path, wanted: Season, tally: Tally, chance: random.Random, kills_max: int) -> None:
    """One season, killed until it is loaded (or enough have been killed), rebuilt under kills, and accounted for."""
    network = RunningNetwork("embedded", folder / "var")
    try:
        loaded = False
        before = tally.kills.total()
        while not loaded and tally.kills.total() < kills_max:
            point = chance.choice(WHILE_LOADING)
            loaded = not load_until_dead(network, point, chance.randint(1, TIMES_MAX))
            tally.kills[point] += not loaded
        network.start(sample=True)
        for point in WHILE_REBUILDING:
            if tally.kills.total() < kills_max:
                tally.kills[point] += rebuild_until_dead(network, point, chance.randint(1, 6))
        found = Season.of(network)
        account = Account.of(found.facts, wanted.facts)
        differing = models_that_differ(network, folder / "clean")
        differing += [] if found.boards == wanted.boards else ["boards"]
    finally:
        network.close()
    tally.written += account.written
    tally.lost += account.lost
    tally.doubled += account.doubled
    tally.differing += differing
    shown = ", ".join(differing) or "none"
    print(f"season {tally.seasons}: {tally.kills.total() - before} kills; {account}; read models that differ: {shown}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

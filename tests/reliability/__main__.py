"""Kills processes hundreds of times and accounts: `python -m tests.reliability --kills 300`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.reliability import season
from tests.reliability.nursery import Nursery
from tests.reliability.pair import BACKENDS, DEATHS, a_pair, available
from tests.reliability.tally import Tally
from tests.support.accounting import undisturbed_season

DEATHS_A_PAIR = 24
"""Then another pair begins with empty databases: what is examined after each death is all that the pair has ever written."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="of pairs of services, over all backends (300)")
    parser.add_argument("--network-kills", type=int, default=20, help="of the whole network, which take some five seconds each (20)")
    parser.add_argument("--seed", type=int, default=20240410, help="of the points and times (20240410)")
    asked = parser.parse_args(arguments)
    chance = random.Random(asked.seed)
    began = time.monotonic()
    tally = Tally()
    backends = [backend for backend in BACKENDS if available(backend)]
    for backend in set(BACKENDS) - set(backends):
        print(f"Left out: {BACKENDS[backend]}, which nobody has started; `make reliability` does.")
    with tempfile.TemporaryDirectory(prefix="commendation-reliability-") as folder:
        for number, backend in enumerate(backends, start=1):
            kill_pairs(Path(folder), backend, asked.kills * number // len(backends) - tally.kills.total(), tally, chance)
        kill_networks(Path(folder), asked.network_kills, tally, chance)
    print(f"\n{tally.kills.total()} kills in {time.monotonic() - began:.0f} s, seed {asked.seed}")
    print(tally.table())
    print(f"written {tally.written}, lost {len(tally.lost)}, doubled {len(tally.doubled)}, other faults {len(tally.faults)}")
    for what in ("lost", "doubled", "faults"):
        for line in getattr(tally, what)[:20]:
            print(f"  {what}: {line}")
    return 0 if tally.faultless else 1


def kill_pairs(folder: Path, backend: str, kills: int, tally: Tally, chance: random.Random) -> None:
    """Kill so many lives of pairs on this backend, each way of dying in turn."""
    killed = 0
    while killed < kills:
        with Nursery() as nursery, a_pair(backend, folder) as pair:
            for _ in range(DEATHS_A_PAIR):
                death = DEATHS[killed % len(DEATHS)]
                if pair.die(nursery, death, chance):
                    killed += 1
                    tally.kills[death, backend] += 1
                if killed == kills:
                    break
            account = pair.settle(nursery)
            tally.add(account, pair.faults)
        print(f"  {BACKENDS[backend]}: {killed} kills; {account}; other faults {len(pair.faults)}", flush=True)


def kill_networks(folder: Path, kills: int, tally: Tally, chance: random.Random) -> None:
    """Kill the whole network so often, in as many seasons as that takes."""
    if kills == 0:
        return
    wanted = undisturbed_season(folder / "undisturbed")
    print(f"  {season.BACKEND}: an undisturbed season has {wanted.facts.total()} facts", flush=True)
    before = tally.kills.total()
    while (left := kills - (tally.kills.total() - before)) > 0:
        season.disturbed(folder / f"season-{left}", wanted, tally, chance, left)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

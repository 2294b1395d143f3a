"""What a network holds, counted against a season that nobody disturbed, and its read models against its own log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.console.site import MODELLED, LocalSite
from shared.config import load
from shared.feed.page import Page
from shared.projection import Projector
from shared.store import open_database
from tests.support.network import RunningNetwork

CAMPAIGNS = ("noi-chinh-2023", "noi-chinh-2024")
BOARDS = ("standings", "flag", "leader")


@dataclass(frozen=True)
class Season:
    """The sample season as a network holds it: its facts, each with how often it is there, and its boards."""

    facts: Counter[str]
    boards: list[Any]

    @staticmethod
    def of(network: RunningNetwork) -> Season:
        network.settle()
        return Season(facts_of(network), boards_of(network))


def undisturbed_season(folder: Path) -> Season:
    """What a season comes to that nobody disturbs."""
    network = RunningNetwork("embedded", folder / "var")
    try:
        network.start(sample=True)
        return Season.of(network)
    finally:
        network.close()


@dataclass(frozen=True)
class Account:
    """written: facts of the undisturbed season that are there; lost: those that are not; doubled: facts there more often than once."""

    written: int
    lost: list[str]
    doubled: list[str]

    @staticmethod
    def of(found: Counter[str], undisturbed: Counter[str]) -> Account:
        lost, doubled = undisturbed - found, found - undisturbed
        return Account((undisturbed & found).total(), sorted(lost.elements()), sorted(doubled.elements()))

    def __str__(self) -> str:
        return f"written {self.written}, lost {len(self.lost)}, doubled {len(self.doubled)}"


def facts_of(network: RunningNetwork) -> Counter[str]:
    """What was recorded, without the ids, moments and places that differ from run to run; positions are checked to be gapless."""
    done = network.cli("export")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    positions: dict[str, list[int]] = {}
    for event in events:
        positions.setdefault(event["source"], []).append(int(event["position"]))
    for source, taken in positions.items():
        assert taken == list(range(1, len(taken) + 1)), f"the positions of {source} are {taken}"
    return Counter(
        json.dumps(
            [event["type"], event["subject"], event["streamversion"], event["causation"], _comparable(event["data"])], sort_keys=True
        )
        for event in events
        if not event["type"].startswith("audit.")
    )


def _comparable(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data without what depends on the day of the run, on chance (a draw, a key), or on the ids of its events (seals)."""
    varying = ("due_on", "handed_in_on", "late", "boards", "positions", "seed", "pairs", "sealed")
    return {key: value for key, value in data.items() if key not in varying}


def boards_of(network: RunningNetwork) -> list[Any]:
    found = []
    for campaign in CAMPAIGNS:
        for name in BOARDS:
            board = network.board(campaign, name)
            found.append(
                [[row["unit"], row.get("rank"), row.get("total"), row.get("groups"), row.get("eligible")] for row in board["rows"]]
            )
    return found


def models_that_differ(network: RunningNetwork, folder: Path) -> list[str]:
    """The tables whose rows are not those that a clean fold of the network's own logs gives; "model: parked" where events wait.

    folder: where the clean read models are made, new for each call.
    """
    folder.mkdir(parents=True)
    network.settle()
    differing = []
    with LocalSite(load(network.env)) as site:
        for service in MODELLED:
            live = site.projector(service)
            fresh = open_database(f"sqlite:///{folder}/{service}.db")
            try:
                clean = type(live)(fresh, live.model)
                clean.prepare()
                for producer in live.model.feeds:
                    head = live.cursor(site.config.site, producer)
                    clean.receive(Page.announcement(site.config.site, producer, head), site.feed)
                differing += [f"{live.model.name}: parked" for one in (live, clean) if one.parked()]
                there, wanted = _rows(live), _rows(clean)
                differing += [f"{live.model.name}.{table}" for table in wanted if there[table] != wanted[table]]
            finally:
                fresh.close()
    return differing


def _rows(projector: Projector) -> dict[str, list[str]]:
    with projector.reading() as reading:
        return {
            name: sorted(repr(sorted(row.items())) for row in reading.all(sa.select(reading[table])))
            for name, table in projector.model.metadata.tables.items()
        }

"""One sample network per way to run it, shared by the tests that leave its 2023 season alone, and gone when they are done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.accounting import Season
from tests.support.network import BACKENDS, RunningNetwork


@dataclass(frozen=True)
class Loaded:
    """A network in one process, and its season before anybody did anything else there."""

    network: RunningNetwork
    season: Season


@pytest.fixture(scope="package")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    running = RunningNetwork("embedded", tmp_path_factory.mktemp("network") / "var")
    try:
        running.start(sample=True)
        yield Loaded(running, Season.of(running))
    finally:
        running.close()


@pytest.fixture(scope="package")
def distributed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    running = RunningNetwork("distributed", tmp_path_factory.mktemp("network") / "var")
    try:
        running.start(sample=True)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="package", params=BACKENDS)
def network(request: pytest.FixtureRequest) -> RunningNetwork:
    loaded: Loaded | RunningNetwork = request.getfixturevalue(request.param)
    return loaded.network if isinstance(loaded, Loaded) else loaded


@pytest.fixture(scope="package")
def undisturbed(embedded: Loaded) -> Season:
    """What a season comes to that nobody disturbs; it is the same on either backend."""
    return embedded.season

"""One sample network per way to run it, shared by the tests that leave its 2023 season alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.accounting import Season, undisturbed_season
from tests.support.network import BACKENDS, RunningNetwork


@pytest.fixture(scope="session", params=BACKENDS)
def network(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNetwork]:
    running = RunningNetwork(request.param, tmp_path_factory.mktemp("network") / "var")
    try:
        running.start(sample=True)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Season:
    """What a season comes to that nobody disturbs; it is the same on either backend."""
    return undisturbed_season(tmp_path_factory.mktemp("undisturbed"))

"""One sample network per way to run it, shared by the tests that leave its 2023 season alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.accounting import Season
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
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Season]:
    """undisturbed(backend): the season of a network that nobody disturbs, loaded once per way to run it."""
    seasons: dict[str, Season] = {}

    def season(backend: str) -> Season:
        if backend not in seasons:
            running = RunningNetwork(backend, tmp_path_factory.mktemp("undisturbed") / "var")
            try:
                running.start(sample=True)
                seasons[backend] = Season.of(running)
            finally:
                running.close()
        return seasons[backend]

    return season

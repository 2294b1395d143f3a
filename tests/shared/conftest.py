"""Fixtures for the tests of what every service stands on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest


@pytest.fixture
def machine_in_hanoi() -> Iterator[None]:
    """The zone of the machine is that of Viet Nam, seven hours before UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "ICT-7")  # as POSIX writes it, so that no list of zones is needed
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def one_page_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebuilds write each page by itself, so that a test can come between two."""
    monkeypatch.setattr("shared.projection.replay.REPLAY_PAGES_MAX", 1)

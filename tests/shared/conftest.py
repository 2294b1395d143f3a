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

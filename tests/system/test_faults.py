"""Broker and database fail behind a proxy while a season is loaded: the same processes recover, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.accounting import Account, Season, models_that_differ
from tests.support.faults import ANSWER_SECONDS, Behind


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    made = Behind(tmp_path / "var")
    try:
        made.network.start()
        yield made
    finally:
        made.close()


def test_nothing_is_lost_or_doubled_by_faults_of_broker_and_database(behind: Behind, undisturbed: Season, tmp_path: Path) -> None:
    behind.work(3)
    for server in (behind.broker, behind.database):
        server.cut()
        behind.work(2)
        server.heal()
        behind.work(1)
        server.delay(0.02)
        for _ in range(3):
            server.reset()
            behind.work(0.5)
        server.heal()
        server.half_open()
        behind.work(1.5 * ANSWER_SECONDS)
        server.heal()  # for new connections: those that there were stay silent
        behind.work(2)
    behind.finish()
    found = Season.of(behind.network)
    account = Account.of(found.facts, undisturbed.facts)
    assert (account.lost, account.doubled) == ([], [])
    assert found.boards == undisturbed.boards
    assert models_that_differ(behind.network, tmp_path / "clean") == []

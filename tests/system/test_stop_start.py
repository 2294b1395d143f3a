"""Stop and start of a service's process on RabbitMQ and PostgreSQL: what it waits for, what it says, and what it leaves behind."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared.feed.site import eventually
from tests.support.accounting import Account, Season, models_that_differ
from tests.support.faults import Behind
from tests.support.network import COMMENDATION

SIGNS_OF_FORCE = ("Traceback", "killing", "stop_cut_short", "exited with error")
"""What a log holds after a stop that was not clean."""


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    made = Behind(tmp_path / "var")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """A network of all services, which the tests that stop it leave as it comes."""
    made = Behind(tmp_path_factory.mktemp("whole") / "var")
    try:
        yield made
    finally:
        made.close()


def test_a_stop_in_the_middle_of_work_is_clean_and_loses_nothing(whole: Behind, undisturbed: Season, tmp_path: Path) -> None:
    network = whole.network
    network.start()
    whole.work(3)
    said = {name: (network.var / f"{name}.out").stat().st_size for name in network.processes}
    assert set(network.stop().values()) == {0}
    for name, before in said.items():
        log = (network.var / f"{name}.out").read_bytes()[before:].decode()
        assert [sign for sign in SIGNS_OF_FORCE if sign in log] == [], f"{name}:\n{log[-4000:]}"
    network.start()
    whole.finish()
    found = Season.of(network)
    account = Account.of(found.facts, undisturbed.facts)
    assert (account.lost, account.doubled) == ([], [])
    assert found.boards == undisturbed.boards
    assert models_that_differ(network, tmp_path / "clean") == []


def test_a_stop_while_the_servers_are_away_is_a_stop_too(whole: Behind) -> None:
    network = whole.network
    network.start()
    before = network.log_text().count("relay_waits")
    whole.broker.cut()
    whole.database.cut()
    eventually(lambda: network.log_text().count("relay_waits") > before, 30, network.log_text)
    assert set(network.stop().values()) == {0}, "killed, for none may take longer than 30 seconds"


@pytest.mark.parametrize(("server", "line"), [("broker", "waiting_for_broker"), ("database", "waiting_for_database")])
def test_a_service_that_starts_before_its_servers_waits_and_goes_on_when_they_come(behind: Behind, server: str, line: str) -> None:
    proxy = getattr(behind, server)
    proxy.cut()
    behind.network.spawn("registry", "run", "--service", "registry")
    eventually(lambda: line in behind.network.log_text(), 30, behind.network.log_text)
    assert "network:" not in behind.network.log_text(), "a password is in the log"
    proxy.heal()
    eventually(lambda: behind.network.cli("status", "--ready", "registry").returncode == 0, 60, behind.network.log_text)
    assert behind.network.stop() == {"registry": 0}


@pytest.mark.parametrize(("server", "message"), [("broker", "No broker answers at"), ("database", "No database answers at")])
def test_a_service_whose_servers_do_not_come_says_so_once_and_ends(behind: Behind, server: str, message: str) -> None:
    getattr(behind, server).cut()
    behind.network.env["COMMENDATION_START_SECONDS"] = "2"
    ended = subprocess.run(
        [COMMENDATION, "run", "--service", "registry"], env=behind.network.env, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2, ended.stderr[-3000:]
    lines = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1, ended.stderr[-3000:]
    assert lines[0].startswith(f"commendation: {message}")
    assert "within 2 seconds" in lines[0]

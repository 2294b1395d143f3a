"""Broker and database fail behind a proxy while a season is loaded: the same processes recover, and nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.accounting import Account, Season, models_that_differ
from tests.support.network import COMMENDATION, RunningNetwork
from tests.support.proxy import Proxy

RECOVERY_SECONDS_MAX = 45


class Behind:
    """A distributed network with its servers behind proxies, and somebody at work on it."""

    def __init__(self, var: Path) -> None:
        self.network = RunningNetwork("distributed", var)
        self.broker = self._proxied("COMMENDATION_BROKER_URL")
        self.database = self._proxied("COMMENDATION_DATABASE_URL")
        self._loader: subprocess.Popen[bytes] | None = None

    def _proxied(self, variable: str) -> Proxy:
        url = sa.make_url(self.network.env[variable])
        assert url.host is not None
        assert url.port is not None
        proxy = Proxy(url.host, url.port)
        address = url.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        self.network.env[variable] = address.replace("%7B", "{").replace("%7D", "}")
        return proxy

    def work(self, seconds: float) -> None:
        """Have the season loaded for this long; a loader that the fault stops is started again."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._loader is None or self._loader.poll() is not None:
                self._loader = subprocess.Popen(
                    [COMMENDATION, "sample"], env=self.network.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            time.sleep(0.1)

    def finish(self) -> None:
        """Until all is loaded by the processes that were there from the start."""
        if self._loader is not None:
            self._loader.kill()
            self._loader.wait()
        self.network.wait_ready()  # fails when one has ended
        deadline = time.monotonic() + RECOVERY_SECONDS_MAX
        while (done := self.network.cli("sample")).returncode != 0:
            assert time.monotonic() < deadline, f"not recovered: {done.stderr}\n{self.network.log_text()[-6000:]}"

    def close(self) -> None:
        if self._loader is not None and self._loader.poll() is None:
            self._loader.kill()
            self._loader.wait()
        self.broker.heal()
        self.database.heal()
        self.network.close()
        for proxy in (self.broker, self.database):
            proxy.__exit__(None, None, None)


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    made = Behind(tmp_path / "var")
    try:
        made.network.start()
        yield made
    finally:
        made.close()


def test_nothing_is_lost_or_doubled_by_faults_of_broker_and_database(
    behind: Behind, undisturbed: Callable[[str], Season], tmp_path: Path
) -> None:
    behind.work(3)

    behind.broker.cut()
    behind.work(2)
    behind.broker.heal()
    behind.work(1)

    behind.database.delay(0.02)
    for _ in range(4):
        behind.database.reset()
        behind.work(0.5)
    behind.database.heal()

    behind.broker.half_open()
    behind.work(1)
    behind.broker.heal()  # for new connections: those that there were stay silent

    behind.finish()
    found, wanted = Season.of(behind.network), undisturbed("embedded")
    account = Account.of(found.facts, wanted.facts)
    assert (account.lost, account.doubled) == ([], [])
    assert found.boards == wanted.boards
    assert models_that_differ(behind.network, tmp_path / "clean") == []

"""A distributed network with its broker and its database behind proxies that fail on demand."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import sqlalchemy as sa

from tests.support.network import COMMENDATION, RunningNetwork
from tests.support.proxy import Proxy

RECOVERY_SECONDS_MAX = 120
ANSWER_SECONDS = 3
"""Wait for the database's answer here: the bound of an installation is longer than a test should last."""


class Behind:
    """A distributed network with its servers behind proxies, and somebody at work on it."""

    def __init__(self, var: Path) -> None:
        self.network = RunningNetwork("distributed", var)
        self.broker = self._proxied("COMMENDATION_BROKER_URL")
        self.database = self._proxied("COMMENDATION_DATABASE_URL", answer_seconds=ANSWER_SECONDS)
        self._loader: subprocess.Popen[bytes] | None = None

    def _proxied(self, variable: str, **options: int) -> Proxy:
        url = sa.make_url(self.network.env[variable])
        assert url.host is not None
        assert url.port is not None
        proxy = Proxy(url.host, url.port)
        there = url.set(host="127.0.0.1", port=proxy.port).update_query_dict({name: str(value) for name, value in options.items()})
        address = there.render_as_string(hide_password=False)
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

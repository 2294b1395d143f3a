"""A network that runs as its users run it: `commendation run` as processes of their own, reached over HTTP and by the console.

`embedded` is one process on `embedded://` and SQLite, `distributed` a process per service on RabbitMQ and PostgreSQL.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from services.console.sample.season import sample_password
from shared.config import SERVICES

START_SECONDS_MAX = 90
BACKENDS = ("embedded", "distributed")
COMMENDATION = Path(sys.executable).with_name("commendation")


@dataclass
class Api:
    """The HTTP API in the name of one account."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, body: Any = None, *, status: int | None = None, **headers: str) -> Any:
        """The answer's JSON; fails the test on another status than wanted (any 2xx by default)."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.session.request(method, f"{self.url}/api/v1{path}", json=body, headers=named, timeout=60)
        wanted = answer.ok if status is None else answer.status_code == status
        assert wanted, f"{method} {path}: {answer.status_code} {answer.text[:1000]}"
        return answer.json() if answer.content else None

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("POST", path, {} if body is None else body, **options)


class RunningNetwork:
    """One network of a test: its processes, folder and addresses."""

    def __init__(self, backend: str, var: Path) -> None:
        self.backend = backend
        self.var = var
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._tokens: dict[str, Api] = {}
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("COMMENDATION_")}
        self.env |= {"COMMENDATION_VAR": str(var), "COMMENDATION_HTTP_PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        if backend == "distributed":
            self._be_distributed()

    def _be_distributed(self) -> None:
        database, broker = os.environ.get("COMMENDATION_TEST_DATABASE_URL"), os.environ.get("COMMENDATION_TEST_BROKER_URL")
        if not database or not broker:
            pytest.skip("RabbitMQ and PostgreSQL are not there: run `make test`, or set COMMENDATION_TEST_DATABASE_URL and _BROKER_URL")
        name = f"net_{uuid.uuid4().hex[:8]}"
        self._server, self._databases = database, [f"{name}_{service}" for service in SERVICES]
        engine = sa.create_engine(database, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for one in self._databases:
                connection.execute(sa.text(f'CREATE DATABASE "{one}"'))
        engine.dispose()
        address = sa.make_url(database).set(database="").render_as_string(hide_password=False).rstrip("/")
        self.env |= {
            "COMMENDATION_BROKER_URL": broker,
            "COMMENDATION_DATABASE_URL": f"{address}/{name}_{{service}}",
            "COMMENDATION_SITE": name.replace("_", "-"),
        }

    def start(self, *, sample: bool = False) -> None:
        """Start what is not running, and wait until the network is ready."""
        if self.backend == "embedded":
            self.spawn("network", "run", *(["--sample"] if sample else []))
        else:
            for service in SERVICES:
                self.spawn(service, "run", "--service", service)
        self.wait_ready()
        if sample and self.backend == "distributed":
            done = self.cli("sample")
            assert done.returncode == 0, done.stderr
        if sample:
            self.wait_for_sample()

    def spawn(self, name: str, *arguments: str) -> None:
        running = self.processes.get(name)
        if running is not None and running.poll() is None:
            return
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / f"{name}.out").open("ab") as out:
            self.processes[name] = subprocess.Popen([COMMENDATION, *arguments], env=self.env, stdout=out, stderr=out)

    def wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended with {process.returncode}:\n{self.log_text()[-4000:]}"
            try:
                if requests.get(f"{self.url}/api/v1/ready", timeout=30).status_code == 200:
                    return
            except requests.RequestException:
                pass
            assert time.monotonic() < deadline, f"not ready within {START_SECONDS_MAX} s:\n{self.log_text()[-4000:]}"
            time.sleep(0.2)

    def wait_for_sample(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while self.backend == "embedded" and "Listening on" not in (self.var / "network.out").read_text(encoding="utf-8"):
            assert self.processes["network"].poll() is None, self.log_text()[-4000:]
            assert time.monotonic() < deadline, f"the sample is not loaded:\n{self.log_text()[-4000:]}"
            time.sleep(0.2)

    def settle(self) -> None:
        """Wait until every view holds everything that is recorded, as an administrator is told."""
        deadline = time.monotonic() + 60
        while True:
            services = self.api("quantri").session.get(f"{self.url}/api/v1/ready", timeout=30).json().get("services", {})
            heads = {name: told["head"] for name, told in services.items()}
            behind = [
                (name, row) for name, told in services.items() for row in told["cursors"] if row["position"] < heads.get(row["service"], 0)
            ]
            if services and not behind:  # an administrator is known to be one while the registry answers
                return
            assert time.monotonic() < deadline, f"views stay behind: {behind}"
            time.sleep(0.05)

    def api(self, login: str) -> Api:
        """The API as a sample account."""
        if login not in self._tokens:
            api = Api(self.url)
            token = api.post("/sessions", {"login": login, "password": sample_password()})["token"]
            api.session.headers["Authorization"] = f"Bearer {token}"
            self._tokens[login] = api
        return self._tokens[login]

    def board(self, campaign: str, board: str) -> Any:
        return self.api("thuongtruc").get(f"/campaigns/{campaign}/boards/{board}")

    def cli(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([COMMENDATION, *arguments], env=self.env | env, capture_output=True, text=True, timeout=120, check=False)

    def log_text(self) -> str:
        """Everything that the processes said."""
        found = [*sorted(self.var.glob("*.out")), self.var / "network.log"]
        return "\n".join(path.read_text(encoding="utf-8") for path in found if path.exists())

    def kill(self, *names: str) -> None:
        """kill -9 of these processes, of all by default."""
        for name in names or list(self.processes):
            self.processes[name].send_signal(signal.SIGKILL)
            self.processes[name].wait()

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; exit codes by name."""
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        codes = {}
        for name, process in self.processes.items():
            try:
                codes[name] = process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                codes[name] = process.wait()
        self.processes.clear()
        return codes

    def close(self) -> None:
        self.stop()
        if self.backend == "distributed":
            engine = sa.create_engine(self._server, isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                for one in self._databases:
                    connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)'))
            engine.dispose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

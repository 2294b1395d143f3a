"""Running services in this process: patched for greenlets, wired to the broker, stopped cleanly on a signal.

`patch()` must come before anything imports socket, threading or psycopg; so the modules that need them are imported inside functions here
and in the commands.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import signal
import socket
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.bounds import BROKER_HEARTBEAT_SECONDS, BROKER_RETRY_SECONDS, START_SECONDS_MAX, STOP_SECONDS_MAX
from shared.config import SERVICES, Config
from shared.errors import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from shared.rpc import Network

CLASSES = {name: f"services.{name}.service:{name.capitalize()}Service" for name in SERVICES}


def patch() -> None:
    """Make this process one of greenlets. psycopg waits through `select`, or it would hold up every greenlet."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
    # eventlet's own resolver keeps an address as long as the name server allows (ten minutes with Docker's): a server that came
    # back under another address would not be found
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    # nameko stands on eventlet, whose authors retire it: known, and kept to the rim; no user is to read it at every start
    warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, with what to do."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"Cannot listen on {host}:{port}: {error.strerror}. Stop what uses it, or choose another port with --port "
                "(make run PORT=8001)."
            ) from error


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    return host in ("localhost", "::1") or host.startswith("127.")


@contextmanager
def folder_lock(var: Path) -> Iterator[None]:
    """Keep a second embedded network off the same folder: two writers of its files would each think itself the only relay."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        handle = (var / "network.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write in {var.absolute()}: {error.strerror}. Choose another folder with COMMENDATION_VAR."
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigurationError(
                f"A network is running on {var.absolute()} already. Stop it first, or choose another folder with COMMENDATION_VAR."
            ) from error
        yield


def is_running(var: Path) -> bool:
    """Whether an embedded network holds this folder now."""
    try:
        with folder_lock(var):
            return False
    except ConfigurationError:
        return (var / "network.lock").exists()


def wait_for_broker(url: str, seconds: float = START_SECONDS_MAX) -> None:
    """Wait until the broker takes a connection.

    Raises Unavailable after the deadline: nameko itself would wait for ever without a word.
    """
    from kombu import Connection

    from shared.telemetry import logger

    deadline = time.monotonic() + seconds
    while True:
        connection = Connection(url, connect_timeout=3)
        try:
            connection.connect()
            return
        except Exception as error:
            shown = connection.as_uri()
            if time.monotonic() > deadline:
                raise Unavailable(f"No broker answers at {shown} within {seconds:g} seconds: {error!r}") from error
            logger(__name__).warning("waiting_for_broker", broker=shown, error=repr(error))
            time.sleep(BROKER_RETRY_SECONDS)
        finally:
            connection.release()


class Running:
    """Services that run in this process."""

    def __init__(self, runner: Any, client: Any) -> None:
        self._runner = runner
        self._client = client

    @property
    def network(self) -> Network:
        """How the console asks the services of the site, here or elsewhere."""
        network: Network = next(iter(self._client.dependencies)).network()
        return network

    def wait(self) -> None:
        """Until SIGTERM or SIGINT; then drain and stop within STOP_SECONDS_MAX."""
        import eventlet
        from eventlet.event import Event

        asked = Event()

        def ask() -> None:
            if not asked.ready():
                asked.send()

        def stop(_signal: int, _frame: Any) -> None:
            eventlet.spawn_n(ask)  # a signal handler runs in the hub, where nothing may wait

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        failed = eventlet.spawn(self._runner.wait)
        failed.link(lambda _thread: ask())
        asked.wait()
        if failed.dead:
            failed.wait()  # a service that died says why


@contextmanager
def running(config: Config, services: Sequence[str]) -> Iterator[Running]:
    """Start these services and a client beside them; stop all at the end of the block.

    `patch()` must have been called. Raises ConfigurationError and Unavailable.
    """
    import eventlet
    import nameko
    from nameko.constants import HEARTBEAT_CONFIG_KEY
    from nameko.runners import ServiceRunner

    from shared.broker import bounded, embedded
    from shared.ground import CONFIG_KEY
    from shared.rpc import NetworkProvider, separate
    from shared.telemetry import logger

    embedded.register()
    bounded.register()
    if not config.embedded:
        wait_for_broker(config.broker_url, config.start_seconds)
    nameko.config.setup(
        {
            "AMQP_URI": config.broker_url,
            "WEB_SERVER_ADDRESS": f"{config.http_host}:{config.http_port}",
            "max_workers": 50,
            HEARTBEAT_CONFIG_KEY: BROKER_HEARTBEAT_SECONDS,
            CONFIG_KEY: config,
            **separate(config.site),
        }
    )
    runner = ServiceRunner()
    for service in services:
        module, _, name = CLASSES[service].partition(":")
        runner.add_service(getattr(importlib.import_module(module), name))
    client_class = type("ConsoleClient", (), {"name": f"console-{os.getpid()}", "network": NetworkProvider()})
    runner.add_service(client_class)
    runner.start()
    # what is loaded by now stays for good: to look through it for garbage again and again takes a quarter of the time of a fold
    gc.collect()
    gc.freeze()
    try:
        yield Running(runner, runner.service_map[client_class.name])  # type: ignore[attr-defined]
    finally:
        try:
            with eventlet.Timeout(STOP_SECONDS_MAX):
                runner.stop()
        except eventlet.Timeout:
            logger(__name__).warning("stop_cut_short", seconds=STOP_SECONDS_MAX)

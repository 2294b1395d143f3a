"""The gateway as a nameko service: the web server, and the two calls that the console makes."""

from __future__ import annotations

import errno
from logging import getLogger
from typing import Any

import eventlet
import eventlet.wsgi
import nameko.web.server
from eventlet import tpool
from eventlet.greenio import shutdown_safe
from eventlet.wsgi import STATE_CLOSE, STATE_IDLE
from flask import Flask
from nameko.extensions import DependencyProvider, SharedExtension

from services.gateway.app import create_app
from services.gateway.credentials import Credentials
from shared import readiness
from shared.blobs import open_blobs
from shared.bounds import DRAIN_POLL_SECONDS, DRAIN_SECONDS_MAX
from shared.errors import ConfigurationError, Unavailable
from shared.ground import configuration, in_time
from shared.permissions import table
from shared.rpc import Network, NetworkProvider, Request, rpc
from shared.store import open_database

CONNECTIONS_WAITING_MAX = 128
"""Connections that wait to be taken; past it the visitor's system tries again."""

IDLE_SECONDS_MAX = 75
"""A kept-alive connection without a request: browsers open several and leave them; each holds a greenlet."""


class Wire:
    """The network as the web part asks it."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def ask(self, service: str, method: str, data: dict[str, Any], *, actor: str, command: str, correlation: str, seconds: float) -> Any:
        return self._network.ask(service, method, Request(actor, data, command, correlation), seconds=seconds)


class Keyring(SharedExtension):
    """Opens the gateway's own database once. Hashing runs in a thread: it would hold up every request of the process."""

    def __init__(self) -> None:
        super().__init__()
        self._credentials: Credentials | None = None

    @property
    def credentials(self) -> Credentials:
        if self._credentials is None:
            config = configuration()
            database = open_database(config.database_url_of("gateway"), wait_seconds=config.start_seconds)
            self._credentials = Credentials(database, offload=tpool.execute)
            self._credentials.prepare()
        return self._credentials

    def setup(self) -> None:
        self.credentials  # noqa: B018 - tables stand before the first request

    def stop(self) -> None:
        if self._credentials is not None:
            self._credentials.database.close()


class CredentialsProvider(DependencyProvider):
    """Injects the Credentials."""

    keyring = Keyring()

    def get_dependency(self, worker_ctx: Any) -> Credentials:
        return self.keyring.credentials


class Protocol(nameko.web.server.HttpOnlyProtocol):
    """eventlet's reading of a request, whose body it ends itself: one that is sent in pieces without a length is not passed over."""

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "wsgi.input_terminated": True}


class Server(eventlet.wsgi.Server):
    """eventlet's server, which knows its open connections: lists of address, socket and state."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._connections: list[list[Any]] = []

    def process_request(self, connection: list[Any]) -> None:
        """Serve one connection until it is closed."""
        self._connections.append(connection)
        try:
            super().process_request(connection)
        finally:
            self._connections.remove(connection)

    def drain(self) -> None:
        """Close each connection, after the request that is under way on it."""
        for connection in self._connections:
            idle = connection[2] == STATE_IDLE
            connection[2] = STATE_CLOSE
            if idle:
                shutdown_safe(connection[1])
        with eventlet.Timeout(DRAIN_SECONDS_MAX, False):
            while self._connections:
                eventlet.sleep(DRAIN_POLL_SECONDS / 10)


class WebServer(nameko.web.server.WebServer):
    """nameko's web server, serving our Flask app."""

    keyring = Keyring()
    _starting: bool

    @property
    def bind_addr(self) -> tuple[str, int]:
        config = configuration()
        return config.http_host, config.http_port

    def get_wsgi_app(self) -> Flask:
        (provider,) = [one for one in self.container.dependencies if isinstance(one, NetworkProvider)]
        blobs = open_blobs(configuration().blobs_at)
        return create_app(Wire(provider.network()), self.keyring.credentials, offload=tpool.execute, blobs=blobs)

    def start(self) -> None:
        """Listen and serve. Raises ConfigurationError for an address that is taken or not this machine's."""
        if self._starting:
            return
        self._starting = True
        host, port = self.bind_addr
        family = eventlet.green.socket.AF_INET6 if ":" in host else eventlet.green.socket.AF_INET
        try:
            # reuse_port off: with it two networks would share a port, and each answer half of the requests
            self._sock = eventlet.listen((host, port), family, backlog=CONNECTIONS_WAITING_MAX, reuse_port=False)
        except OSError as error:
            reason = "is in use by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            message = f"Address {host}:{port} {reason}. Choose another with --port or COMMENDATION_HTTP_PORT."
            raise ConfigurationError(message, host=host, port=port) from error
        self._sock.settimeout(None)
        # head and body are two writes: the second would wait for the visitor's system to confirm the first, which it puts off for 40 ms
        self._sock.setsockopt(eventlet.green.socket.IPPROTO_TCP, eventlet.green.socket.TCP_NODELAY, 1)
        self._serv = self.get_wsgi_server(self._sock, self.get_wsgi_app())
        self._serv.socket_timeout = IDLE_SECONDS_MAX
        self._gt = self.container.spawn_managed_thread(self.run)

    def get_wsgi_server(self, sock: Any, wsgi_app: Flask, protocol: Any = Protocol, debug: bool = False) -> Server:
        return Server(sock, sock.getsockname(), wsgi_app, protocol=protocol, debug=debug, log=getLogger(nameko.web.server.__name__))

    def drain(self) -> None:
        """Take no further connection, answer the requests that are under way, and close the rest; DRAIN_SECONDS_MAX at most."""
        if self._gt is not None:
            self._is_accepting = False
            self._gt.kill()
            self._sock.close()
            self._serv.drain()

    def stop(self) -> None:
        """What was to be done was done by `drain`, while the other services could still be asked."""


class PagesProvider(DependencyProvider):
    """Holds the web server in the container; a service method has no use for it."""

    server = WebServer()

    def stop(self) -> None:
        self.server.drain()


class GatewayService:
    """HTTP API and web pages; owns no facts."""

    name = "gateway"
    network = NetworkProvider()
    credentials = CredentialsProvider()
    pages = PagesProvider()

    @rpc
    def set_password(self, request: Request) -> dict[str, Any]:
        """Keep the argon2id hash that the console made of an account's password; ends the account's sessions."""
        table().of(self.name, request.method).check(request.actor, tuple, request.data)
        self.credentials.set_hash(str(request.data["account"]), str(request.data["hash"]))
        return {"account": request.data["account"]}

    @rpc
    def health(self, request: Request) -> dict[str, Any]:
        """Whether the gateway's database answers; it has no log and no view."""
        health = {"service": self.name, "site": configuration().site, "head": 0, "cursors": [], "parked": [], "faults": [], "model": None}
        try:
            in_time(self.credentials.ping)
        except Unavailable as error:
            health = readiness.untold(self.name, configuration().site, error.message)
        else:
            health["database"] = {"state": "ok"}
        return {**health, "missing": readiness.missing(health)}

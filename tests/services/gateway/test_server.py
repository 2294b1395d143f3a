"""What the web server does with a connection, below the app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
from eventlet.green import socket

from services.gateway import service


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[service.WebServer]:
    monkeypatch.setattr(service, "configuration", lambda: SimpleNamespace(http_host="127.0.0.1", http_port=0))
    monkeypatch.setattr(service.WebServer, "get_wsgi_app", lambda _self: echo)
    made = service.WebServer()
    made.container = SimpleNamespace(spawn_managed_thread=eventlet.spawn)
    made.start()
    yield made
    made.drain()


def answer(server: service.WebServer, request: bytes) -> bytes:
    with eventlet.Timeout(10), socket.create_connection(server._sock.getsockname()) as visitor:
        visitor.sendall(request)
        return b"".join(iter(lambda: visitor.recv(65_536), b""))


def test_a_body_that_is_sent_in_pieces_is_read(server: service.WebServer) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer(server, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").endswith(b"\r\n\r\nabcde")


def test_an_answer_goes_out_at_once(server: service.WebServer) -> None:
    assert server._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

"""A TCP proxy that fails on demand, as networks do: cut, reset, delay, and silence on connections that stay open."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from types import TracebackType

CHUNK_BYTES = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Line:
    """One client's connection with the one to the server behind it."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._sockets = (client, server)
        self.silent = threading.Event()
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                if self._proxy.delay_seconds:
                    time.sleep(self._proxy.delay_seconds)
                if not self.silent.is_set():  # what is sent on a silent line is taken, and gone
                    sink.sendall(chunk)
        if not self.silent.is_set():
            self.close()

    def close(self, *, reset: bool = False) -> None:
        for one in self._sockets:
            with contextlib.suppress(OSError):
                if reset:
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                else:
                    one.shutdown(socket.SHUT_RDWR)
            if reset:
                # close() alone would wait for the pump, which sits in recv on the same socket
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RD)
            one.close()
        self._proxy.forget(self)


class Proxy:
    """Listens on a port of loopback and passes on to a server, until told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._lines: set[Line] = set()
        self._lock = threading.Lock()
        self._refusing = False
        self._silent = False
        self.delay_seconds = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._listener.close()
        self.reset()

    @property
    def lines(self) -> list[Line]:
        with self._lock:
            return list(self._lines)

    def cut(self) -> None:
        """End all connections and refuse new ones, until `heal`."""
        self._refusing = True
        for line in self.lines:
            line.close()

    def reset(self) -> None:
        """Reset all connections (RST, as of a server that lost its state); new ones are taken."""
        for line in self.lines:
            line.close(reset=True)

    def half_open(self) -> None:
        """Keep all connections open, take new ones, and pass nothing on. These stay silent for ever; `heal` lets newer ones pass."""
        self._silent = True
        for line in self.lines:
            line.silent.set()

    def delay(self, seconds: float) -> None:
        """Hold up all that passes, in both directions."""
        self.delay_seconds = seconds

    def heal(self) -> None:
        """Let everything pass on new connections, and at once."""
        self._refusing = self._silent = False
        self.delay_seconds = 0.0

    def forget(self, line: Line) -> None:
        with self._lock:
            self._lines.discard(line)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    if self._refusing:
                        raise ConnectionRefusedError
                    server = socket.create_connection(self._server, timeout=5)
                    server.settimeout(None)
                except OSError:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                    client.close()
                    continue
                line = Line(self, client, server)
                with self._lock:
                    self._lines.add(line)
                if self._silent:
                    line.silent.set()

"""AMQP whose every wait for the broker's answer has an end.

The library waits for ever for a confirm, an opened channel or a goodbye. A connection that stays open while nothing passes (a firewall that
forgot it, a broker that hangs) would hold up a relay, which keeps its lease meanwhile, and each request that takes it from the pool.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, _transport_cache, pyamqp

from shared.bounds import BROKER_ANSWER_SECONDS


class Channel(pyamqp.Channel):
    """A channel whose answers are waited for BROKER_ANSWER_SECONDS; then TimeoutError, upon which kombu connects anew."""

    def wait(self, method: Any, callback: Any = None, timeout: float | None = None, returns_tuple: bool = False) -> Any:
        return super().wait(method, callback, timeout or BROKER_ANSWER_SECONDS, returns_tuple)


class Connection(pyamqp.Connection):
    """Also the goodbye is waited for so long only; the socket is closed without it."""

    Channel = Channel

    def wait(self, method: Any, callback: Any = None, timeout: float | None = None, returns_tuple: bool = False) -> Any:
        return super().wait(method, callback, timeout or BROKER_ANSWER_SECONDS, returns_tuple)

    def close(self, *args: Any, **options: Any) -> Any:
        try:
            return super().close(*args, **options)
        except TimeoutError:
            self.collect()
            raise


class Transport(pyamqp.Transport):
    Connection = Connection


class SSLTransport(pyamqp.SSLTransport):
    Connection = Connection


def register() -> None:
    """Take over `amqp://`, `pyamqp://` and `amqps://` in this process."""
    names = {"amqp": "Transport", "pyamqp": "Transport", "amqps": "SSLTransport"}
    for scheme, name in names.items():
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{name}"
        # kombu keeps the class that it found for a scheme at its first connection, and would never look at the alias again
        _transport_cache.pop(scheme, None)

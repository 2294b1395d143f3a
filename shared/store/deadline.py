"""A connection to PostgreSQL whose every wait for the server has an end.

psycopg waits without end for the answer to a statement. The server ends a statement by PG_STATEMENT_MS, but nobody hears of it where
nothing passes any more on a connection that stays open: a firewall forgot it, a host hangs behind a proxy.
"""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from shared.bounds import PG_ANSWER_SECONDS, PG_KEEPALIVE_COUNT, PG_KEEPALIVE_SECONDS, PG_UNACKED_MS

RV = TypeVar("RV")
PARAMETER = "answer_seconds"
"""On a database's URL, another deadline than PG_ANSWER_SECONDS: `postgresql+psycopg://...?answer_seconds=5`."""

# the plain cases of a dead host, which the kernel sees by itself
_KERNEL: dict[str, Any] = {
    "keepalives_idle": PG_KEEPALIVE_SECONDS,
    "keepalives_interval": PG_KEEPALIVE_SECONDS,
    "keepalives_count": PG_KEEPALIVE_COUNT,
    "tcp_user_timeout": PG_UNACKED_MS,
}


class Connection(psycopg.Connection[Any]):
    """Closed by a wait that lasts longer than `answer_seconds`, which is an OperationalError like any other lost connection's."""

    answer_seconds: float = PG_ANSWER_SECONDS

    def on_silence(self) -> None:
        """What else is to be done when the server has not answered."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.OperationalError as error:
            # an error that the server sends ends the statement; one that leaves it under way is our own deadline's
            if timeout is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()
                self.on_silence()
                raise psycopg.OperationalError(f"the server has not answered for {self.answer_seconds:g} seconds") from error
            raise


def bound(*engines: sa.Engine) -> None:
    """Make the connections of these engines to one server such ones. When one falls silent, those that lie in the pools go too."""

    def dispose() -> None:
        for engine in engines:
            engine.dispose()

    def connect(_dialect: sa.Dialect, _record: Any, _args: Any, parameters: dict[str, Any]) -> Connection:
        seconds = parameters.pop(PARAMETER, PG_ANSWER_SECONDS)
        connection = Connection.connect(**{**_KERNEL, **parameters})
        connection.answer_seconds = float(seconds)
        connection.on_silence = dispose  # type: ignore[method-assign]
        return connection

    for engine in engines:
        sa.event.listen(engine, "do_connect", connect)

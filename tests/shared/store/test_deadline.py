"""A PostgreSQL that goes silent on connections that stay open: every wait for its answer ends, and the next statement is answered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shared.bounds import PG_ANSWER_SECONDS, PG_STATEMENT_MS
from shared.store import Database, open_database
from shared.store.deadline import Connection
from tests.support.proxy import Proxy

SECONDS = 0.5


@pytest.fixture
def proxy(shared_url: str) -> Iterator[Proxy]:
    url = sa.make_url(shared_url)
    assert url.host is not None
    assert url.port is not None
    with Proxy(url.host, url.port) as made:
        yield made


@pytest.fixture
def database(shared_url: str, proxy: Proxy) -> Iterator[Database]:
    """One behind the proxy, waited for half a second."""
    url = sa.make_url(shared_url).set(host="127.0.0.1", port=proxy.port).update_query_dict({"answer_seconds": str(SECONDS)})
    opened = open_database(url.render_as_string(hide_password=False), wait_seconds=5)
    try:
        yield opened
    finally:
        opened.close()


def ask(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.select(1)).scalar_one())


def ask_at_once(database: Database) -> int:
    with database.driver() as connection:
        return int(connection.execute("SELECT 1").fetchone()[0])


@pytest.mark.parametrize("way", [ask, ask_at_once])
def test_a_statement_that_is_not_answered_is_an_error_and_the_next_goes_over_a_new_connection(
    database: Database, proxy: Proxy, way: Callable[[Database], int]
) -> None:
    with ExitStack() as many:
        for _ in range(3):
            many.enter_context(database.engine.connect())
            many.enter_context(database.driver())
    proxy.half_open()
    began = time.monotonic()
    with pytest.raises(OperationalError, match="has not answered for"):
        way(database)
    assert SECONDS <= time.monotonic() - began < 4 * SECONDS
    proxy.heal()
    began = time.monotonic()
    assert way(database) == 1, "a connection that lay beside the silent one was used"
    assert time.monotonic() - began < SECONDS


def test_a_transaction_in_the_middle_of_which_the_server_falls_silent_is_over(database: Database, proxy: Proxy) -> None:
    def written() -> None:
        with database.write() as connection:
            connection.execute(sa.select(1))
            proxy.half_open()

    with pytest.raises(OperationalError, match="has not answered for"):
        written()
    proxy.heal()
    assert ask(database) == 1


def test_rows_that_a_session_locked_before_it_fell_silent_are_free_when_the_server_has_waited_long_enough(
    shared_url: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.store.database.PG_IDLE_MS", 1_500)
    behind = sa.make_url(shared_url).set(host="127.0.0.1", port=proxy.port).update_query_dict({"answer_seconds": str(SECONDS)})
    with closing(open_database(behind.render_as_string(hide_password=False))) as lost, closing(open_database(shared_url)) as other:
        with other.write() as connection:
            connection.execute(sa.text("CREATE TABLE cursor_of (feed text PRIMARY KEY, position integer)"))
            connection.execute(sa.text("INSERT INTO cursor_of VALUES ('diary', 1)"))

        def folded() -> None:
            with lost.write() as connection:
                connection.execute(sa.text("UPDATE cursor_of SET position = 2"))
                proxy.half_open()
                connection.execute(sa.select(1))

        with pytest.raises(OperationalError, match="has not answered for"):
            folded()
        with other.write() as connection:  # waits for the row for as long as a lock may last
            connection.execute(sa.text("UPDATE cursor_of SET position = position + 10"))
            assert connection.execute(sa.text("SELECT position FROM cursor_of")).scalar_one() == 11


def test_a_server_that_takes_connections_and_says_nothing_is_not_waited_for_either(database: Database, proxy: Proxy) -> None:
    proxy.half_open()
    began = time.monotonic()
    with pytest.raises(OperationalError):
        ask(database)
    with pytest.raises(OperationalError):
        ask(database)  # over a connection that has yet to be made
    assert time.monotonic() - began < 10


def test_an_error_that_the_server_sends_keeps_the_connection(database: Database) -> None:
    with database.driver() as connection:
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SET statement_timeout = 50; SELECT pg_sleep(10)")
        assert not connection.closed
        assert connection.execute("SELECT 1").fetchone()[0] == 1


def test_the_server_ends_a_statement_before_we_give_up_the_connection() -> None:
    assert PG_STATEMENT_MS / 1000 < PG_ANSWER_SECONDS


def test_only_a_wait_without_an_end_is_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def answered(_self: Any, *said: Any) -> str:
        asked.append(said)
        return "answer"

    monkeypatch.setattr(psycopg.Connection, "wait", answered)
    waiting: Any = Connection.__new__(Connection)
    assert (waiting.wait("what", 2.0, 3.0), waiting.wait("what")) == ("answer", "answer")
    assert asked == [("what", 2.0, 3.0), ("what", 0.1, PG_ANSWER_SECONDS)]

"""Bounds hold where they are meant to: each has a reason and a use, and the running servers say that they have them."""

from __future__ import annotations

import ast
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from amqp.exceptions import PreconditionFailed
from kombu import Connection, Queue

from shared import bounds
from shared.bounds import (
    ANNOUNCE_SECONDS,
    BROKER_HEARTBEAT_SECONDS,
    DELIVERY_LIMIT,
    PG_ANSWER_SECONDS,
    PG_CONNECTIONS_KEPT,
    PG_CONNECTIONS_MAX,
    PG_IDLE_MS,
    PG_KEEPALIVE_COUNT,
    PG_KEEPALIVE_SECONDS,
    PG_LOCK_MS,
    PG_STATEMENT_MS,
    PG_UNACKED_MS,
    PREFETCH,
    QUEUE_PAGES_MAX,
    SQLITE_BUSY_MS,
)
from shared.broker.topology import FEEDS, feed_key, feed_queue
from shared.store import Database
from tests.shared.feed.site import Site, a_site, eventually
from tests.support.feed_process import Plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site("rabbitmq", tmp_path) as made:
        yield made


def _declared() -> dict[str, str]:
    """Each bound with the text under it."""
    body = ast.parse(Path(str(bounds.__file__)).read_text(encoding="utf-8")).body
    found = {}
    for place, statement in enumerate(body):
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            after = body[place + 1] if place + 1 < len(body) else None
            text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            found[statement.targets[0].id] = str(text)
    return found


def _used() -> set[str]:
    """The bounds that a module of the network imports and names again outside its imports."""
    used = set()
    for path in [*(ROOT / "shared").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "shared.bounds"]
        imported = {name.name for node in imports for name in node.names}
        used |= imported & {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return used


def test_each_bound_has_its_reason_and_is_used() -> None:
    declared = _declared()
    assert len(declared) > 30
    assert [name for name, reason in declared.items() if len(reason) < 20] == []
    assert sorted(set(declared) - _used()) == []


def test_what_waits_for_another_waits_longer() -> None:
    assert bounds.PG_LOCK_MS < bounds.PG_STATEMENT_MS < bounds.PG_ANSWER_SECONDS * 1000
    assert bounds.RELAY_POLL_SECONDS < bounds.RELAY_LEASE_SECONDS / 2, "a lease is renewed more than once before it may be taken"
    assert 2 * bounds.DRAIN_SECONDS_MAX < bounds.STOP_SECONDS_MAX < 30, "containers are given 30 seconds to stop"
    assert bounds.PAGE_BYTES_MAX > bounds.EVENT_BYTES_MAX, "a page holds one event at least"
    assert bounds.PAGE_BYTES_MAX * 2 < 16 * 2**20, "RabbitMQ takes a message of 16 MiB"


@pytest.mark.usefixtures("flushing")
def test_the_database_has_them(database: Database) -> None:
    wanted: dict[str, Any]
    if database.dialect == "sqlite":
        wanted = {"busy_timeout": SQLITE_BUSY_MS, "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}
        with database.read() as connection:
            assert {name: connection.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in wanted} == wanted
        return
    wanted = {
        "statement_timeout": PG_STATEMENT_MS,
        "lock_timeout": PG_LOCK_MS,
        "idle_in_transaction_session_timeout": PG_IDLE_MS,
        "tcp_keepalives_idle": PG_KEEPALIVE_SECONDS,
        "tcp_keepalives_interval": PG_KEEPALIVE_SECONDS,
        "tcp_keepalives_count": PG_KEEPALIVE_COUNT,
        "tcp_user_timeout": PG_UNACKED_MS,
    }
    names = ", ".join(f"'{name}'" for name in wanted)
    query = f"SELECT name, setting::integer AS setting FROM pg_settings WHERE name IN ({names})"
    for way in (database.read, database.write, database.session):
        with way() as connection:
            assert {row.name: row.setting for row in connection.execute(sa.text(query))} == wanted
            _check_connection(connection.connection.dbapi_connection)
    with database.driver() as connection:
        assert dict(connection.execute(query).fetchall()) == wanted
        _check_connection(connection)
    pool = database.engine.pool
    assert isinstance(pool, sa.QueuePool)
    assert (pool.size(), pool.size() + pool._max_overflow) == (PG_CONNECTIONS_KEPT, PG_CONNECTIONS_MAX)


def _check_connection(driver: Any) -> None:
    """As the kernel has it."""
    assert driver.answer_seconds == PG_ANSWER_SECONDS
    with socket.socket(fileno=driver.pgconn.socket) as wire:
        try:
            options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_USER_TIMEOUT)
            found = [wire.getsockopt(socket.IPPROTO_TCP, option) for option in options]
        finally:
            wire.detach()
    assert found == [PG_KEEPALIVE_SECONDS, PG_KEEPALIVE_SECONDS, PG_UNACKED_MS]


@pytest.mark.parametrize(
    ("argument", "other", "bound"),
    [
        ("x-max-length", 1, str(QUEUE_PAGES_MAX)),
        ("x-delivery-limit", 1, str(DELIVERY_LIMIT)),
        ("x-queue-type", "classic", "quorum"),
        ("x-single-active-consumer", False, "true"),
    ],
)
def test_the_queue_of_a_subscriber_has_them(site: Site, argument: str, other: Any, bound: str) -> None:
    """RabbitMQ refuses to declare a queue in another way, and says what it has."""
    reader = site.start(producing=False)
    queue = feed_queue(f"s{site.name}", Plan(site.name).subscriber, [Plan(site.name).producer])
    with Connection(site.broker_url) as connection:
        eventually(lambda: _consumed(connection, queue), 30, reader.text)
        queue.queue_arguments = {**queue.queue_arguments, argument: other}
        with pytest.raises(PreconditionFailed) as refused:
            queue(connection.channel()).queue_declare()
        told = str(refused.value)
        assert f"'{argument}'" in told
        assert bound in told.partition("current")[2], told


def test_a_subscriber_has_no_more_pages_under_way_than_the_prefetch(site: Site) -> None:
    reader = site.start(producing=False)
    queue = feed_queue(f"s{site.name}", Plan(site.name).subscriber, [Plan(site.name).producer])
    with Connection(site.broker_url) as connection:
        eventually(lambda: _consumed(connection, queue), 30, reader.text)
        reader.signal(signal.SIGSTOP)
        producer = connection.Producer(connection.channel(), exchange=FEEDS)
        for _ in range(3 * PREFETCH):
            producer.publish("a page that nobody looks at", routing_key=feed_key(f"s{site.name}", Plan(site.name).producer))
        eventually(lambda: _ready(connection, queue) == 2 * PREFETCH, 20, lambda: f"{_ready(connection, queue)} are ready")


def test_announcements_expire_and_the_broker_takes_our_heartbeat(site: Site) -> None:
    queue = feed_queue(f"s{site.name}", Plan(site.name).subscriber, [Plan(site.name).producer])
    with Connection(site.broker_url, heartbeat=BROKER_HEARTBEAT_SECONDS) as connection:
        queue(connection.channel()).declare()
        found: list[Any] = []
        site.start(reading=False)
        with connection.Consumer(queue, callbacks=[lambda _page, message: found.append(message)], accept=["json"]):
            while not found:
                connection.drain_events(timeout=30)
        assert found[0].payload["events"] == []
        assert found[0].properties["expiration"] == str(int(ANNOUNCE_SECONDS * 1000))
        assert connection.connection.heartbeat == BROKER_HEARTBEAT_SECONDS


def _consumed(connection: Connection, queue: Queue) -> bool:
    with suppress(connection.channel_errors), connection.channel() as channel:
        return bool(queue(channel).queue_declare(passive=True).consumer_count)
    return False


def _ready(connection: Connection, queue: Queue) -> int:
    with connection.channel() as channel:
        return int(queue(channel).queue_declare(passive=True).message_count)

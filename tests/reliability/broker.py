"""What can happen to pages on a RabbitMQ: repeated, out of order, withheld, lost with their queue, or with the whole broker."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Producer

from deploy.servers import BROKER_VARIABLE, RABBITMQ, Process, runs, start
from shared.broker.topology import FEEDS, feed_key
from shared.event import Event
from shared.feed.page import Page

PAGE_EVENTS_MAX = 7
COPIES_MAX = 5
CONTROL_SECONDS_MAX = 60


def repeat_and_shuffle(url: str, events: Sequence[Event], chance: random.Random) -> int:
    """Publish a log again in pages cut at random, each one to five times, in any order; how many were published."""
    pages = []
    begin = 0
    while begin < len(events):
        end = begin + chance.randint(1, PAGE_EVENTS_MAX)
        pages += [Page.of(events[begin:end])] * chance.randint(1, COPIES_MAX)
        begin = end
    chance.shuffle(pages)
    with Connection(url) as connection:
        producer = Producer(connection.channel(), exchange=FEEDS, serializer="json")
        for page in pages:
            producer.publish(page.to_data(), routing_key=feed_key(page.site, page.service))
    return len(pages)


def withhold(url: str, queue: str, key: str, seconds: float) -> None:
    """Have nothing of what is published under the key come to the queue for a while."""
    with Connection(url) as connection:
        channel = connection.channel()
        channel.queue_unbind(queue, FEEDS.name, key)
        time.sleep(seconds)
        channel.queue_bind(queue, FEEDS.name, key)


def delete(url: str, queue: str) -> None:
    with Connection(url) as connection:
        connection.channel().queue_delete(queue)


@contextmanager
def of_its_own() -> Iterator[str]:
    """A RabbitMQ that may be wiped, for nobody else uses it; its URL."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(BROKER_VARIABLE, raising=False)
        run = start(Process.of(os.getpid()))
    assert run is not None
    try:
        yield run.addresses[BROKER_VARIABLE]
    finally:
        run.stop()


def wipe(url: str) -> None:
    """Stop the broker, take away its users, exchanges, queues and messages, and start it as it was on its first day."""
    (server,) = [run.servers["rabbitmq"] for run in runs() if url in run.addresses.values()]
    process = Path(f"/proc/{server.pid}")
    # the control program finds the node by the environment that the node was started in, and shares its cookie
    environment = dict(one.split("=", 1) for one in (process / "environ").read_text(encoding="utf-8").split("\0") if "=" in one)
    program, _ = RABBITMQ.find()
    assert program is not None
    owner = process.stat()
    identity: dict[str, Any] = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    for verb in ("stop_app", "force_reset", "start_app"):
        done = subprocess.run(
            [program.with_name("rabbitmqctl"), verb],
            env=environment,
            cwd=environment["HOME"],
            capture_output=True,
            text=True,
            timeout=CONTROL_SECONDS_MAX,
            **identity,
        )
        assert done.returncode == 0, f"{verb}: {done.stdout}{done.stderr}"

"""Whatever happens to pages on a RabbitMQ, the rows are those of the log: the same two services go on through all of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from deploy.servers import RABBITMQ
from shared.broker.topology import feed_key
from tests.reliability import broker
from tests.reliability.life import subscriber_of
from tests.reliability.nursery import Nursery
from tests.reliability.pair import BACKENDS, Pair, a_pair, available

PROGRESS_SECONDS_MAX = 60
NOTED_MIN = 10
"""Numbers that are noted before and after each mishap."""


def test_pages_repeated_shuffled_and_withheld_a_lost_queue_and_a_wiped_broker_change_no_row(tmp_path: Path) -> None:
    if not available("distributed"):
        pytest.skip(f"{BACKENDS['distributed']} are not there; `make test` starts them")
    if RABBITMQ.find()[0] is None:
        pytest.skip("RabbitMQ is not installed here, and the one that the tests share is not to be wiped")
    chance = Random(5)
    with (
        broker.of_its_own() as url,
        Nursery() as nursery,
        a_pair("distributed", tmp_path, url) as pair,
        ThreadPoolExecutor(1) as pool,
    ):
        queue = f"feed.{pair.log.site}.{subscriber_of(pair.name)}"
        enough = tmp_path / "enough"
        living = pool.submit(pair.live, nursery, 5_000, pause_seconds=0.02, until=enough)
        with _noting_goes_on(pair):
            assert broker.repeat_and_shuffle(url, pair.events(), chance) > 0
        with _noting_goes_on(pair):
            broker.withhold(url, queue, feed_key(pair.log.site, pair.log.service), 2)
        with _noting_goes_on(pair):
            broker.delete(url, queue)
        with _noting_goes_on(pair):
            broker.wipe(url)
        with _noting_goes_on(pair):
            broker.repeat_and_shuffle(url, pair.events(), chance)
        enough.touch()
        living.result(timeout=PROGRESS_SECONDS_MAX)
        account = pair.settle(nursery)
    assert pair.faults == []
    assert (account.lost, account.doubled) == ([], [])
    assert account.written == pair.acknowledged > 5 * 2 * NOTED_MIN


@contextmanager
def _noting_goes_on(pair: Pair) -> Iterator[None]:
    """Numbers are noted before and after what happens in the block."""
    for turn in range(2):
        head = pair.log.head()
        deadline = time.monotonic() + PROGRESS_SECONDS_MAX
        while pair.log.head() < head + NOTED_MIN:
            assert time.monotonic() < deadline, f"no number is noted any more after {head}"
            time.sleep(0.05)
        if turn == 0:
            yield

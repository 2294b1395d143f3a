"""Exchange and queue of the limit: declared as ours are, so that the broker has the same to do."""

from __future__ import annotations

from kombu import Exchange, Queue

BROKER_VARIABLE = "BENCH_BROKER_URL"
LOG_VARIABLE = "BENCH_LOG"
VIEWS_VARIABLE = "BENCH_VIEWS"
"""Addresses for the processes of the limit: of RabbitMQ, and as libpq writes them of the two databases."""

PREFETCH = 4
KEY = "limit.evaluations"
FEEDS = Exchange("bench.limit", type="topic", durable=True)
QUEUE = Queue(
    "bench.limit.standings",
    FEEDS,
    routing_key=KEY,
    durable=True,
    queue_arguments={"x-queue-type": "quorum", "x-single-active-consumer": True},
)

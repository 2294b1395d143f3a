"""What exchanges and queues are called and how they are declared. Queue arguments can never change afterwards (RabbitMQ answers 406)."""

from __future__ import annotations

from collections.abc import Iterable

from kombu import Exchange, Queue, binding

from shared.bounds import DELIVERY_LIMIT, QUEUE_PAGES_MAX

FEEDS = Exchange("commendation.feeds", type="topic", durable=True)
"""Pages of events; routing key `<site>.<service>`."""


def feed_key(site: str, service: str) -> str:
    return f"{site}.{service}"


def feed_queue(site: str, subscriber: str, services: Iterable[str]) -> Queue:
    """The queue of one subscriber: durable quorum, a single active consumer so that pages stay in order."""
    return Queue(
        f"feed.{site}.{subscriber}",
        bindings=[binding(FEEDS, routing_key=feed_key(site, service)) for service in services],
        durable=True,
        queue_arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length": QUEUE_PAGES_MAX,
        },
    )

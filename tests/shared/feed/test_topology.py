"""Names and queues on the broker, as all releases have them: RabbitMQ refuses a queue whose arguments have changed."""

from __future__ import annotations

from shared.bounds import DELIVERY_LIMIT, QUEUE_PAGES_MAX
from shared.broker.topology import FEEDS, feed_key, feed_queue


def test_the_queue_of_a_subscriber_outlives_the_broker_and_has_one_reader_at_a_time() -> None:
    queue = feed_queue("vn", "rankings", ("awards", "registry"))
    assert (queue.name, queue.durable, queue.auto_delete) == ("feed.vn.rankings", True, False)
    assert queue.queue_arguments == {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-max-length": QUEUE_PAGES_MAX,
    }
    assert {(binding.exchange.name, binding.routing_key) for binding in queue.bindings} == {
        (FEEDS.name, feed_key("vn", producer)) for producer in ("awards", "registry")
    }


def test_a_feed_is_named_by_site_and_service() -> None:
    assert feed_key("vn", "registry") == "vn.registry"

"""A producer in plain psycopg and kombu, as a process: `python -m tests.benchmarks.sides.limit_producer PLAN`.

It commits with COPY and publishes what it has just written, a page at a time, each page confirmed. Nothing is read back: whoever builds it
like this loses a page when killed in between. It is as fast as it can be, not as safe as it should be.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime
from itertools import count
from typing import Any

import psycopg
from kombu import Connection, Producer

from shared.bounds import PAGE_EVENTS_MAX
from tests.benchmarks.sides.limit_feed import BROKER_VARIABLE, FEEDS, KEY, LOG_VARIABLE
from tests.benchmarks.sides.limit_log import copy_decision, create
from tests.benchmarks.sides.plan import Plan
from tests.benchmarks.workload import decisions

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def main() -> None:
    plan = Plan.of(sys.argv)
    work = decisions(plan.events, plan.per_commit, plan.payload_bytes)
    with (
        psycopg.connect(os.environ[LOG_VARIABLE], autocommit=True) as log,
        Connection(os.environ[BROKER_VARIABLE], transport_options={"confirm_publish": True}) as broker,
        log.cursor() as cursor,
    ):
        log.execute(create())
        producer = Producer(broker.channel(), exchange=FEEDS)
        positions = count(1)
        page: list[dict[str, Any]] = []
        called: list[float] = []
        for number, decision in enumerate(work, start=1):
            called.append(time.monotonic())
            rows = copy_decision(cursor, decision, positions)
            page += [_event(row, data) for row, data in zip(rows, decision.facts, strict=True)]
            if len(page) >= PAGE_EVENTS_MAX or number == len(work):
                producer.publish(
                    _encode({"first": page[0]["position"], "last": page[-1]["position"], "events": page}),
                    content_type="application/json",
                    content_encoding="utf-8",
                    routing_key=KEY,
                    delivery_mode=2,
                )
                page = []
        print(json.dumps({"due": [], "called": called}), flush=True)


def _event(row: tuple[Any, ...], data: dict[str, Any]) -> dict[str, Any]:
    """A row as it travels, with everything that ours carries."""
    position, identity, stream, version, kind, schema, _, recorded_at, effective_on, actor, correlation, causation = row
    at: datetime = recorded_at
    return {
        "position": position,
        "id": identity,
        "stream": stream,
        "version": version,
        "type": kind,
        "schema": schema,
        "time": at.isoformat(),
        "effectiveon": effective_on.isoformat(),
        "actor": actor,
        "correlation": correlation,
        "causation": causation,
        "data": data,
    }


if __name__ == "__main__":
    main()

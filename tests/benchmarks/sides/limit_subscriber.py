"""A subscriber in plain kombu and psycopg, as a process: `python -m tests.benchmarks.sides.limit_subscriber`.

Takes a page, folds it, moves rows and cursor in one transaction, acks. It ends with an error when a page does not follow the last one.
"""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

from kombu import Connection

from tests.benchmarks.sides.limit_feed import BROKER_VARIABLE, PREFETCH, QUEUE, VIEWS_VARIABLE
from tests.benchmarks.sides.limit_standings import Rows, Standings, fold


def main() -> None:
    standings = Standings(os.environ[VIEWS_VARIABLE])
    with standings.connection, Connection(os.environ[BROKER_VARIABLE]) as broker:

        def follow(page: Any, message: Any) -> None:
            rows: Rows = {}
            for event in page["events"]:
                fold(rows, event["id"], event["version"], event["data"], datetime.fromisoformat(event["time"]), event["correlation"])
            standings.write(rows, page["first"] - 1, page["last"])
            message.ack()

        with broker.Consumer(QUEUE, callbacks=[follow], accept=["json"], prefetch_count=PREFETCH):
            while True:
                broker.drain_events()


if __name__ == "__main__":
    main()

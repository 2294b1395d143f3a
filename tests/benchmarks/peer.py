"""The `eventsourcing` package: its application, its recorders and its projection, used as its documentation shows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection

from tests.benchmarks.contestant import Projecting
from tests.benchmarks.workload import CONTEXT, Decision

NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
COLUMNS = ("campaign", "unit", "pass_key", "scorer", "version", "item", "score", "reason", "recorded_at", "event", "correlation")
KEY = COLUMNS[:6]


def scores_table(name: str, instant: str) -> str:
    """The same columns and the same key as the score rows of the standings."""
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (campaign varchar(100) NOT NULL, unit varchar(100) NOT NULL, pass_key varchar(100) NOT NULL,"
        " scorer varchar(100) NOT NULL, version integer NOT NULL, item varchar(100) NOT NULL, score varchar(60), reason text,"
        f" recorded_at {instant} NOT NULL, event varchar(60) NOT NULL, correlation varchar(100) NOT NULL, PRIMARY KEY ({', '.join(KEY)}))"
    )


def upsert(name: str, mark: str) -> str:
    set_values = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column not in KEY)
    return (
        f"INSERT INTO {name} ({', '.join(COLUMNS)}) VALUES ({', '.join([mark] * len(COLUMNS))})"
        f" ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {set_values}"
    )


class ItemsScored(DomainEvent):
    """The same facts as ours, with who caused them."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    scores: list[dict[str, Any]]
    actor: str
    correlation: str
    causation: str


class Sheets(Application):
    """Stores the events of score sheets."""

    name: ClassVar[str] = "sheets"


class Standings(Projection):
    """One event, one transaction: rows and tracking record."""

    name: ClassVar[str] = "standings"
    topics: ClassVar[tuple[str, ...]] = ()

    def process_event(self, domain_event: Any, tracking: Any) -> None:
        event = domain_event
        at = (event.campaign, event.unit, event.pass_key, event.scorer, event.originator_version)
        identity = f"{event.originator_id}:{event.originator_version}"
        rows = [
            (*at, given["item"], given["score"], given["reason"], event.timestamp, identity, event.correlation) for given in event.scores
        ]
        self.view.put_scores(rows, tracking)


class Peer(Projecting):
    """What both of its databases share; the environment says which database and mode."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._app = Sheets(self._environment)
        self._streams: dict[str, UUID] = {}

    def append(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            stream = self._streams.get(decision.stream)
            if stream is None:
                stream = self._streams[decision.stream] = uuid5(NAMESPACE, decision.stream)
            self._app.save(
                *(
                    ItemsScored(
                        originator_id=stream,
                        originator_version=version,
                        timestamp=ItemsScored.create_timestamp(),
                        actor=CONTEXT.actor,
                        correlation=CONTEXT.correlation,
                        causation=CONTEXT.causation,
                        **data,
                    )
                    for version, data in enumerate(decision.facts, start=decision.version + 1)
                )
            )

    def rebuild(self) -> None:
        """Its documented way: forget the rows and the tracking record, and project again."""
        self.forget()
        self.follow()

    @abstractmethod
    def forget(self) -> None:
        """Remove the projection's rows and its tracking record."""

    def close(self) -> None:
        self._app.close()


def tracked(app: Any, notification: Any) -> tuple[Any, Any]:
    """A notification as the package's own subscription hands it on."""
    return app.mapper.to_domain_event(notification), Tracking(app.name, notification.id)

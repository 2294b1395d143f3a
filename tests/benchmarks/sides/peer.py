"""The `eventsourcing` package: its application, its aggregates, its recorders and its projection, used as its documentation shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, DomainEvent
from eventsourcing.projection import Projection

from services.evaluations import domain
from tests.benchmarks.sides import scores as saved
from tests.benchmarks.workload import CONTEXT, Decision, History, Sheet, ground

NAMESPACE = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
CAUSE = {"actor": CONTEXT.actor, "correlation": CONTEXT.correlation, "causation": CONTEXT.causation}


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


class SheetAggregate(Aggregate):
    """The sheet as an aggregate of the package, in the form of it that replays fastest: event classes that apply themselves.

    It decides by the same function as ours and holds the same state. Its first event brings the first scores, so that its stream is as
    long as ours.
    """

    class Begun(Aggregate.Created):
        campaign: str
        unit: str
        pass_key: str
        scorer: str
        scores: list[dict[str, Any]]
        actor: str
        correlation: str
        causation: str

    class Scored(Aggregate.Event):
        campaign: str
        unit: str
        pass_key: str
        scorer: str
        scores: list[dict[str, Any]]
        actor: str
        correlation: str
        causation: str

        def apply(self, aggregate: Any) -> None:
            aggregate.hold(self.scores)

    def __init__(
        self,
        campaign: str,
        unit: str,
        pass_key: str,
        scorer: str,
        scores: list[dict[str, Any]],
        actor: str,
        correlation: str,
        causation: str,
    ) -> None:
        self.held: dict[str, domain.ItemScore] = {}
        self.hold(scores)

    @classmethod
    def begin(cls, identity: UUID, facts: Sequence[dict[str, Any]]) -> SheetAggregate:
        first, *rest = facts
        begun: SheetAggregate = cls._create(cls.Begun, id=identity, **first, **CAUSE)
        for data in rest:
            begun.trigger_event(cls.Scored, **data, **CAUSE)
        return begun

    def hold(self, scores: Sequence[dict[str, Any]]) -> None:
        for given in scores:
            self.held[given["item"]] = domain.ItemScore(given["item"], Decimal(given["score"]), given["reason"])

    def decide(self, command: domain.ScoreItems) -> None:
        decider = domain.sheet(ground(command.pass_key))
        for event in decider.decide(domain.Sheet(self.held, version=self.version), command):
            scores = [{"item": score.item, "score": str(score.score), "reason": score.reason} for score in event.scores]
            key = {"campaign": event.campaign, "unit": event.unit, "pass_key": event.pass_key, "scorer": event.scorer}
            self.trigger_event(self.Scored, **key, scores=scores, **CAUSE)


class Standings(Projection):
    """One event, one transaction: rows and tracking record."""

    name: ClassVar[str] = "standings"
    topics: ClassVar[tuple[str, ...]] = ()

    def process_event(self, domain_event: Any, tracking: Any) -> None:
        event = domain_event
        data = {name: getattr(event, name) for name in ("campaign", "unit", "pass_key", "scorer", "scores")}
        identity = f"{event.originator_id}:{event.originator_version}"
        self.view.put_scores(saved.row(identity, event.originator_version, data, event.timestamp, event.correlation), tracking)


class Streams:
    """Ids of streams: the package wants UUIDs."""

    def __init__(self) -> None:
        self._known: dict[str, UUID] = {}

    def __getitem__(self, stream: str) -> UUID:
        found = self._known.get(stream)
        if found is None:
            found = self._known[stream] = uuid5(NAMESPACE, stream)
        return found


class Peer:
    """The application on whichever database the environment names, doing what a side of a job does."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.app = Sheets(self.environment)
        self._streams = Streams()

    def append(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            stream = self._streams[decision.stream]
            self.app.save(
                *(
                    ItemsScored(
                        originator_id=stream,
                        originator_version=version,
                        timestamp=ItemsScored.create_timestamp(),
                        **data,
                        **CAUSE,
                    )
                    for version, data in enumerate(decision.facts, start=decision.version + 1)
                )
            )

    def begin(self, histories: Sequence[History]) -> None:
        for history in histories:
            self.app.save(SheetAggregate.begin(self._streams[history.sheet.stream], history.facts))

    def decide(self, commands: Sequence[domain.ScoreItems]) -> None:
        for command in commands:
            stream = Sheet(command.unit, command.pass_key, command.scorer, command.campaign).stream
            sheet: SheetAggregate = self.app.repository.get(self._streams[stream])
            sheet.decide(command)
            self.app.save(sheet)

    def replay(self, sheets: Sequence[Sheet]) -> int:
        return sum(self.app.repository.get(self._streams[sheet.stream]).version for sheet in sheets)

    def close(self) -> None:
        self.app.close()

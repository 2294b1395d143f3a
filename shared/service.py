"""What every service of the network has: facts it takes commands for, views it keeps, a feed it gives, and its health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import eventlet
from nameko.extensions import DependencyProvider

from shared.access import OPERATOR, Grant, Role, grants_of, require
from shared.bounds import DECIDE_RETRIES_MAX, PAGE_EVENTS_MAX
from shared.decider import Decider
from shared.errors import DomainError, StaleVersion
from shared.event import Event
from shared.feed.entrypoint import feed
from shared.feed.page import Page
from shared.feed.publisher import FeedRelay
from shared.ground import Ground, configuration
from shared.parking import Parking
from shared.projection import Fetch, Projector, ReadModel
from shared.rpc import NetworkProvider, Request, rpc
from shared.schema import Catalogue
from shared.store import Append, EventStore
from shared.store.events import digest_of
from shared.telemetry import logger

log = logger(__name__)
State = TypeVar("State")


class Facts:
    """Takes commands: load the stream, decide, append; the same command twice gives the first answer."""

    def __init__(self, store: EventStore, catalogue: Catalogue) -> None:
        self.store = store
        self.catalogue = catalogue

    def load(self, decider: Decider[State], stream: str) -> tuple[State, int]:
        """The state of an aggregate and the version of its stream."""
        events = self.store.stream(stream)
        return decider.fold(self.catalogue.decode(event) for event in events), len(events)

    def execute(self, request: Request, decider: Decider[Any], stream: str, command: Any) -> dict[str, Any]:
        """Decide a command on a stream and record what follows.

        Raises what `decide` raises, StaleVersion when other writers were faster DECIDE_RETRIES_MAX times.
        """
        return self.execute_all(request, [(decider, stream, command)])[0]

    def execute_all(self, request: Request, decisions: Sequence[tuple[Decider[Any], str, Any]]) -> list[dict[str, Any]]:
        """Like `execute`, for several streams: all are recorded or none."""
        digest = digest_of(request.actor, request.data, *[[stream, type(command).__name__] for _, stream, command in decisions])
        first = self.store.answer(request.id, digest)
        if first is not None:
            return [answer.to_data() for answer in first]
        for attempt in range(DECIDE_RETRIES_MAX):
            writes = []
            for decider, stream, command in decisions:
                state, version = self.load(decider, stream)
                try:
                    events = [self.catalogue.encode(event) for event in decider.decide(state, command)]
                except DomainError:
                    # refused, perhaps, because its own twin was taken since we looked: then that is the answer
                    if (first := self.store.answer(request.id, digest)) is not None:
                        return [answer.to_data() for answer in first]
                    raise
                writes.append(Append(stream, version, events))
            try:
                answers = self.store.append_all(writes, request.context, command=request.id, digest=digest)
            except StaleVersion:
                if attempt + 1 == DECIDE_RETRIES_MAX:
                    raise
                eventlet.sleep(0)
            else:
                return [answer.to_data() for answer in answers]
        raise AssertionError("unreachable: the loop returns or raises")


class FactsProvider(DependencyProvider):
    """Injects Facts over the service's own store."""

    ground = Ground()

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self.catalogue = catalogue

    def get_dependency(self, worker_ctx: Any) -> Facts:
        return Facts(self.ground.store, self.catalogue)


class Views:
    """The read model of a service as its methods use it."""

    def __init__(self, projector: Projector) -> None:
        self.projector = projector
        self.reading = projector.reading

    def follow(self, page: Page, fetch: Fetch) -> None:
        """Fold a page; logs the correlations that reached the rows."""
        folded = self.projector.receive(page, fetch)
        if folded:
            log.info(
                "page_folded",
                model=self.projector.model.name,
                producer=page.service,
                last=page.last,
                folded=folded,
                correlations=sorted({event.correlation for event in page.events})[:20],
            )

    def grants(self, account: str) -> tuple[Grant, ...]:
        return grants_of(self.projector, account)

    def require(self, request: Request, *roles: Any, scopes: Sequence[str] = ()) -> None:
        """Refuse the request unless its actor holds one of these roles, in the whole network or one of the scopes."""
        require(self.grants(request.actor), *roles, scopes=scopes)


class ViewsProvider(DependencyProvider):
    """Injects Views; creates the tables at start."""

    ground = Ground()

    def __init__(self, model: ReadModel) -> None:
        super().__init__()
        self.model = model
        self._projector: Projector | None = None

    @property
    def projector(self) -> Projector:
        if self._projector is None:
            projector = Projector(self.ground.database, self.model, pause=eventlet.sleep)
            projector.prepare()
            self._projector = projector
        return self._projector

    def setup(self) -> None:
        self.projector  # noqa: B018 - tables stand before the first request

    def get_dependency(self, worker_ctx: Any) -> Views:
        return Views(self.projector)


class Service:
    """Base of the services: what operators and other services ask of each of them.

    A subclass sets `name`, `model`, `facts = FactsProvider(...)` and `views = ViewsProvider(model)`.
    """

    name: ClassVar[str]
    model: ClassVar[ReadModel]
    facts: Any
    views: Any

    relay = FeedRelay()
    network = NetworkProvider()

    @feed
    def follow(self, page: Page) -> None:
        self.views.follow(page, self.fetch)

    def fetch(self, service: str, after: int) -> Sequence[Event]:
        """The next events of a producer's feed; the service's own log is read directly."""
        if service == self.name:
            events: Sequence[Event] = self.facts.store.feed(after)
            return events
        request = Request(actor="system", data={"after": after, "limit": PAGE_EVENTS_MAX})
        return [Event.from_cloudevent(item) for item in self.network.ask(service, "read_feed", request)["events"]]

    @rpc
    def read_feed(self, request: Request) -> dict[str, Any]:
        """The next events of this service's log: {"events": [CloudEvent], "head": int}."""
        store = self.facts.store
        events = store.feed(int(request.data["after"]), int(request.data.get("limit", PAGE_EVENTS_MAX)))
        return {"events": [event.to_cloudevent() for event in events], "head": store.head()}

    @rpc
    def health(self, request: Request) -> dict[str, Any]:
        """Where this service stands: the head of its log, its read model's cursors, and what is parked."""
        projector = self.views.projector
        return {
            "service": self.name,
            "site": configuration().site,
            "head": self.facts.store.head(),
            "model": {"name": projector.model.name, "version": projector.model.version},
            "cursors": projector.cursors(configuration().site),
            "parked": [
                {key: row[key] for key in ("site", "service", "position", "stream", "attempts", "error")} for row in projector.parked()
            ],
        }

    @rpc
    def parked(self, request: Request) -> dict[str, Any]:
        """The events that this service could not fold, and those that operators have discarded."""
        return self._parking(request).list()

    @rpc
    def parked_event(self, request: Request) -> dict[str, Any]:
        """One parked event (producer, position) with its data, error and trace."""
        return self._parking(request).show(request.data)

    @rpc
    def retry_parked(self, request: Request) -> dict[str, Any]:
        """Fold the parked events of this service again: all, or those of the stream of one (producer, position)."""
        return self._parking(request).retry(request.data)

    @rpc
    def discard_parked(self, request: Request) -> dict[str, Any]:
        """Leave one parked event (producer, position) out of the read model for good, with a reason."""
        return self._parking(request).discard(request.data, request.actor)

    def _parking(self, request: Request) -> Parking:
        if request.actor != OPERATOR:
            self.views.require(request, Role.ADMINISTRATOR)
        return Parking(self.views.projector, configuration().site)

    @rpc
    def rebuild(self, request: Request) -> dict[str, Any]:
        """Build the read model anew beside the live one; answers when started, `health` of the other tells how far."""
        progress: dict[str, int] = {}
        views, fetch = self.views, self.fetch
        key = self.name

        def work() -> None:
            try:
                _rebuilds[key]["generation"] = views.projector.rebuild(
                    configuration().site, fetch, lambda service, position: progress.__setitem__(service, position)
                )
                _rebuilds[key]["state"] = "live"
            except Exception as error:
                _rebuilds[key].update(state="failed", error=repr(error))
                log.exception("rebuild_failed", model=views.projector.model.name)

        if _rebuilds.get(key, {}).get("state") != "building":
            _rebuilds[key] = {"state": "building", "progress": progress}
            eventlet.spawn_n(work)
        return dict(_rebuilds[key])

    @rpc
    def rebuild_status(self, request: Request) -> dict[str, Any]:
        """How the last rebuild stands: {"state": building | live | failed | none, "progress": {service: position}}."""
        return dict(_rebuilds.get(self.name, {"state": "none", "progress": {}}))


_rebuilds: dict[str, dict[str, Any]] = {}

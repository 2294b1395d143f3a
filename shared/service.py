"""What every service of the network has: facts it takes commands for, views it keeps, a feed it gives, and its health."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeVar

import eventlet
from nameko.extensions import DependencyProvider

from shared import readiness
from shared.access import Grant, grants_of
from shared.bounds import PAGE_EVENTS_MAX
from shared.calendar import legal_date, utc_now
from shared.decider import Decider
from shared.errors import CommendationError, Unavailable
from shared.event import Event
from shared.facts import Facts
from shared.feed.entrypoint import feed
from shared.feed.page import Page
from shared.feed.publisher import FeedRelay
from shared.ground import Ground, configuration, in_time
from shared.permissions import OwnWork, table
from shared.projection import LONG_STEPS, Fetch, Parking, Projector, ReadModel, Rebuilding
from shared.rpc import NetworkProvider, Request, rpc
from shared.schema import Catalogue
from shared.store import EVERYTHING, Sieve
from shared.telemetry import logger

log = logger(__name__)
State = TypeVar("State")


class FactsProvider(DependencyProvider):
    """Injects Facts over the service's own store."""

    ground = Ground()

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self.catalogue = catalogue

    def get_dependency(self, worker_ctx: Any) -> Facts:
        return Facts(self.ground.store, self.catalogue, pause=eventlet.sleep)


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
        """The roles that an account holds today, by the legal date."""
        return grants_of(self.projector, account, legal_date(utc_now()))


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


class GroundProvider(DependencyProvider):
    """Injects the Ground, which knows how relay and subscriber stand."""

    ground = Ground()

    def get_dependency(self, worker_ctx: Any) -> Ground:
        return self.ground


class Service:
    """Base of the services: what operators and other services ask of each of them.

    A subclass sets `name`, `model`, `facts = FactsProvider(...)` and `views = ViewsProvider(model)`.
    """

    name: ClassVar[str]
    model: ClassVar[ReadModel]
    facts: Any
    views: Any

    ground = GroundProvider()
    relay = FeedRelay()
    network = NetworkProvider()

    @feed
    def follow(self, page: Page) -> None:
        self.views.follow(page, self.fetch)

    def permit(self, request: Request, **found: str | Sequence[str]) -> None:
        """Refuse the request unless the table of permissions (`permissions.yaml`) lets its actor ask this.

        found: the subjects that the table has in parentheses, such as the cluster of a campaign.
        Raises NotAllowed, LookupError for an entrypoint that the table does not name.
        """
        permission = table().of(self.name, request.method)
        permission.check(request.actor, lambda: self.views.grants(request.actor), request.data, **found)

    def apart(
        self, request: Request, decider: Decider[State], *streams: str, about: Callable[[Event], bool] = lambda _event: True
    ) -> Decider[State]:
        """The decider, refusing the command to the account that entered in these streams what it approves (see Separation).

        about: whether an event is on the same matter, where a stream holds several.
        It looks when it decides: what is entered in its own stream after that makes the append stale, and the next try sees it.
        Raises OwnWork, when it decides.
        """
        entries = table().entries_before(f"{self.name}.{request.method}")

        def decide(state: State, command: Any) -> Sequence[Any]:
            decided = decider.decide(state, command)
            for stream in streams if decided else ():
                for event in self.facts.store.stream(stream):
                    if event.type in entries and event.actor == request.actor and about(event):
                        raise OwnWork(
                            f"This account entered what is to be approved ({event.type} of {event.effective_on}); another account with "
                            "the role has to do it.",
                            stream=stream,
                            event=event.id,
                        )
            return decided

        return replace(decider, decide=decide)

    def fetch(self, service: str, after: int, sieve: Sieve = EVERYTHING) -> Sequence[Event]:
        """The next events of a producer's feed; the service's own log is read directly."""
        if service == self.name:
            events: Sequence[Event] = self.facts.store.feed(after, sieve=sieve)
            return events
        sifted = {} if sieve == EVERYTHING else {"sieve": sieve.to_data()}
        request = Request(actor="system", data={"after": after, "limit": PAGE_EVENTS_MAX, **sifted})
        return [Event.from_cloudevent(item) for item in self.network.ask(service, "read_feed", request)["events"]]

    @rpc
    def read_feed(self, request: Request) -> dict[str, Any]:
        """The next events of this service's log: {"events": [CloudEvent], "head": int}. `sieve`: which of them (see Sieve), all without."""
        self.permit(request)
        store = self.facts.store
        sieve = Sieve.from_data(request.data["sieve"]) if "sieve" in request.data else EVERYTHING
        events = store.feed(int(request.data["after"]), int(request.data.get("limit", PAGE_EVENTS_MAX)), sieve)
        return {"events": [event.to_cloudevent() for event in events], "head": store.head()}

    @rpc
    def health(self, request: Request) -> dict[str, Any]:
        """Where this service stands (see readiness.told), and what is `missing` before it is ready."""
        self.permit(request)
        try:
            health = in_time(lambda: readiness.told(self.facts.store, self.views.projector))
        except Unavailable as error:
            health = readiness.untold(self.name, configuration().site, error.message)
        for part, standing in (("relay", self.ground.relay), ("feed", self.ground.subscriber)):
            health[part] = {**health.get(part, {}), "state": standing.state, "reason": standing.reason}
        return {**health, "missing": readiness.missing(health)}

    @rpc
    def parked(self, request: Request) -> dict[str, Any]:
        """The events that this service could not fold, and those that operators have discarded."""
        self.permit(request)
        return self._parking().list()

    @rpc
    def parked_event(self, request: Request) -> dict[str, Any]:
        """One parked event (producer, position) with its data, first and last error and the trace of each."""
        self.permit(request)
        return self._parking().show(request.data)

    @rpc
    def retry_parked(self, request: Request) -> dict[str, Any]:
        """Fold the parked events of this service again: all, or those of the stream of one (producer, position)."""
        self.permit(request)
        return self._parking().retry(request.data)

    @rpc
    def discard_parked(self, request: Request) -> dict[str, Any]:
        """Leave one parked event (producer, position) out of the read model for good, with a reason."""
        self.permit(request)
        return self._parking().discard(request.data, request.actor)

    def _parking(self) -> Parking:
        return Parking(self.views.projector, configuration().site)

    @rpc
    def rebuild(self, request: Request) -> dict[str, Any]:
        """Take a `step` of a rebuild of the read model; answers as `rebuild_status`.

        A long step is only begun: `generation` is then the one that it works on, and `run` the name of this work.
        """
        self.permit(request)
        step = str(request.data.get("step"))
        anyway = bool(request.data.get("anyway"))
        rebuilding = self._rebuilding()
        if step not in LONG_STEPS:
            rebuilding.take(step)
            return self._told(rebuilding)
        generation = rebuilding.prepared()
        eventlet.spawn_n(_take, self.name, request.id, rebuilding, step, anyway)
        return {**self._told(rebuilding), "generation": generation, "run": request.id}

    @rpc
    def rebuild_status(self, request: Request) -> dict[str, Any]:
        """The generations of the read model and how far each is (see Rebuild.status).

        `failure`: the error of the last long step in this process, with its `run`, or None.
        """
        self.permit(request)
        return self._told(self._rebuilding())

    def _told(self, rebuilding: Rebuilding) -> dict[str, Any]:
        return {**rebuilding.status(), "failure": _failures.get(self.name)}

    def _rebuilding(self) -> Rebuilding:
        return Rebuilding(self.views.projector, configuration().site, self.fetch)

    @rpc
    def drop_snapshots(self, request: Request) -> dict[str, Any]:
        """Delete the snapshots of this service's streams, which are taken anew as commands come: {"dropped": int}."""
        self.permit(request)
        return {"dropped": self.facts.snapshots.drop()}


_failures: dict[str, dict[str, Any]] = {}
"""Per service of this process: why the last long step of a rebuild ended, where it did not do what it should."""


def _take(service: str, run: str, rebuilding: Rebuilding, step: str, anyway: bool) -> None:
    try:
        rebuilding.take(step, anyway=anyway, progress=lambda _producer, _position: eventlet.sleep(0))
    except CommendationError as error:
        log.warning("rebuild_ended", service=service, step=step, error=error.message)
        _failures[service] = {**error.to_data(), "run": run}
    except Exception as error:
        log.exception("rebuild_failed", service=service, step=step)
        _failures[service] = {**CommendationError(f"{error!r}; the log of {service} says more").to_data(), "run": run}

"""How the console reaches a site: over the broker, or, embedded, by the databases in the site's folder.

Both can be asked while the network runs: SQLite lets one read beside a writer, and a rebuild is made to run beside the live rows.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Protocol

from shared import readiness
from shared.access import OPERATOR
from shared.blobs import open_blobs
from shared.bounds import STORED_FILES_MAX
from shared.config import PRODUCERS, SERVICES, Config
from shared.errors import CommendationError, ConfigurationError, Unavailable
from shared.event import Event
from shared.plain import plain
from shared.projection import LONG_STEPS, Parking, Place, Projector, Rebuilding
from shared.store import EventStore, open_database
from shared.store.snapshots import Snapshots
from shared.telemetry import configure

Progress = Callable[[str, int], None]
LOOK_SECONDS = 0.2
IDLE_LOOKS = 10
"""Looks at a service at which no process takes the step any more: one that was just begun is not seen at the first."""

MODELLED = tuple(name for name in SERVICES if name != "gateway")
"""The services that keep a read model."""


class Site(Protocol):
    """What operators do with a site."""

    def feed(self, service: str, after: int) -> Sequence[Event]: ...

    def health(self, service: str) -> dict[str, Any]: ...

    def rebuild(self, service: str, step: str, progress: Progress, *, anyway: bool = False) -> dict[str, Any]: ...

    def rebuild_status(self, service: str) -> dict[str, Any]: ...

    def parked(self, service: str) -> dict[str, Any]: ...

    def parked_event(self, service: str, place: Place) -> dict[str, Any]: ...

    def retry_parked(self, service: str, place: Place | None = None) -> dict[str, Any]: ...

    def discard_parked(self, service: str, place: Place, reason: str) -> dict[str, Any]: ...

    def drop_snapshots(self, service: str) -> int: ...

    def stored(self, after: str) -> Sequence[Mapping[str, Any]]: ...

    def drop_stored(self, files: Sequence[str], before: datetime) -> Sequence[str]: ...

    def verify(self, progress: Progress) -> dict[str, Any]: ...

    def ask(self, service: str, method: str, data: dict[str, Any]) -> Any: ...


class LocalSite:
    """An embedded site: its SQLite files."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._stores: dict[str, EventStore] = {}

    def __enter__(self) -> LocalSite:
        return self

    def __exit__(self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for store in self._stores.values():
            store.database.close()

    def store(self, service: str) -> EventStore:
        if service not in self._stores:
            store = EventStore(open_database(self.config.database_url_of(service)), site=self.config.site, service=service)
            store.prepare()
            self._stores[service] = store
        return self._stores[service]

    def projector(self, service: str) -> Projector:
        views = importlib.import_module(f"services.{service}.views")
        # the audit's rows are evidence: its own projector refuses to replace them by a log that differs
        kind: type[Projector] = views.Evidence if service == "audit" else Projector
        projector = kind(self.store(service).database, views.MODEL)
        projector.prepare()
        return projector

    def founded(self) -> bool:
        return bool(self.store("registry").stream("network"))

    def holds_sample(self) -> bool:
        return any(event.data["sample"] for event in self.store("registry").stream("network"))

    def feed(self, service: str, after: int) -> Sequence[Event]:
        return self.store(service).feed(after)

    def health(self, service: str) -> dict[str, Any]:
        health = readiness.told(self.store(service), self.projector(service))
        return {**health, "missing": readiness.missing(health)}

    def rebuild(self, service: str, step: str, progress: Progress, *, anyway: bool = False) -> dict[str, Any]:
        return self._rebuilding(service).take(step, anyway=anyway, progress=progress)

    def rebuild_status(self, service: str) -> dict[str, Any]:
        return self._rebuilding(service).status()

    def _rebuilding(self, service: str) -> Rebuilding:
        return Rebuilding(self.projector(service), self.config.site, self.feed)

    def parked(self, service: str) -> dict[str, Any]:
        return self._parking(service).list()

    def parked_event(self, service: str, place: Place) -> dict[str, Any]:
        return self._parking(service).show(_told(place))

    def retry_parked(self, service: str, place: Place | None = None) -> dict[str, Any]:
        return self._parking(service).retry(_told(place))

    def discard_parked(self, service: str, place: Place, reason: str) -> dict[str, Any]:
        return self._parking(service).discard({**_told(place), "reason": reason}, OPERATOR)

    def _parking(self, service: str) -> Parking:
        return Parking(self.projector(service), self.config.site)

    def drop_snapshots(self, service: str) -> int:
        return Snapshots(self.store(service).database).drop()

    def stored(self, after: str) -> Sequence[Mapping[str, Any]]:
        return [plain(one) for one in islice(open_blobs(self.config.blobs_at).stored(after), STORED_FILES_MAX)]

    def drop_stored(self, files: Sequence[str], before: datetime) -> Sequence[str]:
        blobs = open_blobs(self.config.blobs_at)
        return [sha256 for sha256 in files if blobs.remove(sha256, before)]

    def verify(self, progress: Progress) -> dict[str, Any]:
        """The audit's own comparison, over the files; it is shown, not recorded: only a service records facts."""
        from services.audit import verification
        from shared.calendar import utc_now
        from shared.ids import new_id

        def feed(service: str, after: int) -> verification.FeedPage:
            progress(service, after)
            return verification.FeedPage(self.feed(service, after), self.store(service).head())

        projector = self.projector("audit")
        site, reached = self.config.site, verification.Progress()
        return verification.result_of(
            verification.verify(new_id(), utc_now(), projector, feed, site=site, producers=PRODUCERS, progress=reached)
        )

    def ask(self, service: str, method: str, data: dict[str, Any]) -> Any:
        """A query answered by the service's own view code."""
        if (service, method) != ("rankings", "board"):
            raise ConfigurationError(f"Embedded, {service}.{method} is asked of the running network.")
        from services.rankings.boards import BoardName, board

        with self.projector(service).reading() as reading:
            return plain(board(reading, data["campaign"], BoardName(data["board"])))


class RemoteSite:
    """A site whose services run elsewhere: asked over the broker."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def feed(self, service: str, after: int) -> Sequence[Event]:
        return [Event.from_cloudevent(item) for item in self.ask(service, "read_feed", {"after": after})["events"]]

    def health(self, service: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(service, "health", {})
        return answer

    def rebuild(self, service: str, step: str, progress: Progress, *, anyway: bool = False) -> dict[str, Any]:
        """Begin the step in the service and look on until no process takes it any more.

        Where a service has replicas, each question may reach another one: what counts is what the database of all of them says.
        """
        import eventlet

        told = begun = self._told(service, "rebuild", {"step": step, "anyway": anyway})
        idle = 0
        while step in LONG_STEPS and idle < IDLE_LOOKS:
            if told["failure"] is not None and told["failure"]["run"] == begun["run"]:
                raise CommendationError.from_data(told["failure"])
            (row,) = [row for row in told["generations"] if row["generation"] == begun["generation"]] or [None]
            for at in row["cursors"] if row else []:
                progress(at["service"], at["position"])
            if row is not None and row["state"] == "live":
                return told
            eventlet.sleep(LOOK_SECONDS)
            told = self._told(service, "rebuild_status", {})
            idle = 0 if told["under_way"] else idle + 1
        if step == "go_live":
            raise Unavailable(
                f"The rebuild of {service} ended before it was live, and no process goes on with it; the log of {service} says why."
            )
        return told

    def rebuild_status(self, service: str) -> dict[str, Any]:
        return self._told(service, "rebuild_status", {})

    def parked(self, service: str) -> dict[str, Any]:
        return self._told(service, "parked", {})

    def parked_event(self, service: str, place: Place) -> dict[str, Any]:
        return self._told(service, "parked_event", _told(place))

    def retry_parked(self, service: str, place: Place | None = None) -> dict[str, Any]:
        return self._told(service, "retry_parked", _told(place))

    def discard_parked(self, service: str, place: Place, reason: str) -> dict[str, Any]:
        return self._told(service, "discard_parked", {**_told(place), "reason": reason})

    def drop_snapshots(self, service: str) -> int:
        return int(self._told(service, "drop_snapshots", {})["dropped"])

    def stored(self, after: str) -> Sequence[Mapping[str, Any]]:
        return list(self._told("evaluations", "stored_evidence", {"after": after})["files"])

    def drop_stored(self, files: Sequence[str], before: datetime) -> Sequence[str]:
        asked = {"files": list(files), "before": before.isoformat()}
        return list(self._told("evaluations", "drop_evidence", asked)["dropped"])

    def _told(self, service: str, method: str, data: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask(service, method, data)
        return answer

    def verify(self, progress: Progress) -> dict[str, Any]:
        import eventlet

        told: dict[str, Any] = self.ask("audit", "verify", {})
        while told["state"] == "running":
            for service, position in told["progress"].items():
                progress(service, position)
            eventlet.sleep(0.5)
            told = self.ask("audit", "verification", {"verification": told["verification"]})
        if told["state"] == "failed":
            raise ConfigurationError(f"The verification failed: {told['error']}")
        return told

    def ask(self, service: str, method: str, data: dict[str, Any]) -> Any:
        from shared.rpc import Request

        return self._network.ask(service, method, Request(actor=OPERATOR, data=data), seconds=15)


def _told(place: Place | None) -> dict[str, Any]:
    return {} if place is None else {"site": place.site, "producer": place.service, "position": place.position}


@contextmanager
def open_site(config: Config) -> Iterator[Site]:
    """The site that the configuration names."""
    if config.embedded:
        if not (config.var / "registry.db").exists():
            raise ConfigurationError(f"There is no network in {config.var.absolute()}; start one with `commendation run`.")
        configure("WARNING")  # to standard error: standard output is for what was asked for
        with LocalSite(config) as site:
            yield site
        return
    from services.console.process import patch, running

    patch()
    configure("ERROR")
    with running(config, []) as started:
        yield RemoteSite(started.network)


__all__ = ["MODELLED", "PRODUCERS", "LocalSite", "RemoteSite", "Site", "open_site"]

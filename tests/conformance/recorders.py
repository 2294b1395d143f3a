"""The recorder interfaces of the `eventsourcing` package over our event store and our read model's cursor.

Only public ways in: `EventStore.append_all`, `stream`, `feed`, `head`, `on_append`, and `Projector.receive`, `cursor`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from itertools import groupby
from threading import Event as Signal
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from shared.errors import StaleVersion
from shared.event import Context, Event, NewEvent
from shared.feed.page import Page
from shared.projection import Projector
from shared.store import NONE, Append, EventStore
from tests.shared.given import an_event

CONTEXT = Context(actor="conformance", correlation="recorder", causation="recorder")
TRACKED = "conformance.Tracked"
"""Type of the event by which a process recorder notes how far it has read; no notification of the package's own."""
SITE = an_event().site


class StoreAggregateRecorder(AggregateRecorder):
    """Their stored events as events of ours: topic is the type, state goes base64 into the data.

    Our store numbers a stream from 1 itself, their writers do it and begin at 0 or 1: the number of theirs goes into the data.
    """

    def __init__(self, store: EventStore) -> None:
        self.store = store

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        self._insert(self._appends(stored_events))
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        found = [
            StoredEvent(UUID(event.stream), event.data["version"], event.type, _state(event))
            for event in self.store.stream(str(originator_id))
            if (gt is None or event.data["version"] > gt) and (lte is None or event.data["version"] <= lte)
        ]
        return (found[::-1] if desc else found)[:limit]

    def _insert(self, appends: Sequence[Append]) -> list[int]:
        """Write all or none; the positions of the events in the order given."""
        try:
            written = self.store.append_all(appends, CONTEXT)
        except StaleVersion as stale:
            raise IntegrityError(str(stale)) from stale
        return [position for one in written for position in range(one.position - len(one.events) + 1, one.position + 1)]

    def _appends(self, stored_events: Sequence[StoredEvent]) -> list[Append]:
        appends = []
        for originator_id, group in groupby(stored_events, key=lambda stored: stored.originator_id):
            events = list(group)
            first = events[0].originator_version
            # a number of theirs that comes twice within a batch cannot be said to a store that numbers by itself
            if [event.originator_version for event in events] != list(range(first, first + len(events))):
                raise IntegrityError(f"The versions of {originator_id} do not follow one another within the batch.")
            appends.append(Append(str(originator_id), self._expected(str(originator_id), first), [_new_event(event) for event in events]))
        return appends

    def _expected(self, stream: str, first: int) -> int:
        """Our version of the stream as the writer of this version of theirs saw it."""
        if first == 0:
            return NONE
        begun = self.store.stream(stream)
        return first - int(begun[0].data["version"]) if begun else NONE


class StoreApplicationRecorder(StoreAggregateRecorder, ApplicationRecorder):
    """Our positions as their notification ids."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        return self._insert(self._appends(stored_events))

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        after = 0 if start is None else start - 1 if inclusive_of_start else start
        selected: list[Notification] = []
        for event in self._log(after):
            if len(selected) == limit or (stop is not None and event.position > stop):
                break
            if event.type != TRACKED and (not topics or event.type in topics):
                selected.append(Notification(UUID(event.stream), event.data["version"], event.type, _state(event), event.position))
        return selected

    def max_notification_id(self) -> int | None:
        return self.store.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return StoreSubscription(self, gt, topics)

    def _log(self, after: int) -> Iterator[Event]:
        while page := self.store.feed(after):
            yield from page
            after = page[-1].position


class StoreSubscription(ListenNotifySubscription[StoreApplicationRecorder]):
    """Woken by our store after each commit that wrote."""

    def __init__(self, recorder: StoreApplicationRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        woken: Signal = self._has_been_notified
        recorder.store.on_append(woken.set)


class CursorTrackingRecorder(TrackingRecorder):
    """Their tracking id as the cursor of a read model: that an application is tracked to n is a page folded whose last event is n.

    Their writers may leave ids out, our cursor never does: what is between is fetched from the producer's feed, as always.
    """

    def __init__(self, projector: Projector) -> None:
        self.projector = projector

    def insert_tracking(self, tracking: Tracking) -> None:
        page = Page.of([_upstream(tracking.application_name, tracking.notification_id)])

        def fetch(service: str, after: int) -> Sequence[Event]:
            return [_upstream(service, position) for position in range(after + 1, tracking.notification_id)]

        if self.projector.receive(page, fetch) == 0:
            raise IntegrityError(f"{tracking} is not past the cursor: the page was folded before.")

    def max_tracking_id(self, application_name: str) -> int | None:
        return self.projector.cursor(SITE, application_name) or None


class StoreProcessRecorder(StoreApplicationRecorder, ProcessRecorder):
    """Events and tracking in one append over several streams: a stream per upstream application notes how far it was read."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        tracking: Tracking | None = kwargs.get("tracking")
        appends = self._appends(stored_events)
        if tracking is None:
            return self._insert(appends)
        return self._insert([*appends, self._tracked(tracking)])[:-1]

    def insert_tracking(self, tracking: Tracking) -> None:
        self._insert([self._tracked(tracking)])

    def max_tracking_id(self, application_name: str) -> int | None:
        noted = self.store.stream(_tracking_stream(application_name))
        return int(noted[-1].data["id"]) if noted else None

    def _tracked(self, tracking: Tracking) -> Append:
        stream = _tracking_stream(tracking.application_name)
        noted = self.store.stream(stream)
        if noted and int(noted[-1].data["id"]) >= tracking.notification_id:
            raise IntegrityError(f"{tracking} is not past {noted[-1].data['id']}.")
        # another process that tracks at the same moment is met by the expected version
        return Append(stream, len(noted), [NewEvent(TRACKED, 1, {"id": tracking.notification_id})])


def _new_event(stored: StoredEvent) -> NewEvent:
    data = {"version": stored.originator_version, "state": base64.b64encode(stored.state).decode()}
    return NewEvent(stored.topic, 1, data)


def _state(event: Event) -> bytes:
    return base64.b64decode(event.data["state"])


def _tracking_stream(application_name: str) -> str:
    return f"tracking:{application_name}"


def _upstream(service: str, position: int) -> Event:
    return an_event(position, service=service, type=f"{service}.Happened", data={})

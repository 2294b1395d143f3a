"""The event: what happened, once, for ever; and its form on the wire, CloudEvents 1.0 in canonical JSON (RFC 8785)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from shared.bounds import EVENT_BYTES_MAX
from shared.errors import ValidationFailed

Data = dict[str, Any]


class EventTooLarge(ValidationFailed):
    """An event's canonical bytes pass the bound; large content belongs in the blob store, by its hash."""

    code = "event_too_large"


class EventMalformed(ValidationFailed):
    """A CloudEvent that lacks an attribute of ours or holds one that cannot be read."""

    code = "event_malformed"


@dataclass(frozen=True, slots=True)
class Context:
    """Who caused a fact and in what course: carried from the HTTP request to the projected row.

    actor: account id, or "system"; correlation: one id for everything that one request set off; causation: the command's id.
    """

    actor: str
    correlation: str
    causation: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as decided, before the store gives it a place. `data` is plain JSON: text, int, bool, None, list, dict."""

    type: str
    schema: int
    data: Data
    effective_on: date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as recorded.

    position: gapless from 1 per site and service, in commit order; version: gapless from 1 per stream; recorded_at: the server's
    clock in UTC; effective_on: the date from which it holds, where law or people say another than the day it was recorded.
    """

    id: str
    site: str
    service: str
    position: int
    stream: str
    version: int
    type: str
    schema: int
    data: Data
    recorded_at: datetime
    effective_on: date
    actor: str
    correlation: str
    causation: str

    def to_cloudevent(self) -> Data:
        """The event as a CloudEvents 1.0 JSON object; numbers are text, for no integer beyond 2^53 may appear."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": f"/sites/{self.site}/services/{self.service}",
            "type": self.type,
            "subject": self.stream,
            "time": instant_text(self.recorded_at),
            "datacontenttype": "application/json",
            "schemaversion": str(self.schema),
            "position": str(self.position),
            "streamversion": str(self.version),
            "effectiveon": self.effective_on.isoformat(),
            "actor": self.actor,
            "correlation": self.correlation,
            "causation": self.causation,
            "data": self.data,
        }

    def canonical(self) -> bytes:
        """The bytes that are hashed and compared: RFC 8785 JSON of the CloudEvent."""
        return bytes(rfc8785.dumps(self.to_cloudevent()))

    @staticmethod
    def from_cloudevent(document: Mapping[str, Any]) -> Event:
        """Read what `to_cloudevent` wrote.

        Raises EventMalformed naming the attribute.
        """
        try:
            _, sites, site, services, service = str(document["source"]).split("/")
            if (sites, services) != ("sites", "services"):
                raise ValueError("source must be /sites/<site>/services/<service>")
            return Event(
                id=str(document["id"]),
                site=site,
                service=service,
                position=int(document["position"]),
                stream=str(document["subject"]),
                version=int(document["streamversion"]),
                type=str(document["type"]),
                schema=int(document["schemaversion"]),
                data=dict(document["data"]),
                recorded_at=_instant(document["time"]),
                effective_on=date.fromisoformat(document["effectiveon"]),
                actor=str(document["actor"]),
                correlation=str(document["correlation"]),
                causation=str(document["causation"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise EventMalformed(f"This is no event of the network: {error!r}", event=str(document.get("id"))) from error


def instant_text(instant: datetime) -> str:
    """An instant as RFC 3339 text in UTC with microseconds, so that text sorts as time does."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"time {text} names no zone")
    return instant.astimezone(UTC)


def check_size(event: Event) -> None:
    """Refuse an event whose canonical bytes pass the bound."""
    size = len(event.canonical())
    if size > EVENT_BYTES_MAX:
        raise EventTooLarge(
            f"Event {event.type} in {event.stream} takes {size} bytes; at most {EVENT_BYTES_MAX} are kept in an event. "
            "Put large content into the blob store and its SHA-256 into the event.",
            size=size,
        )

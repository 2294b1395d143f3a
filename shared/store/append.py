"""What is appended and what is answered; the same for every way in which a database writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.bounds import EVENT_BYTES_MAX
from shared.calendar import legal_date
from shared.event import Context, Event, NewEvent, check_size
from shared.ids import new_id
from shared.store.canonical import canonical_text

NONE = 0
"""Expected version of a stream that must not exist yet."""
ANY = -1
"""Expected version when the writer does not care."""
EXISTS = -2
"""Expected version of a stream that must exist, at whatever version."""

_FRAME_BYTES_MAX = 1_000
"""More than the canonical bytes of an event's own attribute names, id, times and numbers, which are under 500."""

_LETTER_BYTES_MAX = 6
"""Canonical bytes of one letter at most: an escaped control character."""


@dataclass(frozen=True, slots=True)
class Append:
    """Events for one stream, with the version that the writer saw: a number, or NONE, ANY, EXISTS."""

    stream: str
    expected_version: int
    events: Sequence[NewEvent]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a command: the events it wrote, or those that its first coming wrote when it is repeated.

    position: of the last event written, 0 when none was; repeated: whether this is the answer of an earlier coming.
    """

    stream: str
    version: int
    position: int
    events: tuple[str, ...]
    repeated: bool = False

    def to_data(self) -> dict[str, Any]:
        return {
            "stream": self.stream,
            "version": self.version,
            "position": self.position,
            "events": list(self.events),
            "repeated": self.repeated,
        }


class Batch:
    """The writes of one append with their data in canonical form, made before any transaction begins."""

    def __init__(self, writes: Sequence[Append], context: Context, *, site: str, service: str, command: str | None, digest: str) -> None:
        self.writes = writes
        self.context = context
        self.site = site
        self.service = service
        self.command = command
        self.digest = digest
        self.count = sum(len(write.events) for write in writes)
        self._texts = [[canonical_text(new.data) for new in write.events] for write in writes]

    @property
    def certain(self) -> bool:
        """Whether nothing but the versions as numbers has to be looked at: events to write, well below their bound, on known versions."""
        return all(write.expected_version >= 0 and write.events for write in self.writes) and self.surely_fits()

    @property
    def versions(self) -> list[int]:
        """The versions that the writer saw."""
        return [write.expected_version for write in self.writes]

    def rows(self, versions: Sequence[int], position: int, now: datetime) -> tuple[list[dict[str, Any]], list[Recorded]]:
        """The rows of these events from the one after `position` on, and the answer for each write."""
        today = legal_date(now)
        rows: list[dict[str, Any]] = []
        answers: list[Recorded] = []
        for write, texts, version in zip(self.writes, self._texts, versions, strict=True):
            first = len(rows)
            for offset, (new, text) in enumerate(zip(write.events, texts, strict=True), start=1):
                position += 1
                row: dict[str, Any] = {
                    "position": position,
                    "id": new_id(),
                    "stream": write.stream,
                    "version": version + offset,
                    "type": new.type,
                    "schema": new.schema,
                    "data": text,
                    "recorded_at": now,
                    "effective_on": new.effective_on or today,
                    "actor": self.context.actor,
                    "correlation": self.context.correlation,
                    "causation": self.context.causation,
                }
                rows.append(row)
            ids = tuple(row["id"] for row in rows[first:])
            answers.append(Recorded(write.stream, version + len(ids), position if ids else 0, ids))
        return rows, answers

    def surely_fits(self) -> bool:
        """Whether every event is within its bound at any position and version, its other attributes taken at their longest."""
        common = (self.site, self.service, self.context.actor, self.context.correlation, self.context.causation)
        frame = _FRAME_BYTES_MAX + _LETTER_BYTES_MAX * sum(map(len, common))
        return all(
            frame + _LETTER_BYTES_MAX * (len(write.stream) + len(new.type)) + len(text.encode()) <= EVENT_BYTES_MAX
            for write, texts in zip(self.writes, self._texts, strict=True)
            for new, text in zip(write.events, texts, strict=True)
        )

    def check_sizes(self, rows: Sequence[dict[str, Any]]) -> None:
        """Measure each event exactly. Raises EventTooLarge."""
        for row, new in zip(rows, (new for write in self.writes for new in write.events), strict=True):
            check_size(Event(**{**row, "data": new.data}, site=self.site, service=self.service))

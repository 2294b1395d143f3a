"""What is appended and what is answered; the same for every way in which a database writes it."""

from __future__ import annotations

import json
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
    """The writes of one append with ids and data in canonical form, made before any transaction begins."""

    def __init__(self, writes: Sequence[Append], context: Context, *, site: str, service: str, command: str | None, digest: str) -> None:
        self.writes = writes
        self.context = context
        self.site = site
        self.service = service
        self.command = command
        self.digest = digest
        self.events = [new for write in writes for new in write.events]
        self.texts = [canonical_text(new.data) for new in self.events]
        self.ids = [new_id() for _ in self.events]
        self.count = len(self.events)

    @property
    def certain(self) -> bool:
        """Whether nothing but the versions as numbers has to be looked at: events to write, well below their bound, on known versions."""
        return all(write.expected_version >= 0 and write.events for write in self.writes) and self.surely_fits()

    @property
    def versions(self) -> list[int]:
        """The versions that the writer saw."""
        return [write.expected_version for write in self.writes]

    def answers(self, versions: Sequence[int], base: int) -> list[Recorded]:
        """What each write is answered when the streams stood at these versions and the log at `base`."""
        answers: list[Recorded] = []
        done = 0
        for write, version in zip(self.writes, versions, strict=True):
            ids = tuple(self.ids[done : done + len(write.events)])
            done += len(ids)
            answers.append(Recorded(write.stream, version + len(ids), base + done if ids else 0, ids))
        return answers

    def kept(self, versions: Sequence[int]) -> str:
        """The answers as they are kept with the command: positions counted from the base, which is kept beside them."""
        return json.dumps([answer.to_data() for answer in self.answers(versions, 0)])

    def rows(self, versions: Sequence[int], base: int, now: datetime) -> list[dict[str, Any]]:
        """The rows of these events at the positions after `base`."""
        today = legal_date(now)
        places = [
            (write.stream, version + offset)
            for write, version in zip(self.writes, versions, strict=True)
            for offset in range(1, len(write.events) + 1)
        ]
        return [
            {
                "position": position,
                "id": identity,
                "stream": stream,
                "version": version,
                "type": new.type,
                "schema": new.schema,
                "data": text,
                "recorded_at": now,
                "effective_on": new.effective_on or today,
                "actor": self.context.actor,
                "correlation": self.context.correlation,
                "causation": self.context.causation,
            }
            for position, (new, text, identity, (stream, version)) in enumerate(
                zip(self.events, self.texts, self.ids, places, strict=True), start=base + 1
            )
        ]

    def surely_fits(self) -> bool:
        """Whether every event is within its bound at any position and version, its other attributes taken at their longest."""
        common = (self.site, self.service, self.context.actor, self.context.correlation, self.context.causation)
        names = max((len(write.stream) for write in self.writes), default=0) + max((len(new.type) for new in self.events), default=0)
        frame = _FRAME_BYTES_MAX + _LETTER_BYTES_MAX * (names + sum(map(len, common)))
        # a letter takes at most four bytes
        return frame + 4 * max(map(len, self.texts), default=0) <= EVENT_BYTES_MAX

    def check_sizes(self, rows: Sequence[dict[str, Any]]) -> None:
        """Measure each event exactly. Raises EventTooLarge."""
        for row, new in zip(rows, self.events, strict=True):
            check_size(Event(**{**row, "data": new.data}, site=self.site, service=self.service))

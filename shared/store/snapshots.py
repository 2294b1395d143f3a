"""Snapshots: the state of an aggregate after some version of its stream, so that a long stream is not read from its beginning.

They are a cache: what a snapshot and the events after it give is what the whole stream gives, and dropping them costs time only.
So they may be deleted at any time, unlike everything else in the database of a service.
"""

from __future__ import annotations

import functools
import hashlib
import json
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from shared.calendar import utc_now
from shared.decider import Decider
from shared.plain import Reader, plain, reader_of
from shared.schema import Catalogue
from shared.store import tables
from shared.store.database import Database

Told = tuple[int, str, int, str]
"""An event as a state is made from it: version, type, schema, data as JSON text."""

# One statement, so that snapshot and tail are of one moment, and one round trip. A snapshot counts only where the stream still holds the
# event that it ends with: if events have been restored without what came after them, the stream is right.
_SNAPSHOT_AND_TAIL = """
WITH snapshot AS (
    SELECT s.version, s.state FROM snapshots s
    WHERE s.stream = {stream} AND s.fingerprint = {fingerprint}
    AND EXISTS (SELECT 1 FROM events e WHERE e.stream = {stream} AND e.version = s.version)
)
SELECT version, NULL AS type, NULL AS schema, state AS data FROM snapshot
UNION ALL
SELECT version, type, schema, data FROM events
WHERE stream = {stream} AND version > coalesce((SELECT version FROM snapshot), 0)
ORDER BY version
"""
_WHOLE_STREAM = "SELECT version, type, schema, data FROM events WHERE stream = {stream} ORDER BY version"
_WHOLE_STREAMS = "SELECT stream, version, type, schema, data FROM events WHERE stream {among} ORDER BY stream, version"
_MARKS = {
    "postgresql": {"stream": "%(stream)s", "fingerprint": "%(fingerprint)s", "among": "= ANY(%(streams)s)"},
    "sqlite": {"stream": ":stream", "fingerprint": ":fingerprint", "among": "IN (SELECT value FROM json_each(:streams))"},
}
STREAMS_AT_ONCE = 1_000
"""Streams that one statement reads: with more it is hardly faster, and their events are all in memory at once."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """version: of the last event in it; state: as JSON text."""

    version: int
    state: str


@dataclass(frozen=True, slots=True)
class Form:
    """How the states of an aggregate are kept: as the JSON text of their plain data.

    fingerprint: of all that a state depends on besides its events. What was kept under another one is not read.
    """

    fingerprint: str
    reader: Reader

    def write(self, state: Any) -> str:
        """Raises ValueError or TypeError for a state that would not be read back as what it is."""
        text = json.dumps(plain(state), ensure_ascii=False, separators=(",", ":"))
        if self.read(text) != state:
            raise ValueError("a value in it is of another type than its class declares")
        return text

    def read(self, text: str) -> Any:
        """Raises what `shared.plain.UNREADABLE` names for a text that `write` did not write."""
        return self.reader(json.loads(text))


def form_of(decider: Decider[Any], catalogue: Catalogue) -> Form | None:
    """How the states of this aggregate are kept; None where no snapshots are taken of them."""
    state: Any = type(decider.initial)
    return None if decider.snapshots is None else _form(state, decider.snapshots, catalogue)


@functools.cache
def _form(state: Any, version: int, catalogue: Catalogue) -> Form:
    told = [version, list(_shape(state)), catalogue.versions()]
    return Form(hashlib.sha256(json.dumps(told).encode()).hexdigest(), reader_of(state))


def _shape(kind: Any) -> Iterator[str]:
    """A type and all those within it, a line each."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield f"{kind.__qualname__}: {[member.value for member in kind]}"
    elif is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        held = {field.name: hints[field.name] for field in fields(kind)}
        yield f"{kind}: {held}"
        for hint in held.values():
            yield from _shape(hint)
    else:
        for argument in typing.get_args(kind):
            yield from _shape(argument)


class Snapshots:
    """The snapshots of a service's streams, and the events that follow them."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock
        self._snapshot_and_tail = _SNAPSHOT_AND_TAIL.format_map(_MARKS[database.dialect])
        self._whole_stream = _WHOLE_STREAM.format_map(_MARKS[database.dialect])
        self._whole_streams = _WHOLE_STREAMS.format_map(_MARKS[database.dialect])

    def read(self, stream: str, fingerprint: str | None) -> tuple[Snapshot | None, list[Told]]:
        """The snapshot of a stream and the events after it; without a fingerprint or a snapshot under it, None and all events."""
        with self._database.driver() as connection:
            if fingerprint is None:
                return None, connection.execute(self._whole_stream, {"stream": stream}).fetchall()
            rows = connection.execute(self._snapshot_and_tail, {"stream": stream, "fingerprint": fingerprint}).fetchall()
        if rows and rows[0][1] is None:
            return Snapshot(rows[0][0], rows[0][3]), rows[1:]
        return None, rows

    def read_whole(self, streams: Sequence[str]) -> dict[str, list[Told]]:
        """All events of many streams, by stream; those without events are left out. Snapshots are not looked at."""
        found: dict[str, list[Told]] = {}
        with self._database.driver() as connection:
            for start in range(0, len(streams), STREAMS_AT_ONCE):
                wanted: Any = list(streams[start : start + STREAMS_AT_ONCE])
                if self._database.dialect == "sqlite":
                    wanted = json.dumps(wanted)
                for stream, *told in connection.execute(self._whole_streams, {"streams": wanted}).fetchall():
                    found.setdefault(stream, []).append(tuple(told))
        return found

    def keep(self, stream: str, fingerprint: str, snapshot: Snapshot) -> None:
        """Keep a snapshot in place of the one that the stream had."""
        row = {"fingerprint": fingerprint, "version": snapshot.version, "state": snapshot.state, "taken_at": self._clock()}
        insert = self._database.insert(tables.snapshots).values(stream=stream, **row)
        with self._database.write() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=["stream"], set_=row))

    def drop(self) -> int:
        """Delete all; how many there were."""
        with self._database.write() as connection:
            return connection.execute(tables.snapshots.delete()).rowcount

"""Reading the log: a stream, a page of the feed, its head; each one statement on the driver itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shared.bounds import PAGE_BYTES_MAX, PAGE_EVENTS_MAX
from shared.event import Event
from shared.store.canonical import canonical_text
from shared.store.database import Database

_EVENTS = "SELECT id, position, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation FROM events "
_STREAM = _EVENTS + "WHERE stream = {} AND version > {} ORDER BY version"
_FEED = _EVENTS + "WHERE position > {} {} ORDER BY position LIMIT {}"
_HEAD = "SELECT head FROM log"
_DATA = 6
"""Which of the columns holds the data."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """What is wanted of a log by whoever needs little of it: these types alone, and what holds one of these values under its name.

    Nothing is sifted by what is left empty. What holds a pair deeper inside may come along: the database looks at the text.
    """

    types: tuple[str, ...] = ()
    holding: tuple[tuple[str, str], ...] = ()

    def to_data(self) -> dict[str, Any]:
        return {"types": list(self.types), "holding": [list(pair) for pair in self.holding]}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Sieve:
        return Sieve(tuple(map(str, data["types"])), tuple((str(name), str(value)) for name, value in data["holding"]))


EVERYTHING = Sieve()


class LogReader:
    """Reads the log of one service of one site."""

    def __init__(self, database: Database, *, site: str, service: str) -> None:
        self._database = database
        self._site = site
        self._service = service
        mark, self._held, self._instant, self._day = _FORMS[database.dialect]
        self._mark = mark
        self._stream = _STREAM.format(mark, mark)
        self._feed = _FEED.format(mark, "", mark)

    def stream(self, stream: str, after: int) -> list[Event]:
        """The events of a stream after a version, in order."""
        with self._database.driver() as connection:
            rows = connection.execute(self._stream, (stream, after)).fetchall()
        return self._events(rows)

    def feed(self, after: int, limit: int, sieve: Sieve = EVERYTHING) -> list[Event]:
        """The next events after a position: at most `limit` and PAGE_EVENTS_MAX, and at most PAGE_BYTES_MAX of data, but always one."""
        statement, sifted = (self._feed, ()) if sieve == EVERYTHING else self._sifted(sieve)
        with self._database.driver() as connection:
            rows = connection.execute(statement, (after, *sifted, min(limit, PAGE_EVENTS_MAX))).fetchall()
        return self._events(rows[: _within_bound([row[_DATA] for row in rows])])

    def _sifted(self, sieve: Sieve) -> tuple[str, tuple[str, ...]]:
        """The statement with the conditions of a sieve, and what stands for their marks."""
        conditions = [f"AND type IN ({', '.join(self._mark for _ in sieve.types)})"] if sieve.types else []
        if sieve.holding:
            conditions.append(f"AND ({' OR '.join(self._held for _ in sieve.holding)})")
        texts = [canonical_text({name: value})[1:-1] for name, value in sieve.holding]
        return _FEED.format(self._mark, " ".join(conditions), self._mark), (*sieve.types, *texts)

    def head(self) -> int:
        """The position of the last event; 0 for an empty log."""
        with self._database.driver() as connection:
            return int(connection.execute(_HEAD).fetchone()[0])

    def _events(self, rows: Sequence[tuple[Any, ...]]) -> list[Event]:
        site, service, instant, day = self._site, self._service, self._instant, self._day
        contents = json.loads(f"[{','.join([row[_DATA] for row in rows])}]")  # at once: half the time of one by one
        return [
            Event(
                identity, site, service, position, stream, version, kind, schema, data, instant(at), day(on), actor, correlation, causation
            )
            for (identity, position, stream, version, kind, schema, _, at, on, actor, correlation, causation), data in zip(
                rows, contents, strict=True
            )
        ]


def _within_bound(texts: list[str]) -> int:
    """How many of these, from the first on, are a page."""
    if 4 * sum(map(len, texts)) <= PAGE_BYTES_MAX:  # a letter takes at most four bytes
        return len(texts)
    size = 0
    for count, text in enumerate(texts):
        size += len(text.encode())
        if count and size > PAGE_BYTES_MAX:
            return count
    return len(texts)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _same(day: date) -> date:
    return day


def _utc_from_text(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


_Forms = tuple[str, str, Callable[[Any], datetime], Callable[[Any], date]]
_FORMS: dict[str, _Forms] = {
    "postgresql": ("%s", "strpos(data, %s) > 0", _utc, _same),
    "sqlite": ("?", "instr(data, ?) > 0", _utc_from_text, date.fromisoformat),
}
"""Per database: the mark of a parameter, whether the data holds a text, and what makes an instant and a date of what the driver gives."""

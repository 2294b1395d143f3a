"""Read models: tables folded from the feeds of services, disposable and rebuilt beside the live ones.

Rows and cursor move in one transaction, and the cursor only from where it stood: a page that comes twice, late or out of order changes
nothing, a gap is filled from the producer's feed before anything after it is folded.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.bounds import FOLD_ATTEMPTS_MAX, FOLD_PAUSE_SECONDS, TEXT_MAX
from shared.calendar import utc_now
from shared.errors import CommendationError, NotFound, PageRefused, Unavailable, ValidationFailed
from shared.event import Event
from shared.failpoints import reached
from shared.feed.page import Page
from shared.schema import SchemaUnknown
from shared.store.database import Database, Instant
from shared.telemetry import logger

log = logger(__name__)

bookkeeping = sa.MetaData()

generations = sa.Table(
    "view_generations",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # live | building | retired
)

cursors = sa.Table(
    "view_cursors",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

parked = sa.Table(
    "view_parked",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("stream", sa.String(450), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Column("parked_at", Instant, nullable=False),
)

# Not of a generation: what an operator decided holds for those that are built later, too.
discards = sa.Table(
    "view_discards",
    bookkeeping,
    sa.Column("model", sa.String(50), primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.String(450), nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("discarded_at", Instant, nullable=False),
)

# Both in one question a page: the streams in which an event is parked, and the events of the page that were discarded.
_EXCEPTIONS = sa.union_all(
    sa.select(parked.c.stream, sa.cast(sa.null(), sa.BigInteger).label("position")).where(
        parked.c.model == sa.bindparam("of_model"),
        parked.c.generation == sa.bindparam("of_generation"),
        parked.c.site == sa.bindparam("of_site"),
        parked.c.service == sa.bindparam("of_service"),
    ),
    sa.select(discards.c.stream, discards.c.position).where(
        discards.c.model == sa.bindparam("of_model"),
        discards.c.site == sa.bindparam("of_site"),
        discards.c.service == sa.bindparam("of_service"),
        discards.c.position.between(sa.bindparam("first"), sa.bindparam("last")),
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands: the log of a service at a site, and the position in it."""

    site: str
    service: str
    position: int

    def __str__(self) -> str:
        return f"position {self.position} of {self.service} at {self.site}"


class RebuildShort(CommendationError):
    """A rebuild cannot reach what the live rows hold; they stay as they are."""

    code = "rebuild_short"


_LAST_TRACE = "\nWhen it was last tried again:\n"


def _not_parked(place: Place, model: ReadModel) -> NotFound:
    return NotFound(
        f"Nothing is parked at {place} by the read model {model.name}; list what is.",
        model=model.name,
        site=place.site,
        service=place.service,
        position=place.position,
    )


Key = tuple[Any, ...]
Row = dict[str, Any]


@lru_cache(maxsize=512)
def _names(table: sa.Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of all columns and of the key's: asking SQLAlchemy for each row takes longer than folding it."""
    return tuple(column.name for column in table.columns), tuple(column.name for column in table.primary_key)


class Rows:
    """The rows that a page touches, gathered in memory and written in one statement a table.

    A fold reads and writes rows here only, so it is a function of rows and event and can be tried without a database.
    """

    def __init__(self, load: Callable[[sa.Table, Mapping[str, Any]], Row | None] = lambda _table, _key: None) -> None:
        self._load = load
        self._rows: dict[sa.Table, dict[Key, Row | None]] = {}
        self._changed: dict[sa.Table, dict[Key, None]] = {}

    def get(self, table: sa.Table, **key: Any) -> Row | None:
        """The row of this key as it stands in the page, or None."""
        rows = self._rows.setdefault(table, {})
        at = tuple(key[name] for name in _names(table)[1])
        if at not in rows:
            rows[at] = self._load(table, key)
        found = rows[at]
        return None if found is None else dict(found)

    def put(self, table: sa.Table, **row: Any) -> None:
        """Write a whole row in place of whatever has its key; columns not named are null."""
        names, key = _names(table)
        whole = {name: row.pop(name, None) for name in names}
        if row:
            raise TypeError(f"{table.name} has no column {', '.join(row)}")
        at = tuple(whole[name] for name in key)
        self._rows.setdefault(table, {})[at] = whole
        self._changed.setdefault(table, {})[at] = None

    def change(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> None:
        """Set some columns of a row; a row that is not there yet is made with what is known."""
        self.put(table, **{**(self.get(table, **key) or dict(key)), **values})

    def remove(self, table: sa.Table, **key: Any) -> None:
        at = tuple(key[name] for name in _names(table)[1])
        self._rows.setdefault(table, {})[at] = None
        self._changed.setdefault(table, {})[at] = None

    def changes(self) -> Iterator[tuple[sa.Table, list[Row], list[Row]]]:
        """Per table: the rows to write and the keys to remove."""
        for table, keys in self._changed.items():
            rows = self._rows[table]
            names = _names(table)[1]
            written = [row for at in keys if (row := rows[at]) is not None]
            yield table, written, [dict(zip(names, at, strict=True)) for at in keys if rows[at] is None]


Fold = Callable[[Rows, Event], None]


@dataclass
class ReadModel:
    """What a read model is: its tables, the feeds it follows, and a fold per event type or for all events of a service.

    version: raise it when tables or folds change; the model is then built anew.
    """

    name: str
    version: int
    metadata: sa.MetaData = field(default_factory=sa.MetaData)
    folds: dict[str, Fold] = field(default_factory=dict)
    every: dict[str, Fold] = field(default_factory=dict)
    versions: dict[str, frozenset[int]] = field(default_factory=dict)

    def on(self, *types: str, versions: Collection[int] = (1,)) -> Callable[[Fold], Fold]:
        """Register a fold for events of these types ("service.EventName") in the versions of their schemas that it knows.

        An event of another version is parked until a release that knows it folds it.
        """

        def register(fold: Fold) -> Fold:
            for name in types:
                self.folds[name] = fold
                self.versions[name] = frozenset(versions)
            return fold

        return register

    def on_every(self, *services: str) -> Callable[[Fold], Fold]:
        """Register a fold for all events of these services, those too that this release does not know.

        It runs after the fold of the event's type, where there is one.
        """

        def register(fold: Fold) -> Fold:
            for name in services:
                self.every[name] = fold
            return fold

        return register

    def folds_of(self, event: Event) -> list[Fold]:
        """The folds that this event goes through.

        Raises SchemaUnknown for a version that the fold of its type does not know: to guess at its data would make wrong rows.
        """
        if event.type in self.folds and event.schema not in self.versions.get(event.type, ()):
            raise SchemaUnknown(
                f"Event {event.type} version {event.schema} at position {event.position} of {event.service} at {event.site} is not "
                f"known to read model {self.name} of this release; upgrade it, then retry the parked events.",
                type=event.type,
                schema=event.schema,
            )
        return [fold for fold in (self.folds.get(event.type), self.every.get(event.service)) if fold is not None]

    def include(self, part: ReadModel) -> None:
        """Take in the tables and folds of a smaller model that several services share."""
        for table in part.metadata.tables.values():
            table.to_metadata(self.metadata)
        own = {name: self.metadata.tables[name] for name in part.metadata.tables}
        for name, fold in part.folds.items():
            self.folds[name] = lambda rows, event, fold=fold: fold(_Renamed(rows, own), event)  # type: ignore[misc]
        self.versions |= part.versions
        for name, fold in part.every.items():
            self.every[name] = lambda rows, event, fold=fold: fold(_Renamed(rows, own), event)  # type: ignore[misc]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The services whose events this model folds."""
        return tuple(sorted({name.split(".", 1)[0] for name in self.folds} | set(self.every)))


class _Renamed(Rows):
    """Rows seen by an included model, whose tables stand under the same names in the including one."""

    def __init__(self, rows: Rows, tables: Mapping[str, sa.Table]) -> None:
        self._inner = rows
        self._tables = tables

    def get(self, table: sa.Table, **key: Any) -> Row | None:
        return self._inner.get(self._tables[table.name], **key)

    def put(self, table: sa.Table, **row: Any) -> None:
        self._inner.put(self._tables[table.name], **row)

    def change(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> None:
        self._inner.change(self._tables[table.name], key, **values)

    def remove(self, table: sa.Table, **key: Any) -> None:
        self._inner.remove(self._tables[table.name], **key)


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the live generation: `reading[table]` is the table to select from, on `reading.connection`."""

    connection: sa.Connection
    generation: int
    tables: Mapping[str, sa.Table]

    def __getitem__(self, table: sa.Table) -> sa.Table:
        return self.tables[table.name]

    def all(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        return [dict(row) for row in self.connection.execute(statement).mappings()]

    def one(self, statement: sa.Select[Any]) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self.connection.execute(statement).mappings().first()
        return None if row is None else dict(row)


Fetch = Callable[[str, int], Sequence[Event]]
"""fetch(service, after): the next events of a producer's feed, empty at its end; raises Unavailable."""


class Projector:
    """Keeps one read model in step with the feeds that it follows."""

    def __init__(
        self,
        database: Database,
        model: ReadModel,
        *,
        clock: Callable[[], datetime] = utc_now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.database = database
        self.model = model
        self._clock = clock
        self._pause = pause
        self._copies: dict[int, dict[str, sa.Table]] = {}

    def prepare(self) -> None:
        """Create bookkeeping and the first generation; a model of another version starts a new one from position 0."""
        self.database.create(bookkeeping)
        with self.database.write() as connection:
            live = connection.execute(
                sa.select(generations).where(generations.c.model == self.model.name, generations.c.state == "live")
            ).one_or_none()
            if live is not None and live.version == self.model.version:
                return
            self._discard_retired(connection)
            self._begin(connection, state="live")
            if live is not None:
                self._retire(connection, live.generation)

    def cursor(self, site: str, service: str, generation: int | None = None) -> int:
        """The last position of a feed that is in the rows."""
        with self.database.read() as connection:
            return self._cursor(connection, generation or self._live(connection), site, service)

    def cursors(self, home: str) -> list[dict[str, Any]]:
        """Where the live generation stands in each feed: rows of site, service, position; 0 for a feed of the home site not begun."""
        with self.database.read() as connection:
            query = sa.select(cursors.c.site, cursors.c.service, cursors.c.position).where(
                cursors.c.model == self.model.name, cursors.c.generation == self._live(connection)
            )
            begun = {(row.site, row.service): int(row.position) for row in connection.execute(query)}
        every = {(home, service): 0 for service in self.model.feeds} | begun
        return [{"site": site, "service": service, "position": at} for (site, service), at in sorted(every.items())]

    def parked(self) -> list[dict[str, Any]]:
        """The events that could not be folded, and those of their streams that wait behind them."""
        with self.database.read() as connection:
            return self._parked(connection, self._live(connection))

    def discarded(self) -> list[dict[str, Any]]:
        """The events that operators have left out of this model, with reason, actor and time."""
        query = sa.select(discards).where(discards.c.model == self.model.name)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(discards.c.site, discards.c.service, discards.c.position)).mappings()
            return [dict(row) for row in rows]

    def show(self, place: Place) -> dict[str, Any]:
        """One parked event with its CloudEvent (`event`), error and trace.

        Raises NotFound.
        """
        with self.database.read() as connection:
            query = sa.select(parked).where(*self._at(parked, place), parked.c.generation == self._live(connection))
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise _not_parked(place, self.model)
        return {**row, "event": json.loads(row["event"])}

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A transaction over the live generation."""
        with self.database.read() as connection:
            generation = self._live(connection)
            yield Reading(connection, generation, self._tables(generation))

    def receive(self, page: Page, fetch: Fetch) -> int:
        """Fold what a page brings beyond the cursor, filling a gap first; the number of events folded.

        Raises Unavailable when the producer or the database does not answer: nothing is lost, the page or the next announcement
        starts it again.
        """
        with self.database.read() as connection:
            generation = self._live(connection)
        return self._advance(generation, page, fetch)

    def _advance(self, generation: int, page: Page, fetch: Fetch) -> int:
        folded = 0
        position = self.cursor(page.site, page.service, generation)
        while position < page.first - 1:
            missing = fetch(page.service, position)
            if not missing:
                return folded
            folded += self._fold(generation, Page.of(missing))
            position = missing[-1].position
        rest = page.after(position)
        if rest.events:
            folded += self._fold(generation, rest)
        return folded

    def _fold(self, generation: int, page: Page) -> int:
        try:
            self._fold_together(generation, page, page.events)
        except (OperationalError, InterfaceError) as error:
            raise Unavailable(f"The database of read model {self.model.name} does not answer: {error}") from error
        except PageRefused:
            raise
        except Exception:
            # one of these events cannot be folded: each for itself, so that only that one waits
            for event in page.events:
                self._fold_or_park(generation, Page.of([event]))
        return len(page.events)

    def _fold_or_park(self, generation: int, page: Page) -> None:
        pause = FOLD_PAUSE_SECONDS
        for attempt in range(1, FOLD_ATTEMPTS_MAX + 1):
            try:
                self._fold_together(generation, page, page.events)
            except (OperationalError, InterfaceError, PageRefused):
                raise
            except SchemaUnknown as error:
                # another try tells this release nothing new
                self._park(generation, page, error, attempt)
                return
            except Exception as error:
                if attempt == FOLD_ATTEMPTS_MAX:
                    self._park(generation, page, error, attempt)
                    return
                self._pause(pause)
                pause *= 2
            else:
                return

    def _fold_together(self, generation: int, page: Page, events: Sequence[Event]) -> None:
        with self.database.write() as connection:
            self._move(connection, generation, page)
            waiting, discarded = self._exceptions(connection, generation, page)
            rows = self._rows(connection, generation)
            for event in events:
                if event.position in discarded:
                    continue
                folds = self.model.folds_of(event)
                if not folds:
                    continue
                if event.stream in waiting:
                    self._keep(connection, generation, event, 0, "waits behind a parked event of its stream", "")
                else:
                    for fold in folds:
                        fold(rows, event)
            self._flush(connection, generation, rows)
            reached("fold.before_commit")

    def _move(self, connection: sa.Connection, generation: int, page: Page) -> None:
        """Move the cursor from just before the page to its end; the row lock orders concurrent subscribers."""
        here = (
            (cursors.c.model == self.model.name)
            & (cursors.c.generation == generation)
            & (cursors.c.site == page.site)
            & (cursors.c.service == page.service)
        )
        if page.first == 1:
            connection.execute(
                self.database.insert(cursors)
                .values(model=self.model.name, generation=generation, site=page.site, service=page.service, position=0)
                .on_conflict_do_nothing()
            )
        moved = connection.execute(cursors.update().where(here, cursors.c.position == page.first - 1).values(position=page.last))
        if moved.rowcount != 1:
            raise PageRefused(
                f"Page {page.first} to {page.last} of {page.service} at {page.site} does not follow the cursor.",
                first=page.first,
                last=page.last,
            )

    def _park(self, generation: int, page: Page, error: Exception, attempts: int) -> None:
        (event,) = page.events
        trace = "".join(traceback.format_exception(error))
        log.error("event_parked", model=self.model.name, event_id=event.id, type=event.type, error=repr(error))
        with self.database.write() as connection:
            self._move(connection, generation, page)
            self._keep(connection, generation, event, attempts, repr(error), trace)

    def _keep(self, connection: sa.Connection, generation: int, event: Event, attempts: int, error: str, trace: str) -> None:
        connection.execute(
            parked.insert().values(
                model=self.model.name,
                generation=generation,
                site=event.site,
                service=event.service,
                position=event.position,
                stream=event.stream,
                event=json.dumps(event.to_cloudevent()),
                attempts=attempts,
                error=error,
                trace=trace,
                parked_at=self._clock(),
            )
        )

    def retry_parked(self, place: Place | None = None) -> int:
        """Fold the parked events again, in order; of a place, those of its stream. The number that is parked no more.

        An event that fails again counts one attempt more and keeps its stream waiting; its first trace is kept beside the last one.
        Raises NotFound when nothing is parked at the place.
        """
        wanted = None if place is None else self.show(place)["stream"]
        with self.database.read() as connection:
            generation = self._live(connection)
        return self._work_off(generation, None if place is None else (place.site, place.service, str(wanted)))

    def discard(self, place: Place, *, reason: str, actor: str) -> dict[str, Any]:
        """Leave a parked event out of this model for good, then fold what waited behind it: {"freed": int, "repeated": bool}.

        It is recorded with reason and actor, and holds for every later rebuild; the log keeps the event. The second time it says
        that it is repeated, and only works off what still waits.
        Raises NotFound when nothing is parked at the place, ValidationFailed without a reason.
        """
        reason = reason.strip()
        if not reason or len(reason) > TEXT_MAX:
            message = f"Give a reason of 1 to {TEXT_MAX} letters."
            raise ValidationFailed(f"The event at {place} is not discarded: {message}", errors=[{"at": "reason", "message": message}])
        with self.database.write() as connection:
            known = connection.execute(sa.select(discards.c.stream).where(*self._at(discards, place))).scalar_one_or_none()
            stream = known or self._discard_at(connection, place, reason, actor)
            running = sa.select(generations.c.generation, generations.c.state).where(
                generations.c.model == self.model.name, generations.c.state.in_(("live", "building"))
            )
            states = {state: generation for generation, state in connection.execute(running)}
        freed = {state: self._work_off(generation, (place.site, place.service, stream)) for state, generation in states.items()}
        return {"freed": freed["live"], "repeated": known is not None}

    def _discard_at(self, connection: sa.Connection, place: Place, reason: str, actor: str) -> str:
        live = self._live(connection)
        self._hold(connection, live)
        row = connection.execute(sa.select(parked).where(*self._at(parked, place), parked.c.generation == live)).one_or_none()
        if row is None:
            raise _not_parked(place, self.model)
        event = Event.from_cloudevent(json.loads(row.event))
        connection.execute(
            discards.insert().values(
                model=self.model.name,
                site=place.site,
                service=place.service,
                position=place.position,
                stream=event.stream,
                event=event.id,
                reason=reason,
                actor=actor,
                discarded_at=self._clock(),
            )
        )
        connection.execute(parked.delete().where(*self._at(parked, place)))
        log.warning("event_discarded", model=self.model.name, event_id=event.id, type=event.type, reason=reason, actor=actor)
        return event.stream

    def _work_off(self, generation: int, stream: tuple[str, str, str] | None) -> int:
        """Fold what is parked, of one stream (site, service, name) or of all, until nothing is left or the rest has failed."""
        freed = 0
        failed: set[tuple[str, str, str]] = set()
        while True:
            with self.database.read() as connection:
                rows = [(row, (row["site"], row["service"], row["stream"])) for row in self._parked(connection, generation)]
            # again after each round: the feed goes on meanwhile, and parks behind what is not yet worked off
            left = [(row, of) for row, of in rows if of not in failed and stream in (None, of)]
            if not left:
                return freed
            for row, of in left:
                if of not in failed:
                    folded = self._fold_parked(generation, row)
                    freed += folded is True
                    failed |= {of} if folded is None else set()

    def _fold_parked(self, generation: int, row: Mapping[str, Any]) -> bool | None:
        """Whether this parked event was folded; False when it is parked no more, None when it failed again."""
        event = Event.from_cloudevent(json.loads(row["event"]))
        place = Place(event.site, event.service, event.position)
        here = [*self._at(parked, place), parked.c.generation == generation]
        try:
            with self.database.write() as connection:
                # a page folded at the same time could park behind this event after it has gone, or write the same rows
                self._hold(connection, generation)
                if connection.execute(parked.delete().where(*here)).rowcount != 1:
                    return False
                if connection.execute(sa.select(discards.c.event).where(*self._at(discards, place))).first() is not None:
                    return False
                rows = self._rows(connection, generation)
                for fold in self.model.folds_of(event):
                    fold(rows, event)
                self._flush(connection, generation, rows)
                return True
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.warning("parked_event_failed_again", model=self.model.name, event_id=event.id, error=repr(error))
            first = row["trace"].split(_LAST_TRACE, 1)[0]
            last = "".join(traceback.format_exception(error))
            trace = f"{first}{_LAST_TRACE}{last}" if first else last
            with self.database.write() as connection:
                connection.execute(parked.update().where(*here).values(attempts=parked.c.attempts + 1, error=repr(error), trace=trace))
            return None

    def _drop_discarded(self, generation: int) -> None:
        """Work off what was discarded just while a rebuild parked it."""
        same = [parked.c[name] == discards.c[name] for name in ("model", "site", "service", "position")]
        query = sa.select(parked.c.site, parked.c.service, parked.c.stream).join(discards, sa.and_(*same)).distinct()
        with self.database.read() as connection:
            streams = connection.execute(query.where(parked.c.model == self.model.name, parked.c.generation == generation)).all()
        for site, service, stream in streams:
            self._work_off(generation, (site, service, stream))

    def _parked(self, connection: sa.Connection, generation: int) -> list[dict[str, Any]]:
        query = sa.select(parked).where(parked.c.model == self.model.name, parked.c.generation == generation)
        rows = connection.execute(query.order_by(parked.c.site, parked.c.service, parked.c.position)).mappings()
        return [dict(row) for row in rows]

    def _at(self, table: sa.Table, place: Place) -> list[sa.ColumnElement[bool]]:
        return [
            table.c.model == self.model.name,
            table.c.site == place.site,
            table.c.service == place.service,
            table.c.position == place.position,
        ]

    def _hold(self, connection: sa.Connection, generation: int) -> Sequence[sa.Row[Any]]:
        """Keep the cursors of a generation where they are to the end of the transaction, taken in one order against deadlocks."""
        query = sa.select(cursors).where(cursors.c.model == self.model.name, cursors.c.generation == generation)
        return connection.execute(query.order_by(cursors.c.site, cursors.c.service).with_for_update()).all()

    def rebuild(self, site: str, fetch: Fetch, progress: Callable[[str, int], None] = lambda _s, _p: None) -> int:
        """Build the model anew beside the live one and switch when it has caught up; the new generation's number.

        A rebuild that was killed goes on where it stood. Readers see the old rows until the switch, then the new ones.
        Raises RebuildShort when the feeds end before what the live rows hold.
        """
        with self.database.write() as connection:
            self._discard_retired(connection)
            building = connection.execute(
                sa.select(generations).where(generations.c.model == self.model.name, generations.c.state == "building")
            ).one_or_none()
            if building is not None and building.version != self.model.version:
                self._discard(connection, building.generation)
                building = None
            generation = self._begin(connection, state="building") if building is None else building.generation
        while True:
            folded = 0
            for service in self.model.feeds:
                position = self.cursor(site, service, generation)
                while events := fetch(service, position):
                    folded += self._fold(generation, Page.of(events))
                    position = events[-1].position
                    progress(service, position)
            if self._go_live(generation):
                reached("rebuild.after_go_live")
                self._drop_discarded(generation)
                return generation
            if not folded:
                raise RebuildShort(
                    f"The feeds of {', '.join(self.model.feeds)} at {site} end before what the live rows of {self.model.name} hold: a "
                    "service was restored to an earlier state, or another site's events are in them. The live rows stay; verify the "
                    "logs first.",
                    model=self.model.name,
                )

    def _go_live(self, generation: int) -> bool:
        with self.database.write() as connection:
            live = self._live(connection)
            # the live rows must not move on between the comparison and the switch
            for row in self._hold(connection, live):
                if self._cursor(connection, generation, row.site, row.service) < row.position:
                    return False
            connection.execute(
                generations.update()
                .where(generations.c.model == self.model.name, generations.c.generation == generation)
                .values(state="live")
            )
            self._retire(connection, live)
            reached("rebuild.before_go_live")
            return True

    def _begin(self, connection: sa.Connection, *, state: str) -> int:
        last = connection.execute(
            sa.select(sa.func.coalesce(sa.func.max(generations.c.generation), 0)).where(generations.c.model == self.model.name)
        ).scalar_one()
        generation = int(last) + 1
        for table in self._tables(generation).values():
            table.create(connection, checkfirst=True)
        connection.execute(
            generations.insert().values(model=self.model.name, generation=generation, version=self.model.version, state=state)
        )
        return generation

    def _retire(self, connection: sa.Connection, generation: int) -> None:
        """Fold into a generation no more. Its tables stay until the next one is begun, for whoever is reading them now."""
        for table in (cursors, parked):
            connection.execute(table.delete().where(table.c.model == self.model.name, table.c.generation == generation))
        connection.execute(
            generations.update()
            .where(generations.c.model == self.model.name, generations.c.generation == generation)
            .values(state="retired")
        )

    def _discard_retired(self, connection: sa.Connection) -> None:
        query = sa.select(generations.c.generation).where(generations.c.model == self.model.name, generations.c.state == "retired")
        for generation in connection.execute(query).scalars().all():
            self._discard(connection, generation)

    def _discard(self, connection: sa.Connection, generation: int) -> None:
        for name in self.model.metadata.tables:
            connection.execute(sa.text(f'DROP TABLE IF EXISTS "{name}__{generation}"'))
        for table in (generations, cursors, parked):
            connection.execute(table.delete().where(table.c.model == self.model.name, table.c.generation == generation))

    def _live(self, connection: sa.Connection) -> int:
        return int(
            connection.execute(
                sa.select(generations.c.generation).where(generations.c.model == self.model.name, generations.c.state == "live")
            ).scalar_one()
        )

    def _cursor(self, connection: sa.Connection, generation: int, site: str, service: str) -> int:
        found = connection.execute(
            sa.select(cursors.c.position).where(
                cursors.c.model == self.model.name,
                cursors.c.generation == generation,
                cursors.c.site == site,
                cursors.c.service == service,
            )
        ).scalar_one_or_none()
        return int(found or 0)

    def _exceptions(self, connection: sa.Connection, generation: int, page: Page) -> tuple[set[str], set[int]]:
        """The streams of this feed that wait behind a parked event, and the positions of the page that were discarded."""
        asked = {
            "of_model": self.model.name,
            "of_generation": generation,
            "of_site": page.site,
            "of_service": page.service,
            "first": page.first,
            "last": page.last,
        }
        found = connection.execute(_EXCEPTIONS, asked).all()
        return {stream for stream, position in found if position is None}, {position for _, position in found if position is not None}

    def _tables(self, generation: int) -> dict[str, sa.Table]:
        if generation not in self._copies:
            metadata = sa.MetaData()
            self._copies[generation] = {
                name: table.to_metadata(metadata, name=f"{name}__{generation}") for name, table in self.model.metadata.tables.items()
            }
        return self._copies[generation]

    def _rows(self, connection: sa.Connection, generation: int) -> Rows:
        return Rows(lambda table, key: self._load(connection, generation, table, key))

    def _load(self, connection: sa.Connection, generation: int, table: sa.Table, key: Mapping[str, Any]) -> Row | None:
        copy = self._tables(generation)[table.name]
        row = connection.execute(sa.select(copy).where(*(copy.c[name] == value for name, value in key.items()))).first()
        return None if row is None else dict(row._mapping)

    def _flush(self, connection: sa.Connection, generation: int, rows: Rows) -> None:
        for table, written, removed in rows.changes():
            copy = self._tables(generation)[table.name]
            if written:
                names = [column.name for column in copy.primary_key]
                insert = self.database.insert(copy)
                values = {column.name: insert.excluded[column.name] for column in copy.columns if column.name not in names}
                statement = insert.on_conflict_do_update(index_elements=names, set_=values) if values else insert.on_conflict_do_nothing()
                connection.execute(statement, written)
            for key in removed:
                connection.execute(copy.delete().where(*(copy.c[name] == value for name, value in key.items())))

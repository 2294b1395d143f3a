"""What cannot be folded: parked with its error, those of its stream behind it, until it is retried or discarded."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.bounds import TEXT_MAX
from shared.errors import NotFound, ValidationFailed
from shared.event import Event
from shared.feed.page import Page
from shared.projection.cursors import Cursors
from shared.projection.flush import flush, gathering
from shared.projection.generations import Generations
from shared.projection.model import ReadModel
from shared.projection.tables import discards, parked
from shared.store.database import Database
from shared.telemetry import logger

log = logger(__name__)

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


Stream = tuple[str, str, str]
"""Site, service and name."""


class Parked:
    """The parked and discarded events of one read model."""

    def __init__(
        self, database: Database, model: ReadModel, generations: Generations, cursors: Cursors, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._model = model
        self._generations = generations
        self._cursors = cursors
        self._clock = clock

    def all(self, connection: sa.Connection, generation: int) -> list[dict[str, Any]]:
        """The events that could not be folded, and those of their streams that wait behind them."""
        query = sa.select(parked).where(parked.c.model == self._model.name, parked.c.generation == generation)
        rows = connection.execute(query.order_by(parked.c.site, parked.c.service, parked.c.position)).mappings()
        return [dict(row) for row in rows]

    def discarded(self, connection: sa.Connection) -> list[dict[str, Any]]:
        """The events that operators have left out, with reason, actor and time."""
        query = sa.select(discards).where(discards.c.model == self._model.name)
        rows = connection.execute(query.order_by(discards.c.site, discards.c.service, discards.c.position)).mappings()
        return [dict(row) for row in rows]

    def show(self, connection: sa.Connection, generation: int, place: Place) -> dict[str, Any]:
        """One parked event with its CloudEvent (`event`), first and last error, and the trace of each.

        Raises NotFound.
        """
        query = sa.select(parked).where(*self._at(parked, place), parked.c.generation == generation)
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise self._not_parked(place)
        return {**row, "event": json.loads(row["event"])}

    def exceptions(self, connection: sa.Connection, generation: int, page: Page) -> tuple[set[str], set[int]]:
        """The streams of this feed that wait behind a parked event, and the positions of the page that were discarded."""
        asked = {
            "of_model": self._model.name,
            "of_generation": generation,
            "of_site": page.site,
            "of_service": page.service,
            "first": page.first,
            "last": page.last,
        }
        found = connection.execute(_EXCEPTIONS, asked).all()
        return {stream for stream, position in found if position is None}, {position for _, position in found if position is not None}

    def park(self, connection: sa.Connection, generation: int, event: Event, errors: Sequence[Exception]) -> None:
        """Put an event aside that could not be folded. errors: of each attempt, the first one first."""
        first, last = errors[0], errors[-1]
        log.error("event_parked", model=self._model.name, event_id=event.id, type=event.type, error=repr(last))
        now = self._clock()
        self._keep(
            connection,
            generation,
            event,
            attempts=len(errors),
            first_error=repr(first),
            first_trace=_trace(first),
            last_error=repr(last),
            last_trace=_trace(last),
            parked_at=now,
            tried_at=now,
        )

    def park_behind(self, connection: sa.Connection, generation: int, event: Event) -> None:
        """Put an event aside whose stream waits; it has not been tried."""
        self._keep(connection, generation, event, attempts=0, parked_at=self._clock())

    def _keep(self, connection: sa.Connection, generation: int, event: Event, **told: Any) -> None:
        connection.execute(
            parked.insert().values(
                model=self._model.name,
                generation=generation,
                site=event.site,
                service=event.service,
                position=event.position,
                stream=event.stream,
                event=json.dumps(event.to_cloudevent()),
                **told,
            )
        )

    def discard(self, connection: sa.Connection, place: Place, reason: str, actor: str) -> tuple[str, bool]:
        """Record that a parked event is left out; its stream, and whether that was recorded before.

        A generation that is built meanwhile parks it, too, and works it off before it becomes live.
        Raises NotFound when nothing is parked at the place, ValidationFailed without a reason.
        """
        reason = reason.strip()
        if not reason or len(reason) > TEXT_MAX:
            message = f"Give a reason of 1 to {TEXT_MAX} letters."
            raise ValidationFailed(f"The event at {place} is not discarded: {message}", errors=[{"at": "reason", "message": message}])
        known = connection.execute(sa.select(discards.c.stream).where(*self._at(discards, place))).scalar_one_or_none()
        if known is not None:
            return str(known), True
        here = [*self._at(parked, place), parked.c.generation == self._held(connection)]
        row = connection.execute(sa.select(parked).where(*here)).one_or_none()
        if row is None:
            raise self._not_parked(place)
        event = Event.from_cloudevent(json.loads(row.event))
        connection.execute(
            discards.insert().values(
                model=self._model.name,
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
        connection.execute(parked.delete().where(*here))
        log.warning("event_discarded", model=self._model.name, event_id=event.id, type=event.type, reason=reason, actor=actor)
        return event.stream, False

    def _held(self, connection: sa.Connection) -> int:
        """The generation that is followed, which stays so to the end of the transaction."""
        while True:
            generation, _ = self._generations.followed(connection)
            self._cursors.hold(connection, generation)
            if self._generations.followed(connection)[0] == generation:
                return generation

    def work_off(self, generation: int, stream: Stream | None) -> int:
        """Fold what is parked, of one stream or of all, until nothing is left or the rest has failed; the number folded."""
        freed = 0
        failed: set[Stream] = set()
        while True:
            with self._database.read() as connection:
                rows = [(row, (row["site"], row["service"], row["stream"])) for row in self.all(connection, generation)]
            # again after each round: the feed goes on meanwhile, and parks behind what is not yet worked off
            left = [(row, of) for row, of in rows if of not in failed and stream in (None, of)]
            if not left:
                return freed
            for row, of in left:
                if of not in failed:
                    folded = self._fold_again(generation, row)
                    freed += folded is True
                    failed |= {of} if folded is None else set()

    def discarded_streams(self, connection: sa.Connection, generation: int) -> list[Stream]:
        """The streams in which something is parked that was discarded meanwhile."""
        found = sa.select(parked.c.site, parked.c.service, parked.c.stream).where(*self._discarded_in(generation)).distinct()
        return [(row.site, row.service, row.stream) for row in connection.execute(found)]

    def work_off_discarded(self, generation: int) -> None:
        """Work off what was discarded while a rebuild had it parked."""
        with self._database.read() as connection:
            streams = self.discarded_streams(connection, generation)
        if not streams:
            return
        for stream in streams:
            self.work_off(generation, stream)
        # those that wait behind another that fails still
        with self._database.write() as connection:
            connection.execute(parked.delete().where(*self._discarded_in(generation)))

    def _discarded_in(self, generation: int) -> list[sa.ColumnElement[bool]]:
        same = [parked.c[name] == discards.c[name] for name in ("model", "site", "service", "position")]
        return [parked.c.model == self._model.name, parked.c.generation == generation, sa.exists().where(*same)]

    def parked_only_by(self, connection: sa.Connection, one: int, other: int) -> list[Place]:
        """What the one generation has parked and the other has not."""
        of = sa.alias(parked)
        same = [of.c[name] == parked.c[name] for name in ("model", "site", "service", "position")]
        query = sa.select(parked.c.site, parked.c.service, parked.c.position).where(
            parked.c.model == self._model.name,
            parked.c.generation == one,
            ~sa.exists().where(*same, of.c.generation == other),
        )
        found = connection.execute(query.order_by(parked.c.site, parked.c.service, parked.c.position))
        return [Place(row.site, row.service, row.position) for row in found]

    def _fold_again(self, generation: int, row: Mapping[str, Any]) -> bool | None:
        """Whether this parked event was folded; False when it is parked no more, None when it failed again."""
        event = Event.from_cloudevent(json.loads(row["event"]))
        place = Place(event.site, event.service, event.position)
        here = [*self._at(parked, place), parked.c.generation == generation]
        try:
            with self._database.write() as connection:
                # a page folded at the same time could park behind this event after it has gone, or write the same rows
                self._cursors.hold(connection, generation)
                if connection.execute(parked.delete().where(*here)).rowcount != 1:
                    return False
                if connection.execute(sa.select(discards.c.event).where(*self._at(discards, place))).first() is not None:
                    return False
                tables = self._generations.tables(generation)
                rows = gathering(connection, tables)
                for fold in self._model.folds_of(event):
                    fold(rows, event)
                flush(self._database, connection, tables, rows)
                return True
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.warning("parked_event_failed_again", model=self._model.name, event_id=event.id, error=repr(error))
            told, trace = repr(error), _trace(error)
            with self._database.write() as connection:
                connection.execute(
                    parked.update()
                    .where(*here)
                    .values(
                        attempts=parked.c.attempts + 1,
                        first_error=sa.func.coalesce(parked.c.first_error, told),
                        first_trace=sa.func.coalesce(parked.c.first_trace, trace),
                        last_error=told,
                        last_trace=trace,
                        tried_at=self._clock(),
                    )
                )
            return None

    def _at(self, table: sa.Table, place: Place) -> list[sa.ColumnElement[bool]]:
        return [
            table.c.model == self._model.name,
            table.c.site == place.site,
            table.c.service == place.service,
            table.c.position == place.position,
        ]

    def _not_parked(self, place: Place) -> NotFound:
        return NotFound(
            f"Nothing is parked at {place} by the read model {self._model.name}; list what is.",
            model=self._model.name,
            site=place.site,
            service=place.service,
            position=place.position,
        )


def _trace(error: Exception) -> str:
    return "".join(traceback.format_exception(error))

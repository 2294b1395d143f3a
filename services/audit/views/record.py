"""Every event of every service, in the order of its log, with its canonical bytes and their digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from services.audit.domain import Entry, chained, digest_of, merkle
from services.audit.views import trees
from services.audit.views.finals import note_final
from services.audit.views.model import MODEL
from shared import access
from shared.bounds import PAGE_EVENTS_MAX
from shared.calendar import legal_date
from shared.config import PRODUCERS
from shared.event import Event
from shared.projection import Projector, Reading, Rows
from shared.store.database import Instant

entries = sa.Table(
    "entries",
    MODEL.metadata,
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.BigInteger, nullable=False),
    sa.Column("event", sa.String(36), nullable=False, index=True),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("type", sa.String(100), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("correlation", sa.String(100), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("site", "service", "place"),
)
logs = sa.Table(
    "logs",
    MODEL.metadata,
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("events", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
)


@MODEL.on_every(*PRODUCERS)
def _recorded(rows: Rows, event: Event) -> None:
    body = event.canonical()
    digest = digest_of(body)
    log = rows.get(logs, site=event.site, service=event.service) or {"events": 0, "last": 0, "digest": ""}
    place = log["events"] + 1
    rows.put(
        entries,
        site=event.site,
        service=event.service,
        position=event.position,
        place=place,
        event=event.id,
        stream=event.stream,
        type=event.type,
        recorded_at=event.recorded_at,
        actor=event.actor,
        correlation=event.correlation,
        digest=digest,
        body=body.decode(),
    )
    last = max(log["last"], event.position)  # an event that was parked is recorded after later ones
    rows.put(logs, site=event.site, service=event.service, events=place, last=last, digest=chained(log["digest"], digest))

    def leaf_at(position: int) -> bytes | None:
        if position == event.position:
            return merkle.leaf_hash(body)
        late = rows.get(entries, site=event.site, service=event.service, position=position)
        return None if late is None else merkle.leaf_hash(late["body"].encode())

    trees.grow(rows, event.site, event.service, last, leaf_at)
    note_final(rows, event)


def all_logs(reading: Reading) -> list[dict[str, Any]]:
    """Per site and service: events recorded, last position, and the running digest over them."""
    table = reading[logs]
    return reading.all(sa.select(table).order_by(table.c.site, table.c.service))


def entries_after(reading: Reading, site: str, service: str, after: int, limit: int) -> list[dict[str, Any]]:
    table = reading[entries]
    query = sa.select(table).where(table.c.site == site, table.c.service == service, table.c.position > after)
    return reading.all(query.order_by(table.c.position).limit(limit))


def place_of(reading: Reading, event: str) -> dict[str, Any] | None:
    """Where an event stands in its log, without what it says: the digest of its canonical bytes, those of its neighbours in the order of
    recording (`before` and `after`, None at an end), and `log`: how many events it has and their running digest. `roles`: those that its
    actor was granted or stood in for on the day of recording.

    None for an id that is in no log. One that is in several, which no honest producer gives, is told of the first.
    """
    table, log = reading[entries], reading[logs]
    columns = [table.c[name] for name in ("site", "service", "position", "place", "event", "type", "recorded_at", "actor", "digest")]
    found = reading.one(sa.select(*columns).where(table.c.event == event).order_by(table.c.site, table.c.service, table.c.position))
    if found is None:
        return None
    here = (table.c.site == found["site"]) & (table.c.service == found["service"])
    near = reading.all(sa.select(table.c.place, table.c.digest).where(here, table.c.place.in_([found["place"] - 1, found["place"] + 1])))
    digests = {row["place"]: row["digest"] for row in near}
    whole = sa.select(log.c.events, log.c.digest).where(log.c.site == found["site"], log.c.service == found["service"])
    day = legal_date(found["recorded_at"])
    held = [*access.granted_on(reading, found["actor"], day), *access.lent_on(reading, found["actor"], day)]
    return {
        **found,
        "before": digests.get(found["place"] - 1),
        "after": digests.get(found["place"] + 1),
        "log": reading.one(whole),
        "roles": [{"role": row["role"], "scope": row["scope"]} for row in held],
    }


def by_position(projector: Projector, site: str, service: str, last: int) -> Iterator[Entry]:
    """The entries of a log up to a position, page by page in the order of the log."""
    return _paged(projector, site, service, "position", last)


def by_place(projector: Projector, site: str, service: str, last: int) -> Iterator[Entry]:
    """The first `last` entries of a log, page by page in the order in which they were recorded."""
    return _paged(projector, site, service, "place", last)


def _paged(projector: Projector, site: str, service: str, order: str, last: int) -> Iterator[Entry]:
    after = -1  # a forged entry at 0 is to be seen as well
    while True:
        with projector.reading() as reading:
            table = reading[entries]
            columns = [column for column in table.columns if column.name not in ("site", "service")]
            query = sa.select(*columns).where(
                table.c.site == site, table.c.service == service, table.c[order] > after, table.c[order] <= last
            )
            rows = reading.all(query.order_by(table.c[order]).limit(PAGE_EVENTS_MAX))
        if not rows:
            return
        yield from (Entry(**row) for row in rows)
        after = rows[-1][order]

"""The record of the audit: every event of every service in the order of its log, and the verifications that were run.

Unlike other read models this one is evidence: `Evidence` refuses to read it anew from a service that gives something else now. For the
same reason the model's version is raised only with a migration that carries the entries over. What is derived from the entries may change
without: `Evidence.prepare` makes the tables of roles from the entries where they are not there yet.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.audit.domain import Entry, EvidenceDiffers, chained, digest_of
from shared import access
from shared.bounds import PAGE_EVENTS_MAX
from shared.calendar import legal_date
from shared.config import PRODUCERS
from shared.errors import ConfigurationError
from shared.event import Event
from shared.projection import Fetch, Projector, Reading, ReadModel, Rows
from shared.projection.flush import flush, gathering
from shared.projection.tables import generations
from shared.store.database import Instant

MODEL = ReadModel(name="audit", version=1, evidence=True)
MODEL.include(access.GRANTS)

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
verifications = sa.Table(
    "verifications",
    MODEL.metadata,
    sa.Column("verification", sa.String(100), primary_key=True),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),
    sa.Column("checked", sa.BigInteger, nullable=False),
    sa.Column("found", sa.BigInteger, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
services = sa.Table(
    "verification_services",
    MODEL.metadata,
    sa.Column("verification", sa.String(100), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("checked", sa.BigInteger, nullable=False),
    sa.Column("behind", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.Text),
)
findings = sa.Table(
    "findings",
    MODEL.metadata,
    sa.Column("verification", sa.String(100), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("service", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
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
    rows.put(
        logs,
        site=event.site,
        service=event.service,
        events=place,
        last=max(log["last"], event.position),  # an event that was parked is recorded after later ones
        digest=chained(log["digest"], digest),
    )


@MODEL.on("audit.VerificationRun")
def _verified(rows: Rows, event: Event) -> None:
    run = event.data["verification"]
    rows.put(
        verifications,
        verification=run,
        started_at=datetime.fromisoformat(event.data["started_at"]),
        ended_at=event.recorded_at,
        actor=event.actor,
        checked=event.data["checked"],
        found=event.data["found"],
        position=event.position,
    )
    for compared in event.data["services"]:
        rows.put(services, verification=run, **compared)
    for place, finding in enumerate(event.data["findings"], start=1):
        rows.put(findings, verification=run, place=place, **finding)


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


def all_verifications(reading: Reading) -> list[dict[str, Any]]:
    """The runs, the latest first, without their findings."""
    table = reading[verifications]
    columns = [column for column in table.columns if column.name != "position"]
    return reading.all(sa.select(*columns).order_by(table.c.position.desc()))


def verification_of(reading: Reading, verification: str) -> dict[str, Any] | None:
    """One run with its `services` and `findings`."""
    table, compared, found = reading[verifications], reading[services], reading[findings]
    columns = [column for column in table.columns if column.name != "position"]
    run = reading.one(sa.select(*columns).where(table.c.verification == verification))
    if run is None:
        return None
    shown = [column for column in found.columns if column.name not in ("verification", "place")]
    return {
        **run,
        "services": reading.all(
            sa.select(compared.c.service, compared.c.checked, compared.c.behind, compared.c.problem)
            .where(compared.c.verification == verification)
            .order_by(compared.c.service)
        ),
        "findings": reading.all(sa.select(*shown).where(found.c.verification == verification).order_by(found.c.place)),
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


class Evidence(Projector):
    """The record of the audit, which is built anew only from logs that still say what was recorded."""

    def prepare(self) -> None:
        """As of every projector; and what an earlier release did not have: the index by event, tables of roles from the record itself."""
        super().prepare()
        with self.database.write() as connection:
            self._generations.change(connection)
            generation, _ = self._generations.followed(connection)
            tables = self._generations.tables(generation)
            standing = set(sa.inspect(connection).get_table_names())
            for index in tables[entries.name].indexes:
                index.create(connection, checkfirst=True)
            lacking = [tables[name] for name in access.GRANTS.metadata.tables if tables[name].name not in standing]
            for table in lacking:
                table.create(connection)
            if lacking:
                self._carry_roles(connection, generation)

    def _carry_roles(self, connection: sa.Connection, generation: int) -> None:
        tables = self._generations.tables(generation)
        recorded, rows = tables[entries.name], gathering(connection, tables)
        query = sa.select(recorded.c.body).where(recorded.c.service == "registry", recorded.c.type.in_(access.GRANTS.folds))
        for body in connection.execute(query.order_by(recorded.c.site, recorded.c.position)).scalars():
            event = Event.from_cloudevent(json.loads(body))
            self.model.folds[event.type](rows, event)
        flush(self.database, connection, tables, rows)
        here = (generations.c.model == self.model.name) & (generations.c.generation == generation)
        connection.execute(generations.update().where(here).values(tables=" ".join(self.model.metadata.tables)))

    def beside(self, versions: Collection[int]) -> None:
        """Raises ConfigurationError: another version is not folded from logs, which may say something else by now."""
        raise ConfigurationError(
            f"The audit's record is of version {max(versions)}, this release knows version {self.model.version}. It is evidence and is not "
            "made anew from the logs: a migration has to carry it over. Run the release that made it; the record is kept as it is."
        )

    def checked(self, site: str, fetch: Fetch) -> Fetch:
        """The feeds, as long as they give what is recorded.

        Where a service's log differs the fetch raises EvidenceDiffers, naming the position; the record stays as it is.
        """

        def unchanged(service: str, after: int) -> Sequence[Event]:
            events = fetch(service, after)
            given = {event.position: digest_of(event.canonical()) for event in events}
            with self.reading() as reading:
                table = reading[entries]
                query = sa.select(table.c.position, table.c.digest).where(
                    table.c.site == site, table.c.service == service, table.c.position > after
                )
                if events:
                    query = query.where(table.c.position <= events[-1].position)
                for row in reading.all(query.order_by(table.c.position).limit(PAGE_EVENTS_MAX)):
                    if given.get(row["position"]) != row["digest"]:
                        raise EvidenceDiffers(
                            f"{service} no longer gives the event that the audit recorded at position {row['position']}. The record is "
                            "kept as evidence and not built anew; verify, and find out who changed the log.",
                            service=service,
                            position=row["position"],
                        )
            return events

        return unchanged

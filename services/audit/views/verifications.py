"""The verifications that were run, with what each found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.audit.views.model import MODEL
from shared.event import Event
from shared.projection import Reading, Rows
from shared.store.database import Instant

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


def all_verifications(reading: Reading, limit: int | None = None) -> list[dict[str, Any]]:
    """The runs, the latest first, without their findings; so many of them, or all."""
    table = reading[verifications]
    columns = [column for column in table.columns if column.name != "position"]
    return reading.all(sa.select(*columns).order_by(table.c.position.desc()).limit(limit))


def latest_verification(reading: Reading) -> dict[str, Any] | None:
    """The run recorded last, without its findings."""
    return next(iter(all_verifications(reading, 1)), None)


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

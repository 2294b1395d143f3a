"""The results of ballots, known to every service that acts on them from the events of evaluations. How anyone voted is in none of these."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from shared.ballots import Ballot, ChoiceResult
from shared.calendar import legal_date
from shared.event import Event
from shared.projection import Reading, ReadModel, Rows

BALLOTS = ReadModel(name="ballots", version=1)

ballots = sa.Table(
    "known_ballots",
    BALLOTS.metadata,
    sa.Column("ballot", sa.String(100), primary_key=True),
    sa.Column("campaign", sa.String(100), index=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),  # [{choice, subject}], in the order of the paper
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("cast", sa.Integer),
    sa.Column("outcome", sa.String(20)),
    sa.Column("counts", sa.JSON),  # [{choice, in_favour, against, verdict}]
)


@BALLOTS.on("evaluations.BallotOpened")
def _opened(rows: Rows, event: Event) -> None:
    rows.put(
        ballots,
        **{name: event.data[name] for name in ("ballot", "campaign", "purpose", "title")},
        choices=[{"choice": one["choice"], "subject": one["subject"]} for one in event.data["choices"]],
        members=len(event.data["electorate"]),
        state="open",
    )


@BALLOTS.on("evaluations.BallotClosed")
def _closed(rows: Rows, event: Event) -> None:
    told = {name: event.data[name] for name in ("cast", "outcome", "counts")}
    rows.change(ballots, {"ballot": event.data["ballot"]}, state="counted", closed_on=legal_date(event.recorded_at), **told)


@BALLOTS.on("evaluations.BallotCancelled")
def _cancelled(rows: Rows, event: Event) -> None:
    rows.change(ballots, {"ballot": event.data["ballot"]}, state="cancelled")


def ballot_known(reading: Reading, ballot: str) -> Ballot | None:
    """A ballot as far as this service has heard."""
    table = reading[ballots]
    row = reading.one(sa.select(table).where(table.c.ballot == ballot))
    return None if row is None else _ballot(row)


def counted_in(reading: Reading, campaigns: Collection[str], purposes: Collection[str]) -> list[Ballot]:
    """The ballots that were counted in these campaigns for one of these purposes, the newest first."""
    table = reading[ballots]
    asked = sa.select(table).where(table.c.campaign.in_(campaigns), table.c.purpose.in_(purposes), table.c.state == "counted")
    return [_ballot(row) for row in reading.all(asked.order_by(table.c.closed_on.desc(), table.c.ballot))]


def _ballot(row: dict[str, Any]) -> Ballot:
    subjects = {one["choice"]: one["subject"] for one in row["choices"]}
    results = tuple(
        ChoiceResult(one["choice"], subjects[one["choice"]], one["in_favour"], one["against"], one["verdict"])
        for one in row["counts"] or ()
    )
    known = {name: row[name] for name in ("ballot", "campaign", "purpose", "title", "state", "members", "closed_on", "outcome")}
    return Ballot(**known, cast=row["cast"] or 0, results=results)

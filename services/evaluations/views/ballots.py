"""Ballots as one asks for them: what is open to whom, and what the counted ones came to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.evaluations.views.conflicts import account_posts
from services.evaluations.views.model import MODEL
from shared.calendar import legal_date
from shared.event import Event
from shared.projection import Reading, Rows

ballots = sa.Table(
    "ballots",
    MODEL.metadata,
    sa.Column("ballot", sa.String(100), primary_key=True),
    sa.Column("campaign", sa.String(100), index=True),
    sa.Column("council", sa.String(100)),
    sa.Column("cluster", sa.String(100)),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("most", sa.Integer, nullable=False),
    sa.Column("mode", sa.String(20), nullable=False),
    sa.Column("absent", sa.JSON, nullable=False),
    sa.Column("rule", sa.JSON, nullable=False),
    sa.Column("run_off_of", sa.String(100)),
    sa.Column("opened_by", sa.String(100), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # open | counted | cancelled
    sa.Column("ended_on", sa.Date),
    sa.Column("outcome", sa.String(20)),
    sa.Column("count", sa.JSON),
    sa.Column("reason", sa.Text),
)
electors = sa.Table(
    "ballot_electors",
    MODEL.metadata,
    sa.Column("ballot", sa.String(100), primary_key=True),
    sa.Column("account", sa.String(100), primary_key=True),
)
votes = sa.Table(
    "ballot_votes",
    MODEL.metadata,
    sa.Column("ballot", sa.String(100), primary_key=True),
    sa.Column("voter", sa.String(100), primary_key=True),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("document", sa.Text),  # of a written opinion
    sa.Column("sha256", sa.String(64)),
    sa.Column("corrected", sa.Text),  # why it was entered anew
)


@MODEL.on("evaluations.BallotOpened")
def _opened(rows: Rows, event: Event) -> None:
    said = {name: value for name, value in event.data.items() if name != "electorate"}
    rows.put(ballots, **said, opened_on=legal_date(event.recorded_at), state="open")
    for account in event.data["electorate"]:
        rows.put(electors, ballot=event.data["ballot"], account=account)


@MODEL.on("evaluations.VoteCastByName", "evaluations.LetterRecorded")
def _voted(rows: Rows, event: Event) -> None:
    rows.put(votes, **event.data)


@MODEL.on("evaluations.LetterCorrected")
def _letter_corrected(rows: Rows, event: Event) -> None:
    said = {name: value for name, value in event.data.items() if name != "reason"}
    rows.put(votes, **said, corrected=event.data["reason"])


@MODEL.on("evaluations.LetterWithdrawn")
def _letter_withdrawn(rows: Rows, event: Event) -> None:
    rows.remove(votes, ballot=event.data["ballot"], voter=event.data["voter"])


@MODEL.on("evaluations.BallotClosed")
def _closed(rows: Rows, event: Event) -> None:
    count = {name: event.data[name] for name in ("of", "cast", "blank", "invalid", "counts")}
    _end(rows, event, state="counted", outcome=event.data["outcome"], count=count)


@MODEL.on("evaluations.BallotCancelled")
def _cancelled(rows: Rows, event: Event) -> None:
    _end(rows, event, state="cancelled")


def _end(rows: Rows, event: Event, **values: Any) -> None:
    at = {"ballot": event.data["ballot"]}
    rows.change(ballots, at, ended_on=legal_date(event.recorded_at), reason=event.data["reason"], **values)


def strangers_among(reading: Reading, named: Sequence[str]) -> tuple[str, ...]:
    """Those of these ids that are no accounts, in their order."""
    table = reading[account_posts]
    there = {row["account"] for row in reading.all(sa.select(table.c.account).where(table.c.account.in_(list(named))))}
    return tuple(one for one in named if one not in there)


def all_ballots(reading: Reading, *, campaign: str | None = None) -> list[dict[str, Any]]:
    """Ballots, or those of a campaign, the open ones first, then the newest; without their papers."""
    table = reading[ballots]
    names = ("ballot", "campaign", "purpose", "title", "mode", "opened_on", "state", "ended_on", "outcome", "run_off_of")
    asked = sa.select(*(table.c[name] for name in names)).order_by(table.c.state != "open", table.c.opened_on.desc(), table.c.ballot.desc())
    return reading.all(asked if campaign is None else asked.where(table.c.campaign == campaign))


def ballot_of(reading: Reading, ballot: str) -> dict[str, Any] | None:
    """A ballot with its `electorate`, the run-offs that followed, and once it is over its `votes` by name.

    votes: {voter, marks, document, sha256, corrected}; the last three of a written opinion, `corrected` why it was entered anew.
    """
    table, voters, given = reading[ballots], reading[electors], reading[votes]
    found = reading.one(sa.select(table).where(table.c.ballot == ballot))
    if found is None:
        return None
    accounts = reading.all(sa.select(voters.c.account).where(voters.c.ballot == ballot).order_by(voters.c.account))
    run_offs = reading.all(sa.select(table.c.ballot).where(table.c.run_off_of == ballot).order_by(table.c.ballot))
    columns = [given.c[name] for name in ("voter", "marks", "document", "sha256", "corrected")]
    shown = reading.all(sa.select(*columns).where(given.c.ballot == ballot).order_by(given.c.voter))
    return {
        **found,
        "electorate": [row["account"] for row in accounts],
        "votes": shown if found["state"] != "open" else [],
        "run_offs": [row["ballot"] for row in run_offs],
    }


def open_to(reading: Reading, account: str) -> list[dict[str, Any]]:
    """The open ballots in which an account votes, the oldest first."""
    table, voters = reading[ballots], reading[electors]
    asked = (
        sa.select(table.c.ballot, table.c.title, table.c.mode, table.c.campaign, table.c.opened_on)
        .join(voters, voters.c.ballot == table.c.ballot)
        .where(voters.c.account == account, table.c.state == "open", table.c.mode != "hands")
    )
    return reading.all(asked.order_by(table.c.opened_on, table.c.ballot))


def open_ballots(reading: Reading, campaign: str) -> list[dict[str, Any]]:
    """The ballots that somebody still has to close before the campaign's result can be final, as open matters; `at` their title."""
    table = reading[ballots]
    asked = sa.select(table.c.title).where(table.c.campaign == campaign, table.c.state == "open").order_by(table.c.ballot)
    return [{"kind": "ballot", "at": row["title"], "unit": None, "scorer": None} for row in reading.all(asked)]

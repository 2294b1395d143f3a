"""What one asks awards: proposals with their votes, the register of decisions, where the rotation flags are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from services.awards.domain import PURPOSES, BallotVerdict, VoteRecorded
from shared import access, ballot_results
from shared.ballots import Ballot
from shared.event import Event
from shared.projection import Reading, ReadModel, Rows
from shared.store.database import Exact, Instant

MODEL = ReadModel(name="awards", version=3)
MODEL.include(access.GRANTS)
MODEL.include(ballot_results.BALLOTS)

proposals = sa.Table(
    "proposals",
    MODEL.metadata,
    sa.Column("proposal", sa.String(100), primary_key=True),
    sa.Column("campaign", sa.String(100), nullable=False),
    sa.Column("cluster", sa.String(100), nullable=False),
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("unit", sa.String(100), nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("total", Exact, nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("proposed", sa.BigInteger, nullable=False),
)
votes = sa.Table(
    "votes",
    MODEL.metadata,
    sa.Column("proposal", sa.String(100), primary_key=True),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("in_favour", sa.Integer, nullable=False),
    sa.Column("against", sa.Integer, nullable=False),
    sa.Column("blank", sa.Integer, nullable=False),
    sa.Column("absent", sa.Integer, nullable=False),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("minutes", sa.Text, nullable=False),
    sa.Column("threshold", Exact, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("verified", sa.Boolean, nullable=False),
    sa.Column("ballot", sa.JSON),  # {ballot, passed}, none where the vote was held on paper
    sa.Column("corrects", sa.Text),
)
decisions = sa.Table(
    "decisions",
    MODEL.metadata,
    sa.Column("proposal", sa.String(100), primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("signatory", sa.Text, nullable=False),
    sa.Column("authority", sa.Text, nullable=False),
    sa.Column("unit", sa.String(100), nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("campaign", sa.String(100), nullable=False),
    sa.Column("illustrative", sa.Boolean, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
handovers = sa.Table(
    "handovers",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("handover", sa.String(100), primary_key=True),
    sa.Column("season", sa.Integer, nullable=False),
    sa.Column("from_unit", sa.String(100)),
    sa.Column("to_unit", sa.String(100), nullable=False),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)
leaders = sa.Table(
    "leaders",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("season", sa.Integer, primary_key=True),
    sa.Column("leader", sa.String(100), nullable=False),
)


@MODEL.on("awards.FlagProposed")
def _proposed(rows: Rows, event: Event) -> None:
    facts = dict(event.data)
    standing = facts.pop("standing")
    rows.put(proposals, **facts, rank=standing["rank"], total=Decimal(standing["total"]), proposed=event.position)


@MODEL.on("awards.VoteRecorded", "awards.VoteCorrected", versions=(1, 2))
def _voted(rows: Rows, event: Event) -> None:
    held_on, threshold = date.fromisoformat(event.data["held_on"]), Decimal(event.data["threshold"])
    rows.put(votes, **{**event.data, "held_on": held_on, "threshold": threshold})


@MODEL.on("awards.DecisionIssued")
def _decided(rows: Rows, event: Event) -> None:
    proposed = rows.get(proposals, proposal=event.data["proposal"])
    if proposed is None:
        raise LookupError(f"Decision on {event.data['proposal']}, which was never proposed")
    rows.put(
        decisions,
        **{**event.data, "decided_on": date.fromisoformat(event.data["decided_on"])},
        illustrative=proposed["illustrative"],
        event=event.id,
        recorded_at=event.recorded_at,
        position=event.position,
    )


@MODEL.on("awards.FlagHandedOver")
def _handed_over(rows: Rows, event: Event) -> None:
    handed_on = date.fromisoformat(event.data["handed_on"])
    rows.put(handovers, **{**event.data, "handed_on": handed_on}, event=event.id, position=event.position)


@MODEL.on("registry.LeaderDesignated", versions=(1, 2))
def _designated(rows: Rows, event: Event) -> None:
    rows.put(leaders, **{name: event.data[name] for name in ("cluster", "season", "leader")})


def all_proposals(reading: Reading) -> list[dict[str, Any]]:
    """Proposals in the order of their making, each with `standing`, `state` (proposed | voted | decided), `vote` and `decision`.

    The vote's `ratio` is the percent of all members in favour, rounded down to one decimal; `passed` compares it unrounded. Of one that is
    not decided: `ballots`, from which its vote may be taken over, the newest first.
    """
    table, voted, decided = reading[proposals], reading[votes], reading[decisions]
    vote_of = {row.pop("proposal"): row for row in reading.all(sa.select(voted))}
    shown = (decided.c.number, decided.c.decided_on, decided.c.signatory, decided.c.authority, decided.c.event)
    decision_of = {row.pop("proposal"): row for row in reading.all(sa.select(decided.c.proposal, *shown))}
    rows = reading.all(sa.select(table).order_by(table.c.proposed))
    waiting = {row["campaign"] for row in rows if row["proposal"] not in decision_of}
    held = ballot_results.counted_in(reading, waiting, PURPOSES) if waiting else []
    found = []
    for row in rows:
        key = row["proposal"]
        del row["proposed"]
        row["standing"] = {"rank": row.pop("rank"), "total": row.pop("total")}
        row["vote"] = _with_share(key, vote_of[key]) if key in vote_of else None
        row["decision"] = decision_of.get(key)
        row["state"] = "decided" if row["decision"] else "voted" if row["vote"] else "proposed"
        row["ballots"] = [] if row["decision"] else _ballots_on(held, row["campaign"], row["unit"])
        found.append(row)
    return found


def _with_share(proposal: str, row: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name not in ("ballot", "corrects")}
    vote = VoteRecorded(proposal, **said, ballot=None if row["ballot"] is None else BallotVerdict(**row["ballot"]))
    return {**row, "ratio": vote.share, "passed": vote.passed}


def _ballots_on(held: Sequence[Ballot], campaign: str, unit: str) -> list[dict[str, Any]]:
    """Those that came to a count on the unit that may be told: ballot, title, closed_on, members, in_favour, verdict."""
    of_campaign = [(one, one.result_of(unit)) for one in held if one.campaign == campaign]
    return [
        {
            **{name: getattr(one, name) for name in ("ballot", "title", "closed_on", "members")},
            "in_favour": result.in_favour,
            "verdict": result.verdict,
        }
        for one, result in of_campaign
        if result is not None and result.subject == "unit" and result.in_favour is not None
    ]


def register(reading: Reading) -> list[dict[str, Any]]:
    """The register of decisions (sổ quyết định), by date and then in the order of recording."""
    table = reading[decisions]
    columns = [column for column in table.columns if column.name != "position"]
    return reading.all(sa.select(*columns).order_by(table.c.decided_on, table.c.position))


def all_handovers(reading: Reading) -> list[dict[str, Any]]:
    """Hand-overs of the rotation flags, cluster by cluster in their order; the last of a cluster names its holder."""
    table = reading[handovers]
    columns = [column for column in table.columns if column.name != "position"]
    return reading.all(sa.select(*columns).order_by(table.c.cluster, table.c.position))


def leader_of(reading: Reading, cluster: str, season: int) -> str | None:
    """Who is designated to lead a cluster in a season, as far as this service has heard."""
    table = reading[leaders]
    row = reading.one(sa.select(table.c.leader).where(table.c.cluster == cluster, table.c.season == season))
    return None if row is None else str(row["leader"])

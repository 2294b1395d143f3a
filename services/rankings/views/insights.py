"""What questions about boards rest on besides the boards.

When passes were open and for whom, the evidence (minh chứng) of sheets, and what units said to leading their cluster.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.rankings.views.campaigns import rubrics
from services.rankings.views.cuts import WHOLE, Cut, mark_of
from services.rankings.views.model import MODEL
from services.rankings.views.sheets import SHEET, recused_by
from shared.event import Event
from shared.projection import Reading, Rows

passes = sa.Table(
    "passes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("pass_key", sa.String(100), primary_key=True),
    sa.Column("assignments", sa.JSON, nullable=False),  # unit, scorers
    sa.Column("turns", sa.JSON, nullable=False),  # a mark each, with `open`
)
proofs = sa.Table(
    "proofs",
    MODEL.metadata,
    *(sa.Column(name, sa.String(100), primary_key=True) for name in SHEET),
    sa.Column("item", sa.String(100), primary_key=True),
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("spans", sa.JSON, nullable=False),  # the marks of each attaching and removing
)
answers = sa.Table(
    "leadership_answers",
    MODEL.metadata,
    sa.Column("cluster", sa.String(100), primary_key=True),
    sa.Column("season", sa.Integer, primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("consents", sa.Boolean, nullable=False),
    sa.Column("said_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("event", sa.String(36), nullable=False),
)


@MODEL.on("campaigns.PassOpened")
def _opened(rows: Rows, event: Event) -> None:
    at = {"campaign": event.data["campaign"], "pass_key": event.data["pass_key"]}
    rows.put(passes, **at, assignments=event.data["assignments"], turns=[{"open": True, **mark_of(event)}])


@MODEL.on("campaigns.PassClosed", versions=(1, 2))
def _closed(rows: Rows, event: Event) -> None:
    _turn(rows, event, event.data["pass_key"], open_=False)


@MODEL.on("campaigns.PhaseReopened")
def _reopened(rows: Rows, event: Event) -> None:
    _turn(rows, event, event.data["phase"], open_=True)


def _turn(rows: Rows, event: Event, pass_key: str, *, open_: bool) -> None:
    """A pass was closed or opened again; phases that are no passes are no matter of boards."""
    held = rows.get(passes, campaign=event.data["campaign"], pass_key=pass_key)
    if held is not None:
        rows.put(passes, **{**held, "turns": [*held["turns"], {"open": open_, **mark_of(event)}]})


@MODEL.on("evaluations.EvidenceAttached")
def _attached(rows: Rows, event: Event) -> None:
    at = _proof(event)
    held = rows.get(proofs, **at)
    spans = [*(held["spans"] if held else []), {"attached": mark_of(event), "removed": None}]
    rows.put(proofs, **at, media_type=event.data["media_type"], size=event.data["size"], spans=spans)


@MODEL.on("evaluations.EvidenceRemoved")
def _removed(rows: Rows, event: Event) -> None:
    held = rows.get(proofs, **_proof(event))
    if held is not None:
        rows.put(proofs, **{**held, "spans": [*held["spans"][:-1], {**held["spans"][-1], "removed": mark_of(event)}]})


def _proof(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in (*SHEET, "item", "sha256")}


@MODEL.on("registry.LeadershipConsented", "registry.LeadershipDeclined")
def _answered(rows: Rows, event: Event) -> None:
    at = {name: event.data[name] for name in ("cluster", "season", "unit")}
    consents = event.type == "registry.LeadershipConsented"
    rows.put(
        answers, **at, consents=consents, said_on=date.fromisoformat(event.data["on"]), reason=event.data.get("reason"), event=event.id
    )


def passes_of(reading: Reading, campaign: str, cut: Cut = WHOLE) -> dict[str, dict[str, Any]]:
    """The passes that had been opened at this cut: {pass: {open, closed_at, scorers: {unit: [scorer]}}}; closed_at: a mark's instant."""
    found: dict[str, dict[str, Any]] = {}
    for row in reading.all(sa.select(reading[passes]).where(reading[passes].c.campaign == campaign)):
        turns = [turn for turn in row["turns"] if cut.holds("campaigns", turn)]
        if turns:
            last = turns[-1]
            scorers = {one["unit"]: one["scorers"] for one in row["assignments"]}
            closed_at = None if last["open"] else last["recorded_at"]
            found[row["pass_key"]] = {"open": last["open"], "closed_at": closed_at, "scorers": scorers}
    return found


def turns_of(reading: Reading, campaign: str, cut: Cut = WHOLE) -> dict[str, list[dict[str, Any]]]:
    """When the passes were opened and closed up to this cut, without who scores in them: the marks by pass."""
    table = reading[passes]
    query = sa.select(table.c.pass_key, table.c.turns).where(table.c.campaign == campaign)
    return {row.pass_key: [turn for turn in row.turns if cut.holds("campaigns", turn)] for row in reading.connection.execute(query)}


def recused_of(reading: Reading, campaign: str, cut: Cut = WHOLE) -> set[tuple[str, str, str]]:
    """Whose sheets are not owed: (pass, unit, scorer)."""
    return {(pass_key, unit, scorer) for unit, pass_key, scorer in recused_by(reading, campaign, cut)}


def digests_twice(reading: Reading, campaigns: Collection[str], pause: Callable[[], None]) -> set[str]:
    """The digests of files that were with several items or units of these campaigns, removed since or not.

    Looked for digit by digit, with a pause after each, for there are as many proofs as scores.
    """
    table = reading[proofs]
    found: set[str] = set()
    for digit in string.hexdigits[:16]:
        places = sa.select(table.c.sha256, table.c.campaign, table.c.unit, table.c.item).distinct()
        those = places.where(reading.among(table.c.campaign, campaigns), table.c.sha256.startswith(digit)).subquery()
        twice = sa.select(those.c.sha256).group_by(those.c.sha256).having(sa.func.count() > 1)
        found.update(reading.connection.execute(twice).scalars())
        pause()
    return found


def proofs_of(
    reading: Reading, campaign: str, cut: Cut = WHOLE, unit: str | None = None, digests: Collection[str] | None = None
) -> list[dict[str, Any]]:
    """The evidence that stood with sheets at this cut, handed in or not, with the mark of its attaching under `attached`.

    unit, digests: of these alone.
    """
    table = reading[proofs]
    query = sa.select(table).where(table.c.campaign == campaign)
    if unit is not None:
        query = query.where(table.c.unit == unit)
    if digests is not None:
        query = query.where(reading.among(table.c.sha256, digests))
    found = []
    for row in reading.all(query.order_by(*(table.c[name] for name in (*SHEET, "item", "sha256")))):
        span = next((span for span in row.pop("spans") if _stands(span, cut)), None)
        if span is not None:
            found.append({**row, "attached": span["attached"]})
    return found


def _stands(span: Mapping[str, Any], cut: Cut) -> bool:
    ended = span["removed"] is not None and cut.holds("evaluations", span["removed"])
    return cut.holds("evaluations", span["attached"]) and not ended


def answers_of(reading: Reading, cluster: str, season: int) -> dict[str, dict[str, Any]]:
    """By unit what it said to leading a cluster in a season: {consents, said_on, reason, event}."""
    table = reading[answers]
    found = reading.all(sa.select(table).where(table.c.cluster == cluster, table.c.season == season))
    return {row["unit"]: {name: row[name] for name in ("consents", "said_on", "reason", "event")} for row in found}


def versions_of(reading: Reading, rubric: str) -> list[dict[str, Any]]:
    """The content of every published rubric of the same family: those copied from one another, directly or through others."""
    every = {row["rubric"]: row["content"] for row in reading.all(sa.select(reading[rubrics]))}
    links = [(key, content["based_on"]) for key, content in every.items() if content.get("based_on")]
    family, grown = {rubric}, True
    while grown:
        reached = {end for link in links for end in link if family & set(link)}
        grown = not reached <= family
        family |= reached
    return [every[key] for key in sorted(family & every.keys())]

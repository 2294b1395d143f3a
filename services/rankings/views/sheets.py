"""Sheets as far as boards know them: what was saved, and each hand-in (lần nộp) with all that was saved before it.

A board reads hand-ins alone. A sheet that is returned and handed in again has two: the first holds until the return, so that a board as
of a day between them, or frozen before the return, is the board of that day. A hand-in is one row whatever a sheet holds, for a campaign
of ten thousand units has millions of scores.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from services.rankings.domain import APPEAL
from services.rankings.views.cuts import WHOLE, Cut
from services.rankings.views.model import MODEL
from shared.event import Event, instant_text
from shared.projection import Reading, Rows
from shared.store.database import Instant

SERVICE = "evaluations"
SHEET = ("campaign", "unit", "pass_key", "scorer")

saves = sa.Table(
    "saves",
    MODEL.metadata,
    *(sa.Column(name, sa.String(100), primary_key=True) for name in SHEET),
    sa.Column("version", sa.Integer, primary_key=True),  # of the sheet's stream
    sa.Column("scores", sa.JSON, nullable=False),  # by item: the score as text, or null where it was withdrawn
    sa.Column("reasons", sa.JSON, nullable=False),  # by item, where one was given
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("correlation", sa.String(100), nullable=False),
)
sheets = sa.Table(
    "sheets",
    MODEL.metadata,
    *(sa.Column(name, sa.String(100), primary_key=True) for name in SHEET),
    sa.Column("hand_in", sa.String(100), nullable=False),  # the latest
)
hand_ins = sa.Table(
    "hand_ins",
    MODEL.metadata,
    *(sa.Column(name, sa.String(100), primary_key=True) for name in SHEET),
    sa.Column("hand_in", sa.String(100), primary_key=True),  # the version that handed the sheet in, or the appeal that was answered
    sa.Column("saves", sa.JSON, nullable=False),  # in the order of saving: version, event, recorded_at, correlation, scores, reasons
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("submitted_at", Instant, nullable=False),
    sa.Column("returned_position", sa.BigInteger),
    sa.Column("returned_at", Instant),
)
recusals = sa.Table(
    "recusals",
    MODEL.metadata,
    *(sa.Column(name, sa.String(100), primary_key=True) for name in SHEET),
    sa.Column("version", sa.Integer, primary_key=True),  # of the stream: each recusal and each that is taken back is a row
    sa.Column("stands", sa.Boolean, nullable=False),
    sa.Column("event", sa.String(36), nullable=False),
    sa.Column("site", sa.String(31), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
)
changes = sa.Table(
    "changes",
    MODEL.metadata,
    sa.Column("campaign", sa.String(100), primary_key=True),
    sa.Column("unit", sa.String(100), primary_key=True),
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),  # the last that changed what the unit's line on a board is made of
)


@MODEL.on("evaluations.ItemsScored")
def _scored(rows: Rows, event: Event) -> None:
    rows.put(saves, **_sheet(event), **_save(event, event.data["scores"]), recorded_at=event.recorded_at)


@MODEL.on("evaluations.SheetSubmitted", versions=(1, 2))
def _submitted(rows: Rows, event: Event) -> None:
    sheet = _sheet(event)
    saved = [row for version in range(1, event.version) if (row := rows.get(saves, **sheet, version=version)) is not None]
    told = [{name: row[name] for name in ("version", "scores", "reasons", "event", "correlation")} for row in saved]
    instants = [{"recorded_at": instant_text(row["recorded_at"])} for row in saved]
    _hand_in(rows, event, sheet, str(event.version), [{**one, **at} for one, at in zip(told, instants, strict=True)], event.data["late"])
    rows.put(sheets, **sheet, hand_in=str(event.version))


@MODEL.on("evaluations.SheetReturned")
def _returned(rows: Rows, event: Event) -> None:
    sheet = _sheet(event)
    latest = rows.get(sheets, **sheet)
    if latest is not None:
        rows.change(hand_ins, latest, returned_position=event.position, returned_at=event.recorded_at)
    touch(rows, event)


@MODEL.on("evaluations.AppealAnswered")
def _answered(rows: Rows, event: Event) -> None:
    if event.data["scores"]:
        sheet = {"campaign": event.data["campaign"], "unit": event.data["unit"], "pass_key": APPEAL, "scorer": APPEAL}
        save = {**_save(event, event.data["scores"]), "recorded_at": instant_text(event.recorded_at)}
        _hand_in(rows, event, sheet, event.data["appeal"], [save], late=False)


@MODEL.on("evaluations.ScorerRecused", "evaluations.RecusalWithdrawn")
def _recused(rows: Rows, event: Event) -> None:
    stands = event.type == "evaluations.ScorerRecused"
    place = {"event": event.id, "site": event.site, "position": event.position}
    rows.put(recusals, **_sheet(event), version=event.version, stands=stands, **place, recorded_at=event.recorded_at)
    touch(rows, event)


def touch(rows: Rows, event: Event) -> None:
    """Note that a fact of evaluations changed what the line of its unit is made of."""
    at = {"campaign": event.data["campaign"], "unit": event.data["unit"], "site": event.site}
    before = rows.get(changes, **at)
    # an event that was parked comes after later ones
    rows.put(changes, **at, position=max(event.position, before["position"] if before else 0))


def _sheet(event: Event) -> dict[str, str]:
    return {name: event.data[name] for name in SHEET}


def _save(event: Event, given: Iterable[dict[str, Any]]) -> dict[str, Any]:
    given = list(given)
    return {
        "version": event.version,
        "event": event.id,
        "correlation": event.correlation,
        "scores": {one["item"]: one["score"] for one in given},
        "reasons": {one["item"]: one["reason"] for one in given if one["reason"] is not None},
    }


def _hand_in(rows: Rows, event: Event, sheet: dict[str, str], hand_in: str, saved: list[dict[str, Any]], late: bool) -> None:
    place = {"event": event.id, "site": event.site, "position": event.position, "submitted_at": event.recorded_at}
    rows.put(hand_ins, **sheet, hand_in=hand_in, saves=saved, late=late, **place)
    touch(rows, event)


def handed_in(reading: Reading, campaign: str) -> set[str]:
    """The units on which sheets were ever handed in."""
    table = reading[hand_ins]
    return set(reading.connection.execute(sa.select(table.c.unit).where(table.c.campaign == campaign).distinct()).scalars())


def changed_since(reading: Reading, campaign: str, positions: dict[str, int]) -> set[str]:
    """The units whose lines are made of something later than these positions of evaluations, by site."""
    table = reading[changes]
    older = sa.or_(sa.false(), *(sa.and_(table.c.site == site, table.c.position <= at) for site, at in positions.items()))
    query = sa.select(table.c.unit).where(table.c.campaign == campaign, sa.not_(older))
    return {row.unit for row in reading.connection.execute(query)}


def after(reading: Reading, campaign: str, cut: Cut) -> int:
    """How many hand-ins, returns, recusals and recusals taken back are beyond a cut."""
    done, out = reading[hand_ins], reading[recusals]
    beyond = (
        (done, cut.within(SERVICE, done.c.submitted_at, done.c.site, done.c.position)),
        (done, sa.or_(done.c.returned_at.is_(None), cut.within(SERVICE, done.c.returned_at, done.c.site, done.c.returned_position))),
        (out, cut.within(SERVICE, out.c.recorded_at, out.c.site, out.c.position)),
    )
    counts = [sa.select(sa.func.count()).select_from(table).where(table.c.campaign == campaign, ~within) for table, within in beyond]
    return sum(int(reading.connection.execute(query).scalar_one()) for query in counts)


def recused_by(reading: Reading, campaign: str, cut: Cut = WHOLE) -> set[tuple[str, str, str]]:
    """Who had stepped back at this cut, and not taken it back by then: (unit, pass, scorer)."""
    table = reading[recusals]
    within = cut.within(SERVICE, table.c.recorded_at, table.c.site, table.c.position)
    query = sa.select(table.c.unit, table.c.pass_key, table.c.scorer, table.c.stands).where(table.c.campaign == campaign, within)
    last = {(row.unit, row.pass_key, row.scorer): row.stands for row in reading.connection.execute(query.order_by(table.c.version))}
    return {sheet for sheet, stands in last.items() if stands}

"""Sheets as far as boards know them: what was saved, and each hand-in (lần nộp) with all that was saved before it.

A board reads hand-ins alone. A sheet that is returned and handed in again has two: the first holds until the return, so that a board as
of a day between them, or frozen before the return, is the board of that day. A hand-in is one row whatever a sheet holds, for a campaign
of ten thousand units has millions of scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from services.rankings.domain import APPEAL, Score
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


@MODEL.on("evaluations.ScorerRecused")
def _recused(rows: Rows, event: Event) -> None:
    place = {"event": event.id, "site": event.site, "position": event.position}
    rows.put(recusals, **_sheet(event), **place, recorded_at=event.recorded_at)
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


@dataclass(frozen=True, slots=True)
class HandIn:
    """What a sheet that counts holds; saves: as `hand_ins` has them, in the order of recording."""

    unit: str
    pass_key: str
    scorer: str
    saves: tuple[dict[str, Any], ...]

    def standing(self) -> dict[str, str | None]:
        """By item the score that was recorded last."""
        if len(self.saves) == 1:
            return self.saves[0]["scores"]  # type: ignore[no-any-return]
        merged: dict[str, str | None] = {}
        for save in self.saves:
            merged.update(save["scores"])
        return merged


def counted(reading: Reading, campaign: str, cut: Cut = WHOLE, units: Collection[str] | None = None) -> dict[str, list[HandIn]]:
    """By unit the sheets that count at this cut, and the answers to appeals; drafts stay with their writers.

    units: of these alone.
    """
    done = reading[hand_ins]
    ended = cut.within(SERVICE, done.c.returned_at, done.c.site, done.c.returned_position)
    query = sa.select(*(done.c[name] for name in ("unit", "pass_key", "scorer", "hand_in", "position", "saves"))).where(
        done.c.campaign == campaign,
        cut.within(SERVICE, done.c.submitted_at, done.c.site, done.c.position),
        sa.or_(done.c.returned_at.is_(None), sa.not_(ended)),
    )
    if units is not None:
        query = query.where(done.c.unit.in_(units))
    recused = _recused_by(reading, campaign, cut)
    latest: dict[tuple[str, str, str], Any] = {}
    answers: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found: dict[str, list[HandIn]] = defaultdict(list)
    for row in reading.connection.execute(query):
        key = (row.unit, row.pass_key, row.scorer)
        if row.pass_key == APPEAL:
            # one answer does not take the place of another, to other items
            answers[row.unit].extend(row.saves)
        elif key not in recused and (key not in latest or latest[key].position < row.position):
            latest[key] = row
    told = [(row.unit, row.pass_key, row.scorer, row.saves) for row in latest.values()]
    told += [(unit, APPEAL, APPEAL, saved) for unit, saved in answers.items()]
    for unit, pass_key, scorer, saved in told:
        if len(saved) > 1 or cut.as_of is not None:
            saved = [save for save in saved if cut.as_of is None or datetime.fromisoformat(save["recorded_at"]) <= cut.as_of]
            saved.sort(key=lambda save: (save["recorded_at"], save["version"], save["event"]))
        found[unit].append(HandIn(unit, pass_key, scorer, tuple(saved)))
    return found


def scores_of(sheets_of: Iterable[HandIn]) -> list[Score]:
    """Every score record of these sheets, in the order of recording."""
    records = [
        (save["recorded_at"], save["version"], item, sheet.unit, sheet.pass_key, sheet.scorer, score, save)
        for sheet in sheets_of
        for save in sheet.saves
        for item, score in save["scores"].items()
    ]
    records.sort(key=lambda record: (*record[:6], record[7]["event"]))
    return [
        Score(
            unit,
            item,
            pass_key,
            scorer,
            None if score is None else Decimal(score),
            datetime.fromisoformat(at),
            save["event"],
            save["reasons"].get(item),
        )
        for at, _, item, unit, pass_key, scorer, score, save in records
    ]


def changed_since(reading: Reading, campaign: str, positions: dict[str, int]) -> set[str]:
    """The units whose lines are made of something later than these positions of evaluations, by site."""
    table = reading[changes]
    older = sa.or_(sa.false(), *(sa.and_(table.c.site == site, table.c.position <= at) for site, at in positions.items()))
    query = sa.select(table.c.unit).where(table.c.campaign == campaign, sa.not_(older))
    return {row.unit for row in reading.connection.execute(query)}


def after(reading: Reading, campaign: str, cut: Cut) -> int:
    """How many hand-ins, returns and recusals are beyond a cut."""
    done, out = reading[hand_ins], reading[recusals]
    beyond = (
        (done, cut.within(SERVICE, done.c.submitted_at, done.c.site, done.c.position)),
        (done, sa.or_(done.c.returned_at.is_(None), cut.within(SERVICE, done.c.returned_at, done.c.site, done.c.returned_position))),
        (out, cut.within(SERVICE, out.c.recorded_at, out.c.site, out.c.position)),
    )
    counts = [sa.select(sa.func.count()).select_from(table).where(table.c.campaign == campaign, ~within) for table, within in beyond]
    return sum(int(reading.connection.execute(query).scalar_one()) for query in counts)


def _recused_by(reading: Reading, campaign: str, cut: Cut) -> set[tuple[str, str, str]]:
    table = reading[recusals]
    within = cut.within(SERVICE, table.c.recorded_at, table.c.site, table.c.position)
    query = sa.select(table.c.unit, table.c.pass_key, table.c.scorer).where(table.c.campaign == campaign, within)
    return {(row.unit, row.pass_key, row.scorer) for row in reading.connection.execute(query)}

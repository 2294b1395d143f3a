"""Why a unit stands where it stands: every number of its row down to the score and the event behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from services.rankings.domain.board import (
    APPEAL,
    Adjustment,
    CapApplied,
    Failure,
    ItemResult,
    Note,
    PassResult,
    Row,
    Score,
    Standings,
    Status,
    TieStep,
)
from shared.errors import NotFound
from shared.rubric.model import Item, Kind, Rounding, Rubric, Statistic


class UnitNotRanked(NotFound):
    """The unit is not part of the standings."""

    code: ClassVar[str] = "rankings.unit_unknown"


class Use(StrEnum):
    """What became of one score record."""

    COUNTED = "counted"
    DROPPED = "dropped"
    EARLIER = "earlier_pass"
    SUPERSEDED = "superseded"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class ScoreExplained:
    scorer: str
    score: Decimal | None
    recorded_at: datetime
    reason: str | None
    event: str | None
    use: Use


@dataclass(frozen=True, slots=True)
class PassExplained:
    """One pass over one item; `counts` for the pass whose scores made the item's value."""

    key: str
    title: str
    counts: bool
    panel: Decimal | None
    value: Decimal | None
    note: Note | None
    scores: tuple[ScoreExplained, ...]


@dataclass(frozen=True, slots=True)
class ItemExplained:
    """panel --weight--> value --sign of the kind--> points; the roundings are those declared, None where exact."""

    key: str
    title: str
    group: str
    kind: Kind
    maximum: Decimal
    statistic: Statistic
    dropped: int
    panel_rounding: Rounding | None
    weight: Decimal
    item_rounding: Rounding | None
    threshold: Decimal | None
    pass_key: str | None
    panel: Decimal | None
    value: Decimal | None
    points: Decimal | None
    note: Note | None
    passes: tuple[PassExplained, ...]


@dataclass(frozen=True, slots=True)
class GroupExplained:
    key: str
    title: str
    maximum: Decimal
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """total = content + bonus - penalty after `caps`, then `total_rounding`; `ranked` is how many units hold a rank.

    `adjustments` are those that went into bonus and penalty, or keep the unit from being ranked.
    """

    unit: str
    rubric: str
    as_of: datetime | None
    status: Status
    rank: int | None
    ranked: int
    total: Decimal | None
    scale: Decimal
    content: Decimal | None
    bonus: Decimal | None
    penalty: Decimal | None
    total_rounding: Rounding | None
    caps: tuple[CapApplied, ...]
    groups: tuple[GroupExplained, ...]
    items: tuple[ItemExplained, ...]
    missing: tuple[str, ...]
    disqualified: tuple[Failure, ...]
    tied_with: tuple[str, ...]
    tie_steps: tuple[TieStep, ...]
    adjustments: tuple[Adjustment, ...] = ()


def explain(standings: Standings, unit: str) -> Explanation:
    """The explanation of one unit's row; `UnitNotRanked` where the standings do not hold it."""
    row = standings.row(unit)
    if row is None:
        known = ", ".join(row.unit for row in standings.rows)
        raise UnitNotRanked(f"Unit {unit} is not in these standings; they hold {known}.", unit=unit)
    return explained(standings.rubric, row, sum(other.rank is not None for other in standings.rows), standings.as_of)


def explained(rubric: Rubric, row: Row, ranked: int, as_of: datetime | None) -> Explanation:
    """The explanation of a row of a board on which so many units hold a rank."""
    titles = {rule.key: rule.title for rule in rubric.passes} | {APPEAL: APPEAL}
    results = {result.key: result for result in row.items}
    return Explanation(
        unit=row.unit,
        rubric=rubric.key,
        as_of=as_of,
        status=row.status,
        rank=row.rank,
        ranked=ranked,
        total=row.total,
        scale=rubric.scale,
        content=row.content,
        bonus=row.bonus,
        penalty=row.penalty,
        total_rounding=rubric.total_rounding,
        caps=row.caps,
        groups=tuple(GroupExplained(g.key, g.title, g.maximum, row.groups[g.key]) for g in rubric.groups),
        items=tuple(_item(item, group.key, results[item.key], titles) for group in rubric.groups for item in group.items),
        missing=row.missing,
        disqualified=row.disqualified,
        tied_with=row.tied_with,
        tie_steps=row.tie_steps,
        adjustments=row.adjustments,
    )


def _item(item: Item, group: str, result: ItemResult, titles: dict[str, str]) -> ItemExplained:
    passes = [_pass(one, titles, counts=False) for one in result.history]
    if result.pass_key is not None:
        counted = PassResult(result.pass_key, result.panel, result.value, result.contributions, result.superseded, result.note)
        passes.append(_pass(counted, titles, counts=True))
    order = list(titles)
    return ItemExplained(
        key=item.key,
        title=item.title,
        group=group,
        kind=item.kind,
        maximum=item.maximum,
        statistic=item.statistic,
        dropped=item.dropped,
        panel_rounding=item.panel_rounding,
        weight=item.weight,
        item_rounding=item.item_rounding,
        threshold=item.threshold,
        pass_key=result.pass_key,
        panel=result.panel,
        value=result.value,
        points=result.points,
        note=result.note,
        passes=tuple(sorted(passes, key=lambda one: order.index(one.key))),
    )


def _pass(result: PassResult, titles: dict[str, str], *, counts: bool) -> PassExplained:
    return PassExplained(
        key=result.pass_key,
        title=titles[result.pass_key],
        counts=counts,
        panel=result.panel,
        value=result.value,
        note=result.note,
        scores=tuple(_scores(result, counts=counts)),
    )


def _scores(result: PassResult, *, counts: bool) -> Iterator[ScoreExplained]:
    for one in result.contributions:
        stands = Use.DROPPED if one.dropped else Use.COUNTED
        yield _score(one.score, stands if counts else Use.EARLIER)
    for score in result.superseded:
        yield _score(score, Use.WITHDRAWAL if score.score is None else Use.SUPERSEDED)


def _score(score: Score, use: Use) -> ScoreExplained:
    return ScoreExplained(score.scorer, score.score, score.recorded_at, score.reason, score.event, use)

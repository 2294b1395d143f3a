"""The rotation-flag board (cờ thi đua, cờ luân lưu): who stands to be proposed for the flag of the season.

It names candidates only. The award is decided by the council and the authority, and who leads the cluster next season
is a decision of its own (see `leader`): in block 6 of the State Bank the best unit of 2025 received the flag and another
was elected head for 2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.rankings.domain.board import AdjustmentKind, Row, Standings, Status


class Ineligible(StrEnum):
    """Why a unit may not be proposed, whatever its rank."""

    NOT_REGISTERED = "not_registered"
    COVENANT_UNSIGNED = "covenant_unsigned"
    DISSOLVED = "dissolved"
    DISQUALIFIED = "disqualified"
    BELOW_THRESHOLD = "below_threshold"
    INCOMPLETE = "incomplete"
    NO_SCORES = "no_scores"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is known of a unit besides its scores.

    A dissolved agency receives no commendation (Circular 15/2025/TT-BNV). `disqualified`: excluded by decision, as
    while discipline, inspection or a complaint is pending (Decree 152/2025/NĐ-CP); gates, missed thresholds and missing
    items come from the standings.
    """

    registered: bool = False
    covenant_signed: bool = False
    dissolved: bool = False
    disqualified: bool = False


@dataclass(frozen=True, slots=True)
class FlagRow:
    unit: str
    rank: int | None
    total: Decimal | None
    eligible: bool
    reasons: tuple[Ineligible, ...]
    candidate: bool


@dataclass(frozen=True, slots=True)
class FlagBoard:
    """Rows in the order of the standings. `candidates` share the best rank of the eligible; several need a vote."""

    rows: tuple[FlagRow, ...]
    candidates: tuple[str, ...]
    needs_vote: bool


def rotation_flag(standings: Standings, eligibility: Mapping[str, Eligibility]) -> FlagBoard:
    """The board of the flag. A unit of which `eligibility` knows nothing counts as not registered."""
    reasons = {row.unit: _reasons(row, eligibility.get(row.unit, Eligibility())) for row in standings.rows}
    eligible_ranks = [row.rank for row in standings.rows if row.rank is not None and not reasons[row.unit]]
    best = min(eligible_ranks, default=None)
    rows = tuple(
        FlagRow(
            unit=row.unit,
            rank=row.rank,
            total=row.total,
            eligible=not reasons[row.unit],
            reasons=reasons[row.unit],
            candidate=not reasons[row.unit] and row.rank == best,
        )
        for row in standings.rows
    )
    candidates = tuple(row.unit for row in rows if row.candidate)
    return FlagBoard(rows, candidates, needs_vote=len(candidates) > 1)


def _reasons(row: Row, known: Eligibility) -> tuple[Ineligible, ...]:
    unscored = row.status is Status.NO_SCORES
    applies = {
        Ineligible.NOT_REGISTERED: not known.registered,
        Ineligible.COVENANT_UNSIGNED: not known.covenant_signed,
        Ineligible.DISSOLVED: known.dissolved,
        Ineligible.DISQUALIFIED: known.disqualified or any(one.kind is AdjustmentKind.GATE for one in row.adjustments),
        Ineligible.BELOW_THRESHOLD: bool(row.disqualified),
        Ineligible.NO_SCORES: unscored,
        Ineligible.INCOMPLETE: not row.complete and not unscored,
    }
    return tuple(reason for reason, holds in applies.items() if holds)

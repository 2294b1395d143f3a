"""The cluster-leader board (trưởng cụm, trưởng khối): who may lead next season, and who was designated to.

Members elect or agree on the leader and deputy of the next season (Guidance 2746/HD-BTĐKT of 2015 for blocks of
ministries); neither the winner of the flag nor the present deputy follows by right. So an order is shown only where the
cluster's own rule gives one, and the designation is a recorded fact beside it, never derived from it. A unit may consent to lead or
decline: that makes it a candidate or none, and moves nobody in the order of the rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.rankings.domain.board import Standings


class LeaderRule(StrEnum):
    """`rotation`: never led first, then longest ago; `elected`: no order; `rank`: the order of the standings."""

    ROTATION = "rotation"
    ELECTED = "elected"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Led:
    """Seasons (years) in which a unit was leader and deputy of the cluster."""

    leader: tuple[int, ...] = ()
    deputy: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Designation:
    """Who was designated for next season, on what basis ("elected", "agreed", ...) and by which document."""

    leader: str
    deputies: tuple[str, ...] = ()
    basis: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class LeaderAnswer:
    """What a unit said to leading next season: that it consents (đồng ý), or declines (từ chối) and why."""

    consents: bool
    on: date
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LeaderRow:
    """A member. `rank` is its place in the order of the rule, shared by equals, None where the rule gives none.

    `candidate`: first in that order of those who have not declined; of an election everyone who has not.
    """

    unit: str
    rank: int | None
    led: tuple[int, ...]
    deputised: tuple[int, ...]
    standing: int | None
    leads_now: bool
    candidate: bool
    answer: LeaderAnswer | None


@dataclass(frozen=True, slots=True)
class LeaderBoard:
    """The board at the end of `season`, for `next_season`; `designated` None until a designation is recorded."""

    season: int
    next_season: int
    rule: LeaderRule
    rows: tuple[LeaderRow, ...]
    designated: Designation | None


def cluster_leader(
    members: Sequence[str],
    led: Mapping[str, Led],
    season: int,
    rule: LeaderRule,
    standings: Standings | None = None,
    designated: Designation | None = None,
    answers: Mapping[str, LeaderAnswer] | None = None,
) -> LeaderBoard:
    """Members in the order of the rule, those without a place last; equals stand in the given order.

    `led` may hold later seasons, such as the one that is being filled: only those up to `season` count. `answers`: what units said to
    leading next season.
    """
    said = answers or {}
    rank_of = {} if standings is None else {row.unit: row.rank for row in standings.rows}
    history = {unit: _until(led.get(unit, Led()), season) for unit in members}
    match rule:
        case LeaderRule.ROTATION:
            last_led = {unit: max(history[unit].leader, default=None) for unit in members}
            order = {unit: (0, 0) if last is None else (1, last) for unit, last in last_led.items()}
        case LeaderRule.RANK:
            order = {unit: (0, rank) for unit in members if (rank := rank_of.get(unit)) is not None}
        case LeaderRule.ELECTED:
            order = {}
    willing = {unit for unit in members if unit not in said or said[unit].consents}
    ranks = {unit: 1 + sum(key < order[unit] for key in order.values()) for unit in order}
    first = min((ranks[unit] for unit in willing if unit in ranks), default=None)
    rows = [
        LeaderRow(
            unit=unit,
            rank=ranks.get(unit),
            led=history[unit].leader,
            deputised=history[unit].deputy,
            standing=rank_of.get(unit),
            leads_now=season in history[unit].leader,
            candidate=unit in willing and (rule is LeaderRule.ELECTED or (first is not None and ranks.get(unit) == first)),
            answer=said.get(unit),
        )
        for unit in members
    ]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0))
    return LeaderBoard(season, season + 1, rule, tuple(rows), designated)


def _until(led: Led, season: int) -> Led:
    return Led(
        tuple(sorted(year for year in led.leader if year <= season)),
        tuple(sorted(year for year in led.deputy if year <= season)),
    )

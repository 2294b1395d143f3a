"""What if one judge had not been there: figure skating 2018 with any one judge left out, held against arithmetic done here by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from services.rankings.domain import Score, compare, standings
from shared.rubric import from_data
from tests.services.rankings.given import without
from tests.support import skating

RECORDED = datetime(2018, 2, 25, tzinfo=UTC)
JUDGES = tuple(f"J{seat}" for seat in range(1, 10))


def _to_cents(value: Fraction) -> Decimal:
    # twenty places are plenty to see on which side of a half a mean of seven or six marks of quarters lies
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _by_hand(program: skating.Program, left_out: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Total and components of each performance: of the marks left, the highest and the lowest dropped, the mean times the factor."""
    factors = {item["key"]: Decimal(item["weight"]) for item in program.rubric["groups"][1]["items"]}
    found = {}
    for unit in program.units:
        marks: dict[str, list[Fraction]] = {key: [] for key in factors}
        other: Mapping[str, str] = {}
        for sheet in program.sheets[unit]:
            if sheet.scorer == skating.TECH:
                other = sheet.scores
            elif sheet.scorer != left_out:
                for key, mark in sheet.scores.items():
                    marks[key].append(Fraction(mark))
        components = Decimal(0)
        for key, given in marks.items():
            kept = sorted(given)[1:-1]
            components += _to_cents(Fraction(factors[key]) * Fraction(_to_cents(sum(kept, Fraction(0)) / len(kept))))
        found[unit] = (Decimal(other[skating.ELEMENTS]) + components - Decimal(other[skating.DEDUCTIONS]), components)
    return found


@pytest.mark.parametrize("judge", JUDGES)
def test_any_judge_left_out_gives_the_ranks_of_the_others_marks(judge: str) -> None:
    skating.require()
    moved = 0
    # each judge in half of the programs: all together see every program through
    for program in skating.programs()[JUDGES.index(judge) % 2 :: 2]:
        rubric = from_data(program.rubric)
        scores = [
            Score(unit, item, pass_key, scorer, Decimal(score), RECORDED)
            for unit, item, pass_key, scorer, score in skating.score_lines(program)
        ]
        board = standings(rubric, program.units, without(scores, [judge]))
        by_hand = _by_hand(program, judge)
        for row in board.rows:
            rank = 1 + sum(other > by_hand[row.unit] for other in by_hand.values())
            assert (row.rank, row.total, row.groups["components"]) == (rank, *by_hand[row.unit]), (program.title, program.names[row.unit])
        moved += sum(one.rank_before != one.rank_after for one in compare(standings(rubric, program.units, scores), board))
    assert moved > 0, "no judge was without weight"

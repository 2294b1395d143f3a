"""The canonical text of a board, row by row: the same as of the board that the engine makes whole, of every rubric and record."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import rfc8785
from hypothesis import given, settings

from services.rankings import canonical, domain
from services.rankings.views import HandIn, scores_of
from shared.event import instant_text
from shared.plain import plain
from shared.rubric import PassRule
from tests.services.rankings.given_second import UNITS, Season, seasons
from tests.shared.rubric.given import a_group, a_rubric, an_item, unhurried


def sheets_of(scores: Sequence[domain.Score]) -> list[HandIn]:
    """The records as sheets, each saved by itself; some with a reason."""
    sheets: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for number, one in enumerate(scores):
        saves = sheets[one.unit, one.pass_key, one.scorer]
        saves.append(
            {
                "version": len(saves) + 1,
                "event": f"sự-kiện-{number}",
                "recorded_at": instant_text(one.recorded_at),
                "scores": {one.item: None if one.score is None else format(one.score, "f")},
                "reasons": {one.item: 'Theo "biên bản"'} if number % 2 else {},
            }
        )
    return [HandIn(*key, saves) for key, saves in sheets.items()]


@settings(unhurried, max_examples=50)
@given(seasons())
def test_rows_and_digest_are_those_of_the_board_that_the_engine_makes_whole(season: Season) -> None:
    rubric, scores, votes, adjustments = season
    sheets = sheets_of(scores)
    board = domain.standings(rubric, UNITS, scores_of(sheets), votes=votes, adjustments=adjustments)
    whole = domain.standings_data(board)
    rows = [{name: value for name, value in row.items() if name != "adjustments" or value} for row in whole.pop("rows")]
    writer, digest = canonical.Writer(rubric), canonical.Digest(whole)
    for row, told in zip(board.rows, rows, strict=True):
        text = writer.text(replace(row, items=()), [sheet for sheet in sheets if sheet.unit == row.unit])
        assert text == json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.add(text)
    assert digest.hexdigest() == hashlib.sha256(rfc8785.dumps({**whole, "rows": rows})).hexdigest()


def test_strays_are_what_the_rubric_does_not_know() -> None:
    rubric = a_rubric(a_group("A", an_item("A.0")), passes=(PassRule("self", "Self"),))
    save = {"version": 1, "event": "e", "recorded_at": "2024-12-01T00:00:00Z", "reasons": {}}
    known = HandIn("u1", "self", "u1", [{**save, "scores": {"A.0": "1"}}])
    both = HandIn("u1", "self", "u1", [{**save, "scores": {"A.0": "1", "Z": "2"}}])
    foreign = HandIn("u1", "elsewhere", "u1", [{**save, "scores": {"A.0": "1"}}])
    writer = canonical.Writer(rubric)
    assert writer.strays([known]) == []
    assert writer.strays([known, both, foreign]) == [replace(both, saves=[{**save, "scores": {"Z": "2"}}]), foreign]
    (row,) = domain.standings(rubric, ["u1"], scores_of([both])).rows
    assert writer.text(replace(row, items=()), [both]) == canonical.of_row({**plain(row), "complete": row.complete})

"""The published results of figure skating 2018, from the engine and from `commendation rank`, to the last digit."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.console.rank import rank
from services.rankings.domain import Score, Standings, standings
from shared.rubric import check, from_data
from tests.support import skating

RECORDED = datetime(2018, 2, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def boards() -> list[tuple[skating.Program, Standings]]:
    skating.require()
    return [(program, _board(program)) for program in skating.programs()]


def _board(program: skating.Program) -> Standings:
    rubric = from_data(program.rubric)
    check(rubric)
    scores = [
        Score(unit, item, pass_key, scorer, Decimal(score), RECORDED)
        for unit, item, pass_key, scorer, score in skating.score_lines(program)
    ]
    return standings(rubric, program.units, scores)


def test_all_panel_scores_equal_the_published_ones(boards: list[tuple[skating.Program, Standings]]) -> None:
    compared = 0
    for program, board in boards:
        for row in board.rows:
            for item, published in program.published[row.unit].panels.items():
                assert row.item(item).panel == published, (program.title, program.names[row.unit], item)
                compared += 1
    assert compared == 1_250


def test_all_component_totals_segment_totals_and_ranks_equal_the_published_ones(
    boards: list[tuple[skating.Program, Standings]],
) -> None:
    compared = 0
    for program, board in boards:
        for row in board.rows:
            published = program.published[row.unit]
            assert row.groups["components"] == published.components, (program.title, program.names[row.unit])
            assert (row.rank, row.total) == (published.rank, published.total), (program.title, program.names[row.unit])
            assert row.complete
            compared += 1
    assert compared == 250


def test_each_judge_who_was_left_out_is_named(boards: list[tuple[skating.Program, Standings]]) -> None:
    for program, board in boards:
        for row in board.rows:
            for item in program.published[row.unit].panels:
                given = row.item(item).contributions
                assert len(given) == 9
                dropped = [one.score.score for one in given if one.dropped]
                everyone = [one.score.score for one in given if one.score.score is not None]
                assert sorted(score for score in dropped if score is not None) == [min(everyone), max(everyone)]


def test_the_one_tie_is_broken_by_the_components(boards: list[tuple[skating.Program, Standings]]) -> None:
    tied = [row for _, board in boards for row in board.rows if row.tied_with]
    assert [(str(row.total), str(row.tie_steps[0].value), row.tie_steps[0].decided) for row in tied] == [
        ("156.65", "77.47", True),
        ("156.65", "75.03", True),
    ]


def _files(program: skating.Program, folder: Path) -> tuple[str, str]:
    rubric, scores = folder / f"{program.key}.yaml", folder / f"{program.key}.csv"
    rubric.write_text(json.dumps(program.rubric), encoding="utf-8")  # JSON is YAML
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("unit", "item", "pass", "scorer", "score"))
    writer.writerows(skating.score_lines(program))
    scores.write_text(out.getvalue(), encoding="utf-8")
    return str(rubric), str(scores)


def _printed(folder: Path, form: str) -> Iterator[tuple[skating.Program, str]]:
    for program in skating.programs():
        rubric, scores = _files(program, folder)
        result = CliRunner().invoke(rank, ["--rubric", rubric, "--scores", scores, "--format", form])
        assert result.exit_code == 0, result.stderr
        yield program, result.stdout


def test_the_command_prints_the_published_totals_and_ranks_as_csv(tmp_path: Path) -> None:
    skating.require()
    compared = 0
    for program, printed in _printed(tmp_path, "csv"):
        for row in csv.DictReader(io.StringIO(printed)):
            published = program.published[row["unit"]]
            assert int(row["rank"]) == published.rank
            assert Decimal(row["total"]) == published.total
            assert Decimal(row["components"]) == published.components
            compared += 1
    assert compared == 250


def test_the_command_prints_the_published_panel_scores_as_json(tmp_path: Path) -> None:
    skating.require()
    compared = 0
    for program, printed in _printed(tmp_path, "json"):
        for row in json.loads(printed)["rows"]:
            published = program.published[row["unit"]]
            panels = {item["key"]: Decimal(item["panel"]) for item in row["items"] if item["group"] == "components"}
            assert panels == published.panels
            compared += len(panels)
    assert compared == 1_250

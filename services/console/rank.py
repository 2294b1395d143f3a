"""`commendation rank`: a board from a rubric file and a score file alone, by the engine that the service uses."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from services.console.scorefile import instant, read_scores
from services.rankings.domain import (
    Explanation,
    Row,
    Standings,
    Status,
    TieStep,
    explain,
    plain,
    standings,
)
from services.rankings.domain.explanation import ItemExplained
from shared.errors import CommendationError
from shared.rubric import Rounding, check, load_yaml

EXIT_BAD_INPUT = 2
WIDTH_WHEN_PIPED = 200  # a file has no width of its own, and a narrow guess would break numbers over lines


class Instant(click.ParamType[datetime]):
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return instant(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("rank")
@click.option("--rubric", "rubric_path", type=_FILE, required=True, help="Rubric, YAML.")
@click.option("--scores", "scores_path", type=_FILE, required=True, help="Scores, CSV: unit, item, score, ...")
@click.option("--as-of", type=Instant(), help="Only scores recorded up to this time, ISO 8601 with zone.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option("--explain", "unit", metavar="UNIT", help="Show why this unit stands where it stands.")
def rank(rubric_path: Path, scores_path: Path, as_of: datetime | None, form: str, unit: str | None) -> None:
    """Rank the units of a score file by a rubric.

    Wrong input is refused whole: every error with its place on standard error, nothing on standard output, exit code 2.
    """
    path = rubric_path
    try:
        rubric = load_yaml(_text(rubric_path))
        check(rubric)
        path = scores_path
        file = read_scores(scores_path, rubric)
        if as_of is not None and not file.dated:
            raise click.UsageError("--as-of needs a column recorded_at in the score file.")
        board = standings(rubric, file.units, file.scores, as_of=as_of)
        explanation = None if unit is None else explain(board, unit)
    except CommendationError as error:
        _refuse(path, error)
    match form, explanation:
        case "json", None:
            said = _json(_board_data(board), dated=file.dated)
        case "json", one:
            said = _json(plain(one), dated=file.dated)
        case "csv", None:
            said = _board_csv(board)
        case "csv", Explanation() as one:
            said = _explanation_csv(one, dated=file.dated)
        case _, None:
            said = _board_table(board)
        case _, Explanation() as one:
            said = _explanation_table(one)
    click.echo(said, nl=False)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{path} is not UTF-8 text; save it as UTF-8.") from error


def _refuse(path: Path, error: CommendationError) -> NoReturn:
    errors = [f"{one['at']}: {one['message']}" for one in error.details.get("errors", ())]
    errors += [
        f"{one['at']}: declared {one['declared']}, found {one['found']}, difference {one['difference']}"
        for one in error.details.get("imbalances", ())
    ]
    for line in errors or [error.message]:
        click.echo(f"{path}: {line}", err=True)
    raise click.exceptions.Exit(EXIT_BAD_INPUT)


def _board_data(board: Standings) -> dict[str, Any]:
    return {
        "rubric": board.rubric.key,
        "season": board.rubric.season,
        "scale": plain(board.rubric.scale),
        "as_of": plain(board.as_of),
        "rows": [plain(explain(board, row.unit)) for row in board.rows],
    }


def _json(data: dict[str, Any], *, dated: bool) -> str:
    return json.dumps(data if dated else _undated(data), ensure_ascii=False, indent=2) + "\n"


def _undated(data: Any) -> Any:
    """Without recorded_at, which a file that has no such column did not say."""
    if isinstance(data, dict):
        return {key: _undated(value) for key, value in data.items() if key != "recorded_at"}
    return [_undated(value) for value in data] if isinstance(data, list) else data


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _board_csv(board: Standings) -> str:
    groups = [group.key for group in board.rubric.groups]
    return _csv(
        ("rank", "unit", "total", "content", "bonus", "penalty", *groups),
        ((row.rank or "", row.unit, *_sums(row), *(_number(row.groups[key]) for key in groups)) for row in board.rows),
    )


def _explanation_csv(one: Explanation, *, dated: bool) -> str:
    return _csv(
        ("unit", "item", "pass", "scorer", "score", "recorded_at", "use", "panel", "value"),
        (
            (
                one.unit,
                item.key,
                turn.key,
                score.scorer,
                _number(score.score),
                plain(score.recorded_at) if dated else "",
                score.use.value,
                _number(turn.panel),
                _number(turn.value),
            )
            for item in one.items
            for turn in item.passes
            for score in turn.scores
        ),
    )


def _sums(row: Row) -> tuple[str, str, str, str]:
    return _number(row.total), _number(row.content), _number(row.bonus), _number(row.penalty)


def _board_table(board: Standings) -> str:
    table = Table("Rank", "Unit", title=_plain_text(f"{board.rubric.title} ({board.rubric.season})"), title_justify="left")
    for name in ("Total", "Content", "Bonus", "Penalty", *(group.key for group in board.rubric.groups)):
        table.add_column(_plain_text(name), justify="right", no_wrap=True)
    table.add_column("Remarks")
    for row in board.rows:
        groups = (_number(row.groups[group.key]) for group in board.rubric.groups)
        cells = (str(row.rank or "-"), row.unit, *_sums(row), *groups, _remarks(row))
        table.add_row(*map(_plain_text, cells))
    return _shown(table)


def _remarks(row: Row) -> str:
    said: list[str] = []
    if row.status is Status.NO_SCORES:
        return "no scores"
    said += [f"{one.item}: {one.panel:f} is below its threshold {one.threshold:f}" for one in row.disqualified]
    if row.missing:
        said.append(f"not scored: {', '.join(row.missing)}")
    said += [f"cap over {cap.over}: {cap.before:f} counts as {cap.after:f}" for cap in row.caps]
    if row.tied_with:
        said.append(f"total equal to {', '.join(row.tied_with)}: {_chain(row.tie_steps)}")
    return "; ".join(said)


def _chain(steps: Sequence[TieStep]) -> str:
    return ", then ".join(map(_step, steps)) or "the rubric has no tie-break"


def _step(step: TieStep) -> str:
    marks = " ".join(f"{mark:f} x{times}" for mark, times in step.marks)
    value = marks or (_number(step.value) or "nothing")
    return f"{step.by}{f' {step.key}' if step.key else ''} {value} ({'decides' if step.decided else 'does not decide'})"


def _explanation_table(one: Explanation) -> str:
    place = f"rank {one.rank} of {one.ranked}" if one.rank else one.status.value.replace("_", " ")
    head = f"{one.unit}: {place}, total {_number(one.total) or 'none'} on a scale of {one.scale:f}"
    table = Table("Item", "Title", title=_plain_text(head), title_justify="left")
    for name in ("Pass", "Scorer", "Score"):
        table.add_column(name, justify="right" if name == "Score" else "left")
    table.add_column("Use")
    for name in ("Panel", "Weight", "Points"):
        table.add_column(name, justify="right", no_wrap=True)
    for item in one.items:
        for cells in _item_lines(item):
            table.add_row(*map(_plain_text, cells))
        table.add_section()
    lines = [f"group {group.key} {group.title}: {_number(group.value) or 'not scored'}" for group in one.groups]
    lines += [f"cap over {cap.over}: {cap.before:f} counts as {cap.after:f}" for cap in one.caps]
    lines += [f"{miss.item}: {miss.panel:f} is below its threshold {miss.threshold:f}" for miss in one.disqualified]
    if one.total is not None:
        sums = f"content {_number(one.content)} + bonus {_number(one.bonus)} - penalty {_number(one.penalty)}"
        lines.append(f"{sums} = total {_number(one.total)}{_rounding(one.total_rounding)}")
    if one.tied_with:
        lines.append(f"total equal to {', '.join(one.tied_with)}: {_chain(one.tie_steps)}")
    return _shown(table) + "".join(f"{line}\n" for line in lines)


def _item_lines(item: ItemExplained) -> Iterator[tuple[str, ...]]:
    """The item's own line, then a line for every record of every pass."""
    note = "not scored" if not item.passes else item.note.value.replace("_", " ") if item.note else ""
    panel = f"{_number(item.panel)}{_rounding(item.panel_rounding)}" if item.panel is not None else ""
    points = f"{_number(item.points)}{_rounding(item.item_rounding)}" if item.points is not None else ""
    statistic = f"{item.statistic.value.replace('_', ' ')}{f', {item.dropped} each end left out' if item.dropped else ''}"
    yield (item.key, item.title, "", "", "", note or f"{item.kind.value}: {statistic}", panel, f"{item.weight:f}", points)
    for turn in item.passes:
        for score in turn.scores:
            use = score.use.value.replace("_", " ")
            said = f"{use}: {score.reason}" if score.reason else use
            yield ("", "", turn.key, score.scorer, _number(score.score), said, "", "", "")


def _rounding(rounding: Rounding | None) -> str:
    return "" if rounding is None else f" ({rounding.mode.value.replace('_', ' ')}, {rounding.places})"


def _plain_text(text: str) -> Text:
    # Text, not str: rich would read a unit called "[bold]" as markup.
    return Text(text)


def _shown(table: Table) -> str:
    out = io.StringIO()
    width = None if sys.stdout.isatty() else WIDTH_WHEN_PIPED
    Console(file=out, width=width).print(table)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())

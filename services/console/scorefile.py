"""Score files: the CSV that `commendation rank` reads; its columns are described in shared/rubric/README.md."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from services.rankings.domain import Score
from shared.errors import ValidationFailed
from shared.rubric import Item, Rubric, ScoreRefused, check_score

REQUIRED = ("unit", "item", "score")
COLUMNS = (*REQUIRED, "pass", "scorer", "recorded_at")
ROWS_MAX = 1_000_000  # a thousand units of a hundred items and ten scorers; more would not fit in memory beside its board
SOLE_SCORER = "-"
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)


class ScoreFileInvalid(ValidationFailed):
    """`details["errors"]` lists {"at": "line 3, column score", "message"}."""

    code = "scores.unreadable"


@dataclass(frozen=True, slots=True)
class ScoreFile:
    """Units in the order of their first line. `dated` where the file has a column recorded_at."""

    units: tuple[str, ...]
    scores: tuple[Score, ...]
    dated: bool


def instant(text: str) -> datetime:
    """An ISO 8601 instant with its zone; ValueError says what is wrong."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no ISO 8601 time; write it like 2024-12-20T09:30:00+07:00") from None
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; add one, as in 2024-12-20T09:30:00+07:00")
    return value


def read_scores(path: Path, rubric: Rubric) -> ScoreFile:
    """The scores of the file, each checked against the rubric; `ScoreFileInvalid` lists every error of the file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reading = _Reading(rubric)
            reading.read(file)
    except UnicodeDecodeError as error:
        raise _invalid([("file", f"it is not UTF-8 text ({error.reason}); save it as CSV UTF-8")]) from error
    except csv.Error as error:
        raise _invalid([("file", f"it is not readable as CSV: {error}")]) from error
    if reading.errors:
        raise _invalid(reading.errors)
    return ScoreFile(tuple(reading.units), tuple(reading.scores), "recorded_at" in reading.header)


def _invalid(errors: list[tuple[str, str]]) -> ScoreFileInvalid:
    return ScoreFileInvalid(
        f"The scores cannot be read: {len(errors)} error{'s' if len(errors) > 1 else ''}.",
        errors=[{"at": at, "message": message} for at, message in errors],
    )


class _Reading:
    """One file being read; goes on after an error so that one run names all of them."""

    def __init__(self, rubric: Rubric) -> None:
        self.items: Mapping[str, Item] = {item.key: item for item in rubric.items()}
        self.passes = rubric.pass_keys()
        self.header: list[str] = []
        self.units: dict[str, None] = {}
        self.scores: list[Score] = []
        self.errors: list[tuple[str, str]] = []
        self.lines: dict[tuple[str, str, str, str, datetime], int] = {}

    def read(self, lines: Iterable[str]) -> None:
        rows = csv.reader(lines, strict=True)
        header = next(rows, [])
        self.header = [name.strip().casefold() for name in header]
        if not self._header_is_known():
            return
        for row in rows:
            if len(self.scores) >= ROWS_MAX:
                self.errors.append((f"line {rows.line_num}", f"more than {ROWS_MAX:,} scores; split the file"))
                return
            if any(cell.strip() for cell in row):
                self._row(rows.line_num, row)
        if not self.scores and not self.errors:
            self.errors.append(("file", "it holds no scores; add a line for each score below the header"))

    def _header_is_known(self) -> bool:
        named = ", ".join(COLUMNS)
        if len(self.header) == 1 and ";" in self.header[0]:
            self.errors.append(("line 1", "columns are separated by semicolons; save the file with commas between columns"))
            return False
        for name in REQUIRED:
            if name not in self.header:
                self.errors.append(("line 1", f"column {name} is missing; the columns are {named}"))
        for name, times in Counter(self.header).items():
            if name not in COLUMNS:
                self.errors.append(("line 1", f"column {name!r} is unknown; the columns are {named}"))
            elif times > 1:
                self.errors.append(("line 1", f"column {name} stands {times} times; keep one"))
        return not self.errors

    def _row(self, line: int, row: list[str]) -> None:
        if len(row) != len(self.header):
            hint = "; a decimal comma splits a score in two, write 8.5 instead of 8,5" if len(row) > len(self.header) else ""
            self.errors.append((f"line {line}", f"{len(row)} cells for {len(self.header)} columns{hint}"))
            return
        cells = dict(zip(self.header, (cell.strip() for cell in row), strict=True))
        before = len(self.errors)
        unit = cells["unit"]
        item = self.items.get(cells["item"])
        pass_key = cells.get("pass") or self.passes[-1]
        scorer = cells.get("scorer") or SOLE_SCORER
        if not unit:
            self._fail(line, "unit", "it is empty; name the unit")
        if item is None:
            self._fail(line, "item", f"{cells['item']!r} is not an item of the rubric: {', '.join(self.items)}")
        if pass_key not in self.passes:
            self._fail(line, "pass", f"{pass_key!r} is not a pass of the rubric: {', '.join(self.passes)}")
        recorded_at = self._recorded_at(line, cells.get("recorded_at"))
        score = self._score(line, cells["score"], item)
        if len(self.errors) > before or item is None:
            return
        first = self.lines.setdefault((unit, item.key, pass_key, scorer, recorded_at), line)
        if first != line:
            self._fail(
                line,
                "score",
                f"{unit}, {item.key}, {pass_key}, {scorer} was already scored on line {first} at the same time; "
                "remove one, or tell in recorded_at which is the later",
            )
            return
        self.units.setdefault(unit)
        self.scores.append(Score(unit, item.key, pass_key, scorer, score, recorded_at))

    def _recorded_at(self, line: int, text: str | None) -> datetime:
        if text is None:
            return UNDATED
        try:
            return instant(text)
        except ValueError as error:
            self._fail(line, "recorded_at", str(error))
            return UNDATED

    def _score(self, line: int, text: str, item: Item | None) -> Decimal | None:
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            said = "has a decimal comma; write a point, as in 8.5" if "," in text else "is not a number such as 8.5"
            self._fail(line, "score", f"{text!r} {said}")
            return None
        score = Decimal(text)
        if item is not None:
            try:
                check_score(item, score)
            except ScoreRefused as error:
                self._fail(line, "score", error.message)
        return score

    def _fail(self, line: int, column: str, message: str) -> None:
        self.errors.append((f"line {line}, column {column}", message))

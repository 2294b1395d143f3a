"""Boards as Excel workbooks; of the standings also every score on a line, and the summary of each unit as the paper form has it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.gateway import formats
from services.gateway.board_lines import (
    FlagBoard,
    answer_words,
    chain_words,
    designated_words,
    flag_lines,
    leader_facts,
    leader_lines,
    tie_words,
)
from services.gateway.exports import Export, Shown, Summary, lines, summaries
from services.gateway.i18n import t
from shared.calendar import HANOI

SUMMARIES_MAX = 60
"""Units with a summary of their own in one workbook: of more tabs nobody finds one."""

LINE_POINTS = 15
"""Height of a line of text in a row."""

_BOLD, _LARGE, _SOFT = Font(bold=True), Font(bold=True, size=14), Font(italic=True, color="555555")
_HEAD, _HEAD_FILL, _GROUP_FILL = (
    Font(bold=True, color="FFFFFF"),
    PatternFill("solid", fgColor="7A1F1F"),
    PatternFill("solid", fgColor="ECEFF4"),
)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_MOMENT = "dd/mm/yyyy hh:mm:ss"
_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\]")


def workbook(export: Export) -> bytes:
    """The workbook of these standings: the board, every score, and the summaries of the first SUMMARIES_MAX units."""
    book = Workbook(write_only=True)
    _board(book, export)
    _scores(book, export)
    for place, one in enumerate(summaries(export), start=1):
        if place > SUMMARIES_MAX:
            break
        _summary(book, export, one, place)
    return _bytes(book)


def flag_workbook(shown: FlagBoard) -> bytes:
    """The workbook of a flag board."""
    book = Workbook(write_only=True)
    sheet = _Sheet(book, t("board.flag"), [20, 44, 24, 12, 20, 50, 50, 16])
    _titled(sheet, shown, t("board.flag"))
    if chain := chain_words(shown.board["rules"]):
        sheet.write([t("standings.chain"), chain], _SOFT)
    columns = ["col.rank", "col.unit", "export.key", "total.total", "flag.eligible", "export.ineligible", "export.tie", "flag.proposal"]
    sheet.head([t(column) for column in columns])
    for line in flag_lines(shown):
        reasons = "\n".join(t(f"ineligible.{reason}") for reason in line.reasons)
        about = [line.rank, line.name, line.unit, _number(line.total), t("flag.yes" if line.eligible else "export.no")]
        sheet.write([*about, reasons, tie_words(line.tie_steps), t("flag.candidate") if line.candidate else ""])
    return _bytes(book)


def leader_workbook(shown: Shown) -> bytes:
    """The workbook of a leader board."""
    book = Workbook(write_only=True)
    sheet = _Sheet(book, t("board.leader"), [18, 44, 24, 18, 20, 12, 12, 50, 16, 16])
    _titled(sheet, shown, t("board.leader"))
    for label, value in leader_facts(shown.board):
        sheet.write([label, value], _SOFT)
    sheet.write()
    columns = ["leader.order", "col.unit", "export.key", "leader.led", "leader.deputised", "leader.standing"]
    sheet.head([t(column) for column in (*columns, "leader.now", "export.answer", "leader.candidate", "export.designated")])
    for line in leader_lines(shown):
        led, deputised = (", ".join(map(str, seasons)) for seasons in (line.led, line.deputised))
        marks = ["×" if holds else "" for holds in (line.leads_now, line.candidate)]
        designated = designated_words(line, shown.board)
        sheet.write([line.order, line.name, line.unit, led, deputised, line.standing, marks[0], answer_words(line), marks[1], designated])
    return _bytes(book)


def _bytes(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


class _Sheet:
    """A worksheet written from top to bottom."""

    def __init__(self, book: Workbook, title: str, widths: Sequence[int]) -> None:
        self._sheet = book.create_sheet(_NOT_IN_A_TITLE.sub("-", title)[:31])
        self._widths = widths
        self.rows = 0
        for at, width in enumerate(widths, start=1):
            self._sheet.column_dimensions[get_column_letter(at)].width = width
        self._sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        self._sheet.page_setup.orientation = "landscape"
        self._sheet.page_setup.fitToHeight = 0
        self._sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def write(self, cells: Iterable[Any] = (), font: Font | None = None, fill: PatternFill | None = None) -> None:
        values = list(cells)
        self.rows += 1
        lines = max((_lines(value, width) for value, width in zip(values, self._widths, strict=False)), default=1)
        if lines > 1:  # not every program that opens the file finds the height of a row by itself
            self._sheet.row_dimensions[self.rows].height = LINE_POINTS * lines
        self._sheet.append([self._cell(value, font, fill) for value in values])

    def title(self, words: str, font: Font) -> None:
        """A line that runs on over the columns to its right."""
        cell = self._cell(words, font, None)
        cell.alignment = Alignment(wrap_text=False)
        self._sheet.append([cell])
        self.rows += 1

    def head(self, cells: Sequence[str]) -> None:
        self.write(cells, _HEAD, _HEAD_FILL)

    def filter_from(self, row: int, columns: int) -> None:
        self._sheet.auto_filter.ref = f"A{row}:{get_column_letter(columns)}{max(self.rows, row)}"

    def _cell(self, value: Any, font: Font | None, fill: PatternFill | None) -> Any:
        if value is None or value == "":
            return None
        cell = WriteOnlyCell(self._sheet, formats.printable(value) if isinstance(value, str) else value)
        if isinstance(value, str):
            cell.data_type = "s"  # text stays text: "=1+1" is a reason, not a formula
        elif isinstance(value, datetime):
            cell.number_format = _MOMENT
        cell.alignment = _WRAPPED
        if font:
            cell.font = font
        if fill:
            cell.fill = fill
        return cell


def head_of(shown: Shown) -> Iterator[tuple[str, str]]:
    """What every form says of itself first: whose board, in what state, of when."""
    board = shown.board
    yield t("col.cluster"), board["cluster_name"] or board["cluster"]
    yield t("col.season"), str(board["season"])
    yield t("col.state"), t(f"export.state_{shown.state}")
    if board["frozen"]:
        yield t("export.frozen_since"), f"{formats.moment(board['frozen']['since'])} – {board['frozen']['reason']}"
    yield t("col.as_of"), formats.moment(shown.as_of)
    if board["seal"]:
        yield t("board.seal"), board["seal"]


def _titled(sheet: _Sheet, shown: Shown, title: str) -> None:
    sheet.title(title, _LARGE)
    sheet.title(shown.board["title"], _BOLD)
    if shown.board["illustrative"]:
        sheet.title(t("illustrative.banner"), _BOLD)
    for label, value in head_of(shown):
        sheet.write([label, value], _SOFT)
    sheet.write()


def _board(book: Workbook, export: Export) -> None:
    groups = export.board["rules"]["groups"]
    sheet = _Sheet(book, t("board.standings"), [16, 44, *(12 for _ in groups), 12, 12, 12, 12, 24])
    _titled(sheet, export, t("board.standings"))
    sums = [t("total.content"), t("total.bonus"), t("total.penalty"), t("total.total")]
    sheet.head([t("col.rank"), t("col.unit"), *(f"{group['key']}. {group['title']}" for group in groups), *sums, t("col.note")])
    for row in export.board["rows"]:
        penalty = _number(row["penalty"])
        values = [_number(row["content"]), _number(row["bonus"]), None if penalty is None else -penalty, _number(row["total"])]
        note = "" if row["status"] == "ranked" else t(f"status.{row['status']}")
        sheet.write([row["rank"], row["name"], *(_number(row["groups"].get(group["key"])) for group in groups), *values, note])


def _scores(book: Workbook, export: Export) -> None:
    widths = [30, 8, 8, 44, 12, 18, 30, 10, 20, 44, 20, 38]
    sheet = _Sheet(book, t("export.scores"), widths)
    _titled(sheet, export, t("export.scores"))
    columns = ["col.unit", "col.rank", "export.item", "col.content", "col.maximum", "col.pass", "col.scorer", "col.score", "why.use"]
    sheet.head([t(column) for column in (*columns, "col.reason", "export.recorded_at", "why.event")])
    first = sheet.rows
    for line in lines(export):
        recorded_at = datetime.fromisoformat(line.recorded_at).astimezone(HANOI).replace(tzinfo=None)
        about = [line.name, line.rank, line.item, line.title, _number(line.maximum or None), line.pass_title, line.scorer_name]
        sheet.write([*about, _number(line.score), t(f"use.{line.use}"), line.reason, recorded_at, line.event])
    sheet.filter_from(first, len(widths))


def _summary(book: Workbook, export: Export, one: Summary, place: int) -> None:
    sheet = _Sheet(book, f"{place}. {one.unit}", [8, 60, 12, *(14 for _ in one.passes), 12, 50])
    _titled(sheet, export, f"{t('export.summary')} – {one.name}")
    sheet.head([t("export.item"), t("col.content"), t("col.maximum"), *one.passes, t("export.counted"), t("col.note")])
    for group, rows in one.groups:
        value = _number(one.row["groups"].get(group["key"]))
        sums = one.after_each_pass([row for row in rows if row.kind != "penalty"])
        sheet.write([group["key"], group["title"], _number(group["maximum"]), *sums, value, " "], _BOLD, _GROUP_FILL)
        for row in rows:
            sheet.write([row.key, row.title, row.maximum, *row.points, row.counted, "\n".join(row.notes)])
    if one.decided:
        sheet.write([None, t("export.adjustments")], _BOLD, _GROUP_FILL)
    for row in one.decided:
        sheet.write([None, row.title, None, *row.points, row.counted, "\n".join(row.notes)])
    blank = [None] * (len(one.passes) + 1)
    for name in ("content", "bonus", "penalty", "total"):
        value = _number(one.row[name])
        before = [None, *one.sums] if name == "total" else blank
        sheet.write([None, t(f"total.{name}"), *before, -value if name == "penalty" and value else value], _BOLD)
    sheet.write([None, t("export.after_each_pass")])


def _lines(value: Any, width: int) -> int:
    """Lines that a text takes in a column so many letters wide."""
    return sum(max(1, -(-len(line) // width)) for line in value.split("\n")) if isinstance(value, str) else 1


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

"""Score sheets as a workbook: a tab for each unit, laid out like the paper form, and what it would do when it is brought back.

Only scores and reasons can be typed over; sums are formulas. Hidden beside each row stands its item, and in a hidden sheet what every row
held when the workbook was made, under a checksum. So what comes back is merged row by row, as `filling` does it with what is typed on the
page: who alone has changed a row has it, and where two have and differ, it waits for a choice.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.gateway import filling
from services.gateway.filling import Given, Outcome, Sheet
from services.gateway.formats import day, short, typed_number
from services.gateway.i18n import t
from services.gateway.workbooks.opening import opened_by_us, opened_twice, unreadable
from shared.bounds import TEXT_MAX, WORKBOOK_SHEETS_MAX
from shared.errors import ValidationFailed

NAME = "score-sheets"
HEAD_ROW = 5
ROWS_MAX = 2_000
"""Rows of a tab that are read: a rubric has some hundred items."""

BASE_ROWS_MAX = WORKBOOK_SHEETS_MAX * ROWS_MAX
"""Rows of the hidden sheet: all that can stand in the tabs."""

COLUMNS_MAX = 60
"""Columns of a tab that are read: of more passes than that no rubric is known."""

NUMBER_MAX = Decimal(10**9)
"""Numbers from here on are no scores, and need not be shown to anybody in full."""

GUIDE = ("fill", "numbers", "locked", "back", "others", "hand_in")
"""The sentences of the instructions."""

_WORDS = {
    "not_reckoned": "sheet_workbook.not_reckoned",
    "number_unclear": "sheet.number_unclear",
    "became_date": "sheet_workbook.became_date",
    "too_long": "workbook.too_long",
}
"""The words for each code of what is wrong with a cell."""

_ABOUT, _BASE = "about", "base"
_UNIT = "_unit:"
_HIDDEN = ("_kind", "_points")
_TITLE_LENGTH_MAX = 31
_WIDTHS = {"key": 7, "content": 56, "maximum": 9, "score": 12, "reason": 50, "words": 60}
"""Of the columns, in letters."""

_LINE_POINTS = 15
"""Height of a line."""

_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\']")

_BOLD = Font(name="Calibri", size=11, bold=True)
_TITLE = Font(name="Calibri", size=14, bold=True)
_HEAD, _BANNER = (Font(name="Calibri", size=11, bold=True, color=colour) for colour in ("FFFFFF", "6B4A00"))
_HEAD_FILL, _GROUP_FILL, _OPEN_FILL, _FAULT_FILL = (
    PatternFill("solid", fgColor=colour) for colour in ("7A1F1F", "ECEFF4", "FFF9E5", "F8D7DA")
)
_LINE = Side(style="thin", color="B8C0CC")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_UNLOCKED = Protection(locked=False)
_TOP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose sheets in which pass a workbook holds."""

    campaign: str
    pass_key: str
    scorer: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a cell of a tab ("D12"; "" for the whole tab), in words; code: what it is, for programs."""

    tab: str
    cell: str
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it came back, beside what it held when the workbook was made. score_cell, reason_cell: where they stand."""

    item: str
    score_cell: str
    reason_cell: str
    base: str
    typed: Given
    given: Given | None
    """None for what cannot be read; a fault says so."""


@dataclass(frozen=True, slots=True)
class Tab:
    """The sheet of one unit as it came back."""

    title: str
    unit: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Made:
    """What a workbook was made of: the version of each sheet, [unit, version], and what every row held, (unit, item, score, reason)."""

    subject: Subject
    versions: Sequence[Sequence[str]]
    rows: Sequence[tuple[str, str, str, str]]

    @property
    def checksum(self) -> str:
        who = [self.subject.campaign, self.subject.pass_key, self.subject.scorer]
        return _digest([who, [list(one) for one in self.versions], [list(row) for row in self.rows]])

    @property
    def marks(self) -> dict[str, dict[str, str]]:
        """What every row held: {unit: {item: mark}}."""
        found: dict[str, dict[str, str]] = {}
        for unit, item, score, reason in self.rows:
            found.setdefault(unit, {})[item] = Given(score, reason).mark
        return found


@dataclass(frozen=True, slots=True)
class Brought:
    """A workbook that came back."""

    made: Made
    tabs: Sequence[Tab]
    faults: Sequence[Fault]


@dataclass(frozen=True, slots=True)
class Returned:
    """A tab that is given back with its mistakes: what was typed, by item, and what is wrong, by cell ("" for the whole tab)."""

    lines: Mapping[str, Line]
    wrong: Mapping[str, Sequence[str]]

    def words(self, *cells: str) -> str:
        return " ".join(words for cell in cells for words in self.wrong.get(cell, ()))

    def shows(self, item: str) -> bool:
        """Whether the row is seen: those with mistakes, and all of a tab that is only wrong as a whole."""
        line = self.lines[item]
        return not self.wrong.keys() - {""} or bool(self.words(line.score_cell, line.reason_cell))


@dataclass(frozen=True, slots=True)
class Change:
    """A row that will be saved, with what the sheet holds now."""

    unit: str
    tab: str
    line: Line
    title: str
    before: Given
    after: Given

    @property
    def score(self) -> dict[str, Any]:
        """As `evaluations.score_sheets` takes it."""
        return {"item": self.line.item, "score": typed_number(self.after.score), "reason": self.after.reason or None}


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing a workbook back would do.

    contested: rows changed here and, since the workbook was made, by somebody else; `after` is what the workbook has. kept: how many rows
    only somebody else has changed: they stay so.
    """

    changes: Sequence[Change] = ()
    contested: Sequence[Change] = ()
    kept: int = 0
    faults: Sequence[Fault] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of what is shown: what is recorded is what was shown, or nothing."""
        rows = [[one.unit, one.line.item, one.before.mark, one.after.mark] for one in (*self.changes, *self.contested)]
        return _digest([rows, len(self.changes)])

    def chosen(self, choose: Callable[[Change], str]) -> Plan:
        """The plan once somebody has chosen between two: "mine" takes the workbook's row, "theirs" leaves what is saved, all else waits."""
        found: dict[str, list[Change]] = {"mine": [], "theirs": [], "": []}
        for one in self.contested:
            found[choice if (choice := choose(one)) in found else ""].append(one)
        return Plan([*self.changes, *found["mine"]], found[""], self.kept + len(found["theirs"]), self.faults, self.versions)

    def sheets(self) -> list[dict[str, Any]]:
        """The changes as `evaluations.score_sheets` takes them."""
        scores: dict[str, list[dict[str, Any]]] = {}
        for one in self.changes:
            scores.setdefault(one.unit, []).append(one.score)
        return [{"unit": unit, "version": self.versions[unit], "scores": given} for unit, given in scores.items()]


def subject_of(sheet: Sheet) -> Subject:
    return Subject(sheet["campaign"], sheet["pass_key"], sheet["scorer"])


def write(sheets: Sequence[Sheet], name_of: Callable[[str], str]) -> bytes:
    """A workbook of these sheets of one scorer in one pass. name_of: the name of a unit."""
    rows = [(sheet["unit"], item["key"], *_base_of(item)) for sheet in sheets for item in filling.items_of(sheet)]
    made = Made(subject_of(sheets[0]), [[sheet["unit"], str(sheet["version"])] for sheet in sheets], rows)
    return _write(made, sheets, name_of, {})


def write_faulty(brought: Brought, faults: Sequence[Fault], sheets: Mapping[str, Sheet], name_of: Callable[[str], str]) -> bytes:
    """A workbook that came back, of which one sees only the rows in which something is wrong: marked in the cell, in words beside it.

    The other rows are there, hidden, with what was typed into them: all of it is brought back together. What the rows held when the
    workbook was made stays what it was. sheets: as they are now, by unit.
    """
    returned = {}
    for tab in brought.tabs:
        wrong: dict[str, list[str]] = {}
        for fault in faults:
            if fault.tab == tab.title:
                wrong.setdefault(fault.cell, []).append(fault.words)
        returned[tab.unit] = Returned({line.item: line for line in tab.lines}, wrong)
    return _write(brought.made, [sheets[tab.unit] for tab in brought.tabs], name_of, returned)


def _write(made: Made, sheets: Sequence[Sheet], name_of: Callable[[str], str], returned: Mapping[str, Returned]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    titles: dict[str, str] = {}
    for sheet in sheets:
        titles[sheet["unit"]] = _title(name_of(sheet["unit"]), titles.values())
        tab = book.create_sheet(titles[sheet["unit"]])
        _write_sheet(tab, sheet, name_of, returned.get(sheet["unit"]))
    _write_guide(book.create_sheet(t("workbook.guide")), ("faulty", *GUIDE) if returned else GUIDE)
    _show_faulty(book, {titles[unit] for unit, tab in returned.items() if not tab.wrong})
    base = book.create_sheet(_BASE)
    for number, row in enumerate(made.rows, 1):
        for at, value in enumerate(row, 1):
            _text(base.cell(number, at), value)
    subject = made.subject
    said = [["table", NAME], ["campaign", subject.campaign], ["pass_key", subject.pass_key], ["scorer", subject.scorer]]
    said += [["version", *one] for one in made.versions]
    said.append(["checksum", made.checksum])
    about = book.create_sheet(_ABOUT)
    for number, words in enumerate(said, 1):
        for at, value in enumerate(words, 1):
            _text(about.cell(number, at), value)
    about.sheet_state = base.sheet_state = "hidden"
    book.security = WorkbookProtection(lockStructure=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@opened_by_us("sheet_workbook.no_workbook")
def read(content: bytes, subject: Subject, unit: str = "", name_of: Callable[[str], str] = str) -> Brought:
    """What came back, compared with what it was made for. unit: whose sheet it must hold, where it is asked for one.

    Raises WorkbookUnreadable for what is no such workbook, of another scorer, pass or campaign, or whose hidden part was edited.
    """
    values, raw = opened_twice(content)
    made = _checked(values, _about(values), subject, name_of)
    base = made.marks
    if unit and unit not in base:
        raise unreadable("sheet_workbook.other_unit", found=", ".join(map(name_of, base)), wanted=name_of(unit))
    tabs: list[Tab] = []
    faults: list[Fault] = []
    for title in values.sheetnames:
        if title in (_ABOUT, _BASE):
            continue
        lines = list(zip(_rows(values[title]), _rows(raw[title]), strict=False))
        if (place := _place_of_unit(lines)) is not None:
            tab, wrong = _read_tab(title, lines, place, base)
            tabs.append(tab)
            faults += wrong
    units = [tab.unit for tab in tabs]
    if missing := base.keys() - set(units):
        raise unreadable("sheet_workbook.tabs_missing", units=", ".join(map(name_of, sorted(missing))))
    if len(set(units)) < len(units):
        raise unreadable("sheet_workbook.tab_twice")
    return Brought(made, tabs, faults)


def plan(brought: Brought, sheets: Mapping[str, Sheet]) -> Plan:
    """What the rows ask for, beside what the sheets (by unit) hold now."""
    changes: list[Change] = []
    contested: list[Change] = []
    kept = 0
    for tab in brought.tabs:
        items = {item["key"]: item for item in filling.items_of(sheets[tab.unit])}
        for line in tab.lines:
            if line.given is None:
                continue
            held = Given(*_base_of(items[line.item]))
            whose = filling.outcome(line.base, held.mark, line.given.mark)
            if whose is Outcome.HELD:
                kept += held.mark != line.base and line.given.mark == line.base
                continue
            change = Change(tab.unit, tab.title, line, items[line.item]["title"], held, line.given)
            (changes if whose is Outcome.MINE else contested).append(change)
    return Plan(changes, contested, kept, brought.faults, {unit: sheet["version"] for unit, sheet in sheets.items()})


def refused(plan: Plan, unit: str, words: Mapping[str, str], otherwise: str, codes: Mapping[str, str]) -> list[Fault]:
    """A refusal of the service as faults at the cells that asked for it.

    words: by item; otherwise: of the whole sheet; codes: by item where one has its own, and under "" that of the refusal.
    """
    mine = [one for one in plan.changes if one.unit == unit]
    at_rows = [(one, one.line.item) for one in mine if one.line.item in words]
    found = [Fault(one.tab, one.line.score_cell, words[item], codes.get(item, codes[""])) for one, item in at_rows]
    return found or [Fault(mine[0].tab, "", otherwise, codes[""])]


def _title(name: str, taken: Iterable[str]) -> str:
    """A name as the title of a tab, which is short, and unlike any other whatever its capitals."""
    plain = _FORBIDDEN_IN_TITLES.sub(" ", name).strip()[:_TITLE_LENGTH_MAX].strip() or "-"
    used = {one.casefold() for one in taken} | {t("workbook.guide").casefold(), _ABOUT, _BASE}
    title, number = plain, 1
    while title.casefold() in used:
        number += 1
        title = f"{plain[: _TITLE_LENGTH_MAX - 4].strip()} {number}"
    return title


def _show_faulty(book: Workbook, sound: Collection[str]) -> None:
    """Hide the tabs in which nothing is wrong; the first that is seen is opened."""
    for tab in book.worksheets:
        if tab.title in sound:
            tab.sheet_state = "hidden"
    book.active = next(place for place, tab in enumerate(book.worksheets) if tab.sheet_state == "visible")


def _write_sheet(tab: Worksheet, sheet: Sheet, name_of: Callable[[str], str], returned: Returned | None) -> None:
    titles = {one["pass_key"]: one["title"] for one in sheet["passes"]}
    given = {before["pass_key"] for item in filling.items_of(sheet) for before in item["previous"]}
    earlier = [key for key in titles if key in given]
    heads = [t("col.key"), t("col.content"), t("col.maximum"), *(titles[key] for key in earlier)]
    heads += [titles.get(sheet["pass_key"], sheet["pass_key"]), t("col.reason")]
    score_at, reason_at = len(heads) - 1, len(heads)
    kind_at, points_at = reason_at + 2, reason_at + 3
    _text(tab.cell(1, 1), f"{t('sheet.title')}: {name_of(sheet['unit'])}").font = _TITLE
    _text(tab.cell(2, 1), f"{sheet['title']} – {sheet['season']}")
    who = f"{t('col.pass')}: {titles.get(sheet['pass_key'], sheet['pass_key'])}. {t('col.scorer')}: {name_of(sheet['scorer'])}."
    _text(tab.cell(3, 1), f"{who} {t('col.due')}: {day(sheet['due_on']) or '–'}.")
    if sheet["illustrative"]:
        _text(tab.cell(4, 1), t("illustrative.banner")).font = _BANNER
    for at, words in enumerate(heads, 1):
        cell = _text(tab.cell(HEAD_ROW, at), words)
        cell.font, cell.fill, cell.alignment, cell.border = _HEAD, _HEAD_FILL, _TOP, _BOX
    for at, words in enumerate((f"{_UNIT}{sheet['unit']}", *_HIDDEN), reason_at + 1):
        _text(tab.cell(HEAD_ROW, at), words)
        tab.column_dimensions[get_column_letter(at)].hidden = True
    score, kind, points = (get_column_letter(at) for at in (score_at, kind_at, points_at))
    words_at = points_at + 1
    if returned:
        _text(tab.cell(HEAD_ROW, words_at), t("workbook.faults")).font = _BOLD
        _text(tab.cell(HEAD_ROW - 1, words_at), returned.words("")).font = _BOLD
        tab.column_dimensions[get_column_letter(words_at)].width = _WIDTHS["words"]
    number = HEAD_ROW
    for group in sheet["groups"]:
        number += 1
        _text(tab.cell(number, 1), group["key"])
        _text(tab.cell(number, 2), group["title"])
        tab.cell(number, 3, _number(group["maximum"]))
        tab.cell(number, score_at, f"=SUM({points}{number + 1}:{points}{number + len(group['items'])})")
        for at in range(1, reason_at + 1):
            head = tab.cell(number, at)
            head.font, head.fill, head.border, head.alignment = _BOLD, _GROUP_FILL, _BOX, _TOP
        tab.row_dimensions[number].hidden = returned is not None and not any(returned.shows(item["key"]) for item in group["items"])
        for item in group["items"]:
            number += 1
            typed = returned.lines[item["key"]].typed if returned else None
            _write_item(tab, number, sheet, item, earlier, score_at, typed)
            if returned:
                _mark_faults(tab, number, returned, item["key"], words_at)
            _text(tab.cell(number, reason_at + 1), item["key"])
            tab.cell(number, kind_at, item["kind"])
            sign = {"penalty": "-", "gate": "0*"}.get(item["kind"], "")
            tab.cell(number, points_at, f"={sign}N({score}{number})*{Decimal(item['weight']):f}")
    kinds, all_points = (f"{letter}{HEAD_ROW + 1}:{letter}{number}" for letter in (kind, points))
    formulas = {name: f'=SUMIF({kinds},"{name}",{all_points})' for name in ("content", "bonus", "penalty")}
    for name, formula in {**formulas, "total": f"=SUM({all_points})"}.items():
        number += 1
        _text(tab.cell(number, 2), t(f"total.{name}"))
        tab.cell(number, score_at, formula)
        for at in range(1, reason_at + 1):
            tab.cell(number, at).font, tab.cell(number, at).border = _BOLD, _BOX
    tab.cell(number, 3, _number(sheet["totals"]["scale"]))
    for at, name in enumerate(("key", "content", "maximum", *("score" for _ in earlier), "score", "reason"), 1):
        tab.column_dimensions[get_column_letter(at)].width = _WIDTHS[name]
    tab.row_dimensions[HEAD_ROW].height = 2 * _LINE_POINTS
    tab.freeze_panes = f"C{HEAD_ROW + 1}"
    tab.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    tab.page_setup.orientation, tab.page_setup.paperSize = "landscape", tab.PAPERSIZE_A4
    tab.page_setup.fitToHeight, tab.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
    tab.protection.sheet = True
    tab.protection.formatColumns = tab.protection.formatRows = False


def _mark_faults(tab: Worksheet, number: int, returned: Returned, item: str, words_at: int) -> None:
    """The mistakes of a row: each in its cell, and in words at the end of the row; a row without is hidden."""
    line = returned.lines[item]
    tab.row_dimensions[number].hidden = not returned.shows(item)
    _text(tab.cell(number, words_at), returned.words(line.score_cell, line.reason_cell)).alignment = _TOP
    for at, cell in ((words_at - 5, line.score_cell), (words_at - 4, line.reason_cell)):
        if words := returned.words(cell):
            wrong = tab.cell(number, at)
            wrong.fill, wrong.comment = _FAULT_FILL, Comment(words, t("site.name"))


def _write_item(
    tab: Worksheet, number: int, sheet: Sheet, item: Mapping[str, Any], earlier: Sequence[str], score_at: int, typed: Given | None
) -> None:
    _text(tab.cell(number, 1), item["key"])
    _text(tab.cell(number, 2), item["title"])
    tab.cell(number, 3, _number(item["maximum"]))
    for at, key in enumerate(earlier, 4):
        scores = [before for before in item["previous"] if before["pass_key"] == key]
        if len(scores) == 1:
            tab.cell(number, at, _number(scores[0]["score"]))
        elif scores:
            _text(tab.cell(number, at), "; ".join(short(before["score"]) for before in scores))
    held = typed or Given(*_base_of(item))
    score, reason = tab.cell(number, score_at), tab.cell(number, score_at + 1)
    _put_score(score, held.score)
    if words := held.reason:
        _text(reason, words)
    reason.number_format = "@"  # what is typed stays as it is typed: "12/5" is no day in May
    for at in range(1, score_at + 2):
        tab.cell(number, at).alignment, tab.cell(number, at).border = _TOP, _BOX
    if (lines := max(_lines(item["title"], _WIDTHS["content"]), _lines(words, _WIDTHS["reason"]))) > 1:
        tab.row_dimensions[number].height = lines * _LINE_POINTS  # not every program makes room for wrapped text by itself
    if not filling.takes(sheet, item):
        return
    score.protection = reason.protection = _UNLOCKED
    score.fill = reason.fill = _OPEN_FILL
    here, most, places = score.coordinate, f"{Decimal(item['maximum']):f}", item["places"]
    fits = f"AND(ISNUMBER({here}),{here}>=0,{here}<={most},ROUND({here},{places})={here})"
    rule = DataValidation(type="custom", formula1=fits, allow_blank=True)
    rule.error = rule.prompt = t("sheet_workbook.allowed", maximum=short(item["maximum"]), places=places)
    rule.errorTitle = rule.promptTitle = item["key"][:_TITLE_LENGTH_MAX]
    rule.showErrorMessage = rule.showInputMessage = True
    long = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(TEXT_MAX), allow_blank=True, showErrorMessage=True)
    for one, cell in ((rule, score), (long, reason)):
        one.add(cell)
        tab.add_data_validation(one)


def _put_score(cell: Any, typed: str) -> None:
    """A score as a number; what is none as it was typed."""
    try:
        cell.value = typed_number(typed)
    except ValidationFailed:
        _text(cell, typed)


def _write_guide(guide: Worksheet, names: Iterable[str]) -> None:
    guide.column_dimensions["A"].width = 110
    for number, name in enumerate(names, 1):
        _text(guide.cell(number, 1), t(f"sheet_workbook.lead_{name}")).alignment = _TOP
    guide.protection.sheet = True


def _rows(tab: Any) -> Iterator[Sequence[Any]]:
    return cast("Iterator[Sequence[Any]]", tab.iter_rows(max_row=ROWS_MAX, max_col=COLUMNS_MAX))


def _about(book: Workbook) -> list[list[str]]:
    if _ABOUT not in book.sheetnames or _BASE not in book.sheetnames:
        raise unreadable("sheet_workbook.another")
    said = [[str(cell.value) for cell in row if cell.value is not None] for row in _rows(book[_ABOUT])]
    if ["table", NAME] not in said:
        raise unreadable("sheet_workbook.another")
    return said


def _checked(book: Workbook, about: Sequence[Sequence[str]], subject: Subject, name_of: Callable[[str], str]) -> Made:
    said = {row[0]: row[1] for row in about if len(row) == 2}
    versions = [list(row[1:]) for row in about if len(row) == 3 and row[0] == "version"]
    made_for = Subject(said.get("campaign", ""), said.get("pass_key", ""), said.get("scorer", ""))
    base = book[_BASE].iter_rows(max_row=BASE_ROWS_MAX, max_col=4, values_only=True)
    rows = [tuple(_words(value) for value in (*row, *[None] * 4)[:4]) for row in base]
    made = Made(made_for, versions, [(unit, item, score, reason) for unit, item, score, reason in rows if unit])
    if said.get("checksum") != made.checksum or len(versions) > WORKBOOK_SHEETS_MAX:
        raise unreadable("sheet_workbook.edited")
    for name in ("campaign", "pass_key", "scorer"):
        found, wanted = getattr(made_for, name), getattr(subject, name)
        if found != wanted:
            raise unreadable(f"sheet_workbook.other_{name}", found=name_of(found), wanted=name_of(wanted))
    return made


def _place_of_unit(lines: Sequence[tuple[Sequence[Any], Sequence[Any]]]) -> tuple[int, int] | None:
    """Row and column (from 0) of the cell that says whose sheet the tab is; None for a tab that is none."""
    for row, (values, _) in enumerate(lines[: HEAD_ROW + 5]):
        for at, cell in enumerate(values):
            if isinstance(cell.value, str) and cell.value.startswith(_UNIT):
                return row, at
    return None


def _read_tab(
    title: str, lines: Sequence[tuple[Sequence[Any], Sequence[Any]]], place: tuple[int, int], base: Mapping[str, Mapping[str, str]]
) -> tuple[Tab, list[Fault]]:
    head, at = place
    unit = str(lines[head][0][at].value).removeprefix(_UNIT)
    if unit not in base or at < 2:
        raise unreadable("sheet_workbook.ids", tab=title, cell=f"{get_column_letter(at + 1)}{head + 1}")
    found: dict[str, Line] = {}
    faults: list[Fault] = []
    for number, (values, raw) in enumerate(lines[head + 1 :], head + 2):
        key = _words(values[at].value) if at < len(values) else ""
        if not key:
            continue
        if key not in base[unit] or key in found:
            raise unreadable("sheet_workbook.ids", tab=title, cell=f"{get_column_letter(at + 1)}{number}")
        where = [f"{get_column_letter(place)}{number}" for place in (at - 1, at)]
        score, odd = _read_score(values[at - 2], raw[at - 2])
        reason, unclear = _read_reason(values[at - 1], raw[at - 1])
        faults += [Fault(title, cell, t(_WORDS[code], n=TEXT_MAX), code) for cell, code in zip(where, (odd, unclear), strict=True) if code]
        typed = Given(_typed(values[at - 2], raw[at - 2]) if odd else score, _typed(values[at - 1], raw[at - 1]) if unclear else reason)
        found[key] = Line(key, where[0], where[1], base[unit][key], typed, None if odd or unclear else typed)
    if missing := [item for item in base[unit] if item not in found]:
        raise unreadable("sheet_workbook.rows_missing", tab=title, items=", ".join(missing[:10]))
    return Tab(title, unit, list(found.values())), faults


def _read_score(cell: Any, raw: Any) -> tuple[str, str]:
    """A score as text, "7,5", and the code of what is wrong with it. Numbers are read to the fifteen digits that a spreadsheet keeps."""
    value = cell.value
    if value is None:
        return "", "not_reckoned" if raw.value is not None else ""
    if isinstance(value, bool) or cell.data_type == "e":
        return "", "number_unclear"
    if isinstance(value, date) or hasattr(value, "hour"):
        return "", "became_date"
    if isinstance(value, int | float):
        number = Decimal(format(value, ".15g"))
        return (short(number), "") if abs(number) < NUMBER_MAX else ("", "number_unclear")
    try:
        return short(typed_number(str(value))), ""
    except ValidationFailed:
        return "", "number_unclear"


def _read_reason(cell: Any, raw: Any) -> tuple[str, str]:
    value = cell.value
    if value is None:
        return "", "not_reckoned" if raw.value is not None else ""
    if isinstance(value, date):
        return day(value if not hasattr(value, "date") else value.date()), ""
    words = _words(format(value, ".15g") if isinstance(value, float) else value)
    return words, "too_long" if len(words) > TEXT_MAX else ""


def _typed(cell: Any, raw: Any) -> str:
    """What stands in a cell that cannot be read: a formula that was not calculated as its text."""
    value = raw.value if cell.value is None else cell.value
    return day(value if not hasattr(value, "date") else value.date()) if isinstance(value, date) else _words(value)


def _base_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Score and reason as a workbook can hold them: without the letters that XML cannot."""
    return short(item["score"]), _words(item["reason"])


def _words(value: Any) -> str:
    return filling.lines(ILLEGAL_CHARACTERS_RE.sub(" ", "" if value is None else str(value)))


def _lines(words: str, width: int) -> int:
    """How many lines a text takes in a column, with room for words that do not break where it ends."""
    return sum(len(line) // (width - 4) + 1 for line in words.split("\n"))


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _text(cell: Any, words: str) -> Cell:
    """Text stays text: "=1+1" is a title, and "1.10" an item."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", words)
    cell.data_type, cell.number_format = "s", "@"
    return cast("Cell", cell)


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

"""A table of a workbook: its columns, its rows, and what may be wrong with a cell. Nothing here knows Excel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.gateway.formats import NumberUnclear, typed_number

Values = dict[str, Any]
"""A row's values by the keys of its columns: text, dates, or None for an empty cell; of a choice, the key that its words stand for; of a
number its digits with a point, without zeros at the end."""

FIRST_ROW = 2
"""The row under the head, as a spreadsheet counts."""


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. words: its head; hint: what the instructions say of it; among: the list whose words a choice takes."""

    key: str
    words: str
    hint: str
    kind: Kind = Kind.TEXT
    required: bool = False
    width: int = 18
    length_max: int = 300
    among: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What a workbook is made for: `name` tells workbooks of one kind from those of another.

    lists: by name, the words of a choice and the key that each stands for, in the order in which they are offered; no words twice.
    """

    name: str
    title: str
    columns: Sequence[Column]
    lists: Mapping[str, Mapping[str, str]]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def words(self) -> dict[str, dict[str, str]]:
        """The lists the other way round: by name, the words that stand for each key."""
        return {name: {key: words for words, key in found.items()} for name, found in self.lists.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a cell, or with the row where `column` is "". message: the id of its words; values: what they name."""

    row: int
    column: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it came back. id: what it is about, None for a new one; base: the mark of its values when the workbook was made."""

    number: int
    id: str | None
    base: str | None
    values: Values
    typed: Sequence[str]
    """The cells as they were typed, to be given back with the mistakes."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A workbook that came back: rows that are not blank, and what is wrong with cells."""

    rows: Sequence[Row]
    faults: Sequence[Fault]


def mark(values: Mapping[str, Any]) -> str:
    """A short mark of a row's values, so that it is seen whether the row or what it is about has changed since."""
    said = {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_cell(column: Column, typed: Any, places: Mapping[str, Mapping[str, str]]) -> tuple[Any, str | None]:
    """The value of a cell and, where it cannot be taken, the id of the words that say why.

    places: the lists of the table by folded words, see `folded`.
    """
    if isinstance(typed, str):
        typed = " ".join(typed.split())
    if typed is None or typed == "":
        return None, "workbook.missing" if column.required else None
    if column.kind is Kind.DATE:
        return _day(typed)
    if column.kind is Kind.NUMBER:
        return _number(typed)
    text = _text(typed)
    if column.kind is Kind.CHOICE:
        found = places[column.among].get(text.casefold())
        return found, None if found is not None else "workbook.no_choice"
    if len(text) > column.length_max:
        return text, "workbook.too_long"
    return text, None


def folded(lists: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The lists by words without capitals: who types a name need not mind them."""
    return {name: {words.casefold(): key for words, key in found.items()} for name, found in lists.items()}


def _text(typed: Any) -> str:
    """A number that a spreadsheet made of a code is the code again."""
    if isinstance(typed, float) and typed.is_integer():
        return str(int(typed))
    return str(typed)


def _number(typed: Any) -> tuple[str | None, str | None]:
    """A number cell, or text with a decimal comma as Vietnamese offices write it."""
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        return digits(Decimal(repr(typed))), None
    try:
        found = typed_number(str(typed))
    except NumberUnclear:
        return None, "workbook.no_number"
    return (None, None) if found is None else (digits(found), None)


def digits(number: Decimal) -> str:
    """A number as a row has it.

    >>> digits(Decimal("12.50"))
    '12.5'
    """
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(typed: Any) -> tuple[date | None, str | None]:
    """A date cell, or text as dd/mm/yyyy or ISO 8601; a day before 1900 is a slip of the keyboard."""
    if hasattr(typed, "date") and callable(typed.date):
        typed = typed.date()
    if isinstance(typed, date):
        found: date | None = typed
    else:
        found = _day_from(str(typed))
    if found is None:
        return None, "workbook.no_date"
    return (found, None) if 1900 <= found.year <= 2200 else (None, "workbook.no_date")


def _day_from(text: str) -> date | None:
    parts = text.replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isdigit() and part.isascii() for part in parts):
        return None
    numbers = [int(part) for part in parts]
    year, month, day = numbers if len(parts[0]) == 4 else numbers[::-1]
    try:
        return date(year, month, day)
    except ValueError:
        return None

"""The workbook of ratings: a row for each person or unit of one unit, period and scheme, and what bringing it back would enter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.gateway.formats import short
from services.gateway.i18n import t
from services.gateway.rating_rows import Entry, Rated, words_of_faults
from services.gateway.workbooks.table import Column, Fault, Filled, Kind, Row, Table, Values, digits, mark

YES, GRADES = "yes", "grades"
FIGURE, FACT = "figure:", "fact:"
HELD = ("group", "leads", "unrated", "decided", "because")


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing a workbook back would enter, and what is wrong with it. rows: by subject, the row of the sheet that it came from."""

    entries: Sequence[Entry]
    rows: Mapping[str, int]
    faults: Sequence[Fault]


def table(ratings: Mapping[str, Any]) -> Table:
    """The table for the ratings of a unit and period (as `evaluations.ratings` answers them)."""
    scheme = ratings["scheme"]
    leaders = t("rating_book.for_leaders")
    figures = [
        Column(f"{FIGURE}{one['key']}", one["title"], leaders if one["leaders"] else "", Kind.NUMBER, width=14) for one in scheme["figures"]
    ]
    facts = [
        Column(f"{FACT}{fact['key']}", fact["title"], t("rating_book.hint_fact", grade=fact["gives"]), Kind.CHOICE, width=18, among=YES)
        for fact in scheme["disqualifiers"]
    ]
    return Table(
        name=f"ratings:{ratings['unit']}:{ratings['period']}:{scheme['key']}",
        title=t("rating_book.title"),
        columns=[
            Column("name", t("rating_book.name"), t("rating_book.hint_name"), width=34),
            Column("post", t("rating_book.post"), t("rating_book.hint_name"), width=28),
            Column("group", t("rating.group"), t("rating_book.hint_group"), width=24, length_max=60),
            Column("leads", t("rating.leads"), t("rating_book.hint_leads"), Kind.CHOICE, width=12, among=YES),
            *figures,
            *facts,
            Column("unrated", t("rating.unrated"), t("rating_book.hint_unrated"), width=30, length_max=200),
            Column("decided", t("rating.decided"), t("rating_book.hint_decided"), Kind.CHOICE, width=14, among=GRADES),
            Column("because", t("rating.because"), t("rating_book.hint_because"), width=34, length_max=200),
        ],
        lists={YES: {t("rating_book.yes"): YES}, GRADES: {grade["key"]: grade["key"] for grade in scheme["grades"]}},
    )


def values_of(made: Table, entry: Entry, row: Mapping[str, Any] | None) -> Values:
    """An entry as a row of the workbook; row: as it is recorded, with its figures exact."""
    figures = dict(row["figures"]) if row is not None else {}
    values: Values = {column.key: None for column in made.columns}
    values |= {"name": entry.who.name, "post": entry.who.post or None, "group": entry.group or None, "leads": YES if entry.leads else None}
    values |= {f"{FIGURE}{key}": digits(Decimal(value)) for key, value in figures.items()}
    values |= {f"{FACT}{key}": YES for key in entry.facts}
    return values | {name: getattr(entry, name) or None for name in ("unrated", "decided", "because")}


def plan(filled: Filled, made: Table, ratings: Mapping[str, Any], rated: Mapping[str, Entry]) -> Plan:
    """What the rows ask for, in their order. A row that nobody edited enters nothing; one that was recorded anew meanwhile is refused."""
    recorded = {row["subject"]: row for row in ratings["rows"]}
    wrong = {fault.row for fault in filled.faults}
    faults = list(filled.faults)
    entries: list[Entry] = []
    rows: dict[str, int] = {}
    for row in filled.rows:
        if row.id is not None and row.base == mark(row.values):
            continue
        if row.number in wrong:
            continue
        fault = _fault(row, made, rated, recorded, rows)
        if fault is not None:
            faults.append(fault)
            continue
        entry = _entry(rated[str(row.id)].who, row)
        if entry.filled:
            entries.append(entry)
            rows[entry.who.subject] = row.number
        elif entry.who.subject in recorded:
            faults.append(Fault(row.number, "", "rating_book.emptied"))
    return Plan(entries, rows, faults)


def _fault(
    row: Row, made: Table, rated: Mapping[str, Entry], recorded: Mapping[str, Mapping[str, Any]], rows: Mapping[str, int]
) -> Fault | None:
    if row.id is None or row.id not in rated:
        return Fault(row.number, "", "rating_book.nobody")
    if row.id in rows:
        return Fault(row.number, "", "rating_book.twice", {"row": rows[row.id]})
    now = values_of(made, rated[row.id], recorded.get(row.id))
    if row.base != mark(now):
        return Fault(row.number, "", "rating_book.stale")
    if not row.values["group"]:
        return Fault(row.number, "group", "workbook.missing")
    return None


def refused(filled_plan: Plan, scheme: Mapping[str, Any], errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """What evaluations would refuse, at the cells that asked for it."""
    figures = {figure["key"] for figure in scheme["figures"]}
    found = []
    for subject, at, words in words_of_faults(errors):
        column = f"{FIGURE}{at}" if at in figures else at if at in HELD else ""
        found.append(Fault(filled_plan.rows[subject], column, "workbook.refused", {"words": words}))
    return found


def _entry(who: Rated, row: Row) -> Entry:
    values = row.values
    return Entry(
        who,
        group=values["group"],
        leads=values["leads"] is not None,
        figures={key.removeprefix(FIGURE): short(value) for key, value in values.items() if key.startswith(FIGURE)},
        facts=[key.removeprefix(FACT) for key, value in values.items() if key.startswith(FACT) and value],
        unrated=values["unrated"] or "",
        decided=values["decided"] or "",
        because=values["because"] or "",
    )

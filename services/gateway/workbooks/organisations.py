"""The workbook of organisations: what it holds, and what bringing it back would change.

A row that nobody edited changes nothing, whatever happened to its organisation meanwhile. A row that was edited is compared with the
organisation as it is now; where that is no longer what the workbook showed, the row is refused and nothing is overwritten unseen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.gateway.i18n import t
from services.gateway.workbooks.table import Column, Fault, Filled, Kind, Row, Table, Values, mark

NAME = "organisations"
ORGANISATIONS = "organisations"
CODES = ("code", "statistics_code")
PARENTS = ("parent", "sector_parent")
HELD = ("name", "kind", "level", *CODES, *PARENTS, "opened_on")
"""The columns that say what an organisation is; the others say since when and by which document."""

Change = dict[str, Any]
"""As `registry.record_organisations` takes it."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that a row asks for: which columns it is about, and what they were and will be."""

    row: int
    columns: Sequence[str]
    change: Change
    before: Values
    after: Values


@dataclass(frozen=True, slots=True)
class Plan:
    """What bringing a workbook back would do."""

    planned: Sequence[Planned]
    faults: Sequence[Fault]


def table(organisations: Sequence[Mapping[str, Any]]) -> Table:
    """The table with the organisations that there are (as `registry.organisations` answers them) to choose parents from."""
    return Table(
        name=NAME,
        title=t("workbook.organisations"),
        columns=[
            Column("name", t("attribute.name"), t("workbook.hint_name"), required=True, width=44),
            Column("kind", t("attribute.kind"), t("workbook.hint_kind"), width=16),
            Column("level", t("attribute.level"), t("workbook.hint_level"), required=True, width=20),
            Column("code", t("attribute.code"), t("workbook.hint_code"), width=16, length_max=100),
            Column("statistics_code", t("attribute.statistics_code"), t("workbook.hint_statistics_code"), width=12, length_max=5),
            Column("parent", t("attribute.parent"), t("workbook.hint_parent"), Kind.CHOICE, width=44, among=ORGANISATIONS),
            Column(
                "sector_parent", t("attribute.sector_parent"), t("workbook.hint_sector_parent"), Kind.CHOICE, width=44, among=ORGANISATIONS
            ),
            Column("opened_on", t("attribute.opened_on"), t("workbook.hint_opened_on"), Kind.DATE, width=14),
            Column("effective_on", t("label.effective_on"), t("workbook.hint_effective_on"), Kind.DATE, width=14),
            Column("document", t("label.document"), t("workbook.hint_document"), width=44),
        ],
        lists={ORGANISATIONS: names_of(organisations)},
    )


def names_of(organisations: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """By the words that stand for it: each organisation. Of those that share a name the words say the code, else the key, too.

    A name is shared also where only capitals differ: words are read back without them.
    """
    count = Counter(row["name"].casefold() for row in organisations)
    found: dict[str, str] = {}
    for row in organisations:
        shared = count[row["name"].casefold()] > 1
        words = f"{row['name']} ({row.get('code') or row.get('statistics_code') or row['organisation']})" if shared else row["name"]
        found[words if words not in found else f"{row['name']} ({row['organisation']})"] = row["organisation"]
    return found


def values_of(row: Mapping[str, Any]) -> Values:
    """An organisation as a row of the workbook."""
    opened_on = row.get("opened_on")
    values: Values = {key: row.get(key) or None for key in HELD}
    return {**values, "opened_on": date.fromisoformat(opened_on) if opened_on else None, "effective_on": None, "document": None}


def plan(filled: Filled, organisations: Sequence[Mapping[str, Any]], key_from: Callable[[str], str]) -> Plan:
    """What the rows ask for, in their order, and what is wrong with them.

    key_from: the beginning of a key for a new organisation, from its code or name.
    """
    current = {row["organisation"]: values_of(row) for row in organisations}
    registered = {(row["name"], row.get("parent") or None) for row in organisations}
    keys = _keys(filled, current.keys(), key_from)
    wrong = {fault.row for fault in filled.faults}
    planned: list[Planned] = []
    faults = list(filled.faults)
    seen: dict[str, int] = {}
    for row in filled.rows:
        if row.id is not None and row.base == mark(row.values):
            continue  # nobody edited it, and what is not right about it is not of today
        if row.number in wrong:
            continue
        if row.id is None and (row.values["name"], row.values["parent"]) in registered:
            faults.append(Fault(row.number, "name", "workbook.exists"))
            continue
        about = row.id or keys[row.number]
        if about in seen:
            faults.append(Fault(row.number, "name", "workbook.twice", {"row": seen[about]}))
            continue
        seen[about] = row.number
        found = _new(row, about) if row.id is None else _edited(row, current)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            planned += found
    return Plan(planned, faults)


def _keys(filled: Filled, taken: Collection[str], key_from: Callable[[str], str]) -> dict[int, str]:
    """By row: the key of each new organisation, from its code or name; with what else it is where that is not enough.

    The same rows get the same keys each time, also when they are brought back twice.
    """
    new = [row for row in filled.rows if row.id is None]
    begun = {row.number: key_from(next((row.values[key] for key in (*CODES, "name") if row.values[key]), "")) for row in new}
    count = Counter(begun.values())
    return {
        row.number: begun[row.number]
        if begun[row.number] and count[begun[row.number]] == 1 and begun[row.number] not in taken
        else f"{begun[row.number] or 'to-chuc'}-{mark({key: row.values[key] for key in HELD})[:8]}"
        for row in new
    }


def _new(row: Row, key: str) -> list[Planned] | Fault:
    held = {key: row.values[key] for key in HELD}
    codes = [held[code] for code in CODES if held[code]]
    change = {
        "change": "register",
        "organisation": key,
        **{key: held[key] for key in ("name", "level", "kind", *PARENTS)},
        "opened_on": held["opened_on"] and held["opened_on"].isoformat(),
        "code": codes[0] if codes else None,
    }
    made = [Planned(row.number, [key for key in HELD if held[key]], change, {}, held)]
    if len(codes) > 1:
        since = held["opened_on"] or row.values["effective_on"]
        if since is None or not row.values["document"]:
            return _unsaid(row)
        second = _dated("recode", change["organisation"], row, effective_on=since.isoformat(), code=codes[1])
        made.append(Planned(row.number, ["statistics_code"], second, {}, {"statistics_code": codes[1]}))
    return made


def _edited(row: Row, current: Mapping[str, Values]) -> list[Planned] | Fault:
    was = current.get(row.id or "")
    if was is None:
        return Fault(row.number, "", "workbook.gone")
    changed = [key for key in HELD if row.values[key] != was[key]]
    if not changed:
        return []
    if row.base != mark(was):
        return Fault(row.number, changed[0], "workbook.stale")
    if "opened_on" in changed:
        return Fault(row.number, "opened_on", "workbook.no_reopening")
    emptied = next((key for key in changed if key in CODES and row.values[key] is None), None)
    if emptied is not None:
        return Fault(row.number, emptied, "workbook.code_stays")
    if row.values["effective_on"] is None or row.values["document"] is None:
        return _unsaid(row)
    return [
        Planned(row.number, keys, change, {key: was[key] for key in keys}, {key: row.values[key] for key in keys})
        for keys, change in _changes(row, changed)
    ]


def _unsaid(row: Row) -> Fault:
    column = "effective_on" if row.values["effective_on"] is None else "document"
    return Fault(row.number, column, "workbook.unsaid")


def _changes(row: Row, changed: Sequence[str]) -> list[tuple[list[str], Change]]:
    values, about = row.values, row.id or ""
    made: list[tuple[list[str], Change]] = []
    if "name" in changed:
        made.append((["name"], _dated("rename", about, row, name=values["name"])))
    if typed := [key for key in ("kind", "level") if key in changed]:
        made.append((typed, _dated("retype", about, row, kind=values["kind"], level=values["level"])))
    made += [([code], _dated("recode", about, row, code=values[code])) for code in CODES if code in changed]
    if moved := [key for key in PARENTS if key in changed]:
        made.append((moved, _dated("move", about, row, **{key: values[key] for key in PARENTS})))
    return made


def _dated(change: str, about: str, row: Row, **more: Any) -> Change:
    effective_on = row.values["effective_on"]
    said = {"effective_on": effective_on and effective_on.isoformat(), "document": row.values["document"]}
    return {"change": change, "organisation": about, **said, **more}

"""What leaves the house of a campaign's boards; of the standings each score on a line of its own, and the summary of a unit as on paper.

Everything is asked of rankings as its boards are: what is frozen stays frozen in every form, and each form says what state it shows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.gateway.i18n import t
from services.gateway.network import query
from shared.bounds import BOARD_PAGES_MAX, BOARD_ROWS_PAGE_MAX, EXPORT_ROWS_MAX, RECORD_UNITS_MAX
from shared.errors import NotFound, ValidationFailed
from shared.event import instant_text

CSV = "text/csv; charset=utf-8"

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With what a spreadsheet takes a cell for a formula."""


class ExportTooLarge(ValidationFailed):
    """More score records, or rows, than one file takes."""

    code = "export_too_large"


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as it is shown, with all its rows; made_at: when it was asked."""

    board: Mapping[str, Any]
    made_at: datetime

    @property
    def state(self) -> str:
        """final, frozen or provisional."""
        return state_of(self.board)

    @property
    def as_of(self) -> str:
        """The instant whose board this is."""
        return str(self.board["as_of"] or instant_text(self.made_at))


@dataclass(frozen=True, slots=True)
class Export(Shown):
    """The standings, and of their units what `rankings.records` tells."""

    records: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One score record: of which unit and item, in which pass, by whom, and what became of it (`use`).

    What was decided apart from the sheets is of the pass `adjustment` and of no item; its scorer is the authority.
    """

    unit: str
    name: str
    rank: int | None
    group: str
    item: str
    title: str
    kind: str
    maximum: str
    pass_key: str
    pass_title: str
    scorer: str
    scorer_name: str
    score: str | None
    use: str
    reason: str | None
    recorded_at: str
    event: str | None


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A line of the summary (phiếu tổng hợp): `maximum` and the points of each pass as they enter the total; `notes`: reasons given."""

    key: str
    title: str
    kind: str
    maximum: Decimal | None
    points: Sequence[Decimal | None]
    counted: Decimal | None
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """The sheet of one unit as on paper: a column for each pass; groups with their rows; what was decided apart from the sheets."""

    unit: str
    name: str
    row: Mapping[str, Any]
    passes: Sequence[str]
    groups: Sequence[tuple[Mapping[str, Any], Sequence[SummaryRow]]]
    decided: Sequence[SummaryRow]

    def after_each_pass(self, rows: Iterable[SummaryRow]) -> list[Decimal | None]:
        """What rows come to after each pass, before caps and rounding; a row that a pass leaves blank stands as it was.

        None for a pass that has no points in any of them.
        """
        counting = [row.points for row in rows if row.kind != "gate"]
        held: dict[int, Decimal] = {}
        sums: list[Decimal | None] = []
        for at in range(len(self.passes)):
            given = {place: value for place, points in enumerate(counting) if (value := points[at]) is not None}
            held |= given
            sums.append(sum(held.values(), Decimal(0)) if given else None)
        return sums

    @property
    def sums(self) -> list[Decimal | None]:
        """What all rows come to after each pass; without what was decided apart."""
        return self.after_each_pass([row for _, rows in self.groups for row in rows])


def state_of(board: Mapping[str, Any]) -> str:
    """What a board is: final, frozen, or provisional while anything may still change it."""
    return "final" if board["state"] == "final" else "frozen" if board["frozen"] else "provisional"


def whole(campaign: str, name: str, at: Mapping[str, Any]) -> dict[str, Any]:
    """A board with the rows of all its pages, without their items. at: {} or {as_of}. Raises NotFound, ExportTooLarge."""
    board: dict[str, Any] = {"rows": [], "after": 0}
    for _ in range(BOARD_PAGES_MAX):
        told = query("rankings", "board", campaign=campaign, board=name, limit=BOARD_ROWS_PAGE_MAX, after=board["after"], **at)
        board = {**told, "rows": [*board["rows"], *told["rows"]], "after": told.get("after")}
        if board["after"] is None:
            return board
    most = BOARD_PAGES_MAX * BOARD_ROWS_PAGE_MAX
    raise ExportTooLarge(f"The board has more than {most} rows, more than one file takes.", n=most)


def standings(campaign: str, at: Mapping[str, Any]) -> dict[str, Any]:
    """The standings as `whole` has them."""
    return whole(campaign, "standings", at)


def gathered(campaign: str, at: Mapping[str, Any], made_at: datetime, unit: str | None = None) -> Export:
    """The standings with every score record of their units, or of one unit.

    at: {} or {as_of}. Raises NotFound, ExportTooLarge.
    """
    board = standings(campaign, at)
    units = [row["unit"] for row in board["rows"] if unit in (None, row["unit"])]
    if unit is not None and not units:
        raise NotFound(f"Unit {unit} is not in these standings.", unit=unit)
    records: list[dict[str, Any]] = []
    size = 0
    for first in range(0, len(units), RECORD_UNITS_MAX):
        told = query("rankings", "records", campaign=campaign, units=units[first : first + RECORD_UNITS_MAX], **at)
        size += sum(len(one["scores"]) for record in told for item in record["items"] for one in item["passes"])
        if size > EXPORT_ROWS_MAX:
            raise ExportTooLarge(
                f"The standings hold more than {EXPORT_ROWS_MAX} score records; take them unit by unit.", n=EXPORT_ROWS_MAX
            )
        records += told
    return Export(board, made_at, records)


def lines(export: Export) -> Iterator[Line]:
    """Every score record, unit by unit in the order of the standings."""
    rows = {row["unit"]: row for row in export.board["rows"]}
    for record in export.records:
        row = rows[record["unit"]]
        for item in record["items"]:
            for one in item["passes"]:
                for score in one["scores"]:
                    yield Line(
                        unit=record["unit"],
                        name=record["name"],
                        rank=row["rank"],
                        group=item["group"],
                        item=item["key"],
                        title=item["title"],
                        kind=item["kind"],
                        maximum=item["maximum"],
                        pass_key=one["key"],
                        pass_title=pass_title(one),
                        scorer=score["scorer"],
                        scorer_name=record["names"].get(score["scorer"], score["scorer"]),
                        score=score["score"],
                        use=score["use"],
                        reason=score["reason"],
                        recorded_at=score["recorded_at"],
                        event=score["event"],
                    )
        for one in row.get("adjustments", ()):
            yield Line(
                unit=record["unit"],
                name=record["name"],
                rank=row["rank"],
                group="",
                item="",
                title=one["title"],
                kind=one["kind"],
                maximum="",
                pass_key="adjustment",
                pass_title=t("export.adjustment"),
                scorer="",
                scorer_name=one["authority"],
                score=one["points"],
                use="counted",
                reason=f"{one['document']}: {one['reason']}",
                recorded_at=one["recorded_at"],
                event=one["event"],
            )


def as_csv(export: Export) -> bytes:
    """The lines as CSV."""
    return csv_of(export, list(Line.__slots__), (asdict(line).values() for line in lines(export)))


def csv_of(shown: Shown, columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as CSV in UTF-8 with its mark, each with what the board says of itself.

    Names of columns and of states are those of the API, numbers have a point.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    beside = {
        "campaign": shown.board["campaign"],
        "state": shown.state,
        "as_of": shown.as_of,
        "illustrative": shown.board["illustrative"],
    }
    writer.writerow([*columns, *beside])
    for row in rows:
        writer.writerow([_safe(value) for value in (*row, *beside.values())])
    return ("\ufeff" + target.getvalue()).encode()


def summaries(export: Export) -> Iterator[Summary]:
    """The summary of each unit, in the order of the standings."""
    rules = export.board["rules"]
    rows = {row["unit"]: row for row in export.board["rows"]}
    for record in export.records:
        titles = {rule["key"]: rule["title"] for rule in rules["passes"]}
        titles |= {one["key"]: pass_title(one) for item in record["items"] for one in item["passes"] if one["key"] not in titles}
        made = [(item["group"], _summary_row(item, list(titles), record["names"])) for item in record["items"]]
        groups = [(group, [row for key, row in made if key == group["key"]]) for group in rules["groups"]]
        row = rows[record["unit"]]
        decided = [_decided(one, len(titles)) for one in row.get("adjustments", ())]
        yield Summary(record["unit"], record["name"], row, list(titles.values()), groups, decided)


def pass_title(one: Mapping[str, Any]) -> str:
    """The title of a pass; that of the answers to appeals is ours."""
    return t("export.appeal") if one["key"] == "appeal" else str(one["title"])


def _summary_row(item: Mapping[str, Any], passes: Sequence[str], names: Mapping[str, str]) -> SummaryRow:
    values = {one["key"]: _entering(item["kind"], one["value"]) for one in item["passes"] if one["value"] is not None}
    return SummaryRow(
        key=item["key"],
        title=item["title"],
        kind=item["kind"],
        maximum=Decimal(item["maximum"]) * Decimal(item["weight"]),
        points=[values.get(key) for key in passes],
        counted=None if item["points"] is None else Decimal(item["points"]),
        notes=[
            f"{names.get(score['scorer'], score['scorer'])}: {score['reason']}"
            for one in item["passes"]
            for score in one["scores"]
            if score["reason"] and score["use"] not in ("superseded", "withdrawal")
        ],
    )


def _entering(kind: str, value: str) -> Decimal:
    """Points as they enter the total: what is taken off below zero, and a penalty of nothing as nothing."""
    points = Decimal(value)
    return -points if kind == "penalty" and points else points


def _decided(one: Mapping[str, Any], passes: int) -> SummaryRow:
    points = None if one["points"] is None else _entering(one["kind"], one["points"])
    notes = [f"{one['authority']}, {one['document']}: {one['reason']}"]
    return SummaryRow("", one["title"], one["kind"], None, [None] * passes, points, notes)


def _safe(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, marked as text; numbers as they are."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value

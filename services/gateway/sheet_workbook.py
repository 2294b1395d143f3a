"""The workbook of score sheets as page and API give and take it: made, read against the sheets as they are, recorded as shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from services.gateway import filling
from services.gateway.downloads import attachment
from services.gateway.network import command, query
from services.gateway.offload import beside
from services.gateway.pages import common
from services.gateway.problems import code_of, words_of
from services.gateway.workbooks import sheets as workbook
from services.gateway.workbooks.sheets import Brought, Change, Plan, Subject
from shared.bounds import WORKBOOK_SHEETS_MAX
from shared.errors import CommendationError, NotFound
from shared.plain import plain


def download(subject: Subject, unit: str | None = None) -> Response:
    """The sheet of a unit, or all open ones of the scorer in the pass. Raises NotFound where there is none."""
    units = [unit] if unit else _open_units(subject)
    if not units:
        raise NotFound(f"No sheet of {subject.scorer} is open in pass {subject.pass_key}.", pass_key=subject.pass_key)
    sheets = [_sheet(subject, one) for one in units[:WORKBOOK_SHEETS_MAX]]
    name = "-".join(["phieu", subject.campaign, subject.pass_key, unit or subject.scorer])
    return attachment(beside(workbook.write, sheets, _names()), f"{name}.xlsx")


def read(subject: Subject, content: bytes, *, unit: str = "", choose: Callable[[Change], str] = lambda _: "") -> tuple[Plan, Plan]:
    """What a file would do, as it is before anybody has chosen between two, and with what was chosen.

    unit: whose sheet it must hold, where somebody brings it for one.

    The service says what it would refuse. Raises ValidationFailed for a file that is no workbook of this scorer, pass and campaign.
    """
    _, _, shown, chosen = _compared(subject, content, unit, choose)
    return shown, chosen


def faulty(subject: Subject, content: bytes, *, unit: str = "", choose: Callable[[Change], str] = lambda _: "") -> Response:
    """The workbook with its mistakes, to be put right and brought back; as `read`, and NotFound where nothing is wrong with it."""
    brought, sheets, _, chosen = _compared(subject, content, unit, choose)
    if not chosen.faults:
        raise NotFound("Nothing is wrong with this workbook any more; bring it back as it is.")
    made = beside(workbook.write_faulty, brought, chosen.faults, sheets, _names())
    return attachment(made, f"phieu-can-sua-{subject.campaign}-{subject.pass_key}.xlsx")


def _compared(
    subject: Subject, content: bytes, unit: str, choose: Callable[[Change], str]
) -> tuple[Brought, dict[str, dict[str, Any]], Plan, Plan]:
    """What was brought, the sheets as they are by unit, and the plan before and after the choices."""
    brought = beside(workbook.read, content, subject, unit, _names())
    sheets = {tab.unit: _sheet(subject, tab.unit) for tab in brought.tabs}
    shown = workbook.plan(brought, sheets)
    chosen = shown.chosen(choose)
    if not chosen.changes:
        return brought, sheets, shown, chosen
    told = query("evaluations", "rehearse_sheets", **_asked(subject, chosen))
    faults = [fault for row in told["refused"] for fault in _refused(chosen, row, sheets)]
    return brought, sheets, shown, Plan(chosen.changes, chosen.contested, chosen.kept, [*chosen.faults, *faults], chosen.versions)


def record(subject: Subject, plan: Plan) -> dict[str, Any]:
    """Record what the workbook asks for, on all its sheets or on none."""
    return command("evaluations", "score_sheets", _asked(subject, plan))


def _asked(subject: Subject, plan: Plan) -> dict[str, Any]:
    asked: dict[str, Any] = plain({**_key(subject), "sheets": plan.sheets()})
    return asked


def _refused(plan: Plan, row: dict[str, Any], sheets: dict[str, dict[str, Any]]) -> list[workbook.Fault]:
    error = CommendationError.from_data(row["error"])
    codes = {place["at"]: place["code"] for place in error.details.get("errors") or [] if "code" in place}
    words = filling.refusals(sheets[row["unit"]], error)
    return workbook.refused(plan, row["unit"], words, words_of(error), {"": code_of(error), **codes})


def _open_units(subject: Subject) -> list[str]:
    rows = query("evaluations", "sheets", campaign=subject.campaign)
    return [row["unit"] for row in rows if (row["pass_key"], row["scorer"], row["state"]) == (subject.pass_key, subject.scorer, "open")]


def _sheet(subject: Subject, unit: str) -> dict[str, Any]:
    found: dict[str, Any] = query("evaluations", "sheet", **_key(subject), unit=unit)
    return found


def _names() -> Callable[[str], str]:
    """The names of organisations, asked for here: work that is done beside the requests asks no service."""
    names = common.names()
    return lambda key: names.get(key, key)


def _key(subject: Subject) -> dict[str, Any]:
    return {"campaign": subject.campaign, "pass_key": subject.pass_key, "scorer": subject.scorer}

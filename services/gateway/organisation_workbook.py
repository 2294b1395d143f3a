"""The workbook of organisations as page and API give and take it: made, read against the registry as it is, recorded as shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from services.gateway.downloads import attachment
from services.gateway.i18n import t
from services.gateway.network import command, query
from services.gateway.offload import beside
from services.gateway.pages import choosing, common
from services.gateway.pages.previews import digest_of
from services.gateway.problems import words_of
from services.gateway.workbooks import excel
from services.gateway.workbooks import organisations as workbook
from services.gateway.workbooks.table import Fault, Filled, Table
from shared.errors import CommendationError


@dataclass(frozen=True, slots=True)
class Brought:
    """A workbook that came back: the table as it is now, what was filled in, and what it would do."""

    table: Table
    filled: Filled
    plan: workbook.Plan

    @property
    def digest(self) -> str:
        """Of what it would do: what is recorded is what was shown, or nothing."""
        return digest_of([one.change for one in self.plan.planned])

    @property
    def faults(self) -> list[Fault]:
        """What is wrong, from the first row on."""
        return sorted(self.plan.faults, key=lambda fault: fault.row)


def download() -> Response:
    """All organisations of today, to be edited."""
    rows = query("registry", "organisations")
    content = beside(excel.write, workbook.table(rows), [(row["organisation"], workbook.values_of(row)) for row in rows], lead=_lead())
    return attachment(content, f"to-chuc-{common.today():%Y-%m-%d}.xlsx")


def read(content: bytes) -> Brought:
    """What a file would do; the registry says what it would refuse. Raises ValidationFailed for a file that is not this workbook."""
    rows = query("registry", "organisations")
    table = workbook.table(rows)
    filled = beside(excel.read, table, content)
    plan = workbook.plan(filled, rows, choosing.key_from)
    if plan.planned:
        told = query("registry", "rehearse_organisations", changes=[one.change for one in plan.planned])
        plan = workbook.Plan(plan.planned, [*plan.faults, *(_refused(plan, row) for row in told["refused"])])
    return Brought(table, filled, plan)


def record(brought: Brought) -> dict[str, Any]:
    """Record what the workbook asks for, all or nothing."""
    answer: dict[str, Any] = command("registry", "record_organisations", {"changes": [one.change for one in brought.plan.planned]})
    return answer


def faulty(brought: Brought) -> Response:
    """The rows that something is wrong with, as a workbook to be put right and brought back."""
    made = beside(excel.write_faulty, brought.table, brought.filled, brought.plan.faults, lead=_lead())
    return attachment(made, "to-chuc-can-sua.xlsx")


def _refused(plan: workbook.Plan, told: dict[str, Any]) -> Fault:
    """A refusal of the registry at the cell that asked for it."""
    planned = plan.planned[told["change"]]
    return Fault(planned.row, planned.columns[0], "workbook.refused", {"words": words_of(CommendationError.from_data(told["error"]))})


def _lead() -> Sequence[str]:
    return [t("workbook.lead_edit"), t("workbook.lead_back"), t("workbook.lead_delete")]

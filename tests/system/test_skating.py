"""Olympic figure skating 2018 through the network: a rubric per program, marks imported over the API, boards read back.

All 1,250 panel scores, 250 component totals and 250 ranks must equal the published ones.
"""

from __future__ import annotations

from decimal import Decimal

from tests.support import skating
from tests.support.network import Api, RunningNetwork


def test_every_published_figure_comes_back_from_the_boards(network: RunningNetwork) -> None:
    skating.require()
    office, admin = network.api("thuongtruc"), network.api("quantri")
    programs = skating.programs()
    admin.post("/organisations", {"organisation": "isu", "name": "International Skating Union", "level": "federation"})
    for program in programs:
        _enter(admin, program)
    network.settle()
    for program in programs:
        _launch(office, program)
    network.settle()
    for program in programs:
        sheets = [
            {
                "unit": unit,
                "scorer": sheet.scorer,
                "scores": [{"item": item, "score": score} for item, score in sheet.scores.items()],
            }
            for unit in program.units
            for sheet in program.sheets[unit]
        ]
        office.post(f"/campaigns/{program.key}/sheet-imports", {"pass_key": skating.PASS, "sheets": sheets})
    network.settle()
    panels = components = ranks = 0
    for program in programs:
        rows = {row["unit"]: row for row in network.board(program.key, "standings")["rows"]}
        for unit, published in program.published.items():
            row = rows[unit]
            items = {item["key"]: item for item in row["items"]}
            for key, panel in published.panels.items():
                assert Decimal(items[key]["panel"]) == panel, (program.key, unit, key)
                panels += 1
            assert Decimal(row["groups"]["components"]) == published.components, (program.key, unit)
            components += 1
            assert (row["rank"], Decimal(row["total"])) == (published.rank, published.total), (program.key, unit)
            ranks += 1
    assert (panels, components, ranks) == (1250, 250, 250)


def _enter(admin: Api, program: skating.Program) -> None:
    registered = [
        {"change": "register", "organisation": unit, "name": f"Performance {unit}", "level": "performance"} for unit in program.units
    ]
    admin.post("/organisations/changes", {"changes": registered})
    admin.post("/clusters", {"cluster": program.key, "name": program.title, "organiser": "isu", "formed_on": "2018-02-09"})
    admin.post(f"/clusters/{program.key}/admissions", {"units": program.units, "from_on": "2018-02-09"})


def _launch(office: Api, program: skating.Program) -> None:
    office.post("/rubrics", program.rubric)
    office.post(
        "/campaigns",
        {
            "campaign": program.key,
            "title": program.title,
            "cluster": program.key,
            "season": 2018,
            "rubric": program.rubric["key"],
            "starts_on": "2018-02-09",
            "registration_due_on": "2018-02-09",
            "ends_on": "2018-02-25",
            "legal_basis": "ISU judging system",
        },
    )
    panel = {unit: [sheet.scorer for sheet in program.sheets[unit]] for unit in program.units}
    office.post(
        f"/campaigns/{program.key}/passes/{skating.PASS}/opening",
        {"due_on": "2018-02-25", "assignments": [{"unit": unit, "scorers": scorers} for unit, scorers in panel.items()]},
    )

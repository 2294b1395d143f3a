"""Entrypoints for score sheets."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.evaluations import domain, schemas, views
from services.evaluations.form import form_of
from services.evaluations.service.base import Part
from shared import rubric as rubrics
from shared.calendar import legal_date, utc_now
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Sheets(Part):
    """Score sheets of every pass: entered, changed with a reason, handed in."""

    @rpc
    def score_items(self, request: Request) -> dict[str, Any]:
        """A sheet belongs to its scorer: whoever is secretary there fills it, and the office those of the panel seats."""
        self.permit(request)
        command = load(schemas.ScoreItems, request.data)
        return self.facts.execute(request, domain.sheet(self._ground(command)), stream_of(command), command)

    @rpc
    def submit_sheet(self, request: Request) -> dict[str, Any]:
        """Hand a sheet in; not by an account that scored the unit for itself in an earlier pass."""
        self.permit(request)
        command = load(schemas.SubmitSheet, request.data)
        own = [
            sheet_stream(command.campaign, command.unit, pass_key, command.unit)
            for pass_key, sheets in self._earlier(self._campaign(command.campaign), command).items()
            if command.unit in sheets
        ]
        decider = self.apart(request, domain.sheet(self._ground(command)), *own)
        return self.facts.execute(request, decider, stream_of(command), command)

    @rpc
    def import_sheets(self, request: Request) -> dict[str, Any]:
        """Take in sheets of a panel or from paper, all or none; the office answers for them."""
        self.permit(request)
        given = load(schemas.ImportSheets, request.data)
        decisions = []
        for row in given["sheets"]:
            command = domain.ImportSheet(
                given["campaign"], row["unit"], given["pass_key"], row["scorer"], tuple(row["scores"]), row["handed_in_on"]
            )
            decisions.append((domain.sheet(self._ground(command)), stream_of(command), command))
        answers = self.facts.execute_all(request, decisions)
        return {"sheets": answers, "position": max(answer["position"] for answer in answers)}

    @rpc
    def sheet(self, request: Request) -> dict[str, Any]:
        """One sheet as the paper form has it, for its scorer, the office and the inspector."""
        self.permit(request)
        key = load(schemas.SubmitSheet, request.data)
        campaign = self._campaign(key.campaign)
        state, _ = self.facts.load(domain.READ, stream_of(key))
        earlier = {pass_key: sheets for pass_key, sheets in self._earlier(campaign, key).items() if sheets}
        return plain(form_of(campaign, key, self._ground(key), state, earlier))

    @rpc
    def tasks(self, request: Request) -> list[dict[str, Any]]:
        """The sheets that these scorers have to fill in passes that are open."""
        self.permit(request)
        units = [str(unit) for unit in request.data["units"]]
        with self.views.reading() as reading:
            found = views.assigned_sheets(reading, scorers=units)
            sizes = {row["campaign"]: _items(views.campaign_of(reading, row["campaign"])) for row in found}
        return plain([dict(row, items=sizes[row["campaign"]]) for row in found if row["state"] != "closed"])

    @rpc
    def sheets(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.assigned_sheets(reading, campaign=str(request.data["campaign"])))

    @rpc
    def open_matters(self, request: Request) -> list[dict[str, Any]]:
        """What is still to be done in a campaign before its result can be final."""
        self.permit(request)
        with self.views.reading() as reading:
            return views.open_matters(reading, str(request.data["campaign"]))

    def _ground(self, key: domain.ScoreItems | domain.SubmitSheet | domain.ImportSheet) -> domain.Ground:
        campaign = self._campaign(key.campaign)
        rubric = rubrics.from_data(campaign["content"])
        state = campaign["passes"].get(key.pass_key)
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, key.campaign, key.unit)
        return domain.Ground(
            rubric=rubric,
            pass_key=key.pass_key,
            open=state is not None and state["open"],
            assigned=key.scorer in scorers.get(key.pass_key, []),
            due_on=state and state["due_on"],
            today=legal_date(utc_now()),
            grace_until=_grace_until(state["graces"], key) if state else None,
            baseline=domain.baseline(rubric, [list(sheets.values()) for sheets in self._earlier(campaign, key).values()]),
        )

    def _earlier(
        self, campaign: dict[str, Any], key: domain.ScoreItems | domain.SubmitSheet | domain.ImportSheet
    ) -> dict[str, dict[str, domain.Sheet]]:
        """The unit's sheets in the passes before this one, from their streams: {pass_key: {scorer: sheet}}."""
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, key.campaign, key.unit)
        found: dict[str, dict[str, domain.Sheet]] = {}
        for rule in campaign["content"]["passes"]:
            if rule["key"] == key.pass_key:
                break
            found[rule["key"]] = {
                scorer: self.facts.load(domain.READ, sheet_stream(key.campaign, key.unit, rule["key"], scorer))[0]
                for scorer in scorers.get(rule["key"], [])
            }
        return found


def sheet_stream(campaign: str, unit: str, pass_key: str, scorer: str) -> str:
    """Keys hold no colon, so the parts never run together."""
    return f"sheet-{campaign}:{unit}:{pass_key}:{scorer}"


def stream_of(key: domain.ScoreItems | domain.SubmitSheet | domain.ImportSheet) -> str:
    return sheet_stream(key.campaign, key.unit, key.pass_key, key.scorer)


def _grace_until(graces: list[dict[str, Any]], key: domain.ScoreItems | domain.SubmitSheet | domain.ImportSheet) -> date | None:
    """The last day of the graces that were given to all, to the unit, or to whoever scores it."""
    days = [grace["until_on"] for grace in graces if not grace["units"] or {key.unit, key.scorer} & set(grace["units"])]
    return date.fromisoformat(max(days)) if days else None


def _items(campaign: dict[str, Any] | None) -> int:
    return sum(len(group["items"]) for group in campaign["content"]["groups"]) if campaign else 0

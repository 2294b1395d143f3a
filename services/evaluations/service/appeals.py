"""Entrypoints for appeals."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from services.evaluations import domain, schemas, views
from services.evaluations.rules.checking import APPEALS
from services.evaluations.service.impartial import Impartial
from services.evaluations.service.sheets import sheet_stream
from shared import rubric as rubrics
from shared.calendar import legal_date, utc_now
from shared.event import Event
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.workdays import WorkingDay, add_working_days


class Answering(NamedTuple):
    """An answer as a sheet of the pass of appeals, for the check of who may judge the unit."""

    campaign: str
    unit: str
    pass_key: str = rubrics.APPEAL
    scorer: str = rubrics.APPEAL


class Appeals(Impartial):
    """Appeals of units against their scores, and the answers."""

    @rpc
    def lodge_appeal(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.LodgeAppeal, request.data)
        return self.facts.execute(request, domain.appeal(self._ground_of_appeals(command.campaign)), appeal_stream(command), command)

    @rpc
    def withdraw_appeal(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.WithdrawAppeal, request.data)
        return self.facts.execute(request, domain.appeal(self._ground_of_appeals(command.campaign)), appeal_stream(command), command)

    @rpc
    def answer_appeal(self, request: Request) -> dict[str, Any]:
        """Answer with reasons; not by an account that lodged the appeal or scored one of its items, nor by one of the unit's own."""
        self._permit(request)
        command = load(schemas.AnswerAppeal, request.data)
        stream = appeal_stream(command)
        state, _ = self.facts.load(domain.READ_APPEALS, stream)
        lodged = state.lodged.get(command.appeal)
        items = frozenset(lodged.items if lodged else ())
        decider = self.apart(
            request,
            domain.appeal(self._ground_of_appeals(command.campaign)),
            stream,
            *self._sheets_on(command.campaign, command.unit),
            about=lambda event: _concerns(event, command.appeal, items),
        )
        decider = self._impartial(request, decider, Answering(command.campaign, command.unit))
        return self.facts.execute(request, decider, stream, command)

    @rpc
    def appeals(self, request: Request) -> dict[str, Any]:
        """The appeals of a `campaign`, or of a `unit` in it, and the term for them.

        {appeals: see views.appeals_of; term: {since, due_on, tentative, working_days, basis, verified}, or None while there is nothing to
        appeal against; unfinished: the passes for whose closing scores of answers wait}.
        """
        self._permit(request)
        campaign = self._campaign(str(request.data["campaign"]))
        with self.views.reading() as reading:
            found = views.appeals_of(reading, campaign["campaign"], request.data.get("unit"), self._frozen_boards(request, campaign))
            closed = views.closed_on(reading, campaign["campaign"])
        return plain({"appeals": found, "term": _term(campaign, closed), "unfinished": _unfinished(campaign, closed)})

    def _ground_of_appeals(self, campaign: str) -> domain.AppealGround:
        run = self._campaign(campaign)
        with self.views.reading() as reading:
            closed = views.closed_on(reading, campaign)
        term = _term(run, closed)
        return domain.AppealGround(
            rubrics.from_data(run["content"]),
            tuple(run["audience"]),
            term["due_on"] if term else None,
            _unfinished(run, closed),
            run["final"],
            legal_date(utc_now()),
        )

    def _sheets_on(self, campaign: str, unit: str) -> list[str]:
        """The streams of all sheets on a unit."""
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, campaign, unit)
        return [sheet_stream(campaign, unit, pass_key, scorer) for pass_key, all_of in scorers.items() for scorer in all_of]


def appeal_stream(command: domain.LodgeAppeal | domain.WithdrawAppeal | domain.AnswerAppeal) -> str:
    return f"appeals-{command.campaign}:{command.unit}"


def _concerns(event: Event, appeal: str, items: frozenset[str]) -> bool:
    """Whether what was entered is this appeal, or a score of one of its items."""
    if "scores" in event.data:
        return any(score["item"] in items for score in event.data["scores"])
    return bool(event.data.get("appeal") == appeal)


def _term(campaign: dict[str, Any], closed: dict[str, date]) -> dict[str, Any] | None:
    """The term for appeals, from the last closing of a pass by which units are checked, or from the freeze, whichever came later."""
    keys = _pass_keys(campaign)
    days = [closed[key] for key in keys[1:] or keys if key in closed]
    days += [campaign["frozen_on"]] if campaign["frozen_on"] else []
    if not days:
        return None
    since = max(days)
    rule = APPEALS.at(since)
    last: WorkingDay = add_working_days(since, rule.working_days)
    said = {"working_days": rule.working_days, "basis": rule.basis, "verified": rule.verified}
    return {"since": since, "due_on": last.on, "tentative": last.tentative, **said}


def _unfinished(campaign: dict[str, Any], closed: dict[str, date]) -> tuple[str, ...]:
    return tuple(key for key in _pass_keys(campaign) if key not in closed)


def _pass_keys(campaign: dict[str, Any]) -> list[str]:
    return [str(rule["key"]) for rule in campaign["content"]["passes"]]

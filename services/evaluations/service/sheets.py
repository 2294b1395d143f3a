"""Entrypoints for score sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from services.evaluations import domain, schemas, views
from services.evaluations.form import form_of
from services.evaluations.service.impartial import Impartial, Key, conflict_stream
from shared import rubric as rubrics
from shared.access import NETWORK, Role
from shared.calendar import legal_date, utc_now
from shared.event import Event
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.rubric import Kind
from shared.schema import load

Held = set[tuple[Role, str]]
"""Roles with their scopes."""

Frozen = Sequence[dict[str, Any]] | None
"""Of a frozen campaign the positions of the feeds, {site, service, position}."""


class Sheets(Impartial):
    """Score sheets of every pass: entered, changed with a reason, handed in."""

    @rpc
    def score_items(self, request: Request) -> dict[str, Any]:
        """A sheet belongs to its scorer: whoever is secretary there fills it, and the office those of the panel seats."""
        self.permit(request)
        command = load(schemas.ScoreItems, request.data)
        decider = self.apart(request, domain.sheet(self._ground(command)), stream_of(command))
        decider = self._impartial(request, decider, command)
        return self.facts.execute(request, decider, stream_of(command), command)

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
        decider = self._impartial(request, decider, command)
        return self.facts.execute(request, decider, stream_of(command), command)

    @rpc
    def import_sheets(self, request: Request) -> dict[str, Any]:
        """Take in sheets of a panel or from paper, all or none; the office answers for them."""
        self.permit(request)
        given = load(schemas.ImportSheets, request.data)
        known = self._circumstances(given["campaign"], {row["unit"] for row in given["sheets"]})
        decisions = []
        for row in given["sheets"]:
            command = domain.ImportSheet(
                given["campaign"], row["unit"], given["pass_key"], row["scorer"], tuple(row["scores"]), row["handed_in_on"]
            )
            decider = self._impartial(request, domain.sheet(self._ground(command)), command, from_paper=known)
            decisions.append((decider, stream_of(command), command))
        answers = self.facts.execute_all(request, decisions)
        return {"sheets": answers, "position": max(answer["position"] for answer in answers)}

    @rpc
    def sheet(self, request: Request) -> dict[str, Any]:
        """One sheet as the paper form has it, as far as who asks may see it."""
        self._permit(request)
        key = load(schemas.SubmitSheet, request.data)
        campaign = self._campaign(key.campaign)
        frozen = self._frozen_for(request, key)
        state = self._seen(request, key)
        earlier = {pass_key: sheets for pass_key, sheets in self._earlier(campaign, key, frozen).items() if sheets}
        comments, recused = self._comments(request, key, state), self._recused(request, key)
        return plain(form_of(campaign, key, self._ground(key, frozen), state, earlier, comments, recused))

    @rpc
    def tasks(self, request: Request) -> list[dict[str, Any]]:
        """The sheets that these scorers have to fill in passes that are open; of their `items` those that may stay blank are `optional`."""
        self.permit(request)
        units = [str(unit) for unit in request.data["units"]]
        with self.views.reading() as reading:
            found = views.assigned_sheets(reading, scorers=units)
            sizes = {row["campaign"]: _sizes(views.campaign_of(reading, row["campaign"])) for row in found}
        return plain([{**row, **sizes[row["campaign"]]} for row in found if row["state"] != "closed"])

    @rpc
    def sheets(self, request: Request) -> list[dict[str, Any]]:
        """How far the sheets of a campaign are; while it is frozen, to whom it hides something, how far those of others were by then.

        Of a draft of somebody else one is told that it is one, and not how much of it is filled.
        """
        self.permit(request)
        campaign = str(request.data["campaign"])
        held = self._held(request)
        with self.views.reading() as reading:
            run = views.campaign_of(reading, campaign)
            frozen: Frozen = run["frozen"] if run else None

            def shown(row: dict[str, Any]) -> dict[str, Any]:
                if row["position"] is None or _sees_all(held, row["scorer"]):
                    return {}
                told = {}
                if not views.is_shown(frozen, row["site"], row["position"]):
                    told = views.standing(self._events(sheet_stream(campaign, row["unit"], row["pass_key"], row["scorer"]), frozen))
                draft = {**row, **told}["submitted_at"] is None
                return {**told, "scored": None, "version": None} if draft else told

            def stepped_back(row: dict[str, Any]) -> bool:
                if _sees_all(held, row["scorer"]) or views.is_shown(frozen, row["said_at"], row["said"]):
                    return row["withdrawn_on"] is None
                events = self._events(conflict_stream(campaign, row["unit"], row["scorer"]), frozen)
                said = domain.READ_CONFLICTS.fold([self.facts.catalogue.decode(event) for event in events])
                return said.recused(row["pass_key"]) is not None

            return plain(views.assigned_sheets(reading, campaign=campaign, shown=shown, stepped_back=stepped_back))

    @rpc
    def open_matters(self, request: Request) -> list[dict[str, Any]]:
        """What is still to be done in a campaign before its result can be final."""
        self.permit(request)
        with self.views.reading() as reading:
            campaign = str(request.data["campaign"])
            return [*views.open_matters(reading, campaign), *views.open_appeals(reading, campaign), *views.open_ballots(reading, campaign)]

    def _seen(self, request: Request, key: Key) -> domain.Sheet:
        """The sheet as who asks may see it.

        Whoever fills it, the office and the inspector see all of it. Others see what was handed in, of a frozen campaign what had been by
        then: a draft is nobody's business, and the sheets that wait for the thaw are no news to anyone who waits for the board.
        """
        state = self._at(stream_of(key), self._frozen_for(request, key))
        return state if state.submitted or self._sees_all(request, key) else domain.Sheet()

    def _comments(self, request: Request, key: Key, seen: domain.Sheet) -> list[dict[str, Any]]:
        """What was said of the sheet as who asks may see it."""
        if not seen.submitted and not self._sees_all(request, key):
            return []
        frozen = self._frozen_for(request, key)
        with self.views.reading() as reading:
            said = views.comments_on(reading, key.campaign, key.unit, key.pass_key, key.scorer)
        return [one for one in said if views.is_shown(frozen, one["site"], one["position"])]

    def _recused(self, request: Request, key: Key) -> domain.ScorerRecused | None:
        """The recusal for which the sheet is not taken, for whoever sees all of the sheet."""
        if not self._sees_all(request, key):
            return None
        said, _ = self.facts.load(domain.READ_CONFLICTS, conflict_stream(key.campaign, key.unit, key.scorer))
        return cast("domain.ScorerRecused | None", said.recused(key.pass_key))

    def _sees_all(self, request: Request, key: Key) -> bool:
        return _sees_all(self._held(request), key.scorer)

    def _held(self, request: Request) -> Held:
        return {(grant.role, grant.scope) for grant in self.views.grants(request.actor)}

    def _frozen_for(self, request: Request, key: Key) -> Frozen:
        """The positions of the freeze for whom it hides something."""
        return None if self._sees_all(request, key) else cast("Frozen", self._campaign(key.campaign)["frozen"])

    def _at(self, stream: str, frozen: Frozen) -> domain.Sheet:
        """A sheet, of a frozen campaign as it stood by the positions of the freeze."""
        if frozen is None:
            state, _ = self.facts.load(domain.READ, stream)
            return cast("domain.Sheet", state)
        return domain.READ.fold([self.facts.catalogue.decode(event) for event in self._events(stream, frozen)])

    def _events(self, stream: str, frozen: Frozen) -> list[Event]:
        """What happened to a sheet by the positions of the freeze."""
        return [event for event in self.facts.store.stream(stream) if views.is_shown(frozen, event.site, event.position)]

    def _ground(self, key: Key, frozen: Frozen = None) -> domain.Ground:
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
            grace_until=views.grace_until(state["graces"], key.unit, key.scorer) if state else None,
            extended=state is not None and state["extended"],
            final=campaign["final"],
            baseline=domain.baseline(rubric, [list(sheets.values()) for sheets in self._earlier(campaign, key, frozen).values()]),
        )

    def _earlier(self, campaign: dict[str, Any], key: Key, frozen: Frozen = None) -> dict[str, dict[str, domain.Sheet]]:
        """The unit's sheets in the passes before this one, from their streams: {pass_key: {scorer: sheet}}."""
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, key.campaign, key.unit)
        found: dict[str, dict[str, domain.Sheet]] = {}
        for rule in campaign["content"]["passes"]:
            if rule["key"] == key.pass_key:
                break
            found[rule["key"]] = {
                scorer: self._at(sheet_stream(key.campaign, key.unit, rule["key"], scorer), frozen)
                for scorer in scorers.get(rule["key"], [])
            }
        return found


def _sees_all(held: Held, scorer: str) -> bool:
    """Whether these roles see the whole of this scorer's sheets."""
    return bool(held & {(Role.OFFICE, NETWORK), (Role.INSPECTOR, NETWORK), (Role.SECRETARY, NETWORK), (Role.SECRETARY, scorer)})


def sheet_stream(campaign: str, unit: str, pass_key: str, scorer: str) -> str:
    """Keys hold no colon, so the parts never run together."""
    return f"sheet-{campaign}:{unit}:{pass_key}:{scorer}"


def stream_of(key: Key) -> str:
    return sheet_stream(key.campaign, key.unit, key.pass_key, key.scorer)


def _sizes(campaign: dict[str, Any] | None) -> dict[str, int]:
    """How many items a sheet has, and how many of them are bonus, penalty or gate."""
    kinds = [item["kind"] for group in campaign["content"]["groups"] for item in group["items"]] if campaign else []
    return {"items": len(kinds), "optional": sum(kind != Kind.CONTENT for kind in kinds)}

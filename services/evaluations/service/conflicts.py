"""Entrypoints for conflicts of interest and recusals."""

from __future__ import annotations

from typing import Any

from services.evaluations import domain, schemas, views
from services.evaluations.rules.checking import CONFLICTS
from services.evaluations.service.impartial import Impartial, conflict_stream
from services.evaluations.service.sheets import sheet_stream
from shared.calendar import legal_date, utc_now
from shared.plain import plain
from shared.roles import NETWORK, Role
from shared.rpc import Request, rpc
from shared.schema import load

Command = domain.DeclareConflict | domain.WithdrawConflict | domain.DenyConflict | domain.RecuseScorer | domain.WithdrawRecusal


class Conflicts(Impartial):
    """Conflicts of interest: declared, withdrawn, denied, listed; recusals."""

    @rpc
    def declare_conflict(self, request: Request) -> dict[str, Any]:
        """The scorer says it of itself, the unit of whoever scores it, or the office of either."""
        self.permit(request)
        return self._on_conflict(request, load(schemas.DeclareConflict, request.data))

    @rpc
    def withdraw_conflict(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._on_conflict(request, load(schemas.WithdrawConflict, request.data))

    @rpc
    def deny_conflict(self, request: Request) -> dict[str, Any]:
        """Say with a reason that there is none; not by the account that declared it."""
        self.permit(request)
        return self._on_conflict(request, load(schemas.DenyConflict, request.data))

    @rpc
    def recuse_scorer(self, request: Request) -> dict[str, Any]:
        """Step back, or have the office say so: the sheet is not owed any more, and not taken."""
        self.permit(request)
        return self._on_conflict(request, load(schemas.RecuseScorer, request.data))

    @rpc
    def withdraw_recusal(self, request: Request) -> dict[str, Any]:
        """Take a recusal back before the pass is closed: the sheet is owed again."""
        self.permit(request)
        return self._on_conflict(request, load(schemas.WithdrawRecusal, request.data))

    @rpc
    def conflicts(self, request: Request) -> list[dict[str, Any]]:
        """All potential conflicts of a campaign, blocking or not, with recusals (see _line), by unit, scorer and pass."""
        self.permit(request)
        campaign = str(request.data["campaign"])
        run = self._campaign(campaign)
        with self.views.reading() as reading:
            called = views.called_to(reading, campaign)
            said = views.said_of_conflicts(reading, campaign)
            recused = views.recused_in(reading, campaign)
            entering = views.entering_for(reading, {row["scorer"] for row in called}, run["audience"])
        known = self._circumstances(campaign, run["audience"])
        words = {(row["unit"], row["scorer"], row["ground"]): row for row in said}
        left = {(row["unit"], row["scorer"], row["pass_key"]) for row in recused if row["withdrawn_on"] is None}
        rows = [
            self._line(row["unit"], row["scorer"], row["pass_key"], ground, words.get((row["unit"], row["scorer"], ground)))
            for row in called
            if row["unit"] in known and (row["unit"], row["scorer"], row["pass_key"]) not in left
            for ground in dict.fromkeys((*_found(row, known[row["unit"]], entering), *_declared(row, said)))
        ]
        listed = {(row["unit"], row["scorer"], row["ground"]) for row in [*rows, *recused]}
        rows += [
            self._line(row["unit"], row["scorer"], None, domain.ConflictGround(row["ground"]), row)
            for row in said
            if (row["unit"], row["scorer"], row["ground"]) not in listed
        ]
        rows += [self._stepped_back(row) for row in recused]
        return plain(sorted(rows, key=lambda row: (row["unit"], row["scorer"], row["pass_key"] or "", row["ground"], row["state"])))

    @rpc
    def check_conflicts(self, request: Request) -> list[dict[str, Any]]:
        """A dry run: what would stand between a `scorer` and each unit of a `campaign` in a pass, `pass_key`, called to it or not."""
        self.permit(request)
        campaign, pass_key, scorer = (str(request.data[name]) for name in ("campaign", "pass_key", "scorer"))
        run = self._campaign(campaign)
        known = self._circumstances(campaign, run["audience"])
        with self.views.reading() as reading:
            said = [row for row in views.said_of_conflicts(reading, campaign) if row["scorer"] == scorer]
            recused = [row for row in views.recused_in(reading, campaign) if (row["scorer"], row["pass_key"]) == (scorer, pass_key)]
        left = {row["unit"]: row for row in recused if row["withdrawn_on"] is None}
        words = {(row["unit"], row["ground"]): row for row in said}
        found = []
        for unit in run["audience"]:
            if unit in left:
                found.append(self._stepped_back(left[unit]))
                continue
            declared = [domain.ConflictGround(row["ground"]) for row in said if row["unit"] == unit]
            grounds = dict.fromkeys((*domain.derived_grounds(unit, pass_key, scorer, known[unit]), *declared))
            found += [self._line(unit, scorer, pass_key, ground, words.get((unit, str(ground)))) for ground in grounds]
        return plain(found)

    def _line(
        self, unit: str, scorer: str, pass_key: str | None, ground: domain.ConflictGround, said: dict[str, Any] | None
    ) -> dict[str, Any]:
        """A line of the list.

        {unit, scorer, pass_key, ground, source: derived | declared, state: standing | withdrawn | denied | recused | taken_back, effect,
        basis, verified, deniable, words, declared_by, said_on}; pass_key None where the scorer is called to no sheet on the unit.
        """
        rule = CONFLICTS.at(ground, pass_key or "", legal_date(utc_now()))
        state = "standing" if said is None or said["state"] == "declared" else said["state"]
        return {
            "unit": unit,
            "scorer": scorer,
            "pass_key": pass_key,
            "ground": ground,
            "source": "declared" if ground in domain.DECLARED else "derived",
            "state": state,
            "effect": rule and rule.effect,
            "basis": rule and rule.basis,
            "verified": rule is not None and rule.verified,
            "deniable": rule is not None and rule.deniable and state == "standing",
            "words": said and said["words"],
            "declared_by": said and said["declared_by"],
            "said_on": said and said["said_on"],
        }

    def _stepped_back(self, row: dict[str, Any]) -> dict[str, Any]:
        """The line of a recusal, or of one that was taken back."""
        said = {"state": "recused", "words": row["reason"], "said_on": row["recused_on"]}
        if row["withdrawn_on"] is not None:
            said = {"state": "taken_back", "words": row["withdrawn_because"], "said_on": row["withdrawn_on"]}
        line = self._line(row["unit"], row["scorer"], row["pass_key"], domain.ConflictGround(row["ground"]), None)
        return {**line, **said, "deniable": False}

    def _on_conflict(self, request: Request, command: Command) -> dict[str, Any]:
        stream = conflict_stream(command.campaign, command.unit, command.scorer)
        ground = getattr(command, "ground", None)
        decider = self.apart(
            request, domain.conflict(self._case(request, command)), stream, about=lambda event: event.data["ground"] == str(ground)
        )
        return self.facts.execute(request, decider, stream, command)

    def _case(self, request: Request, command: Command) -> domain.ConflictCase:
        run = self._campaign(command.campaign)
        known = self._circumstances(command.campaign, [command.unit])[command.unit]
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, command.campaign, command.unit)
            entering = views.entering_for(reading, {command.scorer}, [command.unit])
        called = [pass_key for pass_key, all_of in scorers.items() if command.scorer in all_of]
        keys = {key: sheet_stream(command.campaign, command.unit, key, command.scorer) for key in called}
        grants = self.views.grants(request.actor)
        speaks_for = {grant.scope for grant in grants if grant.role is Role.SECRETARY}
        office = any((grant.role, grant.scope) == (Role.OFFICE, NETWORK) for grant in grants)
        return domain.ConflictCase(
            CONFLICTS,
            legal_date(utc_now()),
            {key: _found({"unit": command.unit, "scorer": command.scorer, "pass_key": key}, known, entering) for key in called},
            frozenset(key for key, stream in keys.items() if self.facts.load(domain.READ, stream)[0].submitted),
            frozenset(key for key, state in run["passes"].items() if state["open"]),
            frozenset({*speaks_for, *([domain.OFFICE] if office else [])}),
        )


def _found(called: dict[str, Any], known: domain.Circumstances, entering: set[tuple[str, str]]) -> tuple[domain.ConflictGround, ...]:
    """The derived grounds of a call to a sheet; entering: scorer and unit where who enters for the scorer has their post in the unit."""
    unit, pass_key, scorer = called["unit"], called["pass_key"], called["scorer"]
    found = domain.derived_grounds(unit, pass_key, scorer, known)
    own = scorer == unit
    return (*found, domain.ConflictGround.ACCOUNT) if (scorer, unit) in entering and not own else found


def _declared(called: dict[str, Any], said: list[dict[str, Any]]) -> list[domain.ConflictGround]:
    """The grounds on which something was said of who is called to a sheet."""
    pair = (called["unit"], called["scorer"])
    return [domain.ConflictGround(row["ground"]) for row in said if (row["unit"], row["scorer"]) == pair]

"""Who may not score a unit: checked where the command is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from services.evaluations import domain, views
from services.evaluations.rules.checking import CONFLICTS
from services.evaluations.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.decider import Decider
from shared.rpc import Request

State = TypeVar("State")


class Key(Protocol):
    """Whose sheet on whom, in which pass."""

    @property
    def campaign(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def pass_key(self) -> str: ...
    @property
    def scorer(self) -> str: ...


class Impartial(Part):
    """Base of the parts whose commands judge a unit."""

    def _impartial(
        self,
        request: Request,
        decider: Decider[State],
        key: Key,
        *,
        from_paper: Mapping[str, domain.Circumstances] | None = None,
    ) -> Decider[State]:
        """The decider, refusing what a scorer decides on a unit towards which they are not free, or from which they are recused.

        from_paper: the circumstances of the units whose sheets are copied from paper, for whoever copies judges nobody. It looks when it
        decides, and only where something would be recorded: what was done before a conflict arose gives its first answer.
        """

        def decide(state: State, command: Any) -> Sequence[Any]:
            decided = decider.decide(state, command)
            if decided:
                said, _ = self.facts.load(domain.READ_CONFLICTS, conflict_stream(key.campaign, key.unit, key.scorer))
                known = from_paper or self._circumstances(key.campaign, [key.unit], by=request.actor)
                found = domain.derived_grounds(key.unit, key.pass_key, key.scorer, known[key.unit])
                domain.check_conflict(CONFLICTS, legal_date(utc_now()), key.unit, key.pass_key, key.scorer, found, said)
            return decided

        return replace(decider, decide=decide)

    def _from_outside(self, request: Request, decider: Decider[State], unit: str) -> Decider[State]:
        """The decider, refusing to an account with its post in the unit what others decide on the unit's sheets and result.

        It looks when it decides, as `_impartial` does.
        """

        def decide(state: State, command: Any) -> Sequence[Any]:
            decided = decider.decide(state, command)
            if decided:
                with self.views.reading() as reading:
                    at = views.account_unit(reading, request.actor)
                if at == unit:
                    raise domain.OwnUnit(f"This account has its post in {unit}, which this is about; another account does it.", unit=unit)
            return decided

        return replace(decider, decide=decide)

    def _circumstances(self, campaign: str, units: Iterable[str], *, by: str | None = None) -> Mapping[str, domain.Circumstances]:
        """From what conflicts towards these units are derived in a campaign; by: the account that judges, None for none in particular."""
        run, asked = self._campaign(campaign), list(units)
        days = (run["starts_on"], run["ends_on"])
        with self.views.reading() as reading:
            kin = views.kin_in(reading, asked, *days)
            posts = views.posts_in(reading, asked, *days)
            at = views.account_unit(reading, by) if by else None
            nominated = {unit for unit in asked if by and views.has_nominated(reading, campaign, unit, by)}
        first = str(run["content"]["passes"][0]["key"])
        parents, children, people = _by_first(kin), _by_first((parent, unit) for unit, parent in kin), _by_first(posts)
        return {
            unit: domain.Circumstances(
                first,
                frozenset(parents.get(unit, ())),
                frozenset(children.get(unit, ())),
                frozenset(people.get(unit, ())),
                at,
                unit in nominated,
            )
            for unit in asked
        }


def conflict_stream(campaign: str, unit: str, scorer: str) -> str:
    return f"conflict-{campaign}:{unit}:{scorer}"


def _by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        found.setdefault(one, set()).add(other)
    return found

"""Conflicts of interest (xung đột lợi ích) between a scorer and the unit that they score: derived, declared, denied; and recusal.

A stream for each campaign, unit and scorer. What is derived is no fact of its own: it follows from who is whose parent, who holds which
post and who entered what, and is found whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.evaluations.domain.errors import (
    ConflictNotStanding,
    ConflictOfInterest,
    ConflictUndeniable,
    NotAssigned,
    ReasonTooShort,
    RecusalLate,
    RecusalStays,
    RecusalUnknown,
    ScorerIsRecused,
)
from shared.decider import Decider
from shared.errors import NotAllowed

OFFICE = "office"
"""Who speaks for the standing office, in place of the key of a unit."""

DENIAL_LETTERS_MIN = 20
"""Letters of the reason for denying a conflict: fewer explain nothing to whoever audits it."""


class ConflictGround(StrEnum):
    """Why a scorer is not free towards a unit.

    Derived: own_unit: it scores itself in a pass by which it is checked; parent, child: it is the unit's superior (cấp trên) or under it,
    by territory or sector, on a day of the campaign; post: a person, such as a member of a council, with a post in the unit; account: the
    account that enters has its post in the unit; nomination: the account registered the unit's target title in this campaign.
    Declared: kinship: quan hệ gia đình; interest: lợi ích liên quan; dispute: đang có khiếu nại, tranh chấp; other.
    """

    OWN_UNIT = "own_unit"
    PARENT = "parent"
    CHILD = "child"
    POST = "post"
    ACCOUNT = "account"
    NOMINATION = "nomination"
    KINSHIP = "kinship"
    INTEREST = "interest"
    DISPUTE = "dispute"
    OTHER = "other"


DECLARED = (ConflictGround.KINSHIP, ConflictGround.INTEREST, ConflictGround.DISPUTE, ConflictGround.OTHER)
"""The grounds that somebody has to declare, for nothing in the network shows them."""


class Effect(StrEnum):
    """What a ground does: blocks: the sheet is not taken; shows: it stands in the list of conflicts and hinders nothing."""

    BLOCKS = "blocks"
    SHOWS = "shows"


@dataclass(frozen=True, slots=True)
class ConflictRule:
    """What a ground does in these passes, in all others where none is named, from a day on (None: from ever).

    deniable: whether the office may say, with a reason, that there is no conflict; verified: whether the sentence of the law was read.
    """

    ground: ConflictGround
    effect: Effect
    basis: str
    verified: bool
    passes: tuple[str, ...] = ()
    deniable: bool = False
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConflictRules:
    """The rules of all times."""

    rules: tuple[ConflictRule, ...]

    def at(self, ground: ConflictGround, pass_key: str, day: date) -> ConflictRule | None:
        """The rule for a ground in a pass on a day: one that names the pass before one for all, of these the one that began last."""
        begun = [
            rule
            for rule in self.rules
            if rule.ground is ground and (not rule.passes or pass_key in rule.passes) and (rule.from_on is None or rule.from_on <= day)
        ]
        return max(begun, key=lambda rule: (bool(rule.passes), rule.from_on or date.min), default=None)


@dataclass(frozen=True, slots=True)
class DeclareConflict:
    """Say that a scorer is not free towards a unit: by the scorer, by the unit itself or by the office."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    note: str


@dataclass(frozen=True, slots=True)
class WithdrawConflict:
    """Take a declaration back: by whoever declared it, or by the office."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class DenyConflict:
    """Say that there is no conflict where one was declared, or was derived and may be denied."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class RecuseScorer:
    """Let a scorer step back from a unit in a pass (từ chối chấm, thôi chấm)."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawRecusal:
    """Take a recusal back (rút lại việc thôi chấm), as long as the pass is open: the sheet is owed again."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConflictDeclared:
    """A scorer is not free towards a unit, said by `declared_by`: the key of the scorer or of the unit, or OFFICE."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    note: str
    declared_by: str


@dataclass(frozen=True, slots=True)
class ConflictWithdrawn:
    """The declaration was taken back."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class ConflictDenied:
    """The office found no conflict on this ground."""

    campaign: str
    unit: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class ScorerRecused:
    """The scorer's sheet on the unit is not owed in this pass, and not taken: their score is absent, never zero."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    ground: ConflictGround
    reason: str


@dataclass(frozen=True, slots=True)
class RecusalWithdrawn:
    """The scorer's sheet on the unit is owed in this pass again, and taken, as far as no conflict stands against it."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """From what a conflict is derived, on the days of the campaign.

    first_pass: the pass in which a unit scores itself; parents, children: of the unit; posts: the people who hold a post in it;
    account_unit: the organisation in which the account that enters has its post; nominated: whether that account registered a target
    title of the unit.
    """

    first_pass: str
    parents: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    account_unit: str | None = None
    nominated: bool = False


def derived_grounds(unit: str, pass_key: str, scorer: str, known: Circumstances) -> tuple[ConflictGround, ...]:
    """The grounds that follow from the circumstances; none where a unit scores itself in the first pass."""
    if scorer == unit and pass_key == known.first_pass:
        return ()
    holds = {
        ConflictGround.OWN_UNIT: scorer == unit,
        ConflictGround.PARENT: scorer in known.parents,
        ConflictGround.CHILD: scorer in known.children,
        ConflictGround.POST: scorer in known.posts,
        ConflictGround.ACCOUNT: known.account_unit == unit,
        ConflictGround.NOMINATION: known.nominated,
    }
    return tuple(ground for ground, held in holds.items() if held)


Word = ConflictDeclared | ConflictWithdrawn | ConflictDenied


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was said of a scorer towards a unit; said: the last word on each ground; stepped: the last word on each pass."""

    said: Mapping[ConflictGround, Word] = field(default_factory=dict)
    stepped: Mapping[str, ScorerRecused | RecusalWithdrawn] = field(default_factory=dict)

    def recused(self, pass_key: str) -> ScorerRecused | None:
        """The recusal that stands in a pass."""
        last = self.stepped.get(pass_key)
        return last if isinstance(last, ScorerRecused) else None

    def standing(self, found: Iterable[ConflictGround]) -> tuple[ConflictGround, ...]:
        """The grounds that stand: those declared and those found, without what was denied."""
        declared = [ground for ground, word in self.said.items() if isinstance(word, ConflictDeclared)]
        return tuple(ground for ground in dict.fromkeys((*found, *declared)) if not isinstance(self.said.get(ground), ConflictDenied))


@dataclass(frozen=True, slots=True)
class ConflictCase:
    """What the decisions on a conflict rest on from outside its stream.

    found: by pass in which the scorer is assigned to the unit, the grounds that are derived; handed_in: the passes whose sheet is handed
    in; open: the passes that are open; speaks_for: the keys of the units for which the account speaks, with OFFICE where it is the
    office's; today: the legal date.
    """

    rules: ConflictRules
    today: date
    found: Mapping[str, tuple[ConflictGround, ...]] = field(default_factory=dict)
    handed_in: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    speaks_for: frozenset[str] = frozenset()


def check_conflict(
    rules: ConflictRules, today: date, unit: str, pass_key: str, scorer: str, found: Iterable[ConflictGround], state: Conflicts
) -> None:
    """Refuse a sheet that the scorer may not fill: recused, or not free on a ground that blocks in this pass.

    Raises ScorerIsRecused, ConflictOfInterest.
    """
    recused = state.recused(pass_key)
    if recused is not None:
        raise ScorerIsRecused(
            f"{scorer} is recused from {unit} in pass {pass_key}: {recused.reason} The sheet is neither owed nor taken.",
            unit=unit,
            pass_key=pass_key,
            scorer=scorer,
        )
    for ground in state.standing(found):
        rule = rules.at(ground, pass_key, today)
        if rule is not None and rule.effect is Effect.BLOCKS:
            way_out = "another account enters it" if ground in (ConflictGround.ACCOUNT, ConflictGround.NOMINATION) else "recuse the scorer"
            raise ConflictOfInterest(
                f"{scorer} is not free towards {unit} in pass {pass_key} (ground: {ground}; {rule.basis}). It is not taken: {way_out}"
                f"{', or the office denies the conflict with its reason' if rule.deniable else ''}.",
                unit=unit,
                pass_key=pass_key,
                scorer=scorer,
                ground=str(ground),
                basis=rule.basis,
                deniable=rule.deniable,
            )


def conflict(case: ConflictCase) -> Decider[Conflicts]:
    """The conflicts of a scorer towards a unit, deciding on this case."""
    return replace(READ_CONFLICTS, decide=lambda state, command: _decide(case, state, command))


def _decide(case: ConflictCase, state: Conflicts, command: Any) -> Sequence[Any]:
    match command:
        case DeclareConflict():
            return _declare(case, state, command)
        case WithdrawConflict():
            return _withdraw(case, state, command)
        case DenyConflict():
            return _deny(case, state, command)
        case RecuseScorer():
            return _recuse(case, state, command)
        case WithdrawRecusal():
            return _resume(case, state, command)
    raise TypeError(f"A conflict takes no {type(command).__name__}")


def _declare(case: ConflictCase, state: Conflicts, command: DeclareConflict) -> Sequence[Any]:
    if command.ground not in DECLARED:
        raise ConflictNotStanding(
            f"Ground {command.ground} is found by itself; declare one of {', '.join(DECLARED)}.", ground=str(command.ground)
        )
    held = state.said.get(command.ground)
    if isinstance(held, ConflictDeclared) and held.note == command.note:
        return []
    party = next((unit for unit in (command.scorer, command.unit) if unit in case.speaks_for), OFFICE)
    return [ConflictDeclared(command.campaign, command.unit, command.scorer, command.ground, command.note, party)]


def _withdraw(case: ConflictCase, state: Conflicts, command: WithdrawConflict) -> Sequence[Any]:
    held = state.said.get(command.ground)
    if isinstance(held, ConflictWithdrawn):
        return []
    if not isinstance(held, ConflictDeclared):
        raise _not_standing(command)
    if not {held.declared_by, OFFICE} & case.speaks_for:
        raise NotAllowed(f"{held.declared_by} declared this conflict: they take it back, or the office does.", ground=str(command.ground))
    return [ConflictWithdrawn(command.campaign, command.unit, command.scorer, command.ground, command.reason)]


def _deny(case: ConflictCase, state: Conflicts, command: DenyConflict) -> Sequence[Any]:
    held = state.said.get(command.ground)
    if isinstance(held, ConflictDenied):
        return []
    passes = [pass_key for pass_key, found in case.found.items() if command.ground in found]
    if not passes and not isinstance(held, ConflictDeclared):
        raise _not_standing(command)
    rules = [rule for key in passes if (rule := case.rules.at(command.ground, key, case.today)) is not None]
    if any(rule.effect is Effect.BLOCKS and not rule.deniable for rule in rules):
        raise ConflictUndeniable(f"A conflict on ground {command.ground} cannot be denied; recuse the scorer.", ground=str(command.ground))
    if len(command.reason.strip()) < DENIAL_LETTERS_MIN:
        raise ReasonTooShort(
            f"Say in {DENIAL_LETTERS_MIN} letters or more why there is no conflict.",
            letters=len(command.reason.strip()),
            least=DENIAL_LETTERS_MIN,
        )
    return [ConflictDenied(command.campaign, command.unit, command.scorer, command.ground, command.reason)]


def _recuse(case: ConflictCase, state: Conflicts, command: RecuseScorer) -> Sequence[Any]:
    if state.recused(command.pass_key) is not None:
        return []
    if command.pass_key not in case.found:
        raise NotAssigned(
            f"{command.scorer} is not assigned to {command.unit} in pass {command.pass_key}; there is nothing to step back from.",
            pass_key=command.pass_key,
        )
    if command.pass_key in case.handed_in:
        raise RecusalLate(
            f"{command.scorer} has handed in the sheet on {command.unit}; have it returned first, then it no longer counts.",
            pass_key=command.pass_key,
        )
    return [ScorerRecused(command.campaign, command.unit, command.pass_key, command.scorer, command.ground, command.reason)]


def _resume(case: ConflictCase, state: Conflicts, command: WithdrawRecusal) -> Sequence[Any]:
    last = state.stepped.get(command.pass_key)
    if isinstance(last, RecusalWithdrawn):
        return []
    if last is None:
        raise RecusalUnknown(
            f"{command.scorer} has not stepped back from {command.unit} in pass {command.pass_key}; there is nothing to take back.",
            pass_key=command.pass_key,
        )
    if command.pass_key not in case.open:
        raise RecusalStays(
            f"Pass {command.pass_key} is closed: who stepped back in it stays so, and the score is absent.", pass_key=command.pass_key
        )
    return [RecusalWithdrawn(command.campaign, command.unit, command.pass_key, command.scorer, command.reason)]


def _not_standing(command: WithdrawConflict | DenyConflict) -> ConflictNotStanding:
    return ConflictNotStanding(
        f"No conflict on ground {command.ground} stands between {command.scorer} and {command.unit}.", ground=str(command.ground)
    )


def _evolve(state: Conflicts, event: Any) -> Conflicts:
    match event:
        case ConflictDeclared() | ConflictWithdrawn() | ConflictDenied():
            return replace(state, said={**state.said, event.ground: event})
        case ScorerRecused() | RecusalWithdrawn():
            return replace(state, stepped={**state.stepped, event.pass_key: event})
    return state


READ_CONFLICTS: Decider[Conflicts] = Decider(Conflicts(), lambda _state, _command: (), _evolve)
"""The conflicts of a scorer towards a unit, only read."""

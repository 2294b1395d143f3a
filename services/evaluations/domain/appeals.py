"""Appeals (khiếu nại, đề nghị phúc tra) of a unit against its scores: lodged within a term, answered, withdrawn.

A stream for each campaign and unit. The scores of an answer are those of a pass of their own, after all passes of the rubric.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from services.evaluations.domain.errors import (
    AppealConflict,
    AppealEarly,
    AppealLate,
    AppealOutcome,
    AppealPending,
    AppealSettled,
    NotTakingPart,
    PassesOpen,
    ReasonTooShort,
    ResultFinal,
    ScoresRefused,
)
from services.evaluations.domain.sheets import ItemScore
from shared import rubric as rubrics
from shared.decider import Decider
from shared.errors import DomainError, NotFound

ANSWER_LETTERS_MIN = 20
"""Letters of an answer: fewer say nothing to whoever appealed."""

APPEALS_MAX = 50
"""Appeals of one unit in a campaign: a rubric has some tens of items, and each is appealed against once."""


class Outcome(StrEnum):
    """upheld: chấp nhận; partly: chấp nhận một phần; rejected: giữ nguyên điểm."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class AppealRule:
    """How many working days a unit has to appeal, from a day on (None: from ever); verified: whether a text was read that says so."""

    working_days: int
    basis: str
    verified: bool
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class AppealRules:
    """The rules of all times, one of them from ever on."""

    rules: tuple[AppealRule, ...]

    def at(self, day: date) -> AppealRule:
        """The rule of a day: the one that began last."""
        return max((rule for rule in self.rules if rule.from_on is None or rule.from_on <= day), key=lambda rule: rule.from_on or date.min)


@dataclass(frozen=True, slots=True)
class LodgeAppeal:
    """Appeal against the scores of these items."""

    appeal: str
    campaign: str
    unit: str
    items: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class WithdrawAppeal:
    """Take an appeal back that has not been answered."""

    appeal: str
    campaign: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerAppeal:
    """Answer an appeal; scores: what the items are worth from now on, none where it is rejected."""

    appeal: str
    campaign: str
    unit: str
    outcome: Outcome
    answer: str
    scores: tuple[ItemScore, ...] = ()


@dataclass(frozen=True, slots=True)
class AppealLodged:
    """A unit appeals against the scores of these items; due_on: the last day on which it could."""

    appeal: str
    campaign: str
    unit: str
    items: tuple[str, ...]
    text: str
    lodged_on: date
    due_on: date

    @property
    def effective_on(self) -> date:
        return self.lodged_on


@dataclass(frozen=True, slots=True)
class AppealWithdrawn:
    """The unit does not uphold its appeal."""

    appeal: str
    campaign: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class AppealAnswered:
    """The appeal is answered; the scores, each with its reason, are what these items are worth."""

    appeal: str
    campaign: str
    unit: str
    outcome: Outcome
    answer: str
    scores: tuple[ItemScore, ...]
    answered_on: date

    @property
    def effective_on(self) -> date:
        return self.answered_on


@dataclass(frozen=True, slots=True)
class AppealGround:
    """What the decision rests on from outside.

    due_on: the last day on which the unit may appeal, None while no pass is closed and nothing is frozen; unfinished: the passes of the
    rubric that are open or still to come.
    """

    rubric: rubrics.Rubric
    audience: tuple[str, ...]
    due_on: date | None
    unfinished: tuple[str, ...]
    final: bool
    today: date


@dataclass(frozen=True, slots=True)
class Appeals:
    """The appeals of a unit in a campaign, by id, and how those ended that are no longer open."""

    lodged: Mapping[str, AppealLodged] = field(default_factory=dict)
    settled: Mapping[str, AppealAnswered | AppealWithdrawn] = field(default_factory=dict)


def appeal(ground: AppealGround) -> Decider[Appeals]:
    """The appeals of a unit, deciding on this ground."""
    return replace(READ_APPEALS, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: AppealGround, state: Appeals, command: Any) -> Sequence[Any]:
    match command:
        case LodgeAppeal():
            return _lodge(ground, state, command)
        case WithdrawAppeal():
            return _withdraw(state, command)
        case AnswerAppeal():
            return _answer(ground, state, command)
    raise TypeError(f"Appeals take no {type(command).__name__}")


def _lodge(ground: AppealGround, state: Appeals, command: LodgeAppeal) -> Sequence[Any]:
    held = state.lodged.get(command.appeal)
    if held is not None:
        if (held.items, held.text) == (command.items, command.text):
            return []
        raise AppealConflict(f"Appeal {command.appeal} was lodged with other words; give another an id of its own.", appeal=command.appeal)
    if ground.final:
        raise ResultFinal(f"The result of campaign {command.campaign} is final; nothing adjusts it any more.", campaign=command.campaign)
    if command.unit not in ground.audience:
        raise NotTakingPart(f"{command.unit} is no member of campaign {command.campaign}.", unit=command.unit)
    _check_items(ground.rubric, state, command)
    if ground.due_on is None:
        raise AppealEarly(
            "No pass by which units are checked is closed yet; one appeals against scores that stand.", campaign=command.campaign
        )
    if ground.today > ground.due_on:
        raise AppealLate(
            f"Appeals were taken until {ground.due_on}; today is {ground.today}.",
            due_on=ground.due_on.isoformat(),
            today=ground.today.isoformat(),
        )
    if len(state.lodged) >= APPEALS_MAX:
        raise AppealConflict(f"{command.unit} has lodged {APPEALS_MAX} appeals in this campaign; no more are taken.", appeal=command.appeal)
    return [AppealLodged(command.appeal, command.campaign, command.unit, command.items, command.text, ground.today, ground.due_on)]


def _check_items(rubric: rubrics.Rubric, state: Appeals, command: LodgeAppeal) -> None:
    if not command.items or len(set(command.items)) < len(command.items):
        raise AppealConflict("Name each item that you appeal against once, at least one.", appeal=command.appeal)
    for key in command.items:
        rubric.item(key)
    for appeal, other in state.lodged.items():
        shared = sorted({*other.items} & {*command.items})
        if shared and appeal not in state.settled:
            raise AppealPending(
                f"Appeal {appeal} of {other.lodged_on} against {', '.join(shared)} waits for its answer.", appeal=appeal, items=shared
            )


def _withdraw(state: Appeals, command: WithdrawAppeal) -> Sequence[Any]:
    _lodged(state, command)
    settled = state.settled.get(command.appeal)
    if isinstance(settled, AppealWithdrawn):
        return []
    if settled is not None:
        raise AppealSettled(f"Appeal {command.appeal} was answered on {settled.answered_on}.", appeal=command.appeal)
    return [AppealWithdrawn(command.appeal, command.campaign, command.unit, command.reason)]


def _answer(ground: AppealGround, state: Appeals, command: AnswerAppeal) -> Sequence[Any]:
    lodged = _lodged(state, command)
    settled = state.settled.get(command.appeal)
    if isinstance(settled, AppealWithdrawn):
        raise AppealSettled(f"{command.unit} has withdrawn appeal {command.appeal}: {settled.reason}", appeal=command.appeal)
    if settled is not None:
        if (settled.outcome, settled.answer, settled.scores) == (command.outcome, command.answer, command.scores):
            return []
        raise AppealSettled(f"Appeal {command.appeal} was answered on {settled.answered_on}.", appeal=command.appeal)
    if ground.final:
        raise ResultFinal(f"The result of campaign {command.campaign} is final; nothing adjusts it any more.", campaign=command.campaign)
    if len(command.answer.strip()) < ANSWER_LETTERS_MIN:
        raise ReasonTooShort(
            f"Answer in {ANSWER_LETTERS_MIN} letters or more, with the reasons.",
            letters=len(command.answer.strip()),
            least=ANSWER_LETTERS_MIN,
        )
    if bool(command.scores) == (command.outcome is Outcome.REJECTED):
        raise AppealOutcome("Give the items their new scores, or reject the appeal and give none.", outcome=str(command.outcome))
    if command.scores and ground.unfinished:
        raise PassesOpen(
            f"Scores of an answer come after all passes; wait until {', '.join(ground.unfinished)} are closed.",
            passes=list(ground.unfinished),
        )
    _check_scores(ground.rubric, lodged, command)
    made = (command.appeal, command.campaign, command.unit, command.outcome, command.answer, command.scores)
    return [AppealAnswered(*made, answered_on=ground.today)]


def _check_scores(rubric: rubrics.Rubric, lodged: AppealLodged, command: AnswerAppeal) -> None:
    """Every score as the rubric allows it, for an item of the appeal, with its reason. Raises ScoresRefused naming every faulty item."""
    errors: list[dict[str, str]] = []
    for place, given in enumerate(command.scores):
        try:
            if given.item not in lodged.items:
                raise AppealOutcome(f"The appeal is not about item {given.item}.", item=given.item)
            if given.score is None or not (given.reason or "").strip():
                raise AppealOutcome(f"Item {given.item}: give its score and the reason.", item=given.item)
            if any(other.item == given.item for other in command.scores[:place]):
                raise AppealOutcome(f"Name item {given.item} once.", item=given.item)
            rubrics.check_score(rubric.item(given.item), given.score)
        except DomainError as error:
            errors.append({"at": given.item, "message": error.message, "code": error.code})
    if errors:
        shown = " ".join(error["message"] for error in errors[:3])
        raise ScoresRefused(f"None of the {len(command.scores)} scores was taken; faults found: {len(errors)}. {shown}", errors=errors)


def _lodged(state: Appeals, command: WithdrawAppeal | AnswerAppeal) -> AppealLodged:
    lodged = state.lodged.get(command.appeal)
    if lodged is None:
        raise NotFound(f"{command.unit} has lodged no appeal {command.appeal} in this campaign.", appeal=command.appeal)
    return lodged


def _evolve(state: Appeals, event: Any) -> Appeals:
    match event:
        case AppealLodged():
            return replace(state, lodged={**state.lodged, event.appeal: event})
        case AppealAnswered() | AppealWithdrawn():
            return replace(state, settled={**state.settled, event.appeal: event})
    return state


READ_APPEALS: Decider[Appeals] = Decider(Appeals(), lambda _state, _command: (), _evolve)
"""The appeals of a unit, only read."""

"""Adjustments (điểm thưởng, điểm trừ, loại khỏi xếp hạng) that an authority makes beside the sheets, and their reversal.

A stream for each campaign and unit, for one award or breach counts once for a unit: whether it does can be told from all of them together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.evaluations.domain.errors import (
    AdjustmentConflict,
    AdjustmentDates,
    AdjustmentPoints,
    AdjustmentRuleUnknown,
    AdjustmentTwice,
    NotTakingPart,
    ResultFinal,
)
from shared.decider import Decider
from shared.errors import NotFound


class AdjustmentKind(StrEnum):
    """What an adjustment does.

    bonus: adds points (điểm thưởng); penalty: takes points off (điểm trừ); gate: excludes the unit from the ranking (không xét).
    """

    BONUS = "bonus"
    PENALTY = "penalty"
    GATE = "gate"


@dataclass(frozen=True, slots=True)
class AdjustmentRule:
    """A ground for an adjustment, in force from a day (None: from ever) to a day (None: without end).

    points: what it gives or takes, None for a gate; fixed: exactly so many, otherwise at most; family: of rules that share one only one
    counts, as of two flags for one year's work; verified: whether the text of its basis was read.
    """

    rule: str
    kind: AdjustmentKind
    title: str
    basis: str
    verified: bool
    points: Decimal | None = None
    fixed: bool = True
    family: str | None = None
    from_on: date | None = None
    until_on: date | None = None

    def in_force(self, on: date) -> bool:
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class AdjustmentRules:
    """The rules of all times."""

    rules: tuple[AdjustmentRule, ...]

    def at(self, rule: str, day: date) -> AdjustmentRule | None:
        """The rule of this key on a day."""
        return next((one for one in self.rules if one.rule == rule and one.in_force(day)), None)

    def family_of(self, rule: str | None) -> str | None:
        """What of several rules counts only once: their family, or the rule itself."""
        return next((one.family for one in self.rules if one.rule == rule and one.family), rule)


@dataclass(frozen=True, slots=True)
class MakeAdjustment:
    """Adjust a unit's result. By a rule of the rulebook kind, points and title are the rule's where left out; without one all are given.

    authority: who decided, by name of office; document: number and date of the decision; evidence: files by SHA-256; effective_on:
    from when it holds; expires_on: the last day on which it does, None without end.
    """

    adjustment: str
    campaign: str
    unit: str
    reason: str
    authority: str
    document: str
    effective_on: date
    rule: str | None = None
    kind: AdjustmentKind | None = None
    points: Decimal | None = None
    title: str | None = None
    evidence: tuple[str, ...] = ()
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReverseAdjustment:
    """Take an adjustment back: it was wrong, or its ground has gone."""

    adjustment: str
    campaign: str
    unit: str
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class AdjustmentMade:
    """A unit's result is adjusted: points for a bonus or penalty, None for a gate; rule: the key in the rulebook, None beside it."""

    adjustment: str
    campaign: str
    unit: str
    rule: str | None
    kind: AdjustmentKind
    points: Decimal | None
    title: str
    reason: str
    authority: str
    document: str
    evidence: tuple[str, ...]
    effective_on: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class AdjustmentReversed:
    """The adjustment no longer counts."""

    adjustment: str
    campaign: str
    unit: str
    reason: str
    authority: str


@dataclass(frozen=True, slots=True)
class AdjustmentGround:
    """What the decision rests on from outside: the rulebook, the members of the campaign, the scale and decimals of its rubric, whether its
    result is final, and the legal date; elsewhere: whether the id that is given stands for an adjustment of another unit or campaign."""

    rules: AdjustmentRules
    audience: tuple[str, ...]
    scale: Decimal
    places: int
    final: bool
    today: date
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Adjustments:
    """The adjustments of a unit in a campaign, by id."""

    made: Mapping[str, AdjustmentMade] = field(default_factory=dict)
    reversed: Mapping[str, AdjustmentReversed] = field(default_factory=dict)

    def standing(self) -> list[AdjustmentMade]:
        return [one for key, one in self.made.items() if key not in self.reversed]


def adjustment(ground: AdjustmentGround) -> Decider[Adjustments]:
    """The adjustments of a unit, deciding on this ground."""
    return replace(READ_ADJUSTMENTS, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: AdjustmentGround, state: Adjustments, command: Any) -> Sequence[Any]:
    match command:
        case MakeAdjustment():
            return _make(ground, state, command)
        case ReverseAdjustment():
            return _reverse(ground, state, command)
    raise TypeError(f"Adjustments take no {type(command).__name__}")


def _make(ground: AdjustmentGround, state: Adjustments, command: MakeAdjustment) -> Sequence[Any]:
    made = _as_event(command, _rule_of(ground, command))
    held = state.made.get(command.adjustment)
    if held is not None:
        if held == made:
            return []
        raise AdjustmentConflict(
            f"Adjustment {command.adjustment} stands with other particulars; reverse it and make another.", adjustment=command.adjustment
        )
    if ground.elsewhere:
        raise AdjustmentConflict(
            f"{command.adjustment} is the id of another unit's adjustment; give a new one.", adjustment=command.adjustment
        )
    _check_open(ground, command)
    if command.unit not in ground.audience:
        raise NotTakingPart(f"{command.unit} is no member of campaign {command.campaign}.", unit=command.unit)
    _check_points(ground, made)
    if made.effective_on > ground.today:
        raise AdjustmentDates(f"{made.effective_on} is still to come; record what has been decided.", day=made.effective_on.isoformat())
    if made.expires_on is not None and made.expires_on < made.effective_on:
        raise AdjustmentDates(
            f"It cannot expire on {made.expires_on}, before it holds from {made.effective_on} on.", day=made.expires_on.isoformat()
        )
    _check_once(ground, state, made)
    return [made]


def _rule_of(ground: AdjustmentGround, command: MakeAdjustment) -> AdjustmentRule | None:
    if command.rule is None:
        return None
    rule = ground.rules.at(command.rule, command.effective_on)
    if rule is None:
        raise AdjustmentRuleUnknown(f"The rulebook has no rule {command.rule} on {command.effective_on}.", rule=command.rule)
    if command.kind not in (None, rule.kind):
        raise AdjustmentRuleUnknown(f"Rule {rule.rule} is a {rule.kind}, not a {command.kind}.", rule=rule.rule)
    if command.points is not None and (
        rule.points is None or command.points > rule.points or (rule.fixed and command.points != rule.points)
    ):
        gives = "takes no points" if rule.points is None else f"gives {'' if rule.fixed else 'at most '}{rule.points:f}"
        raise AdjustmentPoints(f"Rule {rule.rule} {gives}, not {command.points:f}.", rule=rule.rule)
    return rule


def _as_event(command: MakeAdjustment, rule: AdjustmentRule | None) -> AdjustmentMade:
    kind, title = command.kind or (rule.kind if rule else None), command.title or (rule.title if rule else None)
    if kind is None or title is None:
        raise AdjustmentRuleUnknown("Name a rule of the rulebook, or kind and title of an adjustment beside it.", rule=None)
    points = command.points if command.points is not None or rule is None else rule.points
    return AdjustmentMade(
        command.adjustment,
        command.campaign,
        command.unit,
        command.rule,
        kind,
        points,
        title,
        command.reason,
        command.authority,
        command.document,
        command.evidence,
        command.effective_on,
        command.expires_on,
    )


def _check_open(ground: AdjustmentGround, command: MakeAdjustment | ReverseAdjustment) -> None:
    if ground.final:
        raise ResultFinal(f"The result of campaign {command.campaign} is final; nothing adjusts it any more.", campaign=command.campaign)


def _check_points(ground: AdjustmentGround, made: AdjustmentMade) -> None:
    """Points above 0 and no more than the scale, with the decimals of the rubric; a gate has none."""
    if made.kind is AdjustmentKind.GATE:
        if made.points is not None:
            raise AdjustmentPoints("A unit that is excluded loses no points besides; leave them out.", kind=str(made.kind))
        return
    if made.points is None or not 0 < made.points <= ground.scale:
        raise AdjustmentPoints(f"Give points above 0 and up to {ground.scale:f}, as a magnitude also for a penalty.", kind=str(made.kind))
    if made.points != round(made.points, ground.places):
        raise AdjustmentPoints(f"{made.points:f} has more than {ground.places} decimals.", kind=str(made.kind))


def _check_once(ground: AdjustmentGround, state: Adjustments, made: AdjustmentMade) -> None:
    """One rule, one family of rules and one decision count once (Law 06/2022/QH15, Art. 5: not several times for one achievement)."""
    for other in state.standing():
        same_rule = made.rule is not None and ground.rules.family_of(made.rule) == ground.rules.family_of(other.rule)
        same_document = made.kind is other.kind is AdjustmentKind.BONUS and _same(made.document) == _same(other.document)
        if same_rule or same_document:
            raise AdjustmentTwice(
                f"{other.title} ({other.document}) counts for {made.unit} already, as {other.adjustment}; one award counts once. "
                "Reverse that one first if this is the right one.",
                adjustment=other.adjustment,
                title=other.title,
                document=other.document,
            )


def _same(document: str) -> str:
    return " ".join(unicodedata.normalize("NFC", document).lower().split())


def _reverse(ground: AdjustmentGround, state: Adjustments, command: ReverseAdjustment) -> Sequence[Any]:
    if command.adjustment in state.reversed:
        return []
    if command.adjustment not in state.made:
        raise NotFound(f"{command.unit} has no adjustment {command.adjustment} in this campaign.", adjustment=command.adjustment)
    _check_open(ground, command)
    return [AdjustmentReversed(command.adjustment, command.campaign, command.unit, command.reason, command.authority)]


def _evolve(state: Adjustments, event: Any) -> Adjustments:
    match event:
        case AdjustmentMade():
            return replace(state, made={**state.made, event.adjustment: event})
        case AdjustmentReversed():
            return replace(state, reversed={**state.reversed, event.adjustment: event})
    return state


READ_ADJUSTMENTS: Decider[Adjustments] = Decider(Adjustments(), lambda _state, _command: (), _evolve)
"""The adjustments of a unit, only read."""

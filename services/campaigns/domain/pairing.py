"""Pairing for the cross-check (ghép cặp chấm chéo): who checks whom, drawn under rules from a recorded seed, corrected with a reason.

The draw is a function of the units, what is barred and the seed, by SHA-256 alone: who has the event draws again, on any machine and in any
release, and finds the same pairs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from services.campaigns.domain.errors import CampaignConflict, NotInAudience, PairingImpossible, PairingStands, PassOrder
from shared.errors import NotFound

CHECKS_EACH_MAX = 3
"""Units that each unit checks, and checkers of each: with more the cluster reads more sheets than it writes."""


class Rule(StrEnum):
    """Rules that a draw may be asked to keep. Not oneself and an even load hold always.

    not_kin: not one's parent or child (cấp trên, cấp dưới trực tiếp); not_last_year: not a pair of last year, whichever of the two checked.
    """

    NOT_KIN = "not_kin"
    NOT_LAST_YEAR = "not_last_year"


@dataclass(frozen=True, slots=True)
class Checked:
    """A unit, and others in what they are to it: those that check it, are its parent or child, or checked it last year."""

    unit: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawPairing:
    """Draw who checks whom in a pass. reason: why it is drawn again, where it has been drawn already."""

    campaign: str
    pass_key: str
    checks_each: int = 1
    rules: tuple[Rule, ...] = (Rule.NOT_KIN, Rule.NOT_LAST_YEAR)
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectPair:
    """Name the checkers of one unit by hand. A rule of the draw may be left for it, which is why it needs a reason."""

    campaign: str
    pass_key: str
    unit: str
    checkers: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class PairingDrawn:
    """A draw with all that it rests on: units, kin and pairs of last year among them, seed; so that anybody can draw it again."""

    campaign: str
    pass_key: str
    seed: str
    checks_each: int
    rules: tuple[Rule, ...]
    units: tuple[str, ...]
    kin: tuple[Checked, ...]
    last_year: tuple[Checked, ...]
    pairs: tuple[Checked, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class PairCorrected:
    """The checkers of one unit were named by hand."""

    campaign: str
    pass_key: str
    unit: str
    checkers: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a draw rests on from outside the campaign: a seed that nobody chose, kin among the units, who checked whom last year."""

    seed: str = ""
    kin: tuple[Checked, ...] = ()
    last_year: tuple[Checked, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """The latest draw of a pass, and what was corrected in it since."""

    drawn: PairingDrawn
    corrected: tuple[PairCorrected, ...] = ()

    @property
    def pairs(self) -> tuple[Checked, ...]:
        """Who checks whom as it stands."""
        by_hand = {one.unit: one.checkers for one in self.corrected}
        return tuple(Checked(pair.unit, by_hand.get(pair.unit, pair.by)) for pair in self.drawn.pairs)


def decide(pairing: Pairing | None, units: Sequence[str], opened: bool, circumstances: Circumstances, command: Any) -> Sequence[Any]:
    """What follows from a command on the pairing of a pass, among the units of its campaign; opened: whether the pass has been."""
    match command:
        case DrawPairing():
            if pairing is not None and _says_the_same(pairing, command):
                return []
            _check_not_opened(opened, command)
            if pairing is not None and command.reason is None:
                raise PairingStands(
                    f"Who checks whom in {command.pass_key} has been drawn already; say why it is drawn again.", pass_key=command.pass_key
                )
            return [_drawn(units, circumstances, command)]
        case CorrectPair():
            if pairing is None:
                raise NotFound(f"Nothing has been drawn for {command.pass_key} yet; draw first.", pass_key=command.pass_key)
            _check_by_hand(units, command)
            if Checked(command.unit, command.checkers) in pairing.pairs:
                return []
            _check_not_opened(opened, command)
            return [PairCorrected(command.campaign, command.pass_key, command.unit, command.checkers, command.reason)]
    raise TypeError(f"A pairing takes no {type(command).__name__}")


def evolve(pairings: tuple[Pairing, ...], event: PairingDrawn | PairCorrected) -> tuple[Pairing, ...]:
    """The pairings of a campaign, one for each pass, after this event."""
    if isinstance(event, PairingDrawn):
        return (*(one for one in pairings if one.drawn.pass_key != event.pass_key), Pairing(event))
    return tuple(replace(one, corrected=(*one.corrected, event)) if one.drawn.pass_key == event.pass_key else one for one in pairings)


def reproduces(drawn: PairingDrawn) -> bool:
    """Whether its own seed, units and rules give the pairs that were recorded."""
    barred = _barred(drawn.units, drawn.rules, drawn.kin, drawn.last_year)
    try:
        return draw(drawn.units, barred, drawn.checks_each, drawn.seed) == drawn.pairs
    except PairingImpossible:
        return False


def breaches(pairing: Pairing) -> list[tuple[str, str, str]]:
    """Unit, checker and the rule that does not hold between them ("not_kin", "not_last_year"), as corrections may leave it."""
    kept = {rule: _barred(pairing.drawn.units, (rule,), pairing.drawn.kin, pairing.drawn.last_year) for rule in pairing.drawn.rules}
    return [
        (pair.unit, checker, str(rule))
        for pair in pairing.pairs
        for checker in pair.by
        for rule, barred in kept.items()
        if checker in barred[pair.unit] and checker != pair.unit
    ]


def draw(units: Iterable[str], barred: Mapping[str, Collection[str]], checks_each: int, seed: str) -> tuple[Checked, ...]:
    """Checkers for each unit, as many for each, so that each unit also checks as many: whatever the order of the units.

    A flow from units to checkers, each edge once: a unit that finds all its checkers at work takes one over from another unit, which looks
    further (augmenting paths), so that a solution is found where there is one. Which one hangs on the seed: units come in the order of
    SHA-256(seed, unit), and each asks checkers in the order of SHA-256(seed, unit, checker). Not every solution is equally likely.
    Raises PairingImpossible with the units that have too few left to be checked by.
    """
    everyone = sorted(set(units))
    asked = {
        unit: sorted((one for one in everyone if one != unit and one not in barred.get(unit, ())), key=lambda one: _mixed(seed, unit, one))
        for unit in everyone
    }
    given: dict[str, set[str]] = {unit: set() for unit in everyone}
    checks = dict.fromkeys(everyone, 0)
    for _ in range(checks_each):
        for unit in sorted(everyone, key=lambda one: _mixed(seed, one)):
            _give_one_more(unit, asked, given, checks, checks_each)
    return tuple(Checked(unit, tuple(sorted(given[unit]))) for unit in everyone)


def _give_one_more(
    unit: str, asked: Mapping[str, Sequence[str]], given: Mapping[str, set[str]], checks: dict[str, int], checks_each: int
) -> None:
    """One more checker for a unit, along a path on which other units change theirs."""
    asked_by: dict[str, str] = {}  # a checker, and the unit that asks it
    loses: dict[str, str] = {}  # a unit that is to change, and the checker it would lose
    waiting = [unit]
    for one in waiting:
        for checker in asked[one]:
            if checker in asked_by or checker in given[one]:
                continue
            asked_by[checker] = one
            if checks[checker] < checks_each:
                checks[checker] += 1
                while (taker := asked_by[checker]) != unit:
                    given[taker].add(checker)
                    checker = loses[taker]
                    given[taker].remove(checker)
                given[unit].add(checker)
                return
            for holder in asked:
                if checker in given[holder] and holder not in loses and holder != unit:
                    loses[holder] = checker
                    waiting.append(holder)
    competing = sorted(waiting)
    left = sorted({checker for one in competing for checker in asked[one]})
    raise PairingImpossible(
        f"{', '.join(competing)} would all have to be checked by {', '.join(left) or 'nobody'}.", units=competing, checkers=left
    )


def _mixed(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _barred(units: Iterable[str], rules: Collection[Rule], kin: Iterable[Checked], last_year: Iterable[Checked]) -> dict[str, set[str]]:
    """Who may not check whom, by these rules; both ways round."""
    found: dict[str, set[str]] = {unit: set() for unit in units}
    for rule, relation in ((Rule.NOT_KIN, kin), (Rule.NOT_LAST_YEAR, last_year)):
        for unit, other in ((pair.unit, other) for pair in relation for other in pair.by):
            if rule in rules:
                found[unit].add(other)
                found[other].add(unit)
    return found


def _drawn(units: Sequence[str], circumstances: Circumstances, command: DrawPairing) -> PairingDrawn:
    if not 1 <= command.checks_each <= CHECKS_EACH_MAX:
        raise CampaignConflict(f"Each unit checks 1 to {CHECKS_EACH_MAX} others, not {command.checks_each}.")
    rules = tuple(rule for rule in Rule if rule in command.rules)
    kin, last_year = _among(units, circumstances.kin), _among(units, circumstances.last_year)
    try:
        pairs = draw(units, _barred(units, rules, kin, last_year), command.checks_each, circumstances.seed)
    except PairingImpossible as error:
        raise _with_the_rules_that_cannot_hold(units, rules, kin, last_year, command.checks_each, error) from error
    return PairingDrawn(
        command.campaign,
        command.pass_key,
        circumstances.seed,
        command.checks_each,
        rules,
        tuple(sorted(units)),
        kin,
        last_year,
        pairs,
        command.reason,
    )


def _with_the_rules_that_cannot_hold(
    units: Sequence[str],
    rules: Sequence[Rule],
    kin: Sequence[Checked],
    last_year: Sequence[Checked],
    checks_each: int,
    error: PairingImpossible,
) -> PairingImpossible:
    """The fewest rules without which it could be drawn; last year's before kinship, which the cluster cannot change."""
    for left_out in ([Rule.NOT_LAST_YEAR], [Rule.NOT_KIN], [Rule.NOT_LAST_YEAR, Rule.NOT_KIN]):
        kept = [rule for rule in rules if rule not in left_out]
        if len(rules) - len(kept) == len(left_out):
            try:
                draw(units, _barred(units, kept, kin, last_year), checks_each, "")
            except PairingImpossible:
                continue
            return PairingImpossible(
                f"It cannot be drawn while {' and '.join(left_out)} hold{'s' if len(left_out) == 1 else ''}: {error.message}",
                rules=[str(rule) for rule in left_out],
                **error.details,
            )
    return PairingImpossible(
        f"{len(units)} units cannot check {checks_each} others each; there are too few.", rules=["even_load"], **error.details
    )


def _among(units: Sequence[str], relation: Iterable[Checked]) -> tuple[Checked, ...]:
    """A relation as far as it lies among these units, in their order."""
    found: dict[str, set[str]] = {}
    for pair in relation:
        found.setdefault(pair.unit, set()).update(other for other in pair.by if other in units and other != pair.unit)
    return tuple(Checked(unit, tuple(sorted(found[unit]))) for unit in sorted(units) if found.get(unit))


def _says_the_same(pairing: Pairing, command: DrawPairing) -> bool:
    drawn = pairing.drawn
    if (drawn.checks_each, set(drawn.rules)) != (command.checks_each, set(command.rules)):
        return False
    return command.reason is None or (command.reason == drawn.reason and not pairing.corrected)


def _check_not_opened(opened: bool, command: DrawPairing | CorrectPair) -> None:
    if opened:
        raise PassOrder(f"Pass {command.pass_key} has been opened; who checks whom in it is fixed from then on.", pass_key=command.pass_key)


def _check_by_hand(units: Sequence[str], command: CorrectPair) -> None:
    for one in (command.unit, *command.checkers):
        if one not in units:
            raise NotInAudience(f"{one} is no member of this campaign.", unit=one)
    if command.unit in command.checkers:
        raise CampaignConflict(f"{command.unit} cannot check itself.", unit=command.unit)
    if not command.checkers or len(set(command.checkers)) < len(command.checkers):
        raise CampaignConflict(f"Name each checker of {command.unit} once, at least one.", unit=command.unit)
    if not command.reason.strip():
        raise CampaignConflict("Say why the pair is corrected.", unit=command.unit)

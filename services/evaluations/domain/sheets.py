"""The score sheet (phiếu chấm điểm): one stream per campaign, unit, pass and scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from services.evaluations.domain.errors import (
    ItemNotHere,
    ReasonMissing,
    ScoresRefused,
    SheetClosed,
    SheetIncomplete,
    SheetStale,
)
from shared import rubric as rubrics
from shared.decider import Decider
from shared.errors import DomainError
from shared.rubric.panel import as_decimal, panel_of


@dataclass(frozen=True, slots=True)
class ItemScore:
    """A score for one item; None withdraws an earlier one. `reason` says why it differs from the pass before."""

    item: str
    score: Decimal | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreItems:
    """Enter or change scores on an open sheet. `version`: the sheet's version as it was read, where the writer cares."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    scores: tuple[ItemScore, ...]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class SubmitSheet:
    """Hand the sheet in; it is closed from then on."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str


@dataclass(frozen=True, slots=True)
class ImportSheet:
    """Scores that were given on paper or in another system: entered and handed in as one.

    handed_in_on: the day on the paper, today where it has none.
    """

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    scores: tuple[ItemScore, ...]
    handed_in_on: date | None = None


@dataclass(frozen=True, slots=True)
class ItemsScored:
    """A scorer gave, changed or withdrew scores."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    scores: tuple[ItemScore, ...]


@dataclass(frozen=True, slots=True)
class SheetSubmitted:
    """The sheet was handed in on a day; `late` when its pass was due on an earlier one, `within_grace` when the unit might be so late."""

    SCHEMA: ClassVar[int] = 2

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    handed_in_on: date
    late: bool
    within_grace: bool

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        """What a sheet of version 1 says: nobody had grace then."""
        return {**data, "within_grace": False}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the decision rests on from outside the sheet.

    open: whether the pass is open; assigned: whether this scorer scores this unit in it; baseline: what the items were worth, as the
    last earlier pass that scored them said; today: the legal date of the command; grace_until: the last day of grace for this unit.
    """

    rubric: rubrics.Rubric
    pass_key: str
    open: bool
    assigned: bool
    due_on: date | None
    today: date
    baseline: Mapping[str, Decimal]
    grace_until: date | None = None

    @property
    def requires_all(self) -> bool:
        return any(rule.key == self.pass_key and rule.requires_all for rule in self.rubric.passes)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as its stream says it is."""

    scores: Mapping[str, ItemScore] = field(default_factory=dict)
    submitted: bool = False
    version: int = 0


def sheet(ground: Ground) -> Decider[Sheet]:
    """The sheet aggregate, deciding on this ground."""
    return replace(READ, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: Ground, state: Sheet, command: Any) -> Sequence[Any]:
    match command:
        case ScoreItems():
            _check_open(ground, state, command.scorer)
            if command.version is not None and command.version != state.version:
                raise SheetStale(
                    "Somebody else has saved this sheet since you opened it; load it again and compare before you save.",
                    version=state.version,
                    expected=command.version,
                )
            changed = _changes(ground, state, command.scores)
            return [_scored(command, changed)] if changed else []
        case ImportSheet():
            if state.submitted and not _changes(ground, state, command.scores):
                return []
            _check_open(ground, state, command.scorer)
            changed = _changes(ground, state, command.scores)
            then = replace(state, scores={**state.scores, **{score.item: score for score in changed}})
            return [*([_scored(command, changed)] if changed else []), *_submission(ground, then, command)]
        case SubmitSheet():
            if state.submitted:
                return []
            _check_open(ground, state, command.scorer)
            return _submission(ground, state, command)
    raise TypeError(f"A sheet takes no {type(command).__name__}")


def _check_open(ground: Ground, state: Sheet, scorer: str) -> None:
    if not ground.assigned:
        raise SheetClosed(f"This sheet is not assigned to {scorer} in pass {ground.pass_key}.", pass_key=ground.pass_key)
    if not ground.open:
        raise SheetClosed(f"Pass {ground.pass_key} is not open; scores are taken only while it is.", pass_key=ground.pass_key)
    if state.submitted:
        raise SheetClosed("This sheet has been submitted and is closed.", pass_key=ground.pass_key)


def _changes(ground: Ground, state: Sheet, scores: Sequence[ItemScore]) -> tuple[ItemScore, ...]:
    """The scores that differ from what the sheet holds, in full or not at all.

    Raises ScoresRefused naming every faulty item.
    """
    errors: list[dict[str, str]] = []
    changed: list[ItemScore] = []
    for score in scores:
        held = state.scores.get(score.item)
        if held == score or (held is None and score.score is None):
            continue
        try:
            item = ground.rubric.item(score.item)
            if score.score is not None:
                _check_pass(ground, item)
                rubrics.check_score(item, score.score)
                _check_reason(ground, item, score)
        except DomainError as error:
            errors.append({"at": score.item, "message": error.message, "code": error.code})
        else:
            changed.append(score)
    if len({score.item for score in scores}) < len(scores):
        errors.append({"at": "scores", "message": "Name each item once.", "code": "evaluations.item_twice"})
    if errors:
        shown = " ".join(error["message"] for error in errors[:3])
        raise ScoresRefused(f"None of the {len(scores)} scores was taken; faults found: {len(errors)}. {shown}", errors=errors)
    return tuple(changed)


def _check_pass(ground: Ground, item: rubrics.Item) -> None:
    if not item.scored_in(ground.pass_key):
        raise ItemNotHere(
            f"Item {item.key} is not scored in pass {ground.pass_key}, only in {', '.join(item.passes)}.",
            item=item.key,
            passes=list(item.passes),
        )


def _check_reason(ground: Ground, item: rubrics.Item, score: ItemScore) -> None:
    before = ground.baseline.get(item.key)
    if before is not None and score.score != before and not (score.reason or "").strip():
        raise ReasonMissing(
            f"Item {item.key}: the pass before gave {before:f}, this sheet gives {score.score:f}; say why.",
            item=item.key,
            before=format(before, "f"),
        )


def _submission(ground: Ground, state: Sheet, command: SubmitSheet | ImportSheet) -> Sequence[Any]:
    if ground.requires_all:
        missing = [
            item.key
            for item in ground.rubric.items()
            if item.kind is rubrics.Kind.CONTENT
            and item.scored_in(ground.pass_key)
            and item.key not in ground.baseline
            and _absent(state, item.key)
        ]
        if missing:
            raise SheetIncomplete(
                f"{len(missing)} items have no score yet: {', '.join(missing[:10])}. Score them, with 0 where nothing was achieved.",
                missing=missing,
            )
    on = (command.handed_in_on if isinstance(command, ImportSheet) else None) or ground.today
    late = ground.due_on is not None and on > ground.due_on
    within_grace = late and ground.grace_until is not None and on <= ground.grace_until
    return [SheetSubmitted(command.campaign, command.unit, command.pass_key, command.scorer, on, late, within_grace)]


def _absent(state: Sheet, item: str) -> bool:
    held = state.scores.get(item)
    return held is None or held.score is None


def _scored(command: ScoreItems | ImportSheet, scores: tuple[ItemScore, ...]) -> ItemsScored:
    return ItemsScored(command.campaign, command.unit, command.pass_key, command.scorer, scores)


def _evolve(state: Sheet, event: Any) -> Sheet:
    version = state.version + 1
    match event:
        case ItemsScored():
            return replace(state, scores={**state.scores, **{score.item: score for score in event.scores}}, version=version)
        case SheetSubmitted():
            return replace(state, submitted=True, version=version)
    return replace(state, version=version)


READ: Decider[Sheet] = Decider(Sheet(), lambda _state, _command: (), _evolve, snapshots=1)
"""A sheet that is only read."""


def baseline(rubric: rubrics.Rubric, earlier: Sequence[Sequence[Sheet]]) -> dict[str, Decimal]:
    """What each item is worth by the passes before: the panel score of the last pass in which a submitted sheet scored it.

    earlier: the sheets of each earlier pass, in the rubric's order.
    """
    found: dict[str, Decimal] = {}
    for sheets in earlier:
        for item in rubric.items():
            given = [
                held.score for one in sheets if one.submitted and (held := one.scores.get(item.key)) is not None and held.score is not None
            ]
            panel = panel_of(item, given) if given else None
            if panel is not None and panel.value is not None:
                found[item.key] = as_decimal(panel.value, item.panel_rounding)
    return found

"""The score sheet (phiếu chấm điểm): one stream per campaign, unit, pass and scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

from services.evaluations.domain import evidence, reviewing
from services.evaluations.domain.errors import (
    EvidenceMissing,
    ItemNotHere,
    ItemNotReturned,
    NotHandedIn,
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

T = TypeVar("T")


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
    """Hand the sheet in; it is closed from then on, unless it is returned. `version`: as of ScoreItems."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    version: int | None = None


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
    """The sheet was handed in on a day; `late` when it was due on an earlier one, `within_grace` when the unit might be so late.

    Of a sheet that was returned: it is late if it was before, or if it comes back after the day that it was due back on.
    """

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
    last earlier pass that scored them said; today: the legal date of the command; grace_until: the last day of grace for this unit;
    extended: whether the day on which the pass is due was moved; final: whether the campaign's result is.
    """

    rubric: rubrics.Rubric
    pass_key: str
    open: bool
    assigned: bool
    due_on: date | None
    today: date
    baseline: Mapping[str, Decimal]
    grace_until: date | None = None
    extended: bool = False
    final: bool = False

    @property
    def rule(self) -> rubrics.PassRule:
        """What the rubric says of the pass; of one that it does not have, nothing is asked."""
        rules = {rule.key: rule for rule in self.rubric.passes}
        return rules.get(self.pass_key) or rubrics.PassRule(self.pass_key, self.pass_key, requires_all=False)

    @property
    def requires_all(self) -> bool:
        return self.rule.requires_all


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as its stream says it is.

    version: how often scores were saved and the sheet handed in or returned; a file or a comment makes nobody's scores stale. evidence: the
    files of each item; removed: digests of those that it had; comments: what was said of each item; returned: that it was given back and is
    not back; late, within_grace: as it was handed in last.
    """

    scores: Mapping[str, ItemScore] = field(default_factory=dict)
    submitted: bool = False
    version: int = 0
    evidence: Mapping[str, tuple[evidence.File, ...]] = field(default_factory=dict)
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returned: reviewing.Returned | None = None
    late: bool = False
    within_grace: bool = False

    def editable(self, ground: Ground) -> bool:
        """Whether its scorer may change it: what was returned is open until it is back, also when its pass closes meanwhile."""
        return ground.assigned and not ground.final and not self.submitted and (ground.open or self.returned is not None)

    def takes(self, item: str) -> bool:
        """Whether the item may be changed, once the sheet may."""
        return self.returned is None or self.returned.flags(item)


def sheet(ground: Ground) -> Decider[Sheet]:
    """The sheet aggregate, deciding on this ground."""
    return replace(READ, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: Ground, state: Sheet, command: Any) -> Sequence[Any]:
    match command:
        case ScoreItems():
            _check_open(ground, state, command.scorer)
            _check_version(state.version, command.version)
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
                # who handed it in the first time had seen the version before
                _check_version(state.version, command.version if command.version != state.version - 1 else None)
                return []
            _check_open(ground, state, command.scorer)
            _check_version(state.version, command.version)
            _check_evidence(ground, state)
            return _submission(ground, state, command)
        case evidence.AttachEvidence() | evidence.RemoveEvidence():
            _check_open(ground, state, command.scorer)
            _check_pass(ground, ground.rubric.item(command.item))
            _check_returned(state, command.item)
            held = state.evidence.get(command.item, ())
            if isinstance(command, evidence.AttachEvidence):
                return evidence.attach(command, held)
            return evidence.remove(command, held, state.removed.get(command.item, ()))
        case reviewing.CommentItem():
            _check_open(ground, state, command.scorer)
            return reviewing.comment(command, ground.rubric, state.comments.get(command.item, ()))
        case reviewing.ReviewItem():
            _check_running(ground)
            if not state.submitted:
                raise NotHandedIn("This sheet is with its scorer; it is commented on once it is handed in.", pass_key=ground.pass_key)
            return reviewing.comment(command, ground.rubric, state.comments.get(command.item, ()))
        case reviewing.ReturnSheet():
            _check_running(ground)
            _check_pass_open(ground)
            return reviewing.give_back(
                command,
                ground.rubric,
                handed_in=state.submitted,
                returned=state.returned,
                pass_due_on=ground.due_on,
                today=ground.today,
            )
    raise TypeError(f"A sheet takes no {type(command).__name__}")


def _check_open(ground: Ground, state: Sheet, scorer: str) -> None:
    if not ground.assigned:
        raise SheetClosed(f"This sheet is not assigned to {scorer} in pass {ground.pass_key}.", pass_key=ground.pass_key)
    _check_running(ground)
    if state.returned is None:
        _check_pass_open(ground)
    if state.submitted:
        raise SheetClosed("This sheet has been submitted and is closed.", pass_key=ground.pass_key)


def _check_running(ground: Ground) -> None:
    if ground.final:
        raise SheetClosed("The result of this campaign is final; its sheets stay as they are.", pass_key=ground.pass_key)


def _check_pass_open(ground: Ground) -> None:
    if not ground.open:
        raise SheetClosed(f"Pass {ground.pass_key} is not open; scores are taken only while it is.", pass_key=ground.pass_key)


def _check_version(held: int, seen: int | None) -> None:
    """Raises SheetStale where the writer says which version was read, and the sheet has another."""
    if seen is not None and seen != held:
        raise SheetStale(
            "Somebody else has saved this sheet since you opened it; load it again and compare before you save or hand it in.",
            version=held,
            expected=seen,
        )


def _check_returned(state: Sheet, item: str) -> None:
    if not state.takes(item):
        flagged = state.returned.items if state.returned else ()
        raise ItemNotReturned(
            f"Item {item} was not given back for correction, only {', '.join(flagged)}; it stays as it was handed in.",
            item=item,
            items=list(flagged),
        )


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
            _check_returned(state, item.key)
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


def _check_evidence(ground: Ground, state: Sheet) -> None:
    # of a sheet that was returned only what may be changed: what was taken without it, from paper, cannot be made good any more
    missing = [item for item in evidence_missing(ground.rubric, state) if state.takes(item)]
    if missing and ground.rule.requires_evidence:
        raise EvidenceMissing(
            f"{len(missing)} items have points but no evidence: {', '.join(missing[:10])}. Attach a file to each, or score it with 0.",
            missing=missing,
        )


def evidence_missing(rubric: rubrics.Rubric, state: Sheet) -> list[str]:
    """The items that need evidence, have points on this sheet, and no file. No points need none."""
    return [
        item.key
        for item in rubric.items()
        if item.evidence_required and not state.evidence.get(item.key) and (held := state.scores.get(item.key)) is not None and held.score
    ]


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
    due_on = state.returned.due_on if state.returned else ground.due_on
    now_late = due_on is not None and on > due_on
    in_grace = ground.grace_until is not None and on <= ground.grace_until
    # a return heals nothing: who was late and may come again in time would be better off than who was late once
    late = now_late or state.late
    within_grace = late and (in_grace or not now_late) and (state.within_grace or not state.late)
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
            return replace(state, submitted=True, returned=None, late=event.late, within_grace=event.within_grace, version=version)
        case reviewing.SheetReturned():
            returned = reviewing.Returned(event.reason, event.items, event.due_on)
            return replace(state, submitted=False, returned=returned, version=version)
        case evidence.EvidenceAttached():
            file = evidence.File(event.sha256, event.name, event.media_type, event.size)
            return replace(state, evidence=_with(state.evidence, event.item, file))
        case evidence.EvidenceRemoved():
            kept = tuple(file for file in state.evidence.get(event.item, ()) if file.sha256 != event.sha256)
            held = {**state.evidence, event.item: kept}
            return replace(state, evidence=held, removed=_with(state.removed, event.item, event.sha256))
        case reviewing.ItemCommented():
            return replace(state, comments=_with(state.comments, event.item, event.comment))
    return state


def _with(held: Mapping[str, tuple[T, ...]], item: str, one: T) -> Mapping[str, tuple[T, ...]]:
    return {**held, item: (*held.get(item, ()), one)}


READ: Decider[Sheet] = Decider(Sheet(), lambda _state, _command: (), _evolve, snapshots=2)
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

"""What is said about a sheet: comments (nhận xét) on its items, and its return (trả lại) to whoever handed it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.evaluations.domain.errors import ItemsUnknown, NotHandedIn, ReasonTooShort, ReturnDayMissing
from shared import rubric as rubrics
from shared.bounds import RETURN_REASON_LETTERS_MIN


@dataclass(frozen=True, slots=True)
class CommentItem:
    """Say something about an item of one's own open sheet."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    comment: str


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Say something about an item of a sheet that was handed in."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    comment: str


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    """Give a sheet back: its scorer corrects these items, all where none is named, and hands it in again by the day.

    due_on: the day on which the pass is due where it is None.
    """

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    reason: str
    items: tuple[str, ...] = ()
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class ItemCommented:
    """Somebody said something about an item of the sheet: its scorer while it was open, who checks it once it was handed in."""

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    item: str
    comment: str


@dataclass(frozen=True, slots=True)
class SheetReturned:
    """The sheet is open again for these items, all where none is named, until it is handed in again, which is due on the day.

    Until then it counts for nothing.
    """

    campaign: str
    unit: str
    pass_key: str
    scorer: str
    reason: str
    items: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, slots=True)
class Returned:
    """That a sheet was returned and is not back: for what, which items its scorer may change (all where none is named), until when."""

    reason: str
    items: tuple[str, ...]
    due_on: date

    def flags(self, item: str) -> bool:
        return not self.items or item in self.items


def comment(command: CommentItem | ReviewItem, rubric: rubrics.Rubric, said: Sequence[str]) -> Sequence[ItemCommented]:
    """said: what has been said about the item. The same words again are no second comment."""
    rubric.item(command.item)
    words = command.comment.strip()
    if words in said:
        return []
    return [ItemCommented(command.campaign, command.unit, command.pass_key, command.scorer, command.item, words)]


def give_back(
    command: ReturnSheet, rubric: rubrics.Rubric, *, handed_in: bool, returned: Returned | None, pass_due_on: date | None, today: date
) -> Sequence[SheetReturned]:
    """returned: how the sheet stands returned already; pass_due_on: the day on which its pass is due."""
    reason = command.reason.strip()
    due_on = command.due_on or pass_due_on
    items = tuple(item.key for item in rubric.items() if item.key in command.items)
    if returned is not None and (returned.reason, returned.items) == (reason, items) and command.due_on in (None, returned.due_on):
        return []
    if not handed_in:
        raise NotHandedIn("Only a sheet that was handed in is returned; this one is still with its scorer.", pass_key=command.pass_key)
    if unknown := sorted(set(command.items) - set(items)):
        raise ItemsUnknown(f"Rubric {rubric.key} has no item {', '.join(unknown)}; name items that it has.", items=unknown)
    if not_here := [key for key in items if not rubric.item(key).scored_in(command.pass_key)]:
        raise ItemsUnknown(f"Pass {command.pass_key} does not score {', '.join(not_here)}; flag items of this sheet.", items=not_here)
    if len(reason) < RETURN_REASON_LETTERS_MIN:
        raise ReasonTooShort(
            f"The reason has {len(reason)} letters; say in {RETURN_REASON_LETTERS_MIN} or more what is wrong and what is to be done.",
            letters=len(reason),
            least=RETURN_REASON_LETTERS_MIN,
        )
    if due_on is None or due_on < today:
        raise ReturnDayMissing(
            "Give the day by which the sheet is to come back, today or later; the day on which its pass was due is past.",
            due_on=due_on and due_on.isoformat(),
            today=today.isoformat(),
        )
    return [SheetReturned(command.campaign, command.unit, command.pass_key, command.scorer, reason, items, due_on)]

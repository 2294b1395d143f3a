"""Rubrics (bảng tiêu chí chấm điểm) and their drafts: state, events and decisions.

A published rubric never changes. What is still being written is a draft, a stream of its own, which may be as wrong as it likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.campaigns.domain.errors import DraftClosed, DraftStale, RubricFixed, RubricGone, RubricInUse
from shared import rubric as rubrics
from shared.decider import Decider
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class PublishRubric:
    """Publish a rubric; `rubric` in the form of `shared.rubric.to_data`."""

    rubric: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WithdrawRubric:
    """Withdraw a rubric (thu hồi) that no campaign runs under."""

    rubric: str
    reason: str


@dataclass(frozen=True, slots=True)
class DraftRubric:
    """Save a draft (bản thảo), new or changed: `content` is the data of a rubric as far as it has come.

    edition: the edition that the writer read, 0 of a new draft.
    """

    draft: str
    content: dict[str, Any]
    edition: int = 0


@dataclass(frozen=True, slots=True)
class CopyRubric:
    """Draft a copy of a published rubric or of a template of the gallery, exactly one of the two, for a season."""

    draft: str
    key: str
    title: str
    season: int
    rubric: str | None = None
    template: str | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Give a draft up, as it was read in this edition."""

    draft: str
    edition: int


@dataclass(frozen=True, slots=True)
class PublishDraft:
    """Publish a draft as it was read in this edition."""

    draft: str
    edition: int


@dataclass(frozen=True, slots=True)
class RubricPublished:
    """A rubric holds from now on as it stands, under its key."""

    rubric: str
    content: dict[str, Any]

    @property
    def effective_on(self) -> date | None:
        """Its first day in force, where it names one."""
        first = self.content.get("in_force_from")
        return None if first is None else date.fromisoformat(first)


@dataclass(frozen=True, slots=True)
class RubricWithdrawn:
    """No campaign may be launched under the rubric any more."""

    rubric: str
    reason: str


@dataclass(frozen=True, slots=True)
class RubricDrafted:
    """A draft was saved as a whole."""

    draft: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RubricDraftDiscarded:
    """A draft was given up."""

    draft: str


@dataclass(frozen=True, slots=True)
class RubricDraftPublished:
    """What the draft said last is now the rubric of this key."""

    draft: str
    rubric: str


@dataclass(frozen=True, slots=True)
class RubricGround:
    """What a decision on a rubric rests on from outside it: the rubrics it may be based on, the campaigns that run under it."""

    published: frozenset[str] = frozenset()
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RubricState:
    """A rubric as its stream says it is."""

    published: RubricPublished | None = None
    withdrawn: RubricWithdrawn | None = None

    def in_use(self, key: str) -> rubrics.Rubric:
        """The rubric that a campaign may be launched under. Raises NotFound, RubricGone."""
        if self.withdrawn is not None:
            raise RubricGone(f"Rubric {key} was withdrawn: {self.withdrawn.reason}. Choose another.", rubric=key)
        return self.table(key)

    def table(self, key: str) -> rubrics.Rubric:
        """The rubric, also of a campaign that runs already. Raises NotFound."""
        if self.published is None:
            raise NotFound(f"There is no rubric {key}; publish it first.", rubric=key)
        return rubrics.from_data(self.published.content)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its stream says it is; `edition` counts how often it was saved, `closed` says what became of it."""

    content: dict[str, Any] | None = None
    edition: int = 0
    closed: RubricDraftDiscarded | RubricDraftPublished | None = None


def rubric(ground: RubricGround) -> Decider[RubricState]:
    """The rubric aggregate, deciding on this ground."""
    return replace(RUBRIC, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: RubricGround, state: RubricState, command: Any) -> Sequence[Any]:
    match command:
        case PublishRubric():
            return _publish(ground, state, command)
        case WithdrawRubric():
            return _withdraw(ground, state, command)
    raise TypeError(f"A rubric takes no {type(command).__name__}")


def _publish(ground: RubricGround, state: RubricState, command: PublishRubric) -> Sequence[Any]:
    table = rubrics.from_data(command.rubric)
    rubrics.check(table)
    if state.withdrawn is not None:
        raise RubricFixed(f"Rubric {table.key} was withdrawn; publish the new one under another key.", rubric=table.key)
    if state.published is not None:
        if state.table(table.key) == table:
            return []
        raise RubricFixed(f"Rubric {table.key} is published and stays as it is; publish the new one under another key.", rubric=table.key)
    if table.based_on is not None and table.based_on not in ground.published:
        raise NotFound(f"There is no rubric {table.based_on} on which {table.key} could be based.", rubric=table.based_on)
    return [RubricPublished(table.key, rubrics.to_data(table))]


def _withdraw(ground: RubricGround, state: RubricState, command: WithdrawRubric) -> Sequence[Any]:
    state.table(command.rubric)
    made = RubricWithdrawn(command.rubric, command.reason)
    if state.withdrawn is not None:
        if state.withdrawn == made:
            return []
        raise RubricGone(f"Rubric {command.rubric} was withdrawn already: {state.withdrawn.reason}.", rubric=command.rubric)
    if ground.campaigns:
        raise RubricInUse(
            f"Rubric {command.rubric} is used by {', '.join(ground.campaigns)} and stays.",
            rubric=command.rubric,
            campaigns=list(ground.campaigns),
        )
    return [made]


def _evolve(state: RubricState, event: Any) -> RubricState:
    match event:
        case RubricPublished():
            return replace(state, published=event)
        case RubricWithdrawn():
            return replace(state, withdrawn=event)
    return state


RUBRIC: Decider[RubricState] = Decider(RubricState(), lambda _state, _command: (), _evolve)
"""A rubric that is only read."""


def _decide_draft(state: Draft, command: DraftRubric | DiscardDraft | PublishDraft) -> Sequence[Any]:
    match command:
        case DraftRubric():
            content = _as_read(command.content)
            if state.closed is None and state.content == content:
                return []
            _check_edition(state, command)
            return [RubricDrafted(command.draft, content)]
        case DiscardDraft():
            if isinstance(state.closed, RubricDraftDiscarded):
                return []
            _check_begun(state, command.draft)
            _check_edition(state, command)
            return [RubricDraftDiscarded(command.draft)]
        case PublishDraft():
            if isinstance(state.closed, RubricDraftPublished):
                return []
            content = _check_begun(state, command.draft)
            _check_edition(state, command)
            return [RubricDraftPublished(command.draft, rubrics.from_data(content).key)]
    raise TypeError(f"A draft takes no {type(command).__name__}")


def _as_read(content: dict[str, Any]) -> dict[str, Any]:
    """The content with every field written out, where it can be read already: said otherwise, the same draft is no new edition."""
    try:
        return rubrics.to_data(rubrics.from_data(content))
    except rubrics.RubricUnreadable:
        return content


def _check_begun(state: Draft, draft: str) -> dict[str, Any]:
    if state.content is None:
        raise NotFound(f"There is no draft {draft}.", draft=draft)
    return state.content


def _check_edition(state: Draft, command: DraftRubric | DiscardDraft | PublishDraft) -> None:
    if state.closed is not None:
        became = f"published as {state.closed.rubric}" if isinstance(state.closed, RubricDraftPublished) else "discarded"
        raise DraftClosed(f"Draft {command.draft} has been {became}; nothing in it changes any more.", draft=command.draft)
    if command.edition != state.edition:
        raise DraftStale(
            "Somebody else has saved this draft since you opened it; compare before you save over it.",
            draft=command.draft,
            edition=state.edition,
            expected=command.edition,
        )


def _evolve_draft(state: Draft, event: Any) -> Draft:
    match event:
        case RubricDrafted():
            return replace(state, content=event.content, edition=state.edition + 1)
        case RubricDraftDiscarded() | RubricDraftPublished():
            return replace(state, closed=event)
    return state


DRAFT: Decider[Draft] = Decider(Draft(), _decide_draft, _evolve_draft)

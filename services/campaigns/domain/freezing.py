"""Three facts about a campaign's boards: frozen (đóng băng), thawed (mở băng), final (chốt kết quả)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from services.campaigns.domain.errors import MattersOpen, NotReady, ReasonMissing
from services.campaigns.domain.ground import BoardSeal, FeedPosition, Inquiry, Matter
from services.campaigns.domain.phases import Year
from shared.rubric import Rubric

SHEETS = "sheet"
OF_PASSES = ("unopened", "open", SHEETS)
"""The kinds of matters whose place is a pass; their count is of units."""


@dataclass(frozen=True, slots=True)
class FreezeCampaign:
    """Show the boards as they stand now until they are thawed; sheets that come later wait."""

    campaign: str
    reason: str


@dataclass(frozen=True, slots=True)
class ThawCampaign:
    """Show the boards with everything that came meanwhile."""

    campaign: str
    reason: str


@dataclass(frozen=True, slots=True)
class FinaliseCampaign:
    """Declare the campaign's result final and seal its boards."""

    campaign: str


@dataclass(frozen=True, slots=True)
class CampaignFrozen:
    """The boards stand as the feeds gave them up to these positions."""

    campaign: str
    reason: str
    positions: tuple[FeedPosition, ...]


@dataclass(frozen=True, slots=True)
class CampaignThawed:
    """The boards follow the feeds again."""

    campaign: str
    reason: str


@dataclass(frozen=True, slots=True)
class CampaignFinalised:
    """The result is final: the boards of these digests, as the feeds give them up to these positions.

    Without boards in what was made final before boards were sealed.
    """

    SCHEMA: ClassVar[int] = 2

    campaign: str
    boards: tuple[BoardSeal, ...]
    positions: tuple[FeedPosition, ...]

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        return {**data, "boards": [], "positions": []}


def freeze(inquiry: Inquiry | None, frozen: bool, command: FreezeCampaign) -> Sequence[Any]:
    if frozen:
        return []
    _require_reason(command.reason)
    if inquiry is None:
        raise NotReady("Rankings has not said how far its boards are; try again in a moment.", campaign=command.campaign)
    return [CampaignFrozen(command.campaign, command.reason, inquiry.positions)]


def thaw(frozen: bool, command: ThawCampaign) -> Sequence[Any]:
    if not frozen:
        return []
    _require_reason(command.reason)
    return [CampaignThawed(command.campaign, command.reason)]


def finalise(year: Year, rubric: Rubric, inquiry: Inquiry | None, command: FinaliseCampaign) -> Sequence[Any]:
    """Only when every pass is closed, nothing is open or under way, and both evaluators make the boards shown of the logs.

    Raises MattersOpen naming all that is in the way.
    """
    if inquiry is None:
        raise NotReady("The network has not been asked whether anything is still open; try again in a moment.", campaign=command.campaign)
    unclosed = _unclosed(year, inquiry)
    passes = {matter.at for matter in unclosed}
    others = tuple(matter for matter in inquiry.matters if matter.kind != SHEETS or matter.at not in passes)
    anew = {seal.board: seal.digest for seal in inquiry.recomputed}
    differing = tuple(Matter("board", seal.board) for seal in inquiry.shown if anew.get(seal.board) != seal.digest)
    matters = (*unclosed, *others, *differing)
    if matters:
        titles = {one.key: one.title for one in rubric.passes}
        raise MattersOpen(
            "The result cannot be final yet: " + " ".join(_words(matter) for matter in matters),
            matters=[_told(matter, titles) for matter in matters],
        )
    return [CampaignFinalised(command.campaign, inquiry.shown, inquiry.positions)]


def _unclosed(year: Year, inquiry: Inquiry) -> tuple[Matter, ...]:
    """The passes that are not closed, each with how many units it still waits for."""
    owing = {matter.at: matter.count for matter in inquiry.matters if matter.kind == SHEETS}
    found = []
    for key in year.passes:
        term = year.terms.get(key)
        if term is None:
            found.append(Matter("unopened", key, len(year.launched.audience)))
        elif term.open:
            found.append(Matter("open", key, owing.get(key, 0)))
    return tuple(found)


def _told(matter: Matter, titles: Mapping[str, str]) -> dict[str, Any]:
    told = {"kind": matter.kind, "at": matter.at, "count": matter.count}
    return {**told, "title": titles[matter.at]} if matter.kind in OF_PASSES and matter.at in titles else told


_WORDS = {
    "unopened": "Pass {at} has not been opened for its {count} units: open and close it.",
    "open": "Pass {at} is not closed; sheets on {count} units are not handed in: have them handed in, then close it.",
    "sheet": "Sheets on {count} units were given back in {at} and are not in again: have them handed in.",
    "appeal": "{count} appeals of {at} are unanswered: answer them.",
    "ballot": "The ballot {at} is open: close it, or call it off.",
    "parked": "{count} events are parked in {at}: an operator retries or discards them.",
    "behind": "{at} is {count} events behind: try again in a moment.",
    "away": "{at} does not answer: see that it runs, then try again.",
    "pending": "{count} sheets or decisions came after the boards of {at} were frozen: thaw them, so that all see what is made final.",
    "second": "The second opinion on board {at} differs in {count} figures: `commendation verify board` on an export names them.",
    "board": "Board {at} as shown is not what the logs give: rebuild the read model of rankings, and have the audit verify the logs.",
}


def _words(matter: Matter) -> str:
    return _WORDS[matter.kind].format(at=matter.at, count=matter.count)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why.")

"""Launching a campaign (phát động phong trào), by itself or under another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from services.campaigns.domain.errors import CampaignConflict, CriteriaDropped, NotInAudience, NotReady
from services.campaigns.domain.ground import Ground, Parent
from shared import rubric as rubrics


class CampaignKind(StrEnum):
    """What a campaign is by its time and subject.

    regular: thường xuyên; thematic: chuyên đề (both of Law 06/2022/QH15); adhoc: đột xuất, for one occasion.
    """

    REGULAR = "regular"
    THEMATIC = "thematic"
    ADHOC = "adhoc"


class Audience(StrEnum):
    """Whom a campaign is for: the members of its cluster in the season, or the units named at the launch."""

    MEMBERS = "members"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class LaunchCampaign:
    """Launch a campaign in a cluster for a season under a published rubric.

    organiser: who launches, the cluster's organiser where left out; parent: the campaign it is launched under; units: for these in place
    of the cluster's members; plan_document: the plan (kế hoạch) by number and date; illustrative: its scores are an example and every
    page and export says so.
    """

    campaign: str
    title: str
    cluster: str
    season: int
    rubric: str
    starts_on: date
    ends_on: date
    registration_due_on: date
    legal_basis: str
    illustrative: bool = False
    kind: CampaignKind = CampaignKind.REGULAR
    organiser: str | None = None
    parent: str | None = None
    units: tuple[str, ...] = ()
    plan_document: str = ""


@dataclass(frozen=True, slots=True)
class CampaignLaunched:
    """A campaign runs in a cluster for a season, for the units it had then.

    organiser: None in what was launched before campaigns named one: the cluster's.
    """

    SCHEMA: ClassVar[int] = 2

    campaign: str
    title: str
    cluster: str
    season: int
    rubric: str
    starts_on: date
    ends_on: date
    registration_due_on: date
    legal_basis: str
    illustrative: bool
    audience: tuple[str, ...]
    kind: CampaignKind
    organiser: str | None
    parent: str | None
    audience_is: Audience
    plan_document: str

    @staticmethod
    def from_first(data: dict[str, Any]) -> dict[str, Any]:
        """What a launch of version 1 says: a regular campaign by itself, for the members of its cluster."""
        more = {"kind": CampaignKind.REGULAR, "organiser": None, "parent": None, "audience_is": Audience.MEMBERS, "plan_document": ""}
        return {**data, **more}


def launch(ground: Ground, running: CampaignLaunched | None, command: LaunchCampaign) -> Sequence[CampaignLaunched]:
    made = _made(ground, running, command)
    if running is not None:
        if made == running:
            return []
        raise CampaignConflict(f"Campaign {command.campaign} runs already as {running.title!r}.", campaign=command.campaign)
    if not made.audience:
        raise NotReady(f"Cluster {command.cluster} has no member in {command.season}; admit its units first.", cluster=command.cluster)
    if not command.starts_on <= command.registration_due_on <= command.ends_on:
        raise CampaignConflict(
            f"The dates do not follow one another: start {command.starts_on}, registration until {command.registration_due_on}, "
            f"end {command.ends_on}."
        )
    if ground.rubric.season != command.season:
        raise CampaignConflict(
            f"Rubric {command.rubric} is for season {ground.rubric.season}, the campaign for {command.season}; publish a copy for "
            f"{command.season}.",
            rubric=command.rubric,
        )
    if not ground.rubric.in_force_within(command.starts_on, command.ends_on):
        raise CampaignConflict(
            f"Rubric {command.rubric} is in force on no day of the campaign, {command.starts_on} to {command.ends_on}; choose another, or "
            "publish a version for these days.",
            rubric=command.rubric,
        )
    _check_named(ground, command)
    if ground.parent is not None:
        _check_under(ground.parent, ground.rubric, command)
    return [made]


def _made(ground: Ground, running: CampaignLaunched | None, command: LaunchCampaign) -> CampaignLaunched:
    """What the command makes; said again, a campaign keeps the members and the organiser that it was launched with."""
    members = ground.members if running is None else running.audience
    organiser = ground.organiser if running is None else running.organiser
    said = {name: getattr(command, name) for name in LaunchCampaign.__slots__ if name not in ("units", "organiser")}
    return CampaignLaunched(
        **said,
        audience=command.units or members,
        audience_is=Audience.NAMED if command.units else Audience.MEMBERS,
        organiser=command.organiser or organiser,
    )


def _check_named(ground: Ground, command: LaunchCampaign) -> None:
    for unit in command.units:
        if unit not in ground.known or command.units.count(unit) > 1:
            raise NotInAudience(f"Name each unit once, by its key in the registry; {unit} is not one.", unit=unit)
    if command.organiser is not None and command.organiser not in ground.known:
        raise NotReady(f"There is no organisation {command.organiser}; register it first.", organisation=command.organiser)


def _check_under(parent: Parent, rubric: rubrics.Rubric, command: LaunchCampaign) -> None:
    """A campaign under another keeps within its dates, and may add criteria, not drop or lower them."""
    if parent.final:
        raise CampaignConflict(f"{parent.title} is final; nothing is launched under it any more.", parent=parent.campaign)
    if parent.season != command.season or not (parent.starts_on <= command.starts_on and command.ends_on <= parent.ends_on):
        raise CampaignConflict(
            f"{parent.title} runs in {parent.season} from {parent.starts_on} to {parent.ends_on}; a campaign under it keeps within these "
            f"dates, not {command.starts_on} to {command.ends_on}.",
            parent=parent.campaign,
        )
    dropped = _dropped(parent.rubric, rubric)
    if dropped:
        shown = " ".join(f"{one['at']}: {one['message']}" for one in dropped[:5])
        raise CriteriaDropped(
            f"Rubric {rubric.key} leaves out or lowers {len(dropped)} criteria of {parent.title}. {shown}",
            parent=parent.title,
            count=len(dropped),
            errors=dropped,
        )


def _dropped(above: rubrics.Rubric, own: rubrics.Rubric) -> list[dict[str, str]]:
    """The criteria of the rubric above that this one has not, has as another kind, or gives fewer points: {at, message} of each."""
    held = {item.key: item for item in own.items()}
    found = []
    for item in above.items():
        mine = held.get(item.key)
        if mine is None:
            message = f"{item.title} is missing."
        elif mine.kind is not item.kind:
            message = f"It is {mine.kind} here, {item.kind} in the parent."
        elif mine.maximum * mine.weight < item.maximum * item.weight:
            message = f"It gives at most {mine.maximum * mine.weight:f} points here, {item.maximum * item.weight:f} in the parent."
        else:
            continue
        found.append({"at": item.key, "message": message})
    return found

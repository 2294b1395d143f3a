"""The rotation flag (cờ luân lưu) of a cluster: state, event and decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.awards.domain.errors import DateImpossible, HandoverConflict, NotDesignated, NotHolder, check_day
from shared.decider import Decider


@dataclass(frozen=True, slots=True)
class HandOverFlag:
    """Hand the cluster's rotation flag to the leader of `season`; from_unit is None where nobody has held it before."""

    handover: str
    cluster: str
    season: int
    from_unit: str | None
    to_unit: str
    handed_on: date
    document: str


@dataclass(frozen=True, slots=True)
class FlagHandedOver:
    """The leader of a season has received the cluster's rotation flag."""

    handover: str
    cluster: str
    season: int
    from_unit: str | None
    to_unit: str
    handed_on: date
    document: str

    @property
    def effective_on(self) -> date:
        return self.handed_on


@dataclass(frozen=True, slots=True)
class Rotation:
    """Where the flag has been; the last hand-over says who holds it."""

    handovers: tuple[FlagHandedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class RotationGround:
    """What a hand-over is judged by besides its stream. designated: the leader of the season, None while nobody is."""

    designated: str | None
    today: date


def rotation(ground: RotationGround) -> Decider[Rotation]:
    """The rotation flag of one cluster, deciding on this ground."""
    return Decider(Rotation(), lambda state, command: _hand_over(ground, state, command), _evolve_rotation, snapshots=1)


def _hand_over(ground: RotationGround, state: Rotation, command: HandOverFlag) -> Sequence[Any]:
    made = FlagHandedOver(
        command.handover,
        command.cluster,
        command.season,
        command.from_unit,
        command.to_unit,
        command.handed_on,
        command.document,
    )
    if made in state.handovers:
        return []
    if any(past.handover == command.handover for past in state.handovers):
        raise HandoverConflict(f"Hand-over {command.handover} is recorded with other particulars; give a new one an id of its own.")
    if ground.designated is None:
        raise NotDesignated(
            f"Nobody is designated to lead {command.cluster} in {command.season}; designate the leader in the registry first.",
            cluster=command.cluster,
        )
    if command.to_unit != ground.designated:
        raise NotDesignated(
            f"The flag of {command.cluster} goes to the leader of {command.season}, {ground.designated}, not to {command.to_unit}.",
            designated=ground.designated,
        )
    check_day("The flag was handed over", command.handed_on, ground.today)
    if state.handovers:
        last = state.handovers[-1]
        if command.from_unit != last.to_unit:
            raise NotHolder(
                f"{last.to_unit} has held the flag since {last.handed_on}; {command.from_unit or 'nobody'} cannot hand it over.",
                holder=last.to_unit,
            )
        if command.handed_on < last.handed_on:
            raise DateImpossible(
                f"The flag was handed over on {last.handed_on} last; a hand-over on {command.handed_on} cannot follow.",
                day=command.handed_on.isoformat(),
            )
    if command.from_unit == command.to_unit:
        raise NotHolder(f"{command.to_unit} holds the flag already and keeps it; there is nothing to hand over.", holder=command.to_unit)
    return [made]


def _evolve_rotation(state: Rotation, event: Any) -> Rotation:
    return replace(state, handovers=(*state.handovers, event)) if isinstance(event, FlagHandedOver) else state

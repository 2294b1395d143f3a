"""Campaigns (phong trào thi đua): the aggregate, whose decisions stand in the modules named for what they decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.campaigns.domain import freezing, launching, pairing, passes, phases, taking_part
from services.campaigns.domain.errors import CampaignFinal, StandsFrozen
from services.campaigns.domain.ground import Ground
from services.campaigns.domain.passes import PassOpened, TieVoteRecorded
from services.campaigns.domain.phases import REGISTRATION, Term, Terms, Year
from shared.decider import Decider
from shared.errors import NotFound

_BESIDE_A_FREEZE = (freezing.FreezeCampaign, freezing.ThawCampaign, freezing.FinaliseCampaign, passes.ClosePass, phases.ClosePhase)
"""What is decided while the boards are frozen: nothing that they rest on."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its stream says it is; terms: of the phases and passes that have begun, by key."""

    launched: launching.CampaignLaunched | None = None
    plan: tuple[phases.PlannedPhase, ...] = ()
    terms: Terms = field(default_factory=dict)
    registered: tuple[str, ...] = ()
    compact: taking_part.CompactIssued | None = None
    covenants: tuple[taking_part.CovenantSigned, ...] = ()
    passes: tuple[PassOpened, ...] = ()
    pairings: tuple[pairing.Pairing, ...] = ()
    vote: TieVoteRecorded | None = None
    frozen: bool = False
    final: bool = False

    def pairing_of(self, pass_key: str) -> pairing.Pairing | None:
        return next((one for one in self.pairings if one.drawn.pass_key == pass_key), None)


def campaign(ground: Ground) -> Decider[Campaign]:
    """The campaign aggregate, deciding on this ground."""
    return replace(READ, decide=lambda state, command: _decide(ground, state, command))


def _decide(ground: Ground, state: Campaign, command: Any) -> Sequence[Any]:
    if isinstance(command, launching.LaunchCampaign):
        return launching.launch(ground, state.launched, command)
    if state.launched is None:
        raise NotFound(f"There is no campaign {command.campaign}; launch it first.", campaign=command.campaign)
    if state.final:
        if isinstance(command, freezing.FinaliseCampaign):
            return []
        raise CampaignFinal(f"{state.launched.title} is final; nothing in it changes any more.", campaign=command.campaign)
    if state.frozen and not isinstance(command, _BESIDE_A_FREEZE):
        raise StandsFrozen(f"The boards of {state.launched.title} are frozen; thaw them first.", campaign=command.campaign)
    year = Year(state.launched, ground.rubric.pass_keys(), state.plan, state.terms, ground.today)
    match command:
        case phases.PlanPhases():
            return phases.plan(year, command)
        case phases.OpenPhase():
            return phases.open_phase(year, command)
        case phases.ExtendPhase():
            return phases.extend(year, command)
        case phases.GiveGrace():
            return phases.give_grace(year, command)
        case phases.ClosePhase():
            return phases.close_phase(year, command)
        case phases.ReopenPhase():
            return phases.reopen(year, command)
        case taking_part.RegisterUnit():
            return taking_part.register(year, state.registered, bool(state.passes), command)
        case taking_part.IssueCompact():
            return taking_part.issue(state.compact, state.covenants, year, command)
        case taking_part.SignCovenant():
            return taking_part.sign(state.registered, state.covenants, year, command)
        case pairing.DrawPairing() | pairing.CorrectPair():
            return _pair(ground, state, state.launched, command)
        case passes.OpenPass():
            return passes.open_pass(ground, year, state.passes, state.pairing_of(command.pass_key), command)
        case passes.ClosePass():
            return passes.close_pass(year, command)
        case passes.RecordTieVote():
            return passes.vote(state.launched, state.vote, command)
        case passes.TakeTieBallot():
            return passes.take_ballot(ground.ballot, state.launched, state.vote, command)
        case freezing.FreezeCampaign():
            return freezing.freeze(ground.inquiry, state.frozen, command)
        case freezing.ThawCampaign():
            return freezing.thaw(state.frozen, command)
        case freezing.FinaliseCampaign():
            return freezing.finalise(year, ground.rubric, ground.inquiry, command)
    raise TypeError(f"A campaign takes no {type(command).__name__}")


def _pair(
    ground: Ground, state: Campaign, launched: launching.CampaignLaunched, command: pairing.DrawPairing | pairing.CorrectPair
) -> Sequence[Any]:
    """In every pass but the first, in which each unit scores itself."""
    keys = ground.rubric.pass_keys()[1:]
    if command.pass_key not in keys:
        raise NotFound(f"No pass {command.pass_key!r} can be drawn; the rubric has {', '.join(keys)}.", pass_key=command.pass_key)
    opened = command.pass_key in state.terms
    return pairing.decide(state.pairing_of(command.pass_key), launched.audience, opened, ground.circumstances, command)


def _evolve(state: Campaign, event: Any) -> Campaign:
    match event:
        case launching.CampaignLaunched():
            return replace(state, launched=event, terms={REGISTRATION: Term(event.registration_due_on)})
        case phases.PhasesPlanned():
            return replace(state, plan=event.phases)
        case taking_part.UnitRegistered():
            return replace(state, registered=(*state.registered, event.unit))
        case taking_part.CompactIssued():
            return replace(state, compact=event)
        case taking_part.CovenantSigned():
            return replace(state, covenants=(*state.covenants, event))
        case pairing.PairingDrawn() | pairing.PairCorrected():
            return replace(state, pairings=pairing.evolve(state.pairings, event))
        case passes.PassOpened():
            return replace(state, passes=(*state.passes, event), terms={**state.terms, event.pass_key: Term(event.due_on)})
        case passes.PassClosed():
            return replace(state, terms=phases.closed(state.terms, event.pass_key))
        case passes.TieVoteRecorded():
            return replace(state, vote=event)
        case freezing.CampaignFrozen():
            return replace(state, frozen=True)
        case freezing.CampaignThawed():
            return replace(state, frozen=False)
        case freezing.CampaignFinalised():
            return replace(state, final=True)
    return replace(state, terms=phases.evolve(state.terms, event))


READ: Decider[Campaign] = Decider(Campaign(), lambda _state, _command: (), _evolve, snapshots=2)
"""A campaign that is only read."""

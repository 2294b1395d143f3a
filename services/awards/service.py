"""Awards as a nameko service: entrypoints only."""

from __future__ import annotations

from typing import Any

from services.awards import domain, schemas, views
from services.awards.boards import flag_board
from services.awards.rules import RULEBOOK
from shared.ballot_results import ballot_known
from shared.ballots import Ballot
from shared.calendar import legal_date, utc_now
from shared.ids import derived_id
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.service import FactsProvider, Service, ViewsProvider


class AwardsService(Service):
    """Proposals, council votes, decisions, and the hand-over of the rotation flag."""

    name = "awards"
    model = views.MODEL
    facts = FactsProvider(schemas.EVENTS)
    views = ViewsProvider(views.MODEL)

    @rpc
    def propose_flag(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.ProposeFlag, request.data)
        board = flag_board(lambda part: self._asked(request, "rankings", "board", campaign=command.campaign, board="flag", **part))
        nomination = derived_id("nomination", "\n".join((command.campaign, command.unit, domain.form_key(command.form))))
        answers = self.facts.execute_all(
            request,
            [
                (domain.proposal(self._ground(board=board)), f"proposal-{command.proposal}", command),
                (domain.NOMINATION, f"nomination-{nomination}", command),
            ],
        )
        return dict(answers[0])

    @rpc
    def record_vote(self, request: Request) -> dict[str, Any]:
        """Record a vote that was held on paper."""
        self.permit(request)
        command = load(schemas.RecordVote, request.data)
        return self.facts.execute(request, domain.proposal(self._ground()), f"proposal-{command.proposal}", command)

    @rpc
    def take_ballot(self, request: Request) -> dict[str, Any]:
        """Take a vote over from a ballot that was counted in the network."""
        self.permit(request)
        command = load(schemas.TakeBallot, request.data)
        with self.views.reading() as reading:
            held = ballot_known(reading, command.ballot)
        return self.facts.execute(request, domain.proposal(self._ground(ballot=held)), f"proposal-{command.proposal}", command)

    @rpc
    def decide(self, request: Request) -> dict[str, Any]:
        """Issue the decision; not by an account that proposed the unit or recorded the vote."""
        self.permit(request)
        command = load(schemas.Decide, request.data)
        stream = f"proposal-{command.proposal}"
        answers = self.facts.execute_all(
            request,
            [
                (self.apart(request, domain.proposal(self._ground()), stream), stream, command),
                (domain.NUMBER, f"decision-{domain.number_key(command)}", command),
            ],
        )
        return dict(answers[0])

    @rpc
    def hand_over_flag(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.HandOverFlag, request.data)
        with self.views.reading() as reading:
            designated = views.leader_of(reading, command.cluster, command.season)
        ground = domain.RotationGround(designated, legal_date(utc_now()))
        return self.facts.execute(request, domain.rotation(ground), f"rotation-{command.cluster}", command)

    @rpc
    def proposals(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_proposals(reading))

    @rpc
    def decisions(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.register(reading))

    @rpc
    def handovers(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_handovers(reading))

    @rpc
    def forms(self, request: Request) -> list[dict[str, Any]]:
        """The forms of the rulebook with the thresholds that hold today."""
        self.permit(request)
        today = legal_date(utc_now())
        names = sorted({rule.form for rule in RULEBOOK.thresholds})
        return plain([rule for name in names if (rule := RULEBOOK.at(name, today)) is not None])

    def _ground(self, *, board: domain.FlagBoard | None = None, ballot: Ballot | None = None) -> domain.ProposalGround:
        return domain.ProposalGround(RULEBOOK, legal_date(utc_now()), board, ballot)

    def _asked(self, request: Request, service: str, method: str, **data: Any) -> Any:
        return self.network.ask(service, method, Request(request.actor, data, correlation=request.correlation))

"""Ballots over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import balloting, schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

ballots = blueprint("ballots", "/ballots", "Ballots (bỏ phiếu, biểu quyết) of clusters and councils, secret or open.")
BLUEPRINTS = (ballots,)


@ballots.route("")
class Ballots(MethodView):
    @ballots.arguments(schemas.BallotsAsked, location="query")
    @ballots.response(200, schemas.BallotLine(many=True))
    def get(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """All ballots, or those of a campaign, the open ones first."""
        return list(query("evaluations", "ballots", **asked))

    @ballots.arguments(schemas.OpenBallot)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Open a ballot."""
        return told("evaluations", "open_ballot", body)


@ballots.route("/mine")
class Mine(MethodView):
    @ballots.response(200, schemas.MyBallot(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The open ballots in which the account that asks may vote."""
        return list(query("evaluations", "my_ballots"))


@ballots.route("/rules")
class Rules(MethodView):
    @ballots.response(200, schemas.BallotRule(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The rules by which a ballot may be opened today."""
        return list(query("evaluations", "ballot_rules"))


@ballots.route("/<ballot>")
class Ballot(MethodView):
    @ballots.response(200, schemas.Ballot)
    def get(self, ballot: str) -> Any:
        """A ballot; its count once it is over."""
        return query("evaluations", "ballot", ballot=ballot)


@ballots.route("/<ballot>/secret-vote")
class SecretVote(MethodView):
    @ballots.arguments(schemas.BallotVote)
    @ballots.response(201, schemas.VoteRecorded)
    def post(self, body: dict[str, Any], ballot: str) -> Any:
        """Vote in a secret ballot. No line of it is logged; a second vote is refused (409), also where the first answer was lost."""
        marks = {one["choice"]: one["mark"] for one in body["marks"]}
        balloting.cast_secretly(query("evaluations", "ballot", ballot=ballot), marks)
        return {"ballot": ballot, "recorded": True}


@ballots.route("/<ballot>/named-vote")
class NamedVote(MethodView):
    @ballots.arguments(schemas.BallotVote)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str) -> Command:
        """Vote by name, for all to see once the ballot is over."""
        return told("evaluations", "vote_by_name", body, ballot=ballot)


@ballots.route("/<ballot>/letters")
class Letters(MethodView):
    @ballots.arguments(schemas.BallotLetter)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str) -> Command:
        """Enter the written opinion of an absent voter; by the account that opened the ballot."""
        return told("evaluations", "record_letter", body, ballot=ballot)


@ballots.route("/<ballot>/letters/<voter>/correction")
class LetterCorrection(MethodView):
    @ballots.arguments(schemas.CorrectBallotLetter)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str, voter: str) -> Command:
        """Enter a letter anew that was not entered as it is; by the account that opened the ballot, while it is open."""
        return told("evaluations", "correct_letter", body, ballot=ballot, voter=voter)


@ballots.route("/<ballot>/letters/<voter>/withdrawal")
class LetterWithdrawal(MethodView):
    @ballots.arguments(schemas.WithdrawBallotLetter)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str, voter: str) -> Command:
        """Take back a letter that is not of this voter, who may then vote again."""
        return told("evaluations", "withdraw_letter", body, ballot=ballot, voter=voter)


@ballots.route("/<ballot>/closing")
class Closing(MethodView):
    @ballots.arguments(schemas.CloseBallot)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str) -> Command:
        """Close and count."""
        return told("evaluations", "close_ballot", body, ballot=ballot)


@ballots.route("/<ballot>/cancellation")
class Cancellation(MethodView):
    @ballots.arguments(schemas.Because)
    @ballots.response(201, schemas.Recorded)
    @ballots.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], ballot: str) -> Command:
        """Call off, uncounted."""
        return told("evaluations", "cancel_ballot", body, ballot=ballot)

"""Entrypoints for ballots. Of a vote in a secret one no event is recorded, no command kept and no line logged."""

from __future__ import annotations

from typing import Any

from services.evaluations import schemas, views
from services.evaluations.domain import ballots as domain
from services.evaluations.domain.ballot_counting import Outcome, Tally, run_off_between
from services.evaluations.domain.errors import BallotClosedAlready, BallotNotByThisWay
from services.evaluations.rules.ballots import BALLOT_RULES
from services.evaluations.service.base import Part
from services.evaluations.service.box import BoxProvider
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.telemetry import UNLOGGED

_ENTERED = ("voter", "marks", "document", "sha256")
"""What is told of a letter that may still be corrected."""


class Ballots(Part):
    """Ballots of clusters and councils: opened, voted in, closed, cancelled."""

    box = BoxProvider()

    @rpc
    def open_ballot(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command: domain.OpenBallot = load(schemas.OpenBallot, request.data)
        if command.mode is domain.BallotMode.SECRET:
            self.box.require_key()
        with self.views.reading() as reading:
            ground = domain.BallotGround(
                request.actor,
                rule=BALLOT_RULES.of(command.rule, legal_date(utc_now())),
                strangers=views.strangers_among(reading, command.electorate),
                campaign_known=command.campaign is None or views.campaign_of(reading, command.campaign) is not None,
                before=self._ballot(command.run_off_of) if command.run_off_of else None,
            )
        answer = self.facts.execute(request, domain.ballot(ground), _stream(command.ballot), command)
        if command.mode is domain.BallotMode.SECRET:
            self._box_of(domain.known(self._ballot(command.ballot), command.ballot))
        return answer

    @rpc
    def cast_vote(self, request: Request) -> dict[str, Any]:
        """Vote in a secret ballot, in the name of the account that asks. The answer is the same whatever the vote; a second is refused."""
        self.permit(request)
        if request.correlation != UNLOGGED:
            raise BallotNotByThisWay("A vote is only taken where no log line tells of it.")
        given = load(schemas.CastVote, request.data)
        state = self._ballot(given["ballot"])
        opened = domain.known(state, given["ballot"])
        if not state.is_secret:
            raise BallotNotByThisWay("Votes in this ballot are not secret.", ballot=opened.ballot)
        domain.check_elector(opened, request.actor)
        domain.check_open(state)
        self._box_of(opened).put(opened.ballot, opened.electorate.index(request.actor), given["paper"], domain.checked(opened))
        return {"ballot": opened.ballot, "recorded": True}

    @rpc
    def vote_by_name(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._on_ballot(request, load(schemas.VoteByName, request.data))

    @rpc
    def record_letter(self, request: Request) -> dict[str, Any]:
        """Enter the written opinion of an absent voter; by whoever opened the ballot, and in none that is secret."""
        self.permit(request)
        return self._on_ballot(request, load(schemas.RecordLetter, request.data))

    @rpc
    def correct_letter(self, request: Request) -> dict[str, Any]:
        """Enter a letter anew that was not entered as it is; by whoever opened the ballot, while it is open."""
        self.permit(request)
        return self._on_ballot(request, load(schemas.CorrectLetter, request.data))

    @rpc
    def withdraw_letter(self, request: Request) -> dict[str, Any]:
        """Take back a letter that is not of the voter for whom it was entered."""
        self.permit(request)
        return self._on_ballot(request, load(schemas.WithdrawLetter, request.data))

    @rpc
    def close_ballot(self, request: Request) -> dict[str, Any]:
        """Close and count. A secret box is shut first, so that each vote that was taken is counted, and destroyed when the count stands."""
        self.permit(request)
        command = load(schemas.CloseBallot, request.data)
        state = self._ballot(command.ballot)
        tally = None
        if state.is_secret and state.open:
            opened = domain.known(state, command.ballot)
            box = self._box_of(opened)
            domain.check_closing(opened, request.actor, command.reason, box.cast(opened.ballot))
            tally = box.shut(opened.ballot, [opened.electorate.index(one) for one in opened.absent])
        answer = self._on_ballot(request, command, tally)
        self.box.destroy(command.ballot)
        return answer

    @rpc
    def cancel_ballot(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.CancelBallot, request.data)
        answer = self._on_ballot(request, command)
        self.box.destroy(command.ballot)
        return answer

    @rpc
    def ballots(self, request: Request) -> list[dict[str, Any]]:
        """All ballots, or those of a `campaign`."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_ballots(reading, campaign=request.data.get("campaign")))

    @rpc
    def ballot(self, request: Request) -> dict[str, Any]:
        """A ballot; while it is open without any count. To whom may vote: `may_vote`, `voted`, and the `public_key` of a secret one.

        To the account that opened it: `cast`, how many have voted, of `entitled`; to nobody, who, but `letters`, whose written opinions
        it has entered, and while it may correct them `entered`, what they say: {voter, marks, document, sha256}. Once it was counted and
        left places open: `run_off_between`.
        """
        self.permit(request)
        ballot = str(request.data["ballot"])
        with self.views.reading() as reading:
            found = views.ballot_of(reading, ballot)
        if found is None:
            raise NotFound(f"There is no ballot {ballot}.", ballot=ballot)
        return plain({**found, **self._standing_of(ballot, request.actor)})

    @rpc
    def my_ballots(self, request: Request) -> list[dict[str, Any]]:
        """The open ballots in which the account that asks votes, each with `voted`."""
        self.permit(request)
        with self.views.reading() as reading:
            found = views.open_to(reading, request.actor)
        standing = [{**row, **self._standing_of(row["ballot"], request.actor)} for row in found]
        return plain([{name: row[name] for name in (*found[0], "voted")} for row in standing if row["may_vote"]])

    @rpc
    def ballot_rules(self, request: Request) -> list[dict[str, Any]]:
        """The rules by which a ballot may be opened today."""
        self.permit(request)
        return plain(BALLOT_RULES.at(legal_date(utc_now())))

    def _standing_of(self, ballot: str, account: str) -> dict[str, Any]:
        """How an open ballot stands for an account, from its stream and its box."""
        state = self._ballot(ballot)
        opened = domain.known(state, ballot)
        told: dict[str, Any] = {"may_vote": False, "voted": None, "public_key": None, "cast": None, "entitled": len(opened.entitled)}
        left = state.closed.counts if state.closed is not None and state.closed.outcome is Outcome.UNDECIDED else ()
        told["run_off_between"] = sorted(run_off_between(left))
        letters = [letter for _, letter in sorted(state.letters.items())] if account == opened.opened_by else []
        told["letters"] = [letter.voter for letter in letters]
        told["entered"] = [{name: getattr(letter, name) for name in _ENTERED} for letter in letters] if state.open else []
        if not state.open or opened.mode is domain.BallotMode.HANDS:
            return told
        told["may_vote"] = account in opened.entitled
        try:
            if state.is_secret:
                box = self._box_of(opened)
                told["cast"] = box.cast(ballot)
                if told["may_vote"]:
                    told |= {"voted": box.has_voted(ballot, opened.electorate.index(account)), "public_key": box.public_key(ballot)}
            else:
                told |= {"cast": len(state.given), "voted": account in state.given if told["may_vote"] else None}
        except BallotClosedAlready:  # it was closed a moment ago
            return {**told, "may_vote": False, "cast": None}
        return told if account == opened.opened_by else {**told, "cast": None}

    def _on_ballot(self, request: Request, command: Any, tally: Tally | None = None) -> dict[str, Any]:
        """Carry out what an account does on a ballot. tally: what its box holds, where that is counted now."""
        decider = domain.ballot(domain.BallotGround(request.actor, tally=tally))
        return self.facts.execute(request, decider, _stream(command.ballot), command)

    def _ballot(self, ballot: str) -> domain.Ballot:
        return self.facts.load(domain.READ_BALLOT, _stream(ballot))[0]

    def _box_of(self, opened: domain.BallotOpened) -> Any:
        """The box, set up now where the process that opened the ballot died before it came to that."""
        self.box.make(opened.ballot, choices=len(opened.choices), voters=len(opened.electorate))
        return self.box


def _stream(ballot: str) -> str:
    return f"ballot-{ballot}"

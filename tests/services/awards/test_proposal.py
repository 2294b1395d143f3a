"""Proposal, vote and decision: given events, when a command comes, then these events or this refusal."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.awards import domain
from shared.ballots import Ballot, BallotElsewhere, BallotUncounted, BallotUnknown, BallotUntold, ChoiceResult
from shared.errors import DomainError, NotFound
from tests.services.awards import given as the


def when(command: Any, *events: Any, ground: domain.ProposalGround | None = None) -> list[Any]:
    decider = domain.proposal(ground or the.ground(the.board()))
    return list(decider.decide(decider.fold(events), command))


class TestPropose:
    def test_the_candidate_of_a_final_board_is_proposed_with_its_standing(self) -> None:
        assert when(the.propose()) == [the.proposed()]

    def test_proposing_the_same_again_changes_nothing(self) -> None:
        assert when(the.propose(), the.proposed()) == []

    def test_another_proposal_under_the_same_id_is_refused(self) -> None:
        with pytest.raises(domain.AlreadyProposed):
            when(the.propose(reason="Khác"), the.proposed())

    def test_a_campaign_that_is_open_gives_no_proposal(self) -> None:
        with pytest.raises(domain.NotFinal, match="Khối nội chính 2024 is still open"):
            when(the.propose(), ground=the.ground(the.board(final=False)))

    def test_a_unit_that_is_no_candidate_is_refused_and_the_candidate_named(self) -> None:
        with pytest.raises(domain.NotCandidate, match=r"names: kiem-toan \(rank 1, 985.50 points\)"):
            when(the.propose(unit="toa-an"))

    def test_a_board_without_candidates_says_so(self) -> None:
        with pytest.raises(domain.NotCandidate, match="names: nobody"):
            when(the.propose(), ground=the.ground(the.board(candidates={})))

    def test_each_of_the_tied_may_be_proposed(self) -> None:
        tied = the.ground(the.board(candidates={"kiem-toan": the.TOP, "toa-an": the.TOP}))
        assert when(the.propose(unit="toa-an"), ground=tied) == [the.proposed(unit="toa-an")]

    @pytest.mark.parametrize("form", ["Cờ gì đó", "Chiến sĩ thi đua toàn quốc"])
    def test_only_flags_of_the_rulebook_are_proposed(self, form: str) -> None:
        with pytest.raises(domain.FormUnknown, match="Choose one of: Cờ thi đua; "):
            when(the.propose(form=form))

    def test_the_form_may_be_typed_in_decomposed_letters(self) -> None:
        assert when(the.propose(form=unicodedata.normalize("NFD", the.FORM))) == [the.proposed()]


class TestVote:
    def test_a_vote_is_recorded_with_the_rule_that_applied(self) -> None:
        (event,) = when(the.vote(8, 9), the.proposed())
        assert event == the.voted(8, 9)
        assert (event.threshold, event.verified) == (Decimal(80), False)

    def test_there_is_no_vote_without_a_proposal(self) -> None:
        with pytest.raises(NotFound):
            when(the.vote())

    @pytest.mark.parametrize(("absent", "difference"), [(0, "1 too few"), (3, "2 too many")])
    def test_counts_must_sum_to_all_members(self, absent: int, difference: str) -> None:
        miscounted = replace(the.vote(6, 9), against=2, absent=absent)
        with pytest.raises(domain.VoteMiscounted, match=rf"9 members: {difference}"):
            when(miscounted, the.proposed())

    def test_no_count_is_negative_even_if_the_sum_fits(self) -> None:
        with pytest.raises(domain.VoteMiscounted, match="below 0"):
            when(replace(the.vote(9, 9), against=-1, blank=1), the.proposed())

    def test_a_vote_of_tomorrow_is_refused(self) -> None:
        with pytest.raises(domain.DateImpossible, match="after today"):
            when(the.vote(held_on=the.TODAY + timedelta(days=1)), the.proposed())

    def test_the_same_vote_again_changes_nothing(self) -> None:
        assert when(the.vote(), the.proposed(), the.voted()) == []

    def test_a_second_different_vote_needs_a_reason(self) -> None:
        with pytest.raises(domain.VoteStands, match=r"7 of 9 members in favour = 77\.7 %, 80 % needed.*corrects"):
            when(the.vote(8, 9), the.proposed(), the.voted(7, 9))

    def test_a_correction_replaces_the_vote_and_keeps_its_reason(self) -> None:
        (event,) = when(the.vote(8, 9, corrects="Kiểm phiếu sót một phiếu"), the.proposed(), the.voted(7, 9))
        assert isinstance(event, domain.VoteCorrected)
        assert event.corrects == "Kiểm phiếu sót một phiếu"
        assert when(the.decide(), the.proposed(), the.voted(7, 9), event) == [the.issued()]

    def test_there_is_nothing_to_correct_before_the_first_vote(self) -> None:
        with pytest.raises(domain.VoteMissing):
            when(the.vote(corrects="nhầm"), the.proposed())

    def test_a_vote_under_a_decision_stands(self) -> None:
        with pytest.raises(domain.VoteStands, match="Decision 123/QĐ-HĐ of 2025-03-01 rests on"):
            when(the.vote(9, 9, corrects="nhầm"), the.proposed(), the.voted(), the.issued())

    def test_a_day_without_a_rule_takes_no_vote(self) -> None:
        later = domain.Threshold(the.FORM, domain.Kind.FLAG, Decimal(80), date(2025, 5, 1), "về sau", True)
        with pytest.raises(domain.FormUnknown, match="2025-02-10"):
            when(the.vote(), the.proposed(), ground=the.ground(rulebook=domain.Rulebook((later,))))


class TestTakeBallot:
    """A vote that flows over from a ballot of the network."""

    def test_the_counts_on_the_unit_are_those_of_the_council(self) -> None:
        held = the.ballot(6, 1)
        (event,) = when(the.take(), the.proposed(), ground=the.ground(ballot=held))
        said = {"minutes": "Biên bản kiểm phiếu 3", "against": 1, "blank": 1, "absent": 1, "ballot": domain.BallotVerdict("b1", True)}
        assert event == the.voted(6, 9, **said)
        assert when(the.take(), the.proposed(), event, ground=the.ground(ballot=held)) == []

    def test_it_carries_by_the_rulebook_and_not_by_the_ballots_own_rule_alone(self) -> None:
        held = the.ground(ballot=the.ballot(7, 1))
        (event,) = when(the.take(), the.proposed(), ground=held)
        with pytest.raises(domain.VoteFailed, match=r"7 of 9 members in favour = 77\.7 %, 80 % needed\.$"):
            when(the.decide(), the.proposed(), event)

    def test_what_failed_by_the_ballots_own_rule_does_not_carry(self) -> None:
        (event,) = when(the.take(), the.proposed(), ground=the.ground(ballot=the.ballot(8, 0, "failed")))
        with pytest.raises(domain.VoteFailed, match="by the rule of its ballot it failed"):
            when(the.decide(), the.proposed(), event)

    @pytest.mark.parametrize(
        ("held", "refusal"),
        [
            (None, BallotUnknown),
            (the.ballot(state="open"), BallotUncounted),
            (the.ballot(state="cancelled"), BallotUncounted),
            (the.ballot(campaign="c2"), BallotElsewhere),
            (the.ballot(campaign=None), BallotElsewhere),
            (the.ballot(purpose="tie"), BallotElsewhere),
            (the.ballot(results=()), BallotElsewhere),
            (the.ballot(results=(ChoiceResult("kiem-toan", "person", 8, 0, "passed"),)), BallotElsewhere),
            (the.ballot(None, None, "untold"), BallotUntold),
        ],
        ids=["unknown", "open", "cancelled", "another campaign", "no campaign", "a tie", "not on it", "a person", "untold"],
    )
    def test_a_ballot_that_decides_nothing_here_is_refused(self, held: Ballot | None, refusal: type[DomainError]) -> None:
        with pytest.raises(refusal):
            when(the.take(), the.proposed(), ground=the.ground(ballot=held))

    def test_a_vote_on_paper_is_replaced_with_a_reason_only(self) -> None:
        held = the.ground(ballot=the.ballot())
        with pytest.raises(domain.VoteStands, match="corrects"):
            when(the.take(), the.proposed(), the.voted(7, 9), ground=held)
        (event,) = when(the.take(corrects="Đã bỏ phiếu lại"), the.proposed(), the.voted(7, 9), ground=held)
        assert isinstance(event, domain.VoteCorrected)
        assert (event.ballot, event.corrects) == (domain.BallotVerdict("b1", True), "Đã bỏ phiếu lại")

    def test_the_same_counts_on_paper_are_another_vote(self) -> None:
        (event,) = when(the.take(), the.proposed(), ground=the.ground(ballot=the.ballot()))
        on_paper = domain.RecordVote(**{name: getattr(event, name) for name in the.counts(8, 9)})
        with pytest.raises(domain.VoteStands):
            when(on_paper, the.proposed(), event)


class TestDecide:
    def test_a_vote_that_carries_gives_a_decision(self) -> None:
        assert when(the.decide(), the.proposed(), the.voted(8, 9)) == [the.issued()]

    def test_a_vote_that_fails_gives_none_and_shows_the_arithmetic(self) -> None:
        with pytest.raises(domain.VoteFailed, match=r"7 of 9 members in favour = 77\.7 %, 80 % needed"):
            when(the.decide(), the.proposed(), the.voted(7, 9))

    def test_the_absent_count_as_members(self) -> None:
        present_all_in_favour = domain.VoteRecorded(
            **the.counts(7, 9, absent=2), threshold=Decimal(80), basis="x", verified=True, ballot=None
        )
        with pytest.raises(domain.VoteFailed):
            when(the.decide(), the.proposed(), present_all_in_favour)

    def test_exactly_the_threshold_carries(self) -> None:
        assert when(the.decide(), the.proposed(), the.voted(8, 10)) == [the.issued()]

    def test_there_is_no_decision_without_a_vote(self) -> None:
        with pytest.raises(domain.VoteMissing):
            when(the.decide(), the.proposed())

    def test_a_decision_is_not_dated_before_its_vote(self) -> None:
        with pytest.raises(domain.DateImpossible, match="before the vote of 2025-02-10"):
            when(the.decide(decided_on=date(2025, 2, 9)), the.proposed(), the.voted())

    def test_a_decision_is_not_dated_in_the_future(self) -> None:
        with pytest.raises(domain.DateImpossible, match="after today"):
            when(the.decide(decided_on=date(2025, 6, 2)), the.proposed(), the.voted())

    def test_the_same_decision_again_changes_nothing(self) -> None:
        assert when(the.decide(), the.proposed(), the.voted(), the.issued()) == []

    def test_a_second_decision_is_refused(self) -> None:
        with pytest.raises(domain.AlreadyDecided, match="123/QĐ-HĐ"):
            when(the.decide(number="124/QĐ-HĐ"), the.proposed(), the.voted(), the.issued())

    def test_it_holds_from_its_own_date(self) -> None:
        assert the.issued().effective_on == date(2025, 3, 1)


@given(st.integers(1, 1000).flatmap(lambda members: st.tuples(st.just(members), st.integers(0, members))))
def test_a_vote_carries_exactly_when_the_unrounded_share_reaches_the_threshold(counted: tuple[int, int]) -> None:
    members, in_favour = counted
    vote = the.voted(in_favour, members)
    assert vote.passed == (in_favour * 5 >= members * 4)
    # what is shown never reads as a threshold that was missed, nor as missed where it was reached
    assert vote.passed == (vote.share >= 80)

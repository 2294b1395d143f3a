"""Ballots as an aggregate: who may vote, by which way, who closes, what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.evaluations.domain import ballots as domain
from services.evaluations.domain.ballot_counting import ChoiceCount, Outcome, Tally, Verdict
from services.evaluations.domain.errors import (
    AlreadyVoted,
    BallotClosedAlready,
    BallotNotByThisWay,
    BallotRefused,
    ClosingRefused,
    NotAnElector,
    PaperRefused,
)
from shared.errors import NotFound
from tests.services.evaluations.given_ballots import (
    CANCELLED,
    CHOICES,
    CLOSED,
    GROUND,
    OPEN,
    OPENED,
    RULE,
    SECRETARY,
    VOTERS,
    ask,
    ground,
    opened,
    tally,
)
from tests.support.deciding import decided

BY_NAME = opened(mode=domain.BallotMode.BY_NAME)
HANDS = opened(mode=domain.BallotMode.HANDS)
FOR, AGAINST = domain.Mark.FOR, domain.Mark.AGAINST


def mark(choice: str = "btp", said: domain.Mark = FOR) -> domain.ChoiceMark:
    return domain.ChoiceMark(choice, said)


def vote(*marks: domain.ChoiceMark) -> domain.VoteByName:
    return domain.VoteByName("b1", marks)


def cast(voter: str, *marks: domain.ChoiceMark) -> domain.VoteCastByName:
    return domain.VoteCastByName("b1", voter, marks)


def close(**said: Any) -> domain.CloseBallot:
    return domain.CloseBallot("b1", **said)


def hands(*figures: tuple[int, int]) -> tuple[domain.HandCount, ...]:
    return tuple(domain.HandCount(one.choice, *said) for one, said in zip(CHOICES, figures, strict=False))


def refused(given: list[Any], command: Any, error: type[Exception], by: domain.BallotGround = GROUND, fault: str | None = None) -> None:
    decider = domain.ballot(by)
    with pytest.raises(error) as found:
        decider.decide(decider.fold(given), command)
    if fault is not None:
        assert found.value.details["fault"] == fault  # type: ignore[attr-defined]


def test_a_ballot_is_opened_once_with_its_voters_in_no_order_of_anyones() -> None:
    turned = ask(electorate=VOTERS[::-1])
    assert decided(domain.ballot(GROUND), [], turned) == [OPENED]
    assert decided(domain.ballot(ground("another", rule=None)), [OPENED], OPEN) == []
    refused([OPENED], ask(title="Khác"), BallotRefused, fault="other_particulars")


@pytest.mark.parametrize(
    ("asked", "given", "fault"),
    [
        ({}, {"rule": None}, "no_rule"),
        ({}, {"strangers": ("v3",)}, "strangers"),
        ({"choices": CHOICES + CHOICES[:1]}, {}, "twice"),
        ({"electorate": (*VOTERS, "v1")}, {}, "twice"),
        ({"electorate": VOTERS[:4]}, {}, "too_few_voters"),
        ({"absent": ("stranger",)}, {}, "absent"),
        ({"absent": ("v1", "v1")}, {}, "absent"),
        ({"kind": domain.BallotKind.CHOOSE_ONE, "choices": CHOICES[:1]}, {}, "too_few_choices"),
        ({"kind": domain.BallotKind.CHOOSE_UP_TO, "most": 3}, {}, "places"),
        ({"most": 2}, {}, "places"),
        ({"run_off_of": "b0"}, {}, "no_run_off"),
    ],
)
def test_what_would_be_no_ballot_is_refused(asked: dict[str, Any], given: dict[str, Any], fault: str) -> None:
    refused([], ask(**asked), BallotRefused, ground(**given), fault)


def test_few_may_raise_their_hands_though_too_few_for_a_secret() -> None:
    assert decided(domain.ballot(GROUND), [], ask(mode=domain.BallotMode.HANDS, electorate=VOTERS[:2]))


def test_a_ballot_of_a_campaign_needs_the_campaign() -> None:
    refused([], ask(campaign="c9"), NotFound, ground(campaign_known=False))


def test_a_run_off_is_between_those_left_and_by_the_same_voters() -> None:
    choosing = opened(kind=domain.BallotKind.CHOOSE_ONE)
    counts = (ChoiceCount("btp", 3, 0, Verdict.FAILED), ChoiceCount("bca", 3, 0, Verdict.FAILED), ChoiceCount("p-1", 1, 0, Verdict.FAILED))
    before = domain.Ballot(choosing, closed=replace(CLOSED, counts=counts, outcome=Outcome.UNDECIDED))
    again = ask(ballot="b2", kind=domain.BallotKind.CHOOSE_ONE, choices=CHOICES[:2], run_off_of="b1")
    (made,) = decided(domain.ballot(ground(before=before)), [], again)
    assert made.run_off_of == "b1"
    refused([], replace(again, choices=CHOICES), BallotRefused, ground(before=before), "run_off_choices")
    refused([], replace(again, electorate=VOTERS[:6]), BallotRefused, ground(before=before), "run_off_electorate")
    decided_before = replace(before, closed=CLOSED)
    refused([], again, BallotRefused, ground(before=decided_before), "no_run_off")


def test_a_vote_by_name_is_given_once_and_by_who_was_named() -> None:
    assert decided(domain.ballot(ground("v1")), [BY_NAME], vote(mark())) == [cast("v1", mark())]
    refused([BY_NAME, cast("v1", mark())], vote(), AlreadyVoted, ground("v1"))
    refused([BY_NAME], vote(), NotAnElector, ground(SECRETARY))
    refused([OPENED], vote(), BallotNotByThisWay, ground("v1"))
    refused([BY_NAME, CANCELLED], vote(), BallotClosedAlready, ground("v1"))
    refused([], vote(), NotFound, ground("v1"))


def test_the_absent_vote_where_the_rule_lets_them() -> None:
    away = replace(BY_NAME, absent=("v1",))
    assert decided(domain.ballot(ground("v1")), [away], vote()) == [cast("v1")]
    refused([replace(away, rule=replace(RULE, absent_may_vote=False))], vote(), NotAnElector, ground("v1"))


@pytest.mark.parametrize(
    ("kind", "most", "marks"),
    [
        (domain.BallotKind.APPROVE_EACH, 1, [mark("stranger")]),
        (domain.BallotKind.CHOOSE_ONE, 1, [mark(), mark("bca")]),
        (domain.BallotKind.CHOOSE_ONE, 1, [mark(said=AGAINST)]),
        (domain.BallotKind.CHOOSE_UP_TO, 2, [mark(), mark("bca"), mark("p-1")]),
        (domain.BallotKind.APPROVE_EACH, 1, [mark(), mark(said=AGAINST)]),
    ],
)
def test_a_paper_says_no_more_than_it_is_asked(kind: domain.BallotKind, most: int, marks: list[domain.ChoiceMark]) -> None:
    refused([replace(BY_NAME, kind=kind, most=most)], vote(*marks), PaperRefused, ground("v1"))


def test_the_refusal_of_a_secret_paper_does_not_say_what_is_on_it() -> None:
    words = set()
    for marks in (("for", "for", ""), ("", "against", ""), ("for", "for", "for")):
        with pytest.raises(PaperRefused) as found:
            domain.checked(opened(kind=domain.BallotKind.CHOOSE_ONE))(marks)
        words.add(repr(found.value.to_data()))
    assert len(words) == 1
    domain.checked(opened(kind=domain.BallotKind.CHOOSE_ONE))(("", "for", ""))


def test_whoever_opened_it_closes_it_with_a_reason_while_votes_are_missing() -> None:
    some = tally("500", "100", cast=6)
    refused([OPENED], close(), ClosingRefused, ground(tally=some), "votes_missing")
    refused([OPENED], close(reason="Hết giờ"), ClosingRefused, ground("another", tally=some), "not_yours")
    (made,) = decided(domain.ballot(ground(tally=some)), [OPENED], close(reason="Hết giờ"))
    assert (made.cast, made.reason) == (6, "Hết giờ")


def test_once_all_have_voted_another_may_close_it() -> None:
    (made,) = decided(domain.ballot(ground("another", tally=tally("630", "142"))), [OPENED], close())
    assert made == replace(CLOSED, counts=(*CLOSED.counts[:2], ChoiceCount("p-1", None, None, Verdict.UNTOLD)))


def test_the_absent_who_may_not_vote_are_not_waited_for() -> None:
    away = replace(OPENED, absent=("v1",), rule=replace(RULE, absent_may_vote=False))
    assert decided(domain.ballot(ground(tally=tally("666", cast=6))), [away], close())


def test_a_secret_ballot_is_counted_from_its_box_alone() -> None:
    refused([OPENED], close(), ClosingRefused, ground(), "uncounted")
    refused([OPENED], close(cast=7, hands=hands((7, 0), (0, 7), (7, 0))), BallotNotByThisWay, ground(tally=tally("777")))


def test_a_ballot_that_is_over_is_over() -> None:
    for over in (CLOSED, CANCELLED):
        refused([OPENED, over], close(reason="Lần nữa"), BallotClosedAlready, ground(tally=tally("777")))
    refused([OPENED, CLOSED], domain.CancelBallot("b1", "Muộn"), BallotClosedAlready)
    assert decided(domain.ballot(GROUND), [OPENED, CLOSED], close()) == []


def test_votes_by_name_are_counted_from_the_log() -> None:
    votes = [cast(voter, mark("btp"), mark("bca", AGAINST)) for voter in VOTERS[:6]]
    (made,) = decided(domain.ballot(GROUND), [BY_NAME, *votes, cast("v7")], close())
    assert (made.cast, made.blank, made.counts[0], made.counts[1]) == (
        7,
        1,
        ChoiceCount("btp", 6, 0, Verdict.PASSED),
        ChoiceCount("bca", 0, 6, Verdict.FAILED),
    )


def test_hands_are_counted_by_whoever_closes() -> None:
    said = close(cast=6, blank=1, hands=hands((5, 0), (2, 3), (0, 0)))
    (made,) = decided(domain.ballot(GROUND), [HANDS], said)
    assert [(one.in_favour, one.against) for one in made.counts] == [(5, 0), (2, 3), (0, 0)]
    refused([HANDS, made], replace(said, blank=0), BallotClosedAlready)


@pytest.mark.parametrize(
    "said",
    [
        {"hands": hands((1, 0), (1, 0), (1, 0))},
        {"cast": 8, "hands": hands((1, 0), (1, 0), (1, 0))},
        {"cast": 7, "hands": hands((1, 0), (1, 0))},
        {"cast": 3, "hands": hands((2, 2), (1, 0), (1, 0))},
        {"cast": 3, "blank": 4, "hands": hands((0, 0), (0, 0), (0, 0))},
    ],
)
def test_hands_that_cannot_be_are_refused(said: dict[str, Any]) -> None:
    refused([HANDS], close(**said), ClosingRefused, fault="hands")


def test_of_one_choice_each_no_more_hands_than_voters() -> None:
    choosing = replace(HANDS, kind=domain.BallotKind.CHOOSE_ONE)
    refused([choosing], close(cast=7, hands=hands((4, 0), (4, 0), (0, 0))), ClosingRefused, fault="hands")
    refused([choosing], close(cast=7, hands=hands((4, 1), (2, 0), (0, 0))), ClosingRefused, fault="hands")
    assert decided(domain.ballot(GROUND), [choosing], close(cast=7, hands=hands((6, 0), (1, 0), (0, 0))))


def test_a_ballot_is_called_off_once() -> None:
    assert decided(domain.ballot(GROUND), [OPENED], domain.CancelBallot("b1", "Lập sai danh sách")) == [CANCELLED]
    refused([OPENED, CANCELLED], domain.CancelBallot("b1", "Khác"), BallotClosedAlready)


def test_no_state_and_no_event_of_a_secret_ballot_has_a_place_for_a_vote() -> None:
    """The box gives sums; of who voted how not even the aggregate knows."""
    (made,) = decided(domain.ballot(ground(tally=Tally(7, 0, 0, (6, 3, 4), (1, 4, 3)))), [OPENED], close())
    state = domain.READ_BALLOT.fold([OPENED, made])
    assert state.votes == {}
    assert not set(VOTERS) & set(str(made).replace("'", " ").split())

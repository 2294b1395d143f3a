"""Ballots as an aggregate: who may vote, by which way, who closes, what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.evaluations.domain import ballots as domain
from services.evaluations.domain.ballot_counting import ChoiceCount, Outcome, Tally, Verdict
from services.evaluations.domain.ballot_rules import BallotBase
from services.evaluations.domain.errors import (
    AlreadyVoted,
    BallotClosedAlready,
    BallotNotByThisWay,
    BallotRefused,
    ClosingRefused,
    LetterRefused,
    NotAnElector,
    PaperRefused,
)
from shared.errors import NotFound
from tests.services.evaluations.given_ballots import (
    CANCELLED,
    CHOICES,
    CLOSED,
    CORRECTED,
    GROUND,
    LETTER,
    OPEN,
    OPENED,
    RULE,
    SECRETARY,
    VOTERS,
    WITHDRAWN,
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
        ({"kind": domain.BallotKind.CHOOSE_UP_TO, "most": 0}, {}, "places"),
        ({"run_off_of": "b0"}, {}, "no_run_off"),
        ({"run_off_of": "b0"}, {"before": domain.Ballot(OPENED)}, "no_run_off"),
    ],
)
def test_what_would_be_no_ballot_is_refused(asked: dict[str, Any], given: dict[str, Any], fault: str) -> None:
    refused([], ask(**asked), BallotRefused, ground(**given), fault)


@pytest.mark.parametrize(
    "asked",
    [
        {"electorate": VOTERS[:5]},
        {"mode": domain.BallotMode.HANDS, "electorate": VOTERS[:1]},
        {"choices": CHOICES[:1]},
        {"kind": domain.BallotKind.CHOOSE_ONE, "choices": CHOICES[:2]},
        {"kind": domain.BallotKind.CHOOSE_UP_TO, "most": 1},
        {"kind": domain.BallotKind.CHOOSE_UP_TO, "most": 2},
    ],
)
def test_the_least_and_the_most_are_taken(asked: dict[str, Any]) -> None:
    assert decided(domain.ballot(GROUND), [], ask(**asked))


def test_of_many_strangers_some_are_named() -> None:
    with pytest.raises(BallotRefused) as found:
        decided(domain.ballot(ground(strangers=tuple("abcdefg"))), [], OPEN)
    assert found.value.details["accounts"] == list("abcde")


def test_opened_again_by_another_rule_it_is_another_ballot() -> None:
    refused([OPENED], ask(rule="council-90"), BallotRefused, fault="other_particulars")


def test_a_ballot_is_open_from_its_opening_to_its_end_and_secret_as_it_was_opened() -> None:
    states = [domain.READ_BALLOT.fold(past) for past in ([], [OPENED], [OPENED, CLOSED], [OPENED, CANCELLED], [BY_NAME], [HANDS])]
    assert [state.open for state in states] == [False, True, False, False, True, True]
    assert [state.is_secret for state in states] == [False, True, True, True, False, False]


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
    assert decided(domain.ballot(ground("v1")), [BY_NAME, cast("v1", mark())], vote(mark())) == []
    assert decided(domain.ballot(ground("v1")), [BY_NAME], vote(*(mark(one.choice) for one in CHOICES)))
    refused([BY_NAME, cast("v1", mark())], vote(), AlreadyVoted, ground("v1"))
    with pytest.raises(NotAnElector, match="nobody votes for another"):
        decided(domain.ballot(ground(SECRETARY)), [BY_NAME], vote())
    refused([OPENED], vote(), BallotNotByThisWay, ground("v1"))
    refused([BY_NAME, CANCELLED], vote(), BallotClosedAlready, ground("v1"))
    refused([], vote(), NotFound, ground("v1"))


def test_the_absent_vote_where_the_rule_lets_them() -> None:
    away = replace(BY_NAME, absent=("v1",))
    assert decided(domain.ballot(ground("v1")), [away], vote()) == [cast("v1")]
    refused([replace(away, rule=replace(RULE, absent_may_vote=False))], vote(), NotAnElector, ground("v1"))


AWAY = replace(BY_NAME, absent=("v6", "v7"))
ENTER = domain.RecordLetter("b1", "v7", LETTER.marks, LETTER.document, LETTER.sha256)


def test_the_letter_of_an_absent_voter_is_their_vote_once() -> None:
    assert decided(domain.ballot(GROUND), [AWAY], ENTER) == [LETTER]
    assert decided(domain.ballot(GROUND), [AWAY, LETTER], ENTER) == []
    assert decided(domain.ballot(GROUND), [AWAY, LETTER, CLOSED], ENTER) == [], "said before, and so it is"
    for past, given in (([AWAY, LETTER], replace(ENTER, marks=())), ([AWAY, cast("v7", mark())], ENTER)):
        refused(past, given, LetterRefused, fault="voted")
    refused([AWAY, LETTER], vote(*LETTER.marks), AlreadyVoted, ground("v7"))


@pytest.mark.parametrize(
    ("past", "asked", "by", "fault"),
    [
        ([AWAY], ENTER, "v7", "not_yours"),
        ([AWAY], replace(ENTER, voter="v1"), SECRETARY, "not_absent"),
        ([AWAY], replace(ENTER, voter="stranger"), SECRETARY, "not_absent"),
        ([replace(AWAY, rule=replace(RULE, absent_may_vote=False))], ENTER, SECRETARY, "not_asked"),
    ],
)
def test_a_letter_is_entered_by_who_opened_and_of_the_absent_alone(
    past: list[Any], asked: domain.RecordLetter, by: str, fault: str
) -> None:
    refused(past, asked, LetterRefused, ground(by), fault)


def test_a_letter_says_no_more_than_a_paper_and_none_goes_into_a_secret_ballot() -> None:
    refused([AWAY], replace(ENTER, marks=(mark(), mark())), PaperRefused)
    refused([AWAY], replace(ENTER, marks=(mark("stranger"),)), PaperRefused)
    refused([AWAY, CANCELLED], ENTER, BallotClosedAlready)
    refused([replace(OPENED, absent=("v7",))], ENTER, BallotNotByThisWay)
    refused([], ENTER, NotFound)


CORRECT = domain.CorrectLetter("b1", "v7", CORRECTED.marks, CORRECTED.document, CORRECTED.reason, CORRECTED.sha256)
WITHDRAW = domain.WithdrawLetter("b1", "v7", WITHDRAWN.reason)


def test_a_letter_that_was_entered_wrongly_is_corrected_and_the_last_entry_counts() -> None:
    assert decided(domain.ballot(GROUND), [AWAY, LETTER], CORRECT) == [CORRECTED]
    assert decided(domain.ballot(GROUND), [AWAY, LETTER, CORRECTED], replace(CORRECT, reason="Lần nữa")) == [], "so it is entered"
    back = replace(CORRECT, marks=LETTER.marks)
    (again,) = decided(domain.ballot(GROUND), [AWAY, LETTER, CORRECTED], back)
    assert again.marks == LETTER.marks
    others = [cast(f"v{number}", mark()) for number in range(1, 6)]
    missing = close(reason="Một người không gửi ý kiến")
    for entries, counts in (([LETTER], (5, 1)), ([LETTER, CORRECTED], (6, 0)), ([LETTER, CORRECTED, again], (5, 1))):
        (made,) = decided(domain.ballot(GROUND), [AWAY, *entries, *others], missing)
        assert (made.counts[0].in_favour, made.counts[0].against) == counts
        assert made.cast == 6


def test_a_letter_of_another_voter_is_taken_back_and_who_seemed_to_have_voted_may_vote() -> None:
    assert decided(domain.ballot(GROUND), [AWAY, LETTER], WITHDRAW) == [WITHDRAWN]
    past = [AWAY, LETTER, WITHDRAWN]
    assert decided(domain.ballot(GROUND), past, WITHDRAW) == []
    assert decided(domain.ballot(GROUND), past, ENTER) == [LETTER]
    assert decided(domain.ballot(GROUND), past, replace(ENTER, voter="v6")) == [replace(LETTER, voter="v6")]
    assert decided(domain.ballot(ground("v7")), past, vote()) == [cast("v7")]
    assert decided(domain.ballot(GROUND), [*past, LETTER], WITHDRAW) == [WITHDRAWN], "entered anew, and wrong anew"
    refused(past, CORRECT, LetterRefused, fault="none_entered")
    refused([*past, cast("v7", mark())], ENTER, LetterRefused, fault="voted")


@pytest.mark.parametrize("asked", [CORRECT, WITHDRAW], ids=["correct", "withdraw"])
def test_letters_are_put_right_by_who_opened_while_the_ballot_is_open(asked: Any) -> None:
    refused([AWAY, LETTER], asked, LetterRefused, ground("v7"), "not_yours")
    refused([AWAY], asked, LetterRefused, fault="none_entered")
    refused([AWAY, cast("v7", mark())], asked, LetterRefused, fault="none_entered")
    refused([AWAY, LETTER, CLOSED], asked, BallotClosedAlready)
    refused([AWAY, LETTER, CANCELLED], asked, BallotClosedAlready)
    refused([OPENED], asked, LetterRefused, fault="none_entered")
    refused([], asked, NotFound)


def test_a_correction_says_no_more_than_a_paper() -> None:
    refused([AWAY, LETTER], replace(CORRECT, marks=(mark(), mark())), PaperRefused)
    refused([AWAY, LETTER], replace(CORRECT, marks=(mark("stranger"),)), PaperRefused)


@pytest.mark.parametrize(("base", "of"), [(BallotBase.ALL, 7), (BallotBase.PRESENT, 6)])
def test_a_letter_counts_in_the_base_of_the_rule(base: BallotBase, of: int) -> None:
    given = [replace(AWAY, rule=replace(RULE, base=base)), LETTER, *(cast(f"v{number}", mark()) for number in range(1, 6))]
    refused(given, close(), ClosingRefused, fault="votes_missing")
    (made,) = decided(domain.ballot(GROUND), given, close(reason="Một người không gửi ý kiến"))
    assert (made.of, made.cast, made.counts[0].in_favour, made.counts[0].against) == (of, 6, 5, 1)


def test_letters_are_added_to_the_hands_of_those_who_are_there() -> None:
    raised = replace(AWAY, mode=domain.BallotMode.HANDS, rule=replace(RULE, base=BallotBase.PRESENT))
    counted = close(hands=hands((4, 1), (0, 5), (5, 0)), cast=5)
    (made,) = decided(domain.ballot(GROUND), [raised, LETTER], counted)
    assert (made.of, made.cast) == (6, 6)
    assert [(one.in_favour, one.against) for one in made.counts] == [(4, 2), (0, 5), (5, 0)]
    assert decided(domain.ballot(GROUND), [raised, LETTER, made], counted) == []
    (blank,) = decided(
        domain.ballot(GROUND), [raised, replace(LETTER, marks=())], close(hands=hands((4, 0), (0, 4), (4, 0)), cast=5, blank=1)
    )
    assert (blank.cast, blank.blank) == (6, 2)
    refused([raised, LETTER], replace(counted, cast=7), ClosingRefused, fault="hands")
    (all_raised,) = decided(domain.ballot(GROUND), [raised], replace(counted, cast=7))
    assert (all_raised.of, all_raised.cast) == (7, 7), "letters that the secretary counted among the hands"


@pytest.mark.parametrize(
    ("kind", "most", "marks"),
    [
        (domain.BallotKind.APPROVE_EACH, 1, [mark("stranger")]),
        (domain.BallotKind.CHOOSE_ONE, 1, [mark(), mark("bca")]),
        (domain.BallotKind.CHOOSE_ONE, 1, [mark(said=AGAINST)]),
        (domain.BallotKind.CHOOSE_ONE, 1, [mark("stranger")]),
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
    with pytest.raises(ClosingRefused) as told:
        decided(domain.ballot(ground("another", tally=some)), [OPENED], close())
    assert told.value.details["missing"] is None, "how many have voted is for the one who opened it"
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
    for figures in (close(cast=7), close(hands=hands((7, 0), (0, 7), (7, 0)))):
        refused([OPENED], figures, BallotNotByThisWay, ground(tally=tally("777")))


def test_a_ballot_that_is_over_is_over() -> None:
    for over in (CLOSED, CANCELLED):
        refused([OPENED, over], close(reason="Lần nữa"), BallotClosedAlready, ground(tally=tally("777")))
        refused([OPENED, over], close(reason="Lần nữa"), BallotClosedAlready)  # its box is destroyed
    refused([OPENED, CLOSED], domain.CancelBallot("b1", "Muộn"), BallotClosedAlready)
    assert decided(domain.ballot(GROUND), [OPENED, CLOSED], close()) == []


def test_votes_by_name_are_counted_from_the_log() -> None:
    votes = [cast(voter, mark("btp"), mark("bca", AGAINST)) for voter in VOTERS[:6]]
    (made,) = decided(domain.ballot(GROUND), [BY_NAME, *votes, cast("v7")], close())
    assert (made.cast, made.blank, made.invalid, made.counts[0], made.counts[1]) == (
        7,
        1,
        0,
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
        {"cast": 3, "blank": -1, "hands": hands((0, 0), (0, 0), (0, 0))},
        {"cast": 3, "invalid": 1, "hands": hands((3, 0), (0, 0), (0, 0))},
        {"cast": 3, "hands": hands((-1, 0), (0, 0), (0, 0))},
        {"cast": 3, "hands": (*hands((1, 0), (1, 0), (1, 0)), domain.HandCount("btp", 1))},
    ],
)
def test_hands_that_cannot_be_are_refused(said: dict[str, Any]) -> None:
    refused([HANDS], close(**said), ClosingRefused, fault="hands")


def test_of_one_choice_each_no_more_hands_than_voters() -> None:
    choosing = replace(HANDS, kind=domain.BallotKind.CHOOSE_ONE)
    refused([choosing], close(cast=7, hands=hands((4, 0), (4, 0), (0, 0))), ClosingRefused, fault="hands")
    refused([choosing], close(cast=7, hands=hands((4, 1), (2, 0), (0, 0))), ClosingRefused, fault="hands")
    refused([choosing], close(cast=8, hands=hands((6, 0), (1, 0), (0, 0))), ClosingRefused, fault="hands")
    assert decided(domain.ballot(GROUND), [choosing], close(cast=7, hands=hands((6, 0), (1, 0), (0, 0))))
    some = replace(choosing, kind=domain.BallotKind.CHOOSE_UP_TO, most=2)
    refused([some], close(cast=7, hands=hands((7, 0), (7, 0), (1, 0))), ClosingRefused, fault="hands")
    assert decided(domain.ballot(GROUND), [some], close(cast=7, hands=hands((7, 0), (7, 0), (0, 0))))


def test_a_ballot_is_called_off_once() -> None:
    assert decided(domain.ballot(GROUND), [OPENED], domain.CancelBallot("b1", "Lập sai danh sách")) == [CANCELLED]
    refused([OPENED, CANCELLED], domain.CancelBallot("b1", "Khác"), BallotClosedAlready)


def test_no_state_and_no_event_of_a_secret_ballot_has_a_place_for_a_vote() -> None:
    """The box gives sums; of who voted how not even the aggregate knows."""
    (made,) = decided(domain.ballot(ground(tally=Tally(7, 0, 0, (6, 3, 4), (1, 4, 3)))), [OPENED], close())
    state = domain.READ_BALLOT.fold([OPENED, made])
    assert state.votes == {}
    assert not set(VOTERS) & set(str(made).replace("'", " ").split())

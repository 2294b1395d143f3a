"""What a count comes to: shares of whom, quorum, places and ties, and what of a secret ballot is not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluations.domain.ballot_counting import (
    SECRET_ELECTORS_MIN,
    TOLD_MIN,
    ChoiceCount,
    Count,
    Outcome,
    Tally,
    Verdict,
    counted,
    run_off_between,
)
from services.evaluations.domain.ballot_rules import BallotBase, BallotRules
from services.evaluations.rules.ballots import BALLOT_RULES, read
from shared.errors import ConfigurationError
from tests.services.evaluations.given_ballots import RULE, tally

HALF = replace(RULE, percent=Decimal(50), strictly=True, quorum=None)


def count(
    found: Tally, *, rule: object = RULE, places: int | None = None, electors: int = 7, present: int = 7, secret: bool = True
) -> Count:
    choices = ["a", "b", "c"][: len(found.in_favour)]
    return counted(rule, found, choices, electors=electors, present=present, places=places, secret=secret)  # type: ignore[arg-type]


def verdicts(found: Count) -> str:
    return " ".join(one.verdict for one in found.choices)


def test_the_share_is_of_all_who_may_vote_or_of_those_who_took_part() -> None:
    of_all = count(tally("540", "144", cast=6))
    assert (of_all.of, verdicts(of_all), of_all.outcome) == (7, "failed failed failed", Outcome.DECIDED)
    of_present = count(tally("540", "144", cast=6), rule=replace(RULE, base=BallotBase.PRESENT), present=6)
    assert (of_present.of, verdicts(of_present)) == (6, "passed failed failed")
    with_absent = count(tally("540", "144", cast=6, absent=1), rule=replace(RULE, base=BallotBase.PRESENT), present=6)
    assert (with_absent.of, verdicts(with_absent)) == (7, "failed failed failed")


def test_an_invalid_paper_is_no_vote_by_which_anything_could_be_told() -> None:
    assert count(Tally(cast=5, blank=1, invalid=2, in_favour=(2,), against=(0,))).outcome is Outcome.TOO_FEW
    assert count(Tally(cast=5, blank=1, invalid=1, in_favour=(3,), against=(0,))).outcome is Outcome.DECIDED


@pytest.mark.parametrize(("in_favour", "strictly", "passed"), [(4, False, True), (4, True, False), (5, True, True)])
def test_a_share_is_reached_or_passed(in_favour: int, strictly: bool, passed: bool) -> None:
    assert replace(HALF, strictly=strictly).reached(in_favour, 8) is passed


def test_a_share_is_compared_to_the_last_digit() -> None:
    third = replace(RULE, percent=Decimal("66.67"))
    assert not third.reached(2, 3)
    assert replace(RULE, quorum="2/3").has_quorum(10, 15)
    assert not replace(RULE, quorum="2/3").has_quorum(9, 14)


def test_without_quorum_nothing_is_told_but_the_papers() -> None:
    found = count(tally("444", cast=4))
    assert found == Count(7, 4, None, None, tuple(ChoiceCount(one, None, None, Verdict.UNTOLD) for one in "abc"), Outcome.NO_QUORUM)


@pytest.mark.parametrize(
    ("in_favour", "places", "expected", "outcome"),
    [
        ("520", 1, "passed failed failed", Outcome.DECIDED),
        ("331", 1, "failed failed failed", Outcome.UNDECIDED),
        ("652", 2, "passed passed failed", Outcome.DECIDED),
        ("655", 2, "passed tied tied", Outcome.UNDECIDED),
        ("555", 2, "tied tied tied", Outcome.UNDECIDED),
        ("663", 2, "passed passed failed", Outcome.DECIDED),
        ("763", 1, "passed failed failed", Outcome.DECIDED),
        ("622", 2, "passed failed failed", Outcome.UNDECIDED),
    ],
)
def test_places_go_to_the_most_votes_and_who_is_level_at_the_last_is_tied(
    in_favour: str, places: int, expected: str, outcome: Outcome
) -> None:
    found = count(tally(in_favour), rule=HALF, places=places)
    assert (verdicts(found), found.outcome) == (expected, outcome)


@pytest.mark.parametrize(
    ("in_favour", "places", "left"),
    [("655", 2, "bc"), ("331", 1, "ab"), ("322", 1, "abc"), ("622", 2, "bc"), ("633", 2, "bc"), ("300", 1, "abc")],
)
def test_a_run_off_is_between_the_tied_or_those_with_the_most_votes(in_favour: str, places: int, left: str) -> None:
    found = count(tally(in_favour), rule=HALF, places=places)
    assert run_off_between(found.choices) == set(left)


@pytest.mark.parametrize("votes", range(TOLD_MIN))
def test_papers_of_which_all_but_a_few_are_blank_say_nothing_of_the_few(votes: int) -> None:
    """However the few voted, and however many they were."""
    told = set()
    for fors in product((0, 1), repeat=votes):
        found = Tally(7, 7 - votes, 0, (sum(fors),), (votes - sum(fors),))
        told.add(count(found))
    assert told == {Count(7, 7, None, None, (ChoiceCount("a", None, None, Verdict.UNTOLD),), Outcome.TOO_FEW)}


def test_of_a_choice_that_most_left_blank_nothing_is_told() -> None:
    assert {count(tally(f"6{fors}", f"1{2 - fors}"), rule=replace(HALF, percent=Decimal(10))).choices[1] for fors in range(3)} == {
        ChoiceCount("b", None, None, Verdict.UNTOLD)
    }


def test_in_an_open_ballot_every_vote_is_told() -> None:
    found = count(Tally(7, 6, 0, (1,), (0,)), secret=False)
    assert (found.blank, found.choices[0].in_favour, found.outcome) == (6, 1, Outcome.DECIDED)


def test_unanimity_is_told_for_the_law_asks_for_the_share() -> None:
    assert count(tally("7")).choices == (ChoiceCount("a", 7, 0, Verdict.PASSED),)


@given(st.integers(SECRET_ELECTORS_MIN, 30), st.data())
def test_what_is_told_of_a_secret_ballot_rests_on_three_votes_at_least(electors: int, data: st.DataObject) -> None:
    papers = data.draw(st.lists(st.sampled_from(["", "for", "against"]), max_size=electors))
    blank, fors, against = (papers.count(mark) for mark in ("", "for", "against"))
    found = count(Tally(len(papers), blank, 0, (fors,), (against,)), rule=HALF, electors=electors, present=electors)
    if fors + against < TOLD_MIN:
        assert (found.blank, found.choices[0].in_favour, found.choices[0].verdict) == (None, None, Verdict.UNTOLD)
    else:
        assert (found.blank, found.choices[0].in_favour, found.choices[0].against) == (blank, fors, against)


def test_the_rules_of_a_day_say_whether_their_sentence_was_read() -> None:
    before, since = (BALLOT_RULES.of("council-90", date(year, 12, 31)) for year in (2023, 2025))
    assert before is not None
    assert since is not None
    assert (before.verified, since.verified) == (True, False)
    assert [rule.rule for rule in BALLOT_RULES.at(date(2025, 1, 1))] == ["council-90", "council-80", "acclaim", "tie"]
    assert BALLOT_RULES.of("nothing", date(2025, 1, 1)) is None
    assert BallotRules((replace(RULE, from_on=date(2026, 1, 1)),)).at(date(2025, 1, 1)) == []


def test_a_rule_holds_from_its_first_day_until_the_next_begins_whichever_is_written_first() -> None:
    ever, later = replace(RULE, from_on=None), replace(RULE, from_on=date(2026, 1, 1))
    for written in ((ever, later), (later, ever)):
        rules = BallotRules(written)
        assert [rules.of(RULE.rule, day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [ever, later]


ENTRY = '- {rule: r, title: T, percent: "50", base: all, absent_may_vote: true, basis: B, verified: false}\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ENTRY * 2, "from ever already"),
        (ENTRY.replace("all", "some"), "Rule 1"),
        (ENTRY.replace('"50"', '"101"'), "Rule 1"),
        (ENTRY.replace("basis", "quorum: half, basis"), "Rule 1"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(text: str, words: str) -> None:
    assert len(read(ENTRY).rules) == 1
    with pytest.raises(ConfigurationError, match=words):
        read(text)

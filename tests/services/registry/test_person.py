"""People, their posts and transfers: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import domain
from services.registry.domain import PERSON, AlreadyThere, PersonIsForgotten, PostConflict, SameHand, TransferSettled
from shared.errors import DomainError, NotFound
from shared.sealed import Sealed
from tests.support.deciding import decided

P, BEGUN = "018f0000-0000-7000-8000-000000000001", date(2020, 1, 1)
SEALED, RESEALED = Sealed("k", "n1", "c1", "1" * 64), Sealed("k", "n2", "c2", "2" * 64)
REGISTER = domain.RegisterPerson(P, SEALED, "Chuyên viên", "so-a", BEGUN, "QĐ 1")
TAKEN = domain.PostTaken(P, "Chuyên viên", "so-a", BEGUN, "QĐ 1")
REGISTERED = [domain.PersonRegistered(P, SEALED), TAKEN]
OFFER = domain.OfferTransfer("t1", P, "Chuyên viên", "so-a", "so-b", date(2024, 3, 1), "CV 7", "account-a")
OFFERED = domain.TransferOffered("t1", P, "Chuyên viên", "so-a", "so-b", date(2024, 3, 1), "CV 7", "account-a")
ACCEPT = domain.AcceptTransfer("t1", P, "Phó phòng", "QĐ 8", "account-b")
ACCEPTED = [
    domain.TransferAccepted("t1", P, "Phó phòng", "QĐ 8"),
    domain.PostLeft(P, "Chuyên viên", "so-a", BEGUN, date(2024, 2, 29), "CV 7"),
    domain.PostTaken(P, "Phó phòng", "so-b", date(2024, 3, 1), "QĐ 8"),
]
FORGET = domain.ForgetPerson(P, "Luật 91/2025/QH15", date(2026, 2, 1))
FORGOTTEN = domain.PersonForgotten(P, "Luật 91/2025/QH15", date(2026, 2, 1))


def take(post: str = "Chuyên viên", unit: str = "so-a", from_on: date = BEGUN, document: str | None = "QĐ 1") -> domain.TakePost:
    return domain.TakePost(P, post, unit, from_on, document)


def leave(until_on: date, post: str = "Chuyên viên", unit: str = "so-a") -> domain.LeavePost:
    return domain.LeavePost(P, post, unit, until_on)


def left(until_on: date, from_on: date = BEGUN, document: str | None = None) -> domain.PostLeft:
    return domain.PostLeft(P, "Chuyên viên", "so-a", from_on, until_on, document)


def test_a_person_is_registered_with_their_first_post() -> None:
    assert decided(PERSON, [], REGISTER) == REGISTERED


def test_other_details_or_another_first_post_under_the_same_id_are_refused() -> None:
    for other in (replace(REGISTER, sealed=RESEALED), replace(REGISTER, post="Kế toán"), replace(REGISTER, document="QĐ 2")):
        with pytest.raises(AlreadyThere):
            decided(PERSON, REGISTERED, other)


@pytest.mark.parametrize(
    "command", [take(), leave(BEGUN), OFFER, ACCEPT, FORGET, domain.CorrectDetails(P, SEALED, "nhầm"), domain.AskPerson(P)]
)
def test_who_is_not_registered_takes_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="register them first"):
        decided(PERSON, [], command)


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        PERSON.decide(PERSON.fold(REGISTERED), object())


def test_details_are_corrected_and_the_same_ones_change_nothing() -> None:
    corrected = domain.PersonDetailsCorrected(P, RESEALED, "sai năm sinh")
    assert decided(PERSON, REGISTERED, domain.CorrectDetails(P, RESEALED, "sai năm sinh")) == [corrected]
    assert decided(PERSON, REGISTERED, domain.CorrectDetails(P, SEALED, "sai năm sinh")) == []
    assert PERSON.fold([*REGISTERED, corrected]).sealed == RESEALED


def test_who_is_registered_may_be_rested_on() -> None:
    assert decided(PERSON, REGISTERED, domain.AskPerson(P)) == []


# Posts


def test_several_posts_are_held_at_once_but_none_twice() -> None:
    assert decided(PERSON, REGISTERED, take("Kế toán")) == [domain.PostTaken(P, "Kế toán", "so-a", BEGUN, "QĐ 1")]
    assert decided(PERSON, REGISTERED, take(unit="so-b")) == [domain.PostTaken(P, "Chuyên viên", "so-b", BEGUN, "QĐ 1")]
    assert decided(PERSON, REGISTERED, take()) == []
    for again in (take(from_on=date(2021, 1, 1)), take(document="QĐ 9"), take(from_on=date(2019, 1, 1))):
        with pytest.raises(PostConflict, match="to now"):
            decided(PERSON, REGISTERED, again)


def test_a_post_is_left_on_a_day_that_still_counts_and_may_be_taken_again_after_it() -> None:
    end = date(2022, 6, 30)
    assert decided(PERSON, REGISTERED, leave(end)) == [left(end)]
    past = [*REGISTERED, left(end)]
    with pytest.raises(PostConflict, match="to 2022-06-30"):
        decided(PERSON, past, take(from_on=end))
    back = end + timedelta(days=1)
    assert decided(PERSON, past, take(from_on=back)) == [domain.PostTaken(P, "Chuyên viên", "so-a", back, "QĐ 1")]
    assert (left(end).effective_on, TAKEN.effective_on) == (back, BEGUN)


def test_only_a_post_that_is_held_is_left_and_not_before_it_was_taken() -> None:
    assert decided(PERSON, REGISTERED, leave(BEGUN)) == [left(BEGUN)]
    with pytest.raises(PostConflict, match="taken on 2020-01-01"):
        decided(PERSON, REGISTERED, leave(BEGUN - timedelta(days=1)))
    for other in (leave(BEGUN, post="Kế toán"), leave(BEGUN, unit="so-b")):
        with pytest.raises(NotFound, match="holds no post"):
            decided(PERSON, REGISTERED, other)
    with pytest.raises(NotFound):
        decided(PERSON, [*REGISTERED, left(BEGUN)], leave(date(2021, 1, 1)))


days = st.dates(date(2020, 1, 1), date(2021, 1, 1))


@given(st.lists(st.tuples(st.sampled_from(["so-a", "so-b"]), st.booleans(), days), max_size=12))
def test_periods_of_a_post_never_overlap(commands: list[tuple[str, bool, date]]) -> None:
    state = PERSON.fold(REGISTERED)
    for unit, takes, day in commands:
        try:
            events = PERSON.decide(state, take(unit=unit, from_on=day) if takes else leave(day, unit=unit))
        except DomainError:
            continue
        for event in events:
            state = PERSON.evolve(state, event)
    for unit in ("so-a", "so-b"):
        periods = sorted((held.from_on, held.until_on or date.max) for held in state.posts if held.unit == unit)
        assert all(first <= last for first, last in periods)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(periods))


# Transfers


def test_a_transfer_is_offered_by_one_unit_and_accepted_by_the_other() -> None:
    assert decided(PERSON, REGISTERED, OFFER) == [OFFERED]
    assert PERSON.fold([*REGISTERED, OFFERED]).units() == {"so-a", "so-b"}
    assert decided(PERSON, [*REGISTERED, OFFERED], ACCEPT) == ACCEPTED
    after = PERSON.fold([*REGISTERED, OFFERED, *ACCEPTED])
    assert after.units() == {"so-b"}
    assert [(held.unit, held.from_on, held.until_on) for held in after.posts] == [
        ("so-a", BEGUN, date(2024, 2, 29)),
        ("so-b", date(2024, 3, 1), None),
    ]


def test_nobody_accepts_what_they_offered() -> None:
    with pytest.raises(SameHand):
        decided(PERSON, [*REGISTERED, OFFERED], replace(ACCEPT, by="account-a"))


def test_only_who_holds_the_post_on_the_day_before_is_offered_and_once() -> None:
    for other in (replace(OFFER, post="Kế toán"), replace(OFFER, from_unit="so-c")):
        with pytest.raises(NotFound, match="holds no post"):
            decided(PERSON, REGISTERED, other)
    with pytest.raises(PostConflict, match="cannot move from it on 2020-01-01"):
        decided(PERSON, REGISTERED, replace(OFFER, moves_on=BEGUN))
    with pytest.raises(PostConflict, match="another unit"):
        decided(PERSON, REGISTERED, replace(OFFER, to_unit="so-a"))
    with pytest.raises(PostConflict, match="offered to so-b already"):
        decided(PERSON, [*REGISTERED, OFFERED], replace(OFFER, transfer="t2", to_unit="so-c"))
    with pytest.raises(AlreadyThere):
        decided(PERSON, [*REGISTERED, OFFERED], replace(OFFER, to_unit="so-c"))


def test_who_has_left_the_post_meanwhile_is_not_accepted() -> None:
    with pytest.raises(NotFound, match="holds no post"):
        decided(PERSON, [*REGISTERED, OFFERED, left(date(2023, 1, 1))], ACCEPT)


def test_the_post_of_the_receiving_unit_is_not_held_twice() -> None:
    held = domain.PostTaken(P, "Phó phòng", "so-b", date(2023, 1, 1), None)
    with pytest.raises(PostConflict, match="'Phó phòng' in so-b"):
        decided(PERSON, [*REGISTERED, held, OFFERED], ACCEPT)


REFUSED, WITHDRAWN = domain.TransferRefused("t1", P, "hết biên chế"), domain.TransferWithdrawn("t1", P, "đổi ý")
ENDS: list[tuple[Any, list[Any]]] = [
    (ACCEPT, ACCEPTED),
    (domain.RefuseTransfer("t1", P, "hết biên chế"), [REFUSED]),
    (domain.WithdrawTransfer("t1", P, "đổi ý"), [WITHDRAWN]),
]


@pytest.mark.parametrize(("command", "events"), ENDS, ids=["accepted", "refused", "withdrawn"])
def test_a_settled_transfer_stays_settled(command: Any, events: list[Any]) -> None:
    past = [*REGISTERED, OFFERED]
    assert decided(PERSON, past, command) == events
    for other, _ in ENDS:
        if other is not command:
            with pytest.raises(TransferSettled):
                decided(PERSON, [*past, *events], other)
    with pytest.raises(NotFound, match="no transfer"):
        decided(PERSON, REGISTERED, command)


def test_after_a_refusal_the_person_stays_and_may_be_offered_again() -> None:
    past = [*REGISTERED, OFFERED, REFUSED]
    assert PERSON.fold(past).units() == {"so-a"}
    assert decided(PERSON, past, replace(OFFER, transfer="t2")) == [replace(OFFERED, transfer="t2")]


# Forgetting


def test_a_person_is_forgotten_once() -> None:
    assert decided(PERSON, REGISTERED, FORGET) == [FORGOTTEN]
    assert decided(PERSON, [*REGISTERED, FORGOTTEN], replace(FORGET, ground="khác")) == []


@pytest.mark.parametrize(
    "command",
    [
        REGISTER,
        replace(REGISTER, sealed=RESEALED),
        take("Kế toán"),
        OFFER,
        domain.CorrectDetails(P, RESEALED, "nhầm"),
        ACCEPT,
        domain.AskPerson(P),
    ],
)
def test_nothing_new_is_recorded_of_who_is_forgotten(command: object) -> None:
    with pytest.raises(PersonIsForgotten):
        decided(PERSON, [*REGISTERED, OFFERED, FORGOTTEN], command)


def test_what_is_open_of_who_is_forgotten_can_still_be_ended() -> None:
    past = [*REGISTERED, OFFERED, FORGOTTEN]
    assert decided(PERSON, past, leave(date(2023, 1, 1))) == [left(date(2023, 1, 1))]
    assert decided(PERSON, past, domain.WithdrawTransfer("t1", P, "đổi ý")) == [WITHDRAWN]

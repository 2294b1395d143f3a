"""Councils, their terms and seats: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry import domain
from services.registry.domain import COUNCIL, AlreadyThere, Seat, SeatConflict, TermConflict
from shared.errors import DomainError, NotFound
from tests.support.deciding import decided

BEGIN, END = date(2021, 1, 1), date(2025, 12, 31)
FORM = domain.FormCouncil("hd", "Hội đồng TĐKT", "ban", date(2020, 1, 1), "QĐ 1")
FORMED = domain.CouncilFormed("hd", "Hội đồng TĐKT", "ban", date(2020, 1, 1), "QĐ 1")
OPEN = domain.OpenTerm("hd", "2021-2025", BEGIN, END, "QĐ 2")
OPENED = domain.CouncilTermOpened("hd", "2021-2025", BEGIN, END, "QĐ 2")
TERM = [FORMED, OPENED]


def appoint(person: str, seat: Seat = Seat.MEMBER, from_on: date = BEGIN) -> domain.AppointMember:
    return domain.AppointMember("hd", "2021-2025", person, seat, from_on)


def appointed(person: str, seat: Seat = Seat.MEMBER, from_on: date = BEGIN) -> domain.CouncilMemberAppointed:
    return domain.CouncilMemberAppointed("hd", "2021-2025", person, seat, from_on)


def relieve(person: str, until_on: date) -> domain.RelieveMember:
    return domain.RelieveMember("hd", "2021-2025", person, until_on, "nghỉ hưu")


def relieved(person: str, until_on: date, from_on: date = BEGIN) -> domain.CouncilMemberRelieved:
    return domain.CouncilMemberRelieved("hd", "2021-2025", person, from_on, until_on, "nghỉ hưu")


def test_a_council_is_formed_and_with_other_particulars_refused() -> None:
    assert decided(COUNCIL, [], FORM) == [FORMED]
    with pytest.raises(AlreadyThere, match="Hội đồng TĐKT"):
        decided(COUNCIL, [FORMED], replace(FORM, organisation="so-a"))


@pytest.mark.parametrize("command", [OPEN, appoint("p"), relieve("p", END)])
def test_what_is_not_formed_takes_nothing(command: object) -> None:
    with pytest.raises(NotFound, match="form it first"):
        decided(COUNCIL, [], command)


def test_a_command_of_another_aggregate_is_a_mistake() -> None:
    with pytest.raises(TypeError):
        COUNCIL.decide(COUNCIL.fold(TERM), object())


def test_terms_follow_one_another() -> None:
    assert decided(COUNCIL, [FORMED], OPEN) == [OPENED]
    after = replace(OPEN, term="2026-2030", from_on=END + timedelta(days=1), until_on=date(2030, 12, 31))
    assert [event.term for event in decided(COUNCIL, TERM, after)] == ["2026-2030"]
    for other in (replace(after, from_on=END), replace(OPEN, term="x", from_on=date(2020, 6, 1)), replace(OPEN, term="x")):
        with pytest.raises(TermConflict, match="do not overlap"):
            decided(COUNCIL, TERM, other)
    with pytest.raises(TermConflict, match="formed on 2020-01-01"):
        decided(COUNCIL, [FORMED], replace(OPEN, from_on=date(2019, 12, 31)))
    with pytest.raises(TermConflict, match="before it begins"):
        decided(COUNCIL, [FORMED], replace(OPEN, until_on=date(2020, 12, 31)))
    with pytest.raises(AlreadyThere):
        decided(COUNCIL, TERM, replace(OPEN, document="QĐ 3"))


def test_members_are_appointed_within_the_term() -> None:
    assert decided(COUNCIL, TERM, appoint("p")) == [appointed("p")]
    for day in (BEGIN - timedelta(days=1), END + timedelta(days=1)):
        with pytest.raises(SeatConflict, match="nobody is appointed"):
            decided(COUNCIL, TERM, appoint("p", from_on=day))
    with pytest.raises(NotFound, match="no term 2030"):
        decided(COUNCIL, TERM, replace(appoint("p"), term="2030"))


def test_there_is_one_chair_at_a_time_and_one_seat_a_person() -> None:
    past = [*TERM, appointed("p", Seat.CHAIR)]
    with pytest.raises(SeatConflict, match="one at a time"):
        decided(COUNCIL, past, appoint("q", Seat.CHAIR, date(2023, 1, 1)))
    with pytest.raises(SeatConflict, match="sits in the council as chair"):
        decided(COUNCIL, past, appoint("p", Seat.MEMBER, date(2023, 1, 1)))
    assert decided(COUNCIL, [*past, appointed("q", Seat.DEPUTY_CHAIR)], appoint("r", Seat.DEPUTY_CHAIR))


def test_another_chair_follows_from_the_day_after() -> None:
    past = [*TERM, appointed("p", Seat.CHAIR), relieved("p", date(2022, 6, 30))]
    with pytest.raises(SeatConflict):
        decided(COUNCIL, past, appoint("q", Seat.CHAIR, date(2022, 6, 30)))
    assert decided(COUNCIL, past, appoint("q", Seat.CHAIR, date(2022, 7, 1))) == [appointed("q", Seat.CHAIR, date(2022, 7, 1))]
    assert decided(COUNCIL, past, appoint("p", Seat.MEMBER, date(2022, 7, 1))) == [appointed("p", Seat.MEMBER, date(2022, 7, 1))]


def test_a_member_is_relieved_before_the_term_ends() -> None:
    past = [*TERM, appointed("p")]
    assert decided(COUNCIL, past, relieve("p", date(2022, 6, 30))) == [relieved("p", date(2022, 6, 30))]
    assert relieved("p", date(2022, 6, 30)).effective_on == date(2022, 7, 1)
    for day in (BEGIN - timedelta(days=1), END):
        with pytest.raises(SeatConflict, match="cannot be relieved"):
            decided(COUNCIL, past, relieve("p", day))
    with pytest.raises(NotFound, match="no seat"):
        decided(COUNCIL, past, relieve("q", date(2022, 6, 30)))
    with pytest.raises(NotFound, match="no seat"):
        decided(COUNCIL, [*past, relieved("p", date(2022, 6, 30))], relieve("p", date(2023, 6, 30)))


days = st.dates(BEGIN, date(2022, 1, 1))


@given(st.lists(st.tuples(st.sampled_from("pqr"), st.sampled_from([Seat.CHAIR, Seat.MEMBER, None]), days), max_size=12))
def test_no_day_has_two_chairs_or_one_person_in_two_seats(commands: list[tuple[str, Seat | None, date]]) -> None:
    state = COUNCIL.fold(TERM)
    for person, seat, day in commands:
        try:
            events = COUNCIL.decide(state, relieve(person, day) if seat is None else appoint(person, seat, day))
        except DomainError:
            continue
        for event in events:
            state = COUNCIL.evolve(state, event)
    (term,) = state.terms
    for one, other in combinations(term.seats, 2):
        together = one.from_on <= other.until_on and other.from_on <= one.until_on
        assert not (together and (one.person == other.person or one.seat == other.seat == Seat.CHAIR))

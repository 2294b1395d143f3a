"""What must be unique: one proposal a unit, form and campaign; one decision a number, year and authority."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from services.awards import domain
from tests.services.awards import given as the

NOMINATED = domain.UnitNominated("c1", "kiem-toan", the.FORM, "p1")
RESERVED = domain.NumberReserved("Hội đồng TĐKT Trung ương", 2025, "123/QĐ-HĐ", "p1")


def test_a_first_nomination_is_recorded() -> None:
    assert domain.NOMINATION.decide(None, the.propose()) == [NOMINATED]


def test_the_proposal_itself_may_come_again() -> None:
    assert domain.NOMINATION.decide(NOMINATED, the.propose()) == []


def test_a_second_proposal_of_the_unit_is_refused() -> None:
    with pytest.raises(domain.AlreadyProposed, match="as p1"):
        domain.NOMINATION.decide(NOMINATED, the.propose(proposal="p2"))


def test_a_free_number_is_reserved() -> None:
    assert domain.NUMBER.decide(None, the.decide()) == [RESERVED]


def test_the_decision_itself_may_come_again() -> None:
    assert domain.NUMBER.decide(RESERVED, the.decide()) == []


def test_a_number_is_given_once() -> None:
    with pytest.raises(domain.NumberTaken, match="number 123/QĐ-HĐ of 2025 to the decision on p1"):
        domain.NUMBER.decide(RESERVED, the.decide(proposal="p2"))


@pytest.mark.parametrize(
    "same",
    [
        the.decide(number="123/qđ-hđ"),
        the.decide(number="0123/QĐ-HĐ"),
        the.decide(number=" 123/QĐ-HĐ "),
        the.decide(authority="hội đồng  TĐKT trung ương"),
        the.decide(authority=unicodedata.normalize("NFD", "Hội đồng TĐKT Trung ương")),
        the.decide(decided_on=date(2025, 12, 31)),
    ],
)
def test_two_writings_of_one_number_are_one(same: domain.Decide) -> None:
    assert domain.number_key(same) == domain.number_key(the.decide())


@pytest.mark.parametrize(
    "other",
    [
        the.decide(number="1230/QĐ-HĐ"),
        the.decide(authority="Bộ Nội vụ"),
        the.decide(decided_on=date(2024, 12, 31)),
    ],
)
def test_another_number_authority_or_year_is_another_decision(other: domain.Decide) -> None:
    assert domain.number_key(other) != domain.number_key(the.decide())

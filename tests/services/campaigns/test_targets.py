"""Target titles of a unit and its people: registered with it, by the titles in force, withdrawn with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.campaigns import domain
from services.campaigns.domain import (
    CampaignConflict,
    CampaignFinal,
    NotRegistered,
    PersonTargetRegistered,
    PersonTargetWithdrawn,
    ReasonMissing,
    RegisterPersonTarget,
    RegisterUnitTarget,
    Subject,
    TooLate,
    UnitTargetRegistered,
    UnitTargetWithdrawn,
    WithdrawPersonTarget,
    WithdrawUnitTarget,
)
from services.campaigns.titles import TITLES, read
from shared.errors import ConfigurationError, NotFound
from tests.support.deciding import decided

DAY = date(2024, 2, 10)
GROUND = domain.TargetGround(TITLES, date(2024, 3, 1), registered=True, last_day=date(2024, 2, 28), final=False)
AIM = RegisterPersonTarget("c1", "toa-an", "p1", "CSTDCS", DAY)
AIMED = PersonTargetRegistered("c1", "toa-an", "p1", "CSTDCS", DAY)
UNIT_AIM = RegisterUnitTarget("c1", "toa-an", "TTLDXS", DAY)
UNIT_AIMED = UnitTargetRegistered("c1", "toa-an", "TTLDXS", DAY)


def on(**changes: Any) -> Any:
    return domain.targets(replace(GROUND, **changes))


def test_people_and_the_unit_strive_for_titles() -> None:
    assert decided(on(), [], AIM) == [AIMED]
    assert decided(on(), [AIMED], UNIT_AIM) == [UNIT_AIMED]
    assert decided(on(), [AIMED], replace(AIM, title="LDTT")) == [replace(AIMED, title="LDTT")]
    assert AIMED.effective_on == DAY


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (replace(AIM, title="TTLDXS"), "LDTT, CSTT, CSTDCS"),
        (replace(UNIT_AIM, title="CSTDCS"), "TTLDTT, DVTT"),
        (replace(AIM, registered_on=date(2023, 12, 31)), "is in force on 2023-12-31"),
    ],
)
def test_a_title_is_of_its_kind_and_in_force(command: object, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        decided(on(), [], command)


def test_targets_come_with_a_registration_within_its_days() -> None:
    with pytest.raises(NotRegistered):
        decided(on(registered=False), [], AIM)
    with pytest.raises(TooLate, match="2024-02-28"):
        decided(on(), [], replace(AIM, registered_on=date(2024, 2, 29)))
    with pytest.raises(TooLate):
        decided(on(), [], replace(AIM, registered_on=None))
    with pytest.raises(CampaignConflict, match="still to come"):
        decided(on(), [], replace(AIM, registered_on=date(2024, 3, 2)))
    with pytest.raises(CampaignFinal):
        decided(on(final=True), [], AIM)


def test_a_target_is_withdrawn_with_a_reason_and_may_come_again() -> None:
    command = WithdrawPersonTarget("c1", "toa-an", "p1", "CSTDCS", "Chuyển công tác")
    withdrawn = PersonTargetWithdrawn("c1", "toa-an", "p1", "CSTDCS", "Chuyển công tác")
    assert decided(on(), [AIMED], command) == [withdrawn]
    assert decided(on(), [], command) == []
    assert decided(on(), [AIMED, withdrawn], AIM) == [AIMED]
    with pytest.raises(ReasonMissing):
        decided(on(), [AIMED], replace(command, reason=" "))
    of_the_unit = WithdrawUnitTarget("c1", "toa-an", "TTLDXS", "Sáp nhập")
    assert decided(on(), [UNIT_AIMED], of_the_unit) == [UnitTargetWithdrawn("c1", "toa-an", "TTLDXS", "Sáp nhập")]


def test_every_title_names_its_law() -> None:
    assert {title.subject for title in TITLES} == set(Subject)
    assert all(title.basis for title in TITLES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- {code: A, name: a, subject: person, from_on: 2024-01-01, basis: b}", "Title 1"),
        (
            "- {code: A, name: a, subject: person, from_on: 2024-01-01, until_on: 2024-12-31, basis: b, verified: true}\n"
            "- {code: A, name: c, subject: person, from_on: 2024-12-31, basis: b, verified: true}",
            "Title 2: A is in force twice",
        ),
    ],
)
def test_a_table_of_titles_that_cannot_be_is_refused_by_its_place(text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        read(text)

"""Organisations: given, when, then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.registry.domain import ORGANISATION, AlreadyThere, OrganisationRegistered, RegisterOrganisation
from tests.support.deciding import decided

REGISTER = RegisterOrganisation("toa-an", "Toà án nhân dân tối cao", "trung ương", date(1945, 9, 13), "G01", "quoc-hoi")
REGISTERED = OrganisationRegistered("toa-an", "Toà án nhân dân tối cao", "trung ương", date(1945, 9, 13), "G01", "quoc-hoi")


def test_an_organisation_is_registered() -> None:
    assert decided(ORGANISATION, [], REGISTER) == [REGISTERED]


def test_what_is_not_known_stays_open() -> None:
    command = RegisterOrganisation("toa-an", "Toà án", "trung ương")
    assert decided(ORGANISATION, [], command) == [OrganisationRegistered("toa-an", "Toà án", "trung ương", None, None, None)]


def test_the_same_again_changes_nothing() -> None:
    assert decided(ORGANISATION, [REGISTERED], REGISTER) == []


@pytest.mark.parametrize("change", [{"name": "Another"}, {"level": "tỉnh"}, {"parent": None}, {"opened_on": None}, {"code": "G02"}])
def test_the_same_key_with_other_particulars_is_refused(change: dict[str, str | None]) -> None:
    with pytest.raises(AlreadyThere, match="registered as 'Toà án nhân dân tối cao'"):
        decided(ORGANISATION, [REGISTERED], replace(REGISTER, **change))  # type: ignore[arg-type]


def test_nothing_is_its_own_parent() -> None:
    with pytest.raises(AlreadyThere, match="own parent"):
        decided(ORGANISATION, [], replace(REGISTER, parent="toa-an"))

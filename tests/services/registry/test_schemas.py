"""Commands of the registry at its boundary, and its events as they are stored."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.registry import domain, schemas
from shared.errors import ValidationFailed
from shared.schema import load
from tests.services.registry import given as the
from tests.services.registry.test_people_views import FACTS as PEOPLE_AND_COUNCILS
from tests.shared.given import an_event

ACCOUNT = str(uuid.uuid4())


def test_commands_are_read() -> None:
    assert load(schemas.RegisterOrganisation, {"organisation": "toa-an", "name": "Toà án", "level": "TW", "opened_on": "1945-09-13"}) == (
        domain.RegisterOrganisation("toa-an", "Toà án", "TW", date(1945, 9, 13))
    )
    formed = {"cluster": "noi-chinh", "name": "Khối nội chính", "organiser": "ban-tdkt", "formed_on": "2020-01-01"}
    assert load(schemas.FormCluster, formed) == the.form()
    assert load(schemas.FormCluster, {**formed, "leader_rule": "rotation"}) == the.form(leader_rule=domain.LeaderRule.ROTATION)
    named = {"cluster": "noi-chinh", "season": 2024, "leader": "toa-an", "basis": "elected", "document": "Biên bản 1"}
    assert load(schemas.DesignateLeader, named) == the.designate("toa-an")
    assert load(schemas.DesignateLeader, {**named, "deputies": ["kiem-toan"]}) == the.designate("toa-an", "kiem-toan")
    assert load(schemas.OpenAccount, {"account": ACCOUNT, "login": "thu-ky", "post": "Thư ký"}).organisation is None


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.RegisterOrganisation, {"organisation": "toà án", "name": "Toà án", "level": "TW"}, "organisation"),
        (schemas.RegisterOrganisation, {"organisation": "toa-an", "name": " ", "level": "TW"}, "name"),
        (
            schemas.FormCluster,
            {"cluster": "c", "name": "C", "organiser": "o", "formed_on": "2020-01-01", "leader_rule": "age"},
            "leader_rule",
        ),
        (schemas.AdmitMember, {"cluster": "c", "unit": "u", "from_on": "01/01/2020"}, "from_on"),
        (schemas.GrantRole, {"account": ACCOUNT, "role": "king", "scope": "*"}, "role"),
        (schemas.GrantRole, {"account": ACCOUNT, "role": "office", "scope": ""}, "scope"),
        (schemas.OpenAccount, {"account": "system", "login": "thu-ky", "post": "Thư ký"}, "account"),
        (schemas.OpenAccount, {"account": ACCOUNT, "login": "Thư-ký", "post": "Thư ký"}, "login"),
        (schemas.OpenAccount, {"account": ACCOUNT, "login": "thu-ky\n", "post": "Thư ký"}, "login"),
        (schemas.OpenAccount, {"account": ACCOUNT, "login": "ab", "post": "Thư ký"}, "login"),
    ],
)
def test_a_command_that_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


@pytest.mark.parametrize("season", [1947, 2201, "2024", 2024.0])
def test_a_season_is_a_year(season: object) -> None:
    data = {"cluster": "c", "season": season, "leader": "u", "basis": "elected", "document": "BB"}
    with pytest.raises(ValidationFailed, match="season"):
        load(schemas.DesignateLeader, data)


FACTS: list[Any] = [
    the.formed(leader_rule=domain.LeaderRule.RANK),
    domain.ClusterListDescribed("noi-chinh", domain.Completeness.PARTIAL, "Báo", None),
    domain.ClusterRenamed("noi-chinh", "Khối tư pháp", date(2024, 1, 1), "QĐ 5"),
    domain.ClusterDissolved("noi-chinh", date(2025, 3, 1), "QĐ 9"),
    domain.LeadershipConsented("noi-chinh", 2025, "kiem-toan", date(2024, 12, 20)),
    domain.LeadershipDeclined("noi-chinh", 2025, "toa-an", date(2024, 12, 21), "Đơn vị đang sắp xếp lại tổ chức"),
    the.admitted("toa-an"),
    the.released("toa-an", date(2022, 12, 31)),
    the.designated("toa-an", "kiem-toan", basis=domain.Basis.ROTATION),
    domain.OrganisationRegistered("toa-an", "Toà án", "TW", None, None, "quoc-hoi", "toà án", None),
    domain.OrganisationRenamed("toa-an", "Toà án", date(2025, 7, 1), "NQ 1"),
    domain.OrganisationRecoded("toa-an", "G09", date(2025, 7, 1), "NQ 1"),
    domain.OrganisationRetyped("toa-an", None, "TW", date(2025, 7, 1), "NQ 1"),
    domain.OrganisationMoved("toa-an", "quoc-hoi", None, date(2025, 7, 1), "NQ 1"),
    domain.OrganisationMerged("toa-an", "kiem-toan", date(2025, 7, 1), "NQ 1"),
    domain.OrganisationSplit("toa-an", (domain.Heir("a", Decimal("0.50"), "nửa"), domain.Heir("b", None, None)), date(2025, 7, 1), "NQ 1"),
    domain.OrganisationDissolved("toa-an", date(2025, 7, 1), "NQ 1"),
    domain.OrganisationCorrected("toa-an", domain.Attribute.NAME, date(2025, 7, 1), "Toà", "nhầm"),
    domain.LoginReserved("thu-ky", "a1"),
    domain.AccountOpened("a1", "thu-ky", "Thư ký", None),
    domain.RoleGranted("a1", "office", "*", date(2024, 1, 1), date(2024, 12, 31), "QĐ 1"),
    domain.RoleGranted("a1", "office", "*", None, None, None),
    domain.RoleRevoked("a1", "office", "*", date(2024, 6, 1), "Chuyển công tác"),
    domain.RoleDelegated("a1", "office", "*", "a2", date(2024, 6, 1), date(2024, 6, 30), "Đi công tác"),
    domain.DelegationEnded("a1", "office", "*", "a2", date(2024, 6, 10), None),
    domain.NetworkFounded("a1", sample=True),
    *PEOPLE_AND_COUNCILS,
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.type == f"registry.{type(fact).__name__}"
    assert schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data)) == fact


def test_every_event_of_the_catalogue_was_tried() -> None:
    assert {schema.record for schema in schemas.EVENTS.schemas.values()} == {type(fact) for fact in FACTS}

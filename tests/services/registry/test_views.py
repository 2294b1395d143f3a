"""The registry's views, folded on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from services.registry import domain, views
from services.registry.schemas import EVENTS
from shared.access import grants_of
from shared.projection import Projector
from shared.store import Database
from tests.services.registry import given as the
from tests.support.feeds import Feeds


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"registry": EVENTS})


def test_organisations_are_listed_by_name(feeds: Feeds) -> None:
    court = domain.OrganisationRegistered("toa-an", "Toà án", "TW", date(1945, 9, 13), "G01", None)
    audit = domain.OrganisationRegistered("kiem-toan", "Kiểm toán", "TW", None, None, "quoc-hoi")
    feeds.tell("registry", court, audit)
    with feeds.projector.reading() as reading:
        rows = views.all_organisations(reading)
    assert [(row["organisation"], row["opened_on"], row["code"], row["parent"]) for row in rows] == [
        ("kiem-toan", None, None, "quoc-hoi"),
        ("toa-an", date(1945, 9, 13), "G01", None),
    ]


def test_a_cluster_has_its_members_in_the_order_of_admission_with_every_period(feeds: Feeds) -> None:
    feeds.tell("registry", *the.CLUSTER)
    feeds.tell("registry", the.released("kiem-toan", date(2022, 12, 31)), the.admitted("kiem-toan", date(2024, 1, 1)))
    with feeds.projector.reading() as reading:
        found = views.cluster_of(reading, "noi-chinh")
        assert views.cluster_of(reading, "kinh-te") is None
    assert found is not None
    assert (found["name"], found["organiser"], found["leader_rule"]) == ("Khối nội chính", "ban-tdkt", "elected")
    assert [(row["unit"], row["from_on"], row["until_on"]) for row in found["members"]] == [
        ("kiem-toan", the.FORMED_ON, date(2022, 12, 31)),
        ("toa-an", the.FORMED_ON, None),
        ("vien-kiem-sat", date(2023, 7, 1), None),
        ("kiem-toan", date(2024, 1, 1), None),
    ]


def test_a_release_ends_the_period_that_lasts(feeds: Feeds) -> None:
    feeds.tell("registry", *the.CLUSTER, the.released("toa-an", date(2020, 12, 31)), the.admitted("toa-an", date(2022, 1, 1)))
    feeds.tell("registry", the.released("toa-an", date(2023, 12, 31)))
    with feeds.projector.reading() as reading:
        found = views.cluster_of(reading, "noi-chinh")
    assert found is not None
    periods = [(row["from_on"].year, row["until_on"].year) for row in found["members"] if row["unit"] == "toa-an"]
    assert periods == [(2020, 2020), (2022, 2023)]


def test_of_several_designations_of_a_season_the_last_one_is_shown(feeds: Feeds) -> None:
    feeds.tell("registry", *the.CLUSTER, the.designated("toa-an", "kiem-toan", 2025), the.designated("toa-an", season=2024))
    feeds.tell("registry", the.designated("kiem-toan", season=2024, basis=domain.Basis.APPOINTED, document="Biên bản 2"))
    with feeds.projector.reading() as reading:
        found = views.cluster_of(reading, "noi-chinh")
    assert found is not None
    assert [(row["season"], row["leader"], row["deputy"], row["basis"], row["document"]) for row in found["leaders"]] == [
        (2024, "kiem-toan", None, "appointed", "Biên bản 2"),
        (2025, "toa-an", "kiem-toan", "elected", "Biên bản 1"),
    ]


def test_clusters_are_listed_by_name(feeds: Feeds) -> None:
    feeds.tell("registry", the.formed(), the.formed(cluster="kinh-te", name="Khối kinh tế"))
    with feeds.projector.reading() as reading:
        assert [row["cluster"] for row in views.all_clusters(reading)] == ["kinh-te", "noi-chinh"]


def test_accounts_are_found_by_sign_in_name_and_listed_with_their_roles(feeds: Feeds) -> None:
    opened = domain.AccountOpened("a1", "thu-ky", "Thư ký", "toa-an")
    feeds.tell("registry", domain.LoginReserved("thu-ky", "a1"), opened, domain.AccountOpened("a2", "admin", "Quản trị", None))
    feeds.tell("registry", domain.RoleGranted("a1", "secretary", "toa-an"), domain.RoleGranted("a1", "leader", "noi-chinh"))
    feeds.tell("registry", domain.RoleGranted("a2", "administrator", "*"), domain.RoleRevoked("a1", "leader", "noi-chinh"))
    with feeds.projector.reading() as reading:
        found = views.account_by_login(reading, "thu-ky")
        assert views.account_by_login(reading, "nobody") is None
        rows = views.all_accounts(reading)
    assert found == {"account": "a1", "login": "thu-ky", "post": "Thư ký", "organisation": "toa-an"}
    assert [(row["login"], row["roles"]) for row in rows] == [
        ("admin", [{"role": "administrator", "scope": "*"}]),
        ("thu-ky", [{"role": "secretary", "scope": "toa-an"}]),
    ]
    assert [(str(grant.role), grant.scope) for grant in grants_of(feeds.projector, "a1")] == [("secretary", "toa-an")]

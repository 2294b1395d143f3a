"""The registry's views, folded on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.registry import domain, views
from services.registry.schemas import EVENTS
from shared.access import grants_of
from shared.projection import Projector
from shared.store import Database
from tests.services.registry import given as the
from tests.support.feeds import Feeds

TODAY = date(2024, 6, 16)


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"registry": EVENTS})


def test_a_cluster_has_its_members_in_the_order_of_admission_with_every_period(feeds: Feeds) -> None:
    feeds.tell("registry", *the.CLUSTER)
    feeds.tell("registry", the.released("kiem-toan", date(2022, 12, 31)), the.admitted("kiem-toan", date(2024, 1, 1)))
    with feeds.projector.reading() as reading:
        found = views.cluster_of(reading, "noi-chinh", TODAY)
        assert views.cluster_of(reading, "kinh-te", TODAY) is None
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
        found = views.cluster_of(reading, "noi-chinh", TODAY)
    assert found is not None
    periods = [(row["from_on"].year, row["until_on"].year) for row in found["members"] if row["unit"] == "toa-an"]
    assert periods == [(2020, 2020), (2022, 2023)]


def test_of_several_designations_of_a_season_the_last_one_is_shown(feeds: Feeds) -> None:
    feeds.tell(
        "registry", *the.CLUSTER, the.designated("toa-an", "kiem-toan", "vien-kiem-sat", season=2025), the.designated("toa-an", season=2024)
    )
    feeds.tell("registry", the.designated("kiem-toan", season=2024, basis=domain.Basis.APPOINTED, document="Biên bản 2"))
    with feeds.projector.reading() as reading:
        found = views.cluster_of(reading, "noi-chinh", TODAY)
    assert found is not None
    assert [(row["season"], row["leader"], row["deputies"], row["basis"], row["document"]) for row in found["leaders"]] == [
        (2024, "kiem-toan", [], "appointed", "Biên bản 2"),
        (2025, "toa-an", ["kiem-toan", "vien-kiem-sat"], "elected", "Biên bản 1"),
    ]


def test_clusters_are_listed_by_name_with_their_members_of_today_and_those_dissolved_last(feeds: Feeds) -> None:
    feeds.tell("registry", *the.CLUSTER, the.formed(cluster="kinh-te", name="Khối kinh tế"), the.formed(cluster="an-ninh", name="An ninh"))
    feeds.tell("registry", domain.ClusterDissolved("an-ninh", TODAY, "QĐ 9"), the.released("toa-an", TODAY))
    with feeds.projector.reading() as reading:
        today, tomorrow = views.all_clusters(reading, TODAY), views.all_clusters(reading, TODAY + timedelta(days=1))
    assert [(row["cluster"], row["members"]) for row in today] == [("kinh-te", 0), ("noi-chinh", 3), ("an-ninh", 0)]
    assert [row["members"] for row in tomorrow] == [0, 2, 0]


def test_a_cluster_bears_the_name_that_it_has_on_the_day(feeds: Feeds) -> None:
    renamed = domain.ClusterRenamed("noi-chinh", "Khối tư pháp", date(2024, 7, 1), "QĐ 5")
    feeds.tell("registry", the.formed(level="Trung ương"), renamed)
    feeds.tell("registry", domain.ClusterListDescribed("noi-chinh", domain.Completeness.PARTIAL, "Báo", date(2022, 8, 5)))
    with feeds.projector.reading() as reading:
        before, after = (views.cluster_of(reading, "noi-chinh", day) for day in (TODAY, renamed.effective_on))
        assert [row["name"] for row in views.all_clusters(reading, renamed.effective_on)] == ["Khối tư pháp"]
    assert before is not None
    assert after is not None
    assert (before["name"], after["name"]) == ("Khối nội chính", "Khối tư pháp")
    assert (before["level"], before["completeness"], before["source"], before["as_of"]) == (
        "Trung ương",
        "partial",
        "Báo",
        date(2022, 8, 5),
    )
    assert [(row["name"], row["document"]) for row in after["names"]] == [("Khối nội chính", None), ("Khối tư pháp", "QĐ 5")]


def test_accounts_are_found_by_sign_in_name_and_listed_with_their_roles(feeds: Feeds) -> None:
    opened = domain.AccountOpened("a1", "thu-ky", "Thư ký", "toa-an")
    feeds.tell("registry", domain.LoginReserved("thu-ky", "a1"), opened, domain.AccountOpened("a2", "admin", "Quản trị", None))
    held = domain.RoleGranted("a1", "secretary", "toa-an", date(2024, 1, 1), date(2024, 12, 31), "QĐ 1")
    lent = domain.RoleDelegated("a1", "secretary", "toa-an", "a2", date(2024, 6, 1), date(2024, 6, 30), "Đi công tác")
    feeds.tell("registry", held, domain.RoleGranted("a1", "leader", "noi-chinh", date(2024, 1, 1), None, None), lent)
    feeds.tell("registry", domain.RoleGranted("a2", "administrator", "*", None, None, None))
    feeds.tell("registry", domain.RoleRevoked("a1", "leader", "noi-chinh", date(2024, 1, 1), None))
    with feeds.projector.reading() as reading:
        found = views.account_by_login(reading, "thu-ky")
        assert views.account_by_login(reading, "nobody") is None
        rows = views.all_accounts(reading)
    assert found == {"account": "a1", "login": "thu-ky", "post": "Thư ký", "organisation": "toa-an"}
    days = {"from_on": date(2024, 1, 1), "until_on": date(2024, 12, 31)}
    delegation = {"role": "secretary", "scope": "toa-an", "from_on": lent.from_on, "until_on": lent.until_on, "reason": "Đi công tác"}
    assert [(row["login"], row["roles"], row["lent"], row["borrowed"]) for row in rows] == [
        (
            "admin",
            [{"role": "administrator", "scope": "*", "from_on": None, "until_on": None, "document": None}],
            [],
            [{"account": "a1", **delegation}],
        ),
        ("thu-ky", [{"role": "secretary", "scope": "toa-an", **days, "document": "QĐ 1"}], [{"to_account": "a2", **delegation}], []),
    ]
    assert [(str(grant.role), grant.scope) for grant in grants_of(feeds.projector, "a1", TODAY)] == [("secretary", "toa-an")]
    with feeds.projector.reading() as reading:
        assert views.administrators(reading) == ["a2"]
        assert [row["post"] for row in views.all_posts(reading)] == ["Quản trị", "Thư ký"]
        assert [row["to_account"] for row in views.lent_by(reading, "a1", lent.until_on)] == ["a2"]
        assert [(row["account"], row["to_account"]) for row in views.lent_by(reading, None, lent.until_on)] == [("a1", "a2")]
        assert views.lent_by(reading, "a2", lent.until_on) == []
        assert views.lent_by(reading, "a1", date(2024, 7, 1)) == views.lent_by(reading, None, date(2024, 7, 1)) == []

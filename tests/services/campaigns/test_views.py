"""The views of campaigns, folded from two feeds on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from services.campaigns import domain, views
from services.campaigns.schemas import EVENTS
from services.registry.schemas import EVENTS as REGISTRY
from shared.projection import Projector
from shared.store import Database
from tests.services.campaigns import given as the
from tests.services.registry import given as registry
from tests.support.feeds import Feeds


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"campaigns": EVENTS, "registry": REGISTRY})


def test_a_cluster_is_known_as_it_stands_in_a_season(feeds: Feeds) -> None:
    feeds.tell("registry", *registry.CLUSTER, registry.admitted("bo-cong-an", date(2024, 12, 31)))
    feeds.tell("registry", registry.released("kiem-toan", date(2023, 1, 1)), registry.designated("toa-an", season=2024))
    feeds.tell("registry", registry.admitted("kiem-toan", date(2025, 1, 1)))
    with feeds.projector.reading() as reading:
        found = {season: views.cluster_in(reading, "noi-chinh", season) for season in (2019, 2022, 2023, 2024, 2025)}
        assert views.cluster_in(reading, "kinh-te", 2024) is None
    members = {season: cluster and cluster["members"] for season, cluster in found.items()}
    assert members == {
        2019: (),
        2022: ("kiem-toan", "toa-an"),
        2023: ("kiem-toan", "toa-an", "vien-kiem-sat"),
        2024: ("toa-an", "vien-kiem-sat", "bo-cong-an"),
        2025: ("toa-an", "vien-kiem-sat", "bo-cong-an", "kiem-toan"),
    }
    assert [cluster and (cluster["organiser"], cluster["leader"]) for cluster in found.values()] == [
        *[("ban-tdkt", None)] * 3,
        ("ban-tdkt", "toa-an"),
        ("ban-tdkt", None),
    ]


def test_who_left_and_came_back_within_a_season_is_one_member(feeds: Feeds) -> None:
    feeds.tell("registry", *registry.CLUSTER, registry.released("toa-an", date(2024, 3, 1)), registry.admitted("toa-an", date(2024, 9, 1)))
    with feeds.projector.reading() as reading:
        found = views.cluster_in(reading, "noi-chinh", 2024)
    assert found is not None
    assert found["members"] == ("kiem-toan", "toa-an", "vien-kiem-sat")


def test_a_campaign_shows_its_units_and_passes(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched())
    feeds.tell("campaigns", the.registered("toa-an"), the.registered("kiem-toan"), on=date(2024, 2, 1))
    feeds.tell("campaigns", the.signed("toa-an"), the.opened("self"), domain.PassClosed("c1", "self"), the.opened("cross_check"))
    with feeds.projector.reading() as reading:
        found = views.campaign_of(reading, "c1")
        assert views.campaign_of(reading, "c2") is None
    assert found is not None
    assert (found["title"], found["state"], found["finalised_on"], found["audience"]) == ("Phong trào 2024", "open", None, list(the.UNITS))
    assert found["units"] == [
        {"unit": "kiem-toan", "registered_on": date(2024, 2, 1), "covenant": None},
        {"unit": "toa-an", "registered_on": date(2024, 2, 1), "covenant": {"signatory": "Chánh án", "signed_on": date(2024, 3, 1)}},
        {"unit": "vien-kiem-sat", "registered_on": None, "covenant": None},
    ]
    assert [(row["pass_key"], row["state"], row["due_on"]) for row in found["passes"]] == [
        ("self", "closed", the.DUE),
        ("cross_check", "open", the.DUE),
        ("cluster", "waiting", None),
        ("central", "waiting", None),
    ]
    assert found["passes"][0]["assignments"][0] == {"unit": "kiem-toan", "scorers": ["kiem-toan"]}


def test_a_final_campaign_says_since_when(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), domain.CampaignFinalised("c1"), on=date(2025, 1, 15))
    with feeds.projector.reading() as reading:
        (row,) = views.all_campaigns(reading)
    assert (row["state"], row["finalised_on"]) == ("final", date(2025, 1, 15))


def test_campaigns_are_listed_latest_season_first_and_rubrics_by_key(feeds: Feeds) -> None:
    older = the.launched(campaign="c0", season=2023, title="Phong trào 2023")
    feeds.tell("campaigns", older, the.launched(), the.launched(campaign="c2", title="Đợt thi đua"), the.PUBLISHED)
    with feeds.projector.reading() as reading:
        assert {row["campaign"] for row in views.all_campaigns(reading)[:2]} == {"c1", "c2"}
        assert views.all_campaigns(reading)[2]["campaign"] == "c0"
        assert views.all_rubrics(reading) == [{"rubric": "R", "title": "A rubric", "season": 2024, "scale": "30"}]
        assert views.rubric_content(reading, "R") == the.PUBLISHED.content
        assert views.rubric_content(reading, "nothing") is None

"""The views of campaigns, folded from two feeds on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

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
    feeds.tell("campaigns", the.signed("toa-an"), the.opened("self"), the.closed("self"), the.opened("cross_check"))
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
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.FINAL[-1], on=date(2025, 1, 15))
    with feeds.projector.reading() as reading:
        (row,) = views.all_campaigns(reading)
    assert (row["state"], row["finalised_on"]) == ("final", date(2025, 1, 15))


def test_campaigns_are_listed_latest_season_first_and_rubrics_by_key(feeds: Feeds) -> None:
    older = the.launched(campaign="c0", season=2023, title="Phong trào 2023")
    feeds.tell("campaigns", older, the.launched(), the.launched(campaign="c2", title="Đợt thi đua"), the.PUBLISHED)
    with feeds.projector.reading() as reading:
        assert {row["campaign"] for row in views.all_campaigns(reading)[:2]} == {"c1", "c2"}
        assert views.all_campaigns(reading)[2]["campaign"] == "c0"
        assert [(row["rubric"], row["title"], row["season"], row["scale"]) for row in views.all_rubrics(reading)] == [
            ("R", "A rubric", 2024, "30")
        ]
        assert views.rubric_content(reading, "R") == the.PUBLISHED.content
        assert views.rubric_content(reading, "nothing") is None


def test_the_year_shows_registration_the_plan_and_the_passes_that_nobody_planned(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), the.planned())
    feeds.tell("campaigns", domain.PhaseOpened("c1", "midyear_review", date(2024, 7, 2), date(2024, 7, 31)), the.opened("self"))
    feeds.tell("campaigns", domain.PhaseExtended("c1", "self", date(2024, 12, 9), "Lũ lụt"), on=date(2024, 11, 29))
    feeds.tell("campaigns", domain.GraceGiven("c1", "registration", date(2024, 3, 5), ("toa-an",), "Sáp nhập"), on=date(2024, 3, 1))
    feeds.tell("campaigns", domain.PhaseClosed("c1", "midyear_review", date(2024, 7, 20), early=True, reason="Đã xong"))
    found = _campaign(feeds)
    phases = {one["phase"]: one for one in found["phases"]}
    assert list(phases) == ["registration", "covenant", "midyear_review", "self", "cross_check", "cluster", "central"]
    assert [(one["state"], one["due_on"], one["is_pass"]) for one in phases.values()] == [
        ("open", date(2024, 2, 28), False),
        ("waiting", date(2024, 3, 31), False),
        ("closed", date(2024, 7, 31), False),
        ("open", date(2024, 12, 9), True),
        ("waiting", None, True),
        ("waiting", None, True),
        ("waiting", None, True),
    ]
    assert (phases["midyear_review"]["opened_on"], phases["midyear_review"]["closed_on"]) == (date(2024, 7, 2), date(2024, 7, 20))
    assert phases["midyear_review"]["changes"][0]["what"] == "closed_early"
    extended = {"what": "extended", "on": "2024-11-29", "until_on": "2024-12-09", "units": [], "reason": "Lũ lụt"}
    assert phases["self"]["changes"] == [extended]
    assert phases["registration"]["graces"] == [{"until_on": "2024-03-05", "units": ["toa-an"]}]
    assert [row["due_on"] for row in found["passes"]] == [date(2024, 12, 9), None, None, None]


def test_a_phase_that_is_open_again_has_its_new_day_and_both_reasons(feeds: Feeds) -> None:
    feeds.tell(
        "campaigns", the.PUBLISHED, the.launched(), the.opened("self"), domain.PassClosed("c1", "self", early=True, reason="Đủ phiếu")
    )
    feeds.tell("campaigns", domain.PhaseReopened("c1", "self", date(2024, 12, 20), "Bổ sung"))
    (own,) = [one for one in _campaign(feeds)["phases"] if one["phase"] == "self"]
    assert (own["state"], own["due_on"], own["closed_on"]) == ("open", date(2024, 12, 20), None)
    assert [(one["what"], one["reason"]) for one in own["changes"]] == [("closed_early", "Đủ phiếu"), ("reopened", "Bổ sung")]


def test_frozen_thawed_and_sealed_are_shown(feeds: Feeds) -> None:
    feeds.tell("campaigns", the.PUBLISHED, the.launched(), domain.CampaignFrozen("c1", "Chờ bỏ phiếu", the.POSITIONS))
    assert _campaign(feeds)["frozen"]["reason"] == "Chờ bỏ phiếu"
    feeds.tell("campaigns", domain.CampaignThawed("c1", "Đã bỏ phiếu"), the.FINAL[-1])
    found = _campaign(feeds)
    assert (found["frozen"], found["state"]) == (None, "final")
    assert found["seal"]["boards"][0] == {"board": "standings", "digest": "a" * 64}


def test_who_has_not_signed_the_compact_is_asked_for(feeds: Feeds) -> None:
    issued = domain.CompactIssued("c1", 1, "Giao ước", "Điều 1", date(2024, 2, 1))
    feeds.tell(
        "campaigns", the.PUBLISHED, the.launched(), issued, the.registered("toa-an"), the.registered("kiem-toan"), the.signed("toa-an")
    )
    with feeds.projector.reading() as reading:
        assert views.unsigned(reading, "c1") == ["kiem-toan", "vien-kiem-sat"]
        assert views.unsigned(reading, "c2") == []
    assert _campaign(feeds)["compact"] == {"version": 1, "title": "Giao ước", "text": "Điều 1", "issued_on": "2024-02-01"}


def test_the_tree_of_a_campaign_is_the_same_from_each_of_its_branches(feeds: Feeds) -> None:
    under = [the.launched(campaign=key, parent=parent, title=key) for key, parent in (("c2", "c1"), ("c3", "c1"), ("c4", "c3"))]
    feeds.tell("campaigns", the.launched(), *under, the.launched(campaign="apart"))
    with feeds.projector.reading() as reading:
        trees = {key: views.tree(reading, key) for key in ("c1", "c2", "c4", "apart", "nothing")}
    assert trees["c1"] == trees["c2"] == trees["c4"]
    root = trees["c1"]
    assert root is not None
    assert [(child["campaign"], [leaf["campaign"] for leaf in child["children"]]) for child in root["children"]] == [
        ("c2", []),
        ("c3", ["c4"]),
    ]
    assert trees["apart"] is not None
    assert (trees["apart"]["children"], trees["nothing"]) == ([], None)


def test_targets_are_those_not_withdrawn_and_of_the_unit_where_no_person_is_named(feeds: Feeds) -> None:
    person = domain.PersonTargetRegistered("c1", "toa-an", "p1", "CSTDCS", the.IN_TIME)
    unit = domain.UnitTargetRegistered("c1", "toa-an", "TTLDXS", the.IN_TIME)
    feeds.tell("campaigns", person, unit, domain.UnitTargetRegistered("c1", "kiem-toan", "TTLDTT", the.IN_TIME))
    feeds.tell("campaigns", domain.UnitTargetWithdrawn("c1", "kiem-toan", "TTLDTT", "Sáp nhập"))
    with feeds.projector.reading() as reading:
        found = views.targets_of(reading, "c1")
        assert views.targets_of(reading, "c1", "kiem-toan") == []
    assert [(row["unit"], row["person"], row["title"], row["registered_on"]) for row in found] == [
        ("toa-an", None, "TTLDXS", the.IN_TIME),
        ("toa-an", "p1", "CSTDCS", the.IN_TIME),
    ]


def _campaign(feeds: Feeds) -> dict[str, Any]:
    with feeds.projector.reading() as reading:
        found = views.campaign_of(reading, "c1")
    assert found is not None
    return found

"""The views of evaluations, folded from two feeds on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import views
from services.evaluations.schemas import EVENTS
from shared.projection import Projector
from shared.store import Database
from tests.services.campaigns import given as campaign
from tests.services.evaluations import given as the
from tests.support.feeds import MORNING, Feeds

PANEL = (campaigns.Assignment("toa-an", ("J2", "J1")), campaigns.Assignment("kiem-toan", ("J1",)))


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"campaigns": CAMPAIGNS, "evaluations": EVENTS})


def _sheets(feeds: Feeds, **wanted: Any) -> list[dict[str, Any]]:
    with feeds.projector.reading() as reading:
        return views.assigned_sheets(reading, **wanted)


def test_a_campaign_is_known_with_its_rubric_and_passes(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(illustrative=True), campaign.opened("self"))
    feeds.tell("campaigns", campaign.closed("self"), campaign.opened("cross_check"))
    with feeds.projector.reading() as reading:
        found = views.campaign_of(reading, "c1")
        assert views.campaign_of(reading, "c2") is None
    assert found is not None
    assert (found["title"], found["season"], found["illustrative"]) == ("Phong trào 2024", 2024, True)
    assert found["content"] == campaign.PUBLISHED.content
    assert found["passes"] == {
        "self": {"open": False, "due_on": campaign.DUE, "extended": False, "graces": []},
        "cross_check": {"open": True, "due_on": campaign.DUE, "extended": False, "graces": []},
    }


def test_scorers_stand_in_the_order_in_which_they_were_assigned(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.opened("self", PANEL), campaign.opened("cluster"))
    with feeds.projector.reading() as reading:
        assert views.scorers_of(reading, "c1", "toa-an") == {"self": ["J2", "J1"], "cluster": ["toa-an"]}
        assert views.scorers_of(reading, "c1", "kiem-toan") == {"self": ["J1"], "cluster": ["kiem-toan"]}
        assert views.scorers_of(reading, "c1", "bo-cong-an") == {}


def test_the_sheets_that_a_pass_calls_for_are_listed_with_how_far_each_is(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self"))
    handed_in_at = MORNING + timedelta(minutes=5, microseconds=7)
    feeds.tell("evaluations", the.entered(*the.ALL), the.entered(the.score("A2", None), the.score("B1", "1")), stream="own")
    feeds.tell("evaluations", the.submitted(date(2024, 12, 1), late=True), stream="own", at=handed_in_at)
    feeds.tell("evaluations", replace(the.entered(*the.ALL), unit="kiem-toan", scorer="kiem-toan"), stream="other")
    found = {row["unit"]: row for row in _sheets(feeds, campaign="c1")}
    assert list(found) == list(campaign.UNITS)
    assert [(row["state"], row["scored"], row["version"]) for row in found.values()] == [
        ("open", 2, 1),
        ("submitted", 2, 3),
        ("open", 0, 0),
    ]
    row = found["toa-an"]
    assert (row["submitted_at"], row["handed_in_on"], row["late"]) == (handed_in_at, date(2024, 12, 1), True)
    assert (row["title"], row["season"], row["pass_key"], row["scorer"]) == ("Phong trào 2024", 2024, "self", "toa-an")


def test_a_closed_pass_leaves_out_what_was_not_submitted(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self"))
    feeds.tell("evaluations", the.entered(*the.ALL), the.submitted(), stream="own")
    feeds.tell("campaigns", campaign.closed("self"))
    assert {row["unit"]: row["state"] for row in _sheets(feeds, campaign="c1")} == {
        "kiem-toan": "closed",
        "toa-an": "submitted",
        "vien-kiem-sat": "closed",
    }


def test_sheets_are_found_by_who_must_fill_them(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self", PANEL))
    assert [(row["unit"], row["scorer"]) for row in _sheets(feeds, scorers=["J1"])] == [("toa-an", "J1"), ("kiem-toan", "J1")]
    assert _sheets(feeds, scorers=["toa-an"]) == _sheets(feeds, scorers=[]) == []
    assert len(_sheets(feeds, campaign="c1", scorers=["J1", "J2"])) == 3


def test_a_sheet_is_known_though_the_pass_that_called_for_it_is_heard_of_later(feeds: Feeds) -> None:
    feeds.tell("evaluations", the.entered(*the.ALL), the.submitted(), stream="own")
    assert _sheets(feeds, campaign="c1") == []
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self"))
    assert [row["state"] for row in _sheets(feeds, campaign="c1") if row["unit"] == "toa-an"] == ["submitted"]


def test_the_term_of_a_pass_moves_and_other_phases_are_no_matter_of_sheets(feeds: Feeds) -> None:
    later, until = date(2024, 12, 10), date(2024, 12, 20)
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self"))
    feeds.tell("campaigns", campaigns.PhaseExtended("c1", "self", later, "Lũ lụt"))
    feeds.tell("campaigns", campaigns.GraceGiven("c1", "self", until, ("toa-an",), "Lũ lụt"))
    feeds.tell("campaigns", campaigns.PhaseExtended("c1", "registration", later, "Lũ lụt"))
    with feeds.projector.reading() as reading:
        found = views.campaign_of(reading, "c1")
    assert found is not None
    grace = {"until_on": "2024-12-20", "units": ["toa-an"]}
    assert found["passes"] == {"self": {"open": True, "due_on": later, "extended": True, "graces": [grace]}}
    told = {row["unit"]: (row["due_on"], row["extended"], row["grace_until"]) for row in _sheets(feeds, scorers=["toa-an", "kiem-toan"])}
    assert told == {"toa-an": (later, True, until), "kiem-toan": (later, True, None)}, "seen by who fills the sheet"


def test_a_pass_that_is_open_again_calls_for_its_sheets_again(feeds: Feeds) -> None:
    feeds.tell("campaigns", campaign.PUBLISHED, campaign.launched(), campaign.opened("self"))
    feeds.tell("evaluations", the.entered(*the.ALL), the.submitted(date(2024, 12, 1), late=True, within_grace=True), stream="own")
    feeds.tell("campaigns", campaign.closed("self"))
    with feeds.projector.reading() as reading:
        assert views.open_matters(reading, "c1") == []
    feeds.tell("campaigns", campaigns.PhaseReopened("c1", "self", date(2024, 12, 20), "Bổ sung"))
    assert {row["unit"]: (row["state"], row["within_grace"]) for row in _sheets(feeds, campaign="c1")} == {
        "kiem-toan": ("open", None),
        "toa-an": ("submitted", True),
        "vien-kiem-sat": ("open", None),
    }
    with feeds.projector.reading() as reading:
        assert [(one["kind"], one["at"], one["unit"]) for one in views.open_matters(reading, "c1")] == [
            ("sheet", "self", "kiem-toan"),
            ("sheet", "self", "vien-kiem-sat"),
        ]

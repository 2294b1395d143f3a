"""Commands of campaigns at their boundary, and their events as they are stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.campaigns import domain, schemas
from services.campaigns.schemas import campaigns, targets
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.schema import load
from tests.services.campaigns import given as the
from tests.shared.given import an_event


def test_commands_are_read() -> None:
    assert load(schemas.LaunchCampaign, plain(the.launch(illustrative=True))) == the.launch(illustrative=True)
    assert load(schemas.OpenPass, {"campaign": "c1", "pass_key": "self", "due_on": "2024-11-30"}) == the.open_pass("self")
    with_panel = the.open_pass("self", domain.Assignment("toa-an", ("J1", "J2")))
    assert load(schemas.OpenPass, plain(with_panel)) == with_panel
    assert load(schemas.RecordTieVote, plain(the.vote(toa_an=5, kiem_toan=2))) == the.vote(toa_an=5, kiem_toan=2)
    assert load(schemas.SignCovenant, plain(the.sign("toa-an"))) == the.sign("toa-an")


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.LaunchCampaign, {**plain(the.launch()), "season": 1900}, "season"),
        (schemas.LaunchCampaign, {**plain(the.launch()), "campaign": "c 1"}, "campaign"),
        (schemas.LaunchCampaign, {**plain(the.launch()), "audience": ["toa-an"]}, "audience"),
        (schemas.OpenPass, {**plain(the.open_pass("self")), "assignments": [{"unit": "u", "scorers": "J1"}]}, "assignments[0].scorers"),
        (schemas.OpenPass, {**plain(the.open_pass("self")), "due_on": None}, "due_on"),
        (schemas.RecordTieVote, {**plain(the.vote()), "counts": [{"unit": "u", "votes": "5"}]}, "counts[0].votes"),
        (schemas.SignCovenant, {**plain(the.sign("toa-an")), "signatory": ""}, "signatory"),
        (schemas.PublishRubric, {"rubric": "R"}, "rubric"),
    ],
)
def test_a_command_that_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


FACTS = [
    the.launched(illustrative=True, parent="c0", kind=domain.CampaignKind.THEMATIC, audience_is=domain.Audience.NAMED),
    the.planned(),
    domain.PhaseOpened("c1", "midyear_review", date(2024, 7, 1), date(2024, 7, 31)),
    domain.PhaseExtended("c1", "self", date(2024, 12, 10), "Lũ lụt"),
    domain.GraceGiven("c1", "self", date(2024, 12, 5), ("toa-an",), "Sáp nhập"),
    domain.PhaseClosed("c1", "midyear_review", date(2024, 7, 20), True, "Đã xong"),
    domain.PhaseReopened("c1", "self", date(2024, 12, 20), "Bổ sung"),
    domain.CompactIssued("c1", 1, "Giao ước", "Điều 1." * 1_000, date(2024, 2, 1)),
    the.registered("toa-an"),
    the.signed("toa-an"),
    the.opened("self", (domain.Assignment("toa-an", ("J1", "J2")),)),
    the.closed("self"),
    domain.TieVoteRecorded("c1", (domain.VoteCount("toa-an", 5),), date(2025, 1, 10), "Biên bản 5", None),
    domain.CampaignFrozen("c1", "Chờ bỏ phiếu", the.POSITIONS),
    domain.CampaignThawed("c1", "Đã bỏ phiếu"),
    the.FINAL[-1],
    domain.PersonTargetRegistered("c1", "toa-an", "p1", "CSTDCS", the.IN_TIME),
    domain.PersonTargetWithdrawn("c1", "toa-an", "p1", "CSTDCS", "Chuyển công tác"),
    domain.UnitTargetRegistered("c1", "toa-an", "TTLDXS", the.IN_TIME),
    domain.UnitTargetWithdrawn("c1", "toa-an", "TTLDXS", "Sáp nhập"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.type == f"campaigns.{type(fact).__name__}"
    assert schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data)) == fact


def test_every_event_of_a_campaign_was_tried() -> None:
    assert {schema.record for schema in (*campaigns.EVENTS, *targets.EVENTS)} == {type(fact) for fact in FACTS}


@pytest.mark.parametrize(
    ("type_", "data", "read"),
    [
        ("UnitRegistered", {"campaign": "c1", "unit": "toa-an"}, domain.UnitRegistered("c1", "toa-an", None)),
        ("PassClosed", {"campaign": "c1", "pass_key": "self"}, the.closed("self")),
        ("CampaignFinalised", {"campaign": "c1"}, domain.CampaignFinalised("c1", (), ())),
    ],
)
def test_what_was_recorded_in_a_first_version_is_read(type_: str, data: dict[str, Any], read: Any) -> None:
    assert schemas.EVENTS.decode(an_event(type=f"campaigns.{type_}", schema=1, data=data)) == read


def test_a_launch_of_the_first_version_is_a_regular_campaign_of_its_cluster() -> None:
    first = {**plain(the.launch()), "audience": list(the.UNITS)}
    for later in ("kind", "organiser", "parent", "units", "plan_document"):
        del first[later]
    assert schemas.EVENTS.decode(an_event(type="campaigns.CampaignLaunched", schema=1, data=first)) == the.launched(organiser=None)

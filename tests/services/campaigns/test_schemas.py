"""Commands of campaigns at their boundary, and their events as they are stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.campaigns import domain, schemas
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
    the.PUBLISHED,
    the.launched(illustrative=True),
    the.registered("toa-an"),
    the.signed("toa-an"),
    the.opened("self", (domain.Assignment("toa-an", ("J1", "J2")),)),
    domain.PassClosed("c1", "self"),
    domain.TieVoteRecorded("c1", (domain.VoteCount("toa-an", 5),), date(2025, 1, 10), "Biên bản 5"),
    domain.CampaignFinalised("c1"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert stored.type == f"campaigns.{type(fact).__name__}"
    assert schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data)) == fact


def test_every_event_of_the_catalogue_was_tried() -> None:
    assert len(schemas.EVENTS.schemas) == len(FACTS)

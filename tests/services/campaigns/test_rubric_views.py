"""Rubrics at their boundary and as one asks for them: versions, drafts, withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.campaigns import domain, schemas, views
from services.campaigns.schemas import rubrics as boundary
from shared.errors import ValidationFailed
from shared.plain import plain
from shared.projection import Projector
from shared.schema import load
from shared.store import Database
from tests.services.campaigns import given as the
from tests.shared.given import an_event
from tests.support.feeds import Feeds

HALF = {"key": "R2", "title": "Nháp", "groups": [{"items": [{"maximum": "ten"}]}]}
FACTS = [
    the.PUBLISHED,
    domain.RubricWithdrawn("R", "Ghi sai điểm"),
    domain.RubricDrafted("d1", HALF),
    domain.RubricDraftDiscarded("d1"),
    domain.RubricDraftPublished("d1", "R2"),
]
COPY = domain.CopyRubric("d1", "R2", "Năm 2025", 2025, rubric="R", in_force_from=date(2025, 1, 1))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_event_is_read_back_as_it_was_stored(fact: Any) -> None:
    stored = schemas.EVENTS.encode(fact)
    assert schemas.EVENTS.decode(an_event(type=stored.type, schema=stored.schema, data=stored.data)) == fact


def test_every_event_of_rubrics_was_tried() -> None:
    assert [schema.record for schema in boundary.EVENTS] == [type(fact) for fact in FACTS]


def test_commands_are_read() -> None:
    assert load(schemas.CopyRubric, plain(COPY)) == COPY
    assert load(schemas.DraftRubric, {"draft": "d1", "content": HALF}) == domain.DraftRubric("d1", HALF)
    assert load(schemas.PublishDraft, {"draft": "d1", "edition": 2}) == domain.PublishDraft("d1", 2)


@pytest.mark.parametrize(
    ("schema", "data", "at"),
    [
        (schemas.CopyRubric, {**plain(COPY), "season": 1900}, "season"),
        (schemas.CopyRubric, {**plain(COPY), "key": "R 2"}, "key"),
        (schemas.WithdrawRubric, {"rubric": "R", "reason": ""}, "reason"),
        (schemas.DraftRubric, {"draft": "d 1", "content": {}}, "draft"),
        (schemas.DraftRubric, {"draft": "d1", "content": {"scale": 0.5}}, "content"),
        (schemas.DraftRubric, {"draft": "d1", "content": {"title": "a\x00b"}}, "content"),
        (schemas.DraftRubric, {"draft": "d1", "content": {"groups": [{"a\x00b": 1}]}}, "content"),
        (schemas.DraftRubric, {"draft": "d1", "content": {"season": 2**60}}, "content"),
        (schemas.DraftRubric, {"draft": "d1", "content": {"a": [[[[[[[["deep"]]]]]]]]}}, "content"),
        (schemas.DiscardDraft, {"draft": "d1"}, "edition"),
    ],
)
def test_a_command_that_cannot_be_names_the_place(schema: Any, data: dict[str, Any], at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        load(schema, data)
    assert {error["at"] for error in refused.value.details["errors"]} == {at}


@pytest.fixture
def feeds(database: Database) -> Feeds:
    projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
    projector.prepare()
    return Feeds(projector, {"campaigns": schemas.EVENTS})


def published(key: str, based_on: str | None = None, **changes: Any) -> domain.RubricPublished:
    return domain.RubricPublished(key, the.content(replace(the.RUBRIC, key=key, based_on=based_on, **changes)))


def test_a_rubric_says_from_when_it_holds_and_what_became_of_it(feeds: Feeds) -> None:
    feeds.tell("campaigns", published("R", in_force_from=date(2024, 4, 1)), at=datetime(2024, 3, 1, 18, tzinfo=UTC))
    feeds.tell("campaigns", domain.RubricWithdrawn("R", "Ghi sai điểm"), on=date(2024, 3, 9))
    with feeds.projector.reading() as reading:
        (line,) = views.all_rubrics(reading)
    assert (line["published_on"], line["in_force_from"], line["in_force_until"]) == (date(2024, 3, 2), "2024-04-01", None)
    assert (line["withdrawn_on"], line["withdrawn_for"]) == (date(2024, 3, 9), "Ghi sai điểm")


def test_the_versions_of_a_rubric_are_found_from_any_of_them(feeds: Feeds) -> None:
    chain = [published("A"), published("B", "A"), published("C", "A"), published("D", "B"), published("other")]
    feeds.tell("campaigns", *chain)
    with feeds.projector.reading() as reading:
        found = {key: [line["rubric"] for line in views.versions_of(reading, key)] for key in ("A", "C", "D", "other", "nothing")}
    assert found == {"A": [*"ABCD"], "C": [*"ABCD"], "D": [*"ABCD"], "other": ["other"], "nothing": []}


def test_a_draft_is_there_until_it_is_published_or_given_up(feeds: Feeds) -> None:
    feeds.tell("campaigns", domain.RubricDrafted("d1", {}), domain.RubricDrafted("d2", {"title": ["?"]}))
    later = datetime(2025, 3, 2, 8, tzinfo=UTC)
    feeds.tell("campaigns", domain.RubricDrafted("d1", HALF), at=later)
    with feeds.projector.reading() as reading:
        assert [(line["draft"], line["edition"], line["title"]) for line in views.all_drafts(reading)] == [
            ("d1", 2, "Nháp"),
            ("d2", 1, ["?"]),
        ]
        found = views.draft_of(reading, "d1")
    assert found == {"draft": "d1", "content": HALF, "edition": 2, "saved_by": "office", "saved_at": later}
    feeds.tell("campaigns", domain.RubricDraftPublished("d1", "R2"), domain.RubricDraftDiscarded("d2"))
    with feeds.projector.reading() as reading:
        assert views.all_drafts(reading) == []
        assert views.draft_of(reading, "d1") is None

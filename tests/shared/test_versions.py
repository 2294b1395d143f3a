"""A change of an event is a new version: old ones are read through upcasters, newer ones are parked and not guessed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, make_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from shared.bounds import FOLD_ATTEMPTS_MAX
from shared.errors import ValidationFailed
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, ReadModel, Rows
from shared.schema import Catalogue, Record, SchemaUnknown, schema_of
from shared.store import Database
from tests.shared.diary import Diary, feed_of, noted, nothing
from tests.shared.given import an_event


@dataclass(frozen=True, slots=True)
class Weighed:
    """Version 1 said pounds as a whole number, version 2 grams, version 3 says who weighed."""

    SCHEMA = 3

    grams: Decimal
    by: str


def _to_grams(data: dict[str, Any]) -> dict[str, Any]:
    return {"grams": str(Decimal(data.pop("pounds")) * Decimal("453.59237"))}


def _to_named(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "by": "not recorded"}


UPCASTERS = {("diary.Weighed", 1): _to_grams, ("diary.Weighed", 2): _to_named}
WEIGHED = schema_of(Weighed)
CATALOGUE = Catalogue("diary", WEIGHED, upcasters=UPCASTERS)


def _weighed(version: int, **data: Any) -> Event:
    return an_event(type="diary.Weighed", schema=version, data=data)


@pytest.mark.parametrize(
    ("old", "read"),
    [
        (_weighed(1, pounds=2), Weighed(Decimal("907.18474"), "not recorded")),
        (_weighed(2, grams="12.50"), Weighed(Decimal("12.50"), "not recorded")),
        (_weighed(3, grams="12.50", by="btp"), Weighed(Decimal("12.50"), "btp")),
    ],
    ids=["1 to 2 to 3", "2 to 3", "as it is"],
)
def test_an_old_event_is_read_as_the_newest_version_and_stays_as_it_was_written(old: Event, read: Weighed) -> None:
    written = dict(old.data)
    assert CATALOGUE.decode(old) == read
    assert CATALOGUE.decode(old) == read
    assert old.data == written
    assert CATALOGUE.encode(read).schema == 3


@pytest.mark.parametrize("version", [0, -1, 4, 99])
def test_a_version_that_never_was_or_is_to_come_is_refused(version: int) -> None:
    with pytest.raises(SchemaUnknown, match=f"version {version} .* upgrade"):
        CATALOGUE.decode(_weighed(version, grams="1", by="btp"))


def test_what_an_upcaster_makes_is_checked_as_if_it_had_been_written() -> None:
    broken = Catalogue("diary", WEIGHED, upcasters={**UPCASTERS, ("diary.Weighed", 2): lambda data: data})
    with pytest.raises(ValidationFailed, match="by"):
        broken.decode(_weighed(1, pounds=2))


def test_an_old_version_that_has_its_class_still_is_read_as_that() -> None:
    first = make_dataclass("Weighed", [("pounds", int)], frozen=True, slots=True)
    both = Catalogue("diary", schema_of(first), WEIGHED, upcasters={("diary.Weighed", 2): _to_named})
    assert both.decode(_weighed(1, pounds=2)) == first(2)
    assert both.decode(_weighed(2, grams="3")) == Weighed(Decimal(3), "not recorded")
    assert both.versions() == [("diary.Weighed", 1), ("diary.Weighed", 2), ("diary.Weighed", 3)]
    the_other_way_round = Catalogue("diary", WEIGHED, schema_of(first), upcasters={("diary.Weighed", 2): _to_named})
    assert the_other_way_round.versions() == both.versions()


def test_an_upcaster_may_write_into_what_it_is_given() -> None:
    def to_grams(data: dict[str, Any]) -> dict[str, Any]:
        return {"grams": data["weight"].pop("grams")}

    catalogue = Catalogue("diary", WEIGHED, upcasters={**UPCASTERS, ("diary.Weighed", 1): to_grams})
    old = _weighed(1, weight={"grams": "12.50"})
    assert [catalogue.decode(old) for _ in range(2)] == [Weighed(Decimal("12.50"), "not recorded")] * 2
    assert old.data == {"weight": {"grams": "12.50"}}


@pytest.mark.parametrize(
    ("schemas", "upcasters", "told"),
    [
        ([WEIGHED], {}, "diary.Weighed has events of version 1: give an upcaster from version 1 to 2"),
        ([WEIGHED, schema_of(make_dataclass("Felt", [("what", str)]))], {}, "diary.Weighed has events of version 1: give an upcaster"),
        ([WEIGHED], {("diary.Weighed", 1): _to_grams}, "events of version 1: give an upcaster from version 2 to 3"),
        ([WEIGHED], {**UPCASTERS, ("diary.Weighed", 3): _to_named}, "from version 3 leads to no version"),
        ([WEIGHED], {**UPCASTERS, ("diary.Weighed", 0): _to_named}, "from version 0 leads to no version"),
        ([WEIGHED], {**UPCASTERS, ("diary.Wieghed", 1): _to_named}, "diary.Wieghed from version 1 leads to no version"),
    ],
)
def test_a_chain_with_a_gap_or_to_nowhere_is_found_at_the_start(
    schemas: Sequence[type[Record]], upcasters: dict[tuple[str, int], Any], told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        Catalogue("diary", *schemas, upcasters=upcasters)


# Read models fold plain data


NEWER = replace(noted(2, "two"), schema=2)


def test_an_event_of_a_newer_version_is_parked_at_once_with_its_stream_behind_it_and_the_rest_goes_on(database: Database) -> None:
    pauses: list[float] = []
    diary = Diary()
    projector = diary.projector(database, pause=pauses.append)
    page = Page.of([noted(1, "one"), NEWER, noted(3, "three"), noted(4, "four", stream="b")])
    assert projector.receive(page, nothing) == 4
    assert diary.notes(projector) == {"diary/a": "one", "diary/b": "four"}
    assert projector.cursor("vn", "diary") == 4
    newer, behind = projector.parked()
    assert (newer["position"], newer["attempts"], behind["position"], behind["attempts"]) == (2, 1, 3, 0)
    assert "diary.Noted version 2 at position 2 of diary at vn" in newer["last_error"]
    assert "upgrade" in newer["last_error"]
    assert pauses == []


def test_a_fold_that_does_fail_is_still_tried_again(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"spoilt"}
    projector = diary.projector(database)
    projector.receive(Page.of([noted(1, "spoilt")]), nothing)
    assert [row["attempts"] for row in projector.parked()] == [FOLD_ATTEMPTS_MAX]


def test_a_release_that_knows_the_version_folds_what_was_parked(database: Database) -> None:
    old = Diary()
    projector = old.projector(database)
    projector.receive(Page.of([noted(1, "one"), NEWER, noted(3, "three")]), nothing)
    assert projector.retry_parked() == 0
    upgraded = Diary()
    upgraded.model.versions["diary.Noted"] = frozenset((1, 2))
    later = upgraded.projector(database)
    assert later.retry_parked() == 2
    assert later.parked() == []
    assert upgraded.notes(later) == {"diary/a": "one two three"}


def test_a_rebuild_parks_it_as_well(database: Database) -> None:
    diary = Diary()
    projector = diary.projector(database)
    events = [noted(1, "one"), NEWER, noted(3, "other", stream="b")]
    projector.receive(Page.of(events), nothing)
    projector.rebuild("vn", feed_of(*events))
    assert [row["position"] for row in projector.parked()] == [2]
    assert diary.notes(projector) == {"diary/a": "one", "diary/b": "other"}


def test_an_included_model_brings_the_versions_it_knows() -> None:
    part = ReadModel("part", 1)
    part.on("diary.Noted", versions=(2,))(lambda _rows, _event: None)
    whole = ReadModel("whole", 1)
    whole.include(part)
    assert len(whole.folds_of(NEWER)) == 1
    with pytest.raises(SchemaUnknown, match=r"version 1 at position 1 of diary at vn .* read model whole") as refused:
        whole.folds_of(noted(1, "old"))
    assert refused.value.details == {"type": "diary.Noted", "schema": 1}


def test_a_type_that_no_fold_wants_may_have_any_version(database: Database) -> None:
    model = ReadModel("one", 1)
    seen: list[int] = []

    def keep(_rows: Rows, event: Event) -> None:
        seen.append(event.schema)

    model.on_every("diary")(keep)
    projector = Projector(database, model, pause=lambda _seconds: None)
    projector.prepare()
    projector.receive(Page.of([noted(1, "one"), NEWER]), nothing)
    assert (seen, projector.parked()) == ([1, 2], [])

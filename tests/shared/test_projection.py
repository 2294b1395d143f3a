"""Read models on both databases: whatever way pages come, rows are folded once and in order; what cannot be folded waits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from shared.bounds import FOLD_ATTEMPTS_MAX, FOLD_PAUSE_SECONDS
from shared.errors import PageRefused, Unavailable
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector, ReadModel, Rows
from shared.store import Database
from tests.shared.diary import Diary, feed_of, noted, nothing, torn_out
from tests.shared.given import an_event
from tests.shared.store.given import at_once

EVENTS = [noted(position, f"n{position}", stream="ab"[position % 2]) for position in range(1, 8)]
ALL = {"diary/a": "n2 n4 n6", "diary/b": "n1 n3 n5 n7"}


@pytest.fixture
def diary() -> Diary:
    return Diary()


# How pages come


def test_pages_in_order_are_folded(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    assert [projector.receive(Page.of(EVENTS[:3]), nothing), projector.receive(Page.of(EVENTS[3:]), nothing)] == [3, 4]
    assert diary.notes(projector) == ALL
    assert projector.cursor("vn", "diary") == 7


def test_a_page_that_comes_twice_or_late_changes_nothing(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    for late in (EVENTS, EVENTS[:1], EVENTS[2:5]):
        assert projector.receive(Page.of(late), nothing) == 0
    assert diary.notes(projector) == ALL


def test_of_a_page_that_overlaps_only_the_rest_is_folded(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:4]), nothing)
    assert projector.receive(Page.of(EVENTS[1:]), nothing) == 3
    assert diary.notes(projector) == ALL


def test_a_gap_is_filled_from_the_producer_before_anything_after_it(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    asked: list[tuple[str, int]] = []

    def fetch(service: str, after: int) -> Sequence[Event]:
        asked.append((service, after))
        return feed_of(*EVENTS, limit=2)(service, after)

    assert projector.receive(Page.of(EVENTS[5:]), fetch) == 7
    assert asked == [("diary", 0), ("diary", 2), ("diary", 4)]
    assert diary.notes(projector) == ALL


def test_an_announcement_makes_up_for_lost_pages(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    assert projector.receive(Page.announcement("vn", "diary", 7), feed_of(*EVENTS, limit=3)) == 7
    assert projector.receive(Page.announcement("vn", "diary", 7), feed_of(*EVENTS)) == 0
    assert diary.notes(projector) == ALL


def test_a_gap_that_cannot_be_filled_yet_is_not_jumped(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    assert projector.receive(Page.of(EVENTS[3:]), feed_of(*EVENTS[:2])) == 2
    assert projector.cursor("vn", "diary") == 2
    assert diary.notes(projector) == {"diary/a": "n2", "diary/b": "n1"}


def test_a_producer_that_does_not_answer_loses_nothing(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)

    def away(_service: str, _after: int) -> Sequence[Event]:
        raise Unavailable("diary does not answer")

    with pytest.raises(Unavailable):
        projector.receive(Page.of(EVENTS[3:]), away)
    assert projector.receive(Page.of(EVENTS[3:]), feed_of(*EVENTS)) == 7
    assert diary.notes(projector) == ALL


def test_feeds_and_sites_have_cursors_of_their_own(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of([noted(1, "letter", service="letters")]), nothing)
    projector.receive(Page.of(EVENTS[:2]), nothing)
    assert projector.cursors("vn") == [
        {"site": "vn", "service": "diary", "position": 2},
        {"site": "vn", "service": "letters", "position": 1},
    ]
    assert projector.cursors("hue")[0] == {"site": "hue", "service": "diary", "position": 0}


def test_rows_are_changed_and_removed_within_a_page_and_across_pages(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of([noted(1, "x"), torn_out(2), noted(3, "y"), noted(4, "z", stream="b")]), nothing)
    assert diary.notes(projector) == {"diary/a": "y", "diary/b": "z"}
    projector.receive(Page.of([torn_out(5, stream="b"), torn_out(6, stream="never was")]), nothing)
    assert diary.notes(projector) == {"diary/a": "y"}


def test_where_a_page_that_is_next_belongs_is_not_asked_again(database: Database, diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes as long as folding a small page."""
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:2]), nothing)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", None)
        assert [projector.receive(Page.of([event]), nothing) for event in EVENTS[2:]] == [1] * 5
    assert diary.notes(projector) == ALL


def test_an_event_of_no_interest_moves_the_cursor_only(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    plain = Event(**{**{name: getattr(EVENTS[0], name) for name in Event.__slots__}, "type": "diary.Unheard"})
    assert projector.receive(Page.of([plain]), nothing) == 1
    assert (diary.notes(projector), projector.cursor("vn", "diary")) == ({}, 1)


def test_what_follows_an_event_of_no_interest_on_its_page_is_folded(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    unheard = an_event(2, type="diary.Unheard")
    projector.receive(Page.of([noted(1, "one"), unheard, noted(3, "three")]), nothing)
    assert (diary.notes(projector), projector.cursor("vn", "diary")) == ({"diary/a": "one three"}, 3)


# Concurrent subscribers


def test_a_page_that_does_not_follow_the_cursor_is_refused_whole(database: Database, diary: Diary) -> None:
    first, second = diary.projector(database), diary.projector(database)
    first.receive(Page.of(EVENTS[:2]), nothing)

    def meanwhile(service: str, after: int) -> Sequence[Event]:
        second.receive(Page.of(EVENTS[2:5]), nothing)
        return feed_of(*EVENTS)(service, after)

    with pytest.raises(PageRefused, match="does not follow the cursor"):
        first.receive(Page.of(EVENTS[6:]), meanwhile)
    assert (first.cursor("vn", "diary"), diary.notes(first)) == (5, {"diary/a": "n2 n4", "diary/b": "n1 n3 n5"})
    assert first.receive(Page.of(EVENTS[6:]), feed_of(*EVENTS)) == 2
    assert diary.notes(first) == ALL


def test_subscribers_that_race_for_the_same_pages_fold_each_event_once(database: Database, diary: Diary) -> None:
    diary.projector(database)
    barrier = threading.Barrier(4)

    def follow() -> None:
        projector = Projector(database, diary.model, pause=lambda _seconds: None)
        barrier.wait()
        for event in EVENTS:
            for _ in range(20):
                try:
                    projector.receive(Page.of([event]), feed_of(*EVENTS))
                    break
                except PageRefused:
                    continue

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    projector = diary.projector(database)
    assert (diary.notes(projector), projector.cursor("vn", "diary"), projector.parked()) == (ALL, 7, [])


# Parking


def test_an_event_that_keeps_failing_is_parked_and_only_its_stream_waits(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}
    at = datetime(2025, 3, 1, 8, tzinfo=UTC)
    projector = diary.projector(database, clock=lambda: at)
    assert projector.receive(Page.of(EVENTS[:4]), nothing) == 4
    projector.receive(Page.of(EVENTS[4:]), nothing)
    assert diary.notes(projector) == {"diary/a": "n2 n4 n6", "diary/b": "n1"}
    assert projector.cursor("vn", "diary") == 7
    failed, *waiting = projector.parked()
    assert (failed["position"], failed["attempts"], failed["parked_at"], failed["tried_at"]) == (3, FOLD_ATTEMPTS_MAX, at, at)
    assert (failed["first_error"], failed["last_error"]) == ("Spoilt('n3')", "Spoilt('n3')")
    assert "_noted" in failed["first_trace"]
    assert [(row["position"], row["attempts"], row["last_error"], row["tried_at"]) for row in waiting] == [
        (5, 0, None, None),
        (7, 0, None, None),
    ]


def test_an_event_is_tried_with_growing_pauses_before_it_is_parked(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n1"}
    pauses: list[float] = []
    diary.projector(database, pause=pauses.append).receive(Page.of(EVENTS[:1]), nothing)
    assert pauses == [FOLD_PAUSE_SECONDS * 2**turn for turn in range(FOLD_ATTEMPTS_MAX - 1)]


def test_a_fault_that_passes_parks_nothing(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}
    projector = diary.projector(database, pause=lambda _seconds: diary.spoilt.clear())
    projector.receive(Page.of(EVENTS), nothing)
    assert (diary.notes(projector), projector.parked()) == (ALL, [])


def test_a_retry_frees_a_stream_in_order(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3", "n4"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    assert [row["position"] for row in projector.parked()] == [3, 4, 5, 6, 7]
    diary.spoilt = {"n5"}
    assert projector.retry_parked() == 3
    assert diary.notes(projector) == {"diary/a": "n2 n4 n6", "diary/b": "n1 n3"}
    assert [row["position"] for row in projector.parked()] == [5, 7]
    diary.spoilt = set()
    assert (projector.retry_parked(), projector.retry_parked()) == (2, 0)
    assert (diary.notes(projector), projector.parked()) == (ALL, [])


def test_two_operators_who_retry_at_once_free_each_event_once(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n1", "n2"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    diary.spoilt = set()
    freed = at_once([projector.retry_parked] * 3)
    assert sum(count for count in freed if isinstance(count, int)) == 7
    assert (diary.notes(projector), projector.parked()) == (ALL, [])


def test_a_stream_of_the_same_name_at_another_service_does_not_wait(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n2"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:2]), nothing)
    projector.receive(Page.of([noted(1, "letter", stream="a", service="letters")]), nothing)
    assert diary.notes(projector) == {"diary/b": "n1", "letters/a": "letter"}


def test_what_the_database_refuses_is_parked_like_what_the_fold_refuses(database: Database) -> None:
    model = ReadModel(name="strict", version=1)
    table = sa.Table("strict", model.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text, nullable=False))

    @model.on("diary.Noted")
    def _noted(rows: Rows, event: Event) -> None:
        rows.put(table, id=event.position, text=None if event.data["text"] == "n3" else event.data["text"])

    projector = Projector(database, model, pause=lambda _seconds: None)
    projector.prepare()
    projector.receive(Page.of(EVENTS), nothing)
    assert [row["position"] for row in projector.parked()] == [3, 5, 7]
    with projector.reading() as reading:
        assert [row["id"] for row in reading.all(sa.select(reading[table]))] == [1, 2, 4, 6]


def test_a_database_that_is_away_parks_nothing(database: Database) -> None:
    model = ReadModel(name="away", version=1)
    state: dict[str, Any] = {"away": True, "tries": 0}

    @model.on("diary.Noted")
    def _noted(_rows: Rows, _event: Event) -> None:
        state["tries"] += 1
        if state["away"]:
            raise OperationalError("SELECT 1", {}, Exception("connection lost"))

    projector = Projector(database, model, pause=lambda _seconds: None)
    projector.prepare()
    with pytest.raises(Unavailable, match="away"):
        projector.receive(Page.of(EVENTS), nothing)
    assert (projector.parked(), projector.cursor("vn", "diary"), state["tries"]) == ([], 0, 1)
    state["away"] = False
    assert projector.receive(Page.of(EVENTS), nothing) == 7


@pytest.mark.parametrize("evidence", [False, True])
def test_only_rows_that_are_evidence_wait_for_the_disk(database: Database, diary: Diary, evidence: bool) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite flushes a file as a whole, and the log is in the same")
    diary.model.evidence = evidence
    projector = diary.projector(database)
    waited: list[str] = []

    @sa.event.listens_for(database.engine, "commit")
    def _committed(connection: sa.Connection) -> None:
        waited.append(str(connection.exec_driver_sql("SHOW synchronous_commit").scalar()))

    projector.receive(Page.of(EVENTS), nothing)
    assert waited[-1] == ("on" if evidence else "off")


# Rows and models by themselves


def test_rows_can_be_tried_without_a_database(diary: Diary) -> None:
    rows = Rows()
    for event in EVENTS[:3]:
        for fold in diary.model.folds_of(event):
            fold(rows, event)
    ((table, written, removed),) = rows.changes()
    assert table is diary.pages
    assert written == [{"page": "diary/b", "notes": "n1 n3 ", "count": 2}, {"page": "diary/a", "notes": "n2 ", "count": 1}]
    assert removed == []


def test_a_row_that_was_read_is_a_copy(diary: Diary) -> None:
    rows = Rows()
    rows.put(diary.pages, page="p", notes="x ", count=1)
    seen = rows.get(diary.pages, page="p")
    assert seen is not None
    seen["notes"] = "scribbled"
    assert rows.get(diary.pages, page="p") == {"page": "p", "notes": "x ", "count": 1}


def test_a_column_that_is_not_there_is_a_mistake(diary: Diary) -> None:
    with pytest.raises(TypeError, match="colour"):
        Rows().put(diary.pages, page="p", notes="", count=0, colour="red")


def test_a_model_follows_the_services_it_folds_and_those_whose_every_event_it_folds(diary: Diary) -> None:
    seen: list[str] = []
    model = ReadModel(name="all", version=1)
    model.on_every("audit", "diary")(lambda _rows, event: seen.append(f"every {event.type}"))
    model.on("diary.Noted")(lambda _rows, event: seen.append(event.type))
    assert model.feeds == ("audit", "diary")
    assert diary.model.feeds == ("diary", "letters")
    for fold in model.folds_of(EVENTS[0]):
        fold(Rows(), EVENTS[0])
    assert seen == ["diary.Noted", "every diary.Noted"]


def test_a_second_fold_of_a_type_is_a_mistake(diary: Diary) -> None:
    with pytest.raises(ValueError, match=r"diary has two folds of diary\.Noted"):
        diary.model.on("diary.Noted")(lambda _rows, _event: None)


def test_an_included_model_keeps_its_folds_and_gets_tables_of_its_own(database: Database) -> None:
    part, whole = Diary(), ReadModel(name="whole", version=1)
    whole.include(part.model)
    projector = Projector(database, whole, pause=lambda _seconds: None)
    projector.prepare()
    projector.receive(Page.of(EVENTS), nothing)
    projector.receive(Page.of([torn_out(8)]), nothing)
    assert part.notes(projector) == {"diary/b": ALL["diary/b"]}


def test_an_included_model_may_fold_every_event_and_change_rows(database: Database) -> None:
    part, whole = ReadModel(name="part", version=1), ReadModel(name="whole", version=1)
    seen = sa.Table(
        "seen",
        part.metadata,
        sa.Column("stream", sa.String(50), primary_key=True),
        sa.Column("first", sa.Integer),
        sa.Column("last", sa.Integer),
    )

    @part.on_every("diary")
    def _seen(rows: Rows, event: Event) -> None:
        if rows.get(seen, stream=event.stream) is None:
            rows.put(seen, stream=event.stream, first=event.position)
        rows.change(seen, {"stream": event.stream}, last=event.position)

    whole.on("letters.Noted", versions=(2,))(lambda _rows, _event: None)
    whole.include(part)
    assert len(whole.folds_of(an_event(type="letters.Noted", service="letters", schema=2))) == 1
    projector = Projector(database, whole)
    projector.prepare()
    projector.receive(Page.of(EVENTS), nothing)
    with projector.reading() as reading:
        table = reading[seen]
        assert reading.one(sa.select(table).where(table.c.stream == "a")) == {"stream": "a", "first": 2, "last": 6}
        assert reading.one(sa.select(table).where(table.c.stream == "c")) is None

"""What operators do with parked events, on both databases: show, retry, discard; a discard holds for every rebuild."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from shared.bounds import FOLD_ATTEMPTS_MAX, TEXT_MAX
from shared.errors import NotFound, ValidationFailed
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Parking, Place, Projector, ReadModel, Rows
from shared.store import Database
from tests.shared.diary import Diary, Spoilt, feed_of, noted, nothing
from tests.shared.store.given import at_once

EVENTS = [noted(position, f"n{position}", stream="ab"[position % 2]) for position in range(1, 8)]
WITHOUT_N3 = {"diary/a": "n2 n4 n6", "diary/b": "n1 n5 n7"}
AT = datetime(2025, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def projector(database: Database, diary: Diary) -> Projector:
    """n3 is parked, n5 and n7 wait behind it."""
    diary.spoilt = {"n3"}
    made = diary.projector(database, clock=lambda: AT)
    made.receive(Page.of(EVENTS), nothing)
    assert positions(made) == [3, 5, 7]
    return made


def at(position: int) -> Place:
    return Place("vn", "diary", position)


def positions(projector: Projector) -> list[int]:
    return [row["position"] for row in projector.parked()]


# Show


def test_an_event_is_shown_with_data_error_and_trace(projector: Projector) -> None:
    shown = projector.show(at(3))
    assert (shown["event"]["id"], shown["event"]["data"]) == (EVENTS[2].id, {"text": "n3"})
    assert (shown["attempts"], shown["last_error"]) == (FOLD_ATTEMPTS_MAX, "Spoilt('n3')")
    assert "_noted" in shown["last_trace"]


@pytest.mark.parametrize("place", [at(4), at(99), Place("hue", "diary", 3), Place("vn", "letters", 3)])
def test_what_is_not_parked_cannot_be_shown_retried_or_discarded(projector: Projector, place: Place) -> None:
    for verb in (projector.show, projector.retry_parked, lambda where: projector.discard(where, reason="why", actor="admin")):
        with pytest.raises(NotFound, match=f"position {place.position} of {place.service} at {place.site}") as refused:
            verb(place)
        assert refused.value.details == {
            "model": "diary",
            "site": place.site,
            "service": place.service,
            "position": place.position,
        }
    assert (positions(projector), projector.discarded()) == ([3, 5, 7], [])


def test_the_list_is_in_the_order_of_site_service_and_position(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"bad"}
    projector = diary.projector(database)
    places = [("vn", "letters", 1), ("vn", "diary", 1), ("vn", "diary", 2), ("hue", "letters", 1)]
    for site, service, position in places:
        event = replace(noted(position, "bad", stream=f"s{position}", service=service), site=site)
        projector.receive(Page.of([event]), nothing)
    assert [(row["site"], row["service"], row["position"]) for row in projector.parked()] == sorted(places)
    for place in places:
        projector.discard(Place(*place), reason="why", actor="admin")
    assert [(row["site"], row["service"], row["position"]) for row in projector.discarded()] == sorted(places)


def test_what_a_generation_that_is_built_parks_is_not_shown(projector: Projector) -> None:
    projector.rebuilds.prepare()
    projector.rebuilds.replay("vn", feed_of(*EVENTS))
    assert positions(projector) == [3, 5, 7]
    assert projector.show(at(3))["generation"] == 1


def test_what_becomes_of_an_event_is_logged(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"n3"}
    projector = diary.projector(database)
    with capture_logs() as logs:
        projector.receive(Page.of(EVENTS), nothing)
        projector.retry_parked(at(3))
        projector.discard(at(3), reason="why", actor="admin")
    event = {"model": "diary", "event_id": EVENTS[2].id}
    assert [{name: value for name, value in line.items() if name != "log_level"} for line in logs] == [
        {"event": "event_parked", **event, "type": "diary.Noted", "error": "Spoilt('n3')"},
        {"event": "parked_event_failed_again", **event, "error": "Spoilt('n3')"},
        {"event": "event_discarded", **event, "type": "diary.Noted", "reason": "why", "actor": "admin"},
    ]


# Retry


def test_an_event_that_fails_again_counts_the_attempt_and_keeps_its_first_error(database: Database, diary: Diary) -> None:
    now = [AT]
    diary.spoilt = {"n3"}
    projector = diary.projector(database, clock=lambda: now[0])
    projector.receive(Page.of(EVENTS), nothing)
    first = projector.show(at(3))
    diary.torn = True
    for attempt in (1, 2):
        now[0] = AT + timedelta(hours=attempt)
        assert projector.retry_parked(at(3)) == 0
        again = projector.show(at(3))
        assert (again["attempts"], again["parked_at"], again["tried_at"]) == (FOLD_ATTEMPTS_MAX + attempt, AT, now[0])
        assert (again["first_error"], again["first_trace"]) == (first["first_error"], first["first_trace"])
        assert again["last_error"] == "Spoilt('n3, and torn')"
        assert "and torn" in again["last_trace"]
    assert positions(projector) == [3, 5, 7]


def test_each_attempt_may_fail_in_another_way_and_the_first_and_the_last_are_kept(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}

    def tear(_seconds: float) -> None:
        diary.torn = True

    projector = diary.projector(database, pause=tear)
    projector.receive(Page.of(EVENTS[:3]), nothing)
    (row,) = projector.parked()
    assert (row["first_error"], row["last_error"], row["attempts"]) == ("Spoilt('n3')", "Spoilt('n3, and torn')", FOLD_ATTEMPTS_MAX)


def test_one_that_waited_has_a_first_error_when_it_is_its_turn(projector: Projector, diary: Diary) -> None:
    assert projector.show(at(5))["first_error"] is None
    diary.spoilt = {"n5"}
    assert projector.retry_parked() == 1
    shown = projector.show(at(5))
    assert (shown["attempts"], shown["first_error"], shown["last_error"]) == (1, "Spoilt('n5')", "Spoilt('n5')")
    assert shown["first_trace"] == shown["last_trace"]


def test_one_that_waits_is_retried_with_those_before_it_and_other_streams_stay(projector: Projector, diary: Diary) -> None:
    diary.spoilt = {"n8"}
    projector.receive(Page.of([noted(8, "n8", stream="a")]), nothing)
    diary.spoilt = set()
    assert projector.retry_parked(at(7)) == 3
    assert (diary.notes(projector)["diary/b"], positions(projector)) == ("n1 n3 n5 n7", [8])


def test_what_waits_behind_one_that_fails_again_is_not_tried_whatever_fails_elsewhere(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"n3", "n4"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    assert projector.retry_parked() == 0
    assert [(row["position"], row["attempts"] - FOLD_ATTEMPTS_MAX) for row in projector.parked() if row["attempts"]] == [(3, 1), (4, 1)]


def test_what_comes_during_a_retry_is_not_left_behind(projector: Projector, database: Database, diary: Diary) -> None:
    """The feed parks it behind events that the retry has listed already."""
    later = [noted(position, f"n{position}", stream="b") for position in range(8, 48)]
    diary.spoilt = set()
    other = Projector(database, diary.model, pause=lambda _seconds: None)

    def follow() -> None:
        for event in later:
            other.receive(Page.of([event]), nothing)

    told = at_once([follow, lambda: [projector.retry_parked() for _ in range(5)]])
    assert not [one for one in told if isinstance(one, Exception)]
    assert positions(projector) == []
    assert diary.notes(projector)["diary/b"].split() == [f"n{n}" for n in (1, 3, 5, 7, *range(8, 48))]


# Discard


def test_a_discard_is_recorded_and_frees_what_waited_in_order(projector: Projector, diary: Diary) -> None:
    assert projector.discard(at(3), reason=" sent twice by the old system ", actor="admin") == {"freed": 2, "repeated": False}
    assert (diary.notes(projector), projector.parked()) == (WITHOUT_N3, [])
    assert projector.discarded() == [
        {
            "model": "diary",
            "site": "vn",
            "service": "diary",
            "position": 3,
            "stream": "b",
            "event": EVENTS[2].id,
            "reason": "sent twice by the old system",
            "actor": "admin",
            "discarded_at": AT,
        }
    ]
    projector.receive(Page.of([noted(8, "n8", stream="b")]), nothing)
    assert diary.notes(projector)["diary/b"] == "n1 n5 n7 n8"


def test_a_discard_that_is_repeated_says_so_and_keeps_the_first_reason(projector: Projector) -> None:
    projector.discard(at(3), reason="first", actor="admin")
    assert projector.discard(at(3), reason="second", actor="other") == {"freed": 0, "repeated": True}
    assert [(row["reason"], row["actor"]) for row in projector.discarded()] == [("first", "admin")]


def test_what_waited_is_freed_only_up_to_the_next_that_fails(projector: Projector, diary: Diary) -> None:
    diary.spoilt = {"n3", "n7"}
    assert projector.discard(at(3), reason="why", actor="admin")["freed"] == 1
    assert (positions(projector), diary.notes(projector)["diary/b"]) == ([7], "n1 n5")


def test_one_that_waits_can_be_discarded_while_the_first_still_fails(projector: Projector, diary: Diary) -> None:
    assert projector.discard(at(5), reason="why", actor="admin")["freed"] == 0
    assert positions(projector) == [3, 7]
    diary.spoilt = set()
    assert projector.retry_parked() == 2
    assert diary.notes(projector)["diary/b"] == "n1 n3 n7"


@pytest.mark.parametrize("reason", ["", "  ", "x" * (TEXT_MAX + 1)])
def test_a_discard_needs_a_reason(projector: Projector, reason: str) -> None:
    with pytest.raises(ValidationFailed, match="reason") as refused:
        projector.discard(at(3), reason=reason, actor="admin")
    assert refused.value.details == {"errors": [{"at": "reason", "message": f"Give a reason of 1 to {TEXT_MAX} letters."}]}
    assert (positions(projector), projector.discarded()) == ([3, 5, 7], [])


def test_a_discard_that_is_repeated_works_off_what_still_waits(projector: Projector, diary: Diary) -> None:
    assert projector.discard(at(5), reason="x" * TEXT_MAX, actor="admin") == {"freed": 0, "repeated": False}
    diary.spoilt = set()
    assert projector.discard(at(5), reason="again", actor="admin") == {"freed": 2, "repeated": True}
    assert diary.notes(projector)["diary/b"] == "n1 n3 n7"


def test_two_operators_who_discard_at_once_record_it_once(projector: Projector, diary: Diary) -> None:
    at_once([lambda: projector.discard(at(3), reason="why", actor="admin")] * 3)
    assert len(projector.discarded()) == 1
    assert (diary.notes(projector), projector.parked()) == (WITHOUT_N3, [])


# Discards and rebuilds


def test_a_rebuild_and_a_newer_version_leave_out_what_was_discarded(projector: Projector, database: Database, diary: Diary) -> None:
    projector.discard(at(3), reason="why", actor="admin")
    projector.rebuild("vn", feed_of(*EVENTS, limit=2))
    assert (diary.notes(projector), projector.parked()) == (WITHOUT_N3, [])
    newer = Diary(version=2)
    upgraded = newer.projector(database)
    upgraded.receive(Page.announcement("vn", "diary", 7), feed_of(*EVENTS))
    assert (newer.notes(upgraded), upgraded.parked(), len(upgraded.discarded())) == (WITHOUT_N3, [], 1)


def test_the_same_position_of_another_service_is_not_left_out(projector: Projector, diary: Diary) -> None:
    projector.discard(at(3), reason="why", actor="admin")
    letters = [noted(position, f"l{position}", service="letters") for position in range(1, 5)]
    projector.receive(Page.of(letters), nothing)
    projector.rebuild("vn", feed_of(*EVENTS, *letters))
    assert diary.notes(projector) == {**WITHOUT_N3, "letters/a": "l1 l2 l3 l4"}


@pytest.mark.usefixtures("one_page_at_a_time")
def test_a_discard_during_a_rebuild_holds_for_both(projector: Projector, database: Database, diary: Diary) -> None:
    operator = Projector(database, diary.model, pause=lambda _seconds: None)

    def progress(_service: str, position: int) -> None:
        if position == 6:  # the generation that is built has parked it by now
            operator.discard(at(3), reason="why", actor="admin")

    projector.rebuild("vn", feed_of(*EVENTS, limit=2), progress)
    assert (diary.notes(projector), projector.parked()) == (WITHOUT_N3, [])


@pytest.mark.usefixtures("one_page_at_a_time")
def test_a_discard_during_a_rebuild_of_one_that_waits_behind_another_holds_for_both(
    projector: Projector, database: Database, diary: Diary
) -> None:
    operator = Projector(database, diary.model, pause=lambda _seconds: None)

    def progress(_service: str, position: int) -> None:
        if position == 6:  # n3 fails in both generations, n5 waits behind it
            operator.discard(at(5), reason="why", actor="admin")

    projector.rebuild("vn", feed_of(*EVENTS, limit=2), progress)
    assert positions(projector) == [3, 7]
    diary.spoilt = set()
    assert projector.retry_parked() == 2
    assert diary.notes(projector)["diary/b"] == "n1 n3 n7"


def test_a_discard_while_a_newer_version_is_built_holds_for_both(projector: Projector, database: Database) -> None:
    newer = Diary(version=2)
    newer.spoilt = {"n3"}
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS[:4]), nothing)
    assert positions(upgraded) == [3]
    projector.discard(at(3), reason="why", actor="admin")
    upgraded.receive(Page.of(EVENTS[4:]), nothing)
    assert (newer.notes(upgraded), upgraded.parked()) == (WITHOUT_N3, [])


def test_a_discard_just_when_a_rebuild_parks_the_event_is_made_up_for(projector: Projector, database: Database, diary: Diary) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite has one writer: nothing comes between")
    operator = Projector(database, diary.model, pause=lambda _seconds: None)

    def clock() -> datetime:  # asked for within the transaction that parks
        if not projector.discarded():
            operator.discard(at(3), reason="why", actor="admin")
        return AT

    rebuilding = Projector(database, diary.model, clock=clock, pause=lambda _seconds: None)
    rebuilding.rebuild("vn", feed_of(*EVENTS))
    assert (diary.notes(projector), projector.parked()) == (WITHOUT_N3, [])


# Two models in one database


def test_what_another_model_has_parked_or_discarded_is_its_own_affair(projector: Projector, database: Database, diary: Diary) -> None:
    almanac = ReadModel(name="almanac", version=1)
    spoilt = {"n2", "n3"}

    @almanac.on("diary.Noted")
    def _noted(_rows: Rows, event: Event) -> None:
        if event.data["text"] in spoilt:
            raise Spoilt(event.data["text"])

    beside = Projector(database, almanac, pause=lambda _seconds: None)
    beside.prepare()
    beside.receive(Page.of(EVENTS), nothing)
    assert (positions(beside), positions(projector)) == ([2, 3, 4, 5, 6, 7], [3, 5, 7])
    with pytest.raises(NotFound):
        projector.show(at(2))
    assert beside.discard(at(3), reason="why", actor="admin") == {"freed": 2, "repeated": False}
    assert (positions(beside), positions(projector)) == ([2, 4, 6], [3, 5, 7])
    assert projector.retry_parked() == 0
    assert (projector.show(at(3))["attempts"], beside.show(at(2))["attempts"]) == (FOLD_ATTEMPTS_MAX + 1, FOLD_ATTEMPTS_MAX)
    assert projector.discard(at(7), reason="mine", actor="other") == {"freed": 0, "repeated": False}
    assert [(row["position"], row["reason"]) for row in beside.discarded()] == [(3, "why")]
    assert [(row["position"], row["reason"]) for row in projector.discarded()] == [(7, "mine")]
    diary.spoilt = set()
    spoilt.add("n1")
    beside.rebuilds.prepare()
    beside.rebuilds.replay("vn", feed_of(*EVENTS))
    projector.rebuild("vn", feed_of(*EVENTS))
    assert diary.notes(projector) == {"diary/a": "n2 n4 n6", "diary/b": "n1 n3 n5"}
    assert positions(beside) == [2, 4, 6]


# As plain data


def test_the_verbs_as_services_and_console_use_them(projector: Projector, diary: Diary) -> None:
    parking = Parking(projector, "vn")
    told = parking.list()
    assert [(row["position"], row["parked_at"]) for row in told["parked"]] == [(n, "2025-03-01T08:00:00Z") for n in (3, 5, 7)]
    assert parking.show({"producer": "diary", "position": "3"})["event"]["id"] == EVENTS[2].id
    assert parking.retry({}) == {"freed": 0, "left": 3}
    told = parking.discard({"producer": "diary", "position": 3, "reason": "why"}, "admin")
    assert told == {"freed": 2, "repeated": False, "left": 0}
    assert [(row["position"], row["actor"]) for row in parking.list()["discarded"]] == [(3, "admin")]
    with pytest.raises(NotFound):
        parking.show({"site": "hue", "producer": "diary", "position": 3})
    message = "Say which event: the service that recorded it (producer) and its position."
    for nowhere in ({"position": "x", "producer": "diary"}, {"position": 3}):
        with pytest.raises(ValidationFailed, match="which event") as refused:
            parking.show(nowhere)
        assert refused.value.details == {"errors": [{"at": "position", "message": message}]}


def test_of_a_place_only_its_stream_is_retried(database: Database) -> None:
    diary = Diary()
    diary.spoilt = {"n3", "n4"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    diary.spoilt = set()
    assert Parking(projector, "vn").retry({"producer": "diary", "position": "5"}) == {"freed": 3, "left": 2}
    assert diary.notes(projector) == {"diary/a": "n2", "diary/b": "n1 n3 n5 n7"}


def test_nothing_is_discarded_by_a_request_without_a_reason(projector: Projector) -> None:
    with pytest.raises(ValidationFailed, match="Give a reason"):
        Parking(projector, "vn").discard({"producer": "diary", "position": 3}, "admin")
    assert projector.discarded() == []

"""A read model built anew beside the live one, on both databases: seen by nobody until it holds as much, however its building ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from shared.bounds import RETIRED_SECONDS
from shared.errors import PageRefused, Unavailable, ValidationFailed
from shared.event import Event
from shared.failpoints import VARIABLE
from shared.feed.page import Page
from shared.projection import (
    Fetch,
    NothingBuilt,
    Place,
    Projector,
    ReadModel,
    RebuildAborted,
    Rebuilding,
    RebuildParked,
    RebuildShort,
    RebuildUnderWay,
    tables,
)
from shared.projection.exclusive import alone
from shared.store import Database
from tests.shared.diary import Diary, feed_of, noted, nothing
from tests.shared.store.given import at_once
from tests.support import rebuild_process

EVENTS = [noted(position, f"n{position}", stream="ab"[position % 2]) for position in range(1, 8)]
ALL = {"diary/a": "n2 n4 n6", "diary/b": "n1 n3 n5 n7"}
FEED = feed_of(*EVENTS, limit=2)
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
KILLED = -9

pytestmark = pytest.mark.usefixtures("one_page_at_a_time")


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def projector(database: Database, diary: Diary) -> Projector:
    """All events are in the live rows of version 1."""
    made = diary.projector(database)
    made.receive(Page.of(EVENTS), nothing)
    return made


def states(projector: Projector) -> list[tuple[int, int, str]]:
    """Generation, version and state of each."""
    return [(row["generation"], row["version"], row["state"]) for row in projector.rebuilds.status("vn")["generations"]]


def copies(database: Database) -> set[str]:
    return {name for name in sa.inspect(database.engine).get_table_names() if name.startswith("pages__")}


# All steps in turn


def test_a_rebuild_gives_the_same_rows(database: Database, diary: Diary) -> None:
    letters = [noted(1, "x", service="letters"), noted(2, "y", service="letters")]
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    projector.receive(Page.of(letters), nothing)
    before = diary.notes(projector)
    progress: list[tuple[str, int]] = []
    assert projector.rebuild("vn", feed_of(*EVENTS, *letters, limit=4), lambda *at: progress.append(at)) == 2
    assert diary.notes(projector) == before == {**ALL, "letters/a": "x y"}
    assert progress == [("diary", 4), ("diary", 7), ("letters", 2)]
    assert projector.receive(Page.of([noted(8, "n8")]), nothing) == 1
    assert diary.notes(projector)["diary/a"] == "n2 n4 n6 n8"


def test_rows_that_somebody_may_still_be_reading_are_kept_and_others_dropped(database: Database, diary: Diary) -> None:
    now = [NOON]
    projector = diary.projector(database, clock=lambda: now[0])
    projector.receive(Page.of(EVENTS), nothing)
    now[0] += timedelta(seconds=2 * RETIRED_SECONDS)  # it is from their end on that they are kept
    projector.rebuild("vn", FEED)
    now[0] += timedelta(seconds=RETIRED_SECONDS - 1)
    projector.rebuild("vn", FEED)
    assert copies(database) == {"pages__1", "pages__2", "pages__3"}
    now[0] += timedelta(seconds=2)
    assert projector.rebuild("vn", FEED) == 4
    assert copies(database) == {"pages__2", "pages__3", "pages__4"}
    assert states(projector) == [(2, 1, "retired"), (3, 1, "retired"), (4, 1, "live")]


def test_rows_that_somebody_reads_for_longer_keep_nobody_from_a_rebuild(database: Database, diary: Diary) -> None:
    now = [NOON]
    projector = diary.projector(database, clock=lambda: now[0])
    projector.receive(Page.of(EVENTS), nothing)
    with projector.reading() as reading:
        query = sa.select(reading[diary.pages])
        before = reading.all(query)
        projector.rebuild("vn", FEED)
        now[0] += timedelta(seconds=RETIRED_SECONDS + 1)
        projector.rebuild("vn", FEED)
        assert reading.all(query) == before
    now[0] += timedelta(seconds=RETIRED_SECONDS + 1)
    projector.rebuild("vn", FEED)
    assert copies(database) == {"pages__3", "pages__4"}


def test_readers_see_the_old_rows_until_the_switch(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n7"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    old = diary.notes(projector)
    diary.spoilt = set()
    seen: list[dict[str, str]] = []
    projector.rebuild("vn", FEED, lambda _service, _position: seen.append(diary.notes(projector)))
    assert seen == [old] * 4
    assert (diary.notes(projector), projector.parked()) == (ALL, [])


def test_a_look_that_began_before_the_switch_can_be_finished_after_it(database: Database, projector: Projector, diary: Diary) -> None:
    for looked_already in (True, False):
        with projector.reading() as reading:
            query = sa.select(reading[diary.pages])
            before = reading.all(query) if looked_already else None
            for _ in range(2):
                Diary().projector(database).rebuild("vn", FEED)
            after = reading.all(query)
            assert before is None or after == before
            assert len(after) == 2
        assert diary.notes(projector) == ALL


def test_live_rows_move_on_during_a_rebuild_which_catches_up(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:3]), nothing)
    told = list(EVENTS[:3])

    def fetch(service: str, after: int) -> Sequence[Event]:
        found = feed_of(*told, limit=2)(service, after)
        if after and len(told) < len(EVENTS):
            told.append(EVENTS[len(told)])
            projector.receive(Page.of(told[-1:]), nothing)
        return found

    projector.rebuild("vn", fetch)
    assert (diary.notes(projector), projector.cursor("vn", "diary")) == (ALL, 7)


def test_a_rebuild_that_cannot_reach_the_live_rows_leaves_them(projector: Projector, diary: Diary) -> None:
    with pytest.raises(RebuildShort, match="The feeds of diary, letters at vn end before what the live rows of diary hold") as refused:
        projector.rebuild("vn", feed_of(*EVENTS[:3]))
    assert refused.value.details == {"model": "diary"}
    assert (diary.notes(projector), states(projector)) == (ALL, [(1, 1, "live"), (2, 1, "building")])


def test_a_rebuild_that_could_not_fold_what_the_live_rows_hold_goes_live_only_when_told_to(projector: Projector, diary: Diary) -> None:
    diary.spoilt = {"n5"}
    with pytest.raises(RebuildParked, match="parked 2 events that the live rows hold, position 5 of diary at vn the first") as refused:
        projector.rebuild("vn", FEED)
    assert refused.value.details == {"model": "diary", "parked": 2}
    assert (diary.notes(projector), projector.parked()) == (ALL, [])
    assert projector.rebuilds.go_live("vn", FEED, anyway=True) == 2
    assert diary.notes(projector) == {"diary/a": "n2 n4 n6", "diary/b": "n1 n3"}
    diary.spoilt = set()
    assert projector.retry_parked() == 2
    assert diary.notes(projector) == ALL


def test_what_the_live_rows_have_parked_too_keeps_no_rebuild_from_going_live(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    projector.rebuild("vn", FEED)
    assert [row["position"] for row in projector.parked()] == [3, 5, 7]


def test_what_the_live_rows_have_parked_hides_nothing_else_that_a_rebuild_could_not_fold(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    diary.spoilt = {"n3", "n6"}
    with pytest.raises(RebuildParked, match="parked 1 events that the live rows hold, position 6 of diary"):
        projector.rebuild("vn", FEED)


def test_what_the_live_rows_have_not_come_to_yet_keeps_no_rebuild_from_going_live(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n6"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:4]), nothing)
    projector.rebuild("vn", FEED)
    assert [row["position"] for row in projector.parked()] == [6]
    assert diary.notes(projector) == {"diary/a": "n2 n4", "diary/b": "n1 n3 n5 n7"}


def test_what_is_of_a_feed_that_the_live_rows_have_not_begun_keeps_no_rebuild_from_going_live(projector: Projector, diary: Diary) -> None:
    diary.spoilt = {"x"}
    assert projector.rebuild("vn", feed_of(*EVENTS, noted(1, "x", service="letters"))) == 2
    assert [(row["service"], row["position"]) for row in projector.parked()] == [("letters", 1)]


@pytest.fixture
def when_caught_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen once, between the last look at how far a rebuild is and the switch."""

    def happen(what: Callable[[], object]) -> None:
        left = [what]

        def reached(point: str) -> None:
            if point == "rebuild.caught_up" and left:
                left.pop()()

        monkeypatch.setattr("shared.projection.rebuild.reached", reached)

    return happen


def test_what_the_live_rows_fold_just_before_the_switch_is_caught_up_with(
    projector: Projector, diary: Diary, when_caught_up: Callable[[Callable[[], object]], None]
) -> None:
    log = list(EVENTS)

    def more() -> None:
        log.append(noted(8, "n8"))
        projector.receive(Page.of(log[-1:]), nothing)

    when_caught_up(more)
    assert projector.rebuild("vn", lambda service, after: feed_of(*log)(service, after)) == 2
    assert diary.notes(projector)["diary/a"] == "n2 n4 n6 n8"
    assert states(projector) == [(1, 1, "retired"), (2, 1, "live")]


def test_what_is_discarded_just_before_the_switch_is_left_out_by_both(
    database: Database, diary: Diary, when_caught_up: Callable[[Callable[[], object]], None]
) -> None:
    diary.spoilt = {"n3"}
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    when_caught_up(lambda: projector.discard(Place("vn", "diary", 3), reason="why", actor="admin"))
    assert projector.rebuild("vn", FEED) == 2
    assert (diary.notes(projector), projector.parked()) == ({"diary/a": "n2 n4 n6", "diary/b": "n1 n5 n7"}, [])
    assert states(projector) == [(1, 1, "retired"), (2, 1, "live")]


def test_feeds_are_looked_at_before_they_are_folded_in_place_of_live_rows(database: Database, projector: Projector) -> None:
    looked_at: list[str] = []

    class Looking(Projector):
        def checked(self, site: str, fetch: Fetch) -> Fetch:
            looked_at.append(site)
            return fetch

    Looking(database, Diary().model).rebuild("vn", FEED)
    assert looked_at == ["vn"]
    upgraded = Looking(database, Diary(version=2).model)
    upgraded.prepare()
    upgraded.receive(Page.of(EVENTS), nothing)
    assert looked_at == ["vn", "vn"]


# Step by step


def test_the_steps_by_themselves(projector: Projector, diary: Diary) -> None:
    rebuilds = projector.rebuilds
    assert rebuilds.prepare() == rebuilds.prepare() == 2
    assert states(projector) == [(1, 1, "live"), (2, 1, "building")]
    assert (rebuilds.replay("vn", FEED), rebuilds.replay("vn", FEED)) == (7, 0)
    more = [noted(8, "n8"), noted(9, "n9")]
    projector.receive(Page.of(more), nothing)
    whole = feed_of(*EVENTS, *more)
    rebuilds.catch_up("vn", whole)
    (_, built) = rebuilds.status("vn")["generations"]
    assert built["cursors"] == [
        {"site": "vn", "service": "diary", "position": 9},
        {"site": "vn", "service": "letters", "position": 0},
    ]
    before = diary.notes(projector)
    assert rebuilds.go_live("vn", whole) == 2
    assert states(projector) == [(1, 1, "retired"), (2, 1, "live")]
    assert diary.notes(projector) == before


def test_go_live_catches_up_with_what_came_since_the_replay(projector: Projector, diary: Diary) -> None:
    projector.rebuilds.prepare()
    projector.rebuilds.replay("vn", FEED)
    projector.receive(Page.of([noted(8, "n8")]), nothing)
    projector.rebuilds.go_live("vn", feed_of(*EVENTS, noted(8, "n8")))
    assert diary.notes(projector)["diary/a"] == "n2 n4 n6 n8"


@pytest.mark.parametrize("step", ["replay", "catch_up", "go_live", "abort"])
def test_a_step_without_a_prepared_generation_says_so(projector: Projector, step: str) -> None:
    with pytest.raises(NothingBuilt, match="prepare one") as refused:
        Rebuilding(projector, "vn", FEED).take(step)
    assert refused.value.details == {"model": "diary"}


def test_the_steps_as_services_and_console_take_them(projector: Projector) -> None:
    log = list(EVENTS)
    rebuilding = Rebuilding(projector, "vn", lambda service, after: feed_of(*log, limit=4)(service, after))
    seen: list[tuple[str, int]] = []
    for step in ("prepare", "replay", "replay", "catch_up", "go_live", "retire", "prepare", "abort"):
        if step in ("catch_up", "go_live"):
            log.append(noted(len(log) + 1, "more"))
            projector.receive(Page.of(log[-1:]), nothing)
        told = rebuilding.take(step, progress=lambda *at: seen.append(at))
        assert told == rebuilding.status()
    assert seen == [("diary", 4), ("diary", 7), ("diary", 8), ("diary", 9)]
    assert states(projector) == [(1, 1, "retired"), (2, 1, "live")]


def test_a_rebuild_that_shows_less_goes_live_by_its_step_only_when_told_to(projector: Projector, diary: Diary) -> None:
    diary.spoilt = {"n7"}
    rebuilding = Rebuilding(projector, "vn", FEED)
    rebuilding.take("prepare")
    with pytest.raises(RebuildParked):
        rebuilding.take("go_live")
    assert [row["state"] for row in rebuilding.take("go_live", anyway=True)["generations"]] == ["retired", "live"]


def test_a_step_that_there_is_not_is_refused(projector: Projector) -> None:
    with pytest.raises(ValidationFailed) as refused:
        Rebuilding(projector, "vn", FEED).take("hurry")
    message = "There is no step 'hurry' of a rebuild; there are prepare, replay, catch_up, go_live, abort, retire."
    assert (refused.value.message, refused.value.details) == (message, {"errors": [{"at": "step", "message": message}]})


def test_the_status_tells_how_far_each_generation_is(database: Database, diary: Diary) -> None:
    diary.spoilt = {"n3"}
    projector = diary.projector(database, clock=lambda: NOON)
    projector.receive(Page.of(EVENTS), nothing)
    rebuilding = Rebuilding(projector, "vn", feed_of(*EVENTS[:4]))
    rebuilding.take("prepare")
    seen: list[dict[str, Any]] = []
    told = rebuilding.take("replay", progress=lambda _service, _position: seen.append(rebuilding.status()))

    def generation(number: int, state: str, position: int, parked: int) -> dict[str, Any]:
        cursors = [
            {"site": "vn", "service": "diary", "position": position},
            {"site": "vn", "service": "letters", "position": 0},
        ]
        return {
            "generation": number,
            "version": 1,
            "state": state,
            "since": "2025-03-01T12:00:00Z",
            "cursors": cursors,
            "parked": parked,
        }

    both = [generation(1, "live", 7, 3), generation(2, "building", 4, 1)]
    assert told == {"model": "diary", "version": 1, "under_way": False, "generations": both}
    assert [status["under_way"] for status in seen] == [True]
    json.dumps(told)


# Aborted, killed, begun twice


def test_an_abort_drops_what_is_built_and_nothing_else(database: Database, projector: Projector, diary: Diary) -> None:
    projector.rebuilds.prepare()
    projector.rebuilds.replay("vn", FEED)
    assert projector.rebuilds.abort() == 2
    assert (states(projector), copies(database), diary.notes(projector)) == ([(1, 1, "live")], {"pages__1"}, ALL)
    with database.read() as connection:
        assert set(connection.execute(sa.select(tables.cursors.c.generation)).scalars()) == {1}
    assert projector.rebuild("vn", FEED) == 3, "a number is not given again: who built the other one may not know yet that it is gone"
    assert diary.notes(projector) == ALL


@pytest.mark.parametrize("prepared_again", [False, True])
def test_a_replay_that_an_operator_aborts_from_elsewhere_ends_and_says_why(
    database: Database, projector: Projector, diary: Diary, prepared_again: bool
) -> None:
    operator = diary.projector(database)

    def abort_at_once(_service: str, position: int) -> None:
        if position == 2:
            operator.rebuilds.abort()
            if prepared_again:
                operator.rebuilds.prepare()

    with pytest.raises(RebuildAborted, match="operator has aborted") as refused:
        projector.rebuild("vn", FEED, abort_at_once)
    assert refused.value.details == {"model": "diary", "generation": 2}
    assert (diary.notes(projector), projector.cursor("vn", "diary")) == (ALL, 7)
    assert [row["position"] for row in projector.rebuilds.status("vn")["generations"][-1]["cursors"]] == (
        [0, 0] if prepared_again else [7, 0]
    )
    projector.rebuild("vn", FEED)
    assert diary.notes(projector) == ALL


def test_who_begins_a_second_rebuild_is_told_of_the_first(database: Database, projector: Projector, diary: Diary) -> None:
    other = diary.projector(database)
    told: list[str] = []

    def meanwhile(_service: str, position: int) -> None:
        if position == 4:
            with pytest.raises(RebuildUnderWay) as refused:
                other.rebuild("vn", FEED)
            told.append(refused.value.message)

    projector.rebuild("vn", FEED, meanwhile)
    assert ["being built by another process" in message for message in told] == [True]
    assert (states(projector), diary.notes(projector)) == ([(1, 1, "retired"), (2, 1, "live")], ALL)


def test_who_only_asks_whether_somebody_builds_keeps_nobody_from_it(database: Database, projector: Projector, diary: Diary) -> None:
    """Asking takes the lock for a moment; here the moment is long enough to be met."""
    asking = threading.Event()

    def ask() -> None:
        with alone(database, "diary"):
            asking.set()
            time.sleep(0.2)

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        assert asking.wait(timeout=10)
        projector.rebuild("vn", FEED)
        asked.result(timeout=10)
    assert diary.notes(projector) == ALL


@pytest.mark.parametrize("step", ["replay", "catch_up", "go_live"])
def test_another_model_of_the_same_database_is_built_meanwhile(database: Database, projector: Projector, step: str) -> None:
    almanac = ReadModel(name="almanac", version=1)
    almanac.on("diary.Noted")(lambda _rows, _event: None)
    beside = Projector(database, almanac)
    beside.prepare()
    beside.rebuilds.prepare()
    projector.rebuilds.prepare()
    built: list[dict[str, Any]] = []

    def meanwhile(_service: str, position: int) -> None:
        if position == 4:
            built.append(Rebuilding(beside, "vn", FEED).take(step))

    built.append(Rebuilding(projector, "vn", FEED).take(step, progress=meanwhile))
    assert [(told["model"], told["generations"][-1]["cursors"][0]["position"]) for told in built] == [("almanac", 7), ("diary", 7)]


def test_of_many_that_begin_at_once_each_ends_with_good_rows(database: Database, projector: Projector, diary: Diary) -> None:
    others = [diary.projector(database) for _ in range(4)]
    ended = at_once([lambda other=other: other.rebuild("vn", FEED) for other in others])  # type: ignore[misc]
    assert {type(end) for end in ended} <= {int, RebuildUnderWay, NothingBuilt}
    assert any(isinstance(end, int) for end in ended)
    assert diary.notes(projector) == ALL
    assert [state for _, _, state in states(projector)].count("live") == 1


def test_a_rebuild_that_ended_half_way_goes_on_where_it_stood(database: Database, projector: Projector, diary: Diary) -> None:
    asked: list[int] = []

    def broken(service: str, after: int) -> Sequence[Event]:
        if after >= 4:
            raise Unavailable(f"{service} does not answer")
        return FEED(service, after)

    def fetch(service: str, after: int) -> Sequence[Event]:
        asked.append(after)
        return FEED(service, after)

    with pytest.raises(Unavailable):
        projector.rebuild("vn", broken)
    assert diary.notes(projector) == ALL
    again = diary.projector(database)
    again.rebuild("vn", fetch)
    assert asked[0] == 4
    assert (diary.notes(again), again.cursor("vn", "diary")) == (ALL, 7)


def process(database: Database, version: int, held: int, *steps: str, die_at: str = "") -> subprocess.CompletedProcess[str]:
    """Steps of a rebuild in a process of its own, which writes so many pages together."""
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.support.rebuild_process", url, str(version), str(held), *steps]
    environ = {**os.environ, VARIABLE: die_at}
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("die_at", "held", "goes_on_with"),
    [
        pytest.param("fold.before_commit:3", 1, {"30"}, id="in replay before a page is committed"),
        pytest.param("rebuild.after_page:5", 2, {"30", "50"}, id="in replay with pages in memory"),
        pytest.param("rebuild.caught_up:1", 2, {""}, id="before the switch"),
        pytest.param("rebuild.before_go_live:1", 2, {""}, id="in the switch"),
        pytest.param("rebuild.after_go_live:1", 6, {"10"}, id="after the switch"),
    ],
)
def test_a_rebuild_that_is_killed_goes_on_where_it_stood(
    database: Database, diary: Diary, die_at: str, held: int, goes_on_with: set[str]
) -> None:
    projector = diary.projector(database)
    projector.receive(Page.announcement("vn", "diary", rebuild_process.EVENTS), rebuild_process.FEED)
    killed = process(database, 1, held, "prepare", "go_live", die_at=die_at)
    assert killed.returncode == KILLED, killed.stderr
    assert diary.notes(projector) == rebuild_process.NOTES
    ended = process(database, 1, held, "prepare", "go_live")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.partition("\n")[0] in goes_on_with
    assert [state for _, _, state in states(projector)].count("live") == 1
    assert projector.receive(Page.of([noted(rebuild_process.EVENTS + 1, "last")]), nothing) == 1
    assert diary.notes(projector) == {**rebuild_process.NOTES, "diary/a": rebuild_process.NOTES["diary/a"] + " last"}


@pytest.mark.parametrize("die_at", ["fold.before_commit:3", "rebuild.before_go_live:1"])
def test_a_rebuild_that_is_killed_can_be_aborted(database: Database, diary: Diary, die_at: str) -> None:
    projector = diary.projector(database)
    projector.receive(Page.announcement("vn", "diary", rebuild_process.EVENTS), rebuild_process.FEED)
    assert process(database, 1, 1, "prepare", "go_live", die_at=die_at).returncode == KILLED
    assert projector.rebuilds.abort() == 2
    assert (states(projector), copies(database)) == ([(1, 1, "live")], {"pages__1"})
    assert projector.receive(Page.of([noted(rebuild_process.EVENTS + 1, "last")]), nothing) == 1
    assert diary.notes(projector) == {**rebuild_process.NOTES, "diary/a": rebuild_process.NOTES["diary/a"] + " last"}


# Two versions side by side


@pytest.fixture
def newer() -> Diary:
    return Diary(version=2)


def test_a_newer_version_is_built_beside_the_live_one_and_shows_nothing_before_it_has_caught_up(
    database: Database, projector: Projector, diary: Diary, newer: Diary
) -> None:
    upgraded = newer.projector(database)
    assert states(upgraded) == [(1, 1, "live"), (2, 2, "building")]
    with pytest.raises(Unavailable, match="version 2 is being built: position 0 of 7"):
        newer.notes(upgraded)
    upgraded.receive(Page.of(EVENTS[:4]), nothing)
    assert upgraded.standing() == {"name": "diary", "version": 2, "state": "building", "position": 4, "of": 7}
    assert upgraded.cursors("vn")[0]["position"] == 4
    with pytest.raises(Unavailable, match="position 4 of 7") as refused:
        newer.notes(upgraded)
    assert refused.value.details == upgraded.standing()
    assert diary.notes(projector) == ALL, "the older release goes on reading"
    upgraded.receive(Page.announcement("vn", "diary", 7), FEED)
    assert upgraded.standing() == {"name": "diary", "version": 2, "state": "live", "position": 7, "of": 7}
    assert newer.notes(upgraded) == ALL
    assert newer.notes(newer.projector(database)) == ALL


def test_both_versions_follow_and_are_read_until_the_older_one_is_retired(
    database: Database, projector: Projector, diary: Diary, newer: Diary
) -> None:
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    more = [noted(8, "n8"), noted(9, "n9")]
    upgraded.receive(Page.of(more), nothing)
    assert (newer.notes(upgraded)["diary/a"], diary.notes(projector)) == ("n2 n4 n6 n8 n9", ALL)
    projector.receive(Page.of(more), nothing)
    assert diary.notes(projector) == newer.notes(upgraded)
    assert states(projector) == [(1, 1, "live"), (2, 2, "live")]

    assert upgraded.rebuilds.retire() == [1]
    assert states(upgraded) == [(1, 1, "retired"), (2, 2, "live")]
    for use in (lambda: diary.notes(projector), lambda: projector.receive(Page.of([noted(10, "n10")]), nothing)):
        with pytest.raises(Unavailable, match="retired for a newer release"):
            use()
    assert newer.notes(upgraded)["diary/a"] == "n2 n4 n6 n8 n9"
    with pytest.raises(NothingBuilt):
        projector.rebuilds.abort()


def test_the_tables_of_an_older_version_go_with_it_also_those_that_the_newer_one_does_not_have(database: Database) -> None:
    now = [NOON]
    older, newer = Diary(), Diary(version=2)
    sa.Table("pages_of_old", older.model.metadata, sa.Column("page", sa.Integer, primary_key=True))
    older.projector(database, clock=lambda: now[0])
    upgraded = newer.projector(database, clock=lambda: now[0])
    upgraded.receive(Page.of(EVENTS), nothing)
    upgraded.rebuilds.retire()
    now[0] += timedelta(seconds=RETIRED_SECONDS)
    upgraded.rebuilds.retire()
    assert {name for name in sa.inspect(database.engine).get_table_names() if name.startswith("pages")} == {"pages__2"}


def test_the_tables_of_a_generation_that_an_older_release_did_not_name_go_with_it_as_well(database: Database, projector: Projector) -> None:
    projector.rebuilds.prepare()
    with database.write() as connection:
        connection.execute(tables.generations.update().values(tables=None))
    projector.rebuilds.abort()
    assert copies(database) == {"pages__1"}


def test_going_back_to_the_older_release_builds_its_version_beside_again(
    database: Database, projector: Projector, diary: Diary, newer: Diary
) -> None:
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    upgraded.rebuilds.retire()
    back = diary.projector(database)
    back.receive(Page.announcement("vn", "diary", 7), FEED)
    assert (diary.notes(back), newer.notes(upgraded)) == (ALL, ALL)
    assert states(back) == [(1, 1, "retired"), (2, 2, "live"), (3, 1, "live")]


def test_the_first_rebuild_after_an_upgrade_ends_the_older_version(database: Database, projector: Projector, newer: Diary) -> None:
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    upgraded.rebuild("vn", FEED)
    assert states(upgraded) == [(1, 1, "retired"), (2, 2, "retired"), (3, 2, "live")]


def test_an_operator_builds_the_first_generation_of_a_version_as_well(database: Database, projector: Projector, newer: Diary) -> None:
    upgraded = newer.projector(database)
    assert upgraded.rebuild("vn", FEED) == 2
    assert (states(upgraded), newer.notes(upgraded)) == ([(1, 1, "live"), (2, 2, "live")], ALL)


def test_a_rebuild_waits_for_the_live_rows_of_its_own_version_only(
    database: Database, projector: Projector, diary: Diary, newer: Diary
) -> None:
    """Those of the older release may be ahead of what this site's logs hold by now: they are its own affair."""
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    projector.receive(Page.of([noted(8, "n8"), noted(9, "n9")]), nothing)
    assert upgraded.rebuild("vn", FEED) == 3
    assert (newer.notes(upgraded), states(upgraded)) == (ALL, [(1, 1, "retired"), (2, 2, "retired"), (3, 2, "live")])


def test_the_first_generation_of_a_version_is_not_folded_into_by_two(
    database: Database, projector: Projector, newer: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded, service = newer.projector(database), newer.projector(database)
    monkeypatch.setattr("shared.projection.exclusive.time.sleep", None)  # the service does not wait for its turn

    def meanwhile(_service: str, position: int) -> None:
        assert service.receive(Page.announcement("vn", "diary", 7), FEED) == 0

    upgraded.rebuild("vn", FEED, meanwhile)
    assert newer.notes(service) == ALL


def test_an_abort_of_the_first_generation_of_a_version_begins_it_again(database: Database, projector: Projector, newer: Diary) -> None:
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS[:4]), nothing)
    assert upgraded.rebuilds.abort() == 2
    assert states(upgraded) == [(1, 1, "live"), (3, 2, "building")]
    assert upgraded.receive(Page.of(EVENTS), nothing) == 7
    assert newer.notes(upgraded) == ALL


def test_nothing_is_retired_while_the_newer_version_is_not_live(
    database: Database, projector: Projector, diary: Diary, newer: Diary
) -> None:
    upgraded = newer.projector(database)
    with pytest.raises(Unavailable, match="being built"):
        upgraded.rebuilds.retire()
    assert diary.notes(projector) == ALL


def test_a_version_that_cannot_fold_an_event_goes_live_without_it(database: Database, projector: Projector, newer: Diary) -> None:
    newer.spoilt = {"n6"}
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    assert (newer.notes(upgraded)["diary/a"], [row["position"] for row in upgraded.parked()]) == ("n2 n4", [6])


def test_a_version_that_follows_fewer_feeds_does_not_wait_for_the_others(database: Database, diary: Diary) -> None:
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS[:2]), nothing)
    projector.receive(Page.of([noted(1, "x", service="letters")]), nothing)
    fewer = Diary(version=2)
    for name in ("letters.Noted", "letters.TornOut"):
        del fewer.model.folds[name]
    upgraded = fewer.projector(database)
    upgraded.receive(Page.of(EVENTS[:2]), nothing)
    assert fewer.notes(upgraded) == {"diary/a": "n2", "diary/b": "n1"}


def test_a_version_waits_for_every_feed_that_it_shares_with_the_one_before(database: Database, diary: Diary, newer: Diary) -> None:
    letter = noted(1, "x", service="letters")
    projector = diary.projector(database)
    projector.receive(Page.of(EVENTS), nothing)
    projector.receive(Page.of([letter]), nothing)
    upgraded = newer.projector(database)
    upgraded.receive(Page.of(EVENTS), nothing)
    assert upgraded.standing() == {"name": "diary", "version": 2, "state": "building", "position": 7, "of": 8}
    upgraded.receive(Page.of([letter]), nothing)
    assert newer.notes(upgraded) == {**ALL, "letters/a": "x"}


def test_a_version_waits_for_the_one_of_those_before_that_is_farthest(database: Database, diary: Diary, newer: Diary) -> None:
    projector, upgraded = diary.projector(database), newer.projector(database)
    for one in (projector, upgraded):
        one.receive(Page.of(EVENTS[:4]), nothing)
    projector.receive(Page.of(EVENTS[4:]), nothing)
    newest = Diary(version=3).projector(database)
    assert newest.standing() == {"name": "diary", "version": 3, "state": "building", "position": 0, "of": 7}
    assert states(newest) == [(1, 1, "live"), (2, 2, "live"), (3, 3, "building")]


def test_a_rebuild_of_an_older_version_is_thrown_away(database: Database, projector: Projector, newer: Diary) -> None:
    projector.rebuilds.prepare()
    upgraded = newer.projector(database)
    upgraded.rebuild("vn", FEED)
    assert newer.notes(upgraded) == ALL
    assert "building" not in [state for _, _, state in states(upgraded)]


def test_processes_of_a_new_release_that_start_at_once_build_one_generation(database: Database, projector: Projector, newer: Diary) -> None:
    at_once([lambda: newer.projector(database).parked()] * 4)
    assert states(projector) == [(1, 1, "live"), (2, 2, "building")]


@pytest.mark.parametrize("die_at", ["fold.before_commit:3", "rebuild.before_go_live:1"])
def test_a_service_of_a_new_release_that_is_killed_while_it_builds_comes_up_after_it(
    database: Database, diary: Diary, newer: Diary, die_at: str
) -> None:
    projector = diary.projector(database)
    projector.receive(Page.announcement("vn", "diary", rebuild_process.EVENTS), rebuild_process.FEED)
    assert process(database, 2, 1, "follow", die_at=die_at).returncode == KILLED
    assert diary.notes(projector) == rebuild_process.NOTES
    ended = process(database, 2, 1, "follow")
    assert ended.returncode == 0, ended.stderr
    assert newer.notes(newer.projector(database)) == diary.notes(projector) == rebuild_process.NOTES


# Readers all the while


def test_readers_never_see_less_than_before_while_rebuilds_go_live(database: Database, diary: Diary) -> None:
    """Readers poll counts and cursor, a subscriber follows what is appended, one rebuild after the other goes live."""
    log = [noted(position, f"n{position}", stream="ab"[position % 2]) for position in range(1, 50)]
    diary.projector(database).receive(Page.of(log), nothing)
    done = threading.Event()

    def feed(service: str, after: int) -> Sequence[Event]:
        return feed_of(*log, limit=25)(service, after)

    def read() -> list[tuple[int, int, int]]:
        projector, seen = diary.projector(database), []
        while not done.is_set():
            at = projector.cursor("vn", "diary")
            with projector.reading() as reading:
                rows = reading.all(sa.select(reading[diary.pages]))
            seen.append((at, sum(row["count"] for row in rows), reading.generation))
        return seen

    def follow() -> None:
        projector = diary.projector(database)
        while not done.is_set():
            position = len(log) + 1
            log.append(noted(position, f"n{position}", stream="ab"[position % 2]))
            _patiently(lambda last=position: projector.receive(Page.announcement("vn", "diary", last), feed))  # type: ignore[misc]
            time.sleep(0.005)

    def rebuild() -> None:
        projector = diary.projector(database)
        try:
            for _ in range(5):
                projector.rebuild("vn", feed)
        finally:
            done.set()

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for worker in [pool.submit(follow), pool.submit(rebuild)]:
            worker.result(timeout=60)
        polled = [reader.result(timeout=60) for reader in readers]
    assert len({generation for seen in polled for _, _, generation in seen}) >= 3, "too few rebuilds went live while readers looked"
    for seen in polled:
        assert [at for at, _, _ in seen] == sorted(at for at, _, _ in seen)
        assert [count for _, count, _ in seen] == sorted(count for _, count, _ in seen)
        assert all(count >= at for at, count, _ in seen), "the rows hold at least what the cursor, asked before them, says"
    texts = {stream: [event.data["text"] for event in log if event.stream == stream] for stream in "ab"}
    assert diary.notes(diary.projector(database)) == {f"diary/{stream}": " ".join(found) for stream, found in texts.items()}


def _patiently(receive: Callable[[], int]) -> None:
    """As the subscriber does: a page that another generation takes the place of is tried again."""
    for _ in range(100):
        try:
            receive()
            return
        except (PageRefused, Unavailable):
            time.sleep(0.005)
    raise AssertionError("the page was refused a hundred times")

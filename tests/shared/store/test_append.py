"""What an append promises, on both databases: versions checked, all or nothing, positions gapless, the server's clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.bounds import APPEND_EVENTS_MAX, EVENT_BYTES_MAX
from shared.errors import ConfigurationError, StaleVersion, ValidationFailed
from shared.event import Context, Event, EventTooLarge, NewEvent
from shared.store import ANY, EXISTS, NONE, Append, Database, EventStore
from tests.shared.machine.crashes import Crashed, crashing_at
from tests.shared.store.given import CONTEXT, NIGHT, a_store, noted, texts, to


def test_the_events_of_a_decision_are_numbered_in_stream_and_log(database: Database) -> None:
    store = a_store(database)
    first = store.append(to("a", NONE, "one", "two"), CONTEXT)
    store.append(to("b", NONE, "three"), CONTEXT)
    last = store.append(to("a", 2, "four"), CONTEXT)
    assert (first.version, first.position, len(first.events), first.repeated) == (2, 2, 2, False)
    assert (last.version, last.position) == (3, 4)
    assert [(event.position, event.stream, event.version, event.data["text"]) for event in store.feed(0)] == [
        (1, "a", 1, "one"),
        (2, "a", 2, "two"),
        (3, "b", 1, "three"),
        (4, "a", 3, "four"),
    ]
    assert [event.id for event in store.stream("a")] == [*first.events, *last.events]
    assert store.head() == 4


@pytest.mark.parametrize(("expected", "at"), [(NONE, 0), (ANY, 0), (ANY, 2), (EXISTS, 2), (2, 2)])
def test_a_version_that_fits_is_taken(database: Database, expected: int, at: int) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *["before"] * at), CONTEXT)
    assert store.append(to("a", expected, "now"), CONTEXT).version == at + 1


@pytest.mark.parametrize(
    ("expected", "at", "said"),
    [
        (NONE, 2, "that it does not exist"),
        (EXISTS, 0, "that it exists"),
        (1, 2, "version 1"),
        (3, 2, "version 3"),
        (1, 0, "version 1"),
    ],
)
def test_a_version_that_does_not_fit_is_refused_and_says_where_the_stream_is(database: Database, expected: int, at: int, said: str) -> None:
    store = a_store(database)
    store.append(to("a", NONE, *["before"] * at), CONTEXT)
    with pytest.raises(StaleVersion) as refused:
        store.append(to("a", expected, "now"), CONTEXT)
    assert refused.value.message == f"a is at version {at}; the writer expected {said}. Read it again."
    assert refused.value.details == {"stream": "a", "version": at, "expected": expected}
    assert store.head() == at


def test_several_streams_are_written_together_or_not_at_all(database: Database) -> None:
    store = a_store(database)
    store.append(to("b", NONE, "there"), CONTEXT)
    with pytest.raises(StaleVersion):
        store.append_all([to("a", NONE, "one"), to("b", NONE, "two")], CONTEXT)
    assert (texts(store, "a"), texts(store, "b"), store.head()) == ([], ["there"], 1)
    answers = store.append_all([to("a", NONE, "one", "two"), to("b", 1, "three")], CONTEXT)
    assert [(answer.stream, answer.version, answer.position) for answer in answers] == [("a", 2, 3), ("b", 2, 4)]


def test_a_decision_without_events_still_checks_the_version_and_burns_no_position(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    assert store.append(to("a", 1), CONTEXT).position == 0
    with pytest.raises(StaleVersion):
        store.append(to("a", 5), CONTEXT)
    assert store.head() == 1


def test_an_event_at_the_bound_is_taken_and_one_letter_more_is_refused_with_its_whole_batch(database: Database) -> None:
    store = a_store(database)
    room = EVENT_BYTES_MAX - len(_recorded(store, "probe", "").canonical())
    with pytest.raises(EventTooLarge, match="blob store") as refused:
        store.append(to("probe", 1, "fits", "x" * (room + 1)), CONTEXT)
    assert refused.value.details["size"] == EVENT_BYTES_MAX + 1
    assert store.head() == 1
    assert len(_recorded(store, "probe", "x" * room).canonical()) == EVENT_BYTES_MAX


def _recorded(store: EventStore, stream: str, text: str) -> Event:
    store.append(to(stream, ANY, text), CONTEXT)
    return store.stream(stream)[-1]


def test_the_bound_counts_bytes_not_letters(database: Database) -> None:
    with pytest.raises(EventTooLarge):
        a_store(database).append(to("a", NONE, "ộ" * (EVENT_BYTES_MAX // 3)), CONTEXT)


def test_names_count_at_their_longest(database: Database) -> None:
    store = a_store(database)
    control = "\x01"  # a letter, and six bytes of an event
    context = Context(actor=control * 100, correlation=control * 100, causation=control * 100)

    def append(expected: int, text: str) -> Event:
        store.append(Append(control * 450, expected, [NewEvent(control * 100, 1, {"text": text})]), context)
        return store.stream(control * 450)[-1]

    letters = (EVENT_BYTES_MAX - len(append(NONE, "").canonical())) // 4
    with pytest.raises(EventTooLarge):
        append(1, "😀" * (letters + 1))
    assert EVENT_BYTES_MAX - 4 < len(append(1, "😀" * letters).canonical()) <= EVENT_BYTES_MAX


def test_more_events_than_one_append_takes_are_refused(database: Database) -> None:
    store = a_store(database)
    with pytest.raises(ValidationFailed, match=str(APPEND_EVENTS_MAX)):
        store.append(to("a", NONE, *["x"] * (APPEND_EVENTS_MAX + 1)), CONTEXT)
    assert store.append(to("a", NONE, *["x"] * APPEND_EVENTS_MAX), CONTEXT).position == APPEND_EVENTS_MAX


def test_what_is_read_is_what_was_written(database: Database) -> None:
    store = EventStore(database, site="vn", service="diary", clock=lambda: NIGHT)
    store.prepare()
    data = {"tên": "Khối thi đua “nội chính” \\ \n\t", "n": 2**53 - 1, "none": None, "yes": True, "in": {"list": ["10.50", []]}}
    store.append(Append("a", NONE, [NewEvent("diary.Noted", 3, data)]), CONTEXT)
    (event,) = store.feed(0)
    assert (event.data, event.type, event.schema, event.site, event.service) == (data, "diary.Noted", 3, "vn", "diary")
    assert (event.actor, event.correlation, event.causation) == ("office", "course", "command")
    assert event == store.stream("a")[0]


def test_an_event_is_recorded_in_utc_and_holds_from_the_day_it_is_in_viet_nam(database: Database) -> None:
    store = EventStore(database, site="vn", service="diary", clock=lambda: NIGHT)
    store.prepare()
    store.append(Append("a", NONE, [*noted("today"), *noted("backdated", effective_on=date(2024, 12, 31))]), CONTEXT)
    today, backdated = store.stream("a")
    assert (today.recorded_at, today.recorded_at.utcoffset()) == (NIGHT, timedelta(0))
    assert (today.effective_on, backdated.effective_on) == (date(2025, 3, 2), date(2024, 12, 31))


def test_times_are_stored_in_one_form_whichever_way_they_are_written(database: Database) -> None:
    hanoi = NIGHT.astimezone(timezone(timedelta(hours=7)))
    store = EventStore(database, site="vn", service="diary", clock=lambda: hanoi)
    store.prepare()
    store.append(to("a", NONE, "by a writer that saw the version"), CONTEXT)
    store.append(to("a", ANY, "by one that does not care"), CONTEXT)
    with database.read() as connection:
        stored = connection.exec_driver_sql("SELECT DISTINCT CAST(recorded_at AS text), CAST(effective_on AS text) FROM events").all()
    ((recorded_at, effective_on),) = [tuple(row) for row in stored]
    assert recorded_at.startswith("2025-03-01 18:30:00")
    assert effective_on == "2025-03-02"


def test_the_clock_is_the_servers(database: Database) -> None:
    before = datetime.now(UTC)
    event = _recorded(a_store(database), "a", "now")
    assert before <= event.recorded_at <= datetime.now(UTC)


@pytest.mark.parametrize("expected", [NONE, ANY])
@pytest.mark.parametrize(("point", "head"), [("append.before_commit", 0), ("append.after_commit", 2)])
def test_a_writer_that_dies_has_written_all_or_nothing(database: Database, expected: int, point: str, head: int) -> None:
    store = a_store(database)
    with pytest.raises(Crashed), crashing_at(point):
        store.append(to("a", expected, "one", "two"), CONTEXT)
    assert store.head() == len(store.feed(0)) == head


def test_a_listener_hears_of_an_append_once_it_can_be_read_and_never_of_one_that_failed(database: Database) -> None:
    store = a_store(database)
    heard: list[int] = []
    store.on_append(lambda: heard.append(a_store(database).head()))
    store.append(to("a", NONE, "one", "two"), CONTEXT, command="c1")
    assert heard == [2]
    store.append(to("a", NONE, "one", "two"), CONTEXT, command="c1")
    store.append(to("a", 2), CONTEXT)
    with pytest.raises(StaleVersion):
        store.append(to("a", NONE, "late"), CONTEXT)
    assert heard == [2]


def test_a_database_of_another_site_or_service_is_refused(database: Database) -> None:
    a_store(database).append(to("a", NONE, "kept"), CONTEXT)
    for site, service in (("hue", "diary"), ("vn", "registry")):
        with pytest.raises(ConfigurationError, match="log of diary at site 'vn'"):
            a_store(database, site=site, service=service)
    assert a_store(database).head() == 1

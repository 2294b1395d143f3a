"""The event on the wire: CloudEvents 1.0, read back as it was, in bytes that never vary."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bounds import EVENT_BYTES_MAX
from shared.event import Event, EventMalformed, EventTooLarge, check_size, instant_text
from tests.shared.given import an_event, events, instants


@given(events)
def test_an_event_is_read_back_as_it_was_written(event: Event) -> None:
    assert Event.from_cloudevent(json.loads(json.dumps(event.to_cloudevent()))) == event
    assert Event.from_cloudevent(json.loads(event.canonical())) == event


@given(events, st.randoms(use_true_random=False))
def test_the_canonical_bytes_do_not_depend_on_the_order_of_keys(event: Event, chance: object) -> None:
    backwards = json.loads(json.dumps(event.to_cloudevent()), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert Event.from_cloudevent(backwards).canonical() == event.canonical()


def test_the_canonical_bytes_are_these() -> None:
    event = an_event(data={"tên": "Khối nội chính", "điểm": "10.50", "a": [1, None, True]})
    assert event.canonical().decode() == (
        '{"actor":"office","causation":"command","correlation":"course",'
        '"data":{"a":[1,null,true],"tên":"Khối nội chính","điểm":"10.50"},"datacontenttype":"application/json",'
        '"effectiveon":"2025-03-01","id":"00000000-0000-7000-8000-000000000001","position":"1","schemaversion":"1",'
        '"source":"/sites/vn/services/diary","specversion":"1.0","streamversion":"1","subject":"page-1",'
        '"time":"2025-03-01T08:00:00.000000Z","type":"diary.Noted"}'
    )


def test_a_cloudevent_has_what_the_standard_asks_for() -> None:
    document = an_event(effective_on=date(2024, 12, 31)).to_cloudevent()
    assert {"specversion", "id", "source", "type"} <= set(document)
    assert (document["specversion"], document["subject"], document["effectiveon"]) == ("1.0", "page-1", "2024-12-31")
    # CloudEvents 1.0, 3.1.1: extension attributes are named with small letters and digits only
    assert all(name.isalnum() and name.islower() for name in document)


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject", "time", "schemaversion", "position", "streamversion", "data"])
def test_an_event_that_lacks_an_attribute_is_malformed_and_the_attribute_named(missing: str) -> None:
    document = an_event().to_cloudevent()
    del document[missing]
    with pytest.raises(EventMalformed, match=missing):
        Event.from_cloudevent(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", "/places/vn/services/diary"),
        ("source", "/sites/vn"),
        ("position", "first"),
        ("streamversion", None),
        ("time", "yesterday"),
        ("time", 1740816000),
        ("time", "2025-03-01T08:00:00"),
        ("effectiveon", "2025-02-30"),
        ("data", 5),
        ("data", ["text"]),
    ],
)
def test_an_attribute_that_cannot_be_read_makes_the_event_malformed(name: str, value: object) -> None:
    with pytest.raises(EventMalformed) as refused:
        Event.from_cloudevent({**an_event().to_cloudevent(), name: value})
    assert refused.value.details == {"event": an_event().id}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("source", "/places/vn/services/diary", "source must be /sites/<site>/services/<service>"),
        ("time", "2025-03-01T08:00:00", "time 2025-03-01T08:00:00 names no zone"),
    ],
)
def test_what_an_attribute_should_have_been_is_told(name: str, value: str, told: str) -> None:
    with pytest.raises(EventMalformed, match=told):
        Event.from_cloudevent({**an_event().to_cloudevent(), name: value})


def test_an_instant_is_shown_in_utc_so_that_text_sorts_as_time_does() -> None:
    hanoi = timezone(timedelta(hours=7))
    early, late = datetime(2025, 3, 1, 6, 59, 59, 999999, hanoi), datetime(2025, 3, 1, 0, 0, tzinfo=UTC)
    assert instant_text(early) == "2025-02-28T23:59:59.999999Z"
    assert instant_text(late) == "2025-03-01T00:00:00.000000Z"
    assert early < late


@pytest.mark.usefixtures("machine_in_hanoi")
def test_the_zone_of_the_machine_changes_nothing() -> None:
    event = an_event()
    assert event.to_cloudevent()["time"] == "2025-03-01T08:00:00.000000Z"
    assert Event.from_cloudevent(event.to_cloudevent()).recorded_at.utcoffset() == timedelta(0)


@given(instants, instants)
def test_instants_and_their_texts_are_in_the_same_order(one: datetime, other: datetime) -> None:
    assert (one < other) == (instant_text(one) < instant_text(other))


def test_the_size_is_that_of_the_canonical_bytes() -> None:
    room = EVENT_BYTES_MAX - len(an_event(data={"text": ""}).canonical())
    check_size(an_event(data={"text": "x" * room}))
    with pytest.raises(
        EventTooLarge, match=f"{EVENT_BYTES_MAX + 1} bytes; at most {EVENT_BYTES_MAX} .* Put large content into the blob store"
    ):
        check_size(an_event(data={"text": "x" * (room + 1)}))

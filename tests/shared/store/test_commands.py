"""A command is taken once, however often and from however many sides it comes, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from shared.errors import CommandReused, StaleVersion, ValidationFailed
from shared.store import ANY, NONE, Database, EventStore, Recorded
from shared.store.events import digest_of
from tests.shared.store.given import CONTEXT, NIGHT, a_store, at_once, texts, to


def test_the_same_command_again_gives_the_first_answer_and_writes_nothing(database: Database) -> None:
    store = a_store(database)
    first = store.append(to("a", NONE, "one"), CONTEXT, command="c1", digest="d")
    store.append(to("a", 1, "two"), CONTEXT, command="c2", digest="e")
    again = store.append(to("a", NONE, "one"), CONTEXT, command="c1", digest="d")
    assert (again.stream, again.version, again.position, again.events) == (first.stream, first.version, first.position, first.events)
    assert (first.repeated, again.repeated) == (False, True)
    assert texts(store, "a") == ["one", "two"]


@pytest.mark.parametrize("expected", [NONE, ANY])
def test_the_first_answer_says_for_each_stream_what_it_said_then_wherever_in_the_log_it_stands(database: Database, expected: int) -> None:
    store = a_store(database)
    store.append(to("before", NONE, "x", "y", "z"), CONTEXT)
    writes = [to("a", expected, "one", "two"), to("b", expected), to("c", expected, "three")]
    first = store.append_all(writes, CONTEXT, command="c1", digest="d")
    store.append(to("a", 2, "later"), CONTEXT)
    assert [(one.stream, one.version, one.position, len(one.events)) for one in first] == [("a", 2, 5, 2), ("b", 0, 0, 0), ("c", 1, 6, 1)]
    again = store.append_all(writes, CONTEXT, command="c1", digest="d")
    assert again == store.answer("c1", "d") == [replace(one, repeated=True) for one in first]
    assert again[0].to_data() == {"stream": "a", "version": 2, "position": 5, "events": list(first[0].events), "repeated": True}


def test_the_answer_outlives_the_process(database: Database) -> None:
    first = a_store(database).append(to("a", NONE, "one"), CONTEXT, command="c1", digest="d")
    found = a_store(database).answer("c1", "d")
    assert found is not None
    assert found[0].events == first.events
    assert a_store(database).answer("c2", "d") is None


def test_the_answer_is_there_after_91_days_and_as_many_commands(database: Database) -> None:
    def store_of(day: int) -> EventStore:
        store = EventStore(database, site="vn", service="diary", clock=lambda: NIGHT + timedelta(days=day))
        store.prepare()
        return store

    first = store_of(0).append(to("a", NONE, "one"), CONTEXT, command="c0", digest="d")
    for day in range(1, 92):
        store_of(day).append(to("a", day, "more"), CONTEXT, command=f"c{day}", digest="d")
    again = store_of(91).append(to("a", NONE, "one"), CONTEXT, command="c0", digest="d")
    assert (again.events, again.repeated) == (first.events, True)
    assert all(store_of(91).answer(f"c{day}", "d") is not None for day in range(92))
    assert store_of(91).head() == 92


def test_another_command_under_the_same_id_is_refused(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT, command="c1", digest="d")
    with pytest.raises(CommandReused, match="c1") as refused:
        store.append(to("b", NONE, "other"), CONTEXT, command="c1", digest="other")
    assert refused.value.details == {"command": "c1"}
    with pytest.raises(CommandReused):
        store.answer("c1", "other")
    assert store.head() == 1


def test_a_command_that_changed_nothing_is_remembered_too(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE), CONTEXT, command="c1", digest="d")
    again = store.append(to("a", NONE, "now it would"), CONTEXT, command="c1", digest="d")
    assert (again.repeated, again.events, store.head()) == (True, (), 0)


def test_a_command_that_failed_may_come_again(database: Database) -> None:
    store = a_store(database)
    store.append(to("a", NONE, "one"), CONTEXT)
    with pytest.raises(StaleVersion):
        store.append(to("a", NONE, "two"), CONTEXT, command="c1", digest="d")
    assert not store.append(to("a", 1, "two"), CONTEXT, command="c1", digest="d").repeated


@pytest.mark.parametrize("expected", [NONE, ANY])
def test_one_command_from_many_sides_at_once_is_taken_once(database: Database, expected: int) -> None:
    store = a_store(database)
    for turn in range(5):
        stream, command = f"s{turn}", f"c{turn}"
        answers = at_once(
            [lambda: store.append(to(stream, expected, "x", "y"), CONTEXT, command=command, digest="d")] * 6  # noqa: B023
        )
        taken = [answer for answer in answers if isinstance(answer, Recorded)]
        assert len(taken) == 6
        assert len({answer.events for answer in taken}) == 1
        assert [answer.repeated for answer in taken].count(False) == 1
        assert store.head() == 2 * (turn + 1)


def test_a_twin_that_commits_between_look_and_check_is_answered_not_stale(database: Database) -> None:
    if database.dialect == "sqlite":
        pytest.skip("SQLite holds the write lock from the first look on: nothing can come between")
    twin = a_store(database)
    writes = [to("a", NONE, "one"), to("b", NONE)]

    class Slow(EventStore):
        def _answer(self, connection: sa.Connection, command: str, digest: str) -> list[Recorded] | None:
            found = super()._answer(connection, command, digest)
            twin.append_all(writes, CONTEXT, command="c1", digest="d")
            return found

    answer, _ = Slow(database, site="vn", service="diary").append_all(writes, CONTEXT, command="c1", digest="d")
    assert (answer.repeated, answer.events) == (True, (twin.stream("a")[0].id,))
    assert twin.head() == 1


def test_a_digest_tells_commands_apart_and_not_the_order_of_keys() -> None:
    assert digest_of("office", {"a": 1, "b": [None]}) == digest_of("office", {"b": [None], "a": 1})
    assert (
        len({digest_of("office", {"a": 1}), digest_of("office", {"a": "1"}), digest_of("toa-an", {"a": 1}), digest_of("office", {})}) == 4
    )


@pytest.mark.parametrize("data", [{"text": "\ud800"}, {"\ud800": 1}, {"number": 2**53}, {"number": float("nan")}])
def test_a_command_that_json_cannot_carry_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValidationFailed, match="cannot carry"):
        digest_of("office", data)

"""Taking commands: load, decide, append; the same request gives the same answer though others write meanwhile. On both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.bounds import DECIDE_RETRIES_MAX
from shared.decider import Decider
from shared.errors import CommandReused, DomainError, StaleVersion
from shared.facts import Facts
from shared.rpc import Request
from shared.schema import Catalogue, SchemaUnknown, schema_of
from shared.store import Database
from tests.shared.store.given import a_store


@dataclass(frozen=True, slots=True)
class Note:
    text: str


class NoteAgain(Note):
    """Another command that says the same."""


@dataclass(frozen=True, slots=True)
class Noted:
    text: str


class NotedAlready(DomainError):
    code = "tests.noted_already"


CATALOGUE = Catalogue("diary", schema_of(Noted))


def notes(meanwhile: Callable[[], object] = lambda: None) -> Decider[tuple[str, ...]]:
    """A page on which nothing may be noted twice; `meanwhile` happens between loading and deciding."""

    def decide(state: tuple[str, ...], command: Note) -> Sequence[Noted]:
        meanwhile()
        if command.text in state:
            raise NotedAlready(f"{command.text} is there")
        return [Noted(command.text)] if command.text else []

    return Decider((), decide, lambda state, event: (*state, event.text))


def note_new(texts: Sequence[str], state: tuple[str, ...]) -> Sequence[Noted]:
    """Note these texts, but none that is there."""
    if set(texts) & set(state):
        raise NotedAlready("some are there")
    return [Noted(text) for text in texts]


@pytest.fixture
def facts(database: Database) -> Facts:
    return Facts(a_store(database), CATALOGUE)


def asked(text: str = "x", **changes: Any) -> Request:
    return replace(Request("office", {"text": text}, id="r1", correlation="course"), **changes)


def test_a_command_is_decided_on_what_the_stream_holds(facts: Facts) -> None:
    answer = facts.execute(asked(), notes(), "a", Note("x"))
    assert (answer["stream"], answer["version"], answer["position"], answer["repeated"]) == ("a", 1, 1, False)
    assert facts.load(notes(), "a") == (("x",), 1)
    (event,) = facts.store.stream("a")
    assert (event.actor, event.correlation, event.causation, event.type) == ("office", "course", "r1", "diary.Noted")
    with pytest.raises(NotedAlready):
        facts.execute(asked(id="r2"), notes(), "a", Note("x"))


@pytest.mark.parametrize("again", [["x"], [], ["y", "z"]], ids=["refused", "nothing to say", "something else to say"])
def test_the_same_request_is_answered_as_at_first_whatever_would_be_decided_now(facts: Facts, again: list[str]) -> None:
    first = facts.execute(asked(), notes(), "a", Note("x"))
    later = replace(notes(), decide=lambda state, _command: note_new(again, state))
    assert facts.execute(asked(), later, "a", Note("x")) == {**first, "repeated": True}
    assert facts.store.head() == 1


@pytest.mark.parametrize("change", [{"data": {"text": "y"}}, {"actor": "toa-an"}])
def test_another_request_under_the_same_id_is_refused(facts: Facts, change: dict[str, str]) -> None:
    facts.execute(asked(), notes(), "a", Note("x"))
    with pytest.raises(CommandReused):
        facts.execute(asked(**change), notes(), "a", Note("x"))
    with pytest.raises(CommandReused):
        facts.execute(asked(), notes(), "b", Note("x"))
    with pytest.raises(CommandReused):
        facts.execute(asked(), notes(), "a", NoteAgain("x"))


def test_a_command_is_decided_anew_when_another_writer_was_faster(facts: Facts) -> None:
    rivals = iter(["r2", "r3"])

    def meanwhile() -> None:
        if (rival := next(rivals, None)) is not None:
            facts.execute(asked(rival, id=rival), notes(), "a", Note(rival))

    pauses: list[float] = []
    Facts(facts.store, CATALOGUE, pauses.append).execute(asked(), notes(meanwhile), "a", Note("x"))
    assert facts.load(notes(), "a")[0] == ("r2", "r3", "x")
    assert pauses == [0, 0], "before each new try the other writer gets its turn"


def test_a_stream_that_never_rests_is_given_up(facts: Facts) -> None:
    tries: list[str] = []

    def meanwhile() -> None:
        tries.append(f"rival {len(tries)}")
        facts.execute(asked(tries[-1], id=tries[-1]), notes(), "a", Note(tries[-1]))

    with pytest.raises(StaleVersion):
        facts.execute(asked(), notes(meanwhile), "a", Note("x"))
    assert len(tries) == DECIDE_RETRIES_MAX


def test_a_twin_of_the_request_that_was_faster_answers_for_both(facts: Facts) -> None:
    twins = iter([None])

    def meanwhile() -> None:
        for _ in twins:
            facts.execute(asked(), notes(), "a", Note("x"))

    answer = facts.execute(asked(), notes(meanwhile), "a", Note("x"))
    assert (answer["repeated"], facts.store.head()) == (True, 1)


def test_decisions_on_several_streams_are_recorded_together_or_not_at_all(facts: Facts) -> None:
    both = [(notes(), "a", Note("x")), (notes(), "b", Note("x"))]
    assert [answer["position"] for answer in facts.execute_all(asked(), both)] == [1, 2]
    with pytest.raises(NotedAlready):
        facts.execute_all(asked(id="r2"), [(notes(), "c", Note("y")), (notes(), "b", Note("x"))])
    assert (facts.store.head(), facts.store.stream("c")) == (2, [])


def test_a_stream_of_which_an_event_is_not_known_is_named(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    facts.execute(asked(), notes(), "a", Note("x"))
    older = Facts(facts.store, Catalogue("diary"))
    with pytest.raises(SchemaUnknown, match=r"diary\.Noted version 1 in a is not known"):
        older.load(notes(), "a")
    monkeypatch.setattr("shared.facts.MANY_STREAMS", 1)
    with pytest.raises(SchemaUnknown, match=r"diary\.Noted version 1 in a is not known"):
        older.load_many(notes(), ["a"])


def test_a_command_that_changes_nothing_is_answered_with_where_the_stream_is(facts: Facts) -> None:
    facts.execute(asked(), notes(), "a", Note("x"))
    answer = facts.execute(asked("", id="r2"), notes(), "a", Note(""))
    assert (answer["version"], answer["position"], answer["events"]) == (1, 0, [])


def test_a_command_asks_the_database_twice(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    facts.execute(asked(), notes(), "a", Note("x"))
    asks: list[str] = []

    def counted(way: str) -> Callable[[Database], Any]:
        real = getattr(Database, way)

        def ask(database: Database) -> Any:
            asks.append(way)
            return real(database)

        return ask

    for way in ("driver", "read", "write"):
        monkeypatch.setattr(Database, way, counted(way))
    facts.execute(asked("y", id="r2"), notes(), "a", Note("y"))
    assert asks == ["driver", "driver"], "one to load and one to append"


def test_many_streams_are_loaded_together_as_they_are_one_by_one(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        facts.execute(asked(id=f"a{number}"), notes(), f"s{number}", Note("x"))
    facts.execute(asked(id="b"), notes(), "s7", Note("y"))
    names = [f"s{number}" for number in range(40)]
    one_by_one = {name: facts.load(notes(), name)[0] for name in names}
    monkeypatch.setattr("shared.store.snapshots.STREAMS_AT_ONCE", 7)
    monkeypatch.setattr(facts, "_load", None)  # not one by one
    assert facts.load_many(notes(), names) == one_by_one
    assert one_by_one["s7"] == ("x", "y")
    assert one_by_one["s35"] == ()
    answers = facts.execute_all(asked(id="c"), [(notes(), name, Note("z")) for name in names])
    assert [answer["version"] for answer in answers] == [*[2] * 7, 3, *[2] * 22, *[1] * 10]
    with pytest.raises(NotedAlready):
        facts.execute_all(asked(id="d"), [(notes(), name, Note("new" if name != "s39" else "z")) for name in names])


# What a decision rests on


def only_if_blank(meanwhile: Callable[[], object] = lambda: None) -> Decider[tuple[str, ...]]:
    """A question to another page: it is refused where something is noted there; `meanwhile` happens after it was looked at."""

    def decide(state: tuple[str, ...], _command: Note) -> Sequence[Noted]:
        if state:
            raise NotedAlready("it is not blank")
        meanwhile()
        return []

    return Decider((), decide, lambda state, event: (*state, event.text))


def test_what_a_decision_rests_on_gives_no_event_and_no_answer(facts: Facts) -> None:
    answer = facts.execute(Request("an"), notes(), "monday", Note("a"), resting_on=[(only_if_blank(), "tuesday", Note("?"))])
    assert (answer["stream"], answer["version"], len(answer["events"])) == ("monday", 1, 1)
    assert facts.store.stream("tuesday") == []
    facts.execute(Request("an"), notes(), "tuesday", Note("b"))
    with pytest.raises(NotedAlready, match="not blank"):
        facts.execute(Request("an"), notes(), "monday", Note("c"), resting_on=[(only_if_blank(), "tuesday", Note("?"))])


def test_a_repeated_command_is_answered_though_what_it_rested_on_has_changed(facts: Facts) -> None:
    request = Request("an")
    first = facts.execute(request, notes(), "monday", Note("a"), resting_on=[(only_if_blank(), "tuesday", Note("?"))])
    facts.execute(Request("an"), notes(), "tuesday", Note("b"))
    again = facts.execute(request, notes(), "monday", Note("a"), resting_on=[(only_if_blank(), "tuesday", Note("?"))])
    assert again == {**first, "repeated": True}
    assert facts.execute(request, notes(), "monday", Note("a")) == {**first, "repeated": True}


def test_two_that_rest_on_each_other_do_not_both_succeed(facts: Facts) -> None:
    """While one looks at the other's page that one is noted: the first finds out when it records, and is refused when it looks again."""

    def meanwhile() -> None:
        if not facts.store.stream("tuesday"):
            facts.execute(Request("binh"), notes(), "tuesday", Note("b"), resting_on=[(only_if_blank(), "monday", Note("?"))])

    with pytest.raises(NotedAlready, match="not blank"):
        facts.execute(Request("an"), notes(), "monday", Note("a"), resting_on=[(only_if_blank(meanwhile), "tuesday", Note("?"))])
    assert facts.store.stream("monday") == []
    assert len(facts.store.stream("tuesday")) == 1


def test_streams_that_hang_on_one_another_are_decided_together_and_anew_when_another_writer_was_faster(facts: Facts) -> None:
    seen: list[tuple[tuple[str, ...], ...]] = []

    def decide(states: Sequence[tuple[str, ...]]) -> list[list[Noted]]:
        seen.append(tuple(states))
        if len(seen) == 1:
            facts.execute(Request("binh"), notes(), "tuesday", Note("y"))
        return [[Noted(f"{len(states[1])} on tuesday")], []]

    streams = [(notes(), "monday", "Summary"), (notes(), "tuesday", "Summary")]
    monday, tuesday = facts.execute_jointly(asked(), streams, decide)
    assert seen == [((), ()), ((), ("y",))]
    assert (monday["version"], tuesday["version"], tuesday["events"]) == (1, 1, [])
    assert facts.load(notes(), "monday") == (("1 on tuesday",), 1)
    assert facts.execute_jointly(asked(), streams, decide)[0] == {**monday, "repeated": True}

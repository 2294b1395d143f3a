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
from shared.schema import Catalogue, schema_of
from shared.store import Database
from tests.shared.store.given import a_store


@dataclass(frozen=True, slots=True)
class Note:
    text: str


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


def test_a_command_is_decided_anew_when_another_writer_was_faster(facts: Facts) -> None:
    rivals = iter(["r2", "r3"])

    def meanwhile() -> None:
        if (rival := next(rivals, None)) is not None:
            facts.execute(asked(rival, id=rival), notes(), "a", Note(rival))

    pauses: list[float] = []
    Facts(facts.store, CATALOGUE, pauses.append).execute(asked(), notes(meanwhile), "a", Note("x"))
    assert facts.load(notes(), "a")[0] == ("r2", "r3", "x")
    assert len(pauses) == 2, "before each new try the other writer gets its turn"


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

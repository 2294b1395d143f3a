"""Any sequence of appends, conflicts, crashes, pages lost or repeated, cut lines and rebuilds gives what dictionaries and lists give.

COMMENDATION_TEST_LONGER=20 tries twenty times as many sequences.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from shared.errors import CommandReused, StaleVersion, Unavailable
from shared.event import NewEvent
from shared.feed.page import Page
from shared.projection.errors import NothingBuilt
from shared.store import ANY, EXISTS, NONE, Append, Recorded
from tests.shared.machine.crashes import Crashed, crashing_at
from tests.shared.machine.grounds import PRODUCERS, READER, SITE, Grounds, grounds
from tests.shared.machine.kernel import Kernel
from tests.shared.machine.model import TEAR, Answer, Log
from tests.shared.store.given import CONTEXT
from tests.support.databases import KINDS
from tests.support.longer import LONGER
from tests.support.relayed import cursor as relayed

WRITERS = st.sampled_from("pq")
SERVICES = st.sampled_from(PRODUCERS)
STREAMS = ("a", "b", "c")
EXPECTED = {"none": NONE, "any": ANY, "exists": EXISTS}
TEXTS = st.lists(st.sampled_from(["x", "y", TEAR]), max_size=3)
SEEN, AHEAD = "as seen", "ahead"
WRITES = st.lists(
    st.tuples(st.sampled_from(STREAMS), st.sampled_from([SEEN, SEEN, AHEAD, *EXPECTED]), TEXTS),
    min_size=1,
    max_size=2,
    unique_by=lambda write: write[0],
)
DURING_APPEND = ("append.before_commit", "append.after_commit")
DURING_REBUILD = (
    "fold.before_commit",
    "rebuild.after_page",
    "rebuild.caught_up",
    "rebuild.before_go_live",
    "rebuild.after_go_live",
)

STEPS = 40
EXAMPLES = {"sqlite": 15, "postgresql": 6}
"""Sequences that are tried; a step waits longer for a server than for a file."""


def _deaths(*points: str) -> st.SearchStrategy[str | None]:
    """Where a step dies; in most it does not."""
    return st.sampled_from([None, None, None, *points])


class KernelMachine(RuleBasedStateMachine):
    """The kernel beside its model. A writer knows the version of a stream as it last saw it, which may be long ago."""

    grounds: Grounds

    def __init__(self) -> None:
        super().__init__()
        self.kernel = Kernel(self.grounds.fresh())
        self.logs = {service: Log() for service in PRODUCERS}
        self.seen: dict[tuple[str, str, str], int] = {}
        self.unanswered: list[str] = []
        self.commands = 0
        self.building = False
        self.reached = dict.fromkeys((*PRODUCERS, *(f"relay of {service}" for service in PRODUCERS)), 0)

    # Writers

    @rule(writer=WRITERS, service=SERVICES, stream=st.sampled_from(STREAMS))
    def look(self, writer: str, service: str, stream: str) -> None:
        events = self.kernel.stores[service].stream(stream)
        assert [event.version for event in events] == list(range(1, self.logs[service].version(stream) + 1))
        self.seen[writer, service, stream] = len(events)

    @rule(writer=WRITERS, service=SERVICES, writes=WRITES, commanded=st.booleans(), death=_deaths(*DURING_APPEND))
    def append(self, writer: str, service: str, writes: list[tuple[str, str, list[str]]], commanded: bool, death: str | None) -> None:
        log = self.logs[service]
        appends = [(stream, self._expected(writer, service, stream, how), texts) for stream, how, texts in writes]
        fits = all(log.fits(stream, expected) for stream, expected, _ in appends)
        command = self._command() if commanded else None
        try:
            with crashing_at(death) if death else nullcontext():
                answers = self._append(service, appends, command)
        except StaleVersion:
            assert not fits, "a writer that saw the version was refused"
            answers = None
        except Crashed:
            self.kernel.start(service)
            if death == "append.before_commit":
                # where one statement is the whole transaction, a writer that would be refused dies here too
                self.unanswered += [command] if command else []
                return
            assert fits
            answers = None
        if not fits:
            assert answers is None, "a stale writer was taken"
            self.unanswered += [command] if command else []
            return
        wanted = log.add([(stream, texts) for stream, _, texts in appends])
        if command:
            log.commands[command] = wanted
        if answers is not None:
            self._compare(service, answers, wanted, repeated=False)
            self.seen |= {(writer, service, answer.stream): answer.version for answer in wanted}

    @precondition(lambda self: any(log.commands for log in self.logs.values()))
    @rule(data=st.data(), writes=WRITES)
    def repeat(self, data: st.DataObject, writes: list[tuple[str, str, list[str]]]) -> None:
        service, command = data.draw(
            st.sampled_from([(service, command) for service in PRODUCERS for command in self.logs[service].commands])
        )
        appends = [(stream, EXPECTED.get(how, NONE), texts) for stream, how, texts in writes]
        answers = self._append(service, appends, command)
        self._compare(service, answers, self.logs[service].commands[command], repeated=True)
        with pytest.raises(CommandReused):
            self._append(service, appends, command, digest="another")

    def _expected(self, writer: str, service: str, stream: str, how: str) -> int:
        if how == AHEAD:
            return self.logs[service].version(stream) + 1
        return EXPECTED.get(how, self.seen.get((writer, service, stream), NONE))

    def _command(self) -> str:
        """An id that nothing was written under: a new one, or that of a command which failed and comes again."""
        if self.unanswered:
            return self.unanswered.pop()
        self.commands += 1
        return f"command-{self.commands}"

    def _append(
        self, service: str, appends: Sequence[tuple[str, int, list[str]]], command: str | None, digest: str = "digest"
    ) -> list[Recorded]:
        writes = [
            Append(stream, expected, [NewEvent(f"{service}.{'TornOut' if text == TEAR else 'Noted'}", 1, {"text": text}) for text in texts])
            for stream, expected, texts in appends
        ]
        return self.kernel.stores[service].append_all(writes, CONTEXT, command=command, digest=digest)

    def _compare(self, service: str, answers: list[Recorded], wanted: list[Answer], *, repeated: bool) -> None:
        assert [Answer(one.stream, one.version, one.position, len(one.events)) for one in answers] == wanted
        assert all(one.repeated == repeated for one in answers)
        ids = [event.id for event in self.kernel.stores[service].feed(0)]
        assert all(list(one.events) == ids[one.position - len(one.events) : one.position] for one in answers)

    # The way to the reader

    @rule(service=SERVICES, death=_deaths("relay.after_publish"))
    def relay(self, service: str, death: str | None) -> None:
        try:
            with crashing_at(death) if death else nullcontext():
                self.kernel.relays[service].publish_next()
        except Crashed:
            self.kernel.start(service)

    @rule(service=SERVICES)
    def announce(self, service: str) -> None:
        self.kernel.relays[service].announce()

    @precondition(lambda self: any(log.events for log in self.logs.values()))
    @rule(data=st.data())
    def publish_again(self, data: st.DataObject) -> None:
        """What a relay does whose database was restored: pages that came before, cut otherwise."""
        service = data.draw(st.sampled_from([service for service, log in self.logs.items() if log.events]), label="whose")
        first = data.draw(st.integers(1, len(self.logs[service].events)), label="from")
        events = self.kernel.stores[service].feed(first - 1, data.draw(st.integers(1, 5), label="how many"))
        self.kernel.queue.append(Page.of(events))

    @precondition(lambda self: self.kernel.queue)
    @rule(data=st.data(), times=st.integers(1, 5), kept=st.booleans(), death=_deaths("fold.before_commit"))
    def deliver(self, data: st.DataObject, times: int, kept: bool, death: str | None) -> None:
        at = data.draw(st.integers(0, len(self.kernel.queue) - 1), label="which page")
        page = self.kernel.queue[at] if kept else self.kernel.queue.pop(at)
        for _ in range(times):
            before = self.kernel.reader.cursor(SITE, page.service)
            try:
                with crashing_at(death) if death else nullcontext():
                    self.kernel.reader.receive(page, self.kernel.fetch)
            except Unavailable:
                assert page.service in self.kernel.cut_off
                assert before < page.first - 1, "a page that follows needs nobody else"
            except Crashed:
                self.kernel.start(READER)
                assert self.kernel.reader.cursor(SITE, page.service) == before
            else:
                assert self.kernel.reader.cursor(SITE, page.service) >= page.last

    @precondition(lambda self: self.kernel.queue)
    @rule(data=st.data())
    def withhold(self, data: st.DataObject) -> None:
        self.kernel.queue.pop(data.draw(st.integers(0, len(self.kernel.queue) - 1), label="which page"))

    @rule()
    def wipe_the_broker(self) -> None:
        self.kernel.queue.clear()

    @rule(service=SERVICES)
    def cut_off(self, service: str) -> None:
        self.kernel.cut_off.add(service)

    @rule(service=SERVICES)
    def join_again(self, service: str) -> None:
        self.kernel.cut_off.discard(service)

    @rule(service=st.sampled_from((*PRODUCERS, READER)))
    def start_again(self, service: str) -> None:
        self.kernel.start(service)

    # Rebuilds

    @rule(step=st.sampled_from(["replay", "catch_up", "go_live", "rebuild", "rebuild"]), death=_deaths(*DURING_REBUILD))
    def rebuild(self, step: str, death: str | None) -> None:
        reader = self.kernel.reader
        does = reader.rebuild if step == "rebuild" else getattr(reader.rebuilds, step)
        try:
            with crashing_at(death) if death else nullcontext():
                does(SITE, self.kernel.fetch)
        except NothingBuilt:
            assert not self.building
            assert step != "rebuild"
        except Unavailable:
            assert self.kernel.cut_off
            self.building |= step == "rebuild"
        except Crashed:
            self.kernel.start(READER)
            self.building = death != "rebuild.after_go_live"
        else:
            assert self.building or step == "rebuild"
            self.building = step in ("replay", "catch_up")

    @rule()
    def prepare_a_rebuild(self) -> None:
        self.kernel.reader.rebuilds.prepare()
        self.building = True

    @precondition(lambda self: self.building)
    @rule()
    def abort_the_rebuild(self) -> None:
        self.kernel.reader.rebuilds.abort()
        self.building = False

    # What holds after each step

    @invariant()
    def the_logs_are_gapless_and_in_the_order_of_commits(self) -> None:
        for service, store in self.kernel.stores.items():
            found = [(event.position, event.stream, event.version, event.data["text"]) for event in store.feed(0)]
            assert found == self.logs[service].recorded()
            assert store.head() == len(found)

    @invariant()
    def the_rows_are_the_fold_of_the_logs_up_to_the_cursors_and_no_cursor_goes_back(self) -> None:
        cursors = {row["service"]: row["position"] for row in self.kernel.reader.cursors(SITE)}
        wanted: dict[str, str] = {}
        for service, log in self.logs.items():
            wanted |= log.pages(service, cursors[service])
            for name, now in ((service, cursors[service]), (f"relay of {service}", relayed(self.kernel.stores[service].database))):
                assert self.reached[name] <= now <= len(log.events), name
                self.reached[name] = now
        assert self.kernel.diary.notes(self.kernel.reader) == wanted
        assert self.kernel.reader.parked() == []

    def teardown(self) -> None:
        """Once everything answers again, an announcement brings the reader all that there is."""
        try:
            self.kernel.cut_off.clear()
            for service, store in self.kernel.stores.items():
                self.kernel.reader.receive(Page.announcement(SITE, service, store.head()), self.kernel.fetch)
                assert self.kernel.reader.cursor(SITE, service) == len(self.logs[service].events)
            self.the_rows_are_the_fold_of_the_logs_up_to_the_cursors_and_no_cursor_goes_back()
        finally:
            self.kernel.stop()


@pytest.mark.timeout(600 * LONGER)  # hypothesis takes up to five minutes to shorten what it finds
@pytest.mark.parametrize("kind", KINDS)
def test_any_sequence_of_steps_gives_what_dictionaries_and_lists_give(kind: str, tmp_path: Path) -> None:
    with grounds(kind, tmp_path) as fresh:
        machine: type[Any] = type("KernelMachine", (KernelMachine,), {"grounds": fresh})
        tried = settings(
            max_examples=EXAMPLES[kind] * LONGER, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(machine, settings=tried)

"""Snapshots are a cache: with them, without them and with one that cannot be used, a state is what its whole stream gives."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, make_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import count
from types import GenericAlias
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.awards import domain as awards
from services.awards.schemas import EVENTS as AWARDS
from services.campaigns import domain as campaigns
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations import domain as evaluations
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.decider import Decider
from shared.errors import DomainError, StaleVersion
from shared.facts import Facts
from shared.rpc import Request
from shared.schema import Catalogue, schema_of
from shared.store import Database, tables
from shared.store.snapshots import Snapshot, form_of
from tests.services.evaluations.given import SUBMIT, TODAY, enter, score, sheet
from tests.shared.store.given import a_store, at_once
from tests.support.records import any_of

# The aggregates of the services of which snapshots are taken


@dataclass(frozen=True)
class Aggregate:
    """An aggregate, the events of its stream, and a digest of its `initial` and `evolve` as they are at the version that it declares."""

    decider: Decider[Any]
    catalogue: Catalogue
    events: tuple[type[Any], ...]
    pinned: tuple[int, str]


AGGREGATES = {
    "cluster": Aggregate(
        registry.CLUSTER,
        REGISTRY,
        (
            registry.ClusterFormed,
            registry.ClusterListDescribed,
            registry.ClusterRenamed,
            registry.ClusterDissolved,
            registry.MemberAdmitted,
            registry.MemberReleased,
            registry.LeaderDesignated,
            registry.LeadershipConsented,
            registry.LeadershipDeclined,
        ),
        (3, "df2e595a04810f32"),
    ),
    "account": Aggregate(
        registry.ACCOUNT,
        REGISTRY,
        (registry.AccountOpened, registry.RoleGranted, registry.RoleRevoked, registry.RoleDelegated, registry.DelegationEnded),
        (2, "c12bad84049ca41c"),
    ),
    "campaign": Aggregate(
        campaigns.READ,
        CAMPAIGNS,
        (
            campaigns.CampaignLaunched,
            campaigns.PhasesPlanned,
            campaigns.PhaseOpened,
            campaigns.PhaseExtended,
            campaigns.GraceGiven,
            campaigns.PhaseClosed,
            campaigns.PhaseReopened,
            campaigns.UnitRegistered,
            campaigns.CompactIssued,
            campaigns.CovenantSigned,
            campaigns.PairingDrawn,
            campaigns.PairCorrected,
            campaigns.PassOpened,
            campaigns.PassClosed,
            campaigns.TieVoteRecorded,
            campaigns.CampaignFrozen,
            campaigns.CampaignThawed,
            campaigns.CampaignFinalised,
        ),
        (2, "ff766ac72bdeb342"),
    ),
    "sheet": Aggregate(
        evaluations.READ,
        EVALUATIONS,
        (
            evaluations.ItemsScored,
            evaluations.SheetSubmitted,
            evaluations.SheetReturned,
            evaluations.ItemCommented,
            evaluations.EvidenceAttached,
            evaluations.EvidenceRemoved,
        ),
        (2, "3a8278c5dd89b57a"),
    ),
    "proposal": Aggregate(
        awards.proposal(awards.ProposalGround(awards.Rulebook(()), TODAY)),
        AWARDS,
        (awards.FlagProposed, awards.VoteRecorded, awards.VoteCorrected, awards.DecisionIssued),
        (1, "87c575db3a208151"),
    ),
    "rotation": Aggregate(
        awards.rotation(awards.RotationGround(None, TODAY)),
        AWARDS,
        (awards.FlagHandedOver,),
        (1, "fe5ed600d70e0316"),
    ),
}
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES.values(), ids=AGGREGATES)


def recorded(catalogue: Catalogue, event: Any) -> Any:
    """An event as it comes back from the log."""
    stored = catalogue.encode(event)
    return catalogue.recall("a", stored.type, stored.schema, json.loads(json.dumps(stored.data)))


@each_aggregate
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_snapshot_and_what_followed_give_what_the_whole_stream_gives(aggregate: Aggregate, data: st.DataObject) -> None:
    decider, form = aggregate.decider, form_of(aggregate.decider, aggregate.catalogue)
    assert form is not None
    told = st.one_of(*map(any_of, aggregate.events))
    events = [recorded(aggregate.catalogue, event) for event in data.draw(st.lists(told, max_size=12))]
    cut = data.draw(st.integers(0, len(events)))
    state = form.read(form.write(decider.fold(events[:cut])))
    for event in events[cut:]:
        state = decider.evolve(state, event)
    assert state == decider.fold(events)


@each_aggregate
def test_evolve_is_as_it_was_when_its_version_was_declared(aggregate: Aggregate) -> None:
    decider = aggregate.decider
    source = repr(decider.initial) + ast.unparse(ast.parse(inspect.getsource(decider.evolve)))
    found = (decider.snapshots, hashlib.sha256(source.encode()).hexdigest()[:16])
    assert found == aggregate.pinned, (
        "`initial` or `evolve` has changed. If the same events now make another state, raise `snapshots` in the decider, for states were "
        "kept that they would not make any more; then pin it here as it is."
    )


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    told = (
        "from services.registry import domain, schemas; from shared.store.snapshots import form_of; "
        "print(form_of(domain.ACCOUNT, schemas.EVENTS).fingerprint)"
    )
    other = subprocess.run([sys.executable, "-W", "ignore", "-c", told], capture_output=True, text=True, check=True, timeout=60)
    form = form_of(registry.ACCOUNT, REGISTRY)
    assert form is not None
    assert other.stdout.strip() == form.fingerprint


def fingerprint(part: Any, within: Callable[[Any], Any]) -> str:
    """Of the state of a decider that holds a part in some way."""
    initial = make_dataclass("Whole", [("part", within(part), None)], frozen=True)()
    form = form_of(Decider(initial, lambda _state, _command: (), lambda state, _event: state, snapshots=1), CATALOGUE)
    assert form is not None
    return form.fingerprint


@pytest.mark.parametrize(
    "within",
    [
        lambda part: part,
        lambda part: part | None,
        lambda part: GenericAlias(tuple, (part, ...)),
        lambda part: GenericAlias(Mapping, (str, part)),
        lambda part: make_dataclass("Middle", [("part", part)], frozen=True),
    ],
    ids=["itself", "optional", "in a tuple", "by name", "in another"],
)
@pytest.mark.parametrize(
    ("part", "changed"),
    [
        (make_dataclass("Part", [("item", str)]), make_dataclass("Part", [("item", str), ("score", Decimal)])),
        (make_dataclass("Part", [("item", str)]), make_dataclass("Part", [("item", date)])),
        (StrEnum("Part", ["red"]), StrEnum("Part", ["red", "gold"])),
    ],
    ids=["field", "type of a field", "choice"],
)
def test_the_fingerprint_changes_with_what_a_state_holds_at_any_depth(part: Any, changed: Any, within: Callable[[Any], Any]) -> None:
    assert fingerprint(part, within) == fingerprint(part, within)
    assert fingerprint(part, within) != fingerprint(changed, within)


# A diary page, whose snapshots are taken after three events


@dataclass(frozen=True, slots=True)
class Noted:
    text: str


@dataclass(frozen=True, slots=True)
class Erased:
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinedPage(Page):
    lines: int = 0


class NotedAlready(DomainError):
    code = "tests.noted_already"


CATALOGUE = Catalogue("diary", schema_of(Noted))


class Pages:
    """Pages that know how many events were folded to get at their state."""

    def __init__(self, initial: Page | None = None, version: int = 1) -> None:
        self.folded: list[str] = []
        self.decider: Decider[Page] = Decider(initial or Page(), self._decide, self._evolve, snapshots=version)

    def _decide(self, state: Page, text: str) -> Sequence[Noted]:
        if text in state.notes:
            raise NotedAlready(f"{text} is there")
        return [Noted(text)]

    def _evolve(self, state: Page, event: Noted) -> Page:
        self.folded.append(event.text)
        return replace(state, notes=(*state.notes, event.text))

    def note(self, facts: Facts, *texts: str, stream: str = "a") -> None:
        for text in texts:
            facts.execute(Request("office", {"text": text}), self.decider, stream, text)

    def load(self, facts: Facts, stream: str = "a") -> str:
        """The notes; afterwards `folded` says which of them were read from events."""
        self.folded.clear()
        state, version = facts.load(self.decider, stream)
        assert version == len(state.notes)
        return "".join(state.notes)


@pytest.fixture(autouse=True)
def _after_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.facts.SNAPSHOT_EVENTS", 3)


@pytest.fixture
def facts(database: Database) -> Facts:
    return Facts(a_store(database), CATALOGUE)


def kept(facts: Facts) -> dict[str, tuple[int, str]]:
    """The snapshots: {stream: (version, state)}."""
    with facts.store.database.read() as connection:
        return {row.stream: (row.version, row.state) for row in connection.execute(sa.select(tables.snapshots))}


def spoil(facts: Facts, **values: Any) -> None:
    with facts.store.database.write() as connection:
        connection.execute(tables.snapshots.update().values(**values))


def test_a_stream_is_read_from_its_snapshot_on(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abcde")
    assert kept(facts) == {"a": (3, '{"notes":["a","b","c"]}')}
    assert (pages.load(facts), pages.folded) == ("abcde", ["d", "e"])
    # what the snapshot says is what is taken, and the events before it are not looked at
    spoil(facts, state='{"notes":["x","y","z"]}')
    assert pages.load(facts) == "xyzde"


def test_the_next_is_taken_when_as_much_has_followed(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abcdef")
    assert kept(facts)["a"][0] == 3
    pages.note(facts, "g")
    assert kept(facts)["a"][0] == 6
    assert (pages.load(facts), pages.folded) == ("abcdefg", ["g"])


def test_each_stream_has_its_own(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abcd")
    pages.note(facts, *"wxyz", stream="b")
    assert kept(facts).keys() == {"a", "b"}
    assert (pages.load(facts), pages.load(facts, "b"), pages.folded) == ("abcd", "wxyz", ["z"])
    assert pages.load(facts, "c") == ""


def test_streams_of_one_command_have_theirs(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abc")
    facts.execute_all(Request("office"), [(pages.decider, "b", "x"), (pages.decider, "a", "d")])
    assert kept(facts).keys() == {"a"}


def test_none_is_taken_where_nothing_was_recorded_or_none_is_wanted(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abc")
    with pytest.raises(NotedAlready):
        pages.note(facts, "a")
    pages.load(facts)
    facts.execute(Request("office"), replace(pages.decider, snapshots=None), "a", "d")
    assert kept(facts) == {}


def test_dropping_them_costs_time_only(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abcde")
    assert facts.snapshots.drop() == 1
    assert (pages.load(facts), pages.folded) == ("abcde", list("abcde"))
    pages.note(facts, "f")
    assert kept(facts)["a"][0] == 5
    assert (pages.load(facts), pages.folded) == ("abcdef", ["f"])


@pytest.mark.parametrize(
    ("other", "catalogue"),
    [
        (Pages(version=2), CATALOGUE),
        (Pages(LinedPage()), CATALOGUE),
        (Pages(), Catalogue("diary", schema_of(Noted), schema_of(Erased))),
    ],
    ids=["evolve", "state", "events"],
)
def test_one_of_another_release_is_not_read_and_is_replaced(facts: Facts, other: Pages, catalogue: Catalogue) -> None:
    Pages().note(facts, *"abcde")
    upgraded = Facts(facts.store, catalogue)
    assert (other.load(upgraded), other.folded) == ("abcde", list("abcde"))
    other.note(upgraded, "f")
    assert (other.load(upgraded), other.folded) == ("abcdef", ["f"])


@pytest.mark.parametrize("state", ["", "nonsense", "[]", "{}", '{"notes":null}', '{"notes":["a"],"lines":1}', "null"])
def test_one_that_cannot_be_read_is_left_logged_and_replaced(facts: Facts, state: str) -> None:
    pages = Pages()
    pages.note(facts, *"abcde")
    spoil(facts, state=state)
    with capture_logs() as logs:
        assert (pages.load(facts), pages.folded) == ("abcde", list("abcde"))
    assert [(line["event"], line["stream"], line["version"]) for line in logs] == [("snapshot_unreadable", "a", 3)]
    assert "Error" in logs[0]["error"]
    pages.note(facts, "f")
    assert (pages.load(facts), pages.folded) == ("abcdef", ["f"])


def test_one_that_is_ahead_of_its_stream_is_not_used(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abcde")
    spoil(facts, version=6, state='{"notes":["a","b","c","d","e","f"]}')
    assert (pages.load(facts), pages.folded) == ("abcde", list("abcde"))
    pages.note(facts, "g")
    assert pages.load(facts) == "abcdeg"


def test_that_none_can_be_written_is_logged_and_harms_no_command(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"abc")
    with facts.store.database.write() as connection:
        connection.execute(sa.text("ALTER TABLE snapshots RENAME COLUMN taken_at TO taken"))
    with capture_logs() as logs:
        pages.note(facts, "d")
    assert [(line["event"], line["stream"], line["version"]) for line in logs] == [("snapshot_not_kept", "a", 3)]
    assert "taken_at" in logs[0]["error"]
    assert (pages.load(facts), pages.folded) == ("abcd", list("abcd"))


def test_a_state_that_would_not_come_back_as_it_is_is_not_kept(facts: Facts) -> None:
    pages = Pages()
    # a list where the class says tuple: it would come back as a tuple
    listing = replace(pages.decider, evolve=lambda state, event: Page([*state.notes, event.text]))  # type: ignore[arg-type]
    with capture_logs() as logs:
        for text in "abcd":
            facts.execute(Request("office", {"text": text}), listing, "a", text)
    assert [line["event"] for line in logs] == ["snapshot_not_kept"]
    assert kept(facts) == {}


def test_one_that_ends_with_its_stream_is_all_that_is_read(facts: Facts) -> None:
    pages = Pages()
    pages.note(facts, *"ab")
    form = form_of(pages.decider, CATALOGUE)
    assert form is not None
    facts.snapshots.keep("a", form.fingerprint, Snapshot(2, form.write(Page(("a", "b")))))
    assert (pages.load(facts), pages.folded) == ("ab", [])
    pages.note(facts, "c")
    assert pages.load(facts) == "abc"


def test_one_that_is_older_than_another_may_replace_it(facts: Facts) -> None:
    """As of two writers the slower one does."""
    pages = Pages()
    pages.note(facts, *"abcdefg")
    form = form_of(pages.decider, CATALOGUE)
    assert form is not None
    facts.snapshots.keep("a", form.fingerprint, Snapshot(2, form.write(Page(("a", "b")))))
    assert (pages.load(facts), pages.folded) == ("abcdefg", list("cdefg"))


def test_writers_at_the_same_time_lose_nothing_by_them(facts: Facts) -> None:
    def write(letter: str) -> None:
        for number in range(8):
            for _ in range(100):
                try:
                    Pages().note(facts, f"{letter}{number} ")
                except StaleVersion:
                    continue
                break

    at_once([lambda letter=letter: write(letter) for letter in "xyz"])  # type: ignore[misc]
    pages = Pages()
    loaded = pages.load(facts)
    assert len(pages.folded) < 24
    assert sorted(loaded.split()) == [f"{letter}{number}" for letter in "xyz" for number in range(8)]
    facts.snapshots.drop()
    assert pages.load(facts) == loaded


# Sheets, as secretaries fill them


SCORES = st.builds(
    score,
    st.sampled_from(["A1", "A2", "B1", "nothing"]),
    st.sampled_from(["0", "1.50", "2", "5", "99", "-0"]) | st.none(),
    st.none() | st.text('ởđ\n"', max_size=3),
)
COMMANDS = st.lists(SCORES, max_size=3).map(lambda scores: enter(*scores)) | st.just(SUBMIT)
NUMBERS = count(1)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(COMMANDS | st.sampled_from(["drop", "spoil"]), max_size=25))
def test_a_state_is_always_what_its_whole_stream_gives(facts: Facts, steps: list[Any]) -> None:
    sheets = Facts(facts.store, EVALUATIONS)
    stream = f"sheet-{next(NUMBERS)}"
    for step in steps:
        if step == "drop":
            sheets.snapshots.drop()
        elif step == "spoil":
            spoil(sheets, state="nonsense")
        else:
            with suppress(DomainError):
                sheets.execute(Request("office"), sheet(), stream, step)
        events = [EVALUATIONS.decode(event) for event in sheets.store.stream(stream)]
        assert sheets.load(evaluations.READ, stream) == (evaluations.READ.fold(events), len(events))

"""Organisations as of any day, as known on any day: on both databases, and against an evaluation that knows nothing of periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry import domain, views
from services.registry.domain import Attribute, Heir
from services.registry.domain.lineage import Ground, record
from services.registry.domain.organisations import Change, Fact
from services.registry.schemas import EVENTS
from shared.errors import DomainError
from shared.feed.page import Page
from shared.projection import Projector, Reading
from shared.store import Database
from tests.services.registry.test_organisation import registered
from tests.support.feeds import Feeds

TODAY = date(2025, 7, 1)
PAPER = "NQ 1"
NUMBERS = count(1)


class Registry:
    """Facts on their way into the views, each recorded at noon in Ha Noi."""

    def __init__(self, database: Database) -> None:
        projector = Projector(database, views.MODEL, pause=lambda _seconds: None)
        projector.prepare()
        self.feeds = Feeds(projector, {"registry": EVENTS})

    def tell(self, day: date, *facts: Fact) -> None:
        for fact in facts:
            at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
            self.feeds.tell("registry", fact, stream=f"organisation-{fact.organisation}", at=at)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self.feeds.projector.reading() as reading:
            yield reading

    def listed(self, on: date | None = None, known_on: date | None = None, page: int | None = None, **wanted: Any) -> list[dict[str, Any]]:
        with self.reading() as reading:
            asked = views.Wanted(TODAY, on, known_on, **wanted)
            rows = views.organisations_on(reading, asked, page)
            if page is None:
                assert views.count_on(reading, asked) == len(rows)
            return rows

    def keys(self, on: date | None = None, known_on: date | None = None, **wanted: Any) -> list[str]:
        return [row["organisation"] for row in self.listed(on, known_on, **wanted)]

    def one(self, key: str, on: date = TODAY, known_on: date | None = None) -> dict[str, Any] | None:
        with self.reading() as reading:
            return views.organisation_on(reading, key, on, known_on)

    def lineage(self, key: str, known_on: date | None = None) -> dict[str, Any]:
        with self.reading() as reading:
            return views.lineage_of(reading, key, known_on)


@pytest.fixture
def registry(database: Database) -> Registry:
    return Registry(database)


# Lists


def test_the_list_of_a_day_has_who_was_open_then_with_the_name_of_then(registry: Registry) -> None:
    registry.tell(date(2025, 1, 1), registered("a", name="Xã Đặng", opened_on=date(2000, 1, 1)), registered("b", name="Xã Bình"))
    registry.tell(date(2025, 1, 1), registered("moi", name="Phường Mới", opened_on=date(2025, 9, 1)))
    registry.tell(
        date(2025, 2, 1), domain.OrganisationRenamed("a", "Phường Đặng", TODAY, PAPER), domain.OrganisationDissolved("b", TODAY, PAPER)
    )
    assert registry.keys(date(1999, 12, 31)) == ["b"]
    assert [row["name"] for row in registry.listed(date(2025, 6, 30))] == ["Xã Bình", "Xã Đặng"]
    assert [row["name"] for row in registry.listed(TODAY)] == ["Phường Đặng"]
    assert [(row["opened_on"], row["ended_on"]) for row in registry.listed(date(2025, 6, 30))] == [(None, TODAY), (date(2000, 1, 1), None)]
    assert registry.keys(date(2025, 9, 1)) == ["a", "moi"]
    # no day named: today's, and those that are to open
    assert registry.keys() == ["a", "moi"]


def test_a_unit_and_all_that_are_under_it_today_by_territory_or_sector(registry: Registry) -> None:
    under = [
        registered("so"),
        registered("phong", parent="so"),
        registered("to", parent="phong"),
        registered("chi-cuc", sector_parent="so"),
    ]
    registry.tell(date(2025, 1, 1), *under, registered("doi", parent="so"), registered("ben", parent="khac"))
    registry.tell(date(2025, 2, 1), domain.OrganisationMoved("doi", "khac", None, TODAY, PAPER))
    with registry.reading() as reading:
        found = {unit: views.at_and_below(reading, unit, TODAY, 4) for unit in ("so", "phong", "to", "khac")}
        assert views.at_and_below(reading, "so", date(2025, 6, 30), 4) is None, "of that day there were five"
    assert found == {"so": ["so", "chi-cuc", "phong", "to"], "phong": ["phong", "to"], "to": ["to"], "khac": ["khac", "ben", "doi"]}


def test_what_was_not_recorded_yet_was_not_known(registry: Registry) -> None:
    registry.tell(date(2025, 1, 1), registered("a"), registered("b"))
    registry.tell(date(2025, 2, 1), domain.OrganisationMerged("a", "b", date(2020, 1, 1), PAPER))
    assert registry.keys(TODAY, date(2024, 12, 31)) == []
    assert registry.keys(TODAY, date(2025, 1, 31)) == ["a", "b"]
    assert registry.keys(TODAY, date(2025, 2, 1)) == ["b"]
    assert registry.keys(date(2019, 1, 1), date(2025, 2, 1)) == ["a", "b"]


def test_the_day_on_which_something_is_known_ends_at_midnight_in_ha_noi(registry: Registry) -> None:
    for key, hour in (("a", 16), ("b", 17)):  # 23:00 and 0:00 there
        at = datetime(2025, 3, 1, hour, tzinfo=UTC)
        registry.feeds.tell("registry", registered(key), stream=f"organisation-{key}", at=at)
    assert registry.keys(TODAY, date(2025, 3, 1)) == ["a"]
    assert registry.keys(TODAY, date(2025, 3, 2)) == ["a", "b"]


def test_one_searches_by_words_of_name_code_or_key_without_marks(registry: Registry) -> None:
    registry.tell(TODAY, registered("x1", name="Phường Đống Đa", code="00181"), registered("x2", name="Phường Ba Đình", code="H26.1"))
    assert registry.keys(text="dong da") == ["x1"]
    assert registry.keys(text="PHƯỜNG đinh") == ["x2"]
    assert registry.keys(text="phuong") == ["x2", "x1"]
    assert [registry.keys(text=text) for text in ("00181", "h26.1", "X2", "100%", "_")] == [["x1"], ["x2"], ["x2"], [], []]


def test_children_are_those_of_the_day(registry: Registry) -> None:
    registry.tell(TODAY, registered("huyen"), registered("tinh"), registered("bo"))
    registry.tell(TODAY, registered("xa", parent="huyen", sector_parent="bo"), domain.OrganisationMoved("xa", "tinh", "bo", TODAY, PAPER))
    assert registry.keys(TODAY - timedelta(days=1), parent="huyen") == ["xa"]
    assert registry.keys(TODAY, parent="huyen") == []
    assert (registry.keys(TODAY, parent="tinh"), registry.keys(TODAY, sector_parent="bo")) == (["xa"], ["xa"])


def test_pages_follow_one_another(registry: Registry) -> None:
    facts = [registered(f"k{number:03}") for number in range(60)]
    registry.tell(TODAY, *facts)
    first, second, third = ([row["organisation"] for row in registry.listed(page=page)] for page in (1, 2, 3))
    assert (len(first), len(second), third) == (50, 10, [])
    assert first + second == [fact.organisation for fact in facts]


def test_an_event_of_the_first_version_is_known_by_what_it_said(registry: Registry) -> None:
    event = registry.feeds.tell("registry", registered("a", code="G01"), stream="organisation-a")[0]
    old = {name: value for name, value in event.data.items() if name not in ("kind", "sector_parent")}
    older = replace(event, id="old", position=2, stream="organisation-b", data={**old, "organisation": "b"}, schema=1)
    registry.feeds.projector.receive(Page.of([older]), lambda _service, _after: [])
    assert registry.feeds.projector.parked() == []
    assert [(row["organisation"], row["code"], row["kind"]) for row in registry.listed()] == [("a", "G01", None), ("b", "G01", None)]


# One organisation


def test_an_organisation_has_its_names_and_codes_with_their_days_and_its_papers(registry: Registry) -> None:
    registry.tell(date(2025, 1, 1), registered("a", name="Xã", code="00004", opened_on=date(2000, 1, 1)), registered("b"))
    registry.tell(date(2025, 1, 2), domain.OrganisationRenamed("a", "Phường", date(2010, 1, 1), "NQ 2"))
    registry.tell(date(2025, 1, 3), domain.OrganisationMerged("a", "b", TODAY, "NQ 3"))
    found = registry.one("a")
    assert found is not None
    assert (found["open"], found["name"], found["ended_on"]) == (False, "Phường", TODAY)
    assert [(used["value"], used["from_on"], used["until_on"]) for used in found["names"]] == [
        ("Xã", date(2000, 1, 1), date(2009, 12, 31)),
        ("Phường", date(2010, 1, 1), date(2025, 6, 30)),
    ]
    assert [used["value"] for used in found["codes"]] == ["00004"]
    assert [(fact["change"], fact["known_on"], fact["data"].get("document")) for fact in found["facts"]] == [
        ("registered", "2025-01-01", None),
        ("renamed", "2025-01-02", "NQ 2"),
        ("merged", "2025-01-03", "NQ 3"),
    ]
    before = registry.one("a", date(2005, 1, 1), date(2025, 1, 2))
    assert before is not None
    assert (before["open"], before["name"], before["ended_on"], len(before["facts"])) == (True, "Xã", None, 2)
    assert (registry.one("a", known_on=date(2024, 1, 1)), registry.one("ai")) == (None, None)


def test_names_come_by_what_is_new_and_of_the_ended_too(registry: Registry) -> None:
    def names(after: int, today: date = TODAY) -> tuple[int, Mapping[str, str]]:
        with registry.reading() as reading:
            found = views.names_since(reading, after, today)
        return found["position"], found["names"]

    assert names(0) == (0, {})
    registry.tell(
        date(2025, 1, 1), registered("a", name="A"), registered("b", name="B"), registered("c", name="C", opened_on=date(2026, 1, 1))
    )
    assert names(0) == (3, {"a": "A", "b": "B", "c": "C"})
    registry.tell(date(2025, 1, 2), domain.OrganisationDissolved("a", date(2025, 3, 1), PAPER))
    registry.tell(date(2025, 1, 2), domain.OrganisationRenamed("b", "B2", TODAY, PAPER))
    assert names(3) == (5, {"a": "A", "b": "B2"})
    assert names(3, date(2025, 6, 30)) == (5, {"a": "A", "b": "B"})
    assert names(5) == (5, {})


def test_a_code_leads_to_all_that_had_it_in_whichever_form(registry: Registry) -> None:
    registry.tell(TODAY, registered("a", code="00004"), domain.OrganisationMerged("a", "b", date(2025, 1, 1), PAPER))
    registry.tell(TODAY, registered("b", code="00004", opened_on=date(2025, 1, 1)), registered("c", code="000.00.12.H56"))
    with registry.reading() as reading:
        held = views.with_codes(reading, ["00004"])
        assert [(row["organisation"], row["from_on"], row["until_on"]) for row in held] == [
            ("b", date(2025, 1, 1), date.max),
            ("a", date.min, date(2025, 1, 1)),
        ]
        for code in ("H56.12", "000.00.12.H56"):
            assert [row["organisation"] for row in views.with_codes(reading, [code])] == ["c"]
        assert views.with_codes(reading, ["00004"], known_on=date(2025, 6, 30)) == []


# Lineage


def test_lineage_goes_to_any_depth_with_the_way_there(registry: Registry) -> None:
    registry.tell(TODAY, *(registered(key) for key in "abcde"))
    registry.tell(
        TODAY, domain.OrganisationMerged("a", "c", date(2020, 1, 1), PAPER), domain.OrganisationMerged("b", "c", date(2020, 1, 1), PAPER)
    )
    halves = (Heir("d", note="thôn 1"), Heir("e"))
    registry.tell(TODAY, domain.OrganisationSplit("c", halves, date(2025, 1, 1), PAPER))
    heirs = registry.lineage("a")["heirs"]
    assert [(step["organisation"], step["next_to"], step["depth"], step["path"]) for step in heirs] == [
        ("c", "a", 1, ["a", "c"]),
        ("d", "c", 2, ["a", "c", "d"]),
        ("e", "c", 2, ["a", "c", "e"]),
    ]
    assert (heirs[1]["change"], heirs[1]["note"], heirs[1]["on"]) == ("split", "thôn 1", date(2025, 1, 1))
    assert [step["path"] for step in registry.lineage("e")["ancestors"]] == [["e", "c"], ["e", "c", "a"], ["e", "c", "b"]]
    assert registry.lineage("a", date(2025, 6, 30)) == {"ancestors": [], "heirs": [], "complete": True}


def test_a_way_leads_only_on_in_time(registry: Registry) -> None:
    registry.tell(TODAY, *(registered(key) for key in "abc"))
    # a gave a part to b; b had been a part of nothing, and gave a part to c before that
    registry.tell(TODAY, domain.OrganisationSplit("b", (Heir("b"), Heir("c")), date(2010, 1, 1), PAPER))
    registry.tell(TODAY, domain.OrganisationSplit("a", (Heir("a"), Heir("b")), date(2020, 1, 1), PAPER))
    registry.tell(TODAY, domain.OrganisationSplit("b", (Heir("b"), Heir("a")), date(2021, 1, 1), PAPER))
    assert [step["path"] for step in registry.lineage("a")["heirs"]] == [["a", "b"], ["a", "b", "a"]]
    assert [step["path"] for step in registry.lineage("c")["ancestors"]] == [["c", "b"]]


# Properties


DAYS = [date(2020, 1, day) for day in range(1, 7)]
days = st.sampled_from(DAYS)
texts = st.sampled_from(["x", "y", "z"])
KEYS = ("a", "b", "c")
SAID = ("name", "kind", "level")


def _changes(key: str) -> st.SearchStrategy[Change]:
    others = st.sampled_from([one for one in KEYS if one != key])
    attributes = st.sampled_from([Attribute.NAME, Attribute.KIND, Attribute.LEVEL])
    return st.one_of(
        st.builds(domain.RegisterOrganisation, st.just(key), texts, texts, st.none() | days),
        st.builds(domain.RenameOrganisation, st.just(key), texts, days, st.just(PAPER)),
        st.builds(domain.RetypeOrganisation, st.just(key), st.none() | texts, texts, days, st.just(PAPER)),
        st.builds(domain.MoveOrganisation, st.just(key), st.none() | others, st.just(None), days, st.just(PAPER)),
        st.builds(domain.MergeOrganisation, st.just(key), others, days, st.just(PAPER)),
        st.builds(domain.SplitOrganisation, st.just(key), st.just(tuple(map(Heir, KEYS))), days, st.just(PAPER)),
        st.builds(domain.DissolveOrganisation, st.just(key), days, st.just(PAPER)),
        st.builds(domain.CorrectOrganisation, st.just(key), attributes, st.none() | days, texts, st.just("nhầm")),
        st.builds(
            domain.CorrectOrganisation, st.just(key), st.just(Attribute.OPENED_ON), st.none(), st.none() | days.map(str), st.just("nhầm")
        ),
        st.builds(
            domain.CorrectOrganisation, st.just(key), st.just(Attribute.SUCCESSION), days, st.none() | days.map(str), st.just("nhầm")
        ),
    )


@dataclass
class Painted:
    """One organisation as a calendar that each fact paints over: what it says, from its day to the next day that was painted itself."""

    opened_on: date | None = None
    gone_on: dict[date, bool] = field(default_factory=dict)
    marks: dict[str, set[date]] = field(default_factory=dict)
    calendar: dict[str, dict[date, str | None]] = field(default_factory=dict)

    def paint(self, attribute: str, day: date, value: str | None) -> None:
        marks = self.marks.setdefault(attribute, set())
        cells = self.calendar.setdefault(attribute, {})
        for cell in (date.min, *DAYS):
            if cell < day:
                continue
            if cell > day and cell in marks:
                break
            cells[cell] = value
        marks.add(day)

    def tell(self, fact: Any) -> None:
        name, data = type(fact).__name__, {slot: getattr(fact, slot) for slot in type(fact).__slots__}
        said = {key: data[key] for key in ("name", "kind", "level", "parent") if key in data}
        if name == "OrganisationRegistered":
            self.opened_on = data["opened_on"]
        if name == "OrganisationCorrected":
            if data["attribute"] == "opened_on":
                self.opened_on = data["value"] and date.fromisoformat(data["value"])
                return
            if data["attribute"] == "succession":
                ended = self.gone_on.pop(data["held_from"])
                if data["value"]:
                    self.gone_on[date.fromisoformat(data["value"])] = ended
                return
            said = {str(data["attribute"]): data["value"]}
        if name in ("OrganisationMerged", "OrganisationDissolved"):
            self.gone_on[data["effective_on"]] = True
        if name == "OrganisationSplit":
            self.gone_on[data["effective_on"]] = data["organisation"] not in [heir.organisation for heir in data["heirs"]]
        for attribute, value in said.items():
            self.paint(attribute, data.get("effective_on") or data.get("held_from") or date.min, value)

    def on(self, day: date) -> dict[str, Any] | None:
        gone = any(day >= end for end, ended in self.gone_on.items() if ended)
        if gone or (self.opened_on is not None and day < self.opened_on):
            return None
        return {attribute: cells.get(day) for attribute, cells in self.calendar.items()}


@dataclass
class Log:
    """What was decided, fact by fact, with the day on which it was recorded."""

    ground: dict[str, domain.Organisation] = field(default_factory=dict)
    facts: list[tuple[date, Fact]] = field(default_factory=list)

    def take(self, day: date, change: Change) -> list[Fact]:
        try:
            (made,) = record(Ground(self.ground, {}), [change]).values()
        except DomainError:
            return []
        for fact in made:
            self.ground[fact.organisation] = domain.ORGANISATION.evolve(
                self.ground.get(fact.organisation, domain.ORGANISATION.initial), fact
            )
            self.facts.append((day, fact))
        return made


def _named_apart(fact: Any, number: int) -> Any:
    """The fact with keys that no other example has: one database serves all."""
    said: dict[str, Any] = {"organisation": f"{fact.organisation}{number}."}
    for name in ("parent", "into"):
        if getattr(fact, name, None):
            said[name] = f"{getattr(fact, name)}{number}."
    if hasattr(fact, "heirs"):
        said["heirs"] = tuple(Heir(f"{heir.organisation}{number}.") for heir in fact.heirs)
    return replace(fact, **said)


histories = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(KEYS).flatmap(_changes)), min_size=1, max_size=14)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories)
def test_any_day_as_known_on_any_day_equals_a_replay_of_what_was_recorded_by_then(
    registry: Registry, history: Sequence[tuple[int, Change]]
) -> None:
    number, log = next(NUMBERS), Log()

    def shown(on: date, known_on: date) -> dict[str, Any]:
        with registry.reading() as reading:
            rows = views.organisations_on(reading, views.Wanted(TODAY, on, known_on, f"{number}."))
        mine = [row for row in rows if row["organisation"][1:] == f"{number}."]
        return {
            row["organisation"][0]: {**{name: row[name] for name in SAID}, "parent": row["parent"] and row["parent"][0]} for row in mine
        }

    day = date(2025, 1, 1)
    for passed, change in [(0, domain.RegisterOrganisation(key, "x", "y")) for key in KEYS[:2]] + list(history):
        day += timedelta(days=passed)
        registry.tell(day, *(_named_apart(fact, number) for fact in log.take(day, change)))
    answered: dict[tuple[date, date], Any] = {}
    for known_on in sorted({recorded for recorded, _ in log.facts}):
        painted: dict[str, Painted] = {}
        for recorded, fact in log.facts:
            if recorded <= known_on:
                painted.setdefault(fact.organisation, Painted()).tell(fact)
        for on in DAYS:
            expected = {key: said for key, one in painted.items() if (said := one.on(on)) is not None}
            answered[known_on, on] = shown(on, known_on)
            assert answered[known_on, on] == expected
        for key, calendar in painted.items():
            one = registry.one(f"{key}{number}.", DAYS[2], known_on)
            assert one is not None
            said = calendar.on(DAYS[2])
            assert one["open"] == (said is not None)
            assert said is None or {name: one[name] for name in SAID} == {name: said[name] for name in SAID}
    # a correction recorded on a later day changes nothing of what was known before
    correction = domain.OrganisationCorrected(f"a{number}.", Attribute.NAME, None, "khác", "nhầm")
    registry.tell(day + timedelta(days=1), correction)
    for (known_on, on), before in answered.items():
        assert shown(on, known_on) == before


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(st.sampled_from(KEYS).flatmap(_changes), max_size=20))
def test_whoever_goes_on_with_a_unit_came_from_it(registry: Registry, history: Sequence[Change]) -> None:
    number, log = next(NUMBERS), Log()
    for change in [*(domain.RegisterOrganisation(key, "x", "y") for key in KEYS), *history]:
        registry.tell(TODAY, *(_named_apart(fact, number) for fact in log.take(TODAY, change)))
    keys = [f"{key}{number}." for key in KEYS]
    found = {key: registry.lineage(key) for key in keys}
    for key in keys:
        for step in found[key]["heirs"]:
            assert key in {back["organisation"] for back in found[step["organisation"]]["ancestors"]} | {step["organisation"]}
        for step in found[key]["ancestors"]:
            assert key in {on["organisation"] for on in found[step["organisation"]]["heirs"]} | {step["organisation"]}
    gone = {(one.organisation, one.into) for _, one in log.facts if isinstance(one, domain.OrganisationMerged)}
    ended = {key for key, state in log.ground.items() if state.ending is not None and state.ending.change == "merged"}
    for key, into in gone:
        if key in ended and log.ground[key].ending.heirs[0].organisation == into:  # type: ignore[union-attr]
            assert f"{into}{number}." in {step["organisation"] for step in found[f"{key}{number}."]["heirs"]}

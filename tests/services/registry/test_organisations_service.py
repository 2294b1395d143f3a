"""The entrypoints for organisations over a store of their own: what counts at once, what is recorded together, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.registry import domain, schemas, views
from services.registry.service import RegistryService
from shared.errors import CommandReused, CommendationError, NotAllowed, NotFound, ValidationFailed
from shared.event import Context, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database

PAPER = "NQ 1"


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return RegistryService()


class Registry:
    """The service with everything around it but the broker; the views follow only when they are told to."""

    def __init__(self, folder: Path) -> None:
        self.database = open_database(f"sqlite:///{folder}/registry.db")
        self.store = EventStore(self.database, site="vn", service="registry")
        self.store.prepare()
        self.projector = Projector(self.database, views.MODEL, pause=lambda _seconds: None)
        self.projector.prepare()
        self.service = _bare()
        self.service.facts = Facts(self.store, schemas.EVENTS)
        self.service.views = Views(self.projector)
        roles = [("office", "office", "*"), ("secretary", "secretary", "xa")]
        granted = [NewEvent("registry.RoleGranted", 1, dict(zip(("account", "role", "scope"), held, strict=True))) for held in roles]
        self.store.append(Append("accounts", ANY, granted), Context("system", "c", "k"))
        self.follow()

    def follow(self) -> None:
        self.projector.receive(Page.announcement("vn", "registry", self.store.head()), lambda _service, after: self.store.feed(after))
        assert self.projector.parked() == []

    def ask(self, method: str, actor: str = "office", command: str | None = None, **data: Any) -> Any:
        """The service's answer; its error is raised as the caller of the RPC would see it."""
        request = Request(actor, data) if command is None else Request(actor, data, command, "course")
        answer = getattr(self.service, method)(request.to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def register(self, key: str, **more: Any) -> Any:
        return self.ask("register_organisation", organisation=key, name=key, level="xã", **more)

    def facts(self) -> list[str]:
        return [event.type.removeprefix("registry.Organisation") for event in self.store.feed(0) if "Organisation" in event.type]


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    made = Registry(tmp_path)
    yield made
    made.database.close()


COMMANDS: dict[str, dict[str, Any]] = {
    "rename_organisation": {"name": "Phường"},
    "recode_organisation": {"code": "H13.1"},
    "retype_organisation": {"kind": "phường", "level": "xã"},
    "move_organisation": {"parent": "b", "sector_parent": None},
    "merge_organisation": {"into": "b"},
    "split_organisation": {"heirs": [{"organisation": "b", "share": "0.5"}, {"organisation": "c", "note": "thôn 1"}]},
    "dissolve_organisation": {},
}


@pytest.mark.parametrize(("method", "said"), COMMANDS.items(), ids=list(COMMANDS))
def test_a_change_is_recorded_for_the_office_alone(registry: Registry, method: str, said: dict[str, Any]) -> None:
    for key in ("xa", "b", "c"):
        registry.register(key)
    data = {"organisation": "xa", **said, "effective_on": "2025-07-01", "document": PAPER}
    with pytest.raises(NotAllowed):
        registry.ask(method, "secretary", **data)
    answer = registry.ask(method, **data)
    assert (answer["stream"], answer["version"], len(answer["events"])) == ("organisation-xa", 2, 1)
    event = registry.store.stream("organisation-xa")[-1]
    assert event.effective_on.isoformat() == "2025-07-01"
    assert {name: event.data[name] for name in said if name != "heirs"} == {name: said[name] for name in said if name != "heirs"}
    assert registry.ask(method, **data)["events"] == []


def test_a_correction_is_recorded_from_the_day_it_speaks_of(registry: Registry) -> None:
    registry.register("xa")
    said = {"organisation": "xa", "attribute": "name", "held_from": "2020-01-01", "value": "Xã X", "reason": "ghi nhầm"}
    registry.ask("correct_organisation", **said)
    assert registry.store.stream("organisation-xa")[-1].effective_on.isoformat() == "2020-01-01"
    with pytest.raises(ValidationFailed) as refused:
        registry.ask("correct_organisation", **{**said, "attribute": "colour", "value": "one\ntwo"})
    assert {error["at"] for error in refused.value.details["errors"]} == {"attribute", "value"}


def test_what_was_recorded_a_moment_ago_counts_though_the_views_lag(registry: Registry) -> None:
    registry.register("tinh", code="01")
    registry.register("xa", parent="tinh", code="00004")
    with pytest.raises(domain.CodeTaken, match="that of xa"):
        registry.register("moi", code="00004")
    registry.follow()
    with pytest.raises(domain.CodeTaken, match="that of xa"):
        registry.register("moi", code="00004")
    registry.ask("recode_organisation", organisation="xa", code="00007", effective_on="2025-07-01", document=PAPER)
    registry.register("moi", code="00004", opened_on="2025-07-01")
    with pytest.raises(domain.ParentCycle):
        registry.ask("move_organisation", organisation="tinh", parent="xa", sector_parent=None, effective_on="2025-07-01", document=PAPER)


def batch(*changes: dict[str, Any]) -> dict[str, Any]:
    return {"changes": list(changes)}


def registering(key: str, **more: Any) -> dict[str, Any]:
    return {"change": "register", "organisation": key, "name": key, "level": "xã", **more}


REORGANISED = batch(
    registering("tinh", opened_on="1990-01-01"),
    registering("a", parent="tinh", code="00004"),
    registering("b", parent="tinh"),
    {"change": "rename", "organisation": "b", "name": "B", "effective_on": "2020-01-01", "document": PAPER},
    {"change": "merge", "organisation": "a", "into": "b", "effective_on": "2025-07-01", "document": PAPER},
    {"change": "recode", "organisation": "b", "code": "00004", "effective_on": "2025-07-01", "document": PAPER},
)


def test_several_changes_are_decided_one_on_the_other_and_recorded_together(registry: Registry) -> None:
    answer = registry.ask("record_organisations", **REORGANISED)
    assert (answer["events"], answer["repeated"], answer["position"]) == (6, False, registry.store.head())
    assert registry.facts() == ["Registered", "Registered", "Merged", "Registered", "Renamed", "Recoded"]
    assert len({event.recorded_at for event in registry.store.feed(2)}) == 1
    again = registry.ask("record_organisations", **REORGANISED)
    assert (again["events"], len(registry.facts())) == (0, 6)


def test_the_same_command_twice_is_one_though_it_would_be_refused_the_second_time(registry: Registry) -> None:
    registry.register("a")
    registry.register("b")
    merge = {"organisation": "a", "into": "b", "effective_on": "2025-07-01", "document": PAPER}
    first = registry.ask("merge_organisation", command="k-1", **merge)
    registry.ask("dissolve_organisation", organisation="b", effective_on="2025-08-01", document=PAPER)
    rename = {"organisation": "a", "name": "A", "effective_on": "2024-07-01", "document": PAPER}
    renamed = registry.ask("rename_organisation", command="k-2", **rename)
    registry.ask("correct_organisation", organisation="a", attribute="opened_on", held_from=None, value="2025-01-01", reason="nhầm")
    assert registry.ask("merge_organisation", command="k-1", **merge) == {**first, "repeated": True}
    assert registry.ask("rename_organisation", command="k-2", **rename) == {**renamed, "repeated": True}
    with pytest.raises(CommandReused):
        registry.ask("merge_organisation", command="k-1", **{**merge, "into": "c"})


def test_of_several_changes_none_is_recorded_when_one_is_refused_which_is_named(registry: Registry) -> None:
    changes = [*REORGANISED["changes"], registering("c", parent="a", opened_on="2025-07-01"), registering("d")]
    with pytest.raises(domain.NotOpen, match="a was merged on 2025-07-01") as refused:
        registry.ask("record_organisations", changes=changes)
    assert refused.value.details["change"] == 6
    assert registry.facts() == []


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ([], "changes"),
        ("all", "changes"),
        ([registering("a")] * (schemas.CHANGES_MAX + 1), "changes"),
        ([{"change": "destroy", "organisation": "a"}], "changes[0].change"),
        (["merge"], "changes[0].change"),
        ([registering("a"), registering("b", opened_on="1/7/2025")], "changes[1].opened_on"),
        ([{"change": "split", "organisation": "a", "heirs": [{}], "effective_on": "2025-07-01", "document": "x"}], "changes[0].heirs[0]"),
    ],
)
def test_changes_that_cannot_be_read_name_the_place(registry: Registry, changes: Any, at: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        registry.ask("record_organisations", changes=changes)
    assert all(error["at"].startswith(at) for error in refused.value.details["errors"])


def test_another_writer_in_between_is_heeded(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.register("a")
    registry.register("b")
    load = Facts._load
    interfered: list[bool] = []

    def interfering(facts: Facts, decider: Any, stream: str) -> Any:
        loaded = load(facts, decider, stream)
        if stream == "organisation-a" and not interfered:
            interfered.append(True)
            registry.ask("dissolve_organisation", organisation="a", effective_on="2025-01-01", document="nhanh hơn")
        return loaded

    monkeypatch.setattr(Facts, "_load", interfering)
    with pytest.raises(domain.OrganisationEnded):
        registry.ask("merge_organisation", organisation="a", into="b", effective_on="2025-07-01", document=PAPER)
    assert registry.facts() == ["Registered", "Registered", "Dissolved"]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        pytest.param(
            ("move_organisation", {"organisation": "a", "parent": "b", "sector_parent": None}),
            ("move_organisation", {"organisation": "c", "parent": "a", "sector_parent": None}),
            domain.ParentCycle,
            id="a circle by way of one between",
        ),
        pytest.param(
            ("merge_organisation", {"organisation": "a", "into": "b"}),
            ("dissolve_organisation", {"organisation": "b"}),
            domain.NotOpen,
            id="an heir that ends",
        ),
    ],
)
def test_what_a_change_names_may_not_change_meanwhile(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, first: Any, second: Any, refused: type[CommendationError]
) -> None:
    registry.register("a")
    registry.register("c")
    registry.register("b", parent="c")
    append = EventStore.append_all
    interfered: list[bool] = []

    def interfering(store: EventStore, *given: Any, **more: Any) -> Any:
        if not interfered:
            interfered.append(True)
            registry.ask(second[0], **second[1], effective_on="2025-07-01", document="nhanh hơn")
        return append(store, *given, **more)

    monkeypatch.setattr(EventStore, "append_all", interfering)
    with pytest.raises(refused):
        registry.ask(first[0], **first[1], effective_on="2025-07-01", document=PAPER)
    assert len(registry.facts()) == 4


def test_one_asks_for_lists_one_organisation_codes_names_and_lineage(registry: Registry) -> None:
    registry.ask("record_organisations", **REORGANISED)
    registry.follow()
    assert [row["name"] for row in registry.ask("organisations")] == ["B", "tinh"]
    assert [row["name"] for row in registry.ask("organisations", on="2019-12-31", parent="tinh")] == ["a", "b"]
    assert registry.ask("count_organisations", on="2019-12-31", q="A") == 1
    assert registry.ask("organisations", on="2019-12-31", known_on="2020-01-01") == []
    assert [row["organisation"] for row in registry.ask("organisations", page=1)] == ["b", "tinh"]
    found = registry.ask("organisation", organisation="a", on="2025-06-30")
    assert (found["open"], found["ended_on"], found["successions"][0]["heirs"][0]["organisation"]) == (True, "2025-07-01", "b")
    assert registry.ask("organisation_by_code", code="00004", on="2025-06-30")["organisation"] == "a"
    assert registry.ask("organisation_by_code", code="00004")["organisation"] == "b"
    assert registry.ask("organisation_by_code", code="00005") == {"code": "00005", "organisation": None, "held": []}
    assert registry.ask("organisation_names") == {"position": 8, "names": {"a": "a", "b": "B", "tinh": "tinh"}}
    assert [step["path"] for step in registry.ask("lineage", organisation="b")["ancestors"]] == [["b", "a"]]
    with pytest.raises(NotFound):
        registry.ask("organisation", organisation="ai")
    with pytest.raises(ValidationFailed, match="on: Not a valid date"):
        registry.ask("organisations", on="1/7/2025")

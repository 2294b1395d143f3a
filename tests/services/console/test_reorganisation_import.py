"""The whole reorganisation through the registry's commands: the country on both sides of the day, and every lineage both ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from services.console.reorganisation.command import BATCH, rehearse
from services.console.reorganisation.plan import Change, plan
from services.console.reorganisation.tables import january, july
from services.console.reorganisation.understanding import Understanding, understand
from tests.services.console.test_reorganisation import OFFICIAL
from tests.services.registry.test_organisations_service import Registry


@pytest.fixture(scope="module")
def tables() -> Understanding:
    if not OFFICIAL.exists():
        pytest.skip(f"the official tables are not at {OFFICIAL}")
    return understand(january(OFFICIAL), july(OFFICIAL))


@pytest.fixture(scope="module")
def changes(tables: Understanding) -> tuple[Change, ...]:
    return plan(tables)


def record(registry: Registry, changes: tuple[Change, ...], *, prefix: str = "batch", until: int | None = None) -> Counter[str]:
    """Record the changes as the console does; how many facts came of it, and how many batches had been recorded before."""
    count: Counter[str] = Counter()
    for start in range(0, len(changes) if until is None else until, BATCH):
        batch = list(changes[start : start + BATCH])
        answer = registry.ask("record_organisations", command=f"{prefix}-{start}", changes=batch)
        count["repeated" if answer["repeated"] else "events"] += answer["events"]
        registry.follow()
    return count


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, changes: tuple[Change, ...]) -> Iterator[Registry]:
    """Stopped after some batches, then begun again from the first, as after a Ctrl-C."""
    registry = Registry(tmp_path_factory.mktemp("country"))
    record(registry, changes, until=10 * BATCH)
    again = record(registry, changes)
    assert again == {"repeated": 10 * BATCH, "events": len(changes) - 10 * BATCH}
    yield registry
    registry.database.close()


def levels(registry: Registry, on: str) -> Counter[str]:
    return Counter(row["level"] for row in registry.ask("organisations", on=on))


def test_the_registry_takes_every_change_before_one_is_sent(changes: tuple[Change, ...]) -> None:
    rehearse(changes)


def test_the_day_before_and_the_day(imported: Registry) -> None:
    assert levels(imported, "2025-06-30") == {"Cấp tỉnh": 63, "Cấp huyện": 696, "Cấp xã": 10_035}
    assert levels(imported, "2025-07-01") == {"Cấp tỉnh": 34, "Cấp xã": 3_321}


def test_every_code_of_the_day_is_held_by_one(imported: Registry, tables: Understanding) -> None:
    rows = imported.ask("organisations", on="2025-07-01")
    codes = Counter(row["statistics_code"] for row in rows)
    assert codes.keys() == tables.heirs.keys() | tables.provinces_after.keys()
    assert set(codes.values()) == {1}
    names = {row["statistics_code"]: row["name"] for row in rows}
    assert names["00004"] == "Phường Ba Đình"


def test_a_code_that_passed_on_is_found_on_either_day(imported: Registry) -> None:
    before = imported.ask("organisation_by_code", code="00004", on="2025-06-30")
    after = imported.ask("organisation_by_code", code="00004", on="2025-07-01")
    assert (before["organisation"], after["organisation"]) == ("xa-00004", "xa-00004-2025")


def test_the_largest_merger_and_the_way_back(imported: Registry) -> None:
    heir = "xa-00070-2025"
    ancestors = {row["organisation"] for row in imported.ask("lineage", organisation=heir)["ancestors"]}
    assert len(ancestors) == 14
    for ancestor in ancestors:
        assert heir in {row["organisation"] for row in imported.ask("lineage", organisation=ancestor)["heirs"]}


def test_every_divided_commune_has_all_its_heirs(imported: Registry, changes: tuple[Change, ...]) -> None:
    divided = [change for change in changes if change["change"] == "split"]
    assert len(divided) == 440
    for change in divided[::20]:
        found = imported.ask("lineage", organisation=change["organisation"])["heirs"]
        assert {row["organisation"] for row in found} == {heir["organisation"] for heir in change["heirs"]}


def test_communes_of_30_june_reach_those_of_1_july(imported: Registry, tables: Understanding) -> None:
    """One in twenty is asked; that none is left without an heir is seen in the tables themselves."""
    after = {row["organisation"] for row in imported.ask("organisations", on="2025-07-01")}
    units: list[str] = [f"xa-{code}" for code in tables.standing][::20]
    lost = [unit for unit in units if unit not in after and not _heirs(imported, unit) & after]
    assert lost == []


def _heirs(registry: Registry, unit: str) -> set[Any]:
    return {row["organisation"] for row in registry.ask("lineage", organisation=unit)["heirs"]}


def test_a_second_import_changes_nothing_under_whatever_ids(imported: Registry, changes: tuple[Change, ...]) -> None:
    head = imported.store.head()
    assert record(imported, changes, prefix="anew") == {"events": 0}
    assert imported.store.head() == head

"""The port suites that the `eventsource-py` package ships, tried on our store and read models, on both databases.

COMMENDATION_CONFORMANCE_TIMES says how often each runs; README.md says what is left out, and why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from eventsource.testing import conformance, conformance_ports
from eventsource.testing.conformance_ports import stateful
from eventsource.testing.sync_facade import SyncStoreFacade
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from shared.store import Database, EventStore
from tests.conformance.ports import CheckpointPorts, StorePorts
from tests.conformance.test_recorders import TIMES
from tests.support.databases import empty


def _store(database: Database) -> StorePorts:
    store = EventStore(database, site="vn", service="conformance")
    store.prepare()
    return StorePorts(store)


SUITES: tuple[tuple[type[Any], Callable[[Database], Any]], ...] = (
    (conformance_ports.AppenderConformance, _store),
    (conformance_ports.StreamReaderConformance, _store),
    (conformance_ports.EventLookupConformance, _store),
    (conformance_ports.GlobalFeedConformance, _store),
    (conformance_ports.CheckpointRepositoryConformance, CheckpointPorts),
)

PARTS = (conformance_ports.ProjectionCheckpointsConformance, conformance_ports.SubscriptionPositionsConformance)
"""Suites that another one, which is tried, is made of."""

LEFT_OUT: dict[str, str] = {
    "GlobalFeedConformance.test_tenant_filter_honored": "our log knows no tenant: a site has a log and a database of its own",
    "CheckpointRepositoryConformance.test_legacy_int_only_row_reads_none": "tries a column of the package's own earlier tables",
    "CheckpointRepositoryConformance.test_reset_makes_checkpoint_absent": "a cursor never goes back; a rebuild begins beside the live rows",
    "CheckpointRepositoryConformance.test_reset_of_absent_checkpoint_is_a_no_op": "a cursor never goes back",
    "CheckpointRepositoryConformance.test_distinct_projections_do_not_interfere": "a cursor never goes back; this case resets one of two",
    "CategoryQueryConformance": "our streams are read by name and the log by position; what is of one kind is a read model",
    "SnapshotConformance": "our snapshot is a cache that the store replaces and forgets by itself; nobody asks for one by name",
    "SnapshotTypeInvalidationConformance": "a snapshot of another shape is not read; there is nothing to remove by hand",
    "SnapshotStoreConformance": "both of the above",
    "DLQRepositoryConformance": "we park within the transaction that moves the cursor, never by a call of its own",
    "OutboxRepositoryConformance": "our log is the outbox: there is no second table to add to, mark and clean up",
    "DistributedLockConformance": "we offer no locks; the relay's lease has tests of its own",
    "ReadModelRepositoryConformance": "rows of a read model are written by folds only",
    "EventBusConformanceSuite": "tries handlers within one process; our feed goes over a broker to queues that keep pages",
}
"""Shipped suites, or cases of those that are tried, which do not fit what we promise, with the reason."""


def _in_a_thread(act: Callable[[], None]) -> None:
    """What runs an event loop: the thread of the tests has one already, once a browser was driven from it."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(act).result()


def _cases(suite: type[Any]) -> list[str]:
    return [name for name in dir(suite) if name.startswith("test_")]


TRIED = [
    pytest.param(suite, made, name, id=f"{suite.__name__}-{name}")
    for suite, made in SUITES
    for name in _cases(suite)
    if f"{suite.__name__}.{name}" not in LEFT_OUT
]


@pytest.mark.parametrize("_time", range(1, TIMES + 1))
@pytest.mark.parametrize(("suite", "made", "name"), TRIED)
def test_shipped_case(database: Database, suite: type[Any], made: Callable[[Database], Any], name: str, _time: int) -> None:
    # the suites ask pytest for an abstract fixture of this name; given by hand, no plugin for asynchronous tests is needed
    case = getattr(type(suite.__name__, (suite,), {"store": None})(), name)
    _in_a_thread(lambda: asyncio.run(case(made(database))))


@pytest.mark.parametrize("_time", range(1, TIMES + 1))
def test_shipped_state_machine(database: Database, _time: int) -> None:
    class OnOurStore(stateful.StoreStateMachine):
        def make_store(self) -> SyncStoreFacade:
            empty(database)
            # the facade asks for every port; the machine uses three of them
            return SyncStoreFacade(cast(Any, _store(database)))

    few = settings(max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    _in_a_thread(lambda: run_state_machine_as_test(OnOurStore, settings=few))


@pytest.mark.parametrize("name", LEFT_OUT)
def test_left_out(name: str) -> None:
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in readme, "README names what is left out"
    pytest.skip(LEFT_OUT[name])


def test_every_shipped_suite_is_tried_or_left_out_for_a_reason() -> None:
    shipped = {*conformance_ports.__all__, *conformance.__all__, *stateful.__all__}
    tried = {suite.__name__ for suite, _ in SUITES} | {part.__name__ for part in PARTS} | {stateful.StoreStateMachine.__name__}
    whole = {name for name in LEFT_OUT if "." not in name}
    assert shipped == tried | whole
    assert not tried & whole


def test_every_case_left_out_of_a_suite_that_is_tried_exists() -> None:
    shipped = {f"{suite.__name__}.{name}" for suite, _ in SUITES for name in _cases(suite)}
    assert {name for name in LEFT_OUT if "." in name} <= shipped


def test_every_case_of_a_part_is_among_those_of_the_whole() -> None:
    whole = set(_cases(conformance_ports.CheckpointRepositoryConformance))
    assert all(set(_cases(part)) <= whole for part in PARTS)

"""The recorder cases that the `eventsourcing` package ships, tried on our store, on both databases.

COMMENDATION_CONFORMANCE_TIMES says how often each runs, for those that race; README.md says what is left out, and why.
"""

from __future__ import annotations

import inspect
import os
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import TestCase

import pytest

from shared.projection import Projector, ReadModel
from shared.store import Database, EventStore
from tests.conformance.recorders import (
    CursorTrackingRecorder,
    StoreAggregateRecorder,
    StoreApplicationRecorder,
    StoreProcessRecorder,
)

shipped: Any = pytest.importorskip(
    "eventsourcing.tests.persistence",
    reason="the shipped cases import the package's cipher: install eventsourcing[crypto]",
    exc_type=ImportError,
)

TIMES = int(os.environ.get("COMMENDATION_CONFORMANCE_TIMES", "1"))


def _store(database: Database) -> EventStore:
    store = EventStore(database, site="vn", service="conformance")
    store.prepare()
    return store


def _cursor(database: Database) -> CursorTrackingRecorder:
    model = ReadModel("conformance", 1)
    for upstream in ("upstream1", "upstream2"):
        model.on(f"{upstream}.Happened")(lambda _rows, _event: None)
    projector = Projector(database, model)
    projector.prepare()
    return CursorTrackingRecorder(projector)


Made = Callable[[Database], Any]

RECORDERS: dict[str, Made] = {
    "aggregate": lambda database: StoreAggregateRecorder(_store(database)),
    "application": lambda database: StoreApplicationRecorder(_store(database)),
    "process": lambda database: StoreProcessRecorder(_store(database)),
    "cursor": _cursor,
}

CASES: tuple[tuple[type[TestCase], tuple[str, ...]], ...] = (
    (shipped.AggregateRecorderTestCase, ("aggregate",)),
    (shipped.ApplicationRecorderTestCase, ("application", "process")),
    (shipped.NonInterleavingNotificationIDsBaseCase, ("application", "process")),
    (shipped.TrackingRecorderTestCase, ("cursor", "process")),
    (shipped.ProcessRecorderTestCase, ("process",)),
)

LEFT_OUT: dict[str, str] = {
    "InfrastructureFactoryTestCase": "tries how the package configures its own recorders from its environment variables",
    "TranscoderTestCase": "tries the package's own JSON form of Python objects, which our store does not use",
}
"""Shipped cases that say nothing about a store, with the reason."""

OPTIONAL = ("optional_test_insert_subscribe",)
"""Shipped tests that a recorder with subscriptions asks for by name."""


def _tests(case: type[TestCase]) -> list[str]:
    return [*unittest.TestLoader().getTestCaseNames(case), *(name for name in OPTIONAL if hasattr(case, name))]


TRIED = [
    pytest.param(case, recorder, name, id=f"{case.__name__}-{recorder}-{name}")
    for case, recorders in CASES
    for recorder in recorders
    for name in _tests(case)
]


@pytest.mark.parametrize("_time", range(1, TIMES + 1))
@pytest.mark.parametrize(("case", "recorder", "name"), TRIED)
def test_shipped_case(database: Database, case: type[TestCase], recorder: str, name: str, _time: int) -> None:
    create: dict[str, Any] = {"create_recorder": lambda _self: RECORDERS[recorder](database)}
    # their own way to run one test with its set-up and tear-down so that an error reaches the runner
    type(case.__name__, (case,), create)(name).debug()


@pytest.mark.parametrize("name", LEFT_OUT)
def test_left_out(name: str) -> None:
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in readme, "README names what is left out"
    pytest.skip(LEFT_OUT[name])


def test_every_shipped_case_is_tried_or_left_out_for_a_reason() -> None:
    cases = {
        name
        for name, found in vars(shipped).items()
        if inspect.isclass(found) and issubclass(found, TestCase) and found.__module__ == shipped.__name__ and _tests(found)
    }
    assert cases == {case.__name__ for case, _ in CASES} | set(LEFT_OUT)

"""That the benchmarks run and account for every event and row on each database; how fast is no matter of tests."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import rfc8785

from tests.benchmarks.__main__ import (
    DATABASE_VARIABLE,
    OURS,
    has_postgres_peer,
    postgres_entries,
    provenance,
    save,
    sqlite_entries,
)
from tests.benchmarks.contestant import NotAccounted, Place
from tests.benchmarks.databases import Backend, PostgresServer, SqliteFiles
from tests.benchmarks.limit import SqliteLimit
from tests.benchmarks.measure import QUICK, Entry, Job, run, table
from tests.benchmarks.workload import PAYLOAD_BYTES, Decision, count_of, decisions


def test_sqlite(tmp_path: Path) -> None:
    _runs(SqliteFiles(tmp_path), sqlite_entries(), tmp_path)


def test_postgresql(tmp_path: Path) -> None:
    url = os.environ.get(DATABASE_VARIABLE)
    if not url:
        pytest.skip(f"{DATABASE_VARIABLE} names no PostgreSQL; `make test` starts one")
    _runs(PostgresServer(url), postgres_entries(), tmp_path)


def test_the_peer_takes_part_on_postgresql() -> None:
    if not has_postgres_peer():
        pytest.skip("psycopg-pool is not installed, without which eventsourcing has no PostgreSQL")
    assert sum(entry.name.startswith("eventsourcing") for entry in postgres_entries()) == 2


def test_a_contestant_that_loses_an_event_is_found_out(tmp_path: Path) -> None:
    class Careless(SqliteLimit):
        def append(self, decisions: Sequence[Decision]) -> None:
            super().append(decisions[:-1])

    def careless(place: Place) -> Careless:
        return Careless(place)

    with pytest.raises(NotAccounted, match="Careless"):
        run(SqliteFiles(tmp_path), [Entry("Careless", careless, frozenset({Job.APPEND_ONE}))], 1, QUICK, lambda _text: None)


def test_the_work_is_the_same_each_time_and_of_the_size_it_says() -> None:
    work = decisions(1_050, 100)
    assert work == decisions(1_050, 100)
    assert count_of(work) == 1_050
    assert {len(rfc8785.dumps(fact)) for decision in work for fact in decision.facts} == {PAYLOAD_BYTES}
    versions: dict[str, int] = {}
    for decision in work:
        assert decision.version == versions.get(decision.stream, 0)
        versions[decision.stream] = decision.version + len(decision.facts)


def _runs(backend: Backend, entries: list[Entry], folder: Path) -> None:
    samples = run(backend, entries, 1, QUICK, lambda _text: None)
    assert {(sample.contestant, sample.job) for sample in samples} == {(entry.name, job) for entry in entries for job in entry.jobs}
    shown = table(samples, OURS)
    assert all(entry.name in shown for entry in entries)
    kept = json.loads(save(provenance([backend]), samples, folder).read_text(encoding="utf-8"))
    assert kept["samples"] == [asdict(sample) for sample in samples]

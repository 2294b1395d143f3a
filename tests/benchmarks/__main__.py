"""Measure the event store and the projector beside the `eventsourcing` package and the bare driver.

    make bench                                 all databases, 5 rounds
    python -m tests.benchmarks --rounds 9      more rounds
    python -m tests.benchmarks --quick         a smoke run; its figures mean nothing

PostgreSQL is the server of COMMENDATION_TEST_DATABASE_URL, which `make bench` starts for the run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.benchmarks import workload
from tests.benchmarks.databases import Backend, NotDurable, PostgresServer, SqliteFiles
from tests.benchmarks.limit import PostgresLimit, SqliteLimit
from tests.benchmarks.measure import FULL, QUICK, Entry, Job, Sample, run, table
from tests.benchmarks.ours import Ours
from tests.benchmarks.peer_sqlite import SqlitePeer

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "bench"
DATABASE_VARIABLE = "COMMENDATION_TEST_DATABASE_URL"
ROUNDS = 5

OURS = "ours"
ALL = frozenset(Job)
APPENDS = frozenset({Job.APPEND_ONE, Job.APPEND_MANY})


def sqlite_entries() -> list[Entry]:
    return [
        Entry(OURS, Ours, ALL),
        Entry("eventsourcing", SqlitePeer, ALL),
        Entry("ours, with a command id", lambda place: Ours(place, with_command=True), APPENDS),
        Entry("limit: bare sqlite3", SqliteLimit, APPENDS),
    ]


def postgres_entries() -> list[Entry]:
    entries = [Entry(OURS, Ours, ALL)]
    if has_postgres_peer():
        from tests.benchmarks.peer_postgres import PostgresPeer

        entries += [
            Entry("eventsourcing, default", PostgresPeer, ALL),
            Entry("eventsourcing, database functions", lambda place: PostgresPeer(place, with_functions=True), APPENDS),
        ]
    return [
        *entries,
        Entry("ours, with a command id", lambda place: Ours(place, with_command=True), APPENDS),
        Entry("limit: bare psycopg", PostgresLimit, APPENDS),
    ]


def has_postgres_peer() -> bool:
    """Whether `eventsourcing` can use PostgreSQL here: it needs psycopg-pool, its extra [postgres]."""
    return find_spec("psycopg_pool") is not None


def backends() -> list[tuple[Backend, list[Entry]]]:
    found: list[tuple[Backend, list[Entry]]] = [(SqliteFiles(RESULTS), sqlite_entries())]
    if url := os.environ.get(DATABASE_VARIABLE):
        found.append((PostgresServer(url), postgres_entries()))
    return found


def provenance(found: Sequence[Backend]) -> dict[str, Any]:
    """What the figures depend on. Raises NotDurable."""
    about: dict[str, Any] = {
        "commit": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("sqlalchemy", "psycopg", "eventsourcing")},
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "workload": {
            "seed": workload.SEED,
            "streams": workload.STREAMS,
            "payload_bytes": workload.PAYLOAD_BYTES,
            "scores_per_event": workload.SCORES_PER_EVENT,
        },
        "sqlite": {"version": sqlite3.sqlite_version, "journal_mode": "wal", "synchronous": "full"},
    }
    for backend in found:
        if isinstance(backend, PostgresServer):
            about["postgresql"] = backend.settings()
    return about


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def save(about: dict[str, Any], samples: Sequence[Sample], folder: Path) -> Path:
    """Keep the raw samples; the file's name is the time in UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps({"about": about, "samples": [asdict(sample) for sample in samples]}, indent=1) + "\n", encoding="utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure beside what one would take instead.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds a database, {ROUNDS} unless told")
    parser.add_argument("--quick", action="store_true", help="one small round: whether it runs, not how fast")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds: give 1 or more")
    chosen = backends()
    try:
        about = provenance([backend for backend, _ in chosen])
    except NotDurable as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    if DATABASE_VARIABLE not in os.environ:
        print(f"benchmarks: {DATABASE_VARIABLE} is not set, so SQLite alone is measured; `make bench` measures both.", file=sys.stderr)
    elif not has_postgres_peer():
        print(
            "benchmarks: psycopg-pool is not installed, so eventsourcing is left out on PostgreSQL: pip install psycopg-pool",
            file=sys.stderr,
        )
    rounds, volume = (1, QUICK) if options.quick else (options.rounds, FULL)
    print(json.dumps(about, indent=1))
    samples: list[Sample] = []
    for backend, entries in chosen:
        made = run(backend, entries, rounds, volume, lambda text: print(text, file=sys.stderr, flush=True))
        samples += made
        print(f"\n{backend.name}: events a second, median of {rounds} (least..most)\n\n{table(made, OURS)}")
    print(f"\nsamples: {save(about, samples, RESULTS)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

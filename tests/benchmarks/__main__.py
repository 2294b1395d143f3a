"""Measure the event kernel beside the `eventsourcing` package and the limit.

    make bench                                    every job but the long ones, 5 rounds
    python -m tests.benchmarks --full             the long ones too
    python -m tests.benchmarks --only append-one  one job (repeatable)
    python -m tests.benchmarks --quick            a smoke run; its figures mean nothing
    python -m tests.benchmarks --show FILE        the table of a run that was kept

PostgreSQL and RabbitMQ are the servers of COMMENDATION_TEST_DATABASE_URL and COMMENDATION_TEST_BROKER_URL, which `make bench` starts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.telemetry import configure
from tests.benchmarks.databases import NotDurable, PostgresServer, SqliteFiles
from tests.benchmarks.jobs import JOBS
from tests.benchmarks.measure import FULL, QUICK, Bench, Job, NotAccounted, Sample, run
from tests.benchmarks.processes import ProcessFailed
from tests.benchmarks.provenance import ROOT, kept, provenance, save
from tests.benchmarks.report import lines, markdown, text

RESULTS = ROOT / "var" / "bench"
DATABASE_VARIABLE = "COMMENDATION_TEST_DATABASE_URL"
BROKER_VARIABLE = "COMMENDATION_TEST_BROKER_URL"
ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    shown = markdown if options.markdown else text
    if options.show is not None:
        print(shown(lines(kept(options.show), JOBS)))
        return 0
    rounds, volume = (1, QUICK) if options.quick else (options.rounds, FULL)
    database = os.environ.get(DATABASE_VARIABLE)
    bench = Bench(SqliteFiles(RESULTS), PostgresServer(database) if database else None, os.environ.get(BROKER_VARIABLE), volume)
    jobs = _possible(_wanted(options), bench)
    if not jobs:
        return 1
    configure("ERROR")
    signal.signal(signal.SIGTERM, _stop)
    try:
        about = provenance(bench, rounds)
    except NotDurable as error:
        return _failed(error)
    print(json.dumps(about, indent=1), flush=True)
    samples: list[Sample] = []
    try:
        samples.extend(run(jobs, bench, rounds, _tell))
    except (NotAccounted, ProcessFailed, TimeoutError) as error:
        return _failed(error)
    finally:
        # what was measured before something failed is kept as well
        if samples:
            print(f"\n{shown(lines(samples, JOBS))}\n\nsamples: {save(about, samples, RESULTS)}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure beside what one would take instead.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"rounds a job, {ROUNDS} unless told")
    keys = [job.key for job in JOBS]
    parser.add_argument("--only", action="append", choices=keys, metavar="JOB", help=f"this job (repeatable) of {', '.join(keys)}")
    parser.add_argument("--full", action="store_true", help="the long jobs too: a log of 10,000,000 events takes gigabytes and minutes")
    parser.add_argument("--quick", action="store_true", help="one small round of every job: whether it runs, not how fast")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--show", type=Path, metavar="FILE", help="measure nothing; print the table of a run that was kept")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds: give 1 or more")
    return options


def _wanted(options: argparse.Namespace) -> list[Job]:
    if options.only:
        return [job for job in JOBS if job.key in options.only]
    return [job for job in JOBS if options.full or options.quick or not job.long]


def _possible(jobs: Sequence[Job], bench: Bench) -> list[Job]:
    """The jobs whose servers are there; says which are left out."""
    variables = {"PostgreSQL": DATABASE_VARIABLE, "RabbitMQ": BROKER_VARIABLE}
    for job in jobs:
        if missing := job.missing(bench):
            names = " and ".join(variables[server] for server in missing)
            _tell(f"{job.key} is left out: {names} is not set; `make bench` starts {' and '.join(missing)}.")
    return [job for job in jobs if not job.missing(bench)]


def _stop(signum: int, _frame: object) -> None:
    # as an exception, so that processes and databases of the sample under way are ended
    sys.exit(128 + signum)


def _failed(error: Exception) -> int:
    _tell(str(error))
    return 1


def _tell(message: str) -> None:
    print(f"benchmarks: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

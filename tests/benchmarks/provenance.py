"""What the figures of a run depend on, and the file that keeps them with every sample."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kombu import Connection

from tests.benchmarks import workload
from tests.benchmarks.measure import Bench, Sample

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("eventsourcing", "psycopg", "psycopg-pool", "sqlalchemy", "kombu", "nameko", "eventlet", "pandas")


def provenance(bench: Bench, rounds: int) -> dict[str, Any]:
    """Versions, durability, machine, work and commit. Raises NotDurable."""
    about: dict[str, Any] = {
        "commit": _git("rev-parse", "--short=12", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "rounds": rounds,
        "volume": asdict(bench.volume),
        "workload": {
            "seed": workload.SEED,
            "sheets": workload.SHEETS,
            "payload_bytes": workload.PAYLOADS,
            "scores_per_event": workload.SCORES_PER_EVENT,
        },
        "sqlite": {"version": sqlite3.sqlite_version, "journal_mode": "wal", "synchronous": "full"},
    }
    if bench.postgres is not None:
        about["postgresql"] = bench.postgres.settings()
    if bench.broker_url is not None:
        about["rabbitmq"] = _broker_version(bench.broker_url)
    return about


def save(about: dict[str, Any], samples: Sequence[Sample], folder: Path) -> Path:
    """Keep the raw samples; the file's name is the time in UTC."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.json"
    path.write_text(json.dumps({"about": about, "samples": [asdict(sample) for sample in samples]}, indent=1) + "\n", encoding="utf-8")
    return path


def kept(path: Path) -> list[Sample]:
    """The samples of a file that `save` wrote."""
    return [Sample(**sample) for sample in json.loads(path.read_text(encoding="utf-8"))["samples"]]


def _broker_version(url: str) -> str:
    with Connection(url) as connection:
        connection.connect()
        return str(connection.connection.server_properties["version"])


def _git(*arguments: str) -> str:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""

"""What one would write to seal a result without a service: a script over the exported events that sums, ranks and hashes."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.benchmarks.sides.large_campaign import PASSES


def digest(export: Path) -> tuple[str, int]:
    """SHA-256 of the standings as JSON, every score with its event, and the number of units. It knows no returns, panels, caps or ties."""
    sheets: dict[str, dict[str, tuple[str, dict[str, str]]]] = defaultdict(dict)
    with export.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            if event["type"] == "evaluations.ItemsScored":
                data = event["data"]
                sheets[data["unit"]][data["pass_key"]] = event["id"], {one["item"]: one["score"] for one in data["scores"]}
    totals = {unit: sum(map(Decimal, held[PASSES[-1]][1].values())) for unit, held in sheets.items()}
    made = hashlib.sha256()
    for rank, unit in enumerate(sorted(totals, key=lambda unit: (-totals[unit], unit)), start=1):
        row: dict[str, Any] = {"unit": unit, "rank": rank, "total": str(totals[unit])}
        row["items"] = [
            {"item": item, "passes": [{"pass": key, "event": held[0], "score": held[1][item]} for key, held in sheets[unit].items()]}
            for item in sheets[unit][PASSES[-1]][1]
        ]
        made.update(json.dumps(row, sort_keys=True, separators=(",", ":")).encode())
    return made.hexdigest(), len(totals)

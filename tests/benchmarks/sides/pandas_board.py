"""What an analyst writes: the scores of a CSV, of each unit and item the last pass, summed and ranked. As a process: `... FILE`."""

from __future__ import annotations

import sys
from typing import Any

import pandas  # type: ignore[import-untyped]


def board(path: str) -> Any:
    """Units by total, the greatest first, equals sharing a rank. In binary floats, which quarters of a point fit into."""
    scores = pandas.read_csv(path)
    last = scores.sort_values("pass", kind="stable").drop_duplicates(["unit", "item"], keep="last")
    totals = last.groupby("unit")["score"].sum()
    ranks = totals.rank(method="min", ascending=False).astype(int)
    return pandas.DataFrame({"rank": ranks, "total": totals}).sort_values(["rank", "unit"])


if __name__ == "__main__":
    print(len(board(sys.argv[1])), flush=True)

"""What was saved on sheets as a table made by hand: the same columns and the same key as in our standings, a row an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Json

COLUMNS = ("campaign", "unit", "pass_key", "scorer", "version", "scores", "reasons", "recorded_at", "event", "correlation")
KEY = COLUMNS[:5]

Row = tuple[Any, ...]


def row(identity: str, version: int, data: dict[str, Any], recorded_at: datetime, correlation: str) -> Row:
    """The row of one event, in the order of the columns."""
    given = data["scores"]
    scores = {one["item"]: one["score"] for one in given}
    reasons = {one["item"]: one["reason"] for one in given if one["reason"] is not None}
    key = (data["campaign"], data["unit"], data["pass_key"], data["scorer"], version)
    return (*key, Json(scores), Json(reasons), recorded_at, identity, correlation)


def create(name: str) -> str:
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (campaign varchar(100) NOT NULL, unit varchar(100) NOT NULL, pass_key varchar(100) NOT NULL,"
        " scorer varchar(100) NOT NULL, version integer NOT NULL, scores json NOT NULL, reasons json NOT NULL,"
        f" recorded_at timestamptz NOT NULL, event varchar(60) NOT NULL, correlation varchar(100) NOT NULL, PRIMARY KEY ({', '.join(KEY)}))"
    )


def upsert(name: str, values: str) -> str:
    """values: where the rows come from, VALUES or a query."""
    others = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column not in KEY)
    return f"INSERT INTO {name} ({', '.join(COLUMNS)}) {values} ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {others}"


def upsert_one(name: str) -> str:
    """One row of parameters."""
    return upsert(name, f"VALUES ({', '.join(['%s'] * len(COLUMNS))})")

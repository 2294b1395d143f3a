"""The score rows of the standings as a table made by hand: the same columns and the same key as ours."""

from __future__ import annotations

COLUMNS = ("campaign", "unit", "pass_key", "scorer", "version", "item", "score", "reason", "recorded_at", "event", "correlation")
KEY = COLUMNS[:6]


def create(name: str) -> str:
    return (
        f"CREATE TABLE IF NOT EXISTS {name} (campaign varchar(100) NOT NULL, unit varchar(100) NOT NULL, pass_key varchar(100) NOT NULL,"
        " scorer varchar(100) NOT NULL, version integer NOT NULL, item varchar(100) NOT NULL, score varchar(60), reason text,"
        f" recorded_at timestamptz NOT NULL, event varchar(60) NOT NULL, correlation varchar(100) NOT NULL, PRIMARY KEY ({', '.join(KEY)}))"
    )


def upsert(name: str, values: str) -> str:
    """values: where the rows come from, VALUES or a query."""
    others = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column not in KEY)
    return f"INSERT INTO {name} ({', '.join(COLUMNS)}) {values} ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {others}"


def upsert_one(name: str) -> str:
    """One row of parameters."""
    return upsert(name, f"VALUES ({', '.join(['%s'] * len(COLUMNS))})")

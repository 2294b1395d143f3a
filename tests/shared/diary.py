"""A small read model for tests: what was noted on each page of a diary, in order, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from shared.event import Event
from shared.projection import Fetch, Projector, ReadModel, Rows
from shared.store import Database
from tests.shared.given import an_event


class Spoilt(Exception):
    """What the fold of a spoilt note raises."""


class Diary:
    """The model; a note whose text is in `spoilt` cannot be folded, and says so in another way when it is `torn` as well."""

    def __init__(self, version: int = 1) -> None:
        self.spoilt: set[str] = set()
        self.torn = False
        self.model = ReadModel(name="diary", version=version)
        self.pages = sa.Table(
            "pages",
            self.model.metadata,
            sa.Column("page", sa.String(50), primary_key=True),
            sa.Column("notes", sa.Text, nullable=False),
            sa.Column("count", sa.Integer, nullable=False),
        )
        self.model.on("diary.Noted", "letters.Noted")(self._noted)
        self.model.on("diary.TornOut", "letters.TornOut")(self._torn_out)

    def _noted(self, rows: Rows, event: Event) -> None:
        if event.data["text"] in self.spoilt:
            raise Spoilt(f"{event.data['text']}, and torn" if self.torn else event.data["text"])
        page = f"{event.service}/{event.stream}"
        row = rows.get(self.pages, page=page) or {"notes": "", "count": 0}
        rows.put(self.pages, page=page, notes=f"{row['notes']}{event.data['text']} ", count=row["count"] + 1)

    def _torn_out(self, rows: Rows, event: Event) -> None:
        rows.remove(self.pages, page=f"{event.service}/{event.stream}")

    def projector(self, database: Database, **options: Any) -> Projector:
        """A projector that is prepared and does not really pause."""
        made = Projector(database, self.model, **{"pause": lambda _seconds: None, **options})
        made.prepare()
        return made

    def notes(self, projector: Projector) -> dict[str, str]:
        with projector.reading() as reading:
            rows = reading.all(sa.select(reading[self.pages]))
        assert all(len(row["notes"].split()) == row["count"] for row in rows), "an event was folded more than once"
        return {row["page"]: row["notes"].rstrip() for row in rows}


def noted(position: int, text: str, *, stream: str = "a", service: str = "diary") -> Event:
    return an_event(position, stream=stream, service=service, type=f"{service}.Noted", data={"text": text})


def torn_out(position: int, *, stream: str = "a", service: str = "diary") -> Event:
    return an_event(position, stream=stream, service=service, type=f"{service}.TornOut", data={})


def feed_of(*events: Event, limit: int = 500) -> Fetch:
    """The producers' feeds: what their logs hold."""
    return lambda service, after: [event for event in events if event.service == service and event.position > after][:limit]


def nothing(_service: str, _after: int) -> Sequence[Event]:
    """A producer's feed that has nothing more."""
    return []


def rows_of(projector: Projector) -> Mapping[str, list[dict[str, Any]]]:
    """All rows of the live generation, table by table, in the order of their keys."""
    with projector.reading() as reading:
        return {
            name: reading.all(sa.select(reading[table]).order_by(*reading[table].primary_key))
            for name, table in projector.model.metadata.tables.items()
        }

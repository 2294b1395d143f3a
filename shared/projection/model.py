"""What a read model is: tables, and the folds that write them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from shared.event import Event
from shared.projection.rows import Row, Rows
from shared.schema import SchemaUnknown

Fold = Callable[[Rows, Event], None]


@dataclass
class ReadModel:
    """What a read model is: its tables, the feeds it follows, and a fold per event type or for all events of a service.

    version: raise it when tables or folds change; the model is then built anew.
    evidence: whether the rows themselves must last, and are on disk before their page counts as folded; others come again from the logs.
    """

    name: str
    version: int
    evidence: bool = False
    metadata: sa.MetaData = field(default_factory=sa.MetaData)
    folds: dict[str, Fold] = field(default_factory=dict)
    every: dict[str, Fold] = field(default_factory=dict)
    versions: dict[str, frozenset[int]] = field(default_factory=dict)

    def on(self, *types: str, versions: Collection[int] = (1,)) -> Callable[[Fold], Fold]:
        """Register a fold for events of these types ("service.EventName") in the versions of their schemas that it knows.

        An event of another version is parked until a release that knows it folds it.
        Raises ValueError for a type that has a fold already: the one before would be lost silently.
        """

        def register(fold: Fold) -> Fold:
            for name in types:
                if name in self.folds:
                    raise ValueError(f"Read model {self.name} has two folds of {name}; make them one.")
                self.folds[name] = fold
                self.versions[name] = frozenset(versions)
            return fold

        return register

    def on_every(self, *services: str) -> Callable[[Fold], Fold]:
        """Register a fold for all events of these services, those too that this release does not know.

        It runs after the fold of the event's type, where there is one.
        """

        def register(fold: Fold) -> Fold:
            for name in services:
                self.every[name] = fold
            return fold

        return register

    def folds_of(self, event: Event) -> list[Fold]:
        """The folds that this event goes through.

        Raises SchemaUnknown for a version that the fold of its type does not know: to guess at its data would make wrong rows.
        """
        if event.type in self.folds and event.schema not in self.versions.get(event.type, ()):
            raise SchemaUnknown(
                f"Event {event.type} version {event.schema} at position {event.position} of {event.service} at {event.site} is not "
                f"known to read model {self.name} of this release; upgrade it, then retry the parked events.",
                type=event.type,
                schema=event.schema,
            )
        return [fold for fold in (self.folds.get(event.type), self.every.get(event.service)) if fold is not None]

    def include(self, part: ReadModel) -> None:
        """Take in the tables and folds of a smaller model that several services share."""
        for table in part.metadata.tables.values():
            table.to_metadata(self.metadata)
        own = {name: self.metadata.tables[name] for name in part.metadata.tables}
        for name, fold in part.folds.items():
            self.folds[name] = lambda rows, event, fold=fold: fold(_Renamed(rows, own), event)  # type: ignore[misc]
        self.versions |= part.versions
        for name, fold in part.every.items():
            self.every[name] = lambda rows, event, fold=fold: fold(_Renamed(rows, own), event)  # type: ignore[misc]

    @property
    def feeds(self) -> tuple[str, ...]:
        """The services whose events this model folds."""
        return tuple(sorted({name.split(".", 1)[0] for name in self.folds} | set(self.every)))


class _Renamed(Rows):
    """Rows seen by an included model, whose tables stand under the same names in the including one."""

    def __init__(self, rows: Rows, tables: Mapping[str, sa.Table]) -> None:
        self._inner = rows
        self._tables = tables

    def get(self, table: sa.Table, **key: Any) -> Row | None:
        return self._inner.get(self._tables[table.name], **key)

    def put(self, table: sa.Table, **row: Any) -> None:
        self._inner.put(self._tables[table.name], **row)

    def change(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> None:
        self._inner.change(self._tables[table.name], key, **values)

    def remove(self, table: sa.Table, **key: Any) -> None:
        self._inner.remove(self._tables[table.name], **key)

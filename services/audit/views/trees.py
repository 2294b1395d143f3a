"""The Merkle tree over each log, kept in tiles: what grows with every event, and what proofs are read from.

The leaf of index i is the event at position i + 1, so the tree hangs on the log alone: not on when an event arrived, nor on a rebuild, and
whoever has an export makes the same. An event that is recorded late holds the tree up until then. A tile holds TILE_HASHES hashes side by
side: at level 0 leaves, above that the heads of the full tiles below. So a tree takes a row for about fifteen events, and a new event
changes one, where a row for each node would take two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from services.audit.domain import EvidenceDiffers, merkle
from services.audit.views.model import MODEL
from shared.bounds import PAGE_EVENTS_MAX
from shared.projection import Projector, Reading, Rows

TILE_LEVELS = 4
TILE_HASHES = 2**TILE_LEVELS
HEX = 64
"""Letters of a hash."""

trees = sa.Table(
    "trees",
    MODEL.metadata,
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
)
tiles = sa.Table(
    "tiles",
    MODEL.metadata,
    sa.Column("site", sa.String(31), primary_key=True),
    sa.Column("service", sa.String(31), primary_key=True),
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.Text, nullable=False),
)


def grow(rows: Rows, site: str, service: str, last: int, leaf_at: Callable[[int], bytes | None]) -> int:
    """Take the events that follow into the tree of a log, up to position `last` or to the first that is not there; how many they are.

    leaf_at(position): the hash of the leaf, None where no event is recorded.
    """
    tree = rows.get(trees, site=site, service=service)
    size = before = 0 if tree is None else int(tree["size"])
    while size < last and (leaf := leaf_at(size + 1)) is not None:
        _add(rows, site, service, size, leaf)
        size += 1
    if size > before:
        rows.put(trees, site=site, service=service, size=size)
    return size - before


def _add(rows: Rows, site: str, service: str, index: int, leaf: bytes) -> None:
    level, grown = 0, leaf
    while True:
        number, beside = divmod(index, TILE_HASHES)
        tile = {"site": site, "service": service, "level": level, "number": number}
        held = rows.get(tiles, **tile) if beside else None
        # a tile that somebody took away is no reason not to record what comes: a verification finds that the head is another
        hashes = ("" if held is None else held["hashes"][: beside * HEX]) + grown.hex()
        rows.put(tiles, **tile, hashes=hashes)
        if beside + 1 < TILE_HASHES:
            return
        level, index, grown = level + 1, number, merkle.head_over(_split(hashes))


def _split(hashes: str) -> list[bytes]:
    return [bytes.fromhex(hashes[at : at + HEX]) for at in range(0, len(hashes), HEX)]


@dataclass(slots=True)
class Tree:
    """The tree of one log as it stands; of any size that it once had, for what is complete in it stays."""

    site: str
    service: str
    size: int
    _reading: Reading
    _tiles: dict[tuple[int, int], list[bytes]] = field(default_factory=dict)

    def head(self, size: int) -> str:
        return merkle.head_of(self._subtree, size).hex()

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return merkle.inclusion(self._subtree, index, size)

    def consistency(self, first: int, second: int) -> list[bytes]:
        return merkle.consistency(self._subtree, first, second)

    def _subtree(self, level: int, index: int) -> bytes:
        above, within = divmod(level, TILE_LEVELS)
        number, beside = divmod(index << within, TILE_HASHES)
        hashes = self._tile(above, number)[beside : beside + (1 << within)]
        if len(hashes) != 1 << within:
            raise EvidenceDiffers(
                f"The audit's tree over the log of {self.service} lacks hashes that it had: the record was changed. Verify.",
                service=self.service,
            )
        return merkle.head_over(hashes)

    def broken(self, level: int, numbers: range) -> int | None:
        """The first of these tiles, all full, that does not give the hash kept of it in the tile above."""
        self._look(level, numbers)
        for number in numbers:
            above, beside = divmod(number, TILE_HASHES)
            if self._tile(level + 1, above)[beside : beside + 1] != [merkle.head_over(self._tile(level, number))]:
                return number
        return None

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._tiles:
            self._look(level, range(number, number + 1))
        return self._tiles[level, number]

    def _look(self, level: int, numbers: range) -> None:
        table = self._reading[tiles]
        here = (table.c.site == self.site) & (table.c.service == self.service) & (table.c.level == level)
        query = sa.select(table.c.number, table.c.hashes).where(here, table.c.number >= numbers.start, table.c.number < numbers.stop)
        found = {row["number"]: _split(row["hashes"]) for row in self._reading.all(query)}
        self._tiles |= {(level, number): found.get(number, []) for number in numbers}


def all_trees(reading: Reading) -> dict[tuple[str, str], Tree]:
    """The trees by site and service."""
    table = reading[trees]
    found = reading.all(sa.select(table).order_by(table.c.site, table.c.service))
    return {(row["site"], row["service"]): Tree(row["site"], row["service"], row["size"], reading) for row in found}


def first_broken(projector: Projector, site: str, service: str, size: int, rest: Callable[[], None]) -> int | None:
    """Where in the log, by its position, the tiles of a tree of this size begin to contradict each other; `rest` is called between pages.

    What is not contradicted here, and has the right head, is the right tree: a proof is made of it alone.
    """
    level, full = 0, size // TILE_HASHES
    while full:
        for numbers in _pages(full):
            with projector.reading() as reading:
                number = Tree(site, service, size, reading).broken(level, numbers)
            if number is not None:
                return int(number * TILE_HASHES ** (level + 1)) + 1
            rest()
        level, full = level + 1, full // TILE_HASHES
    return None


def _pages(count: int) -> Iterable[range]:
    return (range(first, min(first + PAGE_EVENTS_MAX, count)) for first in range(0, count, PAGE_EVENTS_MAX))

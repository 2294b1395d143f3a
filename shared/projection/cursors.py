"""Where a generation stands in each feed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.errors import PageRefused
from shared.feed.page import Page
from shared.projection.tables import cursors, generations

Positions = dict[tuple[str, str], int]
"""Per site and service of which anything was folded: the last position that is in the rows."""

# Built once: SQLAlchemy takes longer to build a statement anew than the database to move a cursor.
_HERE = [cursors.c[name] == sa.bindparam(f"of_{name}") for name in ("model", "generation", "site", "service")]
_MOVE = (
    cursors.update()
    .where(*_HERE, cursors.c.position == sa.bindparam("since"))
    .values(position=sa.bindparam("last"), since=sa.bindparam("since"))
    .returning(cursors.c.position)
)
# held: a generation that is switched away at the same time would be left with a cursor, and with rows that nobody reads
_FOLLOWED = (
    sa.select(
        generations.c.model,
        generations.c.generation,
        sa.bindparam("of_site", type_=sa.String),
        sa.bindparam("of_service", type_=sa.String),
        sa.bindparam("last", type_=sa.BigInteger),
        sa.bindparam("since", type_=sa.BigInteger),
    )
    .where(
        generations.c.model == sa.bindparam("of_model"),
        generations.c.generation == sa.bindparam("of_generation"),
        generations.c.state.in_(("building", "live")),
    )
    .with_for_update(read=True)
)
_BEGIN = (
    cursors.insert().from_select(["model", "generation", "site", "service", "position", "since"], _FOLLOWED).returning(cursors.c.position)
)


class Cursors:
    """The cursors of one read model. A cursor moves only in the transaction that writes the rows of its page."""

    def __init__(self, model: str) -> None:
        self._model = model

    def position(self, connection: sa.Connection, generation: int, site: str, service: str) -> int:
        """The last position of a feed that is in the rows."""
        found = connection.execute(sa.select(cursors.c.position).where(*self._at(generation, site, service))).scalar_one_or_none()
        return int(found or 0)

    def positions(self, connection: sa.Connection, generation: int) -> Positions:
        return _by_feed(connection, self._positions(generation))

    def hold(self, connection: sa.Connection, generation: int) -> Positions:
        """The same, kept where they are to the end of the transaction; taken in one order against deadlocks."""
        return _by_feed(connection, self._positions(generation).order_by(cursors.c.site, cursors.c.service).with_for_update())

    def move(self, connection: sa.Connection, generation: int, page: Page) -> None:
        """Move the cursor from just before the page to its end; the row lock orders concurrent subscribers.

        What is asked here, the table's trigger asks again of every statement, ours or another's.
        Raises PageRefused where it stands elsewhere, or the generation is followed no more.
        """
        statement = _BEGIN if page.first == 1 else _MOVE
        to = {"of_generation": generation, "of_site": page.site, "of_service": page.service, "since": page.first - 1, "last": page.last}
        try:
            moved = connection.execute(statement, {"of_model": self._model, **to}).first() is not None
        except IntegrityError:
            moved = False
        if not moved:
            raise PageRefused(
                f"Page {page.first} to {page.last} of {page.service} at {page.site} does not follow the cursor.",
                first=page.first,
                last=page.last,
            )

    def _positions(self, generation: int) -> sa.Select[str, str, int]:
        return sa.select(cursors.c.site, cursors.c.service, cursors.c.position).where(*self._of(generation))

    def _of(self, generation: int) -> list[sa.ColumnElement[bool]]:
        return [cursors.c.model == self._model, cursors.c.generation == generation]

    def _at(self, generation: int, site: str, service: str) -> list[sa.ColumnElement[bool]]:
        return [*self._of(generation), cursors.c.site == site, cursors.c.service == service]


def _by_feed(connection: sa.Connection, query: sa.Select[str, str, int]) -> Positions:
    return {(row.site, row.service): int(row.position) for row in connection.execute(query)}

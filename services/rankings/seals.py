"""Boards under seal: a digest of what a board says, and the same board made anew from the logs to compare with."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import rfc8785
import sqlalchemy as sa

from services.rankings import views
from services.rankings.boards import BoardName, board
from shared.event import Event
from shared.plain import plain
from shared.projection import Reading, Rows
from shared.store import Sieve

SEALED = (BoardName.STANDINGS, BoardName.FLAG)
"""What a final result consists of. Who leads next is decided apart from it, and later."""

RESTS_ON = ("registry", "campaigns", "evaluations")
"""The services whose events make these boards."""

_ENDS = (
    "registry.OrganisationRegistered",
    "registry.OrganisationMerged",
    "registry.OrganisationSplit",
    "registry.OrganisationDissolved",
    "registry.OrganisationCorrected",
)
"""By which a unit may have ended before the season did, so that no flag goes to it."""

_BESIDE = frozenset({"title", "cluster_name", "names", "state", "frozen", "seal", "as_of"})
"""What is shown with a board and does not belong to the result: words that may change later, and what is said about the board itself."""

Place = tuple[str, str, int]
"""Site, service and position of an event."""


def digest_of(shown: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON (RFC 8785) of a board as `boards.board` or an export has it.

    The names of units are left out, their ids are in: an organisation that is renamed later keeps its result.
    """
    content = {name: value for name, value in plain(shown).items() if name not in _BESIDE}
    # a row without adjustments says what it said before there were any
    content["rows"] = [
        {name: value for name, value in row.items() if name != "name" and (name, value) != ("adjustments", [])} for row in content["rows"]
    ]
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def sealed(reading: Reading, campaign: str, today: date | None = None) -> dict[str, dict[str, Any]]:
    """The boards that are sealed, as they are shown now, by name. Raises NotFound.

    today: the day on which they were shown, where it is another, and the events end before those that say so.
    """
    return {str(name): board(reading, campaign, name, today=today) for name in SEALED}


def digests(reading: Reading, campaign: str, today: date | None = None) -> list[dict[str, str]]:
    """The digest of each sealed board as `sealed` has it: {board, digest}. Raises NotFound."""
    return [{"board": name, "digest": digest_of(shown)} for name, shown in sealed(reading, campaign, today).items()]


def sieves(campaign: str, rubric: str) -> dict[str, Sieve]:
    """What the boards of a campaign under a rubric rest on, of the log of each service."""
    return {
        "registry": Sieve(types=_ENDS),
        "campaigns": Sieve(holding=(("campaign", campaign), ("rubric", rubric))),
        "evaluations": Sieve(holding=(("campaign", campaign),)),
    }


@contextmanager
def replayed(events: Iterable[Event], campaign: str, left_out: Collection[Place] = ()) -> Iterator[Reading]:
    """The rows that these events make of one campaign, from none, in memory.

    events: of each service in the order of its log; those of other campaigns are passed over. left_out: what operators discarded.
    Raises SchemaUnknown, and what a fold raises on an event that it cannot fold.
    """
    rows = Rows()
    for event in events:
        bears = event.data.get("campaign") == campaign or event.type in ("campaigns.RubricPublished", *_ENDS)
        if bears and event.type in views.MODEL.folds and (event.site, event.service, event.position) not in left_out:
            for fold in views.MODEL.folds_of(event):
                fold(rows, event)
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            views.MODEL.metadata.create_all(connection)
            for table, written, _ in rows.changes():
                if written:
                    connection.execute(table.insert(), written)
            yield Reading(connection, 0, views.MODEL.metadata.tables)
    finally:
        engine.dispose()

"""The database itself refuses a page that is replayed or skipped: tried as the service's own user, past the engine's checks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.errors import PageRefused
from shared.event import Event
from shared.feed.page import Page
from shared.projection import Projector
from shared.projection.tables import cursors
from shared.store import Database
from tests.shared.diary import Diary, feed_of, noted, nothing

EVENTS = [noted(position, f"n{position}") for position in range(1, 10)]


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def projector(database: Database, diary: Diary) -> Projector:
    """Events 1 to 5 are folded."""
    made = diary.projector(database)
    made.receive(Page.of(EVENTS[:5]), nothing)
    return made


def moved(since: int, position: int) -> str:
    return f"UPDATE view_cursors SET since = {since}, position = {position}"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(moved(3, 5), id="a page again"),
        pytest.param(moved(2, 7), id="a page that overlaps"),
        pytest.param(moved(6, 9), id="a page skipped"),
        pytest.param(moved(5, 5), id="no step"),
        pytest.param(moved(5, 4), id="a step back"),
        pytest.param("UPDATE view_cursors SET position = 9", id="without saying from where"),
        pytest.param("UPDATE view_cursors SET since = 5, position = 9, service = 'letters'", id="to another feed"),
        pytest.param("INSERT INTO view_cursors SELECT model, generation, 'hue', service, 3, 2 FROM view_cursors", id="begun in the middle"),
        pytest.param("INSERT INTO view_cursors SELECT model, generation, 'hue', service, 0, 0 FROM view_cursors", id="begun with nothing"),
        pytest.param("INSERT INTO view_cursors SELECT model, generation, site, service, 5, 0 FROM view_cursors", id="begun again"),
    ],
)
def test_the_database_refuses_a_cursor_that_does_not_follow_and_the_rows_with_it(
    database: Database, projector: Projector, diary: Diary, statement: str
) -> None:
    def replay() -> None:
        with database.write() as connection:
            connection.execute(sa.text("UPDATE pages__1 SET notes = 'twice '"))
            connection.execute(sa.text(statement))

    with pytest.raises(IntegrityError, match=r"does not follow the cursor|view_cursors_pkey"):
        replay()
    assert (projector.cursor("vn", "diary"), diary.notes(projector)) == (5, {"diary/a": "n1 n2 n3 n4 n5"})


def test_sqlite_does_not_begin_a_cursor_again_by_replacing_it(database: Database, projector: Projector) -> None:
    if database.dialect != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    with pytest.raises(IntegrityError, match="does not follow the cursor"), database.write() as connection:
        connection.execute(sa.text("INSERT OR REPLACE INTO view_cursors SELECT model, generation, site, service, 3, 0 FROM view_cursors"))
    assert projector.cursor("vn", "diary") == 5


def test_a_page_that_follows_is_taken(database: Database, projector: Projector) -> None:
    with database.write() as connection:
        connection.execute(sa.text(moved(5, 9)))
    assert projector.cursor("vn", "diary") == 9


@pytest.mark.parametrize("page", [EVENTS[:5], EVENTS[2:5], EVENTS[3:7], EVENTS[6:]], ids=["again", "late", "overlapping", "skipping"])
def test_without_the_check_of_the_engine_the_database_refuses_the_page_and_its_rows(
    projector: Projector, diary: Diary, monkeypatch: pytest.MonkeyPatch, page: list[Event]
) -> None:
    anywhere = cursors.update().where(cursors.c.generation == sa.bindparam("of_generation")).returning(cursors.c.position)
    unchecked = anywhere.values(position=sa.bindparam("last"), since=sa.bindparam("since"))
    for checked in ("_BEGIN", "_MOVE"):
        monkeypatch.setattr(f"shared.projection.cursors.{checked}", unchecked)
    with pytest.raises(PageRefused):
        projector._folding.fold(1, Page.of(page))
    assert (projector.cursor("vn", "diary"), diary.notes(projector)) == (5, {"diary/a": "n1 n2 n3 n4 n5"})
    projector._folding.fold(1, Page.of(EVENTS[5:]))
    assert projector.cursor("vn", "diary") == 9


def test_the_first_page_is_not_folded_into_a_generation_that_was_switched_away(projector: Projector, diary: Diary) -> None:
    projector.rebuild("vn", feed_of(*EVENTS[:5]))
    with pytest.raises(PageRefused):
        projector._folding.fold(1, Page.of([noted(1, "l1", service="letters")]))
    assert projector.receive(Page.of([noted(1, "l1", service="letters")]), nothing) == 1
    assert diary.notes(projector) == {"diary/a": "n1 n2 n3 n4 n5", "letters/a": "l1"}

"""Rows in memory: what a fold reads is what it and those before it wrote, and a mistake in it is told at once."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from shared.projection import Rows

metadata = sa.MetaData()
notes = sa.Table(
    "notes",
    metadata,
    sa.Column("page", sa.String(50), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("hand", sa.Text),
)
covers = sa.Table("covers", metadata, sa.Column("book", sa.String(50), primary_key=True), sa.Column("colour", sa.Text))


def written(rows: Rows) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    return {table.name: (put, removed) for table, put, removed in rows.changes()}


class Shelf:
    """Rows that are there already, and which of them were asked for."""

    def __init__(self, *found: dict[str, Any]) -> None:
        self._found = found
        self.asked: list[dict[str, Any]] = []

    def load(self, _table: sa.Table, key: dict[str, Any]) -> dict[str, Any] | None:
        self.asked.append(key)
        return next((row for row in self._found if row.items() >= key.items()), None)


def test_what_was_put_is_read_whole() -> None:
    rows = Rows()
    rows.put(notes, page="p", line=1, text="x")
    assert rows.get(notes, page="p", line=1) == {"page": "p", "line": 1, "text": "x", "hand": None}
    assert written(rows) == {"notes": ([{"page": "p", "line": 1, "text": "x", "hand": None}], [])}


def test_a_whole_row_replaces_what_was_there() -> None:
    rows = Rows()
    rows.put(notes, page="p", line=1, text="x", hand="left")
    rows.put(notes, page="p", line=1, text="y")
    assert written(rows) == {"notes": ([{"page": "p", "line": 1, "text": "y", "hand": None}], [])}


def test_the_key_may_be_one_column() -> None:
    rows = Rows()
    rows.put(covers, book="b", colour="red")
    rows.put(covers, book="c")
    rows.remove(covers, book="b")
    assert rows.get(covers, book="b") is None
    assert written(rows) == {"covers": ([{"book": "c", "colour": None}], [{"book": "b"}])}


def test_a_row_is_looked_up_once_by_its_key_alone() -> None:
    shelf = Shelf({"page": "p", "line": 1, "text": "x", "hand": None})
    rows = Rows(shelf.load)
    for _ in range(2):
        assert rows.get(notes, page="p", line=1, text="not of the key") == {"page": "p", "line": 1, "text": "x", "hand": None}
        assert rows.get(notes, line=2, page="p") is None
    assert shelf.asked == [{"page": "p", "line": 1}, {"page": "p", "line": 2}]
    assert written(rows) == {}


def test_a_row_that_was_written_is_not_looked_up() -> None:
    shelf = Shelf({"book": "b", "colour": "old"}, {"book": "c", "colour": "old"})
    rows = Rows(shelf.load)
    rows.put(covers, book="b", colour="new")
    rows.remove(covers, book="c")
    assert (rows.get(covers, book="b"), rows.get(covers, book="c")) == ({"book": "b", "colour": "new"}, None)
    assert shelf.asked == []


def test_a_change_keeps_what_it_does_not_name() -> None:
    rows = Rows(Shelf({"page": "p", "line": 1, "text": "x", "hand": "left"}).load)
    rows.change(notes, {"page": "p", "line": 1}, text="y")
    rows.change(notes, {"page": "p", "line": 2}, hand="right")
    rows.change(notes, {"page": "p", "line": 2}, text="z")
    assert written(rows) == {
        "notes": (
            [{"page": "p", "line": 1, "text": "y", "hand": "left"}, {"page": "p", "line": 2, "text": "z", "hand": "right"}],
            [],
        )
    }


def test_a_row_put_again_after_it_was_removed_stays() -> None:
    rows = Rows()
    rows.remove(covers, book="b")
    rows.put(covers, book="b", colour="red")
    assert written(rows) == {"covers": ([{"book": "b", "colour": "red"}], [])}


def test_what_was_read_or_loaded_can_be_scribbled_on() -> None:
    loaded = {"book": "b", "colour": "red"}
    rows = Rows(Shelf(loaded).load)
    seen = rows.get(covers, book="b")
    assert seen is not None
    seen["colour"] = "scribbled"
    assert (rows.get(covers, book="b"), loaded) == ({"book": "b", "colour": "red"}, {"book": "b", "colour": "red"})


def test_columns_and_keys_that_are_wrong_are_named() -> None:
    rows = Rows()
    with pytest.raises(TypeError, match="notes has no column colour, size"):
        rows.put(notes, page="p", line=1, colour="red", size=3)
    with pytest.raises(TypeError, match="notes are told by page, line: line is missing"):
        rows.put(notes, page="p", text="x")
    with pytest.raises(TypeError, match="line is missing"):
        rows.get(notes, page="p")
    with pytest.raises(TypeError, match="book is missing"):
        rows.remove(covers, colour="red")
    assert written(rows) == {}

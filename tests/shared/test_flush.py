"""Rows in the tables of both databases: whatever was put, changed and removed, the tables hold what a dictionary would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from shared.feed.page import Page
from shared.projection import Rows, flush
from shared.store import Database
from shared.store.database import Exact, Instant
from tests.shared.diary import Diary, noted, nothing

metadata = sa.MetaData()
kinds = sa.Table(
    "kinds",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("exact", Exact),
    sa.Column("instant", Instant),
    sa.Column("day", sa.Date),
    sa.Column("yes", sa.Boolean),
    sa.Column("data", sa.JSON),
    sa.Column("text", sa.Text),
    sa.Column("big", sa.BigInteger),
    sa.Column("order", sa.Integer),  # a word that SQL has taken
)
tags = sa.Table("tags", metadata, sa.Column("tag", sa.String(20), primary_key=True))
BUILT = sa.MetaData()
TABLES = {name: table.to_metadata(BUILT, name=f"{name}__1") for name, table in metadata.tables.items()}
FULL = {
    "exact": Decimal("12.500"),
    "instant": datetime(2024, 2, 29, 23, 59, 59, 123456, timezone(timedelta(hours=7))),
    "day": date(2024, 2, 29),
    "yes": False,
    "data": {"Đơn vị": ["Bộ Tư pháp", None, {"điểm": "9.50"}]},
    "text": "tab\t, line\n, \\N, \\, \"quoted\" and 'so', khối nội chính",
    "big": 2**53 + 1,
    "order": -(2**31),
}


@pytest.fixture
def tables(database: Database) -> Database:
    database.create(BUILT)
    return database


@contextmanager
def gathered(database: Database) -> Iterator[Rows]:
    """Rows that are written at the end of the block, in one transaction."""
    with database.write() as connection:
        rows = flush.gathering(connection, TABLES)
        yield rows
        flush.flush(database, connection, TABLES, rows)


def held(database: Database, table: sa.Table = kinds) -> list[dict[str, Any]]:
    """What the table holds, in the order of its key, in a form that tells 1.5 from 1.50."""
    with database.read() as connection:
        found = connection.execute(sa.select(TABLES[table.name])).mappings().all()
    rows = [exactly(dict(row)) for row in found]
    return sorted(rows, key=lambda row: [row[column.name] for column in table.primary_key])


def exactly(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _exactly(value) for name, value in row.items()}


def _exactly(value: Any) -> Any:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
    return value


def many(count: int, **values: Any) -> list[dict[str, Any]]:
    return [{**FULL, **values, "name": "n", "number": number} for number in range(count)]


def put_all(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    with gathered(database) as into:
        for row in rows:
            into.put(kinds, **row)


few_and_many = pytest.mark.parametrize("count", [1, flush.COPY_ROWS_MIN, 3 * flush.COPY_ROWS_MIN])


# What is written is read


@few_and_many
def test_every_type_comes_back_as_it_went(tables: Database, count: int) -> None:
    rows = many(count)
    put_all(tables, rows)
    assert held(tables) == [exactly(row) for row in rows]


@few_and_many
def test_a_row_that_is_there_is_replaced(tables: Database, count: int) -> None:
    put_all(tables, many(count))
    for text in ("second", "third"):  # the first time it is found out, then it is known
        put_all(tables, many(count + 1, text=text, exact=None))
        assert held(tables) == [exactly(row) for row in many(count + 1, text=text, exact=None)]


@few_and_many
def test_rows_are_removed(tables: Database, count: int) -> None:
    put_all(tables, many(count + 1))
    with gathered(tables) as rows:
        for number in range(count):
            rows.remove(kinds, name="n", number=number)
        rows.remove(kinds, name="never", number=0)
    assert [row["number"] for row in held(tables)] == [count]


@few_and_many
def test_rows_of_nothing_but_a_key(tables: Database, count: int) -> None:
    for _ in range(3):
        with gathered(tables) as rows:
            for number in range(count):
                rows.put(tags, tag=f"t{number:03}")
    assert held(tables, tags) == [{"tag": f"t{number:03}"} for number in range(count)]


def test_a_fold_reads_what_the_table_holds(tables: Database) -> None:
    put_all(tables, many(2))
    with gathered(tables) as rows:
        found = rows.get(kinds, name="n", number=1)
        assert found is not None
        assert exactly(found) == exactly(many(2)[1])
        assert rows.get(kinds, name="n", number=2) is None


@st.composite
def batches(draw: st.DrawFn) -> list[list[tuple[str, dict[str, Any]]]]:
    """Transactions of operations on few keys, so that rows are often met again."""
    texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
    json_data = st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    )
    instants = st.datetimes(timezones=st.timezones()).filter(lambda instant: 1 < instant.year < 9999)  # some are in another year in UTC
    values = st.fixed_dictionaries(
        {},
        optional={
            "exact": st.none() | st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(), st.integers(0, 9)),
            "instant": st.none() | instants,
            "day": st.none() | st.dates(),
            "yes": st.none() | st.booleans(),
            "data": json_data,
            "text": st.none() | texts,
            "big": st.none() | st.integers(-(2**63), 2**63 - 1),
            "order": st.none() | st.integers(-(2**31), 2**31 - 1),
        },
    )
    keys = st.fixed_dictionaries({"name": st.sampled_from(["a", "á", "Ạ"]), "number": st.integers(0, 2)})
    verbs = st.sampled_from(["put", "put", "change", "remove"])
    operation = st.builds(lambda verb, key, given: (verb, {**key} if verb == "remove" else {**key, **given}), verbs, keys, values)
    return draw(st.lists(st.lists(operation, max_size=12), max_size=5))


def in_a_dictionary(given: list[list[tuple[str, dict[str, Any]]]]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for verb, row in (operation for batch in given for operation in batch):
        at = (row["name"], row["number"])
        match verb:
            case "put":
                rows[at] = {column.name: row.get(column.name) for column in kinds.columns}
            case "change":
                rows[at] = {column.name: row.get(column.name, rows.get(at, {}).get(column.name)) for column in kinds.columns}
            case "remove":
                rows.pop(at, None)
    return [exactly(rows[at]) for at in sorted(rows)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_batches=batches(), copy_rows_min=st.sampled_from([1, 2, 4]))
def test_the_tables_hold_what_a_dictionary_would(
    tables: Database, given_batches: list[list[tuple[str, dict[str, Any]]]], copy_rows_min: int
) -> None:
    with tables.write() as connection:
        connection.execute(TABLES["kinds"].delete())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "COPY_ROWS_MIN", copy_rows_min)
        for batch in given_batches:
            with gathered(tables) as rows:
                for verb, row in batch:
                    if verb == "put":
                        rows.put(kinds, **row)
                    elif verb == "remove":
                        rows.remove(kinds, **row)
                    else:
                        key = {name: row[name] for name in ("name", "number")}
                        rows.change(kinds, key, **{name: value for name, value in row.items() if name not in key})
    assert held(tables) == in_a_dictionary(given_batches)


# What cannot be written


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": "n" * 21}, DataError),
        ({"name": None}, IntegrityError),
        ({"text": "nothing\0more"}, DataError),
        ({"order": 2**31}, (DataError, OverflowError)),
        ({"big": 2**63}, (DataError, OverflowError)),
        ({"text": "\ud800"}, ValueError),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
@few_and_many
def test_what_postgresql_does_not_hold_is_refused_whole(
    tables: Database, count: int, values: dict[str, Any], error: type[Exception] | tuple[type[Exception], ...]
) -> None:
    if tables.dialect == "sqlite":
        pytest.skip("SQLite checks neither lengths nor ranges of columns")
    put_all(tables, many(1, text="first"))
    with pytest.raises(error):
        put_all(tables, [*many(count)[:-1], {**FULL, "name": "n", "number": count, **values}])
    assert held(tables) == [exactly(row) for row in many(1, text="first")]
    put_all(tables, many(count))
    assert held(tables) == [exactly(row) for row in many(count)]


def test_what_an_integer_column_of_postgresql_holds_is_known_to_the_last_number() -> None:
    convert = flush._converter(sa.Integer(), postgresql.dialect())
    assert convert is not None
    held = [None, 0, 63, 2**31 - 1, -(2**31)]
    assert [convert(number) for number in held] == held
    for number in (2**31, -(2**31) - 1):
        with pytest.raises(OverflowError, match=f"{number} does not fit into an integer column"):
            convert(number)


def test_an_event_whose_text_postgresql_does_not_hold_waits_and_the_rest_of_its_page_is_folded(database: Database) -> None:
    diary = Diary()
    projector = diary.projector(database)
    streams = [f"s{number}" for number in range(2 * flush.COPY_ROWS_MIN)]
    texts = dict.fromkeys(streams, "ok") | {"s7": "not\0ok"}
    page = Page.of([noted(position, texts[stream], stream=stream) for position, stream in enumerate(streams, start=1)])
    projector.receive(page, nothing)
    parked = [row["stream"] for row in projector.parked()]
    assert parked == ([] if database.dialect == "sqlite" else ["s7"])
    assert len(diary.notes(projector)) == len(streams) - len(parked)


# What is found out on the way


def test_rows_that_come_again_are_tried_straight_only_once(tables: Database, statements: list[str]) -> None:
    if tables.dialect == "sqlite":
        pytest.skip("SQLite has no COPY")
    for _ in range(3):
        put_all(tables, many(flush.COPY_ROWS_MIN))
    straight = [statement for statement in statements if statement.startswith("SAVEPOINT")]
    merged = [statement for statement in statements if "FROM incoming_" in statement]
    assert (len(straight), len(merged)) == (2, 2)


@pytest.fixture
def statements(tables: Database) -> list[str]:
    """What SQLAlchemy sends, COPY not among it."""
    seen: list[str] = []

    @sa.event.listens_for(tables.engine, "before_cursor_execute")
    def _seen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    return seen


def test_a_table_of_another_shape_under_the_same_name_is_not_mistaken(database: Database) -> None:
    """A generation that was dropped leaves its number to the next, and the connections to the server stay."""
    for extra in ("one", "two"):
        anew = sa.MetaData()
        copy = sa.Table("shape__2", anew, sa.Column("key", sa.Integer, primary_key=True), sa.Column(extra, sa.Text))
        database.create(anew)
        shape = {"shape": copy}
        for _ in range(2):
            with database.write() as connection:
                rows = Rows()
                source = copy.to_metadata(sa.MetaData(), name="shape")
                for number in range(flush.COPY_ROWS_MIN):
                    rows.put(source, key=number, **{extra: "x"})
                flush.flush(database, connection, shape, rows)
        with database.write() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(copy)).scalar_one() == flush.COPY_ROWS_MIN
            copy.drop(connection)


def test_a_connection_that_is_cut_during_a_copy_is_no_answer_of_the_database(tables: Database) -> None:
    if tables.dialect == "sqlite":
        pytest.skip("SQLite has no connection that could be cut")

    def cut_off() -> None:
        with tables.write() as connection:
            rows = flush.gathering(connection, TABLES)
            for row in many(flush.COPY_ROWS_MIN):
                rows.put(kinds, **row)
            driver: Any = connection.connection.driver_connection
            with tables.engine.connect() as other:
                other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": driver.info.backend_pid})
            flush.flush(tables, connection, TABLES, rows)

    with pytest.raises(OperationalError):
        cut_off()
    assert held(tables) == []
    put_all(tables, many(flush.COPY_ROWS_MIN))
    assert len(held(tables)) == flush.COPY_ROWS_MIN

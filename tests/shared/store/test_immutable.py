"""The database itself refuses to change or remove an event, even for the role that owns everything in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.store import NONE, Database, open_database
from tests.shared.store.given import CONTEXT, a_store, to
from tests.support.databases import fresh_database, fresh_url

COLUMNS = "position, id, stream, version, type, schema, data, recorded_at, effective_on, actor, correlation, causation"
ANOTHER = "'other', 'a', 1, 'x', 1, '{}', recorded_at, effective_on, actor, correlation, causation FROM events WHERE position = 2"
UPSERT = (
    f"INSERT INTO events ({COLUMNS}) SELECT {COLUMNS} FROM events WHERE position = 1 ON CONFLICT (position) DO UPDATE SET data = '{{}}'"
)
CHANGES = {
    "both": (
        "UPDATE events SET data = '{}'",
        "UPDATE events SET actor = actor WHERE position = 1",
        "DELETE FROM events WHERE position = 2",
        UPSERT,
    ),
    "postgresql": ("TRUNCATE events", "TRUNCATE events CASCADE"),
    "sqlite": (
        f"INSERT OR REPLACE INTO events ({COLUMNS}) SELECT 1, {ANOTHER}",
        f"INSERT OR REPLACE INTO events ({COLUMNS}) SELECT 9, {ANOTHER}",
        "UPDATE OR REPLACE events SET position = 1 WHERE position = 2",
    ),
}

SWITCHES = (
    "ALTER TABLE events DISABLE TRIGGER ALL",
    "ALTER TABLE events DISABLE TRIGGER USER",
    "DROP TABLE events",
    "SET session_replication_role = replica",
)
"""Ways round the triggers, which take more than every right on the table."""


@pytest.fixture(params=["sqlite", "postgresql", "postgresql as owner"])
def owned(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind; on PostgreSQL also one that a plain role owns, as a service does in production."""
    kind, _, owner = request.param.partition(" as ")
    if not owner:
        with fresh_database(kind, tmp_path) as database:
            yield database
        return
    with fresh_url(kind, tmp_path) as url, _plain_role(url) as (role, own_url):
        database_name = sa.make_url(url).database
        _run(url, f"ALTER DATABASE {database_name} OWNER TO {role}")
        opened = open_database(own_url, wait_seconds=5)
        try:
            yield opened
        finally:
            opened.close()
            _run(url, f"ALTER DATABASE {database_name} OWNER TO CURRENT_USER")


@contextmanager
def _plain_role(url: str) -> Iterator[tuple[str, str]]:
    """A role without rights, and the database's URL in its name."""
    role, password = f"plain_{secrets.token_hex(6)}", secrets.token_hex(12)
    _run(url, f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    try:
        yield role, sa.make_url(url).set(username=role, password=password).render_as_string(hide_password=False)
    finally:
        _run(url, f"DROP OWNED BY {role} CASCADE", f"DROP ROLE {role}")


def _run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_a_recorded_event_is_neither_changed_nor_removed(owned: Database, subtests: pytest.Subtests) -> None:
    store = a_store(owned)
    store.append(to("a", NONE, "one", "two"), CONTEXT)
    before = store.feed(0)
    for change in (*CHANGES["both"], *CHANGES[owned.dialect]):
        with subtests.test(change):
            with pytest.raises(DBAPIError, match="events are never changed"), owned.write() as connection:
                connection.execute(sa.text(change))
            assert store.feed(0) == before
    assert store.append(to("a", 2, "three"), CONTEXT).position == 3


def test_a_role_that_may_do_all_but_own_the_tables_neither_changes_events_nor_switches_the_refusal_off(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    with fresh_url("postgresql", tmp_path) as url, _plain_role(url) as (role, own_url), closing(open_database(url)) as owner:
        store = a_store(owner)
        store.append(to("a", NONE, "one", "two"), CONTEXT)
        before = store.feed(0)
        _run(url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        with closing(open_database(own_url)) as guest:
            for change in (*CHANGES["both"], *CHANGES["postgresql"]):
                with subtests.test(change):
                    with pytest.raises(DBAPIError, match="events are never changed"), guest.write() as connection:
                        connection.execute(sa.text(change))
                    assert store.feed(0) == before
            for switch in SWITCHES:
                with (
                    subtests.test(switch),
                    pytest.raises(DBAPIError, match=r"must be owner|permission denied"),
                    guest.write() as connection,
                ):
                    connection.execute(sa.text(switch))

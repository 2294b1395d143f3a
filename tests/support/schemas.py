"""The schema of new databases, worked out by Alembic for the first of each kind and repeated to all others."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

upgrade = command.upgrade


class Repeating:
    """Stands in for `alembic.command.upgrade`, which takes ten times as long to find the statements as a database to run them.

    Only what is new is made in this way; databases that hold anything are upgraded by Alembic.
    """

    def __init__(self) -> None:
        self._statements: dict[str, list[str]] = {}

    def __call__(self, config: Config, revision: str) -> None:
        connection: sa.Connection = config.attributes["connection"]
        kind = connection.dialect.name
        if sa.inspect(connection).get_table_names():
            upgrade(config, revision)
        elif kind in self._statements:
            for statement in self._statements[kind]:
                connection.exec_driver_sql(statement).close()
        else:
            self._statements[kind] = _overheard(connection, config, revision)


def _overheard(connection: sa.Connection, config: Config, revision: str) -> list[str]:
    """Upgrade a new database; the statements that made it what it is."""
    statements: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        # a query changes nothing, and nor does what is said of rows, of which there are none yet
        if not parameters and not statement.lstrip().startswith(("SELECT", "PRAGMA")):
            statements.append(statement)

    sa.event.listen(connection, "before_cursor_execute", listen)
    try:
        upgrade(config, revision)
    finally:
        sa.event.remove(connection, "before_cursor_execute", listen)
    return statements

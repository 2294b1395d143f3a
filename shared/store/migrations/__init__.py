"""The schema of a service's database through all releases: what each revision changes, and bringing a database up to date.

One history for the event store and for the bookkeeping of read models, which stand in one database. Tables of the read models
themselves are no part of it: they are disposable and made anew by their own versions.
"""

from __future__ import annotations

from importlib.resources import files

import sqlalchemy as sa

from shared.errors import ConfigurationError
from shared.store.database import MIGRATION_LOCK, Database
from shared.telemetry import logger

log = logger(__name__)

HEAD = "0003"
"""The newest revision: that of this release."""


def upgrade(database: Database) -> None:
    """Bring the schema to that of this release, one process at a time; all of it in one transaction, or nothing.

    Raises ConfigurationError for a database of a later release, whose schema this one does not know.
    """
    with database.read() as connection:
        found = revision(connection)
    if found == HEAD:
        return  # without loading Alembic, which is larger than all of the store
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with database.write() as connection:
        if database.dialect == "postgresql":
            # whoever waits here waits for another process's upgrade, which may take longer than any statement of ours
            for setting in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute(sa.text(f"SET LOCAL {setting} = 0"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        is_new = not sa.inspect(connection).has_table("events")
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(files(__name__)).replace("%", "%%"))
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise ConfigurationError(
                f"The database is of revision {found}, which this release does not know: its own newest is {HEAD}. A later release "
                "made it. Run that release again, or restore the database from before it."
            ) from error
        if not is_new and found != revision(connection):
            log.info("schema_upgraded", before=found, now=revision(connection))


def revision(connection: sa.Connection) -> str | None:
    """The revision that a database is of; None when it is empty or was made before revisions were recorded."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()

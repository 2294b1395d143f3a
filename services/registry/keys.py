"""The keys under which personal data are sealed: a table beside the events, and a key of the site, kept outside the database, around them.

Unlike the log the table changes: to forget a person is to overwrite their key. Events, read models, exports and backups of these then hold
what nobody can open. A backup of this table, or a disk that keeps what was overwritten, holds the key until it is gone too; without the
key of the site it opens nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from shared.calendar import utc_now
from shared.config import Config
from shared.errors import ConfigurationError
from shared.ids import new_id
from shared.sealing import WRAPPED_BYTES, PersonKey, fingerprint, new_site_key, unwrap, wrap
from shared.site_key import SITE_KEY_FILE, site_key
from shared.store.database import Database, Instant

DESTROYED = bytes(WRAPPED_BYTES)
"""In the place of a key that was destroyed."""

metadata = sa.MetaData()

# SQLite appends rows in the order of their numbers and never moves one that keeps its size. So no row is removed and none grows: a key is
# overwritten where it stands, and there is no second place in the file where it once stood.
keys = sa.Table(
    "person_keys",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(36), nullable=False, unique=True),
    sa.Column("person", sa.String(36), nullable=False, unique=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("to_destroy", sa.Boolean, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

site_keys = sa.Table(
    "site_key",
    metadata,
    sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
)


class Keys:
    """The keys of the people of one site."""

    def __init__(self, database: Database, site_key: bytes, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._site_key = site_key
        self._clock = clock

    @classmethod
    def open(cls, database: Database, config: Config) -> Keys:
        """The keys in the registry's database, with the site's key that the configuration gives, made at the first start.

        Raises ConfigurationError where it is missing, unreadable or another than the one that the keys are wrapped under.
        """
        database.create(metadata)
        with database.read() as connection:
            known = connection.execute(sa.select(site_keys.c.fingerprint)).scalar_one_or_none()
        site_key = _site_key(config, may_be_made=known is None)
        insert = database.insert(site_keys).values(id=1, fingerprint=fingerprint(site_key)).on_conflict_do_nothing()
        with database.write() as connection:
            connection.execute(insert)
            known = connection.execute(sa.select(site_keys.c.fingerprint)).scalar_one()
        if known != fingerprint(site_key):
            raise ConfigurationError(
                "The key of this site is not the one under which its personal data are sealed. Restore the file that "
                f"COMMENDATION_SITE_KEY_FILE names, or {SITE_KEY_FILE} in the site's folder."
            )
        return cls(database, site_key)

    def key_for(self, person: str) -> PersonKey | None:
        """The key to seal a person's data under, made at the first asking; None for one whose key is destroyed."""
        made = PersonKey.new()
        row = {"key": made.id, "person": person, "wrapped": wrap(self._site_key, made), "to_destroy": False, "made_at": self._clock()}
        here = sa.select(keys.c.key, keys.c.wrapped).where(keys.c.person == person)
        with self._database.read() as connection:
            found = connection.execute(here).one_or_none()
        if found is None:
            with self._database.write() as connection:
                connection.execute(self._database.insert(keys).values(**row).on_conflict_do_nothing())
                found = connection.execute(here).one()
        return self._unwrapped(found.key, found.wrapped)

    def keys_of(self, identities: Iterable[str]) -> dict[str, PersonKey]:
        """Those of the keys with these ids that there are, and that are not destroyed."""
        found: dict[str, PersonKey] = {}
        with self._database.read() as connection:
            rows = connection.execute(sa.select(keys.c.key, keys.c.wrapped).where(keys.c.key.in_(set(identities)))).all()
        for row in rows:
            if (key := self._unwrapped(row.key, row.wrapped)) is not None:
                found[key.id] = key
        return found

    def doom(self, person: str) -> None:
        """Note that a person's key is about to be destroyed, so that it is even if this process dies before it comes to that."""
        self._change(person, to_destroy=True)

    def doomed(self) -> list[str]:
        """The people whose keys were about to be destroyed and are not."""
        with self._database.read() as connection:
            return list(connection.execute(sa.select(keys.c.person).where(keys.c.to_destroy)).scalars())

    def spare(self, person: str) -> None:
        """Take back what `doom` noted, of a person who was not forgotten after all."""
        self._change(person, to_destroy=False)

    def destroy(self, person: str) -> None:
        """Overwrite a person's key, for ever."""
        self._change(person, wrapped=DESTROYED, to_destroy=False)
        if self._database.dialect == "sqlite":
            with self._database.driver() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # the write-ahead log holds the pages as they were, too

    def _change(self, person: str, **values: object) -> None:
        with self._database.write() as connection:
            connection.execute(keys.update().where(keys.c.person == person).values(**values))

    def _unwrapped(self, identity: str, wrapped: bytes) -> PersonKey | None:
        return None if wrapped == DESTROYED else unwrap(self._site_key, identity, wrapped)


def _site_key(config: Config, *, may_be_made: bool) -> bytes:
    path = config.var / SITE_KEY_FILE
    if may_be_made and not config.site_key and not path.exists():
        _make(path)
    return site_key(config)


def _make(path: Path) -> None:
    """A new key under this name, whole or not at all; another process that makes one at the same time may be first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{new_id()}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as handle:
        handle.write(new_site_key() + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()

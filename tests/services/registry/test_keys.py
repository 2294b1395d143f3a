"""The keys of people: made once, wrapped under the key of the site, and destroyed without a trace in the files."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.registry.keys import Keys, keys
from shared.config import Config
from shared.errors import ConfigurationError
from shared.sealing import new_site_key
from shared.site_key import SITE_KEY_FILE
from shared.store import Database, open_database


def config_of(folder: Path) -> Config:
    return Config(var=folder)


def test_a_person_has_one_key_whoever_asks(database: Database, tmp_path: Path) -> None:
    first, second = (Keys.open(database, config_of(tmp_path)) for _ in range(2))
    key = first.key_for("p1")
    assert key is not None
    assert second.key_for("p1") == key != first.key_for("p2")
    assert second.keys_of([key.id, "unknown"]) == {key.id: key}


def test_a_destroyed_key_is_gone_and_never_made_anew(database: Database, tmp_path: Path) -> None:
    kept = Keys.open(database, config_of(tmp_path))
    key, other = kept.key_for("p1"), kept.key_for("p2")
    assert key is not None
    assert other is not None
    kept.destroy("p1")
    assert kept.key_for("p1") is None
    assert kept.keys_of([key.id, other.id]) == {other.id: other}


def test_what_was_about_to_be_destroyed_is_known_after_a_crash(database: Database, tmp_path: Path) -> None:
    kept = Keys.open(database, config_of(tmp_path))
    for person in ("p1", "p2", "p3"):
        kept.key_for(person)
        kept.doom(person)
    kept.spare("p1")
    kept.destroy("p2")
    assert Keys.open(database, config_of(tmp_path)).doomed() == ["p3"]
    assert kept.key_for("p1") is not None


def test_no_file_of_the_database_holds_a_destroyed_key(tmp_path: Path) -> None:
    """Neither the page it stood on nor the write-ahead log, and the keys of others stay."""
    database = open_database(f"sqlite:///{tmp_path}/registry.db")
    kept = Keys.open(database, config_of(tmp_path))
    people = [f"p{number}" for number in range(200)]  # some pages of them
    for person in people:
        kept.key_for(person)
    with database.read() as connection:
        wrapped = {row.person: row.wrapped for row in connection.execute(sa.select(keys.c.person, keys.c.wrapped))}

    def found(person: str) -> bool:
        return any(wrapped[person] in path.read_bytes() for path in tmp_path.glob("registry.db*"))

    assert all(found(person) for person in people)
    for person in people[::3]:
        kept.doom(person)
        kept.destroy(person)
    assert {person for person in people if found(person)} == set(people) - set(people[::3])
    database.close()


def test_the_key_of_the_site_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/registry.db")
    Keys.open(database, config_of(tmp_path))
    path = tmp_path / SITE_KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob(f"{SITE_KEY_FILE}*")] == [SITE_KEY_FILE]
    letters = path.read_text(encoding="ascii")
    Keys.open(database, config_of(tmp_path))
    assert path.read_text(encoding="ascii") == letters
    database.close()


def test_without_its_key_or_with_another_a_site_does_not_start(database: Database, tmp_path: Path) -> None:
    config = config_of(tmp_path)
    kept = Keys.open(database, config)
    key = kept.key_for("p1")
    path = tmp_path / SITE_KEY_FILE
    letters = path.read_text(encoding="ascii")
    path.write_text(new_site_key(), encoding="ascii")
    with pytest.raises(ConfigurationError, match="not the one"):
        Keys.open(database, config)
    path.write_text("short", encoding="ascii")
    with pytest.raises(ConfigurationError, match="no key of a site"):
        Keys.open(database, config)
    path.unlink()
    with pytest.raises(ConfigurationError, match="restore it from its backup"):
        Keys.open(database, config)
    assert not path.exists(), "a new key would open nothing that is sealed"
    assert Keys.open(database, replace(config, site_key=letters)).key_for("p1") == key


def test_no_setting_is_shown_with_its_key() -> None:
    assert "verysecret" not in repr(Config(site_key="verysecret"))

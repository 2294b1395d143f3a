"""The environment as configuration: defaults, secrets from files, and errors that name the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.config import Config, load
from shared.errors import ConfigurationError


def test_nothing_needs_to_be_set() -> None:
    config = load({})
    assert config == Config()
    assert config.embedded
    assert config.database_url_of("registry") == f"sqlite:///{Path('var').absolute()}/registry.db"


def test_everything_may_be_set() -> None:
    config = load(
        {
            "COMMENDATION_SITE": "hue-1",
            "COMMENDATION_BROKER_URL": "amqp://user:pass@broker//",
            "COMMENDATION_DATABASE_URL": "postgresql+psycopg://db/{service}",
            "COMMENDATION_VAR": "/srv/data",
            "COMMENDATION_HTTP_HOST": "0.0.0.0",
            "COMMENDATION_HTTP_PORT": "8443",
            "COMMENDATION_LOG_LEVEL": "debug",
            "COMMENDATION_START_SECONDS": "5",
            "UNRELATED": "x",
        }
    )
    assert config == Config(
        "hue-1", "amqp://user:pass@broker//", "postgresql+psycopg://db/{service}", Path("/srv/data"), "0.0.0.0", 8443, "", "DEBUG", 5.0
    )
    assert not config.embedded
    assert config.database_url_of("audit") == "postgresql+psycopg://db/audit"


def test_a_password_may_hold_what_a_format_would_choke_on() -> None:
    config = load({"COMMENDATION_DATABASE_URL": "postgresql+psycopg://u:p{0}%41@db/{service}"})
    assert config.database_url_of("audit") == "postgresql+psycopg://u:p{0}%41@db/audit"


def test_a_value_may_come_from_a_file_which_goes_before_the_variable(tmp_path: Path) -> None:
    secret = tmp_path / "broker"
    secret.write_text("amqp://from:file@broker//\n", encoding="utf-8")
    config = load({"COMMENDATION_BROKER_URL_FILE": str(secret), "COMMENDATION_BROKER_URL": "amqp://from:variable@broker//"})
    assert config.broker_url == "amqp://from:file@broker//"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"COMMENDATION_BROKER_URL_FILE names .*nothing"):
        load({"COMMENDATION_BROKER_URL_FILE": str(tmp_path / "nothing")})


def test_an_empty_variable_is_as_none() -> None:
    assert load({"COMMENDATION_SITE": "", "COMMENDATION_HTTP_PORT": ""}) == Config()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SITE", "Huế"),
        ("SITE", "1st"),
        ("SITE", "a" * 32),
        ("SITE", "vn\n"),
        ("SITE", "a.b"),
        ("BROKER_URL", "redis://broker"),
        ("DATABASE_URL", "sqlite:///one-for-all.db"),
        ("HTTP_PORT", "0"),
        ("HTTP_PORT", "65536"),
        ("HTTP_PORT", "http"),
        ("HTTP_PORT", "-1"),
        ("START_SECONDS", "0"),
        ("START_SECONDS", "1.5"),
        ("START_SECONDS", "for ever"),
    ],
)
def test_what_cannot_be_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"COMMENDATION_{variable}"):
        load({f"COMMENDATION_{variable}": value})

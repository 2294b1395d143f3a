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
            "COMMENDATION_SITE_KEY": "key",
            "UNRELATED": "x",
        }
    )
    assert config == Config(
        "hue-1",
        "amqp://user:pass@broker//",
        "postgresql+psycopg://db/{service}",
        Path("/srv/data"),
        "0.0.0.0",
        8443,
        "",
        "DEBUG",
        5.0,
        "key",
    )
    assert not config.embedded
    assert config.database_url_of("audit") == "postgresql+psycopg://db/audit"


def test_files_are_kept_below_var_or_where_it_is_said() -> None:
    assert load({"COMMENDATION_VAR": "/srv/data"}).blobs_at == "/srv/data/blobs"
    told = load({"COMMENDATION_BLOBS_URL": "s3://key:{secret}@store/bucket"})
    assert told.blobs_at == "s3://key:{secret}@store/bucket"
    assert "secret" not in repr(told)


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
        ("START_SECONDS", "3601"),
        ("START_SECONDS", "1.5"),
        ("START_SECONDS", "for ever"),
        ("CHECKPOINT_HOURS", "8761"),
        ("CHECKPOINT_HOURS", "-1"),
        ("CHECKPOINT_HOURS", "never"),
    ],
)
def test_what_cannot_be_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"COMMENDATION_{variable}"):
        load({f"COMMENDATION_{variable}": value})


def test_mail_by_a_server_needs_a_sender() -> None:
    named = {"COMMENDATION_SMTP_URL": "smtp://u:p@relay", "COMMENDATION_MAIL_FROM": "thidua@btdkt.example.vn"}
    config = load(named)
    assert (config.smtp_url, config.mail_from) == ("smtp://u:p@relay", "thidua@btdkt.example.vn")
    assert "u:p" not in repr(config)
    for wrong in ({**named, "COMMENDATION_MAIL_FROM": ""}, {"COMMENDATION_MAIL_FROM": "btdkt"}):
        with pytest.raises(ConfigurationError, match="MAIL_FROM"):
            load(wrong)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("HTTP_PORT", "1"), ("HTTP_PORT", "65535"), ("START_SECONDS", "1"), ("START_SECONDS", "3600")]
    + [("CHECKPOINT_HOURS", "0"), ("CHECKPOINT_HOURS", "8760")]
    + [("BROKER_URL", url) for url in ("embedded://", "amqp://broker//", "pyamqp://broker//", "amqps://broker//")],
)
def test_the_least_and_the_most_are_taken(variable: str, value: str) -> None:
    assert str(getattr(load({f"COMMENDATION_{variable}": value}), variable.lower())).removesuffix(".0") == value


def test_the_address_under_which_others_know_this_site_may_be_told() -> None:
    assert load({"COMMENDATION_HTTP_PUBLISHED": "thidua.example.vn"}).http_published == "thidua.example.vn"

"""Configuration from the environment, with a default for everything, so that `make run` needs none.

Each setting `COMMENDATION_X` may be given as `COMMENDATION_X_FILE`, a file that holds the value (a container's secret).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shared.bounds import CHECKPOINT_HOURS, CHECKPOINT_HOURS_MAX, START_SECONDS_MAX
from shared.errors import ConfigurationError

PREFIX = "COMMENDATION_"
SERVICES = ("registry", "campaigns", "evaluations", "awards", "rankings", "audit", "gateway")
"""The services of a site, in the order in which a network starts them."""

PRODUCERS = ("registry", "campaigns", "evaluations", "awards")
"""The services that own facts and so have a feed of events."""


@dataclass(frozen=True, slots=True)
class Config:
    """Where this process stands: its site, broker, databases, folder and address."""

    site: str = "vn"
    broker_url: str = "embedded://"
    database_url: str = "sqlite:///{var}/{service}.db"
    var: Path = Path("var")
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    http_published: str = ""
    log_level: str = "INFO"
    start_seconds: float = START_SECONDS_MAX
    site_key: str = field(default="", repr=False)
    blobs_url: str = field(default="{var}/blobs", repr=False)
    smtp_url: str = field(default="", repr=False)
    mail_from: str = "thi-dua@localhost"
    checkpoint_hours: int = CHECKPOINT_HOURS

    @property
    def embedded(self) -> bool:
        return self.broker_url.startswith("embedded:")

    @property
    def http_reached_at(self) -> str:
        """The address under which others reach the gateway: that of the container engine's published port, else its own."""
        return self.http_published or self.http_host

    @property
    def blobs_at(self) -> str:
        """Where files are kept (see blobs.open_blobs), `{var}` filled in."""
        return self.blobs_url.replace("{var}", str(self.var.absolute()))

    def database_url_of(self, service: str) -> str:
        """The database of one service: the template with `{service}` and `{var}` filled in."""
        return self.database_url.replace("{service}", service).replace("{var}", str(self.var.absolute()))


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration, naming the variable that is wrong and what it should be."""
    default = Config()
    site = _get(environ, "SITE", default.site)
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", site):
        raise ConfigurationError(f"{PREFIX}SITE is {site!r}; give 1 to 31 of a-z, 0-9 and '-', starting with a letter")
    broker_url = _get(environ, "BROKER_URL", default.broker_url)
    if broker_url.split(":", 1)[0] not in ("embedded", "amqp", "pyamqp", "amqps"):
        raise ConfigurationError(f"{PREFIX}BROKER_URL must start with embedded:// or amqp://")
    database_url = _get(environ, "DATABASE_URL", default.database_url)
    if "{service}" not in database_url:
        raise ConfigurationError(f"{PREFIX}DATABASE_URL must hold {{service}}: each service has a database of its own")
    smtp_url, mail_from = _get(environ, "SMTP_URL", default.smtp_url), _get(environ, "MAIL_FROM", default.mail_from)
    if "@" not in mail_from or (smtp_url and mail_from == default.mail_from):
        raise ConfigurationError(f"{PREFIX}MAIL_FROM is {mail_from!r}; give the address that mail by {PREFIX}SMTP_URL comes from")
    return Config(
        site=site,
        broker_url=broker_url,
        database_url=database_url,
        var=Path(_get(environ, "VAR", str(default.var))),
        http_host=_get(environ, "HTTP_HOST", default.http_host),
        http_port=_port(_get(environ, "HTTP_PORT", str(default.http_port))),
        http_published=_get(environ, "HTTP_PUBLISHED", default.http_published),
        log_level=_get(environ, "LOG_LEVEL", default.log_level).upper(),
        start_seconds=_seconds(_get(environ, "START_SECONDS", str(int(default.start_seconds)))),
        site_key=_get(environ, "SITE_KEY", default.site_key),
        blobs_url=_get(environ, "BLOBS_URL", default.blobs_url),
        smtp_url=smtp_url,
        mail_from=mail_from,
        checkpoint_hours=_hours(_get(environ, "CHECKPOINT_HOURS", str(default.checkpoint_hours))),
    )


def _get(environ: Mapping[str, str], name: str, default: str) -> str:
    file = environ.get(f"{PREFIX}{name}_FILE")
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{PREFIX}{name}_FILE names {file}, which cannot be read: {error}") from error
    return environ.get(f"{PREFIX}{name}") or default


def _seconds(text: str) -> float:
    if not text.isdigit() or not 1 <= int(text) <= 3600:
        raise ConfigurationError(f"{PREFIX}START_SECONDS is {text!r}; give a number from 1 to 3600")
    return float(text)


def _hours(text: str) -> int:
    if not text.isdecimal() or int(text) > CHECKPOINT_HOURS_MAX:
        raise ConfigurationError(f"{PREFIX}CHECKPOINT_HOURS is {text!r}; give a number from 1 to {CHECKPOINT_HOURS_MAX}, or 0 for never")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ConfigurationError(f"{PREFIX}HTTP_PORT is {text!r}; give a number from 1 to 65535")
    return int(text)

"""Structured logs: one JSON object a line, with the correlation id of the request that set things off."""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from shared.bounds import LOG_BYTES_MAX, LOG_FILES_MAX

correlated = structlog.contextvars.bound_contextvars
"""`with correlated(correlation=..., actor=...)`: every line logged inside carries them."""

UNLOGGED = "unlogged"
"""Correlation of a request of which no line is written, in no service that it reaches: who votes in a secret ballot, and when.

The gateway gives it to the requests that need it and takes it from nobody.
"""


def configure(level: str = "INFO", file: Path | None = None) -> None:
    """Send the logs of this process, the libraries' too, to a file or to standard error as JSON lines; a full file is set aside."""
    common: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*common, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file is not None:
        handler = RotatingFileHandler(file, maxBytes=LOG_BYTES_MAX, backupCount=LOG_FILES_MAX, encoding="utf-8")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
            foreign_pre_chain=common,
        )
    )
    # no line tells these, and finding them out takes as long as writing the line
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # nameko tells of every worker with its arguments, and eventlet of every request: personal data does not go to logs
    for noisy in ("nameko", "kombu", "amqp", "eventlet"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    logging.getLogger("nameko.web.server").setLevel(logging.ERROR)
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)  # warns of `embedded://` at every connection: it has no host


def logger(name: str) -> Any:
    """A logger whose calls take an event name and keyword values."""
    return structlog.stdlib.get_logger(name)

"""The lines that a process logs: one JSON object each, for its own and for the libraries' words."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import pytest
import structlog

from shared.bounds import LOG_BYTES_MAX, LOG_FILES_MAX
from shared.telemetry import configure, correlated, logger

QUIET = ("nameko", "kombu", "amqp", "eventlet", "nameko.web.server", "kombu.connection")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where the logs of this process go for the time of a test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    try:
        yield tmp_path / "process.log"
    finally:
        for handler in root.handlers:
            if handler not in handlers:
                handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)
        structlog.reset_defaults()


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_what_when_where_and_in_which_course(file: Path, machine_in_hanoi: None) -> None:
    configure("INFO", file)
    with correlated(correlation="course", actor="an"):
        logger("a.module").info("sheet_submitted", unit="Tòa án")
    logger("a.module").debug("unheard")
    (line,) = lines(file)
    at = datetime.fromisoformat(line.pop("timestamp"))
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=5), "the hour of the machine's zone was called UTC"
    assert line == {
        "event": "sheet_submitted",
        "level": "info",
        "logger": "a.module",
        "correlation": "course",
        "actor": "an",
        "unit": "Tòa án",
    }
    written = file.read_text(encoding="utf-8")
    assert "Tòa án" in written, "one cannot search for what is written as escapes"
    assert list(json.loads(written)) == sorted(json.loads(written))


def test_an_error_is_logged_with_its_trace_and_a_library_in_the_same_form(file: Path) -> None:
    configure("INFO", file)
    try:
        raise ValueError("spoilt")
    except ValueError:
        logger("a.module").exception("fold_failed")
    logging.getLogger("a.library").warning("lost %s", "it")
    own, foreign = lines(file)
    assert own["exception"].endswith("ValueError: spoilt")
    assert (foreign["event"], foreign["level"], foreign["logger"]) == ("lost it", "warning", "a.library")
    assert set(foreign) >= {"timestamp"}


def test_what_libraries_tell_of_each_request_does_not_go_to_the_logs(file: Path) -> None:
    configure("INFO", file)
    for name in QUIET:
        logging.getLogger(name).info("arguments: %s", "Nguyễn Văn A")
        logging.getLogger(name).warning("warned")
        logging.getLogger(name).error("failed")
    assert [line["logger"] for line in lines(file) if line["event"] == "warned"] == ["nameko", "kombu", "amqp", "eventlet"]
    assert [line["logger"] for line in lines(file) if line["event"] == "failed"] == list(QUIET)
    assert "Nguyễn Văn A" not in file.read_text(encoding="utf-8")
    configure("ERROR", file)
    assert not logging.getLogger("kombu").isEnabledFor(logging.WARNING), "a process that is to say less says more of its libraries"


def test_a_full_file_is_set_aside_and_without_one_the_logs_go_to_standard_error(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", file)
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, RotatingFileHandler)
    assert (handler.maxBytes, handler.backupCount, handler.encoding) == (LOG_BYTES_MAX, LOG_FILES_MAX, "utf-8")
    configure()
    logger("a.module").info("heard")
    assert json.loads(capsys.readouterr().err)["event"] == "heard"

"""What `commendation status` says of a site, and its exit code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.console import status
from shared import readiness
from shared.errors import Unavailable

WELL = {**readiness.untold("-", "vn", ""), "database": {"state": "ok"}, "missing": []}


class Site:
    """A site whose services are well but for what is said of some."""

    def __init__(self, **said: dict[str, Any] | None) -> None:
        self.said = said

    def health(self, service: str) -> dict[str, Any]:
        told = self.said.get(service, {})
        if told is None:
            raise Unavailable("away")
        return {**WELL, "service": service, **told}


Told = Callable[..., Result]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the command says of a site."""

    def asked(site: Site, *arguments: str) -> Result:
        monkeypatch.setattr(status, "open_site", lambda _config: nullcontext(site))
        return CliRunner().invoke(status.status, arguments, env={"COLUMNS": "300"})

    return asked


@pytest.mark.parametrize(
    ("site", "code", "words"),
    [
        (Site(), 0, "audit"),
        (Site(audit={"faults": ["differences between logs and record: 3"]}), 1, "differences between logs and record: 3"),
        (Site(rankings={"parked": [{}]}), 1, "rankings"),
        (Site(awards={"missing": ["the feed is starting"]}), 1, "the feed is starting"),
        (Site(registry=None), 1, "it does not answer"),
    ],
)
def test_what_is_wrong_anywhere_is_said_and_is_the_exit_code(told: Told, site: Site, code: int, words: str) -> None:
    answer = told(site)
    assert (answer.exit_code, words in answer.output) == (code, True), answer.output


def test_a_fault_does_not_keep_a_service_from_being_ready(told: Told) -> None:
    assert told(Site(audit={"faults": ["differences"]}), "--ready", "audit").exit_code == 0

"""An operator drops snapshots of an embedded network, beside it or without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.console.site import LocalSite
from services.console.snapshots import snapshots
from shared.config import load
from shared.store.snapshots import Snapshot, Snapshots


def run(*arguments: str) -> Result:
    return CliRunner().invoke(snapshots, arguments, catch_exceptions=False)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalSite:
    """One whose registry and campaigns keep snapshots."""
    monkeypatch.setenv("COMMENDATION_VAR", str(tmp_path))
    with LocalSite(load()) as opened:
        for service in ("registry", "campaigns"):
            Snapshots(opened.store(service).database).keep("a", "0" * 64, Snapshot(1, "{}"))
    return opened


def test_those_of_all_services_are_dropped(site: LocalSite) -> None:
    assert run("drop").output.splitlines() == ["registry: 1 dropped", "campaigns: 1 dropped", "evaluations: 0 dropped", "awards: 0 dropped"]
    assert run("drop", "registry").output == "registry: 0 dropped\n"


def test_those_of_one_service_are_dropped(site: LocalSite) -> None:
    assert run("drop", "campaigns").output == "campaigns: 1 dropped\n"
    assert "registry: 1 dropped" in run("drop").output


def test_a_service_without_facts_has_none(site: LocalSite) -> None:
    refused = run("drop", "rankings")
    assert refused.exit_code == 2
    assert "registry" in refused.output

"""An operator looks for files that no event names, and removes the old ones."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from services.console.evidence import evidence
from services.console.site import LocalSite
from shared.blobs import FolderBlobs, digest_of
from shared.calendar import utc_now
from shared.config import load
from shared.event import Context, NewEvent
from shared.store import NONE, Append

ATTACHED, REMOVED, LETTER, OLD, NEW = (f"Tệp {number}".encode() for number in range(5))


def sweep(*arguments: str) -> str:
    answer = CliRunner().invoke(evidence, ["sweep", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def blobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
    """Five files of ten days and one day: evidence, evidence that was taken back, a letter to a ballot, and two that no event names."""
    monkeypatch.setenv("COMMENDATION_VAR", str(tmp_path))
    made = FolderBlobs(tmp_path / "blobs")
    for content, days in ((ATTACHED, 10), (REMOVED, 10), (LETTER, 10), (OLD, 10), (NEW, 1)):
        at = (utc_now() - timedelta(days=days, hours=1)).timestamp()
        sha256 = made.put(content)
        os.utime(tmp_path / "blobs" / sha256[:2] / sha256, (at, at))
    with LocalSite(load()) as site:
        said: list[tuple[str, dict[str, Any]]] = [
            ("evaluations.EvidenceAttached", {"sha256": digest_of(ATTACHED)}),
            ("evaluations.EvidenceAttached", {"sha256": digest_of(REMOVED)}),
            ("evaluations.EvidenceRemoved", {"sha256": digest_of(REMOVED), "reason": "Nhầm"}),
            ("evaluations.AdjustmentMade", {"evidence": [digest_of(LETTER)]}),
        ]
        facts = [NewEvent(kind, 1, data, date(2024, 12, 1)) for kind, data in said]
        site.store("registry")
        site.store("evaluations").append(Append("sheet-1", NONE, facts), Context("office", "c", "command"))
    return made


def _there(blobs: FolderBlobs) -> set[str]:
    return {one.sha256 for one in blobs.stored()}


def test_what_no_event_names_is_listed_and_nothing_is_changed(blobs: FolderBlobs) -> None:
    before = _there(blobs)
    shown = sweep()
    assert all(digest_of(orphan) in shown for orphan in (OLD, NEW))
    assert not any(digest_of(named) in shown for named in (ATTACHED, REMOVED, LETTER))
    assert f"2 files, {len(OLD) + len(NEW)} bytes; removed: 0" in shown
    assert _there(blobs) == before


def test_only_old_files_that_no_event_names_are_removed(blobs: FolderBlobs) -> None:
    assert "removed: 0" in sweep("--remove", "--older-than", "30")
    assert "removed: 1" in sweep("--remove")
    assert _there(blobs) == {digest_of(one) for one in (ATTACHED, REMOVED, LETTER, NEW)}
    assert "removed: 1" in sweep("--remove", "--older-than", "1")
    assert sweep("--remove") == "Every file is named by an event.\n"


def test_a_file_that_is_sent_again_stays(blobs: FolderBlobs) -> None:
    blobs.put(OLD)
    assert "removed: 0" in sweep("--remove")
    assert blobs.get(digest_of(OLD)) == OLD


def test_no_file_of_today_is_removed_whatever_is_asked(blobs: FolderBlobs) -> None:
    refused = CliRunner().invoke(evidence, ["sweep", "--older-than", "0", "--remove"])
    assert refused.exit_code == 2
    assert "older-than" in refused.output

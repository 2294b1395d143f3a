"""Who sees what of a sheet, evidence over the entrypoints, and a returned sheet in the overviews."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.campaigns import domain as campaigns
from services.evaluations.domain import EvidenceNamesMakers, ItemNotReturned, ScoresRefused, SheetsFrozen
from shared.access import OPERATOR
from shared.blobs import FolderBlobs
from shared.errors import NotAllowed, NotFound
from shared.files import FileKind
from shared.store import Database
from tests.services.campaigns import given as campaign
from tests.services.evaluations.given_sheets import REASON
from tests.services.evaluations.serving import DUE, SCORES, Evaluations
from tests.shared import given_files as files

OWN = {"pass_key": "self", "scorer": "kiem-toan"}
CHECK = {"pass_key": "cross_check", "scorer": "toa-an"}
UNIT = "unit secretary"


@pytest.fixture
def evaluations(database: Database, tmp_path: Path) -> Evaluations:
    made = Evaluations(database)
    made.service.blobs = FolderBlobs(tmp_path)
    for account, role, scope in (("checker", "secretary", "toa-an"), (UNIT, "secretary", "kiem-toan"), ("head", "leader", "noi-chinh")):
        made.grant(account, role, scope)
    made.grant("office", "office", "*")
    return made


def _items(sheet: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for group in sheet["groups"] for item in group["items"]}


def _handed_in(evaluations: Evaluations, actor: str, sheet: dict[str, str], *scores: dict[str, Any]) -> None:
    evaluations.tell(actor, "score_items", **sheet, scores=list(scores) or SCORES)
    evaluations.tell(actor, "submit_sheet", **sheet)
    evaluations.follow()


def test_evidence_goes_to_the_sheet_and_back(evaluations: Evaluations) -> None:
    sha256 = evaluations.service.blobs.put(files.PDF)
    told = {**OWN, "item": "A1", "sha256": sha256}
    evaluations.tell(UNIT, "attach_evidence", **told, name="Báo cáo.pdf")
    (file,) = _items(evaluations.tell(UNIT, "sheet", **OWN))["A1"]["evidence"]
    assert file == {"sha256": sha256, "name": "Báo cáo.pdf", "media_type": "application/pdf", "size": len(files.PDF)}
    assert evaluations.tell(UNIT, "evidence", **told) == file
    evaluations.tell(UNIT, "remove_evidence", **told, reason="nhầm tệp")
    with pytest.raises(NotFound, match="shows no such file"):
        evaluations.tell(UNIT, "evidence", **told)


def test_what_does_not_lie_in_the_store_or_is_of_no_kind_is_not_attached(evaluations: Evaluations) -> None:
    with pytest.raises(NotFound, match="in the store"):
        evaluations.tell(UNIT, "attach_evidence", **OWN, item="A1", sha256="0" * 64, name="a.pdf")
    program = evaluations.service.blobs.put(b"MZ\x90 a program")
    with pytest.raises(FileKind):
        evaluations.tell(UNIT, "attach_evidence", **OWN, item="A1", sha256=program, name="a.pdf")


def test_the_console_alone_removes_files_and_none_of_today(evaluations: Evaluations, tmp_path: Path) -> None:
    old, new = (evaluations.service.blobs.put(content) for content in (files.PDF, files.JPEG))
    os.utime(tmp_path / old[:2] / old, (0, 0))
    ask = {"files": sorted((old, new)), "before": "2199-01-01T00:00:00Z"}
    for method, data in (("stored_evidence", {}), ("drop_evidence", ask)):
        with pytest.raises(NotAllowed):
            evaluations.call("office", method, **data)
    assert [row["sha256"] for row in evaluations.call(OPERATOR, "stored_evidence")["files"]] == sorted((old, new))
    assert evaluations.call(OPERATOR, "drop_evidence", **ask) == {"dropped": [old]}
    assert [row["sha256"] for row in evaluations.call(OPERATOR, "stored_evidence")["files"]] == [new]


def test_a_blind_pass_takes_no_file_that_names_its_makers(evaluations: Evaluations) -> None:
    content = {**campaign.PUBLISHED.content, "passes": [{**one, "blind": True} for one in campaign.PUBLISHED.content["passes"]]}
    evaluations.feeds.tell("campaigns", replace(campaign.PUBLISHED, content=content))
    named, bare = (evaluations.service.blobs.put(one) for one in (files.JPEG_OF_AN, files.JPEG))
    with pytest.raises(EvidenceNamesMakers):
        evaluations.tell(UNIT, "attach_evidence", **OWN, item="A1", sha256=named, name="a.jpg")
    assert evaluations.tell(UNIT, "attach_evidence", **OWN, item="A1", sha256=bare, name="a.jpg")["events"]
    assert evaluations.tell(UNIT, "sheet", **OWN)["blind"]


def test_a_draft_is_seen_by_who_fills_it_and_the_office(evaluations: Evaluations) -> None:
    _handed_in(evaluations, UNIT, OWN)
    evaluations.open("cross_check", "toa-an")
    evaluations.tell("checker", "score_items", **CHECK, scores=[{"item": "A1", "score": "4", "reason": "thiếu số liệu"}])
    evaluations.tell("checker", "comment_item", **CHECK, item="A1", comment="Hỏi lại đơn vị")
    evaluations.follow()

    def seen(actor: str) -> tuple[Any, int, int]:
        sheet = evaluations.tell(actor, "sheet", **CHECK)
        row = _items(sheet)["A1"]
        return row["score"], len(row["comments"]), sheet["version"]

    assert {actor: seen(actor) for actor in ("checker", "office", UNIT, "head")} == {
        "checker": ("4", 1, 1),
        "office": ("4", 1, 1),
        UNIT: (None, 0, 0),
        "head": (None, 0, 0),
    }

    def listed(actor: str) -> tuple[int, int]:
        (line,) = [row for row in evaluations.tell(actor, "sheets", **CHECK) if row["pass_key"] == "cross_check"]
        return line["scored"], line["version"]

    assert [listed(actor) for actor in ("checker", "office", UNIT, "head")] == [(1, 1), (1, 1), (0, 0), (0, 0)]
    evaluations.tell("checker", "submit_sheet", **CHECK)
    evaluations.follow()
    assert {seen(actor) for actor in ("checker", "office", UNIT, "head")} == {("4", 1, 2)}
    assert {listed(actor) for actor in ("checker", "office", UNIT, "head")} == {(1, 2)}
    with pytest.raises(NotAllowed):
        evaluations.tell("somebody", "sheet", **CHECK)


def test_of_a_frozen_campaign_others_see_what_had_been_handed_in(evaluations: Evaluations) -> None:
    _handed_in(evaluations, UNIT, OWN)
    evaluations.open("cross_check", "toa-an")
    evaluations.freeze()

    def seen(actor: str) -> Any:
        return [evaluations.tell(actor, method, **CHECK) for method in ("sheet", "sheets")]

    others = (UNIT, "head")
    before = [seen(actor) for actor in others]

    def check_not_told_by_trying() -> None:
        for method, more in (("return_sheet", {"reason": REASON}), ("review_item", {"item": "A1", "comment": "Chưa rõ"})):
            with pytest.raises(SheetsFrozen):
                evaluations.tell("head", method, **CHECK, **more)

    check_not_told_by_trying()
    _handed_in(evaluations, "checker", CHECK)
    evaluations.tell("office", "review_item", **CHECK, item="A1", comment="Chưa rõ nguồn số liệu")
    evaluations.follow()
    assert [seen(actor) for actor in others] == before
    check_not_told_by_trying()
    assert {row["pass_key"]: row["state"] for row in before[0][1]} == {"self": "submitted", "cross_check": "open"}
    for actor in ("checker", "office"):
        assert {row["state"] for row in seen(actor)[1]} == {"submitted"}
    shown = evaluations.tell("checker", "sheet", **CHECK)
    assert (shown["state"], [said["by"] for said in _items(shown)["A1"]["comments"]]) == ("submitted", ["office"])
    evaluations.feeds.tell("campaigns", campaigns.CampaignThawed("c1", "Đã bỏ phiếu"))
    assert evaluations.tell(UNIT, "sheet", **CHECK)["state"] == "submitted"


def test_a_returned_sheet_is_a_task_and_an_open_matter_until_it_is_back(evaluations: Evaluations) -> None:
    back_on = DUE + timedelta(days=5)
    _handed_in(evaluations, UNIT, OWN)
    with pytest.raises(NotAllowed):
        evaluations.tell(UNIT, "return_sheet", **OWN, reason=REASON)
    evaluations.tell("head", "return_sheet", **OWN, reason=REASON, items=["A1"], due_on=back_on.isoformat())
    evaluations.feeds.tell("campaigns", campaign.closed("self"))
    evaluations.follow()
    (task,) = evaluations.tell(UNIT, "tasks", **OWN, units=["kiem-toan"])
    assert (task["state"], task["returned"], date.fromisoformat(task["due_on"])) == ("open", True, back_on)
    assert (task["items"], task["optional"]) == (2, 0)
    assert {"kind": "sheet", "at": "self", "unit": "kiem-toan", "scorer": "kiem-toan"} in evaluations.tell("office", "open_matters", **OWN)
    sheet = evaluations.tell(UNIT, "sheet", **OWN)
    assert (sheet["returned"], sheet["editable"], sheet["due_on"]) == ({"reason": REASON, "items": ["A1"]}, True, back_on.isoformat())
    assert {key: row["flagged"] for key, row in _items(sheet).items()} == {"A1": True, "A2": False}
    with pytest.raises(ScoresRefused):
        evaluations.tell(UNIT, "score_items", **OWN, scores=[{"item": "A2", "score": "1"}])
    sha256 = evaluations.service.blobs.put(files.PDF)
    with pytest.raises(ItemNotReturned):
        evaluations.tell(UNIT, "attach_evidence", **OWN, item="A2", sha256=sha256, name="a.pdf")
    _handed_in(evaluations, UNIT, OWN, {"item": "A1", "score": "4"})
    (line,) = [row for row in evaluations.tell(UNIT, "sheets", **OWN) if row["unit"] == "kiem-toan"]
    assert (line["state"], line["returned"], line["late"], line["version"]) == ("submitted", False, False, 5)

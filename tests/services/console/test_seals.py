"""`commendation seals` and `commendation verify board` on exports of a few events."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.campaigns.domain import BoardSeal, CampaignFinalised, FeedPosition
from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.console.main import commendation
from services.evaluations import domain as evaluations
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.rankings import seals
from services.rankings.domain import Line, Lines
from services.rankings.replay import replayed
from shared.event import Event
from tests.services.campaigns import given as the
from tests.shared.given import an_event

SHEET = {"campaign": "c1", "unit": "toa-an", "pass_key": "self", "scorer": "toa-an"}
SCORED = evaluations.ItemsScored(**SHEET, scores=(evaluations.ItemScore("A1", Decimal("8.5")),))
HANDED_IN = evaluations.SheetSubmitted(**SHEET, handed_in_on=date(2024, 11, 20), late=False, within_grace=False)


def _event(service: str, position: int, fact: Any) -> Event:
    stored = (CAMPAIGNS if service == "campaigns" else EVALUATIONS).encode(fact)
    said = {"type": stored.type, "schema": stored.schema, "data": stored.data}
    return an_event(position, id=f"{service}-{position}", service=service, stream=f"{service}-stream", **said)


def _sealed() -> list[Event]:
    """A campaign that was made final with the boards that its events give."""
    log = [_event("campaigns", place, fact) for place, fact in enumerate((the.PUBLISHED, the.launched(), the.opened("self")), start=1)]
    log += [_event("evaluations", place, fact) for place, fact in enumerate((SCORED, HANDED_IN), start=1)]
    with replayed(log, "c1") as reading:
        (digests,) = seals.digests(seals.Sealing(reading, "c1"))
        boards = tuple(BoardSeal(one["board"], one["digest"]) for one in digests)
    positions = (FeedPosition("vn", "campaigns", 3), FeedPosition("vn", "evaluations", 2))
    return [*log, _event("campaigns", 4, CampaignFinalised("c1", boards, positions))]


def _run(tmp_path: Path, events: list[Event], *options: str) -> Result:
    export = tmp_path / "events.jsonl"
    export.write_text("\n".join(json.dumps(event.to_cloudevent()) for event in reversed(events)), encoding="utf-8")
    return CliRunner().invoke(commendation, ["seals", str(export), *options])


def test_boards_as_they_were_sealed(tmp_path: Path) -> None:
    told = _run(tmp_path, _sealed())
    assert (told.exit_code, told.output.count("as sealed")) == (0, 2)
    assert "2 boards, 0 differ" in told.output


def test_what_came_after_the_seal_is_no_part_of_it(tmp_path: Path) -> None:
    later = replace(SCORED, scores=(evaluations.ItemScore("A2", Decimal("1")),))
    assert _run(tmp_path, [*_sealed(), _event("evaluations", 3, later)]).exit_code == 0


@pytest.mark.parametrize("position", [1, 2])
def test_a_changed_or_missing_event_is_another_board(tmp_path: Path, position: int) -> None:
    forged = [event for event in _sealed() if (event.service, event.position) != ("evaluations", position)]
    told = _run(tmp_path, forged)
    assert (told.exit_code, told.output.count("DIFFERS")) == (1, 2)


def test_a_campaign_without_a_seal_is_named(tmp_path: Path) -> None:
    told = _run(tmp_path, _sealed(), "--campaign", "c2")
    assert told.exit_code != 0
    assert "c2" in str(told.exception)


def _verify(tmp_path: Path, events: list[Event], *options: str) -> Result:
    export = tmp_path / "events.jsonl"
    export.write_text("\n".join(json.dumps(event.to_cloudevent()) for event in events), encoding="utf-8")
    return CliRunner().invoke(commendation, ["verify", "board", str(export), *options])


def test_engine_second_opinion_and_seal_agree(tmp_path: Path) -> None:
    told = _verify(tmp_path, _sealed())
    assert (told.exit_code, told.output.count("as sealed, second opinion agrees")) == (0, 2)
    open_still = _verify(tmp_path, _sealed()[:-1], "--campaign", "c1")
    assert (open_still.exit_code, open_still.output.count("not sealed, second opinion agrees")) == (0, 2)


def test_an_engine_that_is_wrong_is_told_by_unit_and_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line_of = Lines.of

    def wrong(lines: Lines, unit: str, *asked: Any) -> Line:
        line = line_of(lines, unit, *asked)
        row = replace(line.row, total=Decimal("9.5"), groups={**line.row.groups, "A": Decimal("9.5")})
        return replace(line, row=row) if unit == "toa-an" else line

    events = _sealed()
    monkeypatch.setattr(Lines, "of", wrong)
    told = _verify(tmp_path, events)
    assert told.exit_code == 1
    assert "NOT AS SEALED, 2 FIGURES DIFFER" in told.output
    assert "toa-an total: engine 9.5, second opinion 8.5" in told.output
    assert "toa-an groups.A: engine 9.5, second opinion 8.5" in told.output


def test_a_forged_export_is_not_what_was_sealed_though_both_evaluators_agree_on_it(tmp_path: Path) -> None:
    forged = [event for event in _sealed() if (event.service, event.position) != ("evaluations", 2)]
    told = _verify(tmp_path, forged)
    assert (told.exit_code, told.output.count("NOT AS SEALED, second opinion agrees")) == (1, 2)


def test_an_export_without_the_campaign_is_refused(tmp_path: Path) -> None:
    assert "c2" in str(_verify(tmp_path, _sealed(), "--campaign", "c2").exception)
    without = _verify(tmp_path, [event for event in _sealed() if event.type != "campaigns.RubricPublished"])
    assert (without.exit_code, "CANNOT BE MADE" in without.output) == (1, True)

"""The logs that the job `seal` begins with, and the script beside it. The job itself takes a network of its own, for minutes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from services.campaigns.schemas import EVENTS as CAMPAIGNS
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.rankings import seals, second
from services.rankings.replay import replayed
from services.registry.schemas import EVENTS as REGISTRY
from tests.benchmarks.sides.large_campaign import CAMPAIGN
from tests.benchmarks.sides.plain_digest import digest
from tests.benchmarks.sides.sealed_campaign import Season

UNITS = 3


def test_every_event_is_one_that_its_service_knows() -> None:
    catalogues = {"registry": REGISTRY, "campaigns": CAMPAIGNS, "evaluations": EVALUATIONS}
    for event in Season(UNITS).events():
        assert catalogues[event.service].decode(event)


def test_the_campaign_can_be_sealed() -> None:
    events, today = list(Season(UNITS).events()), date(2024, 12, 31)
    with replayed(events, CAMPAIGN) as reading:
        sealing = seals.Sealing(reading, CAMPAIGN, today)
        (made,) = seals.digests(sealing)
        compared = second.compared(sealing.figures(), second.observed((event.to_cloudevent() for event in events), CAMPAIGN, today))
    assert [one["board"] for one in made] == [str(name) for name in seals.SEALED]
    assert [one.count for one in compared] == [0, 0]


def test_the_script_beside_it_hashes_every_unit(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(event.to_cloudevent()) for event in Season(UNITS).events())
    export, changed = tmp_path / "events.jsonl", tmp_path / "changed.jsonl"
    export.write_text(lines, encoding="utf-8")
    changed.write_text(lines.replace('"item": "G9.9", "score": "', '"item": "G9.9", "score": "1'), encoding="utf-8")
    made, units = digest(export)
    assert (len(made), units) == (64, UNITS)
    assert digest(changed)[0] != made

"""From a rank down to the place of each event in the log, proved to somebody who has only files; on both ways to run."""

from __future__ import annotations

import json
from pathlib import Path

from services.audit import offline
from tests.support.network import RunningNetwork

DONE = "noi-chinh-2023"
UNIT = "btp"
PREFIX = "/api/v1"


def test_a_final_result_and_what_was_awarded_for_it_are_in_checkpoints(network: RunningNetwork, tmp_path: Path) -> None:
    inspector = network.api("thanhtra")
    network.settle()
    sealed = inspector.get(f"/audit/results/{DONE}/checkpoint")
    *_, awarded, first = inspector.get("/audit/checkpoints")
    assert (sealed, sealed["actor"]) == (first, "system"), "nobody had to remember it"
    assert awarded["actor"] != "system"
    files = [tmp_path / name for name in ("sealed.json", "since.json")]
    since = inspector.get(f"/audit/checkpoints/{first['checkpoint']}/consistency?after={awarded['checkpoint']}")
    for file, held in zip(files, (sealed, since), strict=True):
        file.write_text(json.dumps(held), encoding="utf-8")
    told = network.cli("verify", "consistency", *map(str, files))
    assert told.returncode == 0, told.stdout + told.stderr
    grown = [head["size"] for head in awarded["heads"]], [head["size"] for head in first["heads"]]
    assert sum(grown[0]) > sum(grown[1])
    inspector.get("/audit/results/noi-chinh-2024/checkpoint", status=404)


def test_the_events_behind_a_rank_are_proved_by_files_alone(network: RunningNetwork, tmp_path: Path) -> None:
    inspector = network.api("thanhtra")
    inspector.post("/audit/checkpoints", {})
    network.settle()
    noted = inspector.get("/audit/checkpoints?limit=1")[0]
    why = inspector.get(f"/campaigns/{DONE}/boards/standings/{UNIT}")
    event = next(score["event"] for item in why["items"] for one in item["passes"] for score in one["scores"])
    proof = inspector.get(why["proof_of_place"].removeprefix(PREFIX).format(event=event))
    file, export = tmp_path / "proof.json", tmp_path / "events.jsonl"
    file.write_text(json.dumps(proof), encoding="utf-8")
    assert network.cli("export", "--out", str(export)).returncode == 0

    told = network.cli("verify", "place", str(file), str(export))
    assert (told.returncode, told.stdout.splitlines()[-1]) == (0, "6 checked, 0 do not hold."), told.stdout + told.stderr
    whole = inspector.get(f"/audit/events/{event}/proof?with_event=true")
    assert all(check.holds for check in offline.check_place(whole))
    network.api("thuky.btp").get(f"/audit/events/{event}/proof?with_event=true", status=403)

    since = inspector.get(f"/audit/checkpoints/{noted['checkpoint']}/consistency")
    assert all(check.holds for check in offline.check_consistency(noted, since))
    noted["heads"][0]["root"] = "0" * 64
    assert not all(check.holds for check in offline.check_consistency(noted, since))

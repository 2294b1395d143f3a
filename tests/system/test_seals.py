"""The sealed season of the sample: its boards are made anew from an export, on both ways to run."""

from __future__ import annotations

from pathlib import Path

from tests.support.network import RunningNetwork

DONE = "noi-chinh-2023"


def test_the_final_boards_are_made_anew_from_an_export(network: RunningNetwork, tmp_path: Path) -> None:
    shown = {name: network.board(DONE, name) for name in ("standings", "flag")}
    export = tmp_path / "events.jsonl"
    assert network.cli("export", "--out", str(export)).returncode == 0
    told = network.cli("seals", str(export), "--campaign", DONE)
    assert told.returncode == 0, told.stdout + told.stderr
    for name, board in shown.items():
        assert f"{DONE} {name} {board['seal']} as sealed" in told.stdout
    verified = network.cli("verify", "board", str(export))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    said = [line for line in verified.stdout.splitlines() if line.startswith(f"{DONE} ")]
    assert len(said) == 2
    assert all(line.endswith("as sealed, second opinion agrees") for line in said)
    lines = [line.replace('"score": "', '"score": "1', 1) if "ItemsScored" in line else line for line in export.read_text().splitlines()]
    export.write_text("\n".join(lines))
    forged = network.cli("seals", str(export), "--campaign", DONE)
    assert (forged.returncode, forged.stdout.count("DIFFERS")) == (1, 2)

"""What an administrator does at the console of a running network."""

from __future__ import annotations

import csv
import io
import json

from tests.support.network import RunningNetwork

DONE = "noi-chinh-2023"


def test_status_shows_every_service_caught_up(network: RunningNetwork) -> None:
    network.settle()
    shown = network.cli("status")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    for service in ("registry", "campaigns", "evaluations", "awards", "rankings", "audit"):
        assert service in shown.stdout
    assert network.cli("status", "--ready", "rankings").returncode == 0


def test_rebuild_beside_the_live_rows_gives_the_same_boards(network: RunningNetwork) -> None:
    before = [network.board(DONE, name) for name in ("standings", "flag", "leader")]
    done = network.cli("rebuild")
    assert done.returncode == 0, done.stderr
    network.settle()
    assert [network.board(DONE, name) for name in ("standings", "flag", "leader")] == before


def test_audit_holds_every_event_and_finds_nothing_wrong(network: RunningNetwork) -> None:
    network.settle()
    done = network.cli("verify", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    exported = network.cli("export").stdout.splitlines()
    assert told["findings"] == []
    assert told["checked"] == len(exported) > 100


def test_exports_carry_the_illustrative_mark(network: RunningNetwork) -> None:
    board = network.cli("export", "--board", DONE, "--format", "csv")
    assert board.returncode == 0, board.stderr
    rows = list(csv.DictReader(io.StringIO(board.stdout)))
    assert len(rows) == 8
    assert all("minh hoạ" in row["note"] for row in rows)


def test_exported_events_are_cloudevents_in_order(network: RunningNetwork) -> None:
    events = [json.loads(line) for line in network.cli("export", "--service", "campaigns").stdout.splitlines()]
    assert [int(event["position"]) for event in events] == list(range(1, len(events) + 1))
    assert {event["specversion"] for event in events} == {"1.0"}
    assert any(event["data"].get("illustrative") for event in events)


def test_nothing_is_parked(network: RunningNetwork) -> None:
    assert "Nothing is parked." in network.cli("parked").stdout

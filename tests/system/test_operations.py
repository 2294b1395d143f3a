"""What an administrator does at the console of a running network."""

from __future__ import annotations

import csv
import io
import json
import re

from services.awards.schemas import EVENTS
from services.console.site import LocalSite
from shared.config import load
from shared.event import Context
from shared.store import NONE, Append
from tests.services.awards import given as the
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


def test_rebuild_step_by_step_shows_how_far_it_is_and_can_be_aborted(network: RunningNetwork) -> None:
    network.settle()
    before = network.board(DONE, "standings")
    refused = network.cli("rebuild", "replay", "rankings")
    assert refused.returncode == 2
    assert "is being built; prepare one" in refused.stderr

    first = network.cli("rebuild", "prepare", "rankings")
    assert re.search(r"rankings: generation \d+ is prepared", first.stdout), first.stderr
    replayed = network.cli("rebuild", "replay", "rankings")
    assert replayed.returncode == 0, replayed.stderr
    shown = network.cli("rebuild", "status", "rankings", COLUMNS="300").stdout
    (built,) = [line for line in shown.splitlines() if "building" in line]
    reached = re.findall(r"(\w+) (\d+)/(\d+)", built)
    assert reached
    assert all(position == head != "0" for _, position, head in reached), "each feed is read to the head of its log"
    assert "live" in shown

    assert "dropped" in network.cli("rebuild", "abort", "rankings").stdout
    assert "building" not in network.cli("rebuild", "status", "rankings", COLUMNS="300").stdout
    assert network.cli("rebuild", "go-live", "rankings").returncode == 2
    for step in ("prepare", "catch-up", "go-live", "retire"):
        done = network.cli("rebuild", step, "rankings")
        assert done.returncode == 0, done.stderr
    assert network.board(DONE, "standings") == before


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


def test_an_event_that_no_view_can_fold_is_shown_retried_and_discarded_with_a_reason(network: RunningNetwork) -> None:
    network.settle()
    with LocalSite(load(network.env)) as site:
        unknown = EVENTS.encode(the.issued(proposal="never-made"))
        recorded = site.store("awards").append(Append("proposal-never-made", NONE, [unknown]), Context("test", "test", "test"))
    at = ("awards", "awards", str(recorded.position))
    network.settle()

    assert "never-made" in network.cli("parked", COLUMNS="300").stdout
    shown = json.loads(network.cli("parked", "show", *at).stdout)
    assert (shown["event"]["data"], shown["event"]["position"]) == (unknown.data, str(recorded.position))
    assert shown["first_error"] == shown["last_error"] != ""
    assert "Traceback" in shown["first_trace"]
    assert "awards: 0 folded, 1 still parked" in network.cli("parked", "retry", *at).stdout
    told = network.api("thuongtruc").get("/parked", status=403)
    assert told["code"] == "not_allowed"
    administrator = network.api("quantri")
    assert [row["position"] for row in administrator.get("/parked")["parked"]] == [recorded.position]

    assert network.cli("parked", "discard", *at).returncode == 2, "a reason is asked for"
    done = network.cli("parked", "discard", *at, "--reason", "recorded by hand")
    assert "discarded; 0 folded, 0 still parked" in done.stdout, done.stderr
    assert network.cli("rebuild", "awards").returncode == 0
    listed = network.cli("parked", "list", COLUMNS="300").stdout
    assert "Nothing is parked." in listed
    assert "recorded by hand" in listed
    (gone,) = administrator.get("/parked")["discarded"]
    assert (gone["service"], gone["producer"], gone["position"], gone["actor"]) == ("awards", "awards", recorded.position, "system")
    refused = network.cli("parked", "retry", *at)
    assert refused.returncode == 2
    assert "Nothing is parked at" in refused.stderr


def test_snapshots_are_dropped_while_the_network_runs(network: RunningNetwork) -> None:
    done = network.cli("snapshots", "drop")
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["registry", "campaigns", "evaluations", "awards"]
    assert network.cli("snapshots", "drop", "evaluations").stdout == "evaluations: 0 dropped\n"

"""The entrypoints of the audit: who may verify, that a run is recorded, joined and asked for again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa

from services.audit import domain, offline, schemas, service, views
from services.audit.domain import digest_of, merkle
from services.audit.service import AuditService
from shared.config import PRODUCERS
from shared.errors import CommendationError, NotAllowed, NotFound, Unavailable
from shared.event import Context, Event, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.ground import Standing
from shared.rpc import Request
from shared.service import Views
from shared.store import ANY, Append, EventStore, open_database

CONTEXT = Context("system", "c", "k")


def _next(store: EventStore, _service: str, after: int) -> Sequence[Event]:
    return store.feed(after)


class Producers:
    """The services that the audit reads from; one may be away, and a gate may hold answers back."""

    def __init__(self, stores: dict[str, EventStore]) -> None:
        self.stores = stores
        self.away: set[str] = set()
        self.gate: Any = None
        self.asked = 0

    def ask(self, name: str, method: str, request: Request) -> dict[str, Any]:
        assert method == "read_feed"
        self.asked += 1
        if self.gate is not None:
            self.gate.wait()
        if name in self.away:
            raise Unavailable(f"The service {name} does not answer; try again in a moment.")
        store = self.stores[name]
        return {"events": [event.to_cloudevent() for event in store.feed(request.data["after"])], "head": store.head()}


def _bare() -> Any:
    """The service without a container: what nameko would inject is put in by hand."""
    return AuditService()


class Audit:
    """The service with everything around it but the broker."""

    def __init__(self, folder: Path) -> None:
        self.later = timedelta()
        self.stores = {name: self._store(folder, name) for name in (*PRODUCERS, "audit")}
        self.evidence = views.Evidence(self.stores["audit"].database, views.MODEL)
        self.evidence.prepare()
        self.producers = Producers(self.stores)
        self.service = _bare()
        self.service.facts = Facts(self.stores["audit"], schemas.EVENTS)
        self.service.views = Views(self.evidence)
        self.service.network = self.producers
        self.service.runs = []
        self.service.ground = SimpleNamespace(relay=Standing())
        self.service.ground.relay.says("active")
        for role in ("inspector", "office", "administrator", "secretary"):
            granted = {"account": role, "role": role, "scope": "*"}
            self.stores["registry"].append(Append("accounts", ANY, [NewEvent("registry.RoleGranted", 1, granted)]), CONTEXT)
        self.follow()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.later

    def _store(self, folder: Path, name: str) -> EventStore:
        store = EventStore(open_database(f"sqlite:///{folder}/{name}.db"), site="vn", service=name, clock=self.now)
        store.prepare()
        return store

    def follow(self) -> None:
        for name, store in self.stores.items():
            self.evidence.receive(Page.announcement("vn", name, store.head()), partial(_next, store))

    def tell(self, actor: str, method: str, data: dict[str, Any] | None = None, command: str = "v1") -> Any:
        answer = getattr(self.service, method)(Request(actor, data or {}, command, "course").to_data())
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Audit]:
    made = Audit(tmp_path)
    monkeypatch.setattr(service, "utc_now", made.now)
    yield made
    for store in made.stores.values():
        store.database.close()


@pytest.mark.parametrize("method", ["verify", "verification", "verifications", "entries"])
def test_evidence_is_for_inspector_office_and_administrator(audit: Audit, method: str) -> None:
    with pytest.raises(NotAllowed):
        audit.tell("secretary", method, {"verification": "v1", "service": "registry"})


@pytest.mark.parametrize("role", ["inspector", "office", "administrator"])
def test_a_verification_is_run_recorded_and_told_again(audit: Audit, role: str) -> None:
    done = audit.tell(role, "verify")
    assert (done["state"], done["verification"], done["checked"], done["found"], done["findings"]) == ("done", "v1", 4, 0, [])
    assert (done["behind"], done["unreached"]) == ({}, {})
    asked = audit.producers.asked
    assert audit.tell(role, "verify") == done
    assert audit.producers.asked == asked
    self_told = audit.tell(role, "verification", {"verification": "v1"})
    assert self_told == done
    audit.follow()
    (row,) = audit.tell(role, "verifications")
    assert (row["verification"], row["actor"], row["found"]) == ("v1", role, 0)


def test_a_recorded_verification_outlives_the_process(audit: Audit) -> None:
    done = audit.tell("inspector", "verify")
    audit.service.runs = []
    assert audit.tell("inspector", "verification", {"verification": "v1"}) == done
    assert audit.tell("inspector", "verify") == done


def test_an_unknown_verification_is_said_to_be_unknown(audit: Audit) -> None:
    with pytest.raises(NotFound, match="started anew"):
        audit.tell("inspector", "verification", {"verification": "v9"})


def test_a_service_that_is_away_is_named(audit: Audit) -> None:
    audit.producers.away.add("campaigns")
    done = audit.tell("inspector", "verify")
    assert done["unreached"] == {"campaigns": "The service campaigns does not answer; try again in a moment."}
    assert done["found"] == 0


def test_a_long_verification_is_answered_as_running_and_joined(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "VERIFY_WAIT_SECONDS", 0.05)
    audit.producers.gate = eventlet.event.Event()
    first = audit.tell("inspector", "verify")
    joined = audit.tell("office", "verify", command="v2")
    assert (first["state"], joined["state"], joined["verification"]) == ("running", "running", "v1")
    audit.producers.gate.send(None)
    while (shown := audit.tell("inspector", "verification", {"verification": "v1"}))["state"] == "running":
        eventlet.sleep(0.01)
    assert (shown["state"], shown["checked"]) == ("done", 4)
    assert audit.tell("office", "verify", command="v2")["verification"] == "v2"


def test_entries_are_told_page_by_page(audit: Audit) -> None:
    rows = audit.tell("inspector", "entries", {"service": "registry", "after": 1, "limit": 2})
    assert [(row["position"], row["type"]) for row in rows] == [(2, "registry.RoleGranted"), (3, "registry.RoleGranted")]


def test_the_streams_are_open_to_all(audit: Audit) -> None:
    (row,) = audit.tell("anybody", "streams")
    assert (row["site"], row["service"], row["events"], row["last"]) == ("vn", "registry", 4, 4)


def test_who_has_the_id_of_an_event_is_told_where_it_stands_and_not_what_it_says(audit: Audit) -> None:
    events = audit.stores["registry"].feed(0)
    audit.follow()
    first, second = (audit.tell("secretary", "place", {"event": event.id}) for event in events[:2])
    assert (second["service"], second["position"], second["type"]) == ("registry", 2, "registry.RoleGranted")
    assert second["digest"] == digest_of(events[1].canonical())
    assert (first["before"], first["after"], second["before"]) == (None, second["digest"], first["digest"])
    assert second["log"] == {"events": 4, "digest": audit.tell("inspector", "streams")[-1]["digest"]}
    assert not {"body", "data", "stream"} & second.keys()
    with pytest.raises(NotFound):
        audit.tell("secretary", "place", {"event": "0190-unknown"})


def test_the_roles_of_whoever_caused_an_event_are_those_of_its_day(audit: Audit) -> None:
    granted = {"account": "officer", "role": "office", "scope": "*", "from_on": "2020-01-01", "until_on": "2020-12-31", "document": None}
    audit.stores["registry"].append(Append("accounts", ANY, [NewEvent("registry.RoleGranted", 2, granted)]), CONTEXT)
    by = Context("inspector", "c", "k2")
    audit.stores["campaigns"].append(Append("rubric-r", ANY, [NewEvent("campaigns.RubricPublished", 1, {"rubric": "r"})]), by)
    late = Context("officer", "c", "k3")
    audit.stores["campaigns"].append(Append("rubric-s", ANY, [NewEvent("campaigns.RubricPublished", 1, {"rubric": "s"})]), late)
    audit.follow()
    one, other = (audit.tell("nobody", "place", {"event": event.id}) for event in audit.stores["campaigns"].feed(0))
    assert (one["actor"], one["roles"]) == ("inspector", [{"role": "inspector", "scope": "*"}])
    assert (other["actor"], other["roles"]) == ("officer", []), "its role had ended"


def test_the_record_of_an_earlier_release_gets_its_index_at_the_next_start(audit: Audit) -> None:
    database = audit.stores["audit"].database
    with database.write() as connection:
        (index,) = [found["name"] for found in sa.inspect(connection).get_indexes("entries__1")]
        connection.execute(sa.text(f"DROP INDEX {index}"))
    views.Evidence(database, views.MODEL).prepare()
    with database.write() as connection:
        assert [found["name"] for found in sa.inspect(connection).get_indexes("entries__1")] == [index]


class TestCheckpoints:
    """Heads that were noted down, and what is proved by them."""

    def test_one_is_taken_of_all_logs_and_shown_to_all(self, audit: Audit) -> None:
        (event,) = self.take(audit, "inspector", "k1")["events"]
        assert event
        (shown,) = audit.tell("anybody", "checkpoints")
        (head,) = shown["heads"]
        leaves = [merkle.leaf_hash(one.canonical()) for one in audit.stores["registry"].feed(0)]
        assert head == {"site": "vn", "service": "registry", "size": 4, "root": merkle.head_over(leaves).hex()}
        assert (shown["checkpoint"], shown["actor"]) == ("k1", "inspector")
        assert shown["digest"] == hashlib.sha256(f"vn registry 4 {head['root']}\n".encode()).hexdigest()

    def test_a_secretary_takes_none(self, audit: Audit) -> None:
        with pytest.raises(NotAllowed):
            self.take(audit, "secretary", "k1")

    def test_the_same_command_and_the_same_heads_are_one_checkpoint(self, audit: Audit) -> None:
        first = self.take(audit, "inspector", "k1")
        again, other = self.take(audit, "inspector", "k1"), self.take(audit, "office", "k2")
        assert (again["events"], again["repeated"], other["events"]) == (first["events"], True, [])
        assert [shown["checkpoint"] for shown in audit.tell("inspector", "checkpoints")] == ["k1"]

    def test_none_is_taken_on_a_record_that_was_changed_since_the_one_before(self, audit: Audit) -> None:
        self.take(audit, "inspector", "k1")
        self.happen(audit, 3)
        with audit.evidence.database.write() as connection:
            connection.execute(sa.text("UPDATE tiles__1 SET hashes = replace(hashes, 'a', 'b')"))
        with pytest.raises(domain.EvidenceDiffers):
            self.take(audit, "inspector", "k2")
        for event in audit.stores["registry"].feed(0):
            with pytest.raises(domain.EvidenceDiffers):
                audit.tell("secretary", "proof", {"event": event.id})
        with pytest.raises(domain.EvidenceDiffers):
            audit.tell("secretary", "consistency", {"before": "k1"})

    def test_a_verification_holds_the_record_against_them(self, audit: Audit) -> None:
        self.take(audit, "inspector", "k1")
        with audit.evidence.database.write() as connection:
            connection.execute(sa.text(f"UPDATE checkpoint_heads__1 SET root = '{'0' * 64}'"))
        (finding,) = audit.tell("inspector", "verify", command="v2")["findings"]
        assert (finding["position"], finding["kind"]) == (4, "changed")
        assert "noted in checkpoint k1" in finding["message"]

    def test_a_place_is_proved_in_the_latest_checkpoint_that_holds_the_event(self, audit: Audit) -> None:
        second = audit.stores["registry"].feed(0)[1].id
        now = audit.tell("secretary", "proof", {"event": second})
        assert (now["index"], now["position"], now["size"], now["checkpoint"]) == (1, 2, 4, None)
        self.take(audit, "inspector", "k1")
        self.happen(audit, 3)
        self.take(audit, "inspector", "k2")
        self.happen(audit, 2)
        last = audit.stores["registry"].feed(8)[0].id
        for event, checkpoint, expected in (
            (second, None, ("k2", 7)),
            (second, "k1", ("k1", 4)),
            (audit.stores["registry"].feed(6, 1)[0].id, None, ("k2", 7)),
            (last, None, (None, 9)),
        ):
            proof = audit.tell("secretary", "proof", {"event": event, "checkpoint": checkpoint})
            assert ((proof["checkpoint"] or {}).get("checkpoint"), proof["size"]) == expected
            assert not {"body", "data", "stream"} & proof.keys(), "who has the id is not told what the event says"
            told = offline.check_place(proof, [json.dumps(one.to_cloudevent()) for one in audit.stores["registry"].feed(0)])
            assert [one.words for one in told if not one.holds] == []
        with pytest.raises(domain.NotInTree):
            audit.tell("secretary", "proof", {"event": last, "checkpoint": "k2"})
        for asked in ({"event": "0190-unknown"}, {"event": second, "checkpoint": "k9"}):
            with pytest.raises(NotFound):
                audit.tell("secretary", "proof", asked)

    def test_heads_are_told_as_they_were_at_the_positions_that_a_result_names(self, audit: Audit) -> None:
        self.take(audit, "inspector", "k1")
        (noted,) = audit.tell("secretary", "checkpoints")
        self.happen(audit, 3)
        then = [{"site": "vn", "service": "registry", "position": 4}, {"site": "vn", "service": "awards", "position": 0}]
        assert audit.tell("secretary", "heads", {"positions": then}) == {name: noted[name] for name in ("digest", "heads")}
        assert [head["size"] for head in audit.tell("secretary", "heads")["heads"]] == [7]
        with pytest.raises(domain.NotInTree):
            audit.tell("secretary", "heads", {"positions": [{"site": "vn", "service": "registry", "position": 8}]})

    def test_what_waits_behind_a_gap_is_in_no_tree_yet(self, audit: Audit) -> None:
        last = audit.stores["registry"].feed(3)[0].id
        with audit.evidence.database.write() as connection:
            connection.execute(sa.text("UPDATE trees__1 SET size = 3"))
        with pytest.raises(domain.NotInTree):
            audit.tell("secretary", "proof", {"event": last})

    def test_from_one_to_the_next_the_logs_are_proved_to_go_on(self, audit: Audit) -> None:
        self.take(audit, "inspector", "k1")
        self.happen(audit, 3)
        self.take(audit, "inspector", "k2")
        self.happen(audit, 5)
        first = audit.tell("secretary", "checkpoints")[-1]
        for after, size in (("k2", 7), (None, 12), ("k1", 4)):
            proof = audit.tell("secretary", "consistency", {"before": "k1", "after": after})
            assert (proof["after"]["checkpoint"], proof["after"]["heads"][0]["size"]) == (after, size)
            assert all(one.holds for one in offline.check_consistency(first, proof))
        with pytest.raises(domain.NoStep):
            audit.tell("secretary", "consistency", {"before": "k2", "after": "k1"})

    @staticmethod
    def take(audit: Audit, actor: str, command: str) -> dict[str, Any]:
        answer: dict[str, Any] = audit.tell(actor, "take_checkpoint", command=command)
        audit.follow()
        return answer

    @staticmethod
    def happen(audit: Audit, count: int) -> None:
        facts = [NewEvent("registry.SomethingUnheardOf", 1, {"number": number}) for number in range(count)]
        audit.stores["registry"].append(Append("stream", ANY, facts), CONTEXT)
        audit.follow()


class TestUnasked:
    """What the audit does of itself: checkpoints, and verifications before them."""

    DAY = timedelta(days=1, minutes=1)

    def test_a_final_result_is_in_a_checkpoint_as_soon_as_it_is_recorded(self, audit: Audit) -> None:
        self.make_final(audit)
        (taken,) = audit.tell("anybody", "checkpoints")
        assert (taken["actor"], [head["service"] for head in taken["heads"]]) == ("system", ["campaigns", "registry"])
        assert audit.tell("anybody", "result_checkpoint", {"campaign": "c"}) == taken
        assert audit.tell("anybody", "result_checkpoint", {"campaign": "another"}) is None
        TestCheckpoints.happen(audit, 2)
        TestCheckpoints.take(audit, "inspector", "k2")
        assert audit.tell("anybody", "result_checkpoint", {"campaign": "c"}) == taken, "later ones hold it as well"

    def test_what_is_left_undone_at_the_page_is_done_at_the_next_look(self, audit: Audit) -> None:
        audit.stores["campaigns"].append(Append("campaign-c", ANY, [self.FINAL]), CONTEXT)
        audit.follow()
        assert audit.tell("anybody", "checkpoints") == []
        assert self.looked(audit) == 1

    def test_a_quiet_network_writes_nothing(self, audit: Audit) -> None:
        self.make_final(audit)
        for _ in range(3):
            assert self.looked(audit, self.DAY) == 1
        assert self.written(audit) == 1

    def test_what_waits_for_a_day_is_verified_and_then_in_a_checkpoint(self, audit: Audit) -> None:
        assert self.looked(audit) == 0
        assert self.looked(audit, self.DAY) == 0
        (run,) = audit.tell("inspector", "verifications")
        assert (run["actor"], run["checked"], run["found"]) == ("system", 4, 0)
        assert self.looked(audit) == 1
        assert self.written(audit) == 2

    def test_two_who_look_at_once_and_one_who_was_killed_take_one(self, audit: Audit) -> None:
        audit.stores["campaigns"].append(Append("campaign-c", ANY, [self.FINAL]), CONTEXT)
        audit.follow()
        audit.service.look()
        audit.service.look()  # what was taken has not come back to the record yet
        assert self.written(audit) == 1
        TestCheckpoints.happen(audit, 1)
        audit.service.look()
        assert self.written(audit) == 1, "what came meanwhile waits for its own"

    def test_only_the_process_that_publishes_the_log_looks(self, audit: Audit) -> None:
        audit.stores["campaigns"].append(Append("campaign-c", ANY, [self.FINAL]), CONTEXT)
        audit.follow()
        audit.service.ground.relay.says("stand-by")
        assert self.looked(audit) == 0

    def test_a_change_of_the_record_is_found_every_day_and_no_checkpoint_taken(self, audit: Audit) -> None:
        self.tamper(audit, "entries__1", "body = replace(body, 'inspector', 'secretary')")
        for later in (self.DAY, timedelta(), self.DAY):
            assert self.looked(audit, later) == 0
        run, _ = audit.tell("inspector", "verifications")
        assert run["found"] > 0
        (fault,) = audit.evidence.faults()
        assert f"UTC: {run['found']};" in fault

    def test_where_a_final_result_finds_the_tree_changed_the_record_is_verified(self, audit: Audit) -> None:
        TestCheckpoints.take(audit, "inspector", "k1")
        self.tamper(audit, "tiles__1", "hashes = replace(hashes, 'a', 'b')")
        self.make_final(audit)
        self.looked(audit)
        assert [row["checkpoint"] for row in audit.tell("anybody", "checkpoints")] == ["k1"]
        (run,) = audit.tell("inspector", "verifications")
        assert run["found"] > 0
        assert self.written(audit) == 2

    def test_a_fault_is_gone_when_a_verification_finds_nothing(self, audit: Audit) -> None:
        self.tamper(audit, "entries__1", "digest = 'x' || digest")
        audit.tell("inspector", "verify")
        self.tamper(audit, "entries__1", "digest = substr(digest, 2)")
        audit.follow()
        assert len(audit.evidence.faults()) == 1
        audit.tell("inspector", "verify", command="v2")
        audit.follow()
        assert audit.evidence.faults() == []

    def test_a_verification_that_broke_off_is_not_begun_at_every_look(self, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
        begun: list[int] = []

        def breaks_off(*_given: Any, **_more: Any) -> None:
            begun.append(1)
            raise RuntimeError("the disk")

        monkeypatch.setattr(service, "verify", breaks_off)
        for later in (self.DAY, timedelta(), timedelta()):
            self.looked(audit, later)
        assert (len(begun), self.written(audit)) == (1, 0)
        self.looked(audit, self.DAY)
        assert len(begun) == 2

    def test_a_look_that_fails_holds_up_nothing(self, audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
        def away(_reading: Any) -> None:
            raise Unavailable("away")

        monkeypatch.setattr(views, "waiting_for_checkpoint", away)
        self.make_final(audit)
        assert self.looked(audit) == 0

    FINAL = NewEvent("campaigns.CampaignFinalised", 9, {"as": "no release knows it"})

    @classmethod
    def make_final(cls, audit: Audit) -> None:
        audit.stores["campaigns"].append(Append("campaign-c", ANY, [cls.FINAL]), CONTEXT)
        audit.service.follow(Page.of(audit.stores["campaigns"].feed(0)))
        audit.follow()

    @staticmethod
    def looked(audit: Audit, later: timedelta = timedelta()) -> int:
        """How many checkpoints there are after a look, which is so much later than what was done before."""
        audit.later += later
        audit.service.look()
        eventlet.sleep(0)
        for run in audit.service.runs:
            run.ended.wait()
        audit.follow()
        return len(audit.tell("anybody", "checkpoints"))

    @staticmethod
    def written(audit: Audit) -> int:
        return int(audit.stores["audit"].head())

    @staticmethod
    def tamper(audit: Audit, table: str, change: str) -> None:
        with audit.evidence.database.write() as connection:
            connection.execute(sa.text(f"UPDATE {table} SET {change}"))

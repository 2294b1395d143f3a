"""The record of the audit: every event of every service, in order, and a verification over real logs, on SQLite and PostgreSQL."""

from __future__ import annotations

import dataclasses
import json
import operator
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import domain, offline, schemas, views
from services.audit.domain import merkle
from services.audit.verification import FeedPage, Progress, verify
from shared import access
from shared.errors import ConfigurationError, Unavailable
from shared.event import Context, Event, NewEvent
from shared.feed.page import Page
from shared.plain import plain
from shared.projection import Fetch, Projector, ReadModel, Rebuilding, Rows
from shared.store import ANY, Append, Database, EventStore, open_database, tables
from tests.services.audit.given import event, log

CONTEXT = Context("office", "course", "command")
NOW = datetime(2025, 6, 1, tzinfo=UTC)


class Network:
    """Two services with logs, an audit that follows them, and a feed that can be tampered with."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.evidence = views.Evidence(database, views.MODEL, pause=lambda _seconds: None)
        self.evidence.prepare()
        self.stores = {name: self._store(folder, name) for name in ("registry", "campaigns")}
        self.away: set[str] = set()

    @staticmethod
    def _store(folder: Path, service: str) -> EventStore:
        store = EventStore(open_database(f"sqlite:///{folder}/{service}.db"), site="vn", service=service)
        store.prepare()
        return store

    def append(self, service: str, count: int) -> None:
        for number in range(count):
            fact = NewEvent(f"{service}.SomethingUnheardOf", 7, {"number": number, "tên": "Khối nội chính"})
            self.stores[service].append(Append(f"stream-{number % 2}", ANY, [fact]), CONTEXT)

    def follow(self, *services: str) -> None:
        for service in services or self.stores:
            head = self.stores[service].head()
            self.evidence.receive(Page.announcement("vn", service, head), self.fetch)

    def fetch(self, service: str, after: int) -> Sequence[Event]:
        # small pages, so that comparison and rebuild cross them
        return self.stores[service].feed(after, 7)

    def feed(self, service: str, after: int) -> FeedPage:
        if service in self.away:
            raise Unavailable(f"The service {service} does not answer; try again in a moment.")
        return FeedPage(self.fetch(service, after), self.stores[service].head())

    def verify(self) -> domain.RecordVerification:
        producers = tuple(self.stores)
        return verify("v1", NOW, self.evidence, self.feed, site="vn", producers=producers, progress=Progress())

    def tamper(self, service: str, statement: sa.UpdateBase) -> None:
        """Change a log as someone would who owns its database: the trigger that forbids it goes first."""
        with self.stores[service].database.write() as connection:
            connection.execute(sa.text("DROP TRIGGER IF EXISTS events_no_update"))
            connection.execute(sa.text("DROP TRIGGER IF EXISTS events_no_delete"))
            connection.execute(statement)

    def close(self) -> None:
        for store in self.stores.values():
            store.database.close()


@pytest.fixture
def network(database: Database, tmp_path: Path) -> Iterator[Network]:
    made = Network(database, tmp_path)
    made.append("registry", 20)
    made.append("campaigns", 9)
    made.follow()
    yield made
    made.close()


def kinds(run: domain.RecordVerification) -> list[tuple[str, int, domain.Kind]]:
    return [(finding.service, finding.position, finding.kind) for finding in run.findings]


def at(position: int) -> sa.ColumnElement[bool]:
    return tables.events.c.position == position


def test_every_event_is_recorded_in_the_order_of_its_log(network: Network) -> None:
    with network.evidence.reading() as reading:
        rows = views.entries_after(reading, "vn", "registry", 0, 100)
        logs = views.all_logs(reading)
    events = network.stores["registry"].feed(0)
    assert [(row["position"], row["event"], row["body"].encode()) for row in rows] == [
        (event.position, event.id, event.canonical()) for event in events
    ]
    assert [row["digest"] for row in rows] == [domain.digest_of(event.canonical()) for event in events]
    assert [(log["site"], log["service"], log["events"], log["last"]) for log in logs] == [
        ("vn", "campaigns", 9, 9),
        ("vn", "registry", 20, 20),
    ]


def test_entries_are_read_from_a_position_on(network: Network) -> None:
    with network.evidence.reading() as reading:
        assert [row["position"] for row in views.entries_after(reading, "vn", "registry", 5, 3)] == [6, 7, 8]
        assert views.entries_after(reading, "elsewhere", "registry", 0, 3) == []


def test_a_role_granted_is_both_recorded_and_known(network: Network) -> None:
    granted = NewEvent("registry.RoleGranted", 1, {"account": "inspector", "role": "inspector", "scope": "*"})
    network.stores["registry"].append(Append("account-inspector", ANY, [granted]), CONTEXT)
    network.follow()
    assert access.grants_of(network.evidence, "inspector", NOW.date()) == (access.Grant(access.Role.INSPECTOR, "*"),)
    with network.evidence.reading() as reading:
        assert [row["type"] for row in views.entries_after(reading, "vn", "registry", 20, 3)] == ["registry.RoleGranted"]


def test_a_record_of_a_release_without_days_of_roles_is_taken_over_and_what_it_holds_carried(network: Network) -> None:
    """The record as the release before left it: its own table of roles, none of those that this release reads."""
    facts = [
        NewEvent("registry.RoleGranted", 1, {"account": "inspector", "role": "inspector", "scope": "*"}),
        NewEvent("registry.RoleGranted", 1, {"account": "office", "role": "office", "scope": "*"}),
        NewEvent("registry.RoleRevoked", 1, {"account": "office", "role": "office", "scope": "*"}),
    ]
    network.stores["registry"].append(Append("accounts", ANY, facts), CONTEXT)
    network.follow()
    with network.evidence.database.write() as connection:
        for table in access.GRANTS.metadata.tables:
            connection.execute(sa.text(f"DROP TABLE {table}__1"))
    later = views.Evidence(network.evidence.database, views.MODEL, pause=lambda _seconds: None)
    later.prepare()
    with later.reading() as reading:
        logs = {row["service"]: row["events"] for row in views.all_logs(reading)}
    assert logs == {"campaigns": 9, "registry": 23}
    assert access.grants_of(later, "inspector", NOW.date()) == (access.Grant(access.Role.INSPECTOR, "*"),)
    assert access.grants_of(later, "office", NOW.date()) == ()


def test_untouched_logs_verify(network: Network) -> None:
    run = network.verify()
    assert (run.checked, run.found, run.findings) == (29, 0, ())


def test_what_has_not_arrived_yet_is_behind_and_no_finding(network: Network) -> None:
    network.append("registry", 15)
    run = network.verify()
    assert run.found == 0
    assert {service.service: service.behind for service in run.services} == {"registry": 15, "campaigns": 0}


def test_a_changed_event_is_found(network: Network) -> None:
    network.tamper("registry", tables.events.update().where(at(8)).values(data='{"number":1,"tên":"Khối khác"}'))
    run = network.verify()
    assert kinds(run) == [("registry", 8, domain.Kind.CHANGED)]
    assert "data.number, data.tên" in run.findings[0].message


def test_a_deleted_event_is_found(network: Network) -> None:
    network.tamper("campaigns", tables.events.delete().where(at(9)))
    assert kinds(network.verify()) == [("campaigns", 9, domain.Kind.MISSING)]


def test_a_gap_in_the_record_is_found(network: Network) -> None:
    with network.evidence.database.write() as connection:
        connection.execute(sa.text("DELETE FROM entries__1 WHERE service = 'registry' AND position = 3"))
    run = network.verify()
    assert kinds(run) == [("registry", 4, domain.Kind.GAP), ("registry", 3, domain.Kind.GAP)]
    assert [finding.message for finding in run.findings] == [
        "The record of the audit lacks entries 3 to 3 of registry.",
        f"Event {network.stores['registry'].feed(2, 1)[0].id} is in the log of registry and not in the record of the audit.",
    ]


def test_a_change_of_the_record_itself_is_found(network: Network) -> None:
    with network.evidence.database.write() as connection:
        connection.execute(sa.text("UPDATE entries__1 SET actor = 'somebody' WHERE service = 'registry' AND position = 3"))
    run = network.verify()
    assert kinds(run) == [("registry", 3, domain.Kind.CHANGED)]
    assert "the audit's own record" in run.findings[0].message.lower()


def test_a_service_that_does_not_answer_is_named_and_the_others_are_compared(network: Network) -> None:
    network.away.add("registry")
    network.tamper("campaigns", tables.events.delete().where(at(2)))
    run = network.verify()
    assert [(service.service, service.problem is None) for service in run.services] == [("registry", False), ("campaigns", True)]
    assert kinds(run) == [("campaigns", 2, domain.Kind.MISSING)]


def test_a_run_is_recorded_and_shown_with_its_findings(network: Network, tmp_path: Path) -> None:
    network.tamper("campaigns", tables.events.delete().where(at(2)))
    network.away.add("registry")
    command = network.verify()
    (run,) = domain.VERIFICATION.decide(None, command)
    assert domain.VERIFICATION.decide(run, command) == []
    audit = EventStore(open_database(f"sqlite:///{tmp_path}/audit.db"), site="vn", service="audit")
    audit.prepare()
    audit.append(Append("verification-v1", ANY, [schemas.EVENTS.encode(run)]), CONTEXT)
    assert schemas.EVENTS.decode(audit.feed(0)[0]) == run
    network.evidence.receive(Page.of(audit.feed(0)), lambda _service, after: audit.feed(after))
    with network.evidence.reading() as reading:
        (row,) = views.all_verifications(reading)
        shown = views.verification_of(reading, "v1")
    assert (row["verification"], row["checked"], row["found"], row["actor"]) == ("v1", 9, 1, "office")
    assert shown is not None
    assert [(finding["service"], finding["position"], finding["kind"]) for finding in shown["findings"]] == [("campaigns", 2, "missing")]
    assert [service["service"] for service in shown["services"] if service["problem"]] == ["registry"]
    audit.database.close()


class TestTrees:
    """The tree over each log: the same whatever it took to grow it, and each event is proved by it to whoever has an export."""

    def test_heads_are_those_over_the_canonical_bytes_of_the_logs(self, network: Network) -> None:
        assert {service: (tree.size, tree.head(tree.size)) for (_, service), tree in self.trees(network).items()} == {
            service: (store.head(), self.head_over(store.feed(0))) for service, store in network.stores.items()
        }

    def test_a_tree_keeps_the_heads_of_every_size_that_it_had(self, network: Network) -> None:
        tree = self.trees(network)["vn", "registry"]
        events = network.stores["registry"].feed(0)
        assert [tree.head(size) for size in range(1, 21)] == [self.head_over(events[:size]) for size in range(1, 21)]

    def test_pages_of_hundreds_grow_the_tree_that_single_events_do(self, network: Network) -> None:
        """On PostgreSQL by COPY, also where a tile that is not full stands already."""
        store = network.stores["registry"]
        many = [NewEvent("registry.SomethingUnheardOf", 7, {"number": number}) for number in range(400)]
        for _ in range(2):
            store.append(Append("stream-of-many", ANY, many), CONTEXT)
            network.evidence.receive(Page.of(store.feed(store.head() - 400)), network.fetch)
        network.append("registry", 1)
        network.follow()
        events = [event for after in (0, 500) for event in store.feed(after)]
        tree = self.trees(network)["vn", "registry"]
        assert (tree.size, tree.head(821), tree.head(420)) == (821, self.head_over(events), self.head_over(events[:420]))

    def test_every_event_is_proved_to_whoever_has_an_export(self, network: Network) -> None:
        export = [json.dumps(event.to_cloudevent()) for store in network.stores.values() for event in store.feed(0)]
        for told in export:
            with network.evidence.reading() as reading:
                proof = plain(views.proof_of(reading, json.loads(told)["id"], None))
            assert [check.holds for check in offline.check_place(proof, export)] == [True] * 4

    def test_a_record_of_a_release_without_trees_gets_them_from_its_entries(
        self, network: Network, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = self.rows(network)
        with network.evidence.database.write() as connection:
            for table in ("trees", "tiles", "checkpoints", "checkpoint_heads"):
                connection.execute(sa.text(f"DROP TABLE {table}__1"))
        monkeypatch.setattr(views.evidence, "PAGE_EVENTS_MAX", 6)
        grown = self.killed_after_a_page(network, monkeypatch)
        assert grown == [6]
        views.Evidence(network.evidence.database, views.MODEL).prepare()
        assert self.rows(network) == before

    def killed_after_a_page(self, network: Network, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        class Killed(BaseException):
            pass

        def page_and_no_more(self: views.Evidence, *log: Any) -> int:
            grown.append(whole(self, *log))
            raise Killed

        whole, grown = views.Evidence._grow_tree, list[int]()
        started = views.Evidence(network.evidence.database, views.MODEL)
        with monkeypatch.context() as patched:
            patched.setattr(views.Evidence, "_grow_tree", page_and_no_more)
            with pytest.raises(Killed):
                started.prepare()
        return grown

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ("UPDATE tiles__1 SET hashes = (SELECT hashes FROM tiles__1 WHERE level = 1)", {"campaigns", "registry"}),
            ("UPDATE tiles__1 SET hashes = '' WHERE level = 0 AND number = 0 AND service = 'registry'", {"registry"}),
            ("UPDATE tiles__1 SET hashes = '' WHERE level = 1", {"registry"}),
            ("DELETE FROM tiles__1 WHERE level = 0 AND number = 0", {"campaigns", "registry"}),
        ],
    )
    def test_a_change_of_a_tree_is_found_and_proves_nothing(self, network: Network, change: str, found: set[str]) -> None:
        with network.evidence.database.write() as connection:
            connection.execute(sa.text(change))
        findings = network.verify().findings
        assert {(finding.service, finding.kind) for finding in findings} == {(service, domain.Kind.CHANGED) for service in found}
        second = network.stores["registry"].feed(1, 1)[0]
        with network.evidence.reading() as reading, pytest.raises(domain.EvidenceDiffers):
            views.proof_of(reading, second.id, None)

    def test_a_change_that_fits_one_level_up_is_found_on_the_next(self, network: Network) -> None:
        many = [NewEvent("registry.SomethingUnheardOf", 7, {"number": number}) for number in range(400)]
        network.stores["registry"].append(Append("stream-of-many", ANY, many), CONTEXT)
        network.follow()
        forged = [bytes(32)] * 16
        with network.evidence.database.write() as connection:
            for level, hashes in ((0, b"".join(forged).hex()), (1, merkle.head_over(forged).hex())):
                change = "UPDATE tiles__1 SET hashes = :hashes || substr(hashes, :beyond) WHERE service = 'registry' AND level = :level"
                values = {"hashes": hashes, "beyond": len(hashes) + 1, "level": level}
                connection.execute(sa.text(f"{change} AND number = 0"), values)
        (finding,) = network.verify().findings
        assert (finding.service, finding.position, finding.kind) == ("registry", 1, domain.Kind.CHANGED)
        assert "contradicts itself" in finding.message

    def test_a_record_goes_on_where_its_tree_was_taken_away(self, network: Network) -> None:
        with network.evidence.database.write() as connection:
            connection.execute(sa.text("DELETE FROM tiles__1"))
        network.append("registry", 30)
        network.follow()
        assert (network.evidence.parked(), network.verify().checked) == ([], 59)

    @staticmethod
    def trees(network: Network) -> dict[tuple[str, str], Any]:
        with network.evidence.reading() as reading:
            trees = views.all_trees(reading)
            for tree in trees.values():
                for size in range(1, tree.size + 1):
                    tree.head(size)  # what they read is kept, and may be asked for after the reading
        return trees

    @staticmethod
    def head_over(events: Sequence[Event]) -> str:
        return merkle.head_over([merkle.leaf_hash(event.canonical()) for event in events]).hex()

    @staticmethod
    def rows(network: Network) -> list[list[dict[str, Any]]]:
        with network.evidence.reading() as reading:
            read = [reading.tables[name] for name in ("trees", "tiles")]
            return [reading.all(sa.select(table).order_by(*table.primary_key)) for table in read]


@given(st.permutations(range(1, 41)))
@settings(max_examples=30)
def test_the_order_of_arrival_leaves_no_trace_in_the_tree(order: list[int]) -> None:
    """As where an event was parked and freed later: until it comes, the tree is that of what stands before it."""
    rows, come = Rows(), set[int]()
    for position in order:
        (fold,) = views.MODEL.folds_of(happened := event(position))
        fold(rows, happened)
        come.add(position)
        whole = next(size for size in range(41) if size + 1 not in come)
        held = _rows_of(rows)
        assert (held["trees"][0]["size"] if held["trees"] else 0) == whole
    assert held == _rows_in_order(40)


@pytest.mark.parametrize("length", [1, 15, 16, 17, 32, 257])
def test_tiles_hold_sixteen_hashes_and_what_is_full_is_held_above(length: int) -> None:
    held = {(row["level"], row["number"]): row["hashes"] for row in _rows_in_order(length)["tiles"]}
    leaves = [merkle.leaf_hash(one.canonical()) for one in log(length)]
    level, expected = 0, dict[tuple[int, int], str]()
    while leaves:
        tiles = [leaves[at : at + 16] for at in range(0, len(leaves), 16)]
        expected |= {(level, number): b"".join(tile).hex() for number, tile in enumerate(tiles)}
        level, leaves = level + 1, [merkle.head_over(tile) for tile in tiles if len(tile) == 16]
    assert held == expected


def _rows_in_order(length: int) -> dict[str, list[dict[str, Any]]]:
    rows = Rows()
    for happened in log(length):
        (fold,) = views.MODEL.folds_of(happened)
        fold(rows, happened)
    return _rows_of(rows)


def _rows_of(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    written = {table.name: written for table, written, _ in rows.changes()}
    key = operator.itemgetter("level", "number")
    return {"trees": written.get("trees", []), "tiles": sorted(written.get("tiles", []), key=key)}


class TestWaiting:
    """What no checkpoint holds yet, and which one holds a final result."""

    def test_what_waits_is_counted_from_the_latest_checkpoint_on(self, network: Network, tmp_path: Path) -> None:
        assert self.waiting(network) == domain.Waiting("", "", False, network.stores["registry"].feed(0)[0].recorded_at, None, 0)
        self.take(network, tmp_path, "k1")
        assert self.waiting(network) == domain.Waiting("k1", "", False, None, None, 0)
        self.make_final(network, "c")
        network.append("registry", 3)
        network.follow()
        final = network.stores["campaigns"].feed(9)[0].recorded_at
        assert self.waiting(network) == domain.Waiting("k1", "", True, final, None, 0)
        self.take(network, tmp_path, "k2")
        self.take(network, tmp_path, "k3")
        assert self.waiting(network) == domain.Waiting("k3", "", False, None, None, 0)
        network.append("campaigns", 1)
        network.follow()
        assert not self.waiting(network).final, "the one before is held"
        with network.evidence.reading() as reading:
            assert [(views.checkpoint_of_result(reading, one) or {}).get("checkpoint") for one in ("c", "d")] == ["k2", None]

    def test_what_stands_behind_a_gap_does_not_wait(self, network: Network, tmp_path: Path) -> None:
        """No checkpoint could hold it, and one after the other would be taken in vain."""
        self.take(network, tmp_path, "k1")
        network.append("campaigns", 1)
        self.make_final(network, "c")
        network.follow()
        for size, since in ((10, network.stores["campaigns"].feed(9)[0].recorded_at), (9, None)):
            with network.evidence.database.write() as connection:
                connection.execute(sa.text(f"UPDATE trees__1 SET size = {size} WHERE service = 'campaigns'"))
            assert self.waiting(network) == domain.Waiting("k1", "", False, since, None, 0)

    def test_a_record_of_a_release_without_finals_gets_them_from_its_entries(self, network: Network) -> None:
        self.make_final(network, "c")
        network.follow()
        with network.evidence.database.write() as connection:
            connection.execute(sa.text("DROP TABLE finals__1"))
        later = views.Evidence(network.evidence.database, views.MODEL)
        later.prepare()
        with later.reading() as reading:
            assert reading.all(sa.select(reading.tables["finals"])) == [
                {"site": "vn", "service": "campaigns", "position": 10, "stream": "campaign-c"}
            ]

    @staticmethod
    def waiting(network: Network) -> domain.Waiting:
        with network.evidence.reading() as reading:
            return views.waiting_for_checkpoint(reading)

    @staticmethod
    def make_final(network: Network, campaign: str) -> None:
        final = NewEvent(views.FINALISED, 2, {"campaign": campaign, "boards": [], "positions": []})
        network.stores["campaigns"].append(Append(f"campaign-{campaign}", ANY, [final]), CONTEXT)

    @staticmethod
    def take(network: Network, folder: Path, checkpoint: str) -> None:
        if "audit" not in network.stores:
            network.stores["audit"] = network._store(folder, "audit")
        with network.evidence.reading() as reading:
            taken = schemas.EVENTS.encode(domain.CheckpointTaken(checkpoint, views.heads_now(reading)))
        network.stores["audit"].append(Append(f"checkpoint-{checkpoint}", ANY, [taken]), CONTEXT)
        network.follow("audit")


class TestRebuild:
    def test_a_record_is_built_anew_from_logs_that_say_the_same(self, network: Network) -> None:
        with network.evidence.reading() as reading:
            before = views.all_logs(reading), TestTrees.rows(network)
        assert self.rebuild(network) == 2
        with network.evidence.reading() as reading:
            assert (views.all_logs(reading), TestTrees.rows(network)) == before
        assert network.verify().found == 0

    @pytest.mark.parametrize(
        ("service", "position", "statement"),
        [
            ("registry", 8, tables.events.update().where(at(8)).values(actor="somebody")),
            ("registry", 8, tables.events.delete().where(at(8))),
            ("campaigns", 9, tables.events.delete().where(at(9))),
            ("campaigns", 1, tables.events.delete()),
        ],
    )
    def test_evidence_is_not_overwritten(self, network: Network, service: str, position: int, statement: sa.UpdateBase) -> None:
        network.tamper(service, statement)
        with pytest.raises(domain.EvidenceDiffers) as refused:
            self.rebuild(network)
        assert (refused.value.details["service"], refused.value.details["position"]) == (service, position)
        with network.evidence.reading() as reading:
            assert [log["events"] for log in views.all_logs(reading)] == [9, 20]

    def test_a_step_by_itself_does_not_overwrite_evidence_either(self, network: Network) -> None:
        network.evidence.rebuilds.prepare()
        network.tamper("registry", tables.events.delete().where(at(8)))
        for step in ("replay", "catch_up", "go_live"):
            with pytest.raises(domain.EvidenceDiffers):
                Rebuilding(network.evidence, "vn", self.feeds(network)).take(step)
        with network.evidence.reading() as reading:
            assert [log["events"] for log in views.all_logs(reading)] == [9, 20]

    def test_a_release_of_another_version_does_not_start_and_keeps_the_record(self, network: Network) -> None:
        newer = dataclasses.replace(views.MODEL, version=views.MODEL.version + 1)
        with pytest.raises(ConfigurationError, match=r"record is of version 1, this release knows version 2.*migration"):
            views.Evidence(network.evidence.database, newer).prepare()
        with network.evidence.reading() as reading:
            assert [log["events"] for log in views.all_logs(reading)] == [9, 20]

    def rebuild(self, network: Network) -> int:
        return network.evidence.rebuild("vn", self.feeds(network))

    @staticmethod
    def feeds(network: Network) -> Fetch:
        return lambda service, after: network.fetch(service, after) if service in network.stores else []


class TestEvery:
    """A read model that follows all types of a service."""

    def test_it_follows_the_feeds_of_typed_and_untyped_folds(self) -> None:
        model = ReadModel(name="m", version=1)
        model.on("registry.A")(lambda _rows, _event: None)
        model.on_every("campaigns")(lambda _rows, _event: None)
        assert model.feeds == ("campaigns", "registry")

    def test_an_event_that_was_parked_is_retried_through_every_fold(self, database: Database, tmp_path: Path) -> None:
        model = ReadModel(name="m", version=1)
        seen = sa.Table("seen", model.metadata, sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False))
        broken = [True]

        @model.on_every("registry")
        def _see(rows: Rows, event: Event) -> None:
            if broken[0] and event.position == 2:
                raise ValueError("defect")
            rows.put(seen, position=event.position)

        projector = Projector(database, model, pause=lambda _seconds: None)
        projector.prepare()
        store = EventStore(open_database(f"sqlite:///{tmp_path}/registry.db"), site="vn", service="registry")
        store.prepare()
        for number in range(3):
            store.append(Append(f"stream-{number}", ANY, [NewEvent("registry.A", 1, {})]), CONTEXT)
        projector.receive(Page.of(store.feed(0)), lambda _service, after: store.feed(after))

        def positions() -> list[int]:
            with projector.reading() as reading:
                return [row["position"] for row in reading.all(sa.select(reading[seen]).order_by(reading[seen].c.position))]

        assert positions() == [1, 3]
        broken[0] = False
        assert projector.retry_parked() == 1
        assert positions() == [1, 2, 3]
        store.database.close()

    def test_an_included_model_keeps_its_fold_of_every_event(self) -> None:
        part = ReadModel(name="part", version=1)
        seen = sa.Table("seen", part.metadata, sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False))
        part.on_every("registry")(lambda rows, event: rows.put(seen, position=event.position))
        whole = ReadModel(name="whole", version=1)
        whole.include(part)
        rows = Rows()
        happened = Event("e", "vn", "registry", 5, "s", 1, "registry.A", 1, {}, NOW, NOW.date(), "a", "c", "k")
        for fold in whole.folds_of(happened):
            fold(rows, happened)
        assert [(table.name, written) for table, written, _ in rows.changes()] == [("seen", [{"position": 5}])]

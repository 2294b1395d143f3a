"""The record of the audit: every event of every service, in order, and a verification over real logs, on SQLite and PostgreSQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.audit import domain, schemas, views
from services.audit.verification import FeedPage, Progress, verify
from shared import access
from shared.errors import ConfigurationError, Unavailable
from shared.event import Context, Event, NewEvent
from shared.feed.page import Page
from shared.projection import Fetch, Projector, ReadModel, Rebuilding, Rows
from shared.store import ANY, Append, Database, EventStore, open_database, tables

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


class TestRebuild:
    def test_a_record_is_built_anew_from_logs_that_say_the_same(self, network: Network) -> None:
        with network.evidence.reading() as reading:
            before = views.all_logs(reading)
        assert self.rebuild(network) == 2
        with network.evidence.reading() as reading:
            assert views.all_logs(reading) == before
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

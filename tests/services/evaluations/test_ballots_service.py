"""The entrypoints for ballots over stores and a box of their own, and what of a secret vote anyone could learn: nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from services.evaluations import schemas, views
from services.evaluations.box import BallotBox, boxes, metadata
from services.evaluations.service import EvaluationsService
from services.evaluations.service.box import finish
from shared.ballot_paper import sealed_paper
from shared.config import Config
from shared.errors import CommendationError
from shared.event import Context, NewEvent
from shared.facts import Facts
from shared.feed.page import Page
from shared.projection import Projector
from shared.rpc import Request
from shared.service import Views
from shared.site_key import site_key
from shared.store import NONE, Append, EventStore, open_database
from shared.telemetry import UNLOGGED
from tests.services.evaluations.given_ballots import VOTERS

OFFICE, COUNCIL, STAND_IN = "office", "council", "stand-in"
LOG_LINES = structlog.testing.capture_logs
ASKED: dict[str, Any] = {
    "ballot": "b1",
    "purpose": "council",
    "title": "Xét tặng Cờ",
    "choices": [{"choice": "btp", "subject": "unit"}, {"choice": "bca", "subject": "unit"}],
    "kind": "approve_each",
    "mode": "secret",
    "electorate": list(VOTERS[:5]),
    "rule": "acclaim",
}


@dataclass
class House:
    """Evaluations with everything around it but the broker; its views follow at once."""

    folder: Path
    registered: bool = False
    followed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.stores = {
            name: EventStore(open_database(f"sqlite:///{self.folder}/{name}.db"), site="vn", service=name)
            for name in ("registry", "campaigns", "evaluations")
        }
        for store in self.stores.values():
            store.prepare()
        self.store = self.stores["evaluations"]
        if not self.registered:
            self._register()
        self.projector = Projector(self.store.database, views.MODEL)
        self.projector.prepare()
        self.box = BallotBox(self.store.database, lambda: bytes(32))
        self.box.prepare()
        made: Any = EvaluationsService
        self.service = made()
        self.service.facts = Facts(self.store, schemas.EVENTS)
        self.service.views = Views(self.projector)
        self.service.box = self.box
        self.follow()

    def _register(self) -> None:
        for account in (*VOTERS, OFFICE, COUNCIL, STAND_IN):
            opened = {"account": account, "login": account, "post": "Uỷ viên", "organisation": None}
            facts = [NewEvent("registry.AccountOpened", 1, opened, date(2025, 1, 1))]
            for role in {OFFICE: ["office"], COUNCIL: ["council"]}.get(account, []):
                granted = {"account": account, "role": role, "scope": "*", "from_on": None, "until_on": None, "document": None}
                facts.append(NewEvent("registry.RoleGranted", 2, granted, date(2025, 1, 1)))
            if account == OFFICE:
                lent = {"account": OFFICE, "role": "office", "scope": "*", "to_account": STAND_IN, "reason": "Nghỉ phép"}
                lent |= {"from_on": "2020-01-01", "until_on": "2099-01-01"}
                facts.append(NewEvent("registry.RoleDelegated", 1, lent, date(2025, 1, 1)))
            self.stores["registry"].append(Append(f"account-{account}", NONE, facts), Context("system", "c", account))

        launched = {"campaign": "c1", "title": "C", "cluster": "k", "season": 2025, "rubric": "r", "illustrative": True, "audience": []}
        launched |= {"starts_on": "2025-01-01", "ends_on": "2025-12-31", "registration_due_on": "2025-02-01", "legal_basis": "HD"}
        launched |= {"kind": "regular", "organiser": None, "parent": None, "audience_is": "members", "plan_document": ""}
        published = {"rubric": "r", "content": {"passes": [], "groups": []}}
        for stream, event in (
            ("rubric-r", NewEvent("campaigns.RubricPublished", 1, published, date(2025, 1, 1))),
            ("campaign-c1", NewEvent("campaigns.CampaignLaunched", 2, launched, date(2025, 1, 1))),
        ):
            self.stores["campaigns"].append(Append(stream, NONE, [event]), Context("system", "c", stream))

    def ask(self, actor: str, method: str, *, correlation: str = "course", command: str | None = None, **data: Any) -> Any:
        request = Request(actor, data, correlation=correlation, **({"id": command} if command else {}))
        answer = getattr(self.service, method)(request.to_data())
        self.follow()
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]

    def follow(self) -> None:
        for name, store in self.stores.items():
            if (head := store.head()) != self.followed.get(name):
                self.projector.receive(Page.announcement("vn", name, head), lambda service, after: self.stores[service].feed(after))
                self.followed[name] = head

    def vote(self, voter: str, *marks: str, ballot: str = "b1") -> Any:
        public = self.ask(voter, "ballot", correlation=UNLOGGED, ballot=ballot)["public_key"] or self.box.public_key(ballot)
        return self.ask(voter, "cast_vote", correlation=UNLOGGED, ballot=ballot, paper=sealed_paper(public, ballot, marks))

    def close(self) -> None:
        for store in self.stores.values():
            store.database.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The databases of a house in which nothing has happened, made once."""
    folder = tmp_path_factory.mktemp("prepared")
    House(folder).close()
    return folder


@pytest.fixture
def house(prepared: Path, tmp_path: Path) -> Iterator[House]:
    made = House(shutil.copytree(prepared, tmp_path / "house"), registered=True)
    yield made
    made.close()


def refused(code: str, call: Any) -> CommendationError:
    with pytest.raises(CommendationError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def test_a_secret_ballot_from_opening_to_count(house: House) -> None:
    house.ask(COUNCIL, "open_ballot", **ASKED)
    assert [row["voted"] for row in house.ask("v1", "my_ballots")] == [False]
    for voter in VOTERS[:4]:
        assert house.vote(voter, "for", "against" if voter == "v1" else "for") == {"ballot": "b1", "recorded": True}
    assert [row["voted"] for row in house.ask("v1", "my_ballots")] == [True]
    refused("evaluations.already_voted", lambda: house.vote("v1", "for", "for"))
    refused("evaluations.not_an_elector", lambda: house.vote("v6", "for", "for"))
    open_ = house.ask(OFFICE, "ballot", ballot="b1")
    assert (open_["state"], open_["count"], open_["cast"], open_["voted"]) == ("open", None, None, None)
    assert house.ask(COUNCIL, "ballot", ballot="b1")["cast"] == 4
    refused("evaluations.closing_refused", lambda: house.ask(COUNCIL, "close_ballot", ballot="b1"))
    refused("evaluations.closing_refused", lambda: house.ask(OFFICE, "close_ballot", ballot="b1", reason="Gấp"))
    house.vote("v5", "", "")
    house.ask(OFFICE, "close_ballot", ballot="b1", command="closing")
    found = house.ask("v1", "ballot", ballot="b1")
    assert found["state"] == "counted"
    assert (found["count"]["cast"], found["count"]["blank"], found["outcome"]) == (5, 1, "decided")
    assert [(one["in_favour"], one["against"], one["verdict"]) for one in found["count"]["counts"]] == [(4, 0, "passed"), (3, 1, "passed")]
    assert house.ask(OFFICE, "close_ballot", ballot="b1", command="closing")["repeated"]
    assert house.ask("v1", "my_ballots") == []
    assert house.box.standing() == []
    refused("evaluations.ballot_over", lambda: house.ask("v2", "cast_vote", correlation=UNLOGGED, ballot="b1", paper="x"))


def test_a_role_that_is_lent_carries_no_vote(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **{**ASKED, "electorate": [*VOTERS[:4], OFFICE]})
    refused("evaluations.not_an_elector", lambda: house.vote(STAND_IN, "for", "for"))
    house.ask(STAND_IN, "cancel_ballot", ballot="b1", reason="Lập sai danh sách")  # what the role may do, the stand-in may
    refused(
        "evaluations.ballot_over",
        lambda: house.ask("v1", "cast_vote", correlation=UNLOGGED, ballot="b1", paper="x"),
    )


def test_who_opens_names_accounts_and_holds_the_role(house: House) -> None:
    refused("not_allowed", lambda: house.ask("v1", "open_ballot", **ASKED))
    error = refused(
        "evaluations.ballot_refused", lambda: house.ask(OFFICE, "open_ballot", **{**ASKED, "electorate": [*VOTERS[:5], "nobody"]})
    )
    assert error.details["fault"] == "strangers"
    refused("not_found", lambda: house.ask(OFFICE, "open_ballot", **ASKED, campaign="c9"))


def test_without_a_key_of_the_site_no_secret_ballot_is_opened(house: House, tmp_path: Path) -> None:
    keyless = BallotBox(house.store.database, partial(site_key, Config(var=tmp_path / "nowhere")))
    house.service.box = keyless
    refused("configuration", lambda: house.ask(OFFICE, "open_ballot", **ASKED))
    assert house.ask(OFFICE, "ballots") == []
    house.ask(OFFICE, "open_ballot", **{**ASKED, "mode": "hands"})


def test_a_vote_is_not_taken_where_a_log_line_would_tell_of_it(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **ASKED)
    paper = sealed_paper(house.box.public_key("b1"), "b1", ["for", ""])
    refused("evaluations.ballot_not_by_this_way", lambda: house.ask("v1", "cast_vote", ballot="b1", paper=paper))
    assert house.box.cast("b1") == 0


def test_of_a_vote_that_fails_in_the_service_only_that_is_logged(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ask(OFFICE, "open_ballot", **ASKED)

    def fail(*_arguments: Any) -> None:
        raise RuntimeError("for against")

    monkeypatch.setattr(house.box, "put", fail)
    with LOG_LINES() as lines:
        refused("remote", lambda: house.vote("v1", "for", "against"))  # an error of no class of ours
    (line,) = [line for line in lines if line["event"] == "request_failed"]
    assert set(line) == {"event", "log_level", "method", "error"}
    assert line["error"] == "RuntimeError"


def test_a_lost_answer_costs_no_vote_and_counts_none_twice(house: House) -> None:
    """The same request comes again, as it does when a connection breaks: it is told that it has voted, and no more."""
    house.ask(OFFICE, "open_ballot", **ASKED)
    paper = sealed_paper(house.box.public_key("b1"), "b1", ["for", ""])
    house.ask("v1", "cast_vote", correlation=UNLOGGED, command="same", ballot="b1", paper=paper)
    error = refused(
        "evaluations.already_voted", lambda: house.ask("v1", "cast_vote", correlation=UNLOGGED, command="same", ballot="b1", paper=paper)
    )
    assert error.details == {"ballot": "b1"}
    assert house.box.cast("b1") == 1


def test_what_a_process_that_died_left_of_a_ballot_is_destroyed_at_the_next_start(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.ask(OFFICE, "open_ballot", **ASKED)
    house.ask(OFFICE, "open_ballot", **{**ASKED, "ballot": "b2"})
    with monkeypatch.context() as dying:
        dying.setattr(house.box, "destroy", lambda _ballot: None)
        house.ask(OFFICE, "close_ballot", ballot="b1", reason="Hết giờ")
    assert house.box.standing() == ["b1", "b2"]
    finish(house.box, house.store)
    assert house.box.standing() == ["b2"]


def test_votes_by_name_are_shown_when_the_ballot_is_over(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **{**ASKED, "mode": "by_name", "absent": ["v5"]})
    house.ask("v1", "vote_by_name", ballot="b1", marks=[{"choice": "btp", "mark": "for"}])
    assert house.ask("v1", "ballot", ballot="b1")["voted"]
    assert house.ask("v2", "ballot", ballot="b1")["votes"] == []
    refused("evaluations.ballot_not_by_this_way", lambda: house.ask("v2", "cast_vote", correlation=UNLOGGED, ballot="b1", paper="x"))
    refused("not_allowed", lambda: house.ask("v2", "record_letter", ballot="b1", voter="v5", marks=[], document="12/CV"))
    house.ask(OFFICE, "record_letter", ballot="b1", voter="v5", marks=[], document="12/CV")
    assert [house.ask(actor, "ballot", ballot="b1")["letters"] for actor in (OFFICE, "v5")] == [["v5"], []]
    assert house.ask("v5", "ballot", ballot="b1")["voted"]
    house.ask(OFFICE, "close_ballot", ballot="b1", reason="Hết giờ")
    assert house.ask("v2", "ballot", ballot="b1")["votes"] == [
        {"voter": "v1", "marks": [{"choice": "btp", "mark": "for"}], "document": None, "sha256": None, "corrected": None},
        {"voter": "v5", "marks": [], "document": "12/CV", "sha256": None, "corrected": None},
    ]


def test_letters_are_put_right_and_the_ballot_shows_the_last_entry_when_it_is_over(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **{**ASKED, "mode": "by_name", "absent": ["v4", "v5"]})
    letter: dict[str, Any] = {"ballot": "b1", "voter": "v5", "marks": [{"choice": "btp", "mark": "for"}], "document": "12/CV"}
    house.ask(OFFICE, "record_letter", **letter)
    told = {name: value for name, value in {**letter, "sha256": None}.items() if name != "ballot"}
    assert [house.ask(actor, "ballot", ballot="b1")["entered"] for actor in (OFFICE, "v5")] == [[told], []]
    refused("not_allowed", lambda: house.ask("v2", "correct_letter", **letter, reason="Nhầm"))
    against: dict[str, Any] = {**letter, "marks": [{"choice": "btp", "mark": "against"}], "reason": "Đọc nhầm phiếu"}
    house.ask(OFFICE, "correct_letter", **against)
    house.ask(OFFICE, "record_letter", **{**letter, "voter": "v4"})
    refused("not_allowed", lambda: house.ask("v2", "withdraw_letter", ballot="b1", voter="v4", reason="Nhầm"))
    house.ask(OFFICE, "withdraw_letter", ballot="b1", voter="v4", reason="Ghi nhầm người")
    assert house.ask(OFFICE, "ballot", ballot="b1")["letters"] == ["v5"]
    assert not house.ask("v4", "ballot", ballot="b1")["voted"]
    house.ask(OFFICE, "close_ballot", ballot="b1", reason="Hết giờ")
    found = house.ask(OFFICE, "ballot", ballot="b1")
    assert found["entered"] == []
    assert found["votes"] == [{**told, "marks": against["marks"], "corrected": "Đọc nhầm phiếu"}]
    types = [event.type.removeprefix("evaluations.") for event in house.store.stream("ballot-b1")]
    assert types == ["BallotOpened", "LetterRecorded", "LetterCorrected", "LetterRecorded", "LetterWithdrawn", "BallotClosed"]


def test_rules_and_ballots_are_listed(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **{**ASKED, "mode": "hands"})
    assert house.ask("v1", "my_ballots") == []
    counted: dict[str, Any] = {"hands": [{"choice": "btp", "in_favour": 4, "against": 1}, {"choice": "bca", "in_favour": 2}], "cast": 5}
    house.ask(OFFICE, "close_ballot", ballot="b1", **counted)
    (row,) = house.ask("v1", "ballots")
    assert (row["state"], row["outcome"]) == ("counted", "decided")
    assert house.ask("v1", "ballots", campaign="c1") == []
    assert "council-90" in {rule["rule"] for rule in house.ask("v1", "ballot_rules")}


def test_an_open_ballot_is_an_open_matter_of_its_campaign(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **ASKED, campaign="c1")
    matter = {"kind": "ballot", "at": "Xét tặng Cờ", "unit": None, "scorer": None}
    assert house.ask(OFFICE, "open_matters", campaign="c1") == [matter]
    assert house.ask(OFFICE, "open_matters", campaign="c2") == []
    house.ask(OFFICE, "cancel_ballot", ballot="b1", reason="Lập sai danh sách")
    assert house.ask(OFFICE, "open_matters", campaign="c1") == []


WORLDS: dict[str, tuple[Sequence[tuple[str, ...]], Sequence[tuple[str, ...]], bool]] = {
    # what v1 to v5 mark in the one world, what in the other, and whether the ballot is closed
    "one vote while it is open": ([("for", "for")] * 4, [("for", "for")] * 3 + [("against", "")], False),
    "one votes and all others leave blank": ([("for", "for")] + [("", "")] * 4, [("against", "against")] + [("", "")] * 4, True),
    "one votes, or leaves blank as all others": ([("for", "")] + [("", "")] * 4, [("", "")] * 5, True),
    "one of two who vote": ([("for", ""), ("for", "")] + [("", "")] * 3, [("for", ""), ("against", "")] + [("", "")] * 3, True),
    "one of two who vote on a choice": (
        [("for", "for"), ("for", "against")] + [("for", "")] * 3,
        [("for", "for")] * 2 + [("for", "")] * 3,
        True,
    ),
    "who of five is against": ([("against", "for")] + [("for", "for")] * 4, [("for", "for")] * 4 + [("against", "for")], True),
}


def world(prepared: Path, folder: Path, votes: Sequence[tuple[str, ...]], *, closed: bool) -> dict[str, Any]:
    """Everything that anybody can reach in a world of these votes: log, tables, answers to every voter and role, log lines.

    Ids, instants and what is random (keys, nonces, ciphertexts, of which the length stays) are left out.
    """
    house = House(shutil.copytree(prepared, folder), registered=True)
    answers: list[Any] = []
    with LOG_LINES() as lines:
        house.ask(OFFICE, "open_ballot", **ASKED, command="opening")
        for voter, marks in zip(VOTERS, votes, strict=False):
            answers.append(house.vote(voter, *marks))
            answers.append(refused("evaluations.already_voted", lambda voter=voter, marks=marks: house.vote(voter, *marks)).to_data())
        answers.append(house.ask(OFFICE, "ballot", ballot="b1"))
        if closed:
            house.ask(OFFICE, "close_ballot", ballot="b1", reason="Hết giờ", command="closing")
        for actor in (*VOTERS, OFFICE, COUNCIL):
            answers += [house.ask(actor, method, ballot="b1") for method in ("ballot", "ballots", "my_ballots")]
    fed = [event.to_cloudevent() for store in house.stores.values() for event in store.feed(0)]
    found = {"told": answers, "feeds": fed, "tables": tables(house), "lines": lines}
    house.close()
    return dict(json.loads(json.dumps(found, default=str, sort_keys=True), object_hook=without_chance))


def tables(house: House) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with house.store.database.read() as connection:
        for name in sa.inspect(connection).get_table_names():
            rows = connection.execute(sa.text(f'SELECT * FROM "{name}"')).mappings()
            found[name] = [{key: len(value) if isinstance(value, bytes) else value for key, value in row.items()} for row in rows]
    assert metadata.tables.keys() <= found.keys()
    return found


def without_chance(data: dict[str, Any]) -> dict[str, Any]:
    varying = ("id", "time", "recorded_at", "recordedat", "public_key", "digest", "answers", "causation", "command", "since")
    return {key: value for key, value in data.items() if key not in varying}


@pytest.mark.parametrize("difference", WORLDS)
def test_two_worlds_that_differ_in_a_vote_are_alike_to_everybody(prepared: Path, tmp_path: Path, difference: str) -> None:
    one, other, closed = WORLDS[difference]
    first, second = (world(prepared, tmp_path / name, votes, closed=closed) for name, votes in (("one", one), ("other", other)))
    for part in first:
        assert first[part] == second[part], part
    assert any(line["event"] == "request_answered" for line in first["lines"])
    assert not [line for line in first["lines"] if "cast_vote" in str(line)]


def test_the_worlds_would_tell_if_a_vote_were_told(prepared: Path, tmp_path: Path) -> None:
    """The same comparison finds the difference where it may be told: in the count of a vote among enough."""
    first = world(prepared, tmp_path / "one", [("for", "for")] * 5, closed=True)
    second = world(prepared, tmp_path / "other", [("for", "for")] * 4 + [("against", "for")], closed=True)
    assert first["told"] != second["told"]
    assert first["feeds"] != second["feeds"]
    assert first["tables"] != second["tables"]


def test_of_a_vote_there_is_no_event_no_command_and_no_trace_in_the_order_of_anything(house: House) -> None:
    house.ask(OFFICE, "open_ballot", **ASKED)

    def counted() -> dict[str, int]:
        with house.store.database.read() as connection:
            names = sa.inspect(connection).get_table_names()
            return {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}

    before = counted()
    with house.store.database.read() as connection:
        row = connection.execute(sa.select(boxes.c.number, boxes.c.shut)).one()
    for voter in VOTERS[:5]:
        house.vote(voter, "for", "against")
    assert counted() == before
    with house.store.database.read() as connection:
        assert connection.execute(sa.select(boxes.c.number, boxes.c.shut)).one() == row

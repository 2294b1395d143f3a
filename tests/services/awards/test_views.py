"""The views of awards, folded from pages on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.awards import domain, schemas, views
from services.evaluations.domain.ballot_counting import Outcome, Verdict
from services.evaluations.domain.ballots import BallotCancelled, BallotPurpose
from services.evaluations.schemas import EVENTS as EVALUATIONS
from services.registry import domain as registry
from services.registry.schemas import EVENTS as REGISTRY
from shared.ballot_results import ballot_known
from shared.event import Context, NewEvent
from shared.feed.page import Page
from shared.projection import Projector
from shared.store import ANY, Append, Database, EventStore, open_database
from tests.services.awards import given as the
from tests.services.awards import given_ballots as ballots

CONTEXT = Context("office", "course", "command")
CORRECTED = domain.VoteCorrected(**the.counts(9, 9), threshold=Decimal("80"), basis="x", verified=False, ballot=None, corrects="nhầm")


class Log:
    """The log of a service, whose events reach the views page by page."""

    def __init__(self, projector: Projector, folder: Path, service: str, catalogue: Any) -> None:
        self.projector, self.catalogue = projector, catalogue
        self.store = EventStore(open_database(f"sqlite:///{folder}/{service}.db"), site="vn", service=service)
        self.store.prepare()

    def tell(self, *facts: Any) -> None:
        after = self.store.head()
        self.store.append(Append("stream", ANY, [self.catalogue.encode(fact) for fact in facts]), CONTEXT)
        self.projector.receive(Page.of(self.store.feed(after)), lambda _service, position: self.store.feed(position))
        assert self.projector.parked() == []


@pytest.fixture
def projector(database: Database) -> Projector:
    made = Projector(database, views.MODEL, pause=lambda _seconds: None)
    made.prepare()
    return made


@pytest.fixture
def awards(projector: Projector, tmp_path: Path) -> Iterator[Log]:
    log = Log(projector, tmp_path, "awards", schemas.EVENTS)
    yield log
    log.store.database.close()


@pytest.fixture
def evaluations(projector: Projector, tmp_path: Path) -> Iterator[Log]:
    log = Log(projector, tmp_path, "evaluations", EVALUATIONS)
    yield log
    log.store.database.close()


def proposals(projector: Projector) -> list[dict[str, Any]]:
    with projector.reading() as reading:
        return views.all_proposals(reading)


def test_a_proposal_goes_from_proposed_over_voted_to_decided(projector: Projector, awards: Log) -> None:
    awards.tell(the.proposed())
    (row,) = proposals(projector)
    assert (row["state"], row["vote"], row["decision"]) == ("proposed", None, None)
    assert row["standing"] == {"rank": 1, "total": Decimal("985.50")}

    awards.tell(the.voted(7, 9))
    (row,) = proposals(projector)
    assert row["state"] == "voted"
    assert (row["vote"]["ratio"], row["vote"]["passed"], row["vote"]["threshold"]) == (Decimal("77.7"), False, Decimal(80))

    awards.tell(CORRECTED, the.issued())
    (row,) = proposals(projector)
    assert row["state"] == "decided"
    assert (row["vote"]["ratio"], row["vote"]["passed"], row["vote"]["corrects"]) == (Decimal("100.0"), True, "nhầm")
    assert (row["decision"]["number"], row["decision"]["decided_on"]) == ("123/QĐ-HĐ", date(2025, 3, 1))


def test_proposals_stand_in_the_order_of_their_making(projector: Projector, awards: Log) -> None:
    awards.tell(the.proposed(proposal="z"), the.proposed(proposal="a", unit="toa-an"))
    assert [row["proposal"] for row in proposals(projector)] == ["z", "a"]


def test_the_register_is_ordered_by_date_and_names_the_event(projector: Projector, awards: Log) -> None:
    awards.tell(the.proposed(illustrative=True), the.proposed(proposal="p2", unit="toa-an"))
    awards.tell(the.issued(), the.issued(proposal="p2", unit="toa-an", number="9", decided_on=date(2025, 2, 28)))
    with projector.reading() as reading:
        rows = views.register(reading)
    assert [(row["number"], row["unit"], row["illustrative"]) for row in rows] == [("9", "toa-an", False), ("123/QĐ-HĐ", "kiem-toan", True)]
    assert [row["event"] for row in rows] == [event.id for event in reversed(awards.store.feed(2))]


def test_a_decision_on_what_was_never_proposed_is_parked(projector: Projector, awards: Log) -> None:
    awards.store.append(Append("stream", ANY, [schemas.EVENTS.encode(the.issued())]), CONTEXT)
    projector.receive(Page.of(awards.store.feed(0)), lambda _service, position: awards.store.feed(position))
    (parked,) = projector.parked()
    assert "never proposed" in parked["last_error"]


def test_hand_overs_are_kept_cluster_by_cluster(projector: Projector, awards: Log) -> None:
    first = domain.FlagHandedOver("h1", "noi-chinh", 2024, None, "kiem-toan", date(2024, 4, 10), "Biên bản 1")
    second = replace(first, handover="h2", season=2025, from_unit="kiem-toan", to_unit="toa-an", handed_on=date(2025, 1, 20))
    awards.tell(first, replace(first, cluster="kinh-te", to_unit="bo-tai-chinh"), second)
    with projector.reading() as reading:
        rows = views.all_handovers(reading)
    assert [(row["cluster"], row["to_unit"]) for row in rows] == [
        ("kinh-te", "bo-tai-chinh"),
        ("noi-chinh", "kiem-toan"),
        ("noi-chinh", "toa-an"),
    ]


def test_the_leader_of_a_season_is_the_one_designated_last(projector: Projector, tmp_path: Path) -> None:
    log = Log(projector, tmp_path, "registry", REGISTRY)
    designated = registry.LeaderDesignated("noi-chinh", 2025, "toa-an", ("vien-kiem-sat",), registry.Basis.ELECTED, "BB 1")
    log.tell(designated, replace(designated, season=2026, leader="kiem-toan"), replace(designated, leader="bo-cong-an", document="BB 2"))
    with projector.reading() as reading:
        assert views.leader_of(reading, "noi-chinh", 2025) == "bo-cong-an"
        assert views.leader_of(reading, "noi-chinh", 2026) == "kiem-toan"
        assert views.leader_of(reading, "noi-chinh", 2027) is None
    log.store.database.close()


def test_a_vote_says_whether_it_was_held_on_paper_or_in_which_ballot(projector: Projector, awards: Log) -> None:
    awards.tell(the.proposed(), the.voted(8, 9))
    assert proposals(projector)[0]["vote"]["ballot"] is None
    awards.tell(replace(CORRECTED, ballot=domain.BallotVerdict("b1", False)))
    vote = proposals(projector)[0]["vote"]
    assert (vote["ballot"], vote["ratio"], vote["passed"]) == ({"ballot": "b1", "passed": False}, Decimal("100.0"), False)


def test_a_vote_of_the_first_version_is_folded_as_one_on_paper(projector: Projector, awards: Log) -> None:
    awards.tell(the.proposed())
    said = schemas.EVENTS.encode(the.voted(8, 9))
    data = {name: value for name, value in said.data.items() if name != "ballot"}
    after = awards.store.head()
    awards.store.append(Append("stream", ANY, [NewEvent(said.type, 1, data)]), CONTEXT)
    projector.receive(Page.of(awards.store.feed(after)), lambda _service, position: awards.store.feed(position))
    assert projector.parked() == []
    vote = proposals(projector)[0]["vote"]
    assert (vote["ballot"], vote["passed"]) == (None, True)


def test_only_counts_that_may_be_told_are_offered_to_a_proposal(projector: Projector, awards: Log, evaluations: Log) -> None:
    awards.tell(the.proposed(), the.proposed(proposal="p2", unit="toa-an"), the.proposed(proposal="p3", campaign="c2"))
    evaluations.tell(
        ballots.opened(),
        ballots.opened(ballot="tie", purpose=BallotPurpose.TIE),
        ballots.opened(ballot="few"),
        ballots.opened(ballot="off"),
        ballots.opened(ballot="open"),
    )
    evaluations.tell(
        ballots.closed(8, 0),
        ballots.closed(8, 0, ballot="tie"),
        ballots.closed(None, None, Verdict.UNTOLD, ballot="few", outcome=Outcome.TOO_FEW),
        BallotCancelled("off", "nhầm"),
    )
    offered = {row["proposal"]: [one["ballot"] for one in row["ballots"]] for row in proposals(projector)}
    assert offered == {"p1": ["b1"], "p2": [], "p3": []}
    with projector.reading() as reading:
        few, off = (ballot_known(reading, ballot) for ballot in ("few", "off"))
    assert few is not None
    assert off is not None
    assert ([(one.in_favour, one.against) for one in few.results], off.state) == ([(None, None)], "cancelled")
